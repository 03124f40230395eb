//! Steps of moderation: what is decided about a user, and the moderators' cases.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::Entry;
use hamdam_domain::profile::Profile;
use hamdam_domain::safety::{Report, Verdict};

/// A change of a user's record by somebody else's decision: compare, change, tell, note, all or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impose {
    /// Whom it is about.
    pub user: UserId,
    /// The version that was read; if the record has another by now, nothing happens.
    pub expect: u64,
    /// Names the decision: the same one takes effect once within an hour.
    pub once: String,
    /// Whatever they are in ends: a room, or a search.
    pub ends: bool,
    /// What becomes of their profile.
    pub profile: Profile,
    /// What they are told, each with the bot whose chat it goes to.
    pub entries: Vec<(BotId, Entry)>,
    /// What the database is to know.
    pub facts: Vec<Fact>,
}

/// Answer of [`Impose`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imposed {
    /// It happened, now or before.
    Done,
    /// The record is no longer what was read, or nobody is there; nothing happened.
    Changed,
}

/// A moderator's choice in a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Names the press: the same one is answered alike.
    pub name: String,
    /// What was chosen.
    pub verdict: Verdict,
}

/// Answer of `decide_case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// There is no such case (any more).
    Unknown,
    /// The choice counts, since then.
    Counts {
        /// What the case is about.
        report: Report,
        /// When it was made.
        at: Millis,
    },
    /// Somebody else's choice came before, or there is nothing to undo.
    Before {
        /// What the case is about.
        report: Report,
        /// What stands; none: nothing was decided.
        verdict: Option<Verdict>,
    },
}
