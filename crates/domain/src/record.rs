//! All that live state knows of a user.

use crate::clock::Millis;
use crate::id::{BotId, UserId};
use crate::mark::{Mark, Queue, Since, UpdateRef};
use crate::profile::Profile;
use crate::session::Session;
use crate::ticket::Wishes;

/// A user's record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// Grows with every change of session, since, profile or blocks: what the step that moves a session compares. Marks, relay
    /// marks and activity do not count.
    pub version: u64,
    /// Where the user stands.
    pub session: Session,
    /// The own update that began that state.
    pub since: Option<Since>,
    /// What is done, per bot and queue.
    pub marks: Vec<(BotId, Queue, Mark)>,
    /// What is needed to match and answer.
    pub profile: Profile,
    /// Whom this user blocked.
    pub blocked: Vec<UserId>,
    /// When the last update of this user came in, in whole seconds: what tells a stale "blocked" answer of Telegram
    /// from a true one, and a room left alone.
    pub active_at: Millis,
    /// The notice that a partner was found has not begun to leave for this user's chat: whatever they write was written
    /// before they could know of the room.
    pub unannounced: bool,
}

impl Record {
    /// Whether `update` was done before.
    #[must_use]
    pub fn has_done(&self, update: &UpdateRef, now: Millis) -> bool {
        self.mark(update.bot, update.queue).is_some_and(|mark| mark.covers(update, now))
    }

    /// What a ticket of this user says about them.
    #[must_use]
    pub fn wishes(&self) -> Wishes {
        Wishes { language: self.profile.language, blocked: self.blocked.clone(), ..Wishes::default() }
    }

    /// The mark of one queue.
    #[must_use]
    pub fn mark(&self, bot: BotId, queue: Queue) -> Option<Mark> {
        self.marks.iter().find(|(b, q, _)| (*b, *q) == (bot, queue)).map(|(_, _, mark)| *mark)
    }
}
