//! hamdam-telegram.
