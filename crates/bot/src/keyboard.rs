//! Which buttons stand under which notice.

use hamdam_domain::outbox::Notice;

use crate::button::Button;

/// A button and the id of its label.
pub(crate) type Labelled = (&'static str, Button);

/// The buttons of a notice, by rows.
pub(crate) fn rows(notice: &Notice) -> Vec<Vec<Labelled>> {
    let search = ("button-search", Button::Search(None));
    let help = ("button-help", Button::Help);
    let cancel = |ticket| ("button-cancel", Button::Cancel(ticket));
    let again = |room| ("button-again", Button::Search(Some(room)));
    match notice {
        Notice::Welcome => vec![vec![search], vec![help]],
        Notice::Help
        | Notice::SearchCancelled
        | Notice::NothingToStop
        | Notice::NobodyListens
        | Notice::Busy => vec![vec![search]],
        Notice::Searching { ticket }
        | Notice::AlreadySearching { ticket }
        | Notice::StillSearching { ticket } => vec![vec![cancel(*ticket)]],
        Notice::Found { room } => {
            vec![vec![("button-next", Button::Next(*room)), ("button-stop", Button::Stop(*room))]]
        }
        Notice::PartnerLeft { room }
        | Notice::RoomClosed { room }
        | Notice::YouLeft { room, searching: None } => vec![vec![again(*room)]],
        // The search is on already; the first button says for machines which room ended here.
        Notice::YouLeft { room, searching: Some(ticket) } => vec![vec![again(*room), cancel(*ticket)]],
        // Buttons that name the room mark its beginning, so they stand under `Found` alone.
        Notice::AlreadyChatting { .. } | Notice::UnknownCommand => vec![vec![help]],
        Notice::SlowDown
        | Notice::TooEarly
        | Notice::NotCopyable { .. }
        | Notice::OtherBot { .. }
        | Notice::Banned { .. } => Vec::new(),
    }
}
