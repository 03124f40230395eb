//! What the bot understands, decides and says. Pure: no I/O, no async, no clock.
//!
//! An update is [`understand`]ed (who, what), [`decide`]d upon together with the user's record (a [`Plan`]: steps
//! for others first, then one on the user's own shard), and what is queued by it is later rendered by a [`Voice`]
//! into a method of the Bot API. Executing plans is the fleet's part.

mod album;
mod anonymity;
mod asking;
pub mod button;
mod change;
mod channel;
mod clear;
mod decide;
mod delete;
pub mod desk;
mod elsewhere;
mod haste;
mod heard;
mod invite;
mod keyboard;
mod kind;
mod lossy;
mod moves;
mod parcel;
pub mod plan;
mod premium;
mod react;
mod relay;
mod render;
mod rights;
pub mod safety;
mod same;
mod search;
mod settings;
mod texts;
mod understand;
mod unwanted;
mod words;

pub use album::album;
pub use anonymity::{Policies, Policy, Reveals, Verdict, reveals};
pub use button::Button;
pub use channel::{Channel, Membership};
pub use clear::{Cleared, Past, clear, clear_later};
pub use decide::{Scene, decide, unrelayed};
pub use heard::Heard;
pub use invite::InviteKey;
pub use kind::kind_of;
pub use plan::{First, Move, Outcome, Plan, Relaying, Required, Settings, Unrelayed};
pub use premium::{Declined, Premium, Settlement, UnreadablePayment, settlement};
pub use render::{Voice, date, reference};
pub use rights::{Kept, comes};
pub use same::TextKey;
pub use settings::choice::Choice;
pub use understand::{About, Answer, Command, Incoming, Input, Replied, Understood, understand};
pub use words::{Unwanted, WordLists, WordMistake};
