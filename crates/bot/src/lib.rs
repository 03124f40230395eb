//! What the bot understands, decides and says. Pure: no I/O, no async, no clock.
//!
//! An update is [`understand`]ed (who, what), [`decide`]d upon together with the user's record (a [`Plan`]: steps
//! for others first, then one on the user's own shard), and what is queued by it is later rendered by a [`Voice`]
//! into a method of the Bot API. Executing plans is the fleet's part.

pub mod button;
mod change;
mod clear;
mod decide;
mod keyboard;
mod kind;
mod moves;
pub mod plan;
mod render;
mod settings;
mod texts;
mod understand;

pub use button::Button;
pub use clear::{Cleared, Past, clear, clear_later};
pub use decide::{Scene, decide, unrelayed};
pub use kind::kind_of;
pub use plan::{First, Move, Outcome, Plan, Relaying, Required, Settings, Unrelayed};
pub use render::{Voice, album, reference};
pub use settings::choice::Choice;
pub use understand::{Answer, Command, Incoming, Input, Replied, Understood, understand};
