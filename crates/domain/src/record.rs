//! All that live state knows of a user.

use std::time::Duration;

use crate::clock::Millis;
use crate::id::{BotId, MessageId, RoomId, UserId};
use crate::mark::{Mark, Queue, Since, UpdateRef};
use crate::panel::Dialogue;
use crate::profile::Profile;
use crate::session::Session;
use crate::ticket::{Met, Wishes};

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
    /// Whom they met in rooms that ended and are not to meet again yet, the newest last; at most [`Met::MOST`].
    pub recent: Vec<Met>,
    /// The room they were in last, as long as it may still be spoken of ([`LastRoom::KEPT`]).
    pub last_room: Option<LastRoom>,
    /// When the last update of this user came in, in whole seconds: what tells a stale "blocked" answer of Telegram
    /// from a true one, and a room left alone.
    pub active_at: Millis,
    /// What is known of the notice that tells of the room. `None` outside of rooms, after the first message from behind
    /// it, and if it never reached the chat.
    pub announcement: Option<Announcement>,
    /// The message that tells of the search they are in, once it is known.
    pub search_notice: Option<MessageId>,
    /// The bot by which the partner came, if it is another than one's own.
    pub across: Option<BotId>,
    /// What the next text answers, outside of rooms. Ends with the next command or button, and with a room.
    pub dialogue: Option<Dialogue>,
    /// What waits in the room they are in for a word whether it is to be sent.
    pub asked: Option<Asked>,
    /// When they were seen for the first time, while that is less than [`NEW_FOR`] ago; `None` of whoever is known for
    /// longer.
    pub new_since: Option<Millis>,
}

/// For so long somebody counts as new.
pub const NEW_FOR: Duration = Duration::from_hours(24);

/// Messages of a room that went to nobody yet: their writer was asked whether they mean it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// The room.
    pub room: RoomId,
    /// Their ids in the writer's chat, the newest last; at most [`Asked::MOST`].
    pub messages: Vec<MessageId>,
}

impl Asked {
    /// So many wait at most: the oldest of more is forgotten, and its button does nothing any more.
    pub const MOST: usize = 4;

    /// With one more message.
    #[must_use]
    pub fn with(before: Option<&Self>, room: RoomId, message: MessageId) -> Self {
        let mut asked = Self::without(before, room, message);
        asked.messages.push(message);
        let over = asked.messages.len().saturating_sub(Self::MOST);
        asked.messages.drain(..over);
        asked
    }

    /// Without this message. One without any is kept nowhere.
    #[must_use]
    pub fn without(before: Option<&Self>, room: RoomId, message: MessageId) -> Self {
        let known = before.filter(|asked| asked.room == room);
        let others = known.into_iter().flat_map(|asked| asked.messages.iter().copied());
        Self { room, messages: others.filter(|other| *other != message).collect() }
    }
}

/// A room that ended, as one of its users remembers it: whom a late report or block is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastRoom {
    /// The room.
    pub room: RoomId,
    /// The other user.
    pub partner: UserId,
    /// When it ended for this user, in whole seconds.
    pub ended_at: Millis,
}

impl LastRoom {
    /// So long it can be spoken of, as long as its message ids are kept.
    pub const KEPT: Duration = Duration::from_hours(1);
}

/// How far the notice has come that tells a user of the room they are in. Ids of messages in a private chat grow in the
/// order in which Telegram took them, in both directions, so the notice's own id parts what was written before it stood
/// there from what came after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Announcement {
    /// It is not known to stand in the chat.
    Pending,
    /// It is this message.
    At(MessageId),
}

impl Record {
    /// Whether `update` was done before.
    #[must_use]
    pub fn has_done(&self, update: &UpdateRef, now: Millis) -> bool {
        self.mark(update.bot, update.queue).is_some_and(|mark| mark.covers(update, now))
    }

    /// What a ticket of this user says about them. Whom they chat with now they will have met when it counts.
    #[must_use]
    pub fn wishes(&self) -> Wishes {
        let Profile { language, facts, wants, .. } = self.profile;
        let mut recent = self.recent.clone();
        if let Session::Chatting { partner, .. } = self.session {
            recent.push(Met { user: partner, at: self.active_at });
        }
        Wishes { language, facts, wants, blocked: self.blocked.clone(), recent }
    }

    /// Whether a message of the chat the room belongs to was written before its writer could know of the room.
    #[must_use]
    pub fn is_too_early(&self, message: MessageId) -> bool {
        match self.announcement {
            None => false,
            Some(Announcement::Pending) => true,
            Some(Announcement::At(notice)) => message <= notice,
        }
    }

    /// Whether this message of this room waits for a word whether it is to be sent.
    #[must_use]
    pub fn was_asked(&self, room: RoomId, message: MessageId) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.room == room && asked.messages.contains(&message))
    }

    /// The mark of one queue.
    #[must_use]
    pub fn mark(&self, bot: BotId, queue: Queue) -> Option<Mark> {
        self.marks.iter().find(|(b, q, _)| (*b, *q) == (bot, queue)).map(|(_, _, mark)| *mark)
    }
}
