//! Steps of a shard's sender and of its journal writer.

use std::collections::{BTreeMap, BTreeSet};

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, Epoch, InstanceId, MessageId, Shard, UserId};
use hamdam_domain::outbox::EntryId;

use super::parts::Part;
use super::world::{Claimed, Found, IDS_KEPT, IDS_LINGER, ShardState, World};
use crate::step::journal::Noted;
use crate::step::sending::{Ack, Claim, Depth, IdPair, Inheritance, Keep, Queued, Turn, Turned};
use crate::step::{Fenced, Holder, TimeToLive};

impl World {
    pub(super) fn lease(
        &mut self,
        shard: Shard,
        owner: &InstanceId,
        ttl: TimeToLive,
        now: Millis,
    ) -> Option<Epoch> {
        self.shard_mut(shard).lease.take(owner, now.after(ttl), now)
    }

    pub(super) fn release_lease(&mut self, shard: Shard, holder: &Holder, now: Millis) {
        self.shard_mut(shard).lease.give_back(holder, now);
    }

    pub(super) fn inherit(&self, shard: Shard, holder: &Holder, now: Millis) -> Fenced<Inheritance> {
        let shard = self.shard(shard);
        if !shard.lease.is_held(holder, now) {
            return Fenced::Lost;
        }
        let earlier = shard.claims.iter().filter(|(_, claim)| claim.epoch < holder.epoch);
        let claims = earlier
            .map(|((user, bot), claim)| Claim { entry: claim.entry, user: *user, bot: *bot, at: claim.at })
            .collect();
        Fenced::Held(Inheritance { claims, now })
    }

    pub(super) fn turn(&mut self, turn: &Turn, now: Millis) -> Fenced<Turned> {
        if !self.shard(turn.shard).lease.is_held(&turn.holder, now) {
            return Fenced::Lost;
        }
        for ack in &turn.acks {
            self.acknowledge(turn.shard, ack, now);
        }
        let noting = self.parts.has(Part::Claim);
        let shard = self.shard_mut(turn.shard);
        shard.lease.take(&turn.holder.owner, now.after(turn.ttl), now);
        let mut claimed: Vec<EntryId> = turn
            .claims
            .iter()
            .copied()
            .filter(|id| shard.claim(*id, turn.holder.epoch, noting, now))
            .collect();
        let after = (std::ops::Bound::Excluded(turn.after), std::ops::Bound::Unbounded);
        let mut ahead = shard.outbox.range(after);
        let entries: Vec<Queued> = ahead
            .by_ref()
            .take(turn.limit as usize)
            .map(|(id, stored)| Queued {
                id: *id,
                user: stored.user,
                bot: stored.bot,
                language: stored.language,
                body: stored.body.clone(),
                sequence: stored.sequence,
            })
            .collect();
        let more = ahead.next().is_some();
        claimed.extend(shard.claim_new(&entries, turn, noting, now));
        shard.asleep = turn.sleep && !more;
        Fenced::Held(Turned { now, entries, claimed, more })
    }

    fn acknowledge(&mut self, shard: Shard, ack: &Ack, now: Millis) {
        let state = self.shard_mut(shard);
        let Some(stored) = state.outbox.remove(&ack.entry) else { return };
        let chat = (stored.user, stored.bot);
        if state.claims.get(&chat).is_some_and(|claim| claim.entry == ack.entry) {
            state.claims.remove(&chat);
        }
        let left = state.backlog.get_mut(&chat).expect("every entry is counted in its chat's backlog");
        *left -= 1;
        if *left == 0 {
            state.backlog.remove(&chat);
        }
        self.body_bytes -= stored.body.len() as u64;
        match &ack.keep {
            None => {}
            Some(Keep::Ids(pair)) => self.remember(stored.user, pair, now),
            Some(Keep::Search { ticket, message }) => self.search_shown(stored.user, *ticket, *message),
            Some(Keep::Announcement(message)) => self.announced(stored.user, ack.entry, *message),
        }
        for fact in &ack.facts {
            self.note_on(shard, fact, now);
        }
    }

    /// The message takes the place of the entry, if the room it told of goes on.
    fn announced(&mut self, id: UserId, entry: EntryId, message: MessageId) {
        if let Some(user) = self.users.get_mut(&id)
            && user.found == Some(Found::Queued(entry))
        {
            user.found = Some(Found::Shown(message));
        }
    }

