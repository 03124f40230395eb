//! What is still to be sent to Telegram. Entries are stored as JSON, opaque to the state's scripts.

mod content;
mod notice;
mod relayed;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::content::{Content, Toast};
pub use self::notice::Notice;
pub use self::relayed::{Change, Copy, Edit, Reference};
use crate::clock::Millis;
use crate::id::RoomId;

/// One thing to send into one chat. Chat, bot and language are added by the state from the addressee's record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The room it belongs to. Dropped unsent once an entry that ends this room stands behind it.
    /// Stored as `in`: notices have a `room` of their own on the same level.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// What to send.
    #[serde(flatten)]
    pub content: Content,
}

impl Entry {
    /// The room this entry ends.
    #[must_use]
    pub fn ends(&self) -> Option<RoomId> {
        match &self.content {
            Content::Notice(notice) => notice.ends(),
            _ => None,
        }
    }

    /// Whether its reader has been waiting for it: that a partner was found.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        matches!(self.content, Content::Notice(Notice::Found { .. }))
    }

    /// Whether `next`, the entry behind it in the same chat, belongs to the same album: one call copies both. Ids of one
    /// call must grow.
    #[must_use]
    pub fn goes_with(&self, next: &Self) -> bool {
        let (Content::Copy(one), Content::Copy(other)) = (&self.content, &next.content) else { return false };
        one.album.is_some()
            && one.album == other.album
            && self.room == next.room
            && (one.from, one.bot) == (other.from, other.bot)
            && one.message < other.message
    }

    /// Whether an earlier entry of the same chat, still unsent, need not be sent any more: the same message is redrawn
    /// again, or the search it brings news of has ended.
    #[must_use]
    pub fn outdates(&self, earlier: &Self) -> bool {
        let Content::Redraw { message, notice } = &earlier.content else { return false };
        match &self.content {
            Content::Redraw { message: same, .. } => same == message,
            Content::Notice(news) => notice.shows_search().is_some() && news.ends_search(),
            _ => false,
        }
    }

    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("entries have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// An entry's place in its shard's outbox; later entries are greater. The two halves of a Redis stream id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// Milliseconds of the state's clock.
    pub ms: u64,
    /// Sequence within the millisecond.
    pub sequence: u64,
}

impl EntryId {
    /// When it was queued, by the state's clock.
    #[must_use]
    pub fn queued_at(self) -> Millis {
        Millis(i64::try_from(self.ms).unwrap_or(i64::MAX))
    }
}
