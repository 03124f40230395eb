//! Ways through the executions: all of them, or many random ones.

use std::collections::HashSet;

use hamdam_state::memory::Parts;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::play::{Choice, Faults, Play};
use super::scenario::Scenario;
use super::stage::Stage;

/// Steps after which an execution is taken to go on for ever.
const LONGEST: usize = 600;

/// An execution that broke an invariant.
#[derive(Debug)]
pub(super) struct Broken {
    pub what: String,
    pub trace: Vec<String>,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.what)?;
        for (at, line) in self.trace.iter().enumerate() {
            writeln!(f, "{:4} {line}", at + 1)?;
        }
        Ok(())
    }
}

/// Explores every execution with these faults, as long as there are no more than `limit` different states. Answers
/// how many there were, or `None` if there are more.
pub(super) fn exhaust(
    scenario: Scenario,
    faults: Faults,
    limit: usize,
) -> Result<Option<usize>, Box<Broken>> {
    let stage = Stage::new(Parts::default());
    stage.desk.set_digests(true);
    let mut seen: HashSet<u64> = HashSet::new();
    let mut open: Vec<Vec<u8>> = vec![Vec::new()];
    while let Some(mut path) = open.pop() {
        let mut play = Play::new(&stage, scenario, faults);
        let walked = (|| {
            for at in &path {
                let choice = play.choices()[usize::from(*at)];
                play.take(choice)?;
            }
            while seen.insert(play.key()) {
                assert!(path.len() < LONGEST, "an execution that does not end");
                let choices = play.choices();
                if choices.is_empty() {
                    return play.rest();
                }
                for other in 1..choices.len() {
                    let mut branch = path.clone();
                    branch.push(u8::try_from(other).expect("few choices"));
                    open.push(branch);
                }
                path.push(0);
                play.take(choices[0])?;
            }
            Ok(())
        })();
        if let Err(what) = walked {
            return Err(Box::new(Broken { what, trace: retell(&stage, scenario, faults, &path) }));
        }
        if seen.len() > limit {
            return Ok(None);
        }
    }
    Ok(Some(seen.len()))
}

/// Tells an execution again, in words.
fn retell(stage: &Stage, scenario: Scenario, faults: Faults, path: &[u8]) -> Vec<String> {
    let mut play = Play::new(stage, scenario, faults);
    play.trace = Some(Vec::new());
    for at in path {
        let choice = play.choices()[usize::from(*at)];
        if play.take(choice).is_err() {
            break;
        }
    }
    play.trace.unwrap_or_default()
}

/// One random execution. The seed decides everything: how much goes wrong, and what happens when.
///
/// With `heals`, records of users are damaged and healed meanwhile, and lose their `since`.
pub(super) fn wander(stage: &Stage, scenario: Scenario, seed: u64, heals: u8) -> Result<usize, Box<Broken>> {
    stroll(stage, scenario, seed, heals, false).map_err(|what| {
        let trace = stroll(stage, scenario, seed, heals, true).err().map_or_else(Vec::new, |broken| broken.1);
        Box::new(Broken { what: format!("{} (scenario {}, seed {seed})", what.0, scenario.name), trace })
    })
}

fn stroll(
    stage: &Stage,
    scenario: Scenario,
    seed: u64,
    heals: u8,
    tell: bool,
) -> Result<usize, (String, Vec<String>)> {
    let mut dice = SmallRng::seed_from_u64(seed);
    let faults = Faults {
        crashes: dice.random_range(0..=2),
        duplicates: dice.random_range(0..=2),
        takeovers: dice.random_range(0..=2),
        silences: dice.random_range(0..=1),
        heals,
    };
    // Some executions are hurried, some are full of trouble; some tasks run far ahead of others.
    let trouble = [0.05, 0.15, 0.4][dice.random_range(0..3)];
    let haste = [0.0, 0.5, 0.8][dice.random_range(0..3)];
    let mut play = Play::new(stage, scenario, faults);
    play.trace = tell.then(Vec::new);
    let mut last: Option<usize> = None;
    for taken in 0..LONGEST {
        let choices = play.choices();
        if choices.is_empty() {
            return match play.rest() {
                Ok(()) => Ok(taken),
                Err(broken) => Err((broken, play.trace.unwrap_or_default())),
            };
        }
        let choice = pick(&choices, trouble, haste, last, &mut dice);
        last = match choice {
            Choice::Step { task, .. } => Some(task),
            _ => last,
        };
        if let Err(broken) = play.take(choice) {
            return Err((broken, play.trace.unwrap_or_default()));
        }
    }
    Err(("an execution that does not end".into(), play.trace.unwrap_or_default()))
}

fn pick(choices: &[Choice], trouble: f64, haste: f64, last: Option<usize>, dice: &mut SmallRng) -> Choice {
    let (faults, calm): (Vec<Choice>, Vec<Choice>) = choices.iter().partition(|choice| choice.is_fault());
    let from =
        if calm.is_empty() || !faults.is_empty() && dice.random_bool(trouble) { &faults } else { &calm };
    let same = from.iter().find(|choice| matches!(choice, Choice::Step { task, .. } if Some(*task) == last));
    match same {
        Some(same) if dice.random_bool(haste) => *same,
        _ => from[dice.random_range(0..from.len())],
    }
}
