//! What steps take and answer.

pub mod board;
pub mod bot;
pub mod broadcast;
pub mod erasure;
pub mod instance;
pub mod journal;
pub mod matching;
pub mod pool;
pub mod premium;
pub mod recovery;
pub mod safety;
pub mod search;
pub mod sending;
pub mod user;

use std::time::Duration;

use hamdam_domain::id::{Epoch, InstanceId};

/// Who claims to hold a lease. Steps that a lease protects compare owner and epoch together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    /// The instance.
    pub owner: InstanceId,
    /// The epoch it was given.
    pub epoch: Epoch,
}

/// Answer of a step that a lease protects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fenced<T> {
    /// The lease was held; this is what happened.
    Held(T),
    /// It is no longer this holder's: nothing happened, and nothing more may be done in its name (invariant 7).
    Lost,
}

impl<T> Fenced<T> {
    /// The answer, if the lease was held.
    pub fn held(self) -> Option<T> {
        match self {
            Self::Held(answer) => Some(answer),
            Self::Lost => None,
        }
    }
}

/// How long a lease lives without renewal.
pub type TimeToLive = Duration;
