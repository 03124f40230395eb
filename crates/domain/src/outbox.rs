//! What is still to be sent to Telegram. Entries are stored as JSON, opaque to the state's scripts.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::engine::Tried;
use crate::id::{BotId, MessageId, RoomId, TicketId, UpdateId, UserId};
use crate::message::MessageKind;
use crate::panel::{Panel, Refusal};

/// One thing to send into one chat. Chat, bot and language are added by the state from the addressee's record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The room it belongs to. Dropped unsent once an entry that ends this room stands behind it.
    /// Stored as `in`: notices have a `room` of their own on the same level.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// What to send.
    #[serde(flatten)]
    pub content: Content,
}

/// What an entry sends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Content {
    /// A text of the bot's own, rendered in the addressee's language when it is sent.
    Notice(Notice),
    /// What became of one message of this chat: a notice sent as a reply to it (and without one if it is gone by
    /// then), so that its writer sees which message is meant. Whatever was not relayed is answered like this.
    Answer {
        /// The message in this chat.
        message: MessageId,
        /// What is said about it.
        notice: Notice,
    },
    /// A text of the bot's own that takes the place of an earlier one, buttons and all.
    Redraw {
        /// The earlier one in this chat.
        message: MessageId,
        /// What is said instead.
        notice: Notice,
    },
    /// A partner's message, by reference.
    Copy(Copy),
    /// A partner changed a message: its new content, held only until sent.
    Edit(Edit),
    /// A partner reacted to a message.
    React(React),
    /// A partner took a message back: its copy goes.
    Retract {
        /// Who.
        from: UserId,
        /// Its id in the writer's chat.
        message: MessageId,
    },
    /// Messages of this chat go (`deleteMessages`).
    Remove {
        /// At most [`Content::REMOVED_AT_ONCE`].
        messages: Vec<MessageId>,
    },
    /// Ends the spinner on a pressed button.
    AnswerCallback {
        /// `callback_query.id`.
        query: String,
        /// A few words that show up for a moment, if the press did nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        toast: Option<Toast>,
    },
}

impl Content {
    /// Messages that one call deletes (source: Bot API, `deleteMessages`).
    pub const REMOVED_AT_ONCE: usize = 100;
}

/// A few words shown over the chat for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Toast {
    /// The button's room or search is over: the press changed nothing.
    Over,
    /// What was chosen cannot be taken.
    Refused(Refusal),
}

/// A message to copy (`copyMessage`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Copy {
    /// Who wrote it.
    pub from: UserId,
    /// Through which bot.
    pub bot: BotId,
    /// By which update.
    pub update: UpdateId,
    /// Its id in the writer's chat.
    pub message: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// What it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reference>,
    /// The album it belongs to, by Telegram's name for it (`media_group_id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Its writer wants that it can be neither forwarded nor saved.
    #[serde(default, skip_serializing_if = "crate::wish::is_default")]
    pub protect: bool,
    /// When its webhook came in, by the state's clock: where `hamdam_relay_seconds` starts.
    pub at: Millis,
}

/// A message in a room, named from either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// Known by its id in the addressee's chat.
    There(MessageId),
    /// The writer's own message, by its id in the writer's chat: the sender looks up the copy in turn, when all
    /// earlier entries of the chat are out. Unknown ones go plain (reply) or are dropped (edit).
    Own(MessageId),
}

/// A changed message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Edit {
    /// Who changed it.
    pub from: UserId,
    /// Through which bot.
    pub bot: BotId,
    /// By which update.
    pub update: UpdateId,
    /// Its id in the writer's chat.
    pub message: MessageId,
    /// The new content.
    pub change: Change,
}

/// A reaction, held only until it is put.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct React {
    /// Who reacts.
    pub from: UserId,
    /// On which message. Unknown ones are dropped.
    pub message: Reference,
    /// With which emoji; none takes the reaction away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}

/// New content of a changed message. Entities and media are the Bot API's own JSON, passed through.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// `editMessageText`.
    Text {
        /// The text.
        text: String,
        /// JSON array of `MessageEntity`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entities: Option<String>,
    },
    /// `editMessageCaption`.
    Caption {
        /// The caption; empty removes it.
        caption: String,
        /// JSON array of `MessageEntity`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entities: Option<String>,
    },
    /// `editMessageMedia`.
    Media {
        /// JSON of `InputMedia`.
        media: String,
    },
}

