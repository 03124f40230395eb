//! Whatever comes and goes: what must always hold.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;

use super::judge::may_meet;
use super::people::{NOW, ticket};
use crate::clock::Millis;
use crate::engine::{Engine, Matcher, Pair, Rules};
use crate::id::{TicketId, UserId};
use crate::rules::Priority;
use crate::ticket::{Claimant, Ticket};

/// What happens to an engine.
#[derive(Clone, Debug)]
enum Event {
    Add(Ticket),
    Remove(Claimant),
    Pair { size: usize, after: i64 },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let pair = (prop_oneof![1_usize..4, Just(1_000)], 0_i64..40_000);
    let event = prop_oneof![
        8 => ticket().prop_map(Event::Add),
        1 => ticket().prop_map(|ticket| Event::Remove(ticket.claimant)),
        2 => pair.prop_map(|(size, after)| Event::Pair { size, after }),
    ];
    prop::collection::vec(event, 0..60)
}

fn rules() -> impl Strategy<Value = Rules> {
    let patience = prop_oneof![Just(10_u64), Just(60), Just(100_000)];
    (any::<bool>(), patience, any::<u64>()).prop_map(|(across_bots, patience, seed)| Rules {
        across_bots,
        priority: Priority { patience: Duration::from_secs(patience), ..Priority::default() },
        seed,
        ..Rules::default()
    })
}

/// An engine beside a plain map of who must be in it.
struct Play {
    engine: Matcher,
    waiting: BTreeMap<(UserId, TicketId), Ticket>,
    rules: Rules,
    now: Millis,
    pairs: Vec<Pair>,
}

impl Play {
    fn new(rules: &Rules) -> Self {
        let engine = Matcher::new();
        Self { engine, waiting: BTreeMap::new(), rules: rules.clone(), now: NOW, pairs: Vec::new() }
    }

    fn all(rules: &Rules, events: &[Event]) -> Self {
        let mut play = Self::new(rules);
        for event in events {
            play.on(event);
        }
        play
    }

    fn on(&mut self, event: &Event) {
        match event {
            Event::Add(ticket) => {
                self.engine.add(ticket.clone());
                let key = (ticket.claimant.user, ticket.claimant.ticket);
                let known = self.waiting.get(&key).map(|known| known.claimant.attempt);
                if known.is_none_or(|known| known < ticket.claimant.attempt) {
                    self.waiting.insert(key, ticket.clone());
                }
            }
            Event::Remove(claimant) => {
                self.engine.remove(claimant);
                let key = (claimant.user, claimant.ticket);
                if self.waiting.get(&key).is_some_and(|known| known.claimant.attempt <= claimant.attempt) {
                    self.waiting.remove(&key);
                }
            }
            Event::Pair { size, after } => {
                self.now.0 += after;
                self.batch(*size);
            }
        }
        assert_eq!(self.engine.len(), self.waiting.len());
    }

    /// One batch, and all that must hold of it. Answers how many pairs it made.
    fn batch(&mut self, size: usize) -> usize {
        let (before, now) = (self.waiting.clone(), self.now);
        let rules = Rules { batch_size: size, ..self.rules.clone() };
        let pairs = self.engine.pair(&rules, now);
        assert!(pairs.len() <= size);
        let met: BTreeSet<UserId> =
            pairs.iter().flat_map(|pair| [pair.first.claimant.user, pair.second.claimant.user]).collect();
        assert_eq!(met.len(), 2 * pairs.len(), "a user twice in one batch: {pairs:?}");
        for pair in &pairs {
            let Pair { first, second } = pair;
            for ticket in [first, second] {
                let key = (ticket.claimant.user, ticket.claimant.ticket);
                assert_eq!(self.waiting.remove(&key).as_ref(), Some(ticket), "it waited, as it was added");
            }
            assert!((first.waiting_since, first.claimant) < (second.waiting_since, second.claimant));
            assert!(may_meet(first, second, &rules, now), "{first:?} may not meet {second:?}");
        }
        if pairs.len() < size {
            self.is_fair(&before, &pairs, &rules);
        }
        let made = pairs.len();
        self.pairs.extend(pairs);
        made
    }

    /// Whoever an elder that waits on could have met, met somebody senior to it. Batches in which somebody has two
    /// tickets are left out: one of theirs waits for the next batch, and so does whom it had met.
    fn is_fair(&self, before: &BTreeMap<(UserId, TicketId), Ticket>, pairs: &[Pair], rules: &Rules) {
        let seniority = |ticket: &Ticket| {
            let starts = &rules.priority.head_starts;
            let class = usize::from(ticket.wishes.facts.class.0).min(starts.len() - 1);
            ticket.waiting_since.0 - i64::try_from(starts[class].as_millis()).unwrap()
        };
        let patience = i64::try_from(rules.priority.patience.as_millis()).unwrap();
        let users: BTreeSet<UserId> = before.keys().map(|(user, _)| *user).collect();
        if users.len() < before.len() {
            return;
        }
        let elders = self.waiting.values().filter(|ticket| self.now.0 - seniority(ticket) >= patience);
        for elder in elders {
            for Pair { first, second } in pairs {
                for (partner, other) in [(first, second), (second, first)] {
                    assert!(
                        seniority(other) <= seniority(elder) || !may_meet(elder, partner, rules, self.now),
                        "{other:?} overtook {elder:?} at {partner:?}"
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_wish_is_broken_no_elder_overtaken_and_nobody_left_beside_another(rules in rules(), events in events()) {
        let mut play = Play::all(&rules, &events);
        while play.batch(1_000) > 0 {}
        let left: Vec<_> = play.waiting.values().collect();
        for (n, one) in left.iter().enumerate() {
            for other in &left[n + 1..] {
                prop_assert!(!may_meet(one, other, &rules, play.now), "{one:?} and {other:?} were left beside each other");
            }
        }
    }

    #[test]
    fn the_same_events_rules_and_seed_make_the_same_pairs(rules in rules(), events in events()) {
        prop_assert_eq!(Play::all(&rules, &events).pairs, Play::all(&rules, &events).pairs);
    }

    #[test]
    fn the_index_is_what_a_new_one_would_be(rules in rules(), events in events()) {
        let mut play = Play::all(&rules, &events);
        let mut anew = Matcher::new();
        for ticket in play.waiting.values() {
            anew.add(ticket.clone());
        }
        prop_assert_eq!(play.engine.indexed(&rules, play.now), anew.indexed(&rules, play.now));
    }

    #[test]
    fn what_is_explained_is_true(rules in rules(), tickets in prop::collection::vec(ticket(), 1..20)) {
        let mut play = Play::new(&rules);
        for ticket in tickets {
            play.on(&Event::Add(ticket));
        }
        play.engine.indexed(&rules, play.now);
        for me in play.waiting.values() {
            let user = me.claimant.user;
            if play.waiting.keys().filter(|(known, _)| *known == user).count() > 1 {
                continue;
            }
            let others = || play.waiting.values().filter(|other| other.claimant.user != user);
            let explained = play.engine.explain(user, &rules, play.now).expect("they wait");
            let may = others().filter(|other| may_meet(me, other, &rules, play.now)).count();
            prop_assert_eq!((explained.others, explained.may_meet), (others().count(), may));
            let fewest = explained.passing.iter().map(|passing| passing.both).min();
            prop_assert!(fewest >= Some(may), "who passes all passes each");
            let then: Vec<usize> = explained.relaxations.iter().map(|later| later.may_meet).collect();
            prop_assert!(then.is_sorted() && then.first().is_none_or(|first| *first >= may), "more with each step");
        }
    }
}
