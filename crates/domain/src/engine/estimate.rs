//! How long somebody will wait, honestly: from how fast tickets like theirs were paired lately.
//!
//! For each kind of ticket and each stage of the schedule the engine counts how long such tickets waited in all, whether
//! they were paired in the end or not, and how many were paired. Pairs over time is the rate at which one of them is
//! paired; following the rates through the stages still to come gives the moment by which half, and four of five, of
//! such tickets have a partner. Those who gave up and those who wait still count with their time, so nobody's long wait
//! is left out of the figure. Old times count half after ten minutes.

use std::collections::BTreeMap;
use std::time::Duration;

use super::hall::Hall;
use super::shelf::{Band, Slot, band};
use crate::clock::Millis;
use crate::rules::Schedule;
use crate::wish::{Facts, Gender, Genders, Trust, Wants};

/// What a wait will be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Half of such tickets have a partner by then; `None`: nobody knows.
    pub half: Option<Duration>,
    /// Four of five have.
    pub most: Option<Duration>,
    /// From so many pairs.
    pub pairs: u64,
}

/// Tickets that are alike to those who look for them; the finer the rarer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    reported: bool,
    gender: Option<Gender>,
    genders: Genders,
    band: Option<Band>,
}

impl Kind {
    pub(super) fn of(facts: &Facts, wants: &Wants) -> Self {
        Self {
            reported: facts.trust == Trust::Reported,
            gender: facts.gender,
            genders: wants.genders,
            band: Some(band(facts.age)),
        }
    }

    fn of_any_age(self) -> Self {
        Self { band: None, ..self }
    }
}

/// What was measured of one kind at one stage.
#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    /// How many wait now.
    waiting: i64,
    /// How long they waited in all, in milliseconds.
    waited: i64,
    pairs: i64,
}

/// The rates of all kinds.
#[derive(Debug, Default)]
pub(super) struct Rates {
    measured: BTreeMap<(Kind, u8), Measured>,
    /// Until when time was counted.
    counted: Option<Millis>,
    halved: Option<Millis>,
}

fn kind_of(hall: &Hall, slot: Slot) -> Kind {
    Kind::of(&hall.card(slot).facts, hall.at(slot).wants())
}

/// Below so many pairs of a kind, the kind is too rare to tell.
const ENOUGH: i64 = 8;
const HALF_LIFE: Duration = Duration::from_mins(10);

impl Rates {
    /// Counts the time since the last batch.
    pub(super) fn pass(&mut self, now: Millis) {
        let passed = self.counted.map_or(0, |counted| (now.0 - counted.0).max(0));
        for measured in self.measured.values_mut() {
            measured.waited += measured.waiting * passed;
        }
        self.counted = Some(now);
        if now.since(*self.halved.get_or_insert(now)) >= HALF_LIFE {
            self.halved = Some(now);
            for measured in self.measured.values_mut() {
                (measured.waited, measured.pairs) = (measured.waited / 2, measured.pairs / 2);
            }
            self.measured.retain(|_, measured| measured.waiting > 0 || measured.waited > 0);
        }
    }

    /// A ticket waits at its stage from now on.
    pub(super) fn enters(&mut self, hall: &Hall, slot: Slot) {
        self.count(hall, slot, |measured| measured.waiting += 1);
    }

    /// A ticket waits at its stage no longer.
    pub(super) fn leaves(&mut self, hall: &Hall, slot: Slot) {
        self.count(hall, slot, |measured| measured.waiting -= 1);
    }

    /// A ticket was paired, and waits no longer.
    pub(super) fn is_paired(&mut self, hall: &Hall, slot: Slot) {
        self.count(hall, slot, |measured| {
            measured.waiting -= 1;
            measured.pairs += 1;
        });
    }

    /// One that was in no batch yet does not count.
    fn count(&mut self, hall: &Hall, slot: Slot, change: impl Fn(&mut Measured)) {
        if let Some(stage) = hall.at(slot).stage {
            self.change(kind_of(hall, slot), stage, change);
        }
    }

    fn change(&mut self, kind: Kind, stage: u8, change: impl Fn(&mut Measured)) {
        for kind in [kind, kind.of_any_age()] {
            change(self.measured.entry((kind, stage)).or_default());
        }
    }

    /// What a ticket will wait yet.
    pub(super) fn estimate(
        &self,
        hall: &Hall,
        slot: Slot,
        schedule: &Schedule,
        now: Millis,
    ) -> Option<Estimate> {
        let waiting = hall.at(slot);
        self.of_kind(kind_of(hall, slot), waiting.stage?, now.since(waiting.since), schedule)
    }

