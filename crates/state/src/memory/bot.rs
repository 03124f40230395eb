//! Steps on one bot's shared keys.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, UpdateId};
use hamdam_domain::learned::Learned;
use hamdam_domain::usage;

use super::world::{Bot, World};
use crate::step::bot::{Budget, DeadLetter, Granted, Kept, SPARED_AGAIN, of_thousandths, time_to_fill};

/// How long an update's failures are counted together.
const STRIKES_KEPT: Duration = Duration::from_hours(1);
/// How long letters are kept, and how many.
pub(super) const LETTERS_KEPT: Duration = Duration::from_hours(24);
const LETTERS: usize = 10_000;
/// The bucket counts millionths, so that it fills evenly.
const PERMIT: i64 = 1_000_000;

impl World {
    pub(super) fn permits(&mut self, bot: BotId, want: u32, budget: &Budget, now: Millis) -> Granted {
        let bot = self.bots.entry(bot).or_default();
        let learned = bot.learned(budget, now);
        let per_second = learned.map_or(budget.per_second, |learned| of_thousandths(learned.rate));
        if let Some(until) = bot.paused_until.filter(|until| *until > now) {
            return Granted { permits: 0, wait: until.since(now), paused: true, per_second };
        }
        let Filled { level, over } = bot.fill(budget, learned, now);
        if let Some(learned) = bot.learned.as_mut().filter(|_| budget.learns && over >= PERMIT) {
            learned.wanted_less(now);
        }
        let permits = u32::try_from(level / PERMIT).unwrap_or(0).min(want);
        let level = level - i64::from(permits) * PERMIT;
        bot.bucket = Some((level, now));
        if permits > 0 {
            bot.usage.add(permits, per_second, now);
        }
        let missing = if permits < want { u32::try_from(PERMIT - level % PERMIT).unwrap_or(0) } else { 0 };
        if let Some(learned) = bot.learned.as_mut().filter(|_| budget.learns && permits < want) {
            learned.wanted_more(now);
        }
        Granted { permits, wait: time_to_fill(missing, per_second), paused: false, per_second }
    }

    pub(super) fn bulk_permits(
        &mut self,
        bot: BotId,
        want: u32,
        bulk: &Budget,
        budget: Option<&Budget>,
        now: Millis,
    ) -> Granted {
        let bot = self.bots.entry(bot).or_default();
        let per_second = bulk.per_second;
        let learned = budget.and_then(|budget| bot.learned(budget, now));
        if let Some(until) = bot.paused_until.filter(|until| *until > now) {
            return Granted { permits: 0, wait: until.since(now), paused: true, per_second };
        }
        let full = i64::from(bulk.burst) * PERMIT;
        let (level, filled) = bot.bulk.unwrap_or((full, now));
        let level = full.min(level.saturating_add(inflow(per_second, now.since(filled))));
        let whole = |millionths: i64| u32::try_from(millionths / PERMIT).unwrap_or(0);
        let there = whole(level);
        let spared = match budget {
            None => there,
            Some(budget) => {
                bot.spare.get_or_insert(0);
                let Filled { level, over } = bot.fill(budget, learned, now);
                if let Some(learned) = bot.learned.as_mut().filter(|_| budget.learns && over > 0) {
                    learned.wanted_less(now);
                }
                // Somebody waits where there is less than one.
                if level >= PERMIT { whole(bot.spare.unwrap_or_default()) } else { 0 }
            }
        };
        let permits = want.min(there).min(spared);
        let used = i64::from(permits) * PERMIT;
        if let Some(spare) = bot.spare.as_mut().filter(|_| budget.is_some()) {
            *spare -= used;
        }
        bot.bulk = Some((level - used, now));
        let missing = u32::try_from(PERMIT - (level - used) % PERMIT).unwrap_or(0);
        let again_in = if permits == want {
            Duration::ZERO
        } else if spared < want.min(there) {
            SPARED_AGAIN
        } else {
            time_to_fill(missing, per_second)
        };
        Granted { permits, wait: again_in, paused: false, per_second }
    }

