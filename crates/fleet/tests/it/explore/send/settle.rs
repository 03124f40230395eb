//! Nothing stands in the way any more: who can send does, until a notice is in the air or nothing is left to be sent.

use std::time::Duration;

use hamdam_domain::outbox::{Content, Notice};
use hamdam_fleet::sender::Chat;

use super::{PEOPLE, Traffic};
use crate::explore::chance::{Fate, Landing, SHARD};
use crate::explore::judge::Verdict;
use crate::explore::stage::{BOT, user_id};

impl Traffic {
    /// An office turns, and writes what it may.
    fn works(&mut self, office: usize) {
        if self.offices[office].as_ref().is_some_and(|begun| begun.turn.is_none()) {
            self.make_turn(office);
        }
        self.send_turn(office, Fate::Once);
        self.take_work(office);
        if self.offices[office].as_ref().is_some_and(|begun| !begun.unwritten.is_empty()) {
            self.write(office);
        }
        self.note_queued();
    }

    /// The first office sends, and Telegram takes all of it, until the notice of a room is in the air to this user.
    pub(super) fn sends_until_found(&mut self, user: usize) -> Result<u64, String> {
        let chat = Chat { user: user_id(user), bot: BOT };
        for _ in 0..1_000 {
            self.works(0);
            for (flight, to, entry) in self.in_the_air() {
                match &self.queued[&entry].1.content {
                    Content::Notice(Notice::Found { .. }) if to == chat => return Ok(flight),
                    _ => self.land(flight, Landing::Done)?,
                }
            }
            self.hear(0);
            self.wait(Duration::from_millis(20));
        }
        Err(format!("no room is shown to {chat:?}"))
    }

    /// The first office sends until nothing lies in the outbox.
    pub(super) fn sends_out(&mut self) -> Verdict {
        for _ in 0..1_000 {
            if self.state.inspect(|world| world.shard(SHARD).outbox.is_empty()) {
                return Ok(());
            }
            self.works(0);
            for (flight, ..) in self.in_the_air() {
                self.land(flight, Landing::Done)?;
            }
            self.hear(0);
            self.wait(Duration::from_millis(20));
        }
        Err("the outbox never empties".into())
    }

    /// The trouble is over: whoever can send does, and everything is done and answered.
    pub(super) fn settle(&mut self) -> Verdict {
        self.deeds = 0;
        for _ in 0..20_000 {
            if self.is_quiet() {
                return Ok(());
            }
            (0..PEOPLE).for_each(|user| self.push(user));
            for office in 0..self.offices.len() {
                if self.offices[office].is_none() {
                    self.acquire(office);
                }
                self.works(office);
            }
            for (flight, ..) in self.in_the_air() {
                self.land(flight, Landing::Done)?;
            }
            (0..self.offices.len()).for_each(|office| self.hear(office));
            self.wait(Duration::from_millis(20));
            self.note_queued();
        }
        Err("the outbox never empties".into())
    }
}
