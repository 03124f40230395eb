//! One virtual user: what they see, and where they are with it.

use std::time::Duration;

use crate::oracle::{RoomId, Ticket};
use crate::telegram::MessageId;

/// Where a user is, as they see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not here yet, or away for a while.
    Away,
    /// Here, in no room, and not searching.
    Idle,
    /// Asked for a partner; nothing was said yet.
    Asking,
    /// Is shown that the search runs.
    Searching,
    /// Is shown an open room.
    Talking,
    /// Asked to leave or to stop; nothing was said yet.
    Leaving,
}

/// A message with a button worth pressing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight<T> {
    pub(super) message: MessageId,
    pub(super) of: T,
}

/// A virtual user.
#[derive(Debug)]
pub(super) struct Person {
    /// Index of the bot they are at.
    pub(super) bot: usize,
    pub(super) stage: Stage,
    /// Messages written in rooms.
    pub(super) written: u32,
    /// When they wrote the last one.
    pub(super) wrote: Duration,
    /// The room they see open.
    pub(super) room: Option<Sight<RoomId>>,
    /// The search they see running.
    pub(super) search: Option<Sight<Ticket>>,
    /// The last end of a room they saw.
    pub(super) over: Option<Sight<RoomId>>,
    /// The room before, for pressing an old button.
    pub(super) old: Option<Sight<RoomId>>,
    /// The last message of their own in this room, and whether its words can be changed.
    pub(super) own: Option<(MessageId, bool)>,
    /// The last message of the partner in this room.
    pub(super) partners: Option<MessageId>,
    /// When they mean to leave the room.
    pub(super) leaves: Duration,
    /// They were asked to slow down: they write nothing before.
    pub(super) silent_until: Duration,
}

impl Person {
    /// Somebody who will use this bot.
    pub(super) fn new(bot: usize) -> Self {
        Self {
            bot,
            stage: Stage::Away,
            written: 0,
            wrote: Duration::ZERO,
            room: None,
            search: None,
            over: None,
            old: None,
            own: None,
            partners: None,
            leaves: Duration::MAX,
            silent_until: Duration::ZERO,
        }
    }

    /// Sees a room open.
    pub(super) fn enter(&mut self, room: Sight<RoomId>) {
        self.stage = Stage::Talking;
        (self.own, self.partners, self.search) = (None, None, None);
        self.room = Some(room);
    }

    /// A message is gone: nothing more can be done with it.
    pub(super) fn forget(&mut self, message: MessageId) {
        self.own = self.own.filter(|(own, _)| *own != message);
        self.partners = self.partners.filter(|partners| *partners != message);
    }

    /// Sees the room end.
    pub(super) fn leave(&mut self, over: Sight<RoomId>) {
        self.stage = Stage::Idle;
        self.old = self.room.take();
        self.over = Some(over);
    }
}
