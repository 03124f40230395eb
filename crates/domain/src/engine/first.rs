//! The first engine: who comes first meets first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Engine, Pair, Rules};
use crate::clock::Millis;
use crate::id::{BotId, TicketId, UserId};
use crate::ticket::{Claimant, Ticket};

/// Pairs the oldest tickets that the hard rules allow.
///
/// A ticket is *fresh* until it was held against all that wait, then *settled*: no two settled tickets may meet. So a
/// batch looks only at what is new. Settled tickets lie in lanes, one per bot (or one for all, if bots mix): only
/// tickets of one lane may meet, and without blocks a lane holds one ticket at most.
#[derive(Debug, Default)]
pub struct FirstComeEngine {
    /// Everything that waits.
    tickets: HashMap<(UserId, TicketId), Ticket>,
    /// Not yet held against the others.
    fresh: BTreeSet<Place>,
    /// Held against one another.
    settled: BTreeMap<Option<BotId>, BTreeSet<Place>>,
    /// The rule the lanes were made by.
    across_bots: bool,
}

/// What a search among the settled tickets came to.
enum Search {
    /// The oldest that may be met.
    Found(Place),
    /// Nobody now, but somebody in the next batch.
    NextBatch,
    /// Nobody, until a new ticket comes.
    Nobody,
}

/// A ticket's place in the queue: by waiting time, then by what is unique.
type Place = (Millis, UserId, TicketId);

impl FirstComeEngine {
    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lane(&self, place: &Place) -> Option<BotId> {
        (!self.across_bots).then_some(place.2.bot)
    }

    fn take_out(&mut self, place: &Place) {
        if self.fresh.remove(place) {
            return;
        }
        let lane = self.lane(place);
        if let Some(waiting) = self.settled.get_mut(&lane) {
            waiting.remove(place);
            if waiting.is_empty() {
                self.settled.remove(&lane);
            }
        }
    }

    /// Looks among the settled for whom the ticket at `place` may meet, oldest first. Who met somebody in this batch
    /// through another ticket (a leftover of an earlier wish) meets nobody else in it.
    fn search(&self, place: &Place, rules: &Rules, met: &BTreeSet<UserId>) -> Search {
        if met.contains(&place.1) {
            return Search::NextBatch;
        }
        let me = self.at(place);
        let mut nobody = Search::Nobody;
        for other in self.settled.get(&self.lane(place)).into_iter().flatten() {
            if rules.allow(me, self.at(other)) {
                if !met.contains(&other.1) {
                    return Search::Found(*other);
                }
                nobody = Search::NextBatch;
            }
        }
        nobody
    }

    fn at(&self, place: &Place) -> &Ticket {
        &self.tickets[&(place.1, place.2)]
    }

    fn release(&mut self, place: &Place) -> Ticket {
        self.take_out(place);
        self.tickets.remove(&(place.1, place.2)).expect("every place has its ticket")
    }
}

fn place(ticket: &Ticket) -> Place {
    (ticket.waiting_since, ticket.claimant.user, ticket.claimant.ticket)
}

impl Engine for FirstComeEngine {
    fn add(&mut self, ticket: Ticket) {
        let key = (ticket.claimant.user, ticket.claimant.ticket);
        if let Some(known) = self.tickets.get(&key) {
            if known.claimant.attempt >= ticket.claimant.attempt {
                return;
            }
            let before = place(known);
            self.take_out(&before);
        }
        self.fresh.insert(place(&ticket));
        self.tickets.insert(key, ticket);
    }

    fn remove(&mut self, claimant: &Claimant) {
        let known = self.tickets.get(&(claimant.user, claimant.ticket));
        if let Some(known) = known.filter(|known| known.claimant.attempt <= claimant.attempt) {
            let place = place(known);
            self.release(&place);
        }
    }

    fn len(&self) -> usize {
        self.tickets.len()
    }

