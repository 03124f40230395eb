//! What is to be done about an update: steps for others first, then one on the user's own shard.
//!
//! These types mirror the steps of the state without knowing them; the fleet translates.

use hamdam_domain::conduct::{Judgement, TrustRules};
use hamdam_domain::fact::{Fact, Forgotten};
use hamdam_domain::haste::{Brakes, HasteRules};
use hamdam_domain::id::{BotId, MessageId, PoolId, RoomId, TicketId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Entry;
use hamdam_domain::panel::{Asking, Page};
use hamdam_domain::pools::Pools;
use hamdam_domain::profile::Profile;
use hamdam_domain::pseudonym::Pseudonyms;
use hamdam_domain::record::{Asked, Joined};
use hamdam_domain::repeats::RepeatRules;
use hamdam_domain::safety::Report;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Ticket;
use hamdam_domain::wish::{Facts, Place};

use crate::anonymity::Policies;
use crate::channel::Channel;
use crate::invite::InviteKey;
use crate::premium::Premium;
use crate::safety::Moderators;
use crate::same::TextKey;
use crate::words::WordLists;

/// What an operator decides about deciding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The pools that searches join.
    pub pools: Pools,
    /// Entries that may wait for one chat before its partner is asked to slow down.
    pub backlog_limit: u32,
    /// What must be told before the first search (`PROFILE_REQUIRED`).
    pub required: Required,
    /// Rules are to be agreed to before the first search (`ADULTS_ONLY`).
    pub adults_only: bool,
    /// Who decides about reports (`MODERATORS_CHAT`, `ADMIN_IDS`).
    pub moderators: Moderators,
    /// The text of a reported message is kept with the report (`KEEP_EVIDENCE`).
    pub keep_evidence: bool,
    /// What is done about messages that reveal something of their writer.
    pub policies: Policies,
    /// Under which ids become the codes of invitations.
    pub invites: InviteKey,
    /// Under which ids of who is forgotten become pseudonyms.
    pub pseudonyms: Pseudonyms,
    /// From when on somebody's conduct parts them from others (`TRUST_…`).
    pub trust: TrustRules,
    /// Who is slowed down (`FLOOD_…`, `HURRY_…`).
    pub haste: HasteRules,
    /// Under which texts become hashes.
    pub texts: TextKey,
    /// Words that the house does not want (`WORD_LISTS_FILE`).
    pub words: WordLists,
    /// What is done about texts that go from room to room (`REPEAT_…`).
    pub repeats: RepeatRules,
    /// The channel that people are to be in before they search (`REQUIRED_CHANNEL`).
    pub channel: Option<Channel>,
    /// What is sold.
    pub premium: Premium,
    /// From so many thousandths of its budget on a bot points newcomers to one that has room; `None`: never.
    pub busy_from: Option<u16>,
}

/// What an operator requires of a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// A gender.
    pub gender: bool,
    /// An age.
    pub age: bool,
    /// A place.
    pub place: bool,
}

impl Required {
    /// The page on which the first missing thing is told.
    #[must_use]
    pub fn missing(&self, facts: &Facts) -> Option<Page> {
        let wanted = [
            (self.gender && facts.gender.is_none(), Page::Gender),
            (self.age && facts.age.is_none(), Page::Age),
            (self.place && facts.place == Place::default(), Page::Place),
        ];
        wanted.into_iter().find(|(missing, _)| *missing).map(|(_, page)| page)
    }
}

impl Default for Settings {
    /// One pool for everyone, 50 entries (design: relay), nothing required, the policies' own defaults.
    fn default() -> Self {
        Self {
            pools: Pools::default(),
            backlog_limit: 50,
            required: Required::default(),
            adults_only: false,
            moderators: Moderators::default(),
            keep_evidence: false,
            policies: Policies::default(),
            invites: InviteKey::default(),
            pseudonyms: Pseudonyms::default(),
            trust: TrustRules::default(),
            haste: HasteRules::default(),
            texts: TextKey::default(),
            words: WordLists::default(),
            repeats: RepeatRules::default(),
            channel: None,
            premium: Premium::default(),
            busy_from: None,
        }
    }
}

/// What is to be done about an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// It was done before, and nothing of it is missing.
    Nothing,
    /// It was done before, and the session waits by this very update: its ticket is added again, without effect if
    /// it is there.
    Readd(Ticket),
    /// One step on the own shard, perhaps with one before and one behind it.
    Act {
        /// Effects on others, conditional on a room or ticket that never comes twice.
        first: Option<First>,
        /// The step.
        act: Move,
        /// The ticket to add once the step is done.
        then: Option<Ticket>,
    },
    /// A message, edit, reaction or deletion for the partner.
    Relay(Relaying),
    /// Clears a finished room, or the last one: what to take away is to be looked up, and [`clear`](crate::clear) says
    /// what is done then.
    Clear(Option<RoomId>),
    /// The user is forgotten: one step on the own shard, perhaps with one before it.
    Forget {
        /// Effects on others, as of [`Plan::Act`].
        first: Option<First>,
        /// What the step says and notes, its last fact a [`Fact::Forgotten`].
        act: Move,
        /// Who is forgotten, and what stays.
        forgotten: Forgotten,
    },
}

