//! Random steps of a shard's sender and journal writer.

use hamdam_domain::id::{MessageId, RoomId, Shard};
use hamdam_domain::outbox::{Entry, EntryId};
use hamdam_state::step::Fenced;
use hamdam_state::step::sending::{Ack, IdPair, Keep, Turn};

use super::super::scene::{BOT, LONG, OTHER_BOT, closed};
use super::step::Step;
use super::{Play, owner, user};

impl Play {
    pub(super) async fn shard_step(&mut self, step: &Step) -> String {
        match *step {
            Step::Lease { user: n, owner: o } => {
                let shard = Shard::of(user(n), self.state.shards());
                let epoch = self.state.lease(shard, &owner(o), LONG).await.unwrap();
                if let Some(epoch) = epoch {
                    self.shard_epochs.insert((shard, owner(o)), epoch.0);
                }
                format!("{epoch:?}")
            }
            Step::ReleaseLease { user: n, owner: o } => {
                let shard = Shard::of(user(n), self.state.shards());
                let holder = self.shard_holder(shard, o);
                format!("{:?}", self.state.release_lease(shard, &holder).await.is_ok())
            }
            Step::Inherit { user: n, owner: o } => {
                let shard = Shard::of(user(n), self.state.shards());
                let answer = self.state.inherit(shard, &self.shard_holder(shard, o)).await.unwrap();
                let Fenced::Held(heritage) = answer else { return "lost".into() };
                let mut claims: Vec<_> = heritage
                    .claims
                    .iter()
                    .map(|claim| (self.order(claim.entry, shard), claim.user, claim.bot))
                    .collect();
                claims.sort();
                format!("{claims:?}")
            }
            Step::Turn { .. } => self.turn(step).await,
            Step::Facts { user: n, owner: o, forget } => {
                let shard = Shard::of(user(n), self.state.shards());
                let holder = self.shard_holder(shard, o);
                let answer = self.state.facts(shard, &holder, EntryId::default(), 3).await.unwrap();
                let Fenced::Held(noted) = answer else { return "lost".into() };
                if let Some(first) = noted.first().filter(|_| forget) {
                    self.facts.push(first.id);
                    self.state.forget_facts(shard, &holder, &self.facts).await.unwrap().held().expect("held");
                }
                format!("{:?}", noted.iter().map(|noted| &noted.body).collect::<Vec<_>>())
            }
            _ => unreachable!("sorted by `take`"),
        }
    }

    async fn turn(&mut self, step: &Step) -> String {
        let Step::Turn { user: n, owner: o, ack, claim, again, limit, permits, defer } = *step else {
            unreachable!("asked by `shard_step`")
        };
        let shard = Shard::of(user(n), self.state.shards());
        let known: Vec<_> = self.entries.iter().filter(|(_, s, ..)| *s == shard).copied().collect();
        let pick = |n: u8| known.get(usize::from(n) % known.len().max(1)).copied();
        let room = self.rooms.last().map(|couple| couple.room);
        let searching = self.waiting(user(n)).await.ticket;
        let acks = ack.and_then(pick).map(|(entry, _, user, bot)| {
            self.told += 1;
            let here = MessageId(self.told);
            let ids = |room| Keep::Ids(IdPair { room, here, there: MessageId(self.told + 10_000) });
            let keep = match self.told % 6 {
                0 => None,
                1 => room.map(ids),
                2 | 3 => Some(Keep::Search { ticket: searching, message: here }),
                _ => Some(Keep::Announcement(here)),
            };
            Ack { entry, user, bot, keep, facts: vec![closed(RoomId(self.told))] }
        });
        let turn = Turn {
            shard,
            holder: self.shard_holder(shard, o),
            ttl: LONG,
            acks: acks.into_iter().collect(),
            claims: claim.and_then(pick).into_iter().map(|(entry, ..)| entry).collect(),
            after: if again {
                EntryId::default()
            } else {
                self.read_to.get(&shard).copied().unwrap_or_default()
            },
            limit: u32::from(limit),
            permits: vec![(BOT, u32::from(permits)), (OTHER_BOT, 1)],
            deferred: if defer { vec![(user(n), BOT)] } else { vec![] },
            sleep: false,
        };
        let Fenced::Held(turned) = self.state.turn(&turn).await.unwrap() else { return "lost".into() };
        for entry in &turned.entries {
            if !self.entries.iter().any(|(id, s, ..)| (*id, *s) == (entry.id, shard)) {
                self.entries.push((entry.id, shard, entry.user, entry.bot));
            }
        }
        if let Some(last) = turned.entries.last() {
            self.read_to.insert(shard, last.id);
        }
        let read: Vec<_> = turned
            .entries
            .iter()
            .map(|entry| {
                let body = Entry::from_json(&entry.body).unwrap();
                (self.order(entry.id, shard), entry.user, entry.bot, entry.language, entry.sequence, body)
            })
            .collect();
        let mut claimed: Vec<_> = turned.claimed.iter().map(|id| self.order(*id, shard)).collect();
        claimed.sort();
        format!("{read:?} claimed {claimed:?} more {}", turned.more)
    }

    /// An entry's number in order of appearance.
    fn order(&self, id: EntryId, shard: Shard) -> Option<usize> {
        self.entries.iter().position(|(known, s, ..)| (*known, *s) == (id, shard))
    }
}
