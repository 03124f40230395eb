//! A shard's turns: when one is due, what it carries, and what its answer means.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::id::BotId;
use hamdam_domain::outbox::{Content, EntryId};
use hamdam_state::StateError;
use hamdam_state::step::Fenced;
use hamdam_state::step::sending::{Ack, Queued, Turn, Turned};

use super::chat::{Chat, ChatQueue, Head, Held, Job};
use super::core::{ShardSender, Standing};
use super::limits::Limits;
use super::permits::Permits;

/// A turn that was given out and not yet answered.
#[derive(Debug)]
pub(super) struct Flight {
    sent: Duration,
    turn: Arc<Turn>,
    /// The chats of `turn.claims`.
    claims: Vec<Chat>,
    /// It followed hard on the turn before.
    close: bool,
}

impl ShardSender {
    /// The shard's outbox grew; `at_once`: by something that somebody waits for.
    pub fn rung(&mut self, at_once: bool) {
        self.look = true;
        self.urgent |= at_once;
    }

    /// Whether nothing is known here that could go out at once, if it only had a turn and a permit: then broadcasts may.
    pub fn is_quiet(&self) -> bool {
        let asked = self.flight.as_ref().is_some_and(|flight| !flight.claims.is_empty());
        let lined = self.lines.values().any(|line| !line.ready.is_empty());
        !asked && !lined && self.startable.is_empty() && self.seeking == 0
    }

    /// Up to which entry the outbox was read.
    pub fn cursor(&self) -> EntryId {
        self.cursor
    }

    /// Whether the next turn waits for no company and keeps no distance from the last one.
    pub fn is_urgent(&self) -> bool {
        self.urgent
    }

    /// The next turn, if one is due. It is sent at once.
    pub fn next_turn(&mut self, now: Duration, permits: &mut Permits) -> Option<Arc<Turn>> {
        if self.is_lost() || self.flight.is_some() {
            return None;
        }
        self.advance(now);
        self.demand(now, permits);
        if self.turn_due(now, permits) > now {
            return None;
        }
        let claims =
            if self.standing == Standing::Retired { Vec::new() } else { self.line_claims(now, permits) };
        let reads = self.standing == Standing::Holding && self.held < Limits::HELD;
        let ahead = if reads { self.permits_ahead(now, permits) } else { Vec::new() };
        let deferred = self.deferred(&ahead);
        let sleep = self.standing == Standing::Holding && self.streak < 2;
        let turn = Arc::new(Turn {
            shard: self.shard,
            holder: self.holder.clone(),
            ttl: self.limits.lease,
            acks: std::mem::take(&mut self.acks),
            claims: claims.iter().map(|(id, _)| *id).collect(),
            after: self.cursor,
            limit: if reads { Limits::READ } else { 0 },
            permits: ahead,
            deferred,
            sleep,
        });
        if !claims.is_empty() || !turn.permits.is_empty() {
            self.served_at = now;
        }
        self.acks_due = None;
        self.look = !sleep;
        self.urgent = false;
        let close = self.last_turn.is_some_and(|last| now.saturating_sub(last) < 2 * self.limits.turn_gap);
        self.last_turn = Some(now);
        let claims = claims.into_iter().map(|(_, chat)| chat).collect();
        self.flight = Some(Flight { sent: now, turn: turn.clone(), claims, close });
        Some(turn)
    }

    /// Tells the state's answer to the turn that was given out.
    pub fn turned(
        &mut self,
        answer: Result<Fenced<Turned>, StateError>,
        now: Duration,
        permits: &mut Permits,
    ) {
        let Some(flight) = self.flight.take() else { return };
        match answer {
            Ok(Fenced::Held(turned)) => self.took_turn(&flight, turned, now, permits),
            Ok(Fenced::Lost) => self.standing = Standing::Lost,
            Err(_) => self.missed_turn(flight, now, permits),
        }
    }

    /// When to look again for work or a turn without anything having happened.
    pub fn wake_at(&self, now: Duration, permits: &mut Permits) -> Option<Duration> {
        if self.is_lost() {
            return None;
        }
        let mut wake_at = self.later_at();
        // While a turn is under way its answer comes first.
        if self.flight.is_none() {
            let turn = self.turn_due(now, permits);
            let timer = self.timers.peek().map_or(turn, |Reverse((at, _))| turn.min(*at));
            wake_at = Some(wake_at.map_or(timer, |at| at.min(timer)));
        }
        wake_at
    }

