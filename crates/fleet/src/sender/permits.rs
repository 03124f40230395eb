//! Permits to send, per token: an instance takes them from the fleet-wide bucket in small batches and shares them
//! among its shards. Knows no async: what is to be asked comes out of [`Permits::ask`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::id::{BotId, UserId};
use hamdam_state::step::bot::{Budget, Granted};

use super::limits::Limits;
use crate::metrics::Metrics;
use crate::run::BotRate;

/// Permits that were not used after so long are worth nothing.
const LIFE: Duration = Duration::from_secs(1);
/// A batch holds what a token sends in this time, so that several instances share evenly.
const BATCH: Duration = Duration::from_millis(250);
/// An instance that uses less in a second than this part of a batch leaves enough for all others.
const WIDE: u32 = 8;
/// So many chats of one token that meet a 429 within [`NEAR`] mean the token, not the chats.
const SEVERAL: usize = 3;
/// How near in time those are.
const NEAR: Duration = Duration::from_secs(2);
/// Who got permits of late leaves the next to others for this part of the time until there is one.
const COURTESY: u32 = 4;
/// Of so many refusals in a row each halves that.
const MOST_HALVINGS: u32 = 8;
/// How long the state is left alone after it did not answer.
const BREATH: Duration = Duration::from_millis(250);

/// The permits an instance holds.
#[derive(Debug)]
pub struct Permits {
    rate: BotRate,
    bots: BTreeMap<BotId, Holding>,
    metrics: Arc<Metrics>,
}

/// One token's permits on this instance.
#[derive(Debug, Default)]
struct Holding {
    left: u32,
    /// The rate of the bucket, once it was asked.
    per_second: Option<f64>,
    expires: Duration,
    /// Sends that wait for a permit, as far as seen since the last batch.
    unmet: u32,
    /// Permits of messages that went out without: all of an album but the first.
    owed: u32,
    /// Permits used since `counted_from`, and in the second before: how large a batch should be.
    used: u32,
    used_before: u32,
    counted_from: Duration,
    asked: bool,
    ask_not_before: Duration,
    /// Requests in a row that brought no permit.
    refused: u32,
    paused_until: Option<Duration>,
    /// Chats that met a 429 lately.
    limited: Vec<(Duration, UserId)>,
}

/// A request for permits, to be put to `State::permits`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ask {
    /// The token.
    pub bot: BotId,
    /// How many.
    pub want: u32,
    /// Of what.
    pub budget: Budget,
}

impl Permits {
    /// No permits yet.
    pub fn new(rate: BotRate, metrics: Arc<Metrics>) -> Self {
        Self { rate, bots: BTreeMap::new(), metrics }
    }

    /// Whether the token is paused by a 429, as far as this instance knows.
    pub fn is_paused(&mut self, bot: BotId, now: Duration) -> bool {
        let Some(holding) = self.bots.get_mut(&bot) else { return false };
        match holding.paused_until {
            Some(until) if now < until => true,
            Some(_) => {
                holding.paused_until = None;
                self.metrics.send_paused.with_label_values(&[bot.to_string()]).set(0);
                false
            }
            None => false,
        }
    }

    /// How many sends of `bot` may be claimed now.
    pub fn available(&mut self, bot: BotId, now: Duration) -> u32 {
        if self.is_paused(bot, now) {
            return 0;
        }
        match self.rate.known() {
            None => u32::MAX,
            Some(_) => self.bots.get(&bot).map_or(0, |holding| holding.left_at(now)),
        }
    }

    /// Says that so many sends of `bot` wait for a permit. Said again and again it asks for a batch at most.
    pub fn demand(&mut self, bot: BotId, sends: u32) {
        if self.rate.known().is_some() {
            let unmet = &mut self.bots.entry(bot).or_default().unmet;
            *unmet = unmet.saturating_add(sends);
        }
    }

    /// Takes up to `want` permits.
    pub fn take(&mut self, bot: BotId, want: u32, now: Duration) -> u32 {
        let taken = self.available(bot, now).min(want);
        if self.rate.known().is_some() {
            let holding = self.bots.entry(bot).or_default();
            holding.left = holding.left_at(now) - taken;
            holding.count(taken, now);
        }
        taken
    }