impl Plan {
    /// A plan of one step.
    pub(crate) fn just(act: Move) -> Self {
        Self::Act { first: None, act, then: None }
    }
}

/// An effect on others' shards, before the own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a plan has one at most")]
pub enum First {
    /// The room ends for the partner.
    EndPartner {
        /// The partner.
        partner: UserId,
        /// The room.
        room: RoomId,
        /// What they are told.
        notice: Entry,
        /// What the database is told.
        fact: Fact,
    },
    /// The ticket leaves the pool, at every attempt.
    RemoveTicket {
        /// The pool.
        pool: PoolId,
        /// The ticket.
        ticket: TicketId,
    },
    /// The moderators hear of a report, and it is held against whom it is about.
    Report(Report),
    /// Somebody's conduct is told to be so.
    Judge(UserId, Judgement),
}

/// The step on the own shard. It always sets the update's mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The new session; `None` leaves it.
    pub session: Option<Session>,
    /// Whether the update becomes `since`.
    pub begins: bool,
    /// The new profile; `None` leaves it.
    pub profile: Option<Profile>,
    /// Whom the user blocks from now on.
    pub blocks: Option<UserId>,
    /// What becomes of the dialogue.
    pub asks: Asking,
    /// What waits from now on for a word whether it is to be sent; `None` leaves it.
    pub asked: Option<Asked>,
    /// What slows the user down from now on; `None` leaves it.
    pub brakes: Option<Brakes>,
    /// Whether they are in the channel that is required; `None` leaves what is known.
    pub joined: Option<Joined>,
    /// What the user is told, with the bot whose chat it goes to.
    pub entries: Vec<(BotId, Entry)>,
    /// What the database is told.
    pub facts: Vec<Fact>,
    /// What is done instead above the memory watermark. `Some` makes this a step that grows.
    pub if_full: Option<Box<Move>>,
    /// What came of the update.
    pub outcome: Outcome,
}

/// A message, edit, reaction or deletion for the partner. Its mark lives on the partner's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relaying {
    /// The partner.
    pub to: UserId,
    /// The room.
    pub room: RoomId,
    /// What they get.
    pub entry: Entry,
    /// What stands before it if they were still held.
    pub found: Entry,
    /// The message it replies or reacts to, by its id in the writer's chat: if the partner wrote it, its id in the
    /// partner's chat goes into the entry ([`Relaying::reply_to`]).
    pub lookup: Option<MessageId>,
    /// What comes before it.
    pub first: Option<First>,
    /// The step on the own shard once it is queued: what a pressed button shows. A message has none.
    pub then: Option<Box<Move>>,
    /// A copy of this kind is less than the original: its writer is told once it is queued, at most once an hour.
    pub loses: Option<MessageKind>,
}

/// Why a message was not relayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unrelayed {
    /// The partner is not in the room any more.
    NotInRoom,
    /// Too many entries wait for the partner's chat.
    Backlogged,
    /// The memory watermark is reached.
    Full,
}

/// What came of an update: a label from a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// In the partner's outbox.
    Relayed,
    /// The session moved.
    Moved,
    /// Answered; the session stays.
    Answered,
    /// Marked as done, nothing more: nobody needs an answer.
    Noted,
    /// Written before the present state began: marked, nothing more.
    Stale,
    /// Done before.
    Duplicate,
    /// A message that was not relayed; its writer is told why.
    Refused,
    /// Its user sends too much at once: it comes to nothing, as they were told.
    Slowed,
    /// A room whose partner was gone; it ended with its notice.
    Mended,
    /// None of ours.
    Ignored,
    /// Kept aside: it cannot be understood, or failed too often.
    Buried,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 11] = [
        Self::Relayed,
        Self::Moved,
        Self::Answered,
        Self::Noted,
        Self::Stale,
        Self::Duplicate,
        Self::Refused,
        Self::Slowed,
        Self::Mended,
        Self::Ignored,
        Self::Buried,
    ];

    /// The label of `hamdam_updates_total{outcome}`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Relayed => "relayed",
            Self::Moved => "moved",
            Self::Answered => "answered",
            Self::Noted => "noted",
            Self::Stale => "stale",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::Slowed => "slowed",
            Self::Mended => "mended",
            Self::Ignored => "ignored",
            Self::Buried => "buried",
        }
    }
}
