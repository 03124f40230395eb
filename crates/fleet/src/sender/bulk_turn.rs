//! A shard's turns on its broadcasts: when one is due, what it carries, and what its answer means.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::id::BotId;
use hamdam_domain::outbox::EntryId;
use hamdam_state::StateError;
use hamdam_state::step::Fenced;
use hamdam_state::step::broadcast::{BulkTurn, BulkTurned};

use super::bulk::BulkSender;
use super::chat::{Head, Held};
use super::core::Standing;
use super::limits::Limits;
use super::permits::Permits;
use crate::posted::{Airing, Seen};

/// Parts read per turn.
const READ: u32 = 64;
/// Claims asked for per turn.
const CLAIMS: usize = 64;
/// Parts held in memory; above it nothing more is read until some are out.
const HELD: usize = 128;
/// Two turns are at least so far apart.
const GAP: Duration = Duration::from_millis(100);
/// Where nothing more was there, it is looked again after so long.
const LOOK: Duration = Duration::from_millis(500);

/// A turn that was given out and not yet answered.
#[derive(Debug)]
pub(super) struct Flight {
    sent: Duration,
    turn: Arc<BulkTurn>,
    /// The bots of `turn.claims`.
    bots: Vec<BotId>,
}

impl BulkSender {
    /// The next turn, if one is due. It is sent at once. `conversations`: up to which entry the shard's conversations are
    /// known.
    pub fn next_turn(
        &mut self,
        now: Duration,
        airing: &Airing,
        quiet: bool,
        conversations: EntryId,
        permits: &mut Permits,
    ) -> Option<Arc<BulkTurn>> {
        if self.is_lost() || self.flight.is_some() {
            return None;
        }
        self.advance(now);
        self.drop_over(airing, now);
        self.demand(airing, quiet, now, permits);
        if self.turn_due(now, airing, quiet, permits)? > now {
            return None;
        }
        let holds = self.standing == Standing::Holding;
        let claims = if holds && quiet { self.line_claims(airing, now, permits) } else { Vec::new() };
        let reads = self.reads(airing, quiet) && self.read_at <= now;
        if claims.is_empty() && self.acks.is_empty() && !reads {
            return None;
        }
        let turn = Arc::new(BulkTurn {
            shard: self.shard,
            holder: self.holder.clone(),
            ttl: self.limits.lease,
            acks: std::mem::take(&mut self.acks),
            claims: claims.iter().map(|(id, _)| *id).collect(),
            after: self.cursor,
            limit: if reads { READ } else { 0 },
            conversations,
        });
        self.acks_due = None;
        self.last_turn = Some(now);
        let bots = claims.into_iter().map(|(_, bot)| bot).collect();
        self.flight = Some(Flight { sent: now, turn: turn.clone(), bots });
        Some(turn)
    }

    /// Tells the state's answer to the turn that was given out. Answers whether conversations' entries are there that nobody
    /// has read.
    pub fn turned(
        &mut self,
        answer: Result<Fenced<BulkTurned>, StateError>,
        now: Duration,
        airing: &Airing,
        permits: &mut Permits,
    ) -> bool {
        let Some(flight) = self.flight.take() else { return false };
        match answer {
            Ok(Fenced::Held(turned)) => {
                let first = turned.conversations_first;
                self.took_turn(&flight, turned, now, airing, permits);
                first
            }
            Ok(Fenced::Lost) => {
                self.lose();
                false
            }
            Err(_) => {
                self.missed_turn(flight, now, permits);
                false
            }
        }
    }

    /// When to look again for work or a turn without anything having happened.
    pub fn wake_at(
        &self,
        now: Duration,
        airing: &Airing,
        quiet: bool,
        permits: &mut Permits,
    ) -> Option<Duration> {
        if self.is_lost() {
            return None;
        }
        let mut wakes: Vec<Duration> = self.later_at().into_iter().collect();
        if self.flight.is_none() {
            wakes.extend(self.turn_due(now, airing, quiet, permits));
            wakes.extend(self.timers.peek().map(|Reverse((at, _))| *at));
        }
        wakes.into_iter().min()
    }

    /// Says which tokens' permits are waited for.
    pub fn demand(&self, airing: &Airing, quiet: bool, now: Duration, permits: &mut Permits) {
        if self.standing != Standing::Holding || !quiet || !airing.is_busy() {
            return;
        }
        for (bot, line) in self.lines.iter().filter(|(_, line)| !line.is_empty()) {
            if permits.available(*bot, now) == 0 {
                permits.demand(*bot, u32::try_from(line.len()).unwrap_or(u32::MAX));
            }
        }
    }

