//! What the desk's buttons mean. Their data is as lasting as that of all others.

use std::fmt;

use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::{BroadcastId, Order, Segment};
use hamdam_domain::desk::Choosing;
use hamdam_domain::id::UserId;
use hamdam_domain::safety::Verdict;

/// A button under a page of the desk.
///
/// | data | does |
/// |---|---|
/// | `desk:fleet` | shows how the fleet is |
/// | `desk:user:<user>` | shows what is known of them |
/// | `desk:<verdict>:<user>` | decides about them: `ban1`, `ban7`, `ban0`, `undo` |
/// | `desk:close:<way>`, `desk:open` | closes the fleet for maintenance (`rooms-go-on`, `rooms-rest`), opens it |
/// | `desk:cast:<broadcast>` | shows how it goes |
/// | `desk:<order>:<broadcast>` | `pause`, `resume`, `cancel` |
/// | `cast:<part>:<segment>` | lets choose `part`, `lang`, `bot`, `sex`, `land<page>` or `days` of a segment |
/// | `cast:go:<segment>` | begins a broadcast of the message above to this segment |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeskButton {
    /// How the fleet is.
    Fleet,
    /// What is known of somebody.
    Person(UserId),
    /// Decide about somebody.
    Decide(UserId, Verdict),
    /// Close the fleet, or open it.
    Maintain(Option<Maintenance>),
    /// How a broadcast goes.
    Progress(BroadcastId),
    /// Pause, resume or cancel it.
    Steer(BroadcastId, Order),
    /// Choose to whom the message above goes.
    Compose(Choosing, Segment),
    /// Begin.
    Begin(Segment),
}

/// What an administrator decides about somebody without a report.
pub(super) const DECIDED: [Verdict; 4] =
    [Verdict::BanDay, Verdict::BanWeek, Verdict::BanForEver, Verdict::Undo];

impl fmt::Display for DeskButton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fleet => f.write_str("desk:fleet"),
            Self::Person(user) => write!(f, "desk:user:{user}"),
            Self::Decide(user, verdict) => write!(f, "desk:{}:{user}", verdict.word()),
            Self::Maintain(None) => f.write_str("desk:open"),
            Self::Maintain(Some(way)) => write!(f, "desk:close:{}", way.word()),
            Self::Progress(broadcast) => write!(f, "desk:cast:{broadcast}"),
            Self::Steer(broadcast, order) => write!(f, "desk:{}:{broadcast}", order.word()),
            Self::Compose(choosing, to) => match choosing {
                Choosing::Part => write!(f, "cast:part:{to}"),
                Choosing::Language => write!(f, "cast:lang:{to}"),
                Choosing::Bot => write!(f, "cast:bot:{to}"),
                Choosing::Gender => write!(f, "cast:sex:{to}"),
                Choosing::Country(page) => write!(f, "cast:land{page}:{to}"),
                Choosing::Days => write!(f, "cast:days:{to}"),
            },
            Self::Begin(to) => write!(f, "cast:go:{to}"),
        }
    }
}

impl DeskButton {
    /// Reads what stands behind `desk:`.
    pub(crate) fn of_desk(argument: &str) -> Option<Self> {
        match argument {
            "fleet" => return Some(Self::Fleet),
            "open" => return Some(Self::Maintain(None)),
            _ => {}
        }
        let (word, about) = argument.split_once(':')?;
        match word {
            "user" => about.parse().ok().map(Self::Person),
            "close" => Maintenance::of_word(about).map(|way| Self::Maintain(Some(way))),
            "cast" => about.parse().ok().map(Self::Progress),
            word => {
                if let Some(order) = Order::of_word(word) {
                    return Some(Self::Steer(about.parse().ok()?, order));
                }
                let verdict = Verdict::of_word(word).filter(|verdict| DECIDED.contains(verdict))?;
                Some(Self::Decide(about.parse().ok()?, verdict))
            }
        }
    }

    /// Reads what stands behind `cast:`.
    pub(crate) fn of_cast(argument: &str) -> Option<Self> {
        let (word, to) = argument.split_once(':')?;
        let to = to.parse().ok()?;
        let choosing = match word {
            "go" => return Some(Self::Begin(to)),
            "part" => Choosing::Part,
            "lang" => Choosing::Language,
            "bot" => Choosing::Bot,
            "sex" => Choosing::Gender,
            "days" => Choosing::Days,
            word => Choosing::Country(word.strip_prefix("land")?.parse().ok()?),
        };
        Some(Self::Compose(choosing, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::button::Button;

    #[test]
    fn data_comes_back_as_the_button_it_was() {
        let to: Segment = "fa,9223372036854775807,f,IR,30".parse().unwrap();
        let user = UserId(i64::MAX >> 11);
        let broadcast = BroadcastId(u32::MAX);
        for (button, data) in [
            (DeskButton::Fleet, "desk:fleet"),
            (DeskButton::Person(user), "desk:user:4503599627370495"),
            (DeskButton::Decide(user, Verdict::BanForEver), "desk:ban0:4503599627370495"),
            (DeskButton::Decide(user, Verdict::Undo), "desk:undo:4503599627370495"),
            (DeskButton::Maintain(Some(Maintenance::RoomsRest)), "desk:close:rooms-rest"),
            (DeskButton::Maintain(None), "desk:open"),
            (DeskButton::Progress(broadcast), "desk:cast:4294967295"),
            (DeskButton::Steer(broadcast, Order::Resume), "desk:resume:4294967295"),
            (DeskButton::Compose(Choosing::Part, Segment::default()), "cast:part:,,,,"),
            (DeskButton::Compose(Choosing::Country(12), to), "cast:land12:fa,9223372036854775807,f,IR,30"),
            (DeskButton::Begin(to), "cast:go:fa,9223372036854775807,f,IR,30"),
        ] {
            assert_eq!(button.to_string(), data);
            assert!(data.len() <= 64, "{data}");
            assert_eq!(Button::parse(data), Some(Button::Desk(button)));
        }
    }

    #[test]
    fn what_was_never_written_is_no_button() {
        for data in [
            "desk:",
            "desk:x",
            "desk:mute:7",
            "desk:ban:7",
            "desk:user:x",
            "cast:go",
            "cast:land:,,,,",
            "cast:lang:x",
        ] {
            assert_eq!(Button::parse(data), None, "{data}");
        }
    }
}