    /// Takes permits for sends that may come: of a limited token half of what is left, since other shards may need
    /// the rest.
    pub fn take_spare(&mut self, bot: BotId, at_most: u32, now: Duration) -> u32 {
        let spare = match self.rate.known() {
            None => at_most,
            Some(_) => self.available(bot, now).div_ceil(2).min(at_most),
        };
        self.take(bot, spare, now)
    }

    /// Takes permits for messages that go out now in any case. What is not there is owed, and paid before others get any.
    pub fn charge(&mut self, bot: BotId, messages: u32, now: Duration) {
        let missing = messages - self.take(bot, messages, now);
        if missing > 0 {
            let holding = self.bots.entry(bot).or_default();
            holding.owed = holding.owed.saturating_add(missing);
            self.demand(bot, missing);
        }
    }

    /// Puts back what [`Permits::take`] gave and nobody needed.
    pub fn give_back(&mut self, bot: BotId, permits: u32, now: Duration) {
        if let (Some(_), Some(holding)) = (self.rate.known(), self.bots.get_mut(&bot)) {
            holding.left = holding.left_at(now) + permits;
            holding.used = holding.used.saturating_sub(permits);
        }
    }

    /// Of what is asked: where the token has a limit.
    pub fn budget(&self) -> Option<Budget> {
        let start = self.rate.known()?;
        let learns = self.rate == BotRate::Learned;
        Some(Budget { per_second: start, burst: batch(start), learns })
    }

    /// The next request for permits, if one is due: for sends that wait, or to have some in stock for a busy token.
    pub fn ask(&mut self, now: Duration) -> Option<Ask> {
        let budget = self.budget()?;
        let wants = |holding: &Holding| {
            // How many to ask for follows what the bucket gives by now; where it starts is for the state to know.
            let want = holding.wants(batch(holding.per_second.unwrap_or(budget.per_second)), now);
            (want > 0).then_some(want)
        };
        let (bot, want) = self.bots.iter().find_map(|(bot, holding)| Some((*bot, wants(holding)?)))?;
        self.bots.get_mut(&bot)?.asked = true;
        Some(Ask { bot, want, budget })
    }

    /// When to look again, at [`Permits::ask`] or for permits after a pause, without anything having happened.
    pub fn wake_at(&self) -> Option<Duration> {
        let of = |holding: &Holding| {
            let asks = holding.unmet > 0 && !holding.asked;
            let ask_at = holding.ask_not_before.max(holding.paused_until.unwrap_or_default());
            holding.paused_until.into_iter().chain(asks.then_some(ask_at)).min()
        };
        self.bots.values().filter_map(of).min()
    }

    /// Ends the pauses that are over. Answers whether there were any.
    pub fn resume(&mut self, now: Duration) -> bool {
        let over = |holding: &Holding| holding.paused_until.is_some_and(|until| until <= now);
        let resumed: Vec<_> =
            self.bots.iter().filter(|(_, holding)| over(holding)).map(|(bot, _)| *bot).collect();
        for bot in &resumed {
            self.is_paused(*bot, now);
        }
        !resumed.is_empty()
    }

    /// The state's answer to a request; `None` if it did not answer.
    pub fn granted(&mut self, bot: BotId, answer: Option<Granted>, now: Duration) {
        let holding = self.bots.entry(bot).or_default();
        holding.asked = false;
        let Some(granted) = answer else {
            holding.ask_not_before = now + BREATH;
            return;
        };
        holding.per_second = Some(granted.per_second);
        let paid = holding.owed.min(granted.permits);
        holding.owed -= paid;
        holding.left = holding.left_at(now) + (granted.permits - paid);
        holding.unmet = holding.owed;
        if granted.permits > 0 {
            holding.expires = now + LIFE;
        }
        if granted.paused {
            return self.pause(bot, granted.wait, now);
        }
        // All whom an empty bucket refuses would come back at the moment when it has the next permit, and the same one
        // might be first each time. So whoever got one of late comes later, and who was refused most often comes first.
        let courtesy = granted.wait / COURTESY / 2_u32.pow(holding.refused.min(MOST_HALVINGS));
        holding.refused = if granted.permits > 0 { 0 } else { holding.refused.saturating_add(1) };
        holding.ask_not_before = now + granted.wait + courtesy;
    }

