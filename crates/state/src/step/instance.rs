//! Steps that make instances a fleet.

use hamdam_domain::id::InstanceId;

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
