//! The engine: the floor between batches, who is to be held against the others in the next one, and what comes out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

use super::batch::Batch;
use super::estimate::{Estimate, Rates};
use super::explain::{Explanation, explain};
use super::floor::Floor;
use super::hall::{Hall, NEVER, Standing};
use super::priority::{Ageing, Seniority};
use super::shelf::Slot;
use super::workers::{Alone, Crew, Workers};
use super::{Engine, Pair};
use crate::clock::Millis;
use crate::id::UserId;
use crate::rules::Rules;
use crate::ticket::{Claimant, Ticket};

/// The matching engine; see the module's page for how it works.
#[derive(Debug)]
pub struct Matcher {
    workers: Arc<dyn Workers>,
    floor: Floor,
    /// The rules of the last batch.
    rules: Option<Rules>,
    /// Who is not settled, once or more often; who left may be among them.
    fresh: Vec<Slot>,
    /// When whose wishes give way next; the times of those who left run out by themselves.
    wakes: BinaryHeap<Reverse<(Millis, Slot)>>,
    /// How fast tickets of each kind are paired.
    rates: Rates,
}

impl Matcher {
    /// An empty index, worked on by whoever calls.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Arc::new(Alone))
    }

    /// An empty index that these work on. What is paired does not depend on who they are.
    #[must_use]
    pub fn with(workers: Arc<dyn Workers>) -> Self {
        Self {
            workers,
            floor: Floor::default(),
            rules: None,
            fresh: Vec::new(),
            wakes: BinaryHeap::new(),
            rates: Rates::default(),
        }
    }

    /// A ticket left.
    fn let_go(&mut self, slot: Slot) {
        self.rates.leaves(&self.floor.hall, slot);
        self.floor.unshelve(slot);
        self.floor.hall.dismiss(slot);
    }

    /// Under new rules everybody is new; the size of a batch is no rule of who may meet.
    fn obey(&mut self, rules: &Rules) {
        let same = |known: &Rules| *rules == Rules { batch_size: rules.batch_size, ..known.clone() };
        if self.rules.as_ref().is_some_and(same) {
            return;
        }
        self.rules = Some(rules.clone());
        self.wakes.clear();
        self.fresh.clear();
        for slot in 0..self.floor.hall.slots() {
            if self.floor.hall.get(slot).is_some() {
                self.floor.unshelve(slot);
                self.floor.stands(slot, Standing::New);
                self.fresh.push(slot);
            }
        }
    }

    /// Whose wishes have given way is new.
    fn wake(&mut self, now: Millis) {
        while let Some(Reverse((at, slot))) = self.wakes.peek().copied().filter(|Reverse((at, _))| *at <= now)
        {
            self.wakes.pop();
            if self.floor.hall.get(slot).is_some_and(|waiting| waiting.wakes == at) {
                self.floor.unshelve(slot);
                self.floor.stands(slot, Standing::New);
                self.fresh.push(slot);
            }
        }
    }

    /// Brings the index up to date: who left is gone from it, and who is new is in it, as they are now.
    fn follow(&mut self, rules: &Rules, now: Millis) {
        let Self { floor, fresh, wakes, rates, .. } = self;
        fresh.retain(|slot| {
            floor.hall.get(*slot).is_some_and(|waiting| waiting.standing != Standing::Settled)
        });
        fresh.sort_unstable();
        fresh.dedup();
        for slot in &*fresh {
            forget_who_left(floor, *slot);
            if floor.hall.at(*slot).shelf.is_none() {
                rates.leaves(&floor.hall, *slot);
                floor.hall.bring_to(*slot, rules, now);
                rates.enters(&floor.hall, *slot);
                let at = floor.hall.at(*slot).wakes;
                wakes.extend((at != NEVER).then_some(Reverse((at, *slot))));
                floor.shelve(*slot);
            }
        }
        floor.tidy();
        floor.hall.recycle();
    }

    /// The most senior of those who are new: as many as can make a full batch and some to choose from. The others
    /// linger.
    fn seekers(&mut self, rules: &Rules) -> Vec<Slot> {
        let key = |hall: &Hall, slot: &Slot| (hall.card(*slot).seniority, hall.claimant(*slot));
        let hall = &self.floor.hall;
        let mut seekers = self.fresh.clone();
        let most = rules.batch_size.saturating_mul(4);
        if seekers.len() > most {
            seekers.select_nth_unstable_by_key(most, |slot| key(hall, slot));
            seekers.split_off(most).into_iter().for_each(|slot| self.floor.linger(slot));
            self.floor.tidy();
        }
        seekers.sort_by_cached_key(|slot| key(&self.floor.hall, slot));
        seekers
    }

    /// Takes the pairs of the batch out, the most senior first. Whoever is beyond its size, or met somebody through
    /// another ticket just now, waits on.
    fn take_out(&mut self, paired: &[Slot], rules: &Rules) -> Vec<Pair> {
        let Self { floor, rates, .. } = self;
        let (mut pairs, mut met) = (Vec::new(), HashSet::new());
        let ordered = in_order(floor, paired);
        let often = with_siblings(floor, &ordered);
        for (one, other) in ordered {
            floor.part(one, other);
            let users = [one, other].map(|slot| floor.hall.card(slot).user);
            if pairs.len() >= rules.batch_size || users.iter().any(|user| met.contains(user)) {
                keep_in_mind(floor, one, other);
                self.fresh.extend([one, other]);
                continue;
            }
            met.extend(users.into_iter().filter(|user| often.contains(user)));
            let [one, other] = [one, other].map(|slot| {
                rates.is_paired(&floor.hall, slot);
                let gone = floor.hall.dismiss(slot);
                floor.hall.ticket(slot, gone)
            });
            let place = |ticket: &Ticket| (ticket.waiting_since, ticket.claimant);
            let (first, second) = if place(&one) <= place(&other) { (one, other) } else { (other, one) };
            pairs.push(Pair { first, second });
        }
        pairs
    }
}