    fn of_kind(&self, kind: Kind, stage: u8, waited: Duration, schedule: &Schedule) -> Option<Estimate> {
        let enough = |kind: &Kind| self.pairs(*kind) >= ENOUGH;
        let kind = [kind, kind.of_any_age()].into_iter().find(enough)?;
        let until = |share_left: f64| self.until(kind, stage, waited, schedule, -share_left.ln());
        Some(Estimate { half: until(0.5), most: until(0.2), pairs: self.pairs(kind).unsigned_abs() })
    }

    fn pairs(&self, kind: Kind) -> i64 {
        self.measured.range((kind, 0)..=(kind, u8::MAX)).map(|(_, measured)| measured.pairs).sum()
    }

    /// When the rates from here on add up to `sum`.
    fn until(
        &self,
        kind: Kind,
        stage: u8,
        waited: Duration,
        schedule: &Schedule,
        sum: f64,
    ) -> Option<Duration> {
        let (mut sum, mut from) = (sum, waited);
        for at in usize::from(stage)..=schedule.steps().len() {
            let end = schedule.steps().get(at).map(|step| step.after);
            let rate = self.rate(kind, u8::try_from(at).ok()?);
            let lasts = end.map(|end| end.saturating_sub(from).as_secs_f64());
            if rate > 0.0 && lasts.is_none_or(|lasts| lasts * rate >= sum) {
                let more = Duration::try_from_secs_f64(sum / rate).ok()?;
                return Some((from + more).saturating_sub(waited));
            }
            sum -= lasts? * rate;
            from = from.max(end?);
        }
        None
    }

    /// Pairs of one ticket a second; without end, if all were paired in the batch they came in.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn rate(&self, kind: Kind, stage: u8) -> f64 {
        let measured = self.measured.get(&(kind, stage)).copied().unwrap_or_default();
        if measured.pairs == 0 { 0.0 } else { measured.pairs as f64 * 1_000.0 / measured.waited as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> Kind {
        Kind::of(&Facts::default(), &Wants::default())
    }

    const COMES: fn(&mut Measured) = |measured| measured.waiting += 1;
    const PAIRS: fn(&mut Measured) = |measured| measured.pairs += 1;

    fn seconds(duration: Option<Duration>) -> u64 {
        duration.expect("known").as_secs()
    }

    /// A hundred wait, ten of them are paired each second: half of them within seven seconds, and the others' time
    /// counts, too.
    #[test]
    fn the_wait_follows_from_pairs_and_from_the_time_of_all_who_wait() {
        let (mut rates, schedule) = (Rates::default(), Schedule::new(Vec::new()).unwrap());
        (0..100).for_each(|_| rates.change(kind(), 0, COMES));
        rates.pass(Millis(0));
        for second in 1..=100 {
            rates.pass(Millis(second * 1_000));
            // Ten are paired, and as many come.
            (0..10).for_each(|_| rates.change(kind(), 0, PAIRS));
        }
        let estimate = rates.of_kind(kind(), 0, Duration::from_secs(3), &schedule).unwrap();
        assert_eq!((seconds(estimate.half), seconds(estimate.most), estimate.pairs), (6, 16, 1_000));
    }

    /// Nobody is paired before the first step of the schedule, everybody soon after it.
    #[test]
    fn what_gives_way_later_is_waited_for() {
        let (mut rates, schedule) = (Rates::default(), Schedule::default());
        for _ in 0..20 {
            rates.change(kind(), 0, COMES);
            rates.change(kind(), 1, COMES);
        }
        rates.pass(Millis(0));
        rates.pass(Millis(2_000));
        (0..20).for_each(|_| rates.change(kind(), 1, PAIRS));
        let at =
            |stage, waited| rates.of_kind(kind(), stage, Duration::from_secs(waited), &schedule).unwrap();
        assert_eq!(seconds(at(0, 0).half), 11);
        assert_eq!(seconds(at(0, 8).half), 3);
        assert_eq!(at(3, 50).half, None, "of later stages nothing is known");
    }

    #[test]
    fn of_a_rare_kind_nothing_is_claimed() {
        let mut rates = Rates::default();
        rates.change(kind(), 0, COMES);
        rates.pass(Millis(0));
        rates.pass(Millis(1_000));
        rates.change(kind(), 0, PAIRS);
        assert_eq!(rates.of_kind(kind(), 0, Duration::ZERO, &Schedule::default()), None);
    }
}