    /// A chat met a 429. Answers how long the whole token is to be paused for the whole fleet, if several did.
    pub fn limited(&mut self, bot: BotId, user: UserId, wait: Duration, now: Duration) -> Option<Duration> {
        let holding = self.bots.entry(bot).or_default();
        holding.limited.retain(|(at, other)| now.saturating_sub(*at) <= NEAR && *other != user);
        holding.limited.push((now, user));
        if holding.limited.len() < SEVERAL {
            return None;
        }
        holding.limited.clear();
        self.pause(bot, wait, now);
        Some(wait)
    }

    /// Telegram does not know the token that this instance has. Others may have the right one already, so nobody else
    /// pauses.
    pub fn revoked(&mut self, bot: BotId, now: Duration) {
        let paused = self.bots.get(&bot).and_then(|holding| holding.paused_until);
        if paused.is_none_or(|until| until <= now) {
            tracing::error!(%bot, "Telegram does not know this bot's token: put the new one in; what it is to send waits");
        }
        self.pause(bot, Limits::RETRY_REVOKED, now);
    }

    fn pause(&mut self, bot: BotId, wait: Duration, now: Duration) {
        let holding = self.bots.entry(bot).or_default();
        holding.paused_until = holding.paused_until.max(Some(now + wait));
        self.metrics.send_paused.with_label_values(&[bot.to_string()]).set(1);
    }
}

/// What a bucket gives at once: what a quarter of a second lets through. Together with the batches in the instances'
/// hands a second never sees much more than the rate.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what u32 holds")]
fn batch(per_second: f64) -> u32 {
    (per_second * BATCH.as_secs_f64()).ceil().clamp(1.0, 1e6) as u32
}

impl Holding {
    fn left_at(&self, now: Duration) -> u32 {
        if now < self.expires { self.left } else { 0 }
    }

    fn count(&mut self, taken: u32, now: Duration) {
        if now.saturating_sub(self.counted_from) >= LIFE {
            let recent = now.saturating_sub(self.counted_from) < 2 * LIFE;
            self.used_before = if recent { self.used } else { 0 };
            self.used = 0;
            self.counted_from = now;
        }
        self.used += taken;
    }

