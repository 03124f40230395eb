//! All that live state knows of a user.

use std::time::Duration;

use crate::clock::Millis;
use crate::conduct::Conduct;
use crate::haste::{Brakes, Pace};
use crate::id::{BotId, MessageId, RoomId, UserId};
use crate::mark::{Mark, Queue, Since, UpdateRef};
use crate::panel::Dialogue;
use crate::profile::Profile;
use crate::repeats::Repeats;
use crate::session::Session;
use crate::ticket::{Met, Wishes};
use crate::wish::{Class, Trust};

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
    /// They had themselves forgotten then, and did not come back since: nothing else of this record but marks and bans is
    /// there, and it goes when the durable record has forgotten them too.
    pub forgotten: Option<Millis>,
    /// Until when they have premium, as their payments have it; it may be over.
    pub premium_until: Option<Millis>,
    /// When they were seen for the first time, while that is less than [`NEW_FOR`] ago; `None` of whoever is known for
    /// longer.
    pub new_since: Option<Millis>,
    /// How they behaved, as others told it.
    pub conduct: Conduct,
    /// How much they sent lately; `None` of whoever takes their time.
    pub pace: Option<Pace>,
    /// What slows them down.
    pub brakes: Brakes,
    /// What they wrote lately that could be advertising.
    pub repeats: Repeats,
    /// Whether they are in the channel that is required, while that may be believed.
    pub joined: Option<Joined>,
}

/// Whether somebody is in the channel that is required, as Telegram told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Joined {
    /// They are.
    pub member: bool,
    /// It may be believed until then; in whole seconds.
    pub until: Millis,
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

    /// Until when they have premium, if they do at `now`.
    #[must_use]
    pub fn premium(&self, now: Millis) -> Option<Millis> {
        self.premium_until.filter(|until| *until > now)
    }

    /// What a ticket of this user that is made at `now` says about them: so premium ends by itself. Whom they chat with now
    /// they will have met when it counts.
    #[must_use]
    pub fn wishes(&self, now: Millis) -> Wishes {
        let Profile { language, mut facts, wants, .. } = self.profile;
        facts.trust = self.shown_trust(facts.trust);
        if self.premium(now).is_some() {
            facts.class = Class::PREMIUM;
        }
        let mut recent = self.recent.clone();
        if let Session::Chatting { partner, .. } = self.session {
            recent.push(Met { user: partner, at: self.active_at });
        }
        Wishes { language, facts, wants, blocked: self.blocked.clone(), recent }
    }

    /// The trust that a ticket tells of: of whoever came lately and did nothing bad yet, little is known.
    #[must_use]
    pub fn shown_trust(&self, kept: Trust) -> Trust {
        match kept {
            Trust::Normal if self.new_since.is_some() => Trust::New,
            kept => kept,
        }
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
