//! The administrators' desk: what they ask in their chat with a bot, and how its pages look. To everybody else its commands
//! are unknown, and its buttons old.

mod button;
mod request;
mod view;

pub use self::button::DeskButton;
pub use self::request::{Asks, By, Request, request};
pub(crate) use self::view::{rows, text};
