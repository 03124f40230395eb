//! What the engine does in cases small enough to name.

use super::people::{BOT, NOW, open};
use crate::clock::Millis;
use crate::engine::{Engine, Matcher, Pair, Rules, Wish};
use crate::id::{BotId, TicketId, UpdateId, UserId};
use crate::ticket::{Claimant, Ticket};
use crate::wish::{Age, AgeRange, Gender, Genders};

fn users(pairs: &[Pair]) -> Vec<(i64, i64)> {
    pairs.iter().map(|pair| (pair.first.claimant.user.0, pair.second.claimant.user.0)).collect()
}

fn with(tickets: impl IntoIterator<Item = Ticket>) -> Matcher {
    let mut engine = Matcher::new();
    tickets.into_iter().for_each(|ticket| engine.add(ticket));
    engine
}

fn claimed(user: i64, bot: i64, update: i64, attempt: u32, since: i64) -> Ticket {
    let ticket = TicketId { bot: BotId(bot), update: UpdateId(update) };
    Ticket { claimant: Claimant { user: UserId(user), ticket, attempt }, ..open(user, since) }
}

#[test]
fn who_waits_longest_is_paired_first() {
    let mut engine =
        with([(1, 40), (2, 10), (3, 30), (4, 20), (5, 50)].map(|(user, since)| open(user, since)));
    let rules = Rules { batch_size: 1, ..Rules::default() };
    let later = Millis(NOW.0 + 100);
    assert_eq!(users(&engine.pair(&rules, later)), [(2, 4)]);
    assert_eq!(users(&engine.pair(&Rules::default(), later)), [(3, 1)]);
    assert_eq!(engine.len(), 1);
    engine.add(open(6, 5));
    assert_eq!(users(&engine.pair(&Rules::default(), later)), [(6, 5)]);
}

#[test]
fn a_batch_stops_at_its_size_and_the_next_goes_on() {
    let mut engine = with((0..10).map(|user| open(user, user)));
    let three = Rules { batch_size: 3, ..Rules::default() };
    assert_eq!(users(&engine.pair(&three, NOW)), [(0, 1), (2, 3), (4, 5)]);
    assert_eq!(users(&engine.pair(&three, NOW)), [(6, 7), (8, 9)]);
}

#[test]
fn nobody_meets_themselves_not_even_through_two_tickets_or_bots() {
    let mut engine = with([(7, 1), (7, 2), (8, 3)].map(|(bot, update)| claimed(1, bot, update, 0, update)));
    let mixed = Rules { across_bots: true, ..Rules::default() };
    let later = Millis(NOW.0 + 60_000);
    assert_eq!(engine.pair(&mixed, later), []);
    engine.add(claimed(2, 8, 1, 0, 13));
    engine.add(claimed(3, 8, 1, 0, 14));
    engine.add(claimed(4, 8, 1, 0, 15));
    let pairs = users(&engine.pair(&mixed, later));
    let met: Vec<i64> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
    assert_eq!(
        met.iter().filter(|user| **user == 1).count(),
        1,
        "one partner for one user in one batch: {pairs:?}"
    );
}

#[test]
fn bots_mix_only_if_the_rules_say_so_and_after_a_wait() {
    let mut engine = with([claimed(1, 7, 1, 0, 0), claimed(2, 8, 1, 0, 0)]);
    let at = |seconds: i64| Millis(NOW.0 + seconds * 1_000);
    let mixed = Rules { across_bots: true, ..Rules::default() };
    assert_eq!(engine.pair(&mixed, at(19)), []);
    assert_eq!(engine.pair(&Rules::default(), at(21)), []);
    assert_eq!(users(&engine.pair(&mixed, at(21))), [(1, 2)]);
}

#[test]
fn one_bot_is_preferred_to_another() {
    let mut engine = with([
        claimed(1, 7, 1, 0, 0),
        claimed(2, 8, 1, 0, 1),
        claimed(3, 7, 1, 0, 2),
        claimed(4, 8, 1, 0, 3),
    ]);
    let mixed = Rules { across_bots: true, ..Rules::default() };
    assert_eq!(users(&engine.pair(&mixed, Millis(NOW.0 + 60_000))), [(1, 3), (2, 4)]);
}

#[test]
fn a_higher_attempt_replaces_the_lower_and_survives_its_removal() {
    let mut engine = with([claimed(1, 7, 1, 1, 10), claimed(1, 7, 1, 0, 10)]);
    engine.remove(&claimed(1, 7, 1, 0, 10).claimant);
    assert_eq!(engine.len(), 1);
    engine.add(claimed(1, 7, 1, 2, 10));
    assert_eq!(engine.len(), 1);
    engine.add(claimed(2, 7, 1, 0, 11));
    let pairs = engine.pair(&Rules::default(), NOW);
    assert_eq!(pairs[0].first.claimant.attempt, 2);
    assert_eq!(pairs[0].first.claimant.ticket.bot, BOT);
    assert!(engine.is_empty());
}

#[test]
fn the_same_two_meet_again_when_their_time_has_come() {
    let mut one = open(1, 0);
    one.wishes.recent = vec![crate::ticket::Met { user: UserId(2), at: Millis(NOW.0 - 86_400_000 + 5_000) }];
    let mut engine = with([one, open(2, 0)]);
    assert_eq!(engine.pair(&Rules::default(), Millis(NOW.0 + 4_999)), []);
    assert_eq!(users(&engine.pair(&Rules::default(), Millis(NOW.0 + 5_000))), [(1, 2)]);
}

#[test]
fn why_somebody_waits_is_explained_and_how_long_is_estimated() {
    let woman = |user| {
        let mut ticket = open(user, 0);
        ticket.wishes.facts.gender = Some(Gender::Female);
        ticket.wishes.facts.age = Age::new(30).ok();
        ticket
    };
    let mut man = open(99, 0);
    man.wishes.facts.gender = Some(Gender::Male);
    man.wishes.wants.genders = Genders::only(Gender::Female);
    man.wishes.wants.ages = AgeRange::new(18, 28).unwrap();
    let mut engine = with((0..20).map(woman));
    assert_eq!(engine.pair(&Rules::default(), NOW).len(), 10);
    engine.add(woman(20));
    engine.add(man);
    let now = Millis(NOW.0 + 1_000);
    assert_eq!(engine.pair(&Rules::default(), now), []);
    let explained = engine.explain(UserId(99), &Rules::default(), now).unwrap();
    assert_eq!((explained.others, explained.may_meet), (1, 0));
    let of = |wish| explained.passing.iter().find(|passing| passing.wish == wish).unwrap();
    assert_eq!(of(Wish::Gender).both, 1);
    assert_eq!((of(Wish::Age).theirs, of(Wish::Age).mine), (0, 1));
    let then: Vec<(u64, usize)> =
        explained.relaxations.iter().map(|later| (later.after.as_secs(), later.may_meet)).collect();
    assert_eq!(then, [(9, 0), (19, 0), (39, 1), (89, 1), (119, 1)], "two years more are enough");
    assert_eq!(engine.explain(UserId(1), &Rules::default(), now), None);
    let estimate = engine.estimate(UserId(20), now).unwrap();
    assert_eq!((estimate.pairs, estimate.half.map(|half| half.as_secs())), (20, Some(0)));
    assert_eq!(engine.estimate(UserId(99), now), None, "no such man was paired yet");
}
