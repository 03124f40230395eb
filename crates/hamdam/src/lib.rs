//! hamdam.
pub mod config;
