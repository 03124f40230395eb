//! The rules of Hamdam, pure: no I/O, no async, no clock of its own.
//!
//! Words are those of the design: a *session* is a user's live state, a *ticket* one wish for a partner,
//! a *room* a conversation of two, an *entry* one thing still to be sent to Telegram, a *fact* one thing
//! still to be written to the database.

pub mod board;
pub mod broadcast;
pub mod clock;
pub mod conduct;
pub mod desk;
pub mod engine;
pub mod fact;
pub mod filter;
pub mod fnv;
pub mod haste;
pub mod id;
pub mod learned;
pub mod mark;
pub mod message;
pub mod outbox;
pub mod panel;
pub mod parcel;
pub mod pools;
pub mod premium;
pub mod profile;
pub mod pseudonym;
pub mod react;
pub mod record;
pub mod repeats;
pub mod reveal;
pub mod rules;
pub mod safety;
pub mod session;
pub mod source;
pub mod ticket;
pub mod usage;
pub mod wish;
