//! One user's private chat with one bot, as the user sees it.

use std::collections::VecDeque;

use super::log::{Log, Micros};
use super::react::Reactions;
use super::sign::RoomId;
use super::taken::Taken;
use crate::telegram::{BotId, MessageId, UserId};

/// A chat's number in the oracle.
pub(super) type ChatIndex = usize;

/// Rooms remembered per chat after they ended.
const ROOMS: usize = 16;
/// Delivered messages remembered per chat, for replies and edits.
const RECEIVED: usize = 64;

/// How a room stands in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Shown, and not ended.
    Open,
    /// Its end was shown.
    Over,
    /// Never shown.
    Never,
}

/// A room as it was shown in a chat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) room: RoomId,
    pub(super) at: Micros,
    over: bool,
}

/// A copy that stands in a chat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received {
    pub(super) id: MessageId,
    pub(super) writer: ChatIndex,
    pub(super) original: MessageId,
}

/// A chat.
#[derive(Debug)]
pub(super) struct Chat {
    pub(super) bot: BotId,
    pub(super) user: UserId,
    /// The user's number in the oracle.
    pub(super) person: usize,
    /// What the user wrote here.
    pub(super) log: Log,
    /// The room that is open here.
    pub(super) room: Option<RoomId>,
    /// The user asked to leave it: what they write from now on is not spoken in it.
    pub(super) leaving: bool,
    /// The user blocked the bot while that room was open: its end may never be shown.
    pub(super) blocked: bool,
    /// Something the user wrote before any room was shown was delivered in this one, so it must be the next shown.
    pub(super) promised: Option<RoomId>,
    /// What the user put on messages here.
    pub(super) reactions: Reactions,
    /// What the user asked to take away from here, and what they wrote here from the other side.
    pub(super) taken: Taken,
    rooms: VecDeque<Shown>,
    received: VecDeque<Received>,
}

impl Chat {
    /// A chat in which nothing happened yet.
    pub(super) fn new(bot: BotId, user: UserId, person: usize) -> Self {
        Self {
            bot,
            user,
            person,
            log: Log::default(),
            room: None,
            leaving: false,
            blocked: false,
            promised: None,
            reactions: Reactions::default(),
            taken: Taken::default(),
            rooms: VecDeque::new(),
            received: VecDeque::new(),
        }
    }

    /// How a room stands here.
    pub(super) fn standing(&self, room: RoomId) -> Standing {
        match self.rooms.iter().rev().find(|shown| shown.room == room) {
            Some(shown) if shown.over => Standing::Over,
            Some(_) => Standing::Open,
            None => Standing::Never,
        }
    }

    /// Shows a room.
    pub(super) fn open(&mut self, room: RoomId, at: Micros) {
        if self.rooms.len() == ROOMS {
            self.rooms.pop_front();
        }
        self.rooms.push_back(Shown { room, at, over: false });
        self.room = Some(room);
        (self.leaving, self.blocked, self.promised) = (false, false, None);
    }

    /// Shows that a room ended.
    pub(super) fn close(&mut self, room: RoomId) {
        for shown in self.rooms.iter_mut().filter(|shown| shown.room == room) {
            shown.over = true;
        }
        if self.room == Some(room) {
            self.room = None;
            (self.leaving, self.blocked) = (false, false);
        }
    }

    /// The rooms shown here, the newest first.
    pub(super) fn newest_rooms(&self) -> impl Iterator<Item = RoomId> + '_ {
        self.rooms.iter().rev().map(|shown| shown.room)
    }

    /// The first room shown after `at`.
    pub(super) fn first_after(&self, at: Micros) -> Option<RoomId> {
        self.rooms.iter().find(|shown| shown.at > at).map(|shown| shown.room)
    }

    /// Remembers a copy.
    pub(super) fn receive(&mut self, received: Received) {
        if self.received.len() == RECEIVED {
            self.received.pop_front();
        }
        self.received.push_back(received);
    }

    /// Whether a copy with this id may have been forgotten.
    pub(super) fn forgot(&self, id: MessageId) -> bool {
        self.received.len() == RECEIVED && self.received.front().is_some_and(|oldest| id < oldest.id)
    }

    /// The copy with this id, if it is remembered.
    pub(super) fn received(&self, id: MessageId) -> Option<Received> {
        let index = self.received.binary_search_by_key(&id, |received| received.id).ok()?;
        Some(self.received[index])
    }
}
