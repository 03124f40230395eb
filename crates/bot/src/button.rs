//! What a button means. Its callback data is an outside contract: chats are full of old buttons, and the load tool
//! recognises notices by them.

use std::fmt;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, RoomId, TicketId};
use hamdam_domain::panel::Page;
use hamdam_domain::premium::Offer;
use hamdam_domain::safety::{CaseId, Reason, Verdict};

use crate::desk::DeskButton;
use crate::safety::Asked;
use crate::settings::choice::Choice;

/// A button under a notice. It names its room or ticket and acts on nothing else.
///
/// | data | stands under |
/// |---|---|
/// | `next:<room>`, `stop:<room>` | `Found`, `RoomBack`: the room begins in this chat, or is open again |
/// | `search:<room>` | every notice that ends a room: it ends in this chat |
/// | `search:0` | other notices that invite to search |
/// | `cancel:<bot>:<update>` | notices of a search: the ticket |
/// | `widen:<bot>:<update>` | news of a search that lasts: the ticket |
/// | `send:<room>:<message>` | the question whether a message is meant: the message, in this chat |
/// | `buy:<offer>` | offers of premium; see [`Offer`] |
/// | `help` | where help may be wanted |
/// | `page:<page>` | the settings, and where they may be wanted |
/// | `set:<what>:<value>` | a page of the settings; see [`Choice`] |
/// | `agree` | the rules |
/// | `joined` | the channel to join before a search |
/// | `rate:<room>:<up or down>` | notices that end a room |
/// | `report:<room>` | notices that end a room |
/// | `report:<room>:<message or 0>:<reason>` | what asks why |
/// | `case:<case>:<verdict or who>` | a case, in the moderators' chat |
/// | `block:<room>` | notices that end a room, and reports of it |
/// | `forget:<milliseconds>` | the question whether all is to be forgotten: when that was asked |
/// | `forget:no` | the same |
/// | `desk:…`, `cast:…` | the administrators' desk; see [`DeskButton`] |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Button {
    /// Leave this room and search.
    Next(RoomId),
    /// Leave this room.
    Stop(RoomId),
    /// Search; the room that ended above the button, if one did.
    Search(Option<RoomId>),
    /// Call off this search.
    Cancel(TicketId),
    /// Let give way at once whatever gives way with time, in this search.
    Widen(TicketId),
    /// Send this message of this room, whatever it reveals.
    Send(RoomId, MessageId),
    /// Buy this.
    Buy(Offer),
    /// Explain.
    Help,
    /// Open a page of the settings.
    Page(Page),
    /// Choose something there.
    Choose(Choice),
    /// Be of age, and agree to the rules.
    Agree,
    /// Be in the channel that is required.
    Joined,
    /// Never meet the other user of this room again.
    Block(RoomId),
    /// Say how it was with the other user of this room.
    Rate {
        /// The room.
        room: RoomId,
        /// Well, or badly.
        up: bool,
    },
    /// Report the other user of this room: say why.
    ReportWhy(RoomId),
    /// Report the other user of this room.
    Report {
        /// The room.
        room: RoomId,
        /// The message it is about, by its id in this chat.
        message: Option<MessageId>,
        /// Why.
        reason: Reason,
    },
    /// Decide a case, or ask whom it is about.
    Case(CaseId, Asked),
    /// Take away what can be taken away of this room, which has ended.
    Clear(RoomId),
    /// Forget everything about the presser, as asked then; `None`: nothing.
    Forget(Option<Millis>),
    /// What administrators do at their desk.
    Desk(DeskButton),
}

impl fmt::Display for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Next(room) => write!(f, "next:{room}"),
            Self::Stop(room) => write!(f, "stop:{room}"),
            Self::Search(room) => write!(f, "search:{}", room.map_or(0, |room| room.0)),
            Self::Cancel(ticket) => write!(f, "cancel:{ticket}"),
            Self::Widen(ticket) => write!(f, "widen:{ticket}"),
            Self::Send(room, message) => write!(f, "send:{room}:{message}"),
            Self::Buy(offer) => write!(f, "buy:{offer}"),
            Self::Help => f.write_str("help"),
            Self::Page(page) => write!(f, "page:{}", word(*page)),
            Self::Choose(choice) => write!(f, "set:{choice}"),
            Self::Agree => f.write_str("agree"),
            Self::Joined => f.write_str("joined"),
            Self::Block(room) => write!(f, "block:{room}"),
            Self::Rate { room, up } => write!(f, "rate:{room}:{}", if *up { "up" } else { "down" }),
            Self::ReportWhy(room) => write!(f, "report:{room}"),
            Self::Report { room, message, reason } => {
                write!(f, "report:{room}:{}:{}", message.map_or(0, |message| message.0), reason.word())
            }
            Self::Case(case, Asked::For(verdict)) => write!(f, "case:{case}:{}", verdict.word()),
            Self::Case(case, Asked::Who) => write!(f, "case:{case}:who"),
            Self::Clear(room) => write!(f, "clear:{room}"),
            Self::Forget(Some(asked)) => write!(f, "forget:{}", asked.0),
            Self::Forget(None) => f.write_str("forget:no"),
            Self::Desk(button) => button.fmt(f),
        }
    }
}

