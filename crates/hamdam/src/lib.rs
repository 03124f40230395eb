//! hamdam.
