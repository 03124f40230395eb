//! What operators put up for the whole fleet to heed.

use std::collections::BTreeMap;

use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::{BroadcastId, Course};

/// All of it, small enough to be looked at several times a second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Board {
    /// The fleet is closed for maintenance.
    pub maintenance: Option<Maintenance>,
    /// The newest broadcast there ever was; 0: none.
    pub newest: BroadcastId,
    /// The broadcasts that are not over.
    pub broadcasts: BTreeMap<BroadcastId, Course>,
}
