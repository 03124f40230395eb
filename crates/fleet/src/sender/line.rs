//! Where a chat stands: in its bot's line, with the timers, or at rest.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::time::Duration;

use hamdam_domain::id::RoomId;

use super::chat::{Chat, Head, Held};
use super::core::ShardSender;
use super::limits::Limits;
use super::work::Work;

/// One bot's chats that wait for a claim.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub ready: VecDeque<Chat>,
    /// When entries were read last.
    pub last_entry: Duration,
    /// How many were read then.
    pub lately: u32,
}

impl Line {
    /// An entry was read.
    pub(super) fn entered(&mut self, now: Duration) {
        self.lately = if self.last_entry == now { self.lately + 1 } else { 1 };
        self.last_entry = now;
    }

    /// How many entries the next turn may bring, generously: permits in its hands are in nobody else's.
    pub(super) fn expected(&self) -> u32 {
        self.lately.max(1).saturating_mul(2).min(Limits::NEW)
    }
}

impl ShardSender {
    /// The head's claim can no longer be used: it has to be claimed anew.
    pub(super) fn reopen(&mut self, chat: Chat, now: Duration) {
        if let Some(queue) = self.chats.get_mut(&chat) {
            queue.head = Head::Open;
        }
        self.go_on(chat, now);
    }

    /// A head was claimed. One that was claimed where it was read could not have gone out before.
    pub(super) fn claimed(&mut self, chat: Chat, held: Held, now: Duration) {
        let queue = self.chats.get_mut(&chat).expect("only chats with entries are claimed");
        queue.head = Head::Claimed(held);
        queue.ready_at.get_or_insert(now);
        queue.refusals = 0;
        self.startable.push_back(chat);
    }

    /// Puts a chat where it belongs now: into its bot's line, to the timers, or to those that may be forgotten.
    /// What stands at its head and belongs to an ended room is dropped, unless its call may still be on its way.
    pub(super) fn go_on(&mut self, chat: Chat, now: Duration) {
        let (rate, state_time) = (self.limits.chat_rate, self.state_time);
        loop {
            let Some(queue) = self.chats.get_mut(&chat) else { return };
            if queue.lined || queue.head != Head::Open {
                return;
            }
            let settled = !queue.uncertain || queue.not_before <= now;
            if settled && queue.head_is_over() {
                let uncertain = queue.uncertain;
                for _ in 0..queue.uncertain_jobs().max(1) {
                    let job = self.pop(chat);
                    self.drop_over(&job, uncertain, now);
                }
                continue;
            }
            let gathered = queue.gathers_until(state_time).unwrap_or_default();
            let free_at = queue.free_at(rate, now);
            queue.gathers = gathered > free_at;
            let free_at = free_at.max(gathered);
            let action = if queue.gathers { queue.shows() } else { None };
            self.pending.extend(action.map(|action| Work::Show { chat, action }));
            queue.lined = free_at > now || !queue.jobs.is_empty();
            if free_at > now {
                queue.ready_at = None;
                self.timers.push(Reverse((free_at, chat)));
            } else if queue.lined {
                queue.ready_at.get_or_insert(now);
                self.urgent |= queue.jobs.front().is_some_and(|job| job.entry.is_awaited());
                self.lines.entry(chat.bot).or_default().ready.push_back(chat);
            } else {
                self.forget.push_back((now + Duration::from_secs(1), chat));
            }
            return;
        }
    }

    /// Lets chats whose time has come go on, and forgets those that are at rest.
    pub(super) fn advance(&mut self, now: Duration) {
        while let Some(Reverse((at, chat))) = self.timers.peek().copied()
            && at <= now
        {
            self.timers.pop();
            if let Some(queue) = self.chats.get_mut(&chat) {
                queue.lined = false;
                self.go_on(chat, now);
            }
        }
        while let Some((at, chat)) = self.forget.front().copied()
            && at <= now
        {
            self.forget.pop_front();
            let Some(queue) = self.chats.get(&chat) else { continue };
            if queue.is_forgettable(self.limits.chat_rate, now) {
                self.chats.remove(&chat);
            } else if queue.jobs.is_empty() && !queue.lined {
                self.forget.push_back((now + Duration::from_secs(1), chat));
            }
        }
    }

    /// Drops what has not begun of a room that ended in this chat.
    pub(super) fn end_room(&mut self, chat: Chat, room: RoomId, now: Duration) {
        let Some(queue) = self.chats.get_mut(&chat) else { return };
        queue.ended = Some(room);
        let uncertain = queue.uncertain_jobs();
        let over = queue.drop_unbegun(now, |job| job.entry.room == Some(room));
        self.held -= over.len();
        for (index, job) in over {
            self.drop_over(&job, index < uncertain, now);
        }
    }
}