    pub(super) fn pause(&mut self, bot: BotId, wait: Duration, now: Millis) {
        let bot = self.bots.entry(bot).or_default();
        bot.paused_until = bot.paused_until.max(Some(now.after(wait)));
        if let Some(learned) = &mut bot.learned {
            learned.refused(now);
        }
    }

    pub(super) fn busy(&self, bot: BotId, now: Millis) -> u16 {
        match self.bots.get(&bot) {
            Some(bot) if bot.paused_until.is_some_and(|until| until > now) => usage::WHOLE,
            bot => bot.map_or(0, |bot| bot.usage.share(now)),
        }
    }

    pub(super) fn era(&mut self, bot: BotId, server: &str) -> u16 {
        let bot = self.bots.entry(bot).or_default();
        match &mut bot.server {
            None => bot.server = Some((server.to_owned(), 0)),
            Some((known, _)) if known == server => {}
            Some((known, era)) => {
                server.clone_into(known);
                *era += 1;
            }
        }
        bot.server.as_ref().map_or(0, |(_, era)| *era)
    }

    pub(super) fn strike(&mut self, bot: BotId, update: UpdateId, now: Millis) -> u32 {
        let strikes = &mut self.bots.entry(bot).or_default().strikes;
        let (count, until) = strikes.entry(update).or_insert((0, now));
        if *until <= now {
            *count = 0;
        }
        *count += 1;
        *until = now.after(STRIKES_KEPT);
        *count
    }

    pub(super) fn file(&self, bot: BotId, unique: &str, now: Millis) -> Option<String> {
        let (until, id) = self.bots.get(&bot)?.files.get(unique)?;
        (*until > now).then(|| id.clone())
    }

    pub(super) fn keep_file(&mut self, bot: BotId, file: &Kept, now: Millis) {
        let files = &mut self.bots.entry(bot).or_default().files;
        files.insert(file.unique.clone(), (now.after(file.life), file.id.clone()));
        files.retain(|_, (until, _)| *until > now);
        while files.len() > file.most as usize {
            let oldest = files.iter().min_by_key(|(unique, (until, _))| (*until, *unique));
            let Some(oldest) = oldest.map(|(unique, _)| unique.clone()) else { return };
            files.remove(&oldest);
        }
    }

    pub(super) fn bury(&mut self, bot: BotId, letter: &DeadLetter, now: Millis) {
        let letters = &mut self.bots.entry(bot).or_default().letters;
        letters.push_back((now, letter.clone()));
        while letters.len() > LETTERS {
            letters.pop_front();
        }
    }
}

/// A token's bucket, filled up to now.
struct Filled {
    /// Millionths in it.
    level: i64,
    /// Millionths that ran over.
    over: i64,
}

impl Bot {
    /// What the bucket learned, if it is to.
    fn learned(&mut self, budget: &Budget, now: Millis) -> Option<Learned> {
        budget.learns.then(|| *self.learned.get_or_insert(Learned::starting(budget.start(), now)))
    }

    /// What runs over is spare, as much as the bucket holds, once broadcasts have asked for it.
    fn fill(&mut self, budget: &Budget, learned: Option<Learned>, now: Millis) -> Filled {
        let full = learned.map_or(i64::from(budget.burst), |learned| learned.burst()) * PERMIT;
        let (level, filled) = self.bucket.unwrap_or((full, now));
        let elapsed = now.since(filled);
        let inflow = match learned {
            Some(Learned { rate, .. }) => {
                rate.saturating_mul(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
            }
            None => inflow(budget.per_second, elapsed),
        };
        let level = level.saturating_add(inflow);
        let over = (level - full).max(0);
        if let Some(spare) = &mut self.spare {
            *spare = full.min(spare.saturating_add(over));
        }
        let level = full.min(level);
        self.bucket = Some((level, now));
        Filled { level, over }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "float casts saturate, and a full bucket is far below")]
fn inflow(per_second: f64, elapsed: Duration) -> i64 {
    (per_second.max(0.0) * elapsed.as_secs_f64() * 1e6).floor() as i64
}
