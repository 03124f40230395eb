//! Random steps of broadcasts.

use std::time::Duration;

use hamdam_domain::broadcast::{BroadcastId, Delivery, Order};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{Epoch, Shard, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::profile::Language;
use hamdam_state::step::bot::Budget;
use hamdam_state::step::broadcast::{Addressee, Begun, BulkTurn, PartAck, Piece};
use hamdam_state::step::{Fenced, Holder};
use proptest::prelude::*;

use super::super::broadcast::plan;
use super::super::scene::{BOT, LONG, OTHER_BOT};
use super::{Play, USERS, owner, user};

/// A step of broadcasts, as small numbers.
#[derive(Clone, Debug)]
pub(crate) enum Bulk {
    Begin(u8),
    Steer { broadcast: u8, order: u8 },
    Lead(u8),
    Leave(u8),
    Piece { broadcast: u8, shard: u8, from: u8, up_to: u8, only: u8 },
    Advance { broadcast: u8, owner: u8, position: u8, all: bool },
    Conclude { broadcast: u8, owner: u8 },
    Turn { shard: u8, owner: u8, ack: Option<u8>, claim: Option<u8>, limit: u8, knows: bool },
    Permits { want: u8, limited: bool },
    Unreachable { user: u8, later: bool },
}

/// Steps that get somewhere.
pub(crate) fn steps() -> impl Strategy<Value = Bulk> {
    let one = any::<u8>;
    prop_oneof![
        3 => one().prop_map(Bulk::Begin),
        1 => (one(), one()).prop_map(|(broadcast, order)| Bulk::Steer { broadcast, order }),
        2 => one().prop_map(Bulk::Lead),
        1 => one().prop_map(Bulk::Leave),
        6 => (one(), one(), one(), one(), one()).prop_map(|(broadcast, shard, from, up_to, only)| Bulk::Piece {
            broadcast,
            shard,
            from,
            up_to,
            only,
        }),
        1 => (one(), one(), one(), any::<bool>()).prop_map(|(broadcast, owner, position, all)| Bulk::Advance {
            broadcast,
            owner,
            position,
            all,
        }),
        1 => (one(), one()).prop_map(|(broadcast, owner)| Bulk::Conclude { broadcast, owner }),
        8 => (one(), one(), prop::option::of(one()), prop::option::of(one()), 0_u8..4, any::<bool>()).prop_map(
            |(shard, owner, ack, claim, limit, knows)| Bulk::Turn { shard, owner, ack, claim, limit, knows }
        ),
        1 => (0_u8..4, any::<bool>()).prop_map(|(want, limited)| Bulk::Permits { want, limited }),
        1 => (one(), any::<bool>()).prop_map(|(user, later)| Bulk::Unreachable { user, later }),
    ]
}

fn broadcast(n: u8) -> BroadcastId {
    BroadcastId(u32::from(n % 3) + 1)
}

impl Play {
    pub(super) async fn bulk_step(&mut self, step: &Bulk) -> String {
        match *step {
            Bulk::Begin(once) => {
                let begun = self.state.begin_broadcast(&plan(), &format!("wish {}", once % 4)).await.unwrap();
                let (Begun::As(number) | Begun::Busy(number)) = begun;
                format!("{begun:?} {}", self.told_of(number).await)
            }
            Bulk::Steer { broadcast: n, order } => {
                let order = Order::ALL[usize::from(order) % Order::ALL.len()];
                let course = self.state.steer_broadcast(broadcast(n), order).await.unwrap();
                format!("{course:?} {}", self.told_of(broadcast(n)).await)
            }
            Bulk::Lead(n) => {
                let epoch = self.state.lead_broadcasts(&owner(n), LONG).await.unwrap();
                if let Some(epoch) = epoch {
                    self.bulk_epochs[usize::from(n) % 2] = epoch.0;
                }
                format!("{epoch:?}")
            }
            Bulk::Leave(n) => {
                format!("{:?}", self.state.leave_broadcasts(&self.bulk_holder(n)).await.is_ok())
            }
            Bulk::Piece { .. } => self.piece(step).await,
            Bulk::Advance { broadcast: n, owner, position, all } => {
                let (holder, to) = (self.bulk_holder(owner), UserId(i64::from(position)));
                let answer = self.state.advance_broadcast(broadcast(n), &holder, to, all).await.unwrap();
                format!("{answer:?} {}", self.told_of(broadcast(n)).await)
            }
            Bulk::Conclude { broadcast: n, owner } => {
                let answer =
                    self.state.conclude_broadcast(broadcast(n), &self.bulk_holder(owner)).await.unwrap();
                format!("{answer:?} {}", self.told_of(broadcast(n)).await)
            }
            Bulk::Turn { .. } => self.bulk_turn(step).await,
            Bulk::Permits { want, limited } => {
                // They refill so slowly that no test notices.
                let own = Budget { per_second: 0.000_1, burst: 5, learns: false };
                let budget = Budget { per_second: 0.000_1, burst: 7, learns: false };
                let budget = limited.then_some(&budget);
                let granted = self.state.bulk_permits(BOT, u32::from(want), &own, budget).await.unwrap();
                format!("{} {} {}", granted.permits, granted.paused, granted.wait > Duration::ZERO)
            }
            Bulk::Unreachable { user: n, later } => {
                let since = Millis(if later { i64::MAX / 4_000 * 1_000 } else { 0 });
                let fact = Fact::Unreachable { user: user(n), bot: BOT, at: Millis(1) };
                let bot = if n & 4 == 0 { BOT } else { OTHER_BOT };
                let noted = self.state.unreachable(user(n), bot, since, &fact).await.is_ok();
                format!("{noted} {}", self.record(user(n)).await)
            }
        }
    }

    fn bulk_holder(&self, n: u8) -> Holder {
        Holder { owner: owner(n), epoch: Epoch(self.bulk_epochs[usize::from(n) % 2]) }
    }

    /// A broadcast without its times, and the board.
    async fn told_of(&self, number: BroadcastId) -> String {
        let board = self.state.board().await.unwrap();
        let known = self.state.broadcast(number).await.unwrap().map(|known| {
            (known.course, known.position, known.all_queued, known.over_at.is_some(), known.plan)
        });
        format!("{known:?} {board:?}")
    }

    async fn piece(&mut self, step: &Bulk) -> String {
        let Bulk::Piece { broadcast: n, shard, from, up_to, only } = *step else {
            unreachable!("asked by `bulk_step`")
        };
        let shard = Shard::of(user(shard), self.state.shards());
        let reach = |n: u8| USERS[usize::from(n) % USERS.len()];
        let told = |user: &UserId| Addressee { user: *user, bot: OTHER_BOT, language: Language::Ar };
        let here = USERS.iter().filter(|user| Shard::of(**user, self.state.shards()) == shard);
        let piece = Piece {
            broadcast: broadcast(n),
            shard,
            up_to: reach(up_to),
            users: here.filter(|user| (reach(from)..=reach(up_to)).contains(user)).map(told).collect(),
            active_since: (only % 4 == 0).then_some(Millis(1_000)),
            language: (only & 0b00_1100 == 0).then_some(Language::En),
            bot: (only & 0b11_0000 == 0).then_some(BOT),
            most_waiting: u32::from(only % 5) + 1,
        };
        let answer = self.state.queue_piece(&piece).await.unwrap();
        format!("{answer:?} {:?}", self.state.broadcast_tally(shard, piece.broadcast).await.unwrap())
    }

    async fn bulk_turn(&mut self, step: &Bulk) -> String {
        let Bulk::Turn { shard, owner, ack, claim, limit, knows } = *step else {
            unreachable!("asked by `bulk_step`")
        };
        let shard = Shard::of(user(shard), self.state.shards());
        let known: Vec<_> = self.parts.iter().filter(|(_, s, _)| *s == shard).copied().collect();
        let pick = |n: u8| known.get(usize::from(n) % known.len().max(1)).copied();
        let delivery = Delivery::ALL[usize::from(limit) % Delivery::ALL.len()];
        let acks = ack.and_then(pick).map(|(id, _, broadcast)| PartAck { id, broadcast, delivery });
        let newest = self.entries.iter().filter(|(_, s, ..)| *s == shard).map(|(id, ..)| *id).max();
        let turn = BulkTurn {
            shard,
            holder: self.shard_holder(shard, owner),
            ttl: LONG,
            acks: acks.into_iter().collect(),
            claims: claim.and_then(pick).into_iter().map(|(id, ..)| id).collect(),
            after: EntryId::default(),
            limit: u32::from(limit),
            conversations: newest.filter(|_| knows).unwrap_or_default(),
        };
        let Fenced::Held(turned) = self.state.bulk_turn(&turn).await.unwrap() else { return "lost".into() };
        for part in &turned.parts {
            if !self.parts.contains(&(part.id, shard, part.broadcast)) {
                self.parts.push((part.id, shard, part.broadcast));
            }
        }
        let order = |id: EntryId| self.parts.iter().position(|(known, s, _)| (*known, *s) == (id, shard));
        let read: Vec<_> = turned
            .parts
            .iter()
            .map(|part| (order(part.id), part.broadcast, part.to, part.claimed.map(|(_, epoch)| epoch)))
            .collect();
        let claimed: Vec<_> = turned.claimed.iter().map(|id| order(*id)).collect();
        format!("{read:?} claimed {claimed:?} {} {}", turned.conversations_first, turned.more)
    }
}
