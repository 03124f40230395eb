//! hamdam-archive.
