//! What waits for one chat.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::outbox::{Content, Entry, EntryId, Notice, Reference};
use hamdam_domain::parcel::Medium;
use hamdam_domain::profile::Language;
use hamdam_state::step::sending::{Known, Queued};

use super::album::Gathering;
use super::limits::Limits;
use super::pace::Pace;
use super::work::FileAt;
use crate::run::ChatRate;

/// A private chat of a user with one of the fleet's bots: what order is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chat {
    /// The user.
    pub user: UserId,
    /// The bot.
    pub bot: BotId,
}

/// An entry to be sent, read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its place in the outbox.
    pub id: EntryId,
    /// Where it goes.
    pub chat: Chat,
    /// The language of notices.
    pub language: Language,
    /// Counts relayed messages; 0 for what is no relay.
    pub sequence: u32,
    /// What is sent.
    pub entry: Entry,
}

impl Job {
    pub(super) fn read(queued: &Queued) -> Result<Self, serde_json::Error> {
        Ok(Self {
            id: queued.id,
            chat: Chat { user: queued.user, bot: queued.bot },
            language: queued.language,
            sequence: queued.sequence,
            entry: Entry::from_json(&queued.body)?,
        })
    }

    /// Whether it counts against the chat's pace: not what places no message.
    pub(super) fn is_paced(&self) -> bool {
        !matches!(
            self.entry.content,
            Content::AnswerCallback { .. }
                | Content::React(_)
                | Content::Retract { .. }
                | Content::Remove { .. }
        )
    }

    /// Its file, if that comes by another bot than the chat's, and that bot.
    pub(super) fn medium(&self) -> Option<(BotId, &Medium)> {
        self.entry.content.medium()
    }

    /// Why it is not to be sent any more, for its writer.
    pub(super) fn hindrance(&self, state_now: Millis) -> Option<&'static str> {
        match &self.entry.content {
            // The same id names another message in this bot's chats.
            Content::Copy(copy) if copy.bot != self.chat.bot => Some(Notice::ACROSS),
            content if content.is_content() => {
                (state_now.since(self.id.queued_at()) >= Limits::CONTENT_STAYS).then_some(Notice::TOO_LATE)
            }
            _ => None,
        }
    }

    /// What must be known about it before it can be sent as one of so many.
    pub(super) fn target(&self, going: usize) -> Target {
        if going > 1 {
            // No method copies several messages as a reply.
            return Target::Known(None);
        }
        match (hamdam_bot::reference(&self.entry), self.entry.room) {
            (Some(Reference::Own(own)), Some(room)) => Target::Unknown { room, known: Known::There(own) },
            (Some(Reference::There(there)), _) => Target::Known(Some(there)),
            (Some(Reference::Own(_)) | None, _) => Target::Known(None),
        }
    }
}

/// The message in the addressee's chat that an entry replies to or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To be looked up in turn: an earlier entry of the chat may bring it.
    Unknown { room: RoomId, known: Known },
    /// Known, or known not to be there.
    Known(Option<MessageId>),
}

/// A claim we hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// By the state's clock.
    pub at: Millis,
    /// When the turn that made it was sent: not later than `at`.
    pub sent: Duration,
}

/// Where the first entry of a chat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// Not claimed (or there is none).
    Open,
    /// A turn under way asks for its claim.
    Asked,
    /// Claimed; nothing has begun.
    Claimed(Held),
    /// Its target or its file is being looked up.
    Sought(Held),
    /// Its call, or what follows from it, is under way.
    Called(Held),
}

/// One chat's entries, in order.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each holds or not whatever the others do")]
pub(super) struct ChatQueue {
    pub jobs: VecDeque<Arc<Job>>,
    pub head: Head,
    /// What is known of the head's target.
    pub target: Option<Target>,
    /// Where the head's file is, if it has one that crosses from another bot.
    pub file: Option<FileAt>,
    /// What was remembered of the head's file was wrong.
    pub distrusts: bool,
    /// How often the head's file could not be fetched.
    pub unfetched: u32,
    /// Nothing is claimed before: a 429, a backoff, or an earlier holder's claim.
    pub not_before: Duration,
    pub pace: Pace,
    /// The room that ended last in this chat.
    pub ended: Option<RoomId>,
    /// Calls of the head that met a server error.
    pub attempts: u32,
    /// Claims of the head that were refused.
    pub refusals: u32,
    /// Entries in the last call of the head, itself included: an album goes out as one. 0: none was made by us.
    pub called: usize,
    /// An earlier call of the head may have been carried out.
    pub uncertain: bool,
    /// Until when the head's album waits for more of it.
    pub gathering: Option<Gathering>,
    /// It stands in the timers' line for that.
    pub gathers: bool,
    /// The chat was shown that it comes.
    pub shown: bool,
    /// Since when the head could go out, if it only had a turn and a permit.
    pub ready_at: Option<Duration>,
    /// It stands in a line: for a claim, or for a time.
    pub lined: bool,
}