    fn pair(&mut self, rules: &Rules, _now: Millis) -> Vec<Pair> {
        if self.across_bots != rules.across_bots {
            self.across_bots = rules.across_bots;
            for lane in std::mem::take(&mut self.settled).into_values() {
                self.fresh.extend(lane);
            }
        }
        let (mut pairs, mut met, mut later) = (Vec::new(), BTreeSet::new(), Vec::new());
        while pairs.len() < rules.batch_size {
            let Some(mine) = self.fresh.pop_first() else { break };
            match self.search(&mine, rules, &met) {
                Search::Found(theirs) => {
                    met.extend([mine.1, theirs.1]);
                    let (older, younger) = (mine.min(theirs), mine.max(theirs));
                    pairs.push(Pair { first: self.release(&older), second: self.release(&younger) });
                }
                Search::NextBatch => later.push(mine),
                Search::Nobody => {
                    let lane = self.lane(&mine);
                    self.settled.entry(lane).or_default().insert(mine);
                }
            }
        }
        self.fresh.extend(later);
        pairs
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::id::{PoolId, UpdateId};
    use crate::ticket::Wishes;

    const RULES: Rules = Rules { batch_size: 1_000, across_bots: false };

    fn ticket(user: i64, bot: i64, update: i64, attempt: u32, since: i64, blocked: &[i64]) -> Ticket {
        let id = TicketId { bot: BotId(bot), update: UpdateId(update) };
        Ticket {
            claimant: Claimant { user: UserId(user), ticket: id, attempt },
            era: 0,
            pool: PoolId("main".into()),
            waiting_since: Millis(since),
            wishes: Wishes { blocked: blocked.iter().copied().map(UserId).collect(), ..Wishes::default() },
        }
    }

    fn users(pairs: &[Pair]) -> Vec<(i64, i64)> {
        pairs.iter().map(|pair| (pair.first.claimant.user.0, pair.second.claimant.user.0)).collect()
    }

    #[test]
    fn who_waits_longest_is_paired_first() {
        let mut engine = FirstComeEngine::new();
        for (user, since) in [(1, 40), (2, 10), (3, 30), (4, 20), (5, 50)] {
            engine.add(ticket(user, 7, 1, 0, since, &[]));
        }
        assert_eq!(users(&engine.pair(&RULES, Millis(99))), [(2, 4), (3, 1)]);
        assert_eq!(engine.len(), 1);
        engine.add(ticket(6, 7, 1, 0, 5, &[]));
        assert_eq!(users(&engine.pair(&RULES, Millis(99))), [(6, 5)]);
    }

    #[test]
    fn a_batch_stops_at_its_size_and_the_next_goes_on() {
        let mut engine = FirstComeEngine::new();
        for user in 0..10 {
            engine.add(ticket(user, 7, 1, 0, user, &[]));
        }
        let two = Rules { batch_size: 2, ..RULES };
        assert_eq!(users(&engine.pair(&two, Millis(99))), [(0, 1), (2, 3)]);
        assert_eq!(users(&engine.pair(&RULES, Millis(99))), [(4, 5), (6, 7), (8, 9)]);
    }

    #[test]
    fn nobody_meets_themselves_not_even_through_two_tickets_or_bots() {
        let mut engine = FirstComeEngine::new();
        engine.add(ticket(1, 7, 1, 0, 10, &[]));
        engine.add(ticket(1, 7, 2, 0, 11, &[]));
        engine.add(ticket(1, 8, 3, 0, 12, &[]));
        let mixed = Rules { across_bots: true, ..RULES };
        assert_eq!(engine.pair(&mixed, Millis(99)), []);
        engine.add(ticket(2, 8, 1, 0, 13, &[]));
        assert_eq!(users(&engine.pair(&mixed, Millis(99))), [(1, 2)]);
    }

    #[test]
    fn bots_mix_only_if_the_rules_say_so_and_lanes_follow_a_change_of_rules() {
        let mut engine = FirstComeEngine::new();
        engine.add(ticket(1, 7, 1, 0, 10, &[]));
        engine.add(ticket(2, 8, 1, 0, 11, &[]));
        assert_eq!(engine.pair(&RULES, Millis(99)), []);
        let mixed = Rules { across_bots: true, ..RULES };
        assert_eq!(users(&engine.pair(&mixed, Millis(99))), [(1, 2)]);
    }

    #[test]
    fn a_higher_attempt_replaces_the_lower_and_survives_its_removal() {
        let mut engine = FirstComeEngine::new();
        engine.add(ticket(1, 7, 1, 1, 10, &[]));
        engine.add(ticket(1, 7, 1, 0, 10, &[]));
        engine.remove(&ticket(1, 7, 1, 0, 10, &[]).claimant);
        assert_eq!(engine.len(), 1);
        engine.add(ticket(2, 7, 1, 0, 11, &[]));
        let pairs = engine.pair(&RULES, Millis(99));
        assert_eq!(pairs[0].first.claimant.attempt, 1);
    }

    /// What happens to an index.
    #[derive(Clone, Debug)]
    enum Event {
        Add { user: i64, bot: i64, attempt: u32, since: i64, blocked: Vec<i64> },
        Remove { user: i64, bot: i64, attempt: u32 },
        Pair { size: usize },
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let add =
            (0_i64..12, 7_i64..9, 0_u32..3, 0_i64..1_000, prop::collection::vec(0_i64..12, 0..3)).prop_map(
                |(user, bot, attempt, since, blocked)| Event::Add { user, bot, attempt, since, blocked },
            );
        let remove = (0_i64..12, 7_i64..9, 0_u32..3).prop_map(|(user, bot, attempt)| Event::Remove {
            user,
            bot,
            attempt,
        });
        let pair = (1_usize..4).prop_map(|size| Event::Pair { size });
        prop::collection::vec(prop_oneof![6 => add, 1 => remove, 2 => pair], 0..80)
    }

    /// Plays events on an index, and on a plain map of who must be in it.
    fn play(
        events: &[Event],
        across_bots: bool,
    ) -> (FirstComeEngine, BTreeMap<(i64, i64), Ticket>, Vec<Pair>) {
        let (mut engine, mut waiting, mut all) = (FirstComeEngine::new(), BTreeMap::new(), Vec::new());
        for event in events {
            match event {
                Event::Add { user, bot, attempt, since, blocked } => {
                    let ticket = ticket(*user, *bot, 1, *attempt, *since, blocked);
                    engine.add(ticket.clone());
                    let known = waiting.get(&(*user, *bot)).map(|known: &Ticket| known.claimant.attempt);
                    if known.is_none_or(|known| known < *attempt) {
                        waiting.insert((*user, *bot), ticket);
                    }
                }
                Event::Remove { user, bot, attempt } => {
                    engine.remove(&ticket(*user, *bot, 1, *attempt, 0, &[]).claimant);
                    let known = waiting.get(&(*user, *bot)).map(|known| known.claimant.attempt);
                    if known.is_some_and(|known| known <= *attempt) {
                        waiting.remove(&(*user, *bot));
                    }
                }
                Event::Pair { size } => {
                    let rules = Rules { batch_size: *size, across_bots };
                    let pairs = engine.pair(&rules, Millis(5_000));
                    assert!(pairs.len() <= *size);
                    let met: BTreeSet<i64> = users(&pairs).into_iter().flat_map(|(a, b)| [a, b]).collect();
                    assert_eq!(met.len(), 2 * pairs.len(), "a user twice in one batch: {pairs:?}");
                    for pair in &pairs {
                        for ticket in [&pair.first, &pair.second] {
                            let key = (ticket.claimant.user.0, ticket.claimant.ticket.bot.0);
                            assert_eq!(
                                waiting.remove(&key).as_ref(),
                                Some(ticket),
                                "it waited, as it was added"
                            );
                        }
                        assert!(place(&pair.first) < place(&pair.second));
                        assert!(rules.allow(&pair.first, &pair.second));
                    }
                    all.extend(pairs);
                }
            }
            assert_eq!(engine.len(), waiting.len());
        }
        (engine, waiting, all)
    }

    proptest! {
        #[test]
        fn whatever_happens_every_pair_is_allowed_and_none_is_left(events in events(), across_bots: bool) {
            let (mut engine, mut waiting, _) = play(&events, across_bots);
            let rules = Rules { batch_size: 1_000, across_bots };
            let mut pairs = Vec::new();
            loop {
                let batch = engine.pair(&rules, Millis(5_000));
                if batch.is_empty() {
                    break;
                }
                pairs.extend(batch);
            }
            let mut seen = BTreeSet::new();
            for pair in &pairs {
                prop_assert!(rules.allow(&pair.first, &pair.second));
                for ticket in [&pair.first, &pair.second] {
                    let key = (ticket.claimant.user.0, ticket.claimant.ticket.bot.0);
                    prop_assert!(seen.insert(key), "paired twice");
                    waiting.remove(&key);
                }
            }
            let left: Vec<_> = waiting.values().collect();
            for (n, one) in left.iter().enumerate() {
                for other in &left[n + 1..] {
                    prop_assert!(!rules.allow(one, other), "{one:?} and {other:?} were left beside each other");
                }
            }
            prop_assert_eq!(engine.pair(&rules, Millis(5_000)), []);
            prop_assert_eq!(engine.len(), left.len());
        }

        #[test]
        fn the_same_events_make_the_same_pairs(events in events()) {
            prop_assert_eq!(play(&events, false).2, play(&events, false).2);
        }

        /// Those who came first are served first: whoever is left in a lane without blocks is the youngest.
        #[test]
        fn without_blocks_the_youngest_are_left(sinces in prop::collection::vec(0_i64..1_000, 0..40), size in 1_usize..30) {
            let mut engine = FirstComeEngine::new();
            let mut order = Vec::new();
            for (user, since) in (0..).zip(&sinces) {
                let ticket = ticket(user, 7, 1, 0, *since, &[]);
                order.push(place(&ticket));
                engine.add(ticket);
            }
            order.sort_unstable();
            let rules = Rules { batch_size: size, across_bots: false };
            let paired: Vec<_> = engine
                .pair(&rules, Millis(5_000))
                .iter()
                .flat_map(|pair| [place(&pair.first), place(&pair.second)])
                .collect();
            prop_assert_eq!(&paired[..], &order[..paired.len()]);
            prop_assert_eq!(paired.len(), (size * 2).min(order.len() / 2 * 2));
        }
    }

    /// Those who may meet nobody cost nothing again: a batch looks at what is new.
    #[test]
    fn a_batch_with_nothing_new_looks_at_nobody() {
        let mut engine = FirstComeEngine::new();
        let everyone: Vec<i64> = (0..300).collect();
        for user in &everyone {
            engine.add(ticket(*user, 7, 1, 0, *user, &everyone));
        }
        assert_eq!(engine.pair(&RULES, Millis(0)), []);
        assert!(engine.fresh.is_empty());
        assert_eq!(engine.settled[&Some(BotId(7))].len(), 300);
        engine.add(ticket(300, 7, 1, 0, 300, &[]));
        assert_eq!(engine.pair(&RULES, Millis(0)).len(), 1);
    }
}