/// Brings the likely partners of a ticket up to date.
fn forget_who_left(floor: &mut Floor, slot: Slot) {
    let Standing::Likely { complete } = floor.hall.at(slot).standing else { return };
    let likely = std::mem::take(&mut floor.hall.at_mut(slot).likely);
    let still: Box<[Slot]> = likely.into_iter().filter(|other| floor.hall.get(*other).is_some()).collect();
    if still.is_empty() {
        floor.stands(slot, if complete { Standing::Settled } else { Standing::New });
    }
    floor.hall.at_mut(slot).likely = still;
}

/// The users in these pairs who have more than one ticket.
fn with_siblings(floor: &Floor, pairs: &[(Slot, Slot)]) -> HashSet<UserId> {
    let slots = pairs.iter().flat_map(|(one, other)| [*one, *other]);
    slots.filter(|slot| floor.hall.has_siblings(*slot)).map(|slot| floor.hall.card(slot).user).collect()
}

/// Two who may meet, but not in this batch, need not look for each other in the next.
fn keep_in_mind(floor: &mut Floor, one: Slot, other: Slot) {
    for (me, them) in [(one, other), (other, one)] {
        floor.stands(me, Standing::Likely { complete: false });
        floor.hall.at_mut(me).likely = Box::new([them]);
        floor.linger(me);
    }
}

/// The pairs that these are in, the most senior first.
fn in_order(floor: &Floor, paired: &[Slot]) -> Vec<(Slot, Slot)> {
    let key = |slot: Slot| (floor.hall.card(slot).seniority, floor.hall.claimant(slot), slot);
    let mut pairs: Vec<_> = paired
        .iter()
        .filter_map(|slot| {
            let (one, other) = (key(*slot), key(floor.mate(*slot)?));
            Some((one.min(other), one.max(other)))
        })
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.into_iter().map(|(one, other)| (one.2, other.2)).collect()
}

impl Default for Matcher {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine for Matcher {
    fn add(&mut self, ticket: Ticket) {
        let known = self.floor.hall.find(&ticket.claimant);
        if let Some(known) = known {
            if self.floor.hall.claimant(known).attempt >= ticket.claimant.attempt {
                return;
            }
            self.let_go(known);
        }
        self.fresh.push(self.floor.hall.admit(ticket));
    }

    fn remove(&mut self, claimant: &Claimant) {
        let known = self.floor.hall.find(claimant);
        if let Some(known) = known.filter(|slot| self.floor.hall.claimant(*slot).attempt <= claimant.attempt)
        {
            self.let_go(known);
        }
    }

    fn len(&self) -> usize {
        self.floor.hall.len()
    }

    fn pair(&mut self, rules: &Rules, now: Millis) -> Vec<Pair> {
        self.rates.pass(now);
        self.obey(rules);
        self.wake(now);
        self.floor.open(rules, now);
        self.follow(rules, now);
        let seekers = self.seekers(rules);
        if seekers.is_empty() || rules.batch_size == 0 {
            return Vec::new();
        }
        let ageing = Ageing::new(&rules.priority, now);
        let elders = Seniority::of_elders(&rules.priority, now);
        let crew = Crew::of(&*self.workers, self.floor.hall.len());
        let paired = Batch::new(&mut self.floor, &seekers, ageing, crew).run(elders);
        self.take_out(&paired, rules)
    }

    fn explain(&self, user: UserId, rules: &Rules, now: Millis) -> Option<Explanation> {
        let ticket = self.floor.hall.of_user(user).next()?;
        Some(explain(&self.floor.hall, ticket, rules, now))
    }

    fn estimate(&self, user: UserId, now: Millis) -> Option<Estimate> {
        let ticket = self.floor.hall.of_user(user).next()?;
        self.rates.estimate(&self.floor.hall, ticket, &self.rules.as_ref()?.schedule, now)
    }
}

#[cfg(test)]
impl Matcher {
    /// The index as it is after a batch that pairs nobody, by claimants.
    pub(super) fn indexed(&mut self, rules: &Rules, now: Millis) -> Vec<String> {
        self.pair(&Rules { batch_size: 0, ..rules.clone() }, now);
        let hall = &self.floor.hall;
        assert!(self.floor.index.knows_enough(hall.cards()), "a shelf hides somebody");
        self.floor.index.listed(|slot| (hall.claimant(slot), hall.at(slot).stage))
    }
}
