//! The Telegram Bot API: what it sends us, what we send it, and what its answers mean.
//!
//! Lenient in what is received: unknown updates are [`Event::Other`], unknown fields are skipped, an optional field
//! of a wrong type counts as absent. Strict in what is sent: every method is a type with the fields of the
//! specification. This crate knows no domain; ids are plain `i64`.
//!
//! A token stands in the path of every URL, so no URL is ever logged, kept in an error or printed.

pub mod answer;
pub mod call;
pub mod client;
pub mod error;
pub mod files;
pub mod http;
mod lenient;
pub mod markup;
pub mod member;
pub mod message;
pub mod method;
pub mod payment;
pub mod tokens;
mod transfer;
pub mod update;
mod verdict;

pub use call::{Call, Sent};
pub use client::{CALL_TIMEOUT, Client};
pub use error::{CallError, Executed};
pub use message::{Content, ContentKind, Message, Reply};
pub use method::Method;
pub use payment::{PreCheckoutQuery, Receipt};
pub use tokens::Tokens;
pub use transfer::{Download, TRANSFER_TIMEOUT, UploadError, Uploaded};
pub use update::{CallbackQuery, Event, MemberChange, Reacted, ReactionType, Update};
