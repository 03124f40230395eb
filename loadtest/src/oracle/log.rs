//! What one user wrote in one chat, until it is decided and some time longer.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::sign::RoomId;
use crate::telegram::{Kind, Matter, MessageId, UpdateId};

/// Decided messages kept per chat, to recognize a second delivery, a reply, an edit.
const KEPT: usize = 32;
/// Undecided messages kept per chat; the oldest beyond is decided as it stands.
const UNDECIDED: usize = 512;
/// Edits kept per chat.
const EDITS: usize = 16;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not known yet.
    Open,
    /// Delivered to the partner.
    Relayed,
    /// Its writer was told that it was not relayed.
    Refused,
    /// Left undelivered because somebody left.
    Dropped,
    /// Missing without excuse.
    Lost,
    /// Telegram itself lost the update.
    Void,
}

/// Which copy of a message stands with the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copied {
    /// None.
    Not,
    /// This one.
    As(MessageId),
    /// More than one.
    Often,
}

/// A message a user wrote.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each holds or not whatever the others do")]
pub(super) struct Written {
    pub(super) id: MessageId,
    /// The room its writer saw open and had not asked to leave; 0 for none.
    pub(super) room: RoomId,
    /// The room its writer saw open but had asked to leave; 0 for none.
    pub(super) leaving: RoomId,
    pub(super) queued: Micros,
    pub(super) acked: Option<Micros>,
    pub(super) reply_to: Option<MessageId>,
    pub(super) says: Says,
    /// It is one of an album.
    pub(super) album: bool,
    pub(super) copied: Copied,
    pub(super) edited: bool,
    /// Its writer was told that it was not relayed, and asked for it after all: it may come, behind later ones.
    pub(super) anyway: bool,
    /// Its writer took it back before it arrived: it may come, or not, or be explained.
    pub(super) taken: bool,
    pub(super) fate: Fate,
}

/// What a message says, so far as two that say the same can be told from two that do not: its kind, its text, and what it
/// carries, whichever bot sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Says {
    hash: u64,
    /// It is a text, as a bot's own words are.
    pub(super) text: bool,
}

impl Says {
    pub(super) fn of(kind: Kind, text: Option<&str>, matter: &Matter) -> Self {
        let mut hasher = DefaultHasher::new();
        (kind, text.unwrap_or_default()).hash(&mut hasher);
        match matter {
            Matter::Object(json) => sense(kind, json).hash(&mut hasher),
            matter => matter.hash(&mut hasher),
        }
        Self { hash: hasher.finish(), text: kind == Kind::Text }
    }
}

/// The values of an object that a message can be recognized by, wherever they stand: not those that another bot cannot
/// say again.
fn sense(kind: Kind, json: &str) -> Vec<String> {
    let object: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let names: &[&str] = match kind {
        Kind::Contact => &["/phone_number", "/first_name", "/last_name", "/vcard"],
        Kind::Location => &["/latitude", "/longitude"],
        Kind::Venue => &["/location/latitude", "/location/longitude", "/title", "/address"],
        _ => return vec![json.to_owned()],
    };
    names.iter().map(|name| object.pointer(name).map(ToString::to_string).unwrap_or_default()).collect()
}

/// Microseconds since the simulator began; half the size of a [`Duration`], of which millions are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Micros(u64);

impl Micros {
    /// The same time as a duration since the simulator began.
    pub(super) fn time(self) -> Duration {
        Duration::from_micros(self.0)
    }

    /// How long before `later` it was; zero if after.
    pub(super) fn until(self, later: Self) -> Duration {
        Duration::from_micros(later.0.saturating_sub(self.0))
    }
}

impl From<Duration> for Micros {
    fn from(time: Duration) -> Self {
        Self(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
    }
}

/// Where a message is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Here.
    At(usize),
    /// It was written and decided long ago.
    Forgotten,
    /// Never written (a command, or the bot's own).
    Unknown,
}

/// A chat's log.
#[derive(Debug, Default)]
pub(super) struct Log {
    written: VecDeque<Written>,
    forgotten_to: MessageId,
    unacked: VecDeque<(UpdateId, MessageId)>,
    edits: VecDeque<(MessageId, u64)>,
}

impl Log {
    /// Notes a new message. Ids of one chat grow. Answers the oldest undecided one if there are too many: decide it.
    pub(super) fn write(&mut self, update: UpdateId, message: Written) -> Option<MessageId> {
        self.unacked.push_back((update, message.id));
        self.written.push_back(message);
        while self.written.len() > KEPT
            && self.written.front().is_some_and(|oldest| oldest.fate != Fate::Open)
        {
            let oldest = self.written.pop_front().expect("a front was just seen");
            self.forgotten_to = oldest.id;
        }
        self.written.front().filter(|_| self.written.len() > UNDECIDED).map(|oldest| oldest.id)
    }

    /// Notes that Telegram need not push an update any more. Answers its message, if it brought one.
    pub(super) fn unqueue(&mut self, update: UpdateId) -> Option<MessageId> {
        let position = self.unacked.iter().position(|(id, _)| *id == update)?;
        self.unacked.remove(position).map(|(_, message)| message)
    }

    /// Looks a message up.
    pub(super) fn find(&self, id: MessageId) -> Found {
        match self.written.binary_search_by_key(&id, |message| message.id) {
            Ok(index) => Found::At(index),
            Err(_) if id <= self.forgotten_to => Found::Forgotten,
            Err(_) => Found::Unknown,
        }
    }

    /// A message by its place.
    pub(super) fn at(&self, index: usize) -> &Written {
        &self.written[index]
    }

    /// A message by its place, to change it.
    pub(super) fn at_mut(&mut self, index: usize) -> &mut Written {
        &mut self.written[index]
    }

    /// A message by its id.
    pub(super) fn get(&self, id: MessageId) -> Option<&Written> {
        match self.find(id) {
            Found::At(index) => Some(self.at(index)),
            Found::Forgotten | Found::Unknown => None,
        }
    }

    /// The place of a message that says this: the first that was not delivered, else the last.
    pub(super) fn saying(&self, says: Says) -> Option<usize> {
        let same = |message: &&Written| message.says == says;
        let waiting = |message: &Written| message.says == says && message.copied == Copied::Not;
        let first = self.written.iter().position(waiting);
        first.or_else(|| {
            let last = self.written.iter().rev().position(|message| same(&message))?;
            Some(self.written.len() - 1 - last)
        })
    }

    /// Ids of the messages that are not decided, of one room or of all.
    pub(super) fn open(&self, room: Option<RoomId>) -> Vec<MessageId> {
        let undecided = self.written.iter().filter(|message| message.fate == Fate::Open && message.room != 0);
        undecided
            .filter(|message| room.is_none_or(|room| room == message.room))
            .map(|message| message.id)
            .collect()
    }

    /// Notes a changed text.
    pub(super) fn edit(&mut self, id: MessageId, text: Option<&str>) {
        if let Found::At(index) = self.find(id) {
            self.at_mut(index).edited = true;
        }
        if self.edits.len() == EDITS {
            self.edits.pop_front();
        }
        self.edits.push_back((id, hash(text)));
    }

    /// Whether the writer gave this message this text lately; `true` if too many edits came since to know.
    pub(super) fn was_edited_to(&self, id: MessageId, text: Option<&str>) -> bool {
        self.edits.contains(&(id, hash(text))) || self.edits.len() == EDITS
    }
}

fn hash(text: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}
