//! Which buttons stand under which notice.

use hamdam_domain::id::{MessageId, RoomId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::panel::Page;
use hamdam_domain::safety::{CaseId, Reason, Verdict};

use crate::button::Button;
use crate::safety::Asked;

/// A button and the id of its label.
pub(crate) type Labelled = (&'static str, Button);

/// The buttons of a notice, by rows.
pub(crate) fn rows(notice: &Notice) -> Vec<Vec<Labelled>> {
    let search = ("button-search", Button::Search(None));
    let help = ("button-help", Button::Help);
    let settings = ("button-settings", Button::Page(Page::Home));
    let cancel = |ticket| ("button-cancel", Button::Cancel(ticket));
    let again = |room| ("button-again", Button::Search(Some(room)));
    // How it was with whoever was met there, and what can be done about them.
    let rate = |room| {
        vec![
            ("button-good", Button::Rate { room, up: true }),
            ("button-bad", Button::Rate { room, up: false }),
        ]
    };
    let about =
        |room| vec![("button-report", Button::ReportWhy(room)), ("button-block", Button::Block(room))];
    let clear = |room| vec![("button-clear", Button::Clear(room))];
    match notice {
        Notice::Welcome | Notice::Elsewhere { .. } => vec![vec![search], vec![settings, help]],
        Notice::Rules => vec![vec![("button-agree", Button::Agree)]],
        Notice::ForgetMe { asked } => vec![
            vec![("button-forget", Button::Forget(Some(*asked)))],
            vec![("button-keep", Button::Forget(None))],
        ],
        Notice::JoinFirst { .. } => vec![vec![("button-joined", Button::Joined)]],
        // Who was forgotten and comes back begins anew by a search.
        Notice::Forgotten { .. }
        | Notice::Help
        | Notice::SearchCancelled
        | Notice::NothingToStop
        | Notice::NobodyListens
        | Notice::NotSoFast { .. }
        | Notice::Busy
        | Notice::Maintenance => vec![vec![search]],
        Notice::SearchGivenUp => vec![vec![("button-go-on", Button::Search(None))], vec![settings]],
        Notice::SearchGoesOn { ticket, can_widen: true, .. } => {
            vec![vec![("button-widen", Button::Widen(*ticket))], vec![cancel(*ticket)]]
        }
        Notice::Searching { ticket }
        | Notice::SearchGoesOn { ticket, .. }
        | Notice::SearchWidened { ticket }
        | Notice::AlreadySearching { ticket }
        | Notice::StillSearching { ticket } => vec![vec![cancel(*ticket)]],
        Notice::Found { room } | Notice::RoomBack { room } => {
            vec![vec![("button-next", Button::Next(*room)), ("button-stop", Button::Stop(*room))]]
        }
        Notice::PartnerLeft { room }
        | Notice::RoomClosed { room }
        | Notice::YouLeft { room, searching: None } => {
            vec![vec![again(*room)], rate(*room), about(*room), clear(*room)]
        }
        // The search is on already; the first button says for machines which room ended here.
        Notice::YouLeft { room, searching: Some(ticket) } => {
            vec![vec![again(*room), cancel(*ticket)], rate(*room), about(*room), clear(*room)]
        }
        Notice::YouBlocked { room } => {
            vec![vec![again(*room)], vec![("button-report", Button::ReportWhy(*room))], clear(*room)]
        }
        Notice::Banned { room: Some(room), .. } => vec![vec![again(*room)]],
        Notice::ReportWhy { room, message } => reasons(*room, *message),
        Notice::Reported { room } => vec![vec![("button-block", Button::Block(*room))]],
        Notice::Case { case, verdict, .. } => of_case(*case, *verdict),
        // Buttons that name the room mark its beginning, so they stand under nothing else.
        Notice::AlreadyChatting { .. } | Notice::UnknownCommand => vec![vec![help]],
        Notice::SendAnyway { room, message, .. } => {
            vec![vec![("button-send-anyway", Button::Send(*room, *message))]]
        }
        // Their pages have buttons of their own.
        Notice::Settings(_)
        | Notice::Desk(_)
        | Notice::Refused(_)
        | Notice::SlowDown
        | Notice::Flooded { .. }
        | Notice::TooEarly
        | Notice::NotCopyable { .. }
        | Notice::CopiedAnew { .. }
        | Notice::DeleteWhich
        | Notice::DeletedHere
        | Notice::Cleared { .. }
        | Notice::ClearRunning
        | Notice::NothingToClear
        | Notice::ClearLater
        | Notice::AlbumInPart
        | Notice::OtherBot { .. }
        | Notice::Blocked
        | Notice::NobodyToBlock
        | Notice::Muted { .. }
        | Notice::Warned
        | Notice::Forgiven
        | Notice::NobodyToReport
        | Notice::HeldBack { .. }
        | Notice::ChangeHeldBack { .. }
        | Notice::SentAnyway
        | Notice::MyDataLater
        | Notice::NotForgotten
        | Notice::Invite { .. }
        | Notice::Sale(_)
        | Notice::Banned { room: None, .. } => Vec::new(),
    }
}

fn reasons(room: RoomId, message: Option<MessageId>) -> Vec<Vec<Labelled>> {
    let labelled = |reason: Reason| {
        let label = match reason {
            Reason::Spam => "reason-spam",
            Reason::Insult => "reason-insult",
            Reason::Sex => "reason-sex",
            Reason::Minor => "reason-minor",
            Reason::Threat => "reason-threat",
            Reason::Other => "reason-other",
        };
        (label, Button::Report { room, message, reason })
    };
    Reason::ALL.chunks(2).map(|row| row.iter().copied().map(labelled).collect()).collect()
}

/// What can be decided about a case, or that it can be undone.
fn of_case(case: CaseId, verdict: Option<Verdict>) -> Vec<Vec<Labelled>> {
    let choice = |(label, verdict)| (label, Button::Case(case, Asked::For(verdict)));
    let rows = match verdict {
        None => vec![
            vec![("button-dismiss", Verdict::Dismiss), ("button-warn", Verdict::Warn)],
            vec![("button-mute", Verdict::Mute), ("button-ban-day", Verdict::BanDay)],
            vec![("button-ban-week", Verdict::BanWeek), ("button-ban-for-ever", Verdict::BanForEver)],
        ],
        Some(_) => vec![vec![("button-undo", Verdict::Undo)]],
    };
    let who = vec![("button-who", Button::Case(case, Asked::Who))];
    rows.into_iter().map(|row| row.into_iter().map(choice).collect()).chain([who]).collect()
}
