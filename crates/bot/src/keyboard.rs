//! Which buttons stand under which notice.

use hamdam_domain::outbox::Notice;
use hamdam_domain::panel::Page;

use crate::button::Button;

/// A button and the id of its label.
pub(crate) type Labelled = (&'static str, Button);

/// The buttons of a notice, by rows.
pub(crate) fn rows(notice: &Notice) -> Vec<Vec<Labelled>> {
    let search = ("button-search", Button::Search(None));
    let help = ("button-help", Button::Help);
    let settings = ("button-settings", Button::Page(Page::Home));
    let cancel = |ticket| ("button-cancel", Button::Cancel(ticket));
    let again = |room| ("button-again", Button::Search(Some(room)));
    let clear = |room| ("button-clear", Button::Clear(room));
    match notice {
        Notice::Welcome => vec![vec![search], vec![settings, help]],
        Notice::Rules => vec![vec![("button-agree", Button::Agree)]],
        Notice::Help
        | Notice::SearchCancelled
        | Notice::NothingToStop
        | Notice::NobodyListens
        | Notice::Busy => vec![vec![search]],
        Notice::SearchGivenUp => vec![vec![("button-go-on", Button::Search(None))], vec![settings]],
        Notice::SearchGoesOn { ticket, can_widen: true, .. } => {
            vec![vec![("button-widen", Button::Widen(*ticket))], vec![cancel(*ticket)]]
        }
        Notice::Searching { ticket }
        | Notice::SearchGoesOn { ticket, .. }
        | Notice::SearchWidened { ticket }
        | Notice::AlreadySearching { ticket }
        | Notice::StillSearching { ticket } => vec![vec![cancel(*ticket)]],
        Notice::Found { room } => {
            vec![vec![("button-next", Button::Next(*room)), ("button-stop", Button::Stop(*room))]]
        }
        Notice::PartnerLeft { room }
        | Notice::RoomClosed { room }
        | Notice::YouLeft { room, searching: None } => vec![vec![again(*room)], vec![clear(*room)]],
        // The search is on already; the first button says for machines which room ended here.
        Notice::YouLeft { room, searching: Some(ticket) } => {
            vec![vec![again(*room), cancel(*ticket)], vec![clear(*room)]]
        }
        // Buttons that name the room mark its beginning, so they stand under `Found` alone.
        Notice::AlreadyChatting { .. } | Notice::UnknownCommand => vec![vec![help]],
        // Their pages have buttons of their own.
        Notice::Settings(_)
        | Notice::Refused(_)
        | Notice::SlowDown
        | Notice::TooEarly
        | Notice::NotCopyable { .. }
        | Notice::DeleteWhich
        | Notice::CopiedAnew { .. }
        | Notice::AlbumInPart
        | Notice::Cleared
        | Notice::NothingToClear
        | Notice::ClearLater
        | Notice::OtherBot { .. }
        | Notice::Banned { .. } => Vec::new(),
    }
}
