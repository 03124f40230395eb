//! The durable record: who there is, which rooms there were, which messages crossed them. References, never content.
//!
//! [`Ledger`] takes facts, [`Directory`] answers what live state no longer knows; [`Archive`] is both, on
//! MySQL/MariaDB for fleets and on SQLite for one process. A fleet may spread its rooms over several databases. Everything written is an upsert that commutes, so a fact may
//! come twice, late, and from two shards at once.

mod address;
mod archive;
mod broadcast;
mod database;
mod dossier;
mod driver;
mod error;
mod examine;
mod forgetting;
mod migrate;
mod moderation;
mod partitions;
mod past;
mod payments;
mod places;
mod pool;
mod query;
mod read;
mod replicas;
mod retention;
mod rows;
mod sweep;
mod traits;
mod write;

pub use address::Address;
pub use archive::{Archive, Settings};
pub use broadcast::StoredBroadcast;
pub use dossier::{Dossier, Dossiers, StoredTalk};
pub use error::{ArchiveError, Result, Source};
pub use examine::Examination;
pub use forgetting::{Forgetting, Traces};
pub use migrate::Schema;
pub use moderation::StoredDecision;
pub use partitions::{Cover, Turned};
pub use payments::StoredPayment;
pub use pool::Connections;
pub use query::{QUERIES, Query, QueryObserver};
pub use replicas::ReplicaStanding;
pub use retention::{Aging, Keeping, Shelves};
pub use traits::{
    Arrivals, Audience, Counts, Directory, KnownSide, KnownUser, Ledger, Member, PastRoom, Relayed,
    StoredMessage, StoredRoom,
};