    /// When the next turn is due.
    fn turn_due(&self, now: Duration, permits: &mut Permits) -> Duration {
        let Some(last) = self.last_turn else { return self.turn_not_before };
        let wanted = if self.standing == Standing::Retired {
            (self.is_idle() && !self.acks.is_empty()).then_some(now)
        } else {
            (self.look || self.can_claim(now, permits)).then_some(now)
        };
        let poll = last + self.limits.poll;
        let reason = [wanted, self.acks_due].into_iter().flatten().fold(poll, Duration::min);
        let gap = if self.urgent { Duration::ZERO } else { self.limits.turn_gap };
        reason.max(last + gap).max(self.turn_not_before)
    }

    fn can_claim(&self, now: Duration, permits: &mut Permits) -> bool {
        self.lines.iter().any(|(bot, line)| !line.ready.is_empty() && permits.available(*bot, now) > 0)
    }

    /// Says which tokens' permits are waited for.
    pub(super) fn demand(&self, now: Duration, permits: &mut Permits) {
        if self.standing == Standing::Retired {
            return;
        }
        for (bot, line) in self.lines.iter().filter(|(_, line)| !line.ready.is_empty()) {
            if permits.available(*bot, now) == 0 {
                permits.demand(*bot, u32::try_from(line.ready.len()).unwrap_or(u32::MAX));
            }
        }
    }

    /// Takes chats out of their lines, as permits allow, to have their heads claimed.
    fn line_claims(&mut self, now: Duration, permits: &mut Permits) -> Vec<(EntryId, Chat)> {
        let mut claims = Vec::new();
        for (bot, line) in &mut self.lines {
            let wanted = line.ready.len().min(Limits::CLAIMS - claims.len());
            let granted = permits.take(*bot, u32::try_from(wanted).unwrap_or(u32::MAX), now);
            for chat in line.ready.drain(..granted as usize) {
                let queue = self.chats.get_mut(&chat).expect("a chat in line has entries");
                queue.lined = false;
                queue.head = Head::Asked;
                claims.push((queue.jobs.front().expect("a chat in line has entries").id, chat));
            }
        }
        claims
    }

    /// Permits for entries that are read for the first time: of bots that are busy here and have nobody in line.
    fn permits_ahead(&mut self, now: Duration, permits: &mut Permits) -> Vec<(BotId, u32)> {
        self.lines.retain(|_, line| {
            !line.ready.is_empty() || now.saturating_sub(line.last_entry) < Limits::QUIET_BOT
        });
        let idle = self.lines.iter().filter(|(_, line)| line.ready.is_empty());
        idle.map(|(bot, line)| (*bot, permits.take_spare(*bot, line.expected(), now)))
            .filter(|(_, n)| *n > 0)
            .collect()
    }

    /// Chats of which nothing new may be claimed: those that wait for a time. Bots with chats in line have no permits
    /// ahead, and the chats of claimed heads are closed by their claims.
    fn deferred(&self, ahead: &[(BotId, u32)]) -> Vec<(hamdam_domain::id::UserId, BotId)> {
        let concerned = |chat: &Chat| ahead.iter().any(|(bot, _)| *bot == chat.bot);
        let waiting = self.timers.iter().map(|Reverse((_, chat))| *chat);
        waiting.filter(concerned).map(|chat| (chat.user, chat.bot)).collect()
    }

    fn took_turn(&mut self, flight: &Flight, turned: Turned, now: Duration, permits: &mut Permits) {
        self.deadline = self.deadline.max(flight.sent + self.limits.lease);
        self.state_time = (turned.now, now);
        self.turn_not_before = Duration::ZERO;
        let held = Held { at: turned.now, sent: flight.sent };
        let mut claimed: HashSet<EntryId> = turned.claimed.into_iter().collect();
        for (entry, chat) in flight.turn.claims.iter().zip(&flight.claims) {
            if claimed.remove(entry) {
                self.claimed(*chat, held, now);
            } else {
                self.refused(*chat, now);
            }
        }
        self.streak = match (turned.entries.is_empty(), flight.close) {
            (true, _) => 0,
            (false, true) => self.streak.saturating_add(1),
            (false, false) => 1,
        };
        self.look |= turned.more && flight.turn.limit > 0;
        let mut unused = flight.turn.permits.clone();
        for queued in &turned.entries {
            let is_claimed = claimed.contains(&queued.id);
            if let Some((_, left)) = unused.iter_mut().find(|(bot, _)| is_claimed && *bot == queued.bot) {
                *left = left.saturating_sub(1);
            }
            self.receive(queued, is_claimed.then_some(held), now);
        }
        for (bot, left) in unused {
            permits.give_back(bot, left, now);
        }
    }

