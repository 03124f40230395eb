//! What is still to be written to the database. Facts commute: they come from two shards in any order.

use serde::{Deserialize, Serialize};

use crate::broadcast::{BroadcastId, Course, Segment, Tally};
use crate::clock::Millis;
use crate::id::{BotId, MessageId, RoomId, UpdateId, UserId};
use crate::message::MessageKind;
use crate::premium::Payment;
use crate::profile::Profile;
use crate::safety::{Decision, Report};
use crate::source::Source;

/// One thing that happened, with its own time. Stored as JSON in a shard's journal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A room began. An upsert of the whole room; never reopens a closed one.
    RoomOpened(RoomFact),
    /// A room ended. An upsert of the whole room; closed wins, and of two ends the earlier.
    RoomClosed {
        /// The room.
        #[serde(flatten)]
        room: RoomFact,
        /// When it ended.
        ended_at: Millis,
        /// Why.
        end: RoomEnd,
        /// Who ended it, if a user did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended_by: Option<UserId>,
    },
    /// A message was delivered, or may have been. Unique by (room, bot, update).
    Message(MessageFact),
    /// A user blocked another. The newest version wins.
    Block {
        /// Who does not want to meet the other again.
        blocker: UserId,
        /// Whom.
        blocked: UserId,
        /// Grows with every change.
        version: Millis,
    },
    /// A user reported another. Unique by (room, bot, update).
    Report {
        /// The report.
        report: Report,
        /// What was written, where the operator keeps evidence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<String>,
    },
    /// A decision about a user. Unique by (user, time, verdict).
    Decision(Decision),
    /// A user says how it was with another. Of several of one room the newest counts.
    Rated {
        /// The room.
        room: RoomId,
        /// Who says it.
        rater: UserId,
        /// Of whom.
        rated: UserId,
        /// Well, or badly.
        up: bool,
        /// When.
        at: Millis,
    },
    /// A user appeared or changed. The newest version wins.
    Profile {
        /// Who.
        user: UserId,
        /// The profile.
        profile: Profile,
        /// Grows with every change.
        version: Millis,
    },
    /// Somebody had themselves forgotten: nothing older about them stays but what the safety of others needs, and that
    /// under their pseudonym. It holds for older facts too that come later.
    Forgotten(Forgotten),
    /// Somebody paid in Telegram Stars. Unique by charge.
    Paid {
        /// The payment.
        payment: Payment,
        /// When.
        at: Millis,
    },
    /// A payment went back. Carries it whole: of the two facts either may be told alone.
    Returned {
        /// The payment.
        payment: Payment,
        /// When it went back.
        at: Millis,
    },
    /// A user cannot be reached by the bot they used last, as long as their profile is not newer.
    Unreachable {
        /// Who.
        user: UserId,
        /// The bot.
        bot: BotId,
        /// When that was seen.
        at: Millis,
    },
    /// A broadcast began, or is over. Unique by (begun, number); what is over counts.
    Broadcast(BroadcastFact),
    /// Somebody came by a counted link. Of several of one user the earliest counts.
    Arrived {
        /// Who.
        user: UserId,
        /// By which link.
        source: Source,
        /// When.
        at: Millis,
        /// Nobody knew them before.
        new: bool,
    },
}

/// Who is forgotten, and what of them is not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Forgotten {
    /// Who.
    pub user: UserId,
    /// When: what is older goes.
    pub at: Millis,
    /// What stays under their pseudonym: that they are banned, or muted.
    pub left: Profile,
    /// Whom they met or shared a room with last: their records may name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub met: Vec<UserId>,
    /// What counted those who came by their link.
    pub invitation: Source,
}

/// A broadcast: what the record keeps of it, and not what it says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BroadcastFact {
    /// Its number.
    pub number: BroadcastId,
    /// When it began.
    pub begun_at: Millis,
    /// The administrator; none: on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// To whom.
    pub to: Segment,
    /// The kind of message.
    pub kind: MessageKind,
    /// How it stands.
    pub course: Course,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_at: Option<Millis>,
    /// How far it has come.
    pub tally: Tally,
}

/// A room, whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RoomFact {
    /// The room; its id tells when it was made.
    pub room: RoomId,
    /// Its users, the smaller id first, so both shards tell the same.
    pub users: [UserId; 2],
}

impl RoomFact {
    /// The room of two users, in either order.
    #[must_use]
    pub fn new(room: RoomId, one: UserId, other: UserId) -> Self {
        Self { room, users: [one.min(other), one.max(other)] }
    }
}

/// Why a room ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomEnd {
    /// Somebody pressed stop or next.
    Left,
    /// Telegram cannot reach one of them any more.
    Unreachable,
    /// Nobody wrote for `ROOM_IDLE_HOURS`.
    Idle,
    /// The match could not be completed.
    Released,
    /// The audit found one side elsewhere.
    Mended,
    /// One of them was banned.
    Banned,
}

/// A message that was delivered, or whose delivery nobody will ever know of: references, never content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageFact {
    /// The room.
    pub room: RoomId,
    /// Counts the relayed messages to this addressee in this room, from 1.
    pub sequence: u32,
    /// Who wrote it.
    pub sender: UserId,
    /// The bot it was written to.
    pub bot: BotId,
    /// The update that brought it.
    pub update: UpdateId,
    /// What it is.
    pub kind: MessageKind,
    /// Its id in the sender's chat.
    pub sender_message: MessageId,
    /// Its id in the addressee's chat. `None`: a send of it was begun whose outcome was never learned, and its room
    /// ended before it could be repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_message: Option<MessageId>,
    /// When its webhook came in, by the state's clock.
    pub at: Millis,
}

impl Fact {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("facts have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
