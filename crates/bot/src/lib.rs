//! What the bot understands, decides and says. Pure: no I/O, no async, no clock.
//!
//! An update is [`understand`]ed (who, what), [`decide`]d upon together with the user's record (a [`Plan`]: steps
//! for others first, then one on the user's own shard), and what is queued by it is later rendered by a [`Voice`]
//! into a method of the Bot API. Executing plans is the fleet's part.

mod anonymity;
mod asking;
pub mod button;
mod change;
mod decide;
mod invite;
mod keyboard;
mod kind;
mod moves;
mod parcel;
pub mod plan;
mod render;
pub mod safety;
mod settings;
mod texts;
mod understand;

pub use anonymity::{Policies, Policy, Reveals, Verdict, reveals};
pub use button::Button;
pub use decide::{Scene, decide, unrelayed};
pub use invite::InviteKey;
pub use kind::kind_of;
pub use plan::{First, Move, Outcome, Plan, Relaying, Required, Settings, Unrelayed};
pub use render::{Voice, date, reference};
pub use settings::choice::Choice;
pub use understand::{About, Answer, Command, Incoming, Input, Replied, Understood, understand};
