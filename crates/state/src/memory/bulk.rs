//! Steps of broadcasts.

use std::collections::BTreeMap;
use std::time::Duration;

use hamdam_domain::broadcast::{BroadcastId, Course, Order, Plan, Tally};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, Epoch, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::session::Session;

use super::parts::Part;
use super::world::{Lease, World, after};
use crate::step::broadcast::{self, Addressee, Begun, Broadcast, BulkTurn, BulkTurned, Piece, PieceQueued};
use crate::step::{Fenced, Holder};

/// How long the same wish is answered alike.
const WISHES_KEPT: Duration = Duration::from_hours(24);

/// The last broadcasts, and who queues them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Broadcasts {
    /// The last few.
    pub known: BTreeMap<BroadcastId, Broadcast>,
    /// Which broadcast a wish began, and until when that is remembered.
    pub wishes: BTreeMap<String, (BroadcastId, Millis)>,
    /// Who queues them.
    pub lease: Lease,
}

/// The parts of broadcasts that wait on one shard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bulk {
    /// In order.
    pub parts: BTreeMap<EntryId, (BroadcastId, Addressee)>,
    /// The newest id ever given.
    pub last: EntryId,
    /// Sends noted as begun: when, and under which epoch of the shard's lease.
    pub claims: BTreeMap<EntryId, (Millis, Epoch)>,
    /// Up to which user each broadcast is queued here, and what became of its parts.
    pub progress: BTreeMap<BroadcastId, (UserId, Tally)>,
}

impl Bulk {
    pub(super) fn tally(&self, broadcast: BroadcastId) -> Tally {
        self.progress.get(&broadcast).map(|(_, tally)| *tally).unwrap_or_default()
    }
}

impl World {
    pub(super) fn begin_broadcast(&mut self, plan: &Plan, once: &str, now: Millis) -> Begun {
        let wishes = &mut self.broadcasts.wishes;
        wishes.retain(|_, (_, until)| *until > now);
        if let Some((known, _)) = wishes.get(once) {
            return Begun::As(*known);
        }
        if let Some((busy, _)) =
            self.board.broadcasts.iter().find(|(_, course)| **course != Course::Cancelled)
        {
            return Begun::Busy(*busy);
        }
        let number = BroadcastId(self.board.newest.0 + 1);
        wishes.insert(once.to_owned(), (number, now.after(WISHES_KEPT)));
        self.board.newest = number;
        self.board.broadcasts.insert(number, Course::Running);
        let begun = Broadcast {
            plan: plan.clone(),
            course: Course::Running,
            begun_at: now,
            position: UserId(0),
            all_queued: false,
            over_at: None,
        };
        self.broadcasts.known.insert(number, begun);
        self.broadcasts.known.retain(|known, _| known.0 + broadcast::KEPT > number.0);
        Begun::As(number)
    }

    pub(super) fn steer_broadcast(&mut self, broadcast: BroadcastId, order: Order) -> Option<Course> {
        let course = self.board.broadcasts.get_mut(&broadcast)?;
        *course = course.after(order);
        if let Some(known) = self.broadcasts.known.get_mut(&broadcast) {
            known.course = *course;
        }
        Some(*course)
    }

    pub(super) fn queue_piece(&mut self, piece: &Piece, now: Millis) -> PieceQueued {
        let bulk = &self.shard(piece.shard).bulk;
        let position = bulk.progress.get(&piece.broadcast).map(|(position, _)| *position);
        if position.is_some_and(|position| position >= piece.up_to) {
            return PieceQueued::Done;
        }
        if bulk.parts.len() >= piece.most_waiting as usize {
            return PieceQueued::Later;
        }
        let fresh = piece.users.iter().filter(|told| position.is_none_or(|position| told.user > position));
        let parts: Vec<Addressee> = fresh.filter_map(|told| self.admits(told, piece)).collect();
        let bulk = &mut self.shard_mut(piece.shard).bulk;
        let (position, tally) =
            bulk.progress.entry(piece.broadcast).or_insert((piece.up_to, Tally::default()));
        *position = piece.up_to;
        tally.queued += parts.len() as u64;
        for part in parts {
            bulk.last = after(bulk.last, now);
            bulk.parts.insert(bulk.last, (piece.broadcast, part));
        }
        PieceQueued::Done
    }

