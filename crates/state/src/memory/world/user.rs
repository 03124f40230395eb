//! One user, and what is kept of their rooms.

use std::collections::{BTreeMap, VecDeque};

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Conduct;
use hamdam_domain::haste::{Brakes, Pace};
use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::mark::{Mark, Queue, Since, UpdateRef};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::panel::Dialogue;
use hamdam_domain::profile::Profile;
use hamdam_domain::record::{Announcement, Asked, Joined, LastRoom, NEW_FOR, Record};
use hamdam_domain::repeats::Repeats;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Met;

/// One user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    /// See `Record::version`.
    pub version: u64,
    /// Where the user stands.
    pub session: Session,
    /// When that began; orders `live`.
    pub entered_at: Millis,
    /// The own update that began it.
    pub since: Option<Since>,
    /// What is done, per bot and queue.
    pub marks: BTreeMap<(BotId, Queue), Mark>,
    /// What is needed to match and answer.
    pub profile: Profile,
    /// Whom this user blocked.
    pub blocked: Vec<UserId>,
    /// Whom they met in rooms that ended, the newest last.
    pub recent: Vec<Met>,
    /// The room they were in last.
    pub last_room: Option<LastRoom>,
    /// When their last update came in, in whole seconds.
    pub active_at: Millis,
    /// What tells them of the room they are in.
    pub found: Option<Found>,
    /// The message that tells of the search they are in.
    pub search_notice: Option<MessageId>,
    /// What the next text answers.
    pub dialogue: Option<Dialogue>,
    /// What waits in their room for a word whether it is to be sent.
    pub asked: Option<Asked>,
    /// When they had themselves forgotten, if they did not come back since.
    pub forgotten: Option<Millis>,
    /// When they were seen for the first time, if they were new to the durable record too.
    pub new_since: Option<Millis>,
    /// How they behaved, as others told it.
    pub conduct: Conduct,
    /// How much they sent lately.
    pub pace: Option<Pace>,
    /// What slows them down.
    pub brakes: Brakes,
    /// What they wrote lately that could be advertising.
    pub repeats: Repeats,
    /// Whether they are in the required channel.
    pub joined: Option<Joined>,
    /// What was relayed to this user in the room they are in or held for.
    pub relayed: Option<RelayMarks>,
    /// Message ids of this user's rooms.
    pub ids: BTreeMap<RoomId, IdMap>,
    /// Names of explanations already given, and until when each is remembered.
    pub told: BTreeMap<String, Millis>,
}

/// The notice that a partner was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    /// On its way, or given up if the outbox has it no more.
    Queued(EntryId),
    /// Delivered as this message.
    Shown(MessageId),
}

impl Found {
    /// Whether it stands in the chat before this message of it.
    pub(in super::super) fn precedes(self, message: MessageId) -> bool {
        matches!(self, Self::Shown(notice) if notice < message)
    }
}

/// Relay marks of one room, on the addressee's side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelayMarks {
    /// The room.
    pub room: RoomId,
    /// Where every queue's mark starts: the sender's ticket.
    pub floor: Option<Mark>,
    /// The queues that have relayed something.
    pub queues: BTreeMap<Queue, Mark>,
    /// The partner's bot, if it is another than one's own.
    pub across: Option<BotId>,
    /// Messages relayed so far.
    pub sequence: u32,
}

/// Pairs of message ids of one room, as seen from one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IdMap {
    /// (in this user's chat, in the partner's chat), oldest first.
    pub pairs: VecDeque<(MessageId, MessageId)>,
    /// Set when the room has ended: forgotten then.
    pub until: Option<Millis>,
}

impl User {
    /// The bot that reaches this user: that of their session's ticket, or the one they last used.
    pub(in super::super) fn bot(&self) -> BotId {
        self.session.ticket().map_or(self.profile.bot, |ticket| ticket.bot)
    }

    pub(in super::super) fn record(
        &self,
        announcement: Option<Announcement>,
        premium_until: Option<Millis>,
        not_before: Millis,
        now: Millis,
    ) -> Record {
        let forgotten = now.before(LastRoom::KEPT);
        let here = |asked: &&Asked| Some(asked.room) == self.session.room();
        Record {
            announcement,
            search_notice: self.search_notice,
            across: self.relayed.as_ref().and_then(|marks| marks.across),
            dialogue: self.dialogue,
            asked: self.asked.as_ref().filter(here).cloned(),
            forgotten: self.forgotten,
            new_since: self.new_since.filter(|since| *since > now.before(NEW_FOR)),
            pace: self.pace,
            joined: self.joined.filter(|joined| joined.until > now),
            repeats: if self.repeats.are_forgotten(now) { Repeats::default() } else { self.repeats.clone() },
            brakes: if self.brakes.are_off(now) { Brakes::default() } else { self.brakes },
            conduct: if self.conduct.is_spent(now) { Conduct::default() } else { self.conduct.clone() },
            premium_until,
            version: self.version,
            session: self.session.clone(),
            since: self.since,
            marks: self.marks.iter().map(|((bot, queue), mark)| (*bot, *queue, *mark)).collect(),
            profile: self.profile.clone(),
            blocked: self.blocked.clone(),
            recent: self.recent.iter().filter(|met| met.at > not_before).copied().collect(),
            last_room: self.last_room.filter(|last| last.ended_at > forgotten),
            active_at: self.active_at,
        }
    }

    /// Remembers a meeting, and forgets those of `not_before` or earlier and the oldest of too many.
    pub(super) fn remember(&mut self, partner: UserId, now: Millis, not_before: Millis) {
        self.recent.retain(|met| met.user != partner && met.at > not_before);
        self.recent.sort_unstable_by_key(|met| (met.at, met.user));
        self.recent.drain(..(self.recent.len() + 1).saturating_sub(Met::MOST));
        self.recent.push(Met { user: partner, at: now.whole_seconds() });
    }
}

impl RelayMarks {
    /// Whether `update` was relayed before, or was written before the room.
    pub(in super::super) fn cover(&self, update: &UpdateRef, now: Millis) -> bool {
        let mark = self.queues.get(&update.queue).or(self.floor.as_ref());
        mark.is_some_and(|mark| mark.covers(update, now))
    }
}
