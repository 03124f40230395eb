//! The step that brings back what live state lost and the durable record knows.

use hamdam_domain::id::{BotId, RoomId, TicketId, UserId};
use hamdam_domain::mark::Mark;
use hamdam_domain::outbox::Entry;
use hamdam_domain::profile::Profile;

/// One side of a running room, as the durable record has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revival {
    /// Who sits there.
    pub user: UserId,
    /// Their profile, if live state does not know them either.
    pub profile: Profile,
    /// Whom they block, likewise.
    pub blocked: Vec<UserId>,
    /// The room.
    pub room: RoomId,
    /// The other user.
    pub partner: UserId,
    /// The bot of this side, and its newest update that the record knows of: an older one does not speak again.
    pub ticket: TicketId,
    /// The partner's bot, if it is another than one's own.
    pub across: Option<BotId>,
    /// The partner's newest update that the record knows as relayed; where every queue's relay mark begins.
    pub floor: Mark,
    /// Messages relayed to this user so far.
    pub messages: u32,
    /// What tells them, announced as a new room is: what they wrote before they could read it is not spoken in the room,
    /// since they may have thought themselves elsewhere. `None`: nothing is said.
    pub notice: Option<Entry>,
}

/// Answer of [`Revival`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revived {
    /// They sit in the room again.
    Done,
    /// They sit there, or are held for it.
    Already,
    /// They are somewhere else, or began something since live state was lost, or are banned; nothing happened.
    Elsewhere,
}