    /// How many permits to ask for now; 0 for none. A busy token's stock is filled up before it is empty: what a second
    /// uses where the budget is wide, and where it is narrow a quarter of that, so that others get their share.
    fn wants(&self, burst: u32, now: Duration) -> u32 {
        let paused = self.paused_until.is_some_and(|until| now < until);
        if self.asked || paused || now < self.ask_not_before {
            return 0;
        }
        let busy = now.saturating_sub(self.counted_from) < 2 * LIFE;
        let used = if busy { self.used.max(self.used_before) } else { 0 };
        let stock = used.div_ceil(4).max(used.min(burst / WIDE));
        let left = self.left_at(now);
        let filling = if left <= stock / 4 { stock - left } else { 0 };
        self.unmet.max(filling).min(burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOT: BotId = BotId(7);

    fn at(ms: u64) -> Duration {
        Duration::from_millis(10_000 + ms)
    }

    fn thirty() -> Permits {
        Permits::new(BotRate::PerSecond(30.0), Arc::new(Metrics::new()))
    }

    fn grant(permits: u32) -> Granted {
        Granted { permits, wait: Duration::ZERO, paused: false, per_second: 30.0 }
    }

    #[test]
    fn nothing_is_sent_before_the_bucket_granted_it() {
        let mut permits = thirty();
        assert_eq!(permits.ask(at(0)), None, "nobody waits");
        assert_eq!(permits.take(BOT, 3, at(0)), 0);
        permits.demand(BOT, 3);
        let ask = permits.ask(at(0)).unwrap();
        assert_eq!((ask.bot, ask.want), (BOT, 3));
        assert_eq!(permits.ask(at(1)), None, "one request at a time");
        permits.granted(BOT, Some(grant(2)), at(2));
        assert_eq!(permits.take(BOT, 3, at(3)), 2);
        assert_eq!(permits.take(BOT, 1, at(3)), 0);
    }

    #[test]
    fn unused_permits_expire_and_returned_ones_come_back() {
        let mut permits = thirty();
        permits.demand(BOT, 5);
        permits.granted(BOT, Some(grant(5)), at(0));
        assert_eq!(permits.take(BOT, 4, at(10)), 4);
        permits.give_back(BOT, 3, at(20));
        assert_eq!(permits.available(BOT, at(20)), 4);
        assert_eq!(permits.available(BOT, at(1_000)), 0);
    }

    #[test]
    fn what_went_out_without_a_permit_is_paid_first() {
        let mut permits = thirty();
        permits.demand(BOT, 2);
        permits.granted(BOT, Some(grant(2)), at(0));
        assert_eq!(permits.take(BOT, 1, at(1)), 1);
        permits.charge(BOT, 9, at(1));
        assert_eq!(permits.ask(at(2)).unwrap().want, 8, "a batch is a quarter of a second's");
        permits.granted(BOT, Some(grant(7)), at(3));
        assert_eq!(permits.available(BOT, at(3)), 0, "one is still owed");
        assert_eq!(permits.ask(at(4)).unwrap().want, 1);
        permits.granted(BOT, Some(grant(3)), at(5));
        assert_eq!(permits.available(BOT, at(5)), 2);
    }

    #[test]
    fn a_busy_token_keeps_some_in_stock() {
        let mut permits = thirty();
        permits.demand(BOT, 8);
        permits.granted(BOT, Some(grant(8)), at(0));
        assert_eq!(permits.take(BOT, 8, at(10)), 8);
        assert_eq!(permits.ask(at(20)).unwrap().want, 2, "a quarter of what a second used");
        permits.granted(BOT, Some(grant(2)), at(21));
        assert_eq!(permits.ask(at(3_000)), None, "not for a token at rest");
    }

    #[test]
    fn a_batch_is_a_quarter_of_a_second() {
        let mut permits = thirty();
        permits.demand(BOT, 500);
        assert_eq!(permits.ask(at(0)).unwrap().want, 8);
    }

    /// Three instances whose people never cease, before a bucket of one a second; they always come in the same order.
    #[test]
    fn a_bucket_that_is_empty_starves_nobody() {
        let mut instances: Vec<Permits> =
            (0..3).map(|_| Permits::new(BotRate::PerSecond(1.0), Arc::new(Metrics::new()))).collect();
        let (mut level, mut got) = (1_000, [0; 3]);
        for ms in 0..30_000 {
            level = 1_000.min(level + 1);
            for (permits, got) in instances.iter_mut().zip(&mut got) {
                permits.demand(BOT, 1);
                let Some(ask) = permits.ask(at(ms)) else { continue };
                let given = ask.want.min(level / 1_000);
                level -= given * 1_000;
                let missing = if given < ask.want { 1_000 - level % 1_000 } else { 0 };
                let wait = Duration::from_millis(u64::from(missing));
                permits.granted(BOT, Some(Granted { wait, per_second: 1.0, ..grant(given) }), at(ms));
                *got += permits.take(BOT, given, at(ms));
            }
        }
        assert!(got.iter().all(|got| *got >= 8), "{got:?}");
    }

    #[test]
    fn three_limited_chats_pause_the_token_and_one_does_not() {
        let metrics = Arc::new(Metrics::new());
        let mut permits = Permits::new(BotRate::Unlimited, metrics.clone());
        let wait = Duration::from_secs(4);
        for again in 0..5 {
            assert_eq!(permits.limited(BOT, UserId(1), wait, at(again)), None, "one chat, again and again");
        }
        assert_eq!(permits.limited(BOT, UserId(2), wait, at(10)), None);
        assert_eq!(permits.limited(BOT, UserId(3), wait, at(2_500)), None, "the others were long before");
        assert_eq!(permits.limited(BOT, UserId(4), wait, at(2_600)), None);
        assert_eq!(permits.limited(BOT, UserId(5), wait, at(2_700)), Some(wait));
        assert_eq!(permits.available(BOT, at(2_800)), 0);
        let paused = metrics.send_paused.with_label_values(&["7"]);
        assert_eq!(paused.get(), 1);
        assert_eq!(permits.available(BOT, at(6_700)), u32::MAX);
        assert_eq!(paused.get(), 0);
    }

    #[test]
    fn a_silent_state_is_asked_again_after_a_breath() {
        let mut permits = thirty();
        permits.demand(BOT, 1);
        permits.ask(at(0)).unwrap();
        permits.granted(BOT, None, at(5));
        assert_eq!(permits.ask(at(6)), None);
        assert_eq!(permits.wake_at(), Some(at(255)));
        assert_eq!(permits.ask(at(255)).unwrap().want, 1);
    }
}
