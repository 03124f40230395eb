//! Steps of a shard's journal writer.

use hamdam_domain::outbox::EntryId;

/// A fact as it lies in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Its place.
    pub id: EntryId,
    /// JSON of `domain::fact::Fact`; the state does not look inside.
    pub body: String,
}