/// A text of the bot's own: what it says, not how.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Notice {
    /// Answer to `/start` of somebody idle.
    Welcome,
    /// Answer to `/help`.
    Help,
    /// The search has begun.
    Searching {
        /// The ticket its cancel button names.
        ticket: TicketId,
    },
    /// The search lasts: what is tried now, and how long it may take.
    SearchGoesOn {
        /// The ticket its buttons name.
        ticket: TicketId,
        /// What gave way so far.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        tried: Tried,
        /// Seconds within which half of such searches end from here; not there if nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        half_within: Option<u32>,
        /// Something is left that can give way at once.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        can_widen: bool,
    },
    /// Everything that may give way has, because the user wished it.
    SearchWidened {
        /// The ticket its cancel button names.
        ticket: TicketId,
    },
    /// Nobody was found for a long time: the search has ended.
    SearchGivenUp,
    /// `/search` while waiting.
    AlreadySearching {
        /// The ticket its cancel button names.
        ticket: TicketId,
    },
    /// `/search` while chatting.
    AlreadyChatting {
        /// The room its buttons name.
        room: RoomId,
    },
    /// A partner is there: the room begins in this chat.
    Found {
        /// The room its buttons name.
        room: RoomId,
    },
    /// The search was called off.
    SearchCancelled,
    /// The partner left: the room ends in this chat.
    PartnerLeft {
        /// The room that ended.
        room: RoomId,
    },
    /// The user left: the room ends in this chat.
    YouLeft {
        /// The room that ended.
        room: RoomId,
        /// They asked for the next partner: the search that has begun with the same update.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        searching: Option<TicketId>,
    },
    /// The room ended because nobody wrote, or because the fleet mended a broken room.
    RoomClosed {
        /// The room that ended.
        room: RoomId,
    },
    /// `/stop` with nothing to stop.
    NothingToStop,
    /// A message with no partner to take it. Said with [`Notice::about`] that message, like the next two and
    /// [`Notice::NotCopyable`].
    NobodyListens,
    /// A message while the search runs.
    StillSearching {
        /// The ticket its cancel button names.
        ticket: TicketId,
    },
    /// Too many messages wait for the partner; this one was not relayed.
    SlowDown,
    /// A message was written before its writer could know of the room they are in: it went to nobody.
    TooEarly,
    /// The memory watermark is reached; nothing was begun.
    Busy,
    /// A message that Telegram does not let bots copy.
    NotCopyable {
        /// What it was.
        kind: MessageKind,
        /// Why, in Telegram's own word, if it said one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The running conversation belongs to another bot of the fleet.
    OtherBot {
        /// That bot.
        bot: BotId,
    },
    /// An unknown command.
    UnknownCommand,
    /// `/delete` that does not say which message.
    DeleteWhich,
    /// What a copy of a message that was passed on loses.
    CopiedAnew {
        /// What it was: dice, a poll, or a location that moves.
        kind: MessageKind,
    },
    /// Telegram copied some of an album and not all. Said with [`Notice::about`] its first message.
    AlbumInPart,
    /// A finished room was cleared.
    Cleared,
    /// There is no finished room to clear.
    NothingToClear,
    /// What a finished room held cannot be looked up now.
    ClearLater,
    /// A page of the settings.
    Settings(Panel),
    /// An answer to a page of the settings that cannot be taken, with what is allowed. Said with [`Notice::about`] it.
    Refused(Refusal),
    /// What is to be agreed to before the first search.
    Rules,
    /// The user is banned.
    Banned {
        /// Until when.
        until: Millis,
    },
}

impl Notice {
    /// The room after whose end this notice stands: everything unsent of it before this entry is dropped.
    #[must_use]
    pub fn ends(&self) -> Option<RoomId> {
        match self {
            Self::PartnerLeft { room } | Self::YouLeft { room, .. } | Self::RoomClosed { room } => {
                Some(*room)
            }
            _ => None,
        }
    }

    /// The search that the message tells of, if news of it may take its place. Not where it ends a room as well: that
    /// stays to be read.
    #[must_use]
    pub fn shows_search(&self) -> Option<TicketId> {
        match self {
            Self::Searching { ticket }
            | Self::SearchGoesOn { ticket, .. }
            | Self::SearchWidened { ticket } => Some(*ticket),
            _ => None,
        }
    }