    /// The user as live state knows them, if the piece is for them.
    fn admits(&self, told: &Addressee, piece: &Piece) -> Option<Addressee> {
        let known = self.users.get(&told.user);
        if known.is_some_and(|user| user.profile.unreachable) {
            return None;
        }
        if let Some(since) = piece.active_since
            && known.is_none_or(|user| user.active_at < since)
        {
            return None;
        }
        let of = known.map_or(*told, |user| Addressee {
            user: told.user,
            bot: user.profile.bot,
            language: user.profile.language,
        });
        let wanted = piece.bot.is_none_or(|bot| bot == of.bot)
            && piece.language.is_none_or(|language| language == of.language);
        wanted.then_some(of)
    }

    pub(super) fn advance_broadcast(
        &mut self,
        broadcast: BroadcastId,
        holder: &Holder,
        position: UserId,
        all_queued: bool,
        now: Millis,
    ) -> Fenced<()> {
        if !self.broadcasts.lease.is_held(holder, now) {
            return Fenced::Lost;
        }
        if let Some(known) = self.broadcasts.known.get_mut(&broadcast) {
            known.position = known.position.max(position);
            known.all_queued |= all_queued;
        }
        Fenced::Held(())
    }

    pub(super) fn conclude_broadcast(
        &mut self,
        broadcast: BroadcastId,
        holder: &Holder,
        now: Millis,
    ) -> Fenced<()> {
        if !self.broadcasts.lease.is_held(holder, now) {
            return Fenced::Lost;
        }
        if self.board.broadcasts.remove(&broadcast).is_some()
            && let Some(known) = self.broadcasts.known.get_mut(&broadcast)
        {
            known.over_at = Some(now);
        }
        Fenced::Held(())
    }

    pub(super) fn bulk_turn(&mut self, turn: &BulkTurn, now: Millis) -> Fenced<BulkTurned> {
        let noting = self.parts.has(Part::Claim);
        let shard = self.shard_mut(turn.shard);
        if !shard.lease.is_held(&turn.holder, now) {
            return Fenced::Lost;
        }
        shard.lease.take(&turn.holder.owner, now.after(turn.ttl), now);
        let bulk = &mut shard.bulk;
        for ack in &turn.acks {
            if bulk.parts.remove(&ack.id).is_some() {
                bulk.claims.remove(&ack.id);
                let progress = bulk.progress.entry(ack.broadcast).or_insert((UserId(0), Tally::default()));
                progress.1.count(ack.delivery);
            }
        }
        let newer = (std::ops::Bound::Excluded(turn.conversations), std::ops::Bound::Unbounded);
        let conversations_first = shard.outbox.range(newer).next().is_some();
        let mut claimed = Vec::new();
        for id in turn.claims.iter().filter(|id| !conversations_first && bulk.parts.contains_key(id)) {
            if noting {
                bulk.claims.insert(*id, (now, turn.holder.epoch));
            }
            claimed.push(*id);
        }
        let after = (std::ops::Bound::Excluded(turn.after), std::ops::Bound::Unbounded);
        let mut ahead = bulk.parts.range(after);
        let read = ahead.by_ref().take(turn.limit as usize);
        let parts = read
            .map(|(id, (broadcast, to))| broadcast::Part {
                id: *id,
                broadcast: *broadcast,
                to: *to,
                claimed: bulk.claims.get(id).copied(),
            })
            .collect();
        let more = turn.limit > 0 && ahead.next().is_some();
        Fenced::Held(BulkTurned { now, conversations_first, claimed, parts, more })
    }

    pub(super) fn unreachable(&mut self, id: UserId, bot: BotId, since: Millis, fact: &Fact, now: Millis) {
        if let Some(user) = self.users.get_mut(&id) {
            let known = user.profile.unreachable || user.profile.bot != bot;
            if known || user.session != Session::Idle || user.active_at >= since.whole_seconds() {
                return;
            }
            user.profile.unreachable = true;
            user.version += 1;
        } else if !self.is_first_word(id, format!("unreachable:{bot}"), now) {
            return;
        }
        self.note(id, fact, now);
    }
}
