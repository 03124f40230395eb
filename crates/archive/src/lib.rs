//! The durable record: who there is, which rooms there were, which messages crossed them. References, never content.
//!
//! [`Ledger`] takes facts, [`Directory`] answers what live state no longer knows; [`Archive`] is both, on
//! MySQL/MariaDB for fleets and on SQLite for one process. Everything written is an upsert that commutes, so a fact may
//! come twice, late, and from two shards at once.

mod address;
mod archive;
mod driver;
mod error;
mod migrate;
mod pool;
mod query;
mod read;
mod rows;
mod traits;
mod write;

pub use address::Address;
pub use archive::{Archive, Settings};
pub use error::{ArchiveError, Result, Source};
pub use migrate::Schema;
pub use pool::Connections;
pub use query::{QUERIES, Query, QueryObserver};
pub use traits::{Counts, Directory, KnownSide, KnownUser, Ledger, PastRoom, StoredMessage, StoredRoom};
