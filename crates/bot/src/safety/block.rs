//! A block: the two never meet again. It is a matter of the user's own record, and the other is told nothing of it.

use hamdam_domain::fact::{Fact, RoomEnd};
use hamdam_domain::id::{RoomId, UserId};
use hamdam_domain::outbox::Notice;

use crate::decide::Scene;
use crate::moves::Talk;
use crate::plan::{Move, Outcome, Plan};

impl Scene<'_> {
    /// `/block`: the partner, or whom the user left within the hour.
    pub(crate) fn block(&self) -> Plan {
        match (self.talk(), self.record.last_room) {
            (Some(talk), _) => self.block_partner(talk),
            (None, Some(last)) => self.block_former(last.partner),
            (None, None) => Plan::just(self.says(Notice::NobodyToBlock)),
        }
    }

    /// The button: whoever was met in this room.
    pub(crate) fn block_of(&self, room: RoomId) -> Plan {
        match (self.talk(), self.record.last_room) {
            (Some(talk), _) if talk.room == room => self.block_partner(talk),
            (_, Some(last)) if last.room == room => self.block_former(last.partner),
            _ => Plan::just(self.over()),
        }
    }

    /// Whom this room was shared with, while it may be spoken of.
    pub(crate) fn met_in(&self, room: RoomId) -> Option<UserId> {
        let talk = self.talk().filter(|talk| talk.room == room).map(|talk| talk.partner);
        talk.or_else(|| self.record.last_room.filter(|last| last.room == room).map(|last| last.partner))
    }

    /// The room ends as by `/stop`, with another word.
    fn block_partner(&self, talk: Talk) -> Plan {
        let Talk { room, partner, bot } = talk;
        let notice = Notice::YouBlocked { room };
        let mut entries = vec![(bot, notice.clone().entry())];
        if bot != self.update.bot {
            entries.push((self.update.bot, notice.entry()));
        }
        let mut act = self.blocking(self.idles(entries), partner);
        act.facts.push(self.closed(talk, RoomEnd::Left, self.said.user));
        Plan::Act { first: Some(self.end_partner(room, partner, RoomEnd::Left)), act, then: None }
    }

    /// A search that runs meanwhile goes on without the other.
    fn block_former(&self, other: UserId) -> Plan {
        let act = self.blocking(self.quiet(Outcome::Answered), other);
        self.searching_on(self.also_says(act, Notice::Blocked))
    }

    fn blocking(&self, mut act: Move, other: UserId) -> Move {
        if !self.record.blocked.contains(&other) {
            act.blocks = Some(other);
            act.facts.push(Fact::Block { blocker: self.said.user, blocked: other, version: self.now });
        }
        act
    }
}
