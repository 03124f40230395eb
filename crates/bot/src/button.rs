//! What a button means. Its callback data is an outside contract: chats are full of old buttons, and the load tool
//! recognises notices by them.

use std::fmt;

use hamdam_domain::id::{RoomId, TicketId};
use hamdam_domain::panel::Page;

use crate::settings::choice::Choice;

/// A button under a notice. It names its room or ticket and acts on nothing else.
///
/// | data | stands under |
/// |---|---|
/// | `next:<room>`, `stop:<room>` | `Found`: the room begins in this chat |
/// | `search:<room>` | every notice that ends a room: it ends in this chat |
/// | `search:0` | other notices that invite to search |
/// | `cancel:<bot>:<update>` | notices of a search: the ticket |
/// | `widen:<bot>:<update>` | news of a search that lasts: the ticket |
/// | `help` | where help may be wanted |
/// | `page:<page>` | the settings, and where they may be wanted |
/// | `set:<what>:<value>` | a page of the settings; see [`Choice`] |
/// | `agree` | the rules |
/// | `clear:<room>` | every notice that ends a room |
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
    /// Explain.
    Help,
    /// Open a page of the settings.
    Page(Page),
    /// Choose something there.
    Choose(Choice),
    /// Be of age, and agree to the rules.
    Agree,
    /// Take away what can be taken away of this room, which has ended.
    Clear(RoomId),
}

impl fmt::Display for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Next(room) => write!(f, "next:{room}"),
            Self::Stop(room) => write!(f, "stop:{room}"),
            Self::Search(room) => write!(f, "search:{}", room.map_or(0, |room| room.0)),
            Self::Cancel(ticket) => write!(f, "cancel:{ticket}"),
            Self::Widen(ticket) => write!(f, "widen:{ticket}"),
            Self::Help => f.write_str("help"),
            Self::Page(page) => write!(f, "page:{}", word(*page)),
            Self::Choose(choice) => write!(f, "set:{choice}"),
            Self::Agree => f.write_str("agree"),
            Self::Clear(room) => write!(f, "clear:{room}"),
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
            _ => {}
        }
        let (verb, argument) = data.split_once(':')?;
        match verb {
            "next" => argument.parse().ok().map(Self::Next),
            "stop" => argument.parse().ok().map(Self::Stop),
            "search" => argument.parse().ok().map(|room: RoomId| Self::Search((room.0 != 0).then_some(room))),
            "cancel" => argument.parse().ok().map(Self::Cancel),
            "widen" => argument.parse().ok().map(Self::Widen),
            "page" => Page::ALL.into_iter().find(|page| word(*page) == argument).map(Self::Page),
            "clear" => argument.parse().ok().map(Self::Clear),
            "set" => Choice::parse(argument).map(Self::Choose),
            _ => None,
        }
    }
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
        for (button, data) in [
            (Button::Next(room), "next:9223372036854775807"),
            (Button::Stop(room), "stop:9223372036854775807"),
            (Button::Search(Some(room)), "search:9223372036854775807"),
            (Button::Search(None), "search:0"),
            (Button::Cancel(ticket), "cancel:9223372036854775807:9223372036854775807"),
            (Button::Clear(room), "clear:9223372036854775807"),
            (Button::Help, "help"),
        ] {
            assert_eq!(button.to_string(), data);
            assert_eq!(Button::parse(data), Some(button));
            assert!(data.len() <= 64);
        }
    }

    #[test]
    fn rubbish_is_no_button() {
        for data in ["", "next", "next:", "next:x", "cancel:7", "cancel:7:x", "halt:5", "help:1"] {
            assert_eq!(Button::parse(data), None, "{data}");
        }
    }
}
