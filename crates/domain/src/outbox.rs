//! What is still to be sent to Telegram. Entries are stored as JSON, opaque to the state's scripts.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::desk::Desk;
use crate::engine::Tried;
use crate::id::{BotId, MessageId, RoomId, TicketId, UpdateId, UserId};
use crate::message::MessageKind;
use crate::panel::{Panel, Refusal};
use crate::parcel::{Carry, Medium, Parcel};
use crate::premium::{Offer, Sale};
use crate::react::React;
use crate::reveal::Concern;
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
    /// A partner reacted to a message.
    React(React),
    /// A partner took a message back: its copy goes, and then the message itself.
    Retract {
        /// Who.
        from: UserId,
        /// Through which bot.
        bot: BotId,
        /// Its id in the writer's chat.
        message: MessageId,
        /// That of the command that said so, which goes with it.
        command: MessageId,
    },
    /// Messages of this chat go (`deleteMessages`).
    Remove {
        /// At most [`Content::REMOVED_AT_ONCE`].
        messages: Vec<MessageId>,
    },
    /// A message of somebody's chat with this bot, shown to the moderators.
    Show {
        /// Whose chat.
        from: UserId,
        /// Its id there.
        message: MessageId,
    },
    /// All that is kept about the reader, as a file: put together when it is sent, and held nowhere before.
    MyData,
    /// An invoice in Telegram Stars for something that is paid once.
    Invoice {
        /// For what.
        offer: Offer,
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
    /// The user is not in the channel yet.
    NotJoined,
    /// It is noted how it was with somebody.
    Rated {
        /// Well, or badly.
        up: bool,
    },
    /// Another broadcast is under way.
    Busy,
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
    /// Live state lost everything, and the room goes on in this chat: also if its end was shown, or another room since.
    RoomBack {
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
    /// The user sends too much at once: nothing of theirs is passed on or answered for so long.
    Flooded {
        /// How long.
        seconds: u32,
    },
    /// The user left too many rooms too soon: no search begins for so long.
    NotSoFast {
        /// How long.
        seconds: u32,
    },
    /// The memory watermark is reached; nothing was begun.
    Busy,
    /// The fleet is closed for maintenance; nothing was begun, and what was written went to nobody.
    Maintenance,
    /// A message that Telegram does not let bots copy.
    NotCopyable {
        /// What it was.
        kind: MessageKind,
        /// Why, in Telegram's own word, if it said one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// What a copy of a message that was passed on loses.
    CopiedAnew {
        /// What it was: dice, a poll, or a location that moves.
        kind: MessageKind,
    },
    /// `/delete` that does not say which message.
    DeleteWhich,
    /// A message that was taken back when its room was over: it is gone from one's own chat alone.
    DeletedHere,
    /// A finished room was cleared.
    Cleared {
        /// What the user wrote is gone from the partner's chat as well.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        both: bool,
    },
    /// `/clear` in the middle of a room.
    ClearRunning,
    /// There is no finished room to clear.
    NothingToClear,
    /// What a finished room held cannot be looked up now.
    ClearLater,
    /// Telegram copied some of an album and not all. Said with [`Notice::about`] its first message.
    AlbumInPart,
    /// The running conversation belongs to another bot of the fleet.
    OtherBot {
        /// That bot.
        bot: BotId,
    },
    /// An unknown command.
    UnknownCommand,
    /// A page of the settings.
    Settings(Panel),
    /// A page of the administrators' desk.
    Desk(Box<Desk>),
    /// An answer to a page of the settings that cannot be taken, with what is allowed. Said with [`Notice::about`] it.
    Refused(Refusal),
    /// What is to be agreed to before the first search.
    Rules,
    /// The channel to join before a search.
    JoinFirst {
        /// Its name, without `@`.
        channel: String,
    },
    /// A message that reveals something of its writer, say, went to nobody yet: is it meant? Said with [`Notice::about`] it, like
    /// the next two.
    SendAnyway {
        /// The room its button names.
        room: RoomId,
        /// The message its button names, in this chat.
        message: MessageId,
        /// Why.
        what: Concern,
    },
    /// A message went to nobody, because of what it reveals, say.
    HeldBack {
        /// Why.
        what: Concern,
        /// It would pass if its writer were known for longer.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        new: bool,
    },
    /// A change was not carried over, because of what it reveals, say.
    ChangeHeldBack {
        /// Why.
        what: Concern,
    },
    /// What was asked about is on its way.
    SentAnyway,
    /// A welcome where there is much to do, and which bot has room.
    Elsewhere {
        /// That bot.
        bot: BotId,
    },
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
    /// What is kept about the user cannot be put together just now.
    MyDataLater,
    /// Is everything about the user to be forgotten?
    ForgetMe {
        /// When that was asked; its button counts for an hour.
        asked: Millis,
    },
    /// Everything about the user is forgotten.
    Forgotten {
        /// But for a ban or mute, which lasts.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        ban_stays: bool,
    },
    /// Nothing is forgotten.
    NotForgotten,
    /// About premium.
    Sale(Sale),
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
    /// Messages that one call deletes (source: Bot API, `deleteMessages`).
    pub const REMOVED_AT_ONCE: usize = 100;

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

    /// Whether a file comes along with the request that sends it.
    #[must_use]
    pub fn brings_file(&self) -> bool {
        matches!(self, Self::MyData) || self.medium().is_some()
    }

    /// Whether it holds what somebody wrote, and not a reference to it.
    #[must_use]
    pub fn is_content(&self) -> bool {
        matches!(self, Self::Carry(_) | Self::Edit(_) | Self::React(_))
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

    /// The room that is open in this chat from here on.
    #[must_use]
    pub fn opens(&self) -> Option<RoomId> {
        match self {
            Self::Found { room } | Self::RoomBack { room } => Some(*room),
            _ => None,
        }
    }

    /// Whether a search that ran in this chat has ended with it.
    fn ends_search(&self) -> bool {
        matches!(
            self,
            Self::Found { .. }
                | Self::RoomBack { .. }
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

impl EntryId {
    /// When it was queued, by the state's clock.
    #[must_use]
    pub fn queued_at(self) -> Millis {
        Millis(i64::try_from(self.ms).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;
    use crate::panel::{Page, Spotted};
    use crate::parcel::Traits;
    use crate::reveal::Reveal;
    use crate::wish::{AgeRange, CityId, Country, Place, Reach, Wants};

    fn panel() -> Panel {
        let facts = crate::wish::Facts {
            age: crate::wish::Age::new(30).ok(),
            place: Place { country: Country::new("IR").ok(), city: Some(CityId(1)), ..Place::default() },
            ..Default::default()
        };
        let wants = Wants { ages: AgeRange::new(20, 30).unwrap(), ..Wants::default() };
        let places = vec![Spotted::City(CityId(1)), Spotted::Country(Country::new("IR").unwrap())];
        Panel {
            page: Page::Place,
            facts,
            wants,
            typing: true,
            required: true,
            kept: [Filter::Near].into_iter().collect(),
            places,
        }
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
            Notice::RoomBack { room },
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

    /// Notices with what each can carry.
    fn notices(room: RoomId, ticket: TicketId) -> Vec<Notice> {
        vec![
            Notice::Welcome,
            Notice::Maintenance,
            Notice::Searching { ticket },
            Notice::Found { room },
            Notice::RoomBack { room },
            Notice::PartnerLeft { room },
            Notice::YouLeft { room, searching: Some(ticket) },
            Notice::NotCopyable { kind: MessageKind::Story, reason: Some("because".into()) },
            Notice::OtherBot { bot: BotId(3) },
            Notice::YouBlocked { room },
            Notice::Blocked,
            Notice::Flooded { seconds: 15 },
            Notice::NotSoFast { seconds: 5 },
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
            Notice::JoinFirst { channel: "hamdam".into() },
            Notice::SendAnyway { room, message: MessageId(3), what: Reveal::Mention.into() },
            Notice::HeldBack { what: Concern::Repeat, new: true },
            Notice::ChangeHeldBack { what: Concern::Word },
            Notice::SentAnyway,
            Notice::Cleared { both: true },
            Notice::MyDataLater,
            Notice::ForgetMe { asked: Millis(4) },
            Notice::Forgotten { ban_stays: true },
            Notice::NotForgotten,
            Notice::Elsewhere { bot: BotId(3) },
            Notice::Invite { bot: BotId(3), source: Source::invitation("aB3"), invited: Some(2) },
            Notice::Sale(Sale::Offers {
                offers: vec![Offer::Monthly { stars: 5 }],
                kept: [Filter::City].into_iter().collect(),
                until: Some(Millis(4)),
            }),
            Notice::Sale(Sale::Unclear),
            goes_on(ticket),
        ]
    }

    #[test]
    fn entries_are_read_as_they_were_stored() {
        let (room, ticket) = (RoomId(9), TicketId { bot: BotId(1), update: UpdateId(2) });
        let kind = MessageKind::Story;
        let notices = notices(room, ticket);
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
        for (message, emoji) in
            [(Reference::Own(MessageId(7)), Some("❤".into())), (Reference::There(MessageId(8)), None)]
        {
            let react = React { from: UserId(5), message, emoji };
            entries.push(Entry { room: Some(room), content: Content::React(react) });
        }
        let (message, command) = (MessageId(7), MessageId(8));
        let retract = Content::Retract { from: UserId(5), bot: BotId(1), message, command };
        entries.push(Entry { room: Some(room), content: retract });
        let remove = Content::Remove { messages: vec![MessageId(7), MessageId(8)] };
        entries.push(Entry { room: None, content: remove });
        let answer = Content::AnswerCallback { query: "q".into(), toast: Some(Toast::Over) };
        entries.push(Entry { room: None, content: answer });
        entries.push(Entry { room: None, content: Content::MyData });
        entries.push(Entry {
            room: None,
            content: Content::Invoice { offer: Offer::Days { days: 30, stars: 5 } },
        });
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
