//! What is shared of one bot.

use std::collections::{BTreeMap, VecDeque};

use hamdam_domain::clock::Millis;
use hamdam_domain::id::UpdateId;
use hamdam_domain::learned::Learned;
use hamdam_domain::usage::Usage;

use crate::step::bot::DeadLetter;

/// One bot's shared keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bot {
    /// Millionths of a permit in the bucket, and when that was; `None` is a full bucket.
    pub bucket: Option<(i64, Millis)>,
    /// Millionths that ran over and are left for broadcasts, once they asked for some.
    pub spare: Option<i64>,
    /// The broadcasts' own bucket, as `bucket`.
    pub bulk: Option<(i64, Millis)>,
    /// What the bucket learned, if it ever was to.
    pub learned: Option<Learned>,
    /// What was used of the budget lately.
    pub usage: Usage,
    /// No permits before this.
    pub paused_until: Option<Millis>,
    /// Address of the API server the token was last used with, and how often that changed.
    pub server: Option<(String, u16)>,
    /// Failures per update, and until when they are remembered.
    pub strikes: BTreeMap<UpdateId, (u32, Millis)>,
    /// Files by `file_unique_id`: until when each is remembered, and its `file_id`.
    pub files: BTreeMap<String, (Millis, String)>,
    /// Updates kept aside, oldest first.
    pub letters: VecDeque<(Millis, DeadLetter)>,
}