impl ChatQueue {
    pub(super) fn new(rate: ChatRate, now: Duration) -> Self {
        Self {
            jobs: VecDeque::with_capacity(1),
            head: Head::Open,
            target: None,
            file: None,
            distrusts: false,
            unfetched: 0,
            not_before: Duration::ZERO,
            pace: Pace::full(rate, now),
            ended: None,
            attempts: 0,
            refusals: 0,
            called: 0,
            uncertain: false,
            gathering: None,
            gathers: false,
            shown: false,
            ready_at: None,
            lined: false,
        }
    }

    /// When the next entry may be claimed.
    pub(super) fn free_at(&self, rate: ChatRate, now: Duration) -> Duration {
        let paced = self.jobs.front().is_none_or(|job| job.is_paced());
        let messages = u32::try_from(self.going()).unwrap_or(u32::MAX);
        let pace = if paced { self.pace.free_at(messages, rate, now) } else { now };
        self.not_before.max(pace)
    }

    /// Whether the head belongs to a room that has ended in this chat.
    pub(super) fn head_is_over(&self) -> bool {
        let room = self.jobs.front().and_then(|job| job.entry.room);
        room.is_some() && room == self.ended
    }

    /// Whether something behind the head makes it needless.
    pub(super) fn head_is_outdated(&self) -> bool {
        let mut jobs = self.jobs.iter();
        let redraws = |head: &&Arc<Job>| matches!(head.entry.content, Content::Redraw { .. });
        let head = jobs.next().filter(redraws);
        head.is_some_and(|head| jobs.any(|later| later.entry.outdates(&head.entry)))
    }

    /// How many entries from the head on may have been carried out by a call whose outcome was never learned.
    pub(super) fn uncertain_jobs(&self) -> usize {
        if self.uncertain { self.going() } else { 0 }
    }

    /// Takes out what `is_over` and has not begun, each with its place. What may be on its way stays until that is known.
    pub(super) fn drop_unbegun(
        &mut self,
        now: Duration,
        is_over: impl Fn(&Job) -> bool,
    ) -> Vec<(usize, Arc<Job>)> {
        let begun = match self.head {
            Head::Called(_) => self.called.max(1),
            Head::Open if self.not_before > now => self.uncertain_jobs(),
            Head::Open | Head::Asked | Head::Claimed(_) | Head::Sought(_) => 0,
        };
        let (mut index, mut over) = (0, Vec::new());
        self.jobs.retain(|job| {
            let stays = index < begun || !is_over(job);
            if !stays {
                over.push((index, job.clone()));
            }
            index += 1;
            stays
        });
        if over.first().is_some_and(|(index, _)| *index == 0) {
            self.forget_head();
        }
        over
    }

    /// Takes the head off.
    pub(super) fn pop(&mut self) -> Option<Arc<Job>> {
        self.forget_head();
        self.jobs.pop_front()
    }

    /// The next head starts from nothing.
    pub(super) fn forget_head(&mut self) {
        self.head = Head::Open;
        self.target = None;
        self.file = None;
        self.distrusts = false;
        self.unfetched = 0;
        self.attempts = 0;
        self.refusals = 0;
        self.called = 0;
        self.shown = false;
        self.uncertain = false;
        self.ready_at = None;
    }

    /// Whether nothing is lost by forgetting it.
    pub(super) fn is_forgettable(&self, rate: ChatRate, now: Duration) -> bool {
        self.jobs.is_empty() && !self.lined && self.not_before <= now && self.pace.is_full(rate, now)
    }
}
