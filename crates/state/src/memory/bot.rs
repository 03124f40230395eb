//! Steps on one bot's shared keys.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, UpdateId};
use hamdam_domain::learned::Learned;

use super::world::World;
use crate::step::bot::{Budget, DeadLetter, Granted, Kept, of_thousandths, time_to_fill};

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
        let learned =
            budget.learns.then(|| *bot.learned.get_or_insert(Learned::starting(budget.start(), now)));
        let per_second = learned.map_or(budget.per_second, |learned| of_thousandths(learned.rate));
        if let Some(until) = bot.paused_until.filter(|until| *until > now) {
            return Granted { permits: 0, wait: until.since(now), paused: true, per_second };
        }
        let full = learned.map_or(i64::from(budget.burst), |learned| learned.burst()) * PERMIT;
        let (level, filled) = bot.bucket.unwrap_or((full, now));
        let elapsed = now.since(filled);
        let inflow = match learned {
            Some(Learned { rate, .. }) => {
                rate.saturating_mul(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
            }
            None => inflow(budget.per_second, elapsed),
        };
        let level = level.saturating_add(inflow);
        if let Some(learned) = bot.learned.as_mut().filter(|_| budget.learns && level >= full + PERMIT) {
            learned.wanted_less(now);
        }
        let level = full.min(level);
        let permits = u32::try_from(level / PERMIT).unwrap_or(0).min(want);
        let level = level - i64::from(permits) * PERMIT;
        bot.bucket = Some((level, now));
        let missing = if permits < want { u32::try_from(PERMIT - level % PERMIT).unwrap_or(0) } else { 0 };
        if let Some(learned) = bot.learned.as_mut().filter(|_| budget.learns && permits < want) {
            learned.wanted_more(now);
        }
        Granted { permits, wait: time_to_fill(missing, per_second), paused: false, per_second }
    }

    pub(super) fn pause(&mut self, bot: BotId, wait: Duration, now: Millis) {
        let bot = self.bots.entry(bot).or_default();
        bot.paused_until = bot.paused_until.max(Some(now.after(wait)));
        if let Some(learned) = &mut bot.learned {
            learned.refused(now);
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

#[expect(clippy::cast_possible_truncation, reason = "float casts saturate, and a full bucket is far below")]
fn inflow(per_second: f64, elapsed: Duration) -> i64 {
    (per_second.max(0.0) * elapsed.as_secs_f64() * 1e6).floor() as i64
}