    /// Whether a search that ran in this chat has ended with it.
    fn ends_search(&self) -> bool {
        matches!(
            self,
            Self::Found { .. } | Self::SearchCancelled | Self::SearchGivenUp | Self::YouLeft { .. }
        )
    }

    /// An entry that says this as a reply to `message`.
    #[must_use]
    pub fn about(self, message: MessageId) -> Entry {
        Entry { room: None, content: Content::Answer { message, notice: self } }
    }

    /// An entry that says this in place of `message`.
    #[must_use]
    pub fn instead_of(self, message: MessageId) -> Entry {
        Entry { room: None, content: Content::Redraw { message, notice: self } }
    }

    /// An entry that says this. It belongs to no room: a notice is never dropped with one.
    #[must_use]
    pub fn entry(self) -> Entry {
        Entry { room: None, content: Content::Notice(self) }
    }
}

impl Entry {
    /// The room this entry ends.
    #[must_use]
    pub fn ends(&self) -> Option<RoomId> {
        match &self.content {
            Content::Notice(notice) => notice.ends(),
            _ => None,
        }
    }

    /// Whether its reader has been waiting for it: that a partner was found.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        matches!(self.content, Content::Notice(Notice::Found { .. }))
    }

    /// Whether `next`, the entry behind it in the same chat, belongs to the same album: one call copies both. Ids of one
    /// call must grow.
    #[must_use]
    pub fn goes_with(&self, next: &Self) -> bool {
        let (Content::Copy(one), Content::Copy(other)) = (&self.content, &next.content) else { return false };
        one.album.is_some()
            && one.album == other.album
            && self.room == next.room
            && (one.from, one.bot) == (other.from, other.bot)
            && one.message < other.message
    }

    /// Whether an earlier entry of the same chat, still unsent, need not be sent any more: the same message is redrawn
    /// again, or the search it brings news of has ended.
    #[must_use]
    pub fn outdates(&self, earlier: &Self) -> bool {
        let Content::Redraw { message, notice } = &earlier.content else { return false };
        match &self.content {
            Content::Redraw { message: same, .. } => same == message,
            Content::Notice(news) => notice.shows_search().is_some() && news.ends_search(),
            _ => false,
        }
    }

    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("entries have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// An entry's place in its shard's outbox; later entries are greater. The two halves of a Redis stream id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// Milliseconds of the state's clock.
    pub ms: u64,
    /// Sequence within the millisecond.
    pub sequence: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::{Page, Spotted};
    use crate::wish::{AgeRange, CityId, Country, Place, Reach, Wants};

    fn panel() -> Panel {
        let facts = crate::wish::Facts {
            age: crate::wish::Age::new(30).ok(),
            place: Place { country: Country::new("IR").ok(), city: Some(CityId(1)), ..Place::default() },
            ..Default::default()
        };
        let wants = Wants { ages: AgeRange::new(20, 30).unwrap(), ..Wants::default() };
        let places = vec![Spotted::City(CityId(1)), Spotted::Country(Country::new("IR").unwrap())];
        Panel { page: Page::Place, facts, wants, typing: true, required: true, places }
    }

    fn goes_on(ticket: TicketId) -> Notice {
        let tried =
            Tried { reach: Some(Reach::Anywhere), ages: AgeRange::new(20, 35).ok(), ..Tried::default() };
        Notice::SearchGoesOn { ticket, tried, half_within: Some(90), can_widen: true }
    }

    #[test]
    fn news_are_outdated_by_what_ends_a_search_and_by_newer_ones() {
        let ticket = TicketId { bot: BotId(1), update: UpdateId(2) };
        let (message, room) = (MessageId(5), RoomId(9));
        let news = goes_on(ticket).instead_of(message);
        for later in [
            Notice::Found { room },
            Notice::SearchCancelled,
            Notice::SearchGivenUp,
            Notice::YouLeft { room, searching: None },
        ] {
            let later = later.entry();
            assert!(later.outdates(&news), "{later:?}");
            assert!(!later.outdates(&Notice::Rules.instead_of(message)), "{later:?}");
            assert!(!later.outdates(&goes_on(ticket).entry()), "a message of its own stays");
        }
        assert!(Notice::SearchWidened { ticket }.instead_of(message).outdates(&news));
        assert!(!Notice::SearchWidened { ticket }.instead_of(MessageId(6)).outdates(&news));
        assert!(!Notice::Help.entry().outdates(&news));
        assert!(!Notice::StillSearching { ticket }.about(message).outdates(&news));
        let searching = Notice::YouLeft { room, searching: Some(ticket) };
        assert_eq!(searching.shows_search(), None, "it says which room ended");
    }

    fn photo(room: i64, message: i64, album: Option<&str>) -> Entry {
        let copy = Copy {
            from: UserId(5),
            bot: BotId(1),
            update: UpdateId(message),
            message: MessageId(message),
            kind: MessageKind::Photo,
            reply: None,
            album: album.map(Into::into),
            protect: false,
            at: Millis(9),
        };
        Entry { room: Some(RoomId(room)), content: Content::Copy(copy) }
    }

    #[test]
    fn an_album_is_of_one_room_and_its_ids_grow() {
        let first = photo(9, 7, Some("a"));
        assert!(first.goes_with(&photo(9, 8, Some("a"))));
        for next in [
            photo(9, 8, Some("b")),
            photo(9, 8, None),
            photo(8, 8, Some("a")),
            photo(9, 7, Some("a")),
            photo(9, 6, Some("a")),
            Notice::Help.entry(),
        ] {
            assert!(!first.goes_with(&next), "{next:?}");
        }
        assert!(!photo(9, 7, None).goes_with(&photo(9, 8, None)), "what has no album is none");
    }

    #[test]
    fn entries_are_read_as_they_were_stored() {
        let (room, ticket) = (RoomId(9), TicketId { bot: BotId(1), update: UpdateId(2) });
        let kind = MessageKind::Story;
        let notices = [
            Notice::Welcome,
            Notice::Searching { ticket },
            Notice::Found { room },
            Notice::PartnerLeft { room },
            Notice::YouLeft { room, searching: Some(ticket) },
            Notice::NotCopyable { kind, reason: Some("because".into()) },
            Notice::OtherBot { bot: BotId(3) },
            Notice::Banned { until: Millis(4) },
            Notice::Settings(panel()),
            Notice::Refused(Refusal::UpsideDown { from: 40, to: 20 }),
            Notice::Rules,
            goes_on(ticket),
        ];
        let copy = Copy {
            from: UserId(5),
            bot: BotId(1),
            update: UpdateId(6),
            message: MessageId(7),
            kind,
            reply: Some(Reference::Own(MessageId(8))),
            album: Some("12".into()),
            protect: true,
            at: Millis(9),
        };
        let change = Change::Text { text: "\u{6c7}".into(), entities: None };
        let edit =
            Edit { from: UserId(5), bot: BotId(1), update: UpdateId(6), message: MessageId(7), change };
        let mut entries: Vec<_> = notices.iter().cloned().map(Notice::entry).collect();
        entries.extend(notices.iter().cloned().map(|notice| notice.instead_of(MessageId(1))));
        entries.extend(notices.into_iter().map(|notice| notice.about(MessageId(1))));
        entries.push(Entry { room: Some(room), content: Content::Copy(copy) });
        entries.push(Entry { room: Some(room), content: Content::Edit(edit) });
        for message in [Reference::Own(MessageId(3)), Reference::There(MessageId(4))] {
            let react = React { from: UserId(5), message, emoji: Some("👍".into()) };
            entries.push(Entry { room: Some(room), content: Content::React(react) });
        }
        let retract = Content::Retract { from: UserId(5), message: MessageId(3) };
        entries.push(Entry { room: Some(room), content: retract });
        let messages = vec![MessageId(3), MessageId(4)];
        entries.push(Entry { room: None, content: Content::Remove { messages } });
        let answer = Content::AnswerCallback { query: "q".into(), toast: Some(Toast::Over) };
        entries.push(Entry { room: None, content: answer });
        let toast = Some(Toast::Refused(Refusal::TooManyInterests { given: 11 }));
        let answer = Content::AnswerCallback { query: "q".into(), toast };
        entries.push(Entry { room: None, content: answer });
        for entry in entries {
            let json = entry.to_json();
            assert_eq!(Entry::from_json(&json).expect(&json), entry);
        }
    }
}