impl Button {
    /// Reads callback data; `None` for what no version of ours wrote.
    #[must_use]
    pub fn parse(data: &str) -> Option<Self> {
        match data {
            "help" => return Some(Self::Help),
            "agree" => return Some(Self::Agree),
            "forget:no" => return Some(Self::Forget(None)),
            "joined" => return Some(Self::Joined),
            _ => {}
        }
        let (verb, argument) = data.split_once(':')?;
        match verb {
            "next" => argument.parse().ok().map(Self::Next),
            "stop" => argument.parse().ok().map(Self::Stop),
            "search" => argument.parse().ok().map(|room: RoomId| Self::Search((room.0 != 0).then_some(room))),
            "cancel" => argument.parse().ok().map(Self::Cancel),
            "buy" => argument.parse().ok().map(Self::Buy),
            "widen" => argument.parse().ok().map(Self::Widen),
            "send" => {
                let (room, message) = argument.split_once(':')?;
                Some(Self::Send(room.parse().ok()?, MessageId(message.parse().ok()?)))
            }
            "page" => Page::ALL.into_iter().find(|page| word(*page) == argument).map(Self::Page),
            "rate" => rate(argument),
            "report" => report(argument),
            "case" => case(argument),
            "clear" => argument.parse().ok().map(Self::Clear),
            "forget" => argument.parse().ok().map(|asked| Self::Forget(Some(Millis(asked)))),
            "desk" => DeskButton::of_desk(argument).map(Self::Desk),
            "cast" => DeskButton::of_cast(argument).map(Self::Desk),
            "block" => argument.parse().ok().map(Self::Block),
            "set" => Choice::parse(argument).map(Self::Choose),
            _ => None,
        }
    }
}

/// `<room>:<up or down>`.
fn rate(argument: &str) -> Option<Button> {
    let (room, how) = argument.split_once(':')?;
    let up = match how {
        "up" => true,
        "down" => false,
        _ => return None,
    };
    Some(Button::Rate { room: room.parse().ok()?, up })
}

/// `<room>`, or `<room>:<message or 0>:<reason>`.
fn report(argument: &str) -> Option<Button> {
    let Some((room, rest)) = argument.split_once(':') else {
        return argument.parse().ok().map(Button::ReportWhy);
    };
    let (message, reason) = rest.split_once(':')?;
    let message: MessageId = message.parse().ok()?;
    let message = (message.0 != 0).then_some(message);
    Some(Button::Report { room: room.parse().ok()?, message, reason: Reason::of_word(reason)? })
}

/// `<case>:<verdict or who>`.
fn case(argument: &str) -> Option<Button> {
    let (case, asked) = argument.split_once(':')?;
    let asked = match asked {
        "who" => Asked::Who,
        verdict => Asked::For(Verdict::of_word(verdict)?),
    };
    Some(Button::Case(case.parse().ok()?, asked))
}

/// A page's name in buttons, for ever.
fn word(page: Page) -> &'static str {
    match page {
        Page::Home => "home",
        Page::Profile => "profile",
        Page::Gender => "gender",
        Page::Age => "age",
        Page::Languages => "speak",
        Page::Place => "place",
        Page::Interests => "tags",
        Page::Wanted => "want",
        Page::Ages => "ages",
        Page::Reach => "reach",
        Page::Yields => "yield",
        Page::Texts => "lang",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hamdam_domain::id::{BotId, UpdateId};

    #[test]
    fn data_comes_back_as_the_button_it_was_and_fits_telegrams_64_bytes() {
        let ticket = TicketId { bot: BotId(i64::MAX), update: UpdateId(i64::MAX) };
        let room = RoomId(i64::MAX);
        let case = CaseId::of(BotId(1), UpdateId(2));
        let (asked, undone) = (format!("case:{case}:who"), format!("case:{case}:undo"));
        let message = Some(MessageId(i64::from(i32::MAX)));
        for (button, data) in [
            (Button::Next(room), "next:9223372036854775807"),
            (Button::Stop(room), "stop:9223372036854775807"),
            (Button::Search(Some(room)), "search:9223372036854775807"),
            (Button::Search(None), "search:0"),
            (Button::Cancel(ticket), "cancel:9223372036854775807:9223372036854775807"),
            (Button::Send(room, MessageId(i64::MAX)), "send:9223372036854775807:9223372036854775807"),
            (Button::Buy(Offer::Days { days: 30, stars: 150 }), "buy:30:150"),
            (Button::Buy(Offer::Monthly { stars: 120 }), "buy:monthly:120"),
            (Button::Help, "help"),
            (Button::Joined, "joined"),
            (Button::Block(room), "block:9223372036854775807"),
            (Button::Rate { room, up: true }, "rate:9223372036854775807:up"),
            (Button::Rate { room, up: false }, "rate:9223372036854775807:down"),
            (Button::ReportWhy(room), "report:9223372036854775807"),
            (Button::Clear(room), "clear:9223372036854775807"),
            (
                Button::Report { room, message, reason: Reason::Insult },
                "report:9223372036854775807:2147483647:insult",
            ),
            (
                Button::Report { room, message: None, reason: Reason::Spam },
                "report:9223372036854775807:0:spam",
            ),
            (Button::Case(case, Asked::Who), &asked),
            (Button::Case(case, Asked::For(Verdict::Undo)), &undone),
            (Button::Forget(Some(Millis(1_800_000_000_123))), "forget:1800000000123"),
            (Button::Forget(None), "forget:no"),
        ] {
            assert_eq!(button.to_string(), data);
            assert_eq!(Button::parse(data), Some(button));
            assert!(data.len() <= 64);
        }
    }

    #[test]
    fn rubbish_is_no_button() {
        for data in [
            "",
            "next",
            "next:",
            "next:x",
            "cancel:7",
            "cancel:7:x",
            "send:7",
            "send:7:x",
            "rate:7",
            "rate:7:",
            "rate:7:well",
            "halt:5",
            "buy:30",
            "buy:0:5",
            "help:1",
            "forget",
            "forget:",
            "forget:yes",
        ] {
            assert_eq!(Button::parse(data), None, "{data}");
        }
    }
}
