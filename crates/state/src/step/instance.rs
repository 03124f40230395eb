//! Steps that make instances a fleet.

use hamdam_domain::id::InstanceId;
use hamdam_domain::pools::Pools;

use crate::error::{Result, StateError};

/// What an instance tells of itself with every heartbeat.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// `webhook`, `matchmaker`, `sender`, `journal`, comma-separated.
    pub roles: String,
    /// Where its webhook listens.
    pub address: String,
    /// Its version.
    pub version: String,
}

/// What must be the same for every instance that shares a state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Meta {
    /// `STATE_SHARDS`.
    pub shards: u16,
    /// Version of the stored forms. Instances of neighbouring versions read each other.
    pub version: u32,
}

/// Memory of live state, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// In use.
    pub used: u64,
    /// What it may use, where every server has a limit.
    pub limit: Option<u64>,
}

impl Meta {
    /// How far apart the versions of instances may be that share a state.
    pub(crate) const VERSIONS_APART: u32 = 1;

    /// Whether an instance with `other` may join a state that was founded with these settings.
    pub(crate) fn admits(&self, other: &Self) -> Result<()> {
        if self.shards != other.shards {
            return Err(StateError::Mismatch(format!(
                "the state was founded with STATE_SHARDS={}, this instance has {}; set it to {0}, or empty the state",
                self.shards, other.shards
            )));
        }
        if self.version.abs_diff(other.version) > Self::VERSIONS_APART {
            return Err(StateError::Mismatch(format!(
                "the state has version {}, this instance writes version {}; upgrade one version at a time",
                self.version, other.version
            )));
        }
        Ok(())
    }
}

/// There are more pools, those of earlier lists included, than room ids tell apart.
pub(crate) fn numbers_are_used_up() -> StateError {
    let most = Pools::MOST;
    StateError::Mismatch(format!(
        "MATCHMAKING_POOLS names pools that have no number yet, and the {most} that room ids tell apart are given, some \
         perhaps to pools of earlier lists; name fewer, or remove from live state the numbers of pools that no instance \
         has had for a day (HKEYS hd:pools, HDEL hd:pools NAME)"
    ))
}
