//! The engine under whatever may happen to it.

mod judge;
pub(crate) mod people;
mod properties;
mod rules;
