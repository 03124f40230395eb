//! Sends what lies in a shard's outbox to Telegram: each chat in order, one call at a time, every call claimed
//! beforehand, nothing of a room after its end.
//!
//! # Parts
//! [`ShardSender`] decides for conversations and [`BulkSender`] for broadcasts, [`perform`] does one piece of work,
//! [`Permits`] shares a token's budget, `driver` stands around them with timers and wake-ups. All but the driver are free
//! of timers and tasks.
//!
//! # Contract of [`ShardSender`]
//! Time is monotonic ([`Clock::monotonic`](hamdam_domain::clock::Clock::monotonic)) and comes in as an argument;
//! it must not be older than the events it is told with. Whoever drives it
//! 1. calls [`ShardSender::next_work`] until it answers `None` and carries each piece out with [`perform`], in any
//!    order and at any speed, telling what came of it to [`ShardSender::done`];
//! 2. calls [`ShardSender::next_turn`]; what it answers is put to `State::turn` **at once** (the lease's deadline
//!    and the claims' age count from that call) and the answer is told to [`ShardSender::turned`]; no other turn
//!    comes before that;
//! 3. does both again after every event, on a ring ([`ShardSender::rung`]), and at [`ShardSender::wake_at`];
//! 4. drops it when [`ShardSender::is_finished`], and never earlier unless the process dies. If it was
//!    [`retire`](ShardSender::retire)d and is not lost, the lease is given back then.
//!
//! Calling too often or too late costs time, never correctness. A crash is dropping everything at any point.
//!
//! # What it keeps
//! - In each chat entries go out in their order, at most one at a time; an entry is acknowledged before or with the
//!   claim of the next.
//! - Entries of one album that lie behind one another go out by one call, whose claim names the first of them; they are
//!   acknowledged together, the first one last.
//! - A call is made only for a claimed entry, within `start_limit` of the turn that claimed it and before the lease's
//!   local deadline, both checked again in [`perform`] right before the request is written.
//! - After an entry that ends a room was read, no call for that room begins in that chat.
//! - A chat whose claim an earlier holder made is left alone until the claim is older than
//!   `start_limit + longest_call`: by then the earlier holder's call is over, whatever became of it.
//! - A call that brings a file along, from another bot or of our own making, may live longer (`longest_transfer`) and start a little later, and its
//!   claim lives as much longer. Where the file is, is looked up between claim and call; that puts nothing into a chat.
//! - Permits of a token at its limit go round: among instances to whoever was refused most often, among an instance's
//!   shards to the one that had none for longest, and among a shard's chats to the one that waits for longest.
//! - A call whose earlier outcome was never learned is counted in `hamdam_duplicate_sends_total` before it is made.

mod ack;
mod album;
mod answer;
mod bulk;
mod bulk_turn;
mod chat;
mod core;
mod driver;
mod limits;
mod line;
mod my_data;
mod pace;
mod permits;
mod retract;
mod showing;
mod start;
#[cfg(test)]
mod tests;
mod turn;
mod work;

pub use self::bulk::BulkSender;
pub use self::chat::{Chat, Job};
pub use self::core::{ShardSender, Taken};
pub use self::driver::{Command, Driver, Rates, Report};
pub use self::limits::Limits;
pub use self::permits::{Ask, Permits};
pub use self::retract::Withdrawal;
pub use self::work::{CallWork, Done, FetchError, FileAt, Outcome, Tools, Work, perform};