    /// The turn may have happened or not. Everything in it is asked again; nothing of it happens twice.
    fn missed_turn(&mut self, flight: Flight, now: Duration, permits: &mut Permits) {
        let turn = Arc::unwrap_or_clone(flight.turn);
        let newer: Vec<Ack> = std::mem::replace(&mut self.acks, turn.acks);
        self.acks.extend(newer);
        if !self.acks.is_empty() {
            self.acks_due = Some(now);
        }
        for (bot, left) in turn.permits {
            permits.give_back(bot, left, now);
        }
        for chat in flight.claims {
            self.reopen(chat, now);
        }
        self.look = true;
        self.turn_not_before = now + Limits::RETRY_STATE;
    }

    /// Another claim stands in the way: for a moment after a change of holders, or for ever if the state lost part
    /// of its past. Then the shard is given up and read afresh.
    fn refused(&mut self, chat: Chat, now: Duration) {
        let queue = self.chats.get_mut(&chat).expect("only chats with entries are asked for");
        queue.refusals += 1;
        queue.not_before = now + Limits::RETRY_STATE;
        if queue.refusals >= Limits::REFUSALS {
            tracing::warn!(
                shard = self.shard.0,
                "a claim is refused again and again: the shard is read afresh"
            );
            self.retire();
        }
        self.reopen(chat, now);
    }

    /// Takes in an entry read for the first time.
    fn receive(&mut self, queued: &Queued, claim: Option<Held>, now: Duration) {
        let chat = Chat { user: queued.user, bot: queued.bot };
        self.cursor = queued.id;
        self.lines.entry(chat.bot).or_default().entered(now);
        let (id, user, bot) = (queued.id, queued.user, queued.bot);
        let job = match Job::read(queued) {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(%bot, %error, "an entry of the outbox cannot be read and is dropped");
                self.metrics.count_dead_letter(bot);
                self.acknowledge(Ack { entry: id, user, bot, keep: None, facts: Vec::new() }, now);
                return;
            }
        };
        let inherited = self.inherited.remove(&chat);
        let rate = self.limits.chat_rate;
        let queue = self.chats.entry(chat).or_insert_with(|| ChatQueue::new(rate, now));
        let uncertain = inherited.is_some_and(|(entry, _)| entry == job.id);
        if let Some((_, until)) = inherited {
            let brings_file = uncertain && job.entry.content.brings_file();
            queue.not_before = until + if brings_file { self.limits.transfer_life() } else { Duration::ZERO };
        }
        if job.entry.room.is_some() && job.entry.room == queue.ended {
            self.drop_over(&job, uncertain, now);
            return;
        }
        queue.uncertain |= uncertain;
        let is_first = queue.jobs.is_empty();
        let job = Arc::new(job);
        queue.jobs.push_back(job.clone());
        self.held += 1;
        if let Some(room) = job.entry.ends() {
            self.end_room(chat, room, now);
        }
        if let Content::Retract { message, .. } = job.entry.content {
            self.take_back(chat, job.entry.room, message, now);
        }
        match claim {
            Some(held) if is_first => self.claimed(chat, held, now),
            // What stands behind an album says that the album is whole.
            None if self.chats.get(&chat).is_some_and(ChatQueue::is_gathered) => {
                self.timers.retain(|Reverse((_, waiting))| *waiting != chat);
                if let Some(queue) = self.chats.get_mut(&chat) {
                    queue.lined = false;
                }
                self.go_on(chat, now);
            }
            // Without a claim it waits its turn. A claim behind others would stand in their way; the state makes none.
            Some(_) | None => self.go_on(chat, now),
        }
    }
}
