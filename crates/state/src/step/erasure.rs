//! Steps by which a user is forgotten.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::outbox::{Entry, EntryId};
use hamdam_domain::profile::Profile;

/// The one step that forgets a user by their own update: compare, end whatever they are in, drop all that the record says,
/// answer, note, mark. What stays of the record (marks, the profile given, and since when it is so) keeps a repeated
/// update from doing anything, and a ban from being washed off, until the durable record has forgotten them too
/// ([`Erase`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forget {
    /// Who.
    pub user: UserId,
    /// By which update.
    pub update: UpdateRef,
    /// The version that was read; if the record has another by now, nothing happens.
    pub expect: u64,
    /// What is older goes.
    pub at: Millis,
    /// All that stays of the profile.
    pub left: Profile,
    /// Answers, each with the bot whose chat it goes to.
    pub entries: Vec<(BotId, Entry)>,
    /// What the database is to know.
    pub facts: Vec<Fact>,
}

/// The end of a forgetting: what [`Forget`] left of the record goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erase {
    /// Who.
    pub user: UserId,
    /// When they had themselves forgotten. A later forgetting has an end of its own.
    pub at: Millis,
    /// Whom they are not to meet if they have come back meanwhile: whoever blocked them before. Their block lists have
    /// the pseudonym now, so the other one's must tell.
    pub blocked_by: Vec<UserId>,
}

/// Answer of [`Erase`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// Nothing is left of their record.
    Gone,
    /// They came back, or had themselves forgotten anew: the record is that of their new life.
    Back,
}

/// Answer of `sweep_letters`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweptLetters {
    /// So many named them, and are gone.
    pub dropped: u32,
    /// Where the next page begins; `None` behind the last.
    pub next: Option<EntryId>,
}
