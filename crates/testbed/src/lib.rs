//! hamdam-testbed.
