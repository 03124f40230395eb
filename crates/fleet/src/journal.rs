//! Turns facts into rows: many per statement, each at least once, none twice.