    fn remember(&mut self, id: UserId, pair: &IdPair, now: Millis) {
        let Some(user) = self.users.get_mut(&id) else { return };
        user.ids.retain(|_, ids| ids.until.is_none_or(|until| until > now));
        let present = user.session.room() == Some(pair.room);
        let ids = user.ids.entry(pair.room).or_default();
        if !present && ids.until.is_none() {
            ids.until = Some(now.after(IDS_LINGER));
        }
        ids.pairs.push_back((pair.here, pair.there));
        while ids.pairs.len() > IDS_KEPT {
            ids.pairs.pop_front();
        }
    }

    pub(super) fn facts(
        &self,
        shard: Shard,
        holder: &Holder,
        after: EntryId,
        limit: u32,
        now: Millis,
    ) -> Fenced<Vec<Noted>> {
        let shard = self.shard(shard);
        if !shard.lease.is_held(holder, now) {
            return Fenced::Lost;
        }
        let after = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
        let page = shard.journal.range(after).take(limit as usize);
        Fenced::Held(page.map(|(id, body)| Noted { id: *id, body: body.clone() }).collect())
    }

    pub(super) fn forget_facts(
        &mut self,
        shard: Shard,
        holder: &Holder,
        ids: &[EntryId],
        now: Millis,
    ) -> Fenced<()> {
        let state = self.shard_mut(shard);
        if !state.lease.is_held(holder, now) {
            return Fenced::Lost;
        }
        let freed: usize = ids.iter().filter_map(|id| state.journal.remove(id)).map(|body| body.len()).sum();
        self.body_bytes -= freed as u64;
        Fenced::Held(())
    }

    pub(super) fn live(&self, shard: Shard, before: Millis, skip: u32, limit: u32) -> Vec<UserId> {
        let early = self.shard(shard).live.iter().take_while(|(entered, _)| *entered < before);
        early.skip(skip as usize).take(limit as usize).map(|(_, user)| *user).collect()
    }

    pub(super) fn depth(&self, shard: Shard, now: Millis) -> Depth {
        let shard = self.shard(shard);
        let age =
            |id: Option<&EntryId>| id.map_or(0, |id| u64::try_from(now.0).unwrap_or(0).saturating_sub(id.ms));
        Depth {
            outbox: shard.outbox.len() as u64,
            outbox_oldest_ms: age(shard.outbox.keys().next()),
            journal: shard.journal.len() as u64,
            journal_oldest_ms: age(shard.journal.keys().next()),
            waiting: shard.waiting,
            chatting: shard.chatting,
        }
    }
}

impl ShardState {
    /// Claims an entry read in an earlier turn. An entry's own earlier claim is taken over; another one of its chat
    /// stands in the way.
    fn claim(&mut self, id: EntryId, epoch: Epoch, noting: bool, now: Millis) -> bool {
        let Some(stored) = self.outbox.get(&id) else { return false };
        let chat = (stored.user, stored.bot);
        if self.claims.get(&chat).is_some_and(|claim| claim.entry != id) {
            return false;
        }
        if noting {
            self.claims.insert(chat, Claimed { entry: id, at: now, epoch });
        }
        true
    }

    /// Claims among entries that are read for the first time: as permits allow, one per chat, none of a chat that is
    /// deferred. A claim of this epoch on the same entry is this very turn, sent twice.
    fn claim_new(&mut self, entries: &[Queued], turn: &Turn, noting: bool, now: Millis) -> Vec<EntryId> {
        let mut permits: BTreeMap<BotId, u32> = turn.permits.iter().copied().collect();
        let mut closed: BTreeSet<(UserId, BotId)> = turn.deferred.iter().copied().collect();
        let mut claimed = Vec::new();
        for entry in entries {
            let chat = (entry.user, entry.bot);
            let Some(left) = permits.get_mut(&entry.bot).filter(|left| **left > 0) else { continue };
            let other = |claim: &Claimed| claim.entry != entry.id || claim.epoch != turn.holder.epoch;
            if closed.contains(&chat) || self.claims.get(&chat).is_some_and(other) {
                continue;
            }
            *left -= 1;
            closed.insert(chat);
            if noting {
                self.claims.insert(chat, Claimed { entry: entry.id, at: now, epoch: turn.holder.epoch });
            }
            claimed.push(entry.id);
        }
        claimed
    }
}
