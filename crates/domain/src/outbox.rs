//! What is still to be sent to Telegram. Entries are stored as JSON, opaque to the state's scripts.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::engine::Tried;
use crate::id::{BotId, MessageId, RoomId, TicketId, UpdateId, UserId};
use crate::message::MessageKind;
use crate::panel::{Panel, Refusal};
use crate::parcel::{Carry, Medium, Parcel};
use crate::reveal::Reveal;
use crate::safety::{CaseId, Reason, Verdict};
use crate::source::Source;

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
    /// A partner's message that came by another bot: its content, held only until sent.
    Carry(Carry),
    /// A partner changed a message: its new content, held only until sent.
    Edit(Edit),
    /// A message of somebody's chat with this bot, shown to the moderators.
    Show {
        /// Whose chat.
        from: UserId,
        /// Its id there.
        message: MessageId,
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

/// A few words shown over the chat for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Toast {
    /// The button's room or search is over: the press changed nothing.
    Over,
    /// What was chosen cannot be taken.
    Refused(Refusal),
    /// It is decided.
    Decided,
    /// Somebody else decided before.
    DecidedBefore,
    /// Not everybody may ask that.
    NotForYou,
    /// Who was reported.
    Person {
        /// The user.
        user: UserId,
    },
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
    /// `editMessageMedia`, by another bot than the one the change came by.
    File(Box<Medium>),
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
    /// The user left and will not meet the partner again: the room ends in this chat.
    YouBlocked {
        /// The room that ended.
        room: RoomId,
    },
    /// The user will not meet a former partner again.
    Blocked,
    /// `/block` with nobody to block.
    NobodyToBlock,
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
    /// A page of the settings.
    Settings(Panel),
    /// An answer to a page of the settings that cannot be taken, with what is allowed. Said with [`Notice::about`] it.
    Refused(Refusal),
    /// What is to be agreed to before the first search.
    Rules,
    /// A message that reveals something of its writer went to nobody yet: is it meant? Said with [`Notice::about`] it, like
    /// the next two.
    SendAnyway {
        /// The room its button names.
        room: RoomId,
        /// The message its button names, in this chat.
        message: MessageId,
        /// What it reveals.
        what: Reveal,
    },
    /// A message went to nobody because of what it reveals.
    HeldBack {
        /// What it reveals.
        what: Reveal,
        /// It would pass if its writer were known for longer.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        new: bool,
    },
    /// A change was not carried over because of what it reveals.
    ChangeHeldBack {
        /// What it reveals.
        what: Reveal,
    },
    /// What was asked about is on its way.
    SentAnyway,
    /// The user's own link.
    Invite {
        /// The bot it leads to.
        bot: BotId,
        /// What counts those who come by it.
        source: Source,
        /// How many newcomers came by it, if that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invited: Option<u64>,
    },
    /// The user is banned.
    Banned {
        /// Until when.
        until: Millis,
        /// The room that ended with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomId>,
    },
    /// Nothing the user writes reaches anybody.
    Muted {
        /// Until when.
        until: Millis,
    },
    /// The user is told that what they did must not happen again.
    Warned,
    /// A ban or mute is lifted.
    Forgiven,
    /// `/report` with nobody to report.
    NobodyToReport,
    /// Why is it reported?
    ReportWhy {
        /// The room.
        room: RoomId,
        /// The message, by its id in this chat; none: the conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// It is reported.
    Reported {
        /// The room.
        room: RoomId,
    },
    /// A case of the moderators, in their chat.
    Case {
        /// Which.
        case: CaseId,
        /// Why it was reported.
        reason: Reason,
        /// It is about one message.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        message: bool,
        /// What was decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verdict: Option<Verdict>,
    },
}

impl Content {
    /// The message of a partner that this brings, if it brings one.
    #[must_use]
    pub fn message(&self) -> Option<&Copy> {
        match self {
            Self::Copy(copy) => Some(copy),
            Self::Carry(carry) => Some(&carry.copy),
            _ => None,
        }
    }

    /// The file that crosses from one bot to another with it, and the bot it came by.
    #[must_use]
    pub fn medium(&self) -> Option<(BotId, &Medium)> {
        match self {
            Self::Carry(Carry { copy, parcel: Parcel::File(medium) }) => Some((copy.bot, medium)),
            Self::Edit(Edit { bot, change: Change::File(medium), .. }) => Some((*bot, medium)),
            _ => None,
        }
    }

    /// Whether it holds what somebody wrote, and not a reference to it.
    #[must_use]
    pub fn is_content(&self) -> bool {
        matches!(self, Self::Carry(_) | Self::Edit(_))
    }

    /// The message that this brings, to be changed.
    pub fn message_mut(&mut self) -> Option<&mut Copy> {
        match self {
            Self::Copy(copy) => Some(copy),
            Self::Carry(carry) => Some(&mut carry.copy),
            _ => None,
        }
    }
}

impl Notice {
    /// The reason of [`Notice::NotCopyable`] where a message is bound to its bot, and the partner came by another.
    pub const ACROSS: &'static str = "bots do not share it";
    /// The same where the file is larger than a bot may fetch.
    pub const TOO_LARGE: &'static str = "file is too big";
    /// The same where Telegram did not give the file, again and again.
    pub const NOT_FETCHED: &'static str = "the file was not given";
    /// The same where content waited too long to be held any longer.
    pub const TOO_LATE: &'static str = "it waited too long";

    /// The room after whose end this notice stands: everything unsent of it before this entry is dropped.
    #[must_use]
    pub fn ends(&self) -> Option<RoomId> {
        match self {
            Self::PartnerLeft { room }
            | Self::YouLeft { room, .. }
            | Self::YouBlocked { room }
            | Self::RoomClosed { room } => Some(*room),
            Self::Banned { room, .. } => *room,
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
            Self::Found { .. }
                | Self::SearchCancelled
                | Self::SearchGivenUp
                | Self::YouLeft { .. }
                | Self::Banned { .. }
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
    use crate::parcel::Traits;
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
            Notice::YouBlocked { room },
            Notice::Blocked,
            Notice::Banned { until: Millis(4), room: None },
            Notice::Banned { until: Millis(4), room: Some(room) },
            Notice::ReportWhy { room, message: Some(MessageId(3)) },
            Notice::Case {
                case: CaseId::of(BotId(1), UpdateId(2)),
                reason: Reason::Sex,
                message: true,
                verdict: Some(Verdict::BanWeek),
            },
            Notice::Settings(panel()),
            Notice::Refused(Refusal::UpsideDown { from: 40, to: 20 }),
            Notice::Rules,
            Notice::SendAnyway { room, message: MessageId(3), what: Reveal::Mention },
            Notice::HeldBack { what: Reveal::Link, new: true },
            Notice::ChangeHeldBack { what: Reveal::Contact },
            Notice::SentAnyway,
            Notice::Invite { bot: BotId(3), source: Source::invitation("aB3"), invited: Some(2) },
            goes_on(ticket),
        ];
        let copy = Copy {
            from: UserId(5),
            bot: BotId(1),
            update: UpdateId(6),
            message: MessageId(7),
            kind,
            reply: Some(Reference::Own(MessageId(8))),
            protect: true,
            at: Millis(9),
        };
        let file = Change::File(Box::new(Medium {
            kind: MessageKind::Photo,
            id: "here".into(),
            unique: "everywhere".into(),
            size: None,
            caption: Some("c".into()),
            entities: None,
            above: true,
            spoiler: false,
            traits: Traits::default(),
        }));
        let change = Change::Text { text: "\u{6c7}".into(), entities: None };
        let edit = |change| Edit {
            from: UserId(5),
            bot: BotId(1),
            update: UpdateId(6),
            message: MessageId(7),
            change,
        };
        let mut entries: Vec<_> = notices.iter().cloned().map(Notice::entry).collect();
        entries.extend(notices.iter().cloned().map(|notice| notice.instead_of(MessageId(1))));
        entries.extend(notices.into_iter().map(|notice| notice.about(MessageId(1))));
        let medium = Medium {
            kind: MessageKind::Voice,
            id: "here".into(),
            unique: "everywhere".into(),
            size: Some(9),
            caption: None,
            entities: Some("[]".into()),
            above: false,
            spoiler: true,
            traits: Traits { seconds: Some(4), ..Traits::default() },
        };
        let parcels = [
            Parcel::Text { text: "\u{6c7}".into(), entities: None },
            Parcel::Object { json: "{}".into() },
            Parcel::File(Box::new(medium)),
        ];
        entries.extend(parcels.map(|parcel| Entry {
            room: Some(room),
            content: Content::Carry(Carry { copy: copy.clone(), parcel }),
        }));
        entries.push(Entry { room: Some(room), content: Content::Copy(copy) });
        entries.push(Entry { room: Some(room), content: Content::Edit(edit(change)) });
        entries.push(Entry { room: Some(room), content: Content::Edit(edit(file)) });
        let answer = Content::AnswerCallback { query: "q".into(), toast: Some(Toast::Over) };
        entries.push(Entry { room: None, content: answer });
        entries.push(Entry { room: None, content: Content::Show { from: UserId(5), message: MessageId(7) } });
        let toast = Some(Toast::Person { user: UserId(9) });
        entries.push(Entry { room: None, content: Content::AnswerCallback { query: "q".into(), toast } });
        let toast = Some(Toast::Refused(Refusal::TooManyInterests { given: 11 }));
        let answer = Content::AnswerCallback { query: "q".into(), toast };
        entries.push(Entry { room: None, content: answer });
        for entry in entries {
            let json = entry.to_json();
            assert_eq!(Entry::from_json(&json).expect(&json), entry);
        }
    }
}