    /// Whether the queue may be read.
    fn reads(&self, airing: &Airing, quiet: bool) -> bool {
        self.standing == Standing::Holding && quiet && airing.is_busy() && self.items.len() < HELD
    }

    /// When the next turn is due; `None`: there is no reason for one.
    fn turn_due(
        &self,
        now: Duration,
        airing: &Airing,
        quiet: bool,
        permits: &mut Permits,
    ) -> Option<Duration> {
        let reading = self.reads(airing, quiet).then_some(self.read_at);
        let claiming = self.can_claim(airing, quiet, now, permits).then_some(now);
        let reason = [self.acks_due, reading, claiming].into_iter().flatten().min()?;
        let after_last = self.last_turn.map_or(Duration::ZERO, |last| last + GAP);
        Some(reason.max(after_last).max(self.turn_not_before))
    }

    fn can_claim(&self, airing: &Airing, quiet: bool, now: Duration, permits: &mut Permits) -> bool {
        let ready = |(bot, line): (&BotId, &std::collections::VecDeque<EntryId>)| {
            line.iter().any(|id| self.runs(*id, airing)) && permits.available(*bot, now) > 0
        };
        self.standing == Standing::Holding && quiet && self.lines.iter().any(ready)
    }

    /// Whether a part belongs to a broadcast that goes out.
    fn runs(&self, id: EntryId, airing: &Airing) -> bool {
        let item = self.items.get(&id);
        item.is_some_and(|item| matches!(airing.of(item.part.broadcast), Seen::Runs(_)))
    }

    /// Lets parts whose time has come go on.
    fn advance(&mut self, now: Duration) {
        while let Some(Reverse((at, id))) = self.timers.peek().copied()
            && at <= now
        {
            self.timers.pop();
            self.reopen(id, now, now);
        }
    }

    /// Takes parts out of their lines, as permits allow, to have them claimed.
    fn line_claims(
        &mut self,
        airing: &Airing,
        now: Duration,
        permits: &mut Permits,
    ) -> Vec<(EntryId, BotId)> {
        let mut claims = Vec::new();
        let bots: Vec<BotId> = self.lines.keys().copied().collect();
        for bot in bots {
            let ready: Vec<EntryId> = self.lines[&bot]
                .iter()
                .copied()
                .filter(|id| self.runs(*id, airing))
                .take(CLAIMS - claims.len())
                .collect();
            let granted = permits.take(bot, u32::try_from(ready.len()).unwrap_or(u32::MAX), now);
            let taken = &ready[..granted as usize];
            self.lines.entry(bot).or_default().retain(|id| !taken.contains(id));
            for id in taken {
                if let Some(item) = self.items.get_mut(id) {
                    item.head = Head::Asked;
                }
                claims.push((*id, bot));
            }
        }
        self.lines.retain(|_, line| !line.is_empty());
        claims
    }

    fn took_turn(
        &mut self,
        flight: &Flight,
        turned: BulkTurned,
        now: Duration,
        airing: &Airing,
        permits: &mut Permits,
    ) {
        self.deadline = self.deadline.max(flight.sent + self.limits.lease);
        self.state_time = (turned.now, now);
        self.turn_not_before = Duration::ZERO;
        let held = Held { at: turned.now, sent: flight.sent };
        for (id, bot) in flight.turn.claims.iter().zip(&flight.bots) {
            if turned.claimed.contains(id) {
                self.claimed(*id, held);
                continue;
            }
            permits.give_back(*bot, 1, now);
            if turned.conversations_first {
                self.reopen(*id, now, now);
            } else {
                // The state lost it.
                self.items.remove(id);
            }
        }
        if flight.turn.limit > 0 {
            self.read_at = if turned.more { now } else { now + LOOK };
        }
        for part in turned.parts {
            self.receive(part, airing, now);
        }
    }

    /// The turn may have happened or not. Everything in it is asked again; nothing of it happens twice.
    fn missed_turn(&mut self, flight: Flight, now: Duration, permits: &mut Permits) {
        let turn = Arc::unwrap_or_clone(flight.turn);
        let newer = std::mem::replace(&mut self.acks, turn.acks);
        self.acks.extend(newer);
        if !self.acks.is_empty() {
            self.acks_due = Some(now);
        }
        for (id, bot) in turn.claims.into_iter().zip(flight.bots) {
            permits.give_back(bot, 1, now);
            self.reopen(id, now, now);
        }
        self.turn_not_before = now + Limits::RETRY_STATE;
    }
}
