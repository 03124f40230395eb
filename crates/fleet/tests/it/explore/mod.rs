//! The explorer of interleavings: the real intake, relay, leave, matchmaker and sender over live state in memory, under
//! a scheduler that decides which atomic step comes next, who dies, what comes twice and who loses a lock while asleep.
//! After every step and at rest the invariants of the design are checked.
//!
//! Small scenarios are explored completely, with one crash and one take-over; all of them by many random schedules.
//! `EXPLORER_SCHEDULES` sets how many per scenario; `EXPLORER_SEED` replays one by the seed a failure prints, in the
//! scenario `EXPLORER_SCENARIO` (with `EXPLORER_NARROW`, where tickets move on from a narrow pool).

mod broadcast;
mod chance;
mod desk;
mod engine;
mod judge;
mod play;
mod scenario;
mod search;
mod send;
mod stage;

use hamdam_state::memory::{Part, Parts};

use self::broadcast::Studio;
use self::play::Faults;
use self::scenario::{SCENARIOS, Scenario, scenario};
use self::search::{exhaust, wander};
use self::send::{Exchange, Lateness};
use self::stage::Stage;

/// Random schedules per scenario, if `EXPLORER_SCHEDULES` does not say otherwise.
const SCHEDULES: u64 = 100_000;

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// Plays many random schedules of each of these scenarios.
fn wander_through(stage: &Stage, scenarios: &[Scenario]) {
    let schedules = setting("EXPLORER_SCHEDULES").unwrap_or(SCHEDULES);
    for scenario in scenarios {
        let mut steps = 0;
        for seed in 0..schedules {
            match wander(stage, *scenario, seed, 0) {
                Ok(taken) => steps += taken,
                Err(broken) => panic!("{broken}"),
            }
        }
        println!("{}: {schedules} schedules, {steps} steps", scenario.name);
    }
}

/// Explores all executions with one crash and one take-over.
fn explore_all(name: &str, limit: usize) {
    let faults = Faults { crashes: 1, takeovers: 1, ..Faults::default() };
    match exhaust(scenario(name), faults, limit) {
        Ok(Some(states)) => println!("{name}: all {states} states"),
        Ok(None) => panic!("{name}: more than {limit} states"),
        Err(broken) => panic!("{broken}"),
    }
}

#[test]
fn two_people_meet_in_every_interleaving() {
    explore_all("two", 1_000_000);
}

#[test]
fn somebody_types_too_early_in_every_interleaving() {
    explore_all("typewait", 1_000_000);
}

#[test]
fn both_type_too_early_in_every_interleaving() {
    explore_all("typeboth", 1_000_000);
}

#[test]
fn random_schedules_of_the_first_half() {
    wander_through(&Stage::new(Parts::default()), &SCENARIOS[..8]);
}

#[test]
fn random_schedules_of_the_second_half() {
    wander_through(&Stage::new(Parts::default()), &SCENARIOS[8..]);
}

#[test]
fn random_schedules_in_which_tickets_move_on_to_a_wider_pool() {
    wander_through(&Stage::narrow(Parts::default()), &SCENARIOS);
}

#[test]
fn random_schedules_of_two_senders() {
    let exchange = Exchange::new(Parts::default());
    let schedules = setting("EXPLORER_SCHEDULES").unwrap_or(SCHEDULES);
    let seeds = match setting("EXPLORER_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..schedules,
    };
    for seed in seeds {
        if let Err(broken) = exchange.wander(seed) {
            panic!("{broken}");
        }
    }
}

#[test]
fn random_schedules_of_a_broadcast() {
    let schedules = setting("EXPLORER_SCHEDULES").unwrap_or(SCHEDULES);
    let seeds = match setting("EXPLORER_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..schedules,
    };
    let studio = Studio::new(Parts::default());
    for seed in seeds {
        if let Err(broken) = studio.wander(seed) {
            panic!("{broken}");
        }
    }
}

#[test]
fn broadcasts_need_the_claim_too() {
    let studio = Studio::new(Parts::default().without(Part::Claim));
    let broken = (0..20_000).find_map(|seed| studio.wander(seed).err());
    println!("without the claim: {}", broken.expect("nothing broke without the claim"));
}

#[test]
fn the_claim_is_needed() {
    let exchange = Exchange::new(Parts::default().without(Part::Claim));
    let broken = (0..20_000).find_map(|seed| exchange.wander(seed).err());
    println!("without the claim: {}", broken.expect("nothing broke without the claim"));
}

#[test]
fn what_is_written_by_a_late_notice_goes_to_nobody_else() {
    let exchange = Exchange::new(Parts::default());
    for lateness in Lateness::ALL {
        exchange.writes_by_a_late_notice(lateness).unwrap_or_else(|broken| panic!("{lateness:?}: {broken}"));
    }
}

#[test]
fn the_announcement_is_needed() {
    let exchange = Exchange::new(Parts::default().without(Part::Announced));
    for lateness in Lateness::ALL {
        let broken = exchange.writes_by_a_late_notice(lateness).expect_err("nothing broke without it");
        println!("without the announcement, {lateness:?}: {broken}");
    }
    let broken = (0..20_000).find_map(|seed| exchange.wander(seed).err());
    println!("without the announcement, at random: {}", broken.expect("nothing broke without it"));
}

/// Replays one random schedule: `EXPLORER_SCENARIO=leave EXPLORER_SEED=17`.
#[test]
fn replay() {
    let (Ok(name), Some(seed)) = (std::env::var("EXPLORER_SCENARIO"), setting("EXPLORER_SEED")) else {
        return;
    };
    let stage = match std::env::var("EXPLORER_NARROW") {
        Ok(_) => Stage::narrow(Parts::default()),
        Err(_) => Stage::new(Parts::default()),
    };
    if let Err(broken) = wander(&stage, scenario(&name), seed, 0) {
        panic!("{broken}");
    }
}

/// Without this part the same schedules must find a broken invariant soon.
fn without(part: Part, within: u64) {
    let stage = Stage::new(Parts::default().without(part));
    for seed in 0..within {
        for scenario in SCENARIOS {
            if let Err(broken) = wander(&stage, scenario, seed, 0) {
                println!("without {part:?}, after {seed} schedules of each scenario: {broken}");
                return;
            }
        }
    }
    panic!("{part:?} was taken out, and nothing broke in {within} schedules of each scenario");
}

#[test]
fn held_is_needed() {
    without(Part::Held, 5_000);
}

#[test]
fn since_is_needed() {
    without(Part::Since, 5_000);
}

#[test]
fn the_mark_is_needed() {
    without(Part::Mark, 5_000);
}

#[test]
fn the_attempt_number_is_needed() {
    without(Part::Attempt, 5_000);
}

/// As long as records keep their `since`, a message from before the room is stopped on its writer's own shard already.
/// The floor is what stops it on the partner's when the `since` was lost.
#[test]
fn the_floor_is_needed() {
    let stage = Stage::new(Parts::default().without(Part::Floor));
    let broken = (0..20_000).find_map(|seed| wander(&stage, scenario("msgnext"), seed, 1).err());
    println!("without the floor: {}", broken.expect("nothing broke without the floor"));
}

#[test]
fn with_the_floor_a_lost_since_lets_no_message_into_another_room() {
    let stage = Stage::new(Parts::default());
    for seed in 0..5_000 {
        for scenario in SCENARIOS {
            if let Err(broken) = wander(&stage, scenario, seed, 1) {
                panic!("{broken}");
            }
        }
    }
}

#[test]
fn the_memory_of_the_pool_is_needed() {
    without(Part::PoolMemory, 5_000);
}
