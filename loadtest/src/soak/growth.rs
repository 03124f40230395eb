//! What grew.

use std::collections::BTreeMap;

use serde::Serialize;

use super::levels::{Levels, Process};

/// A level early and late.
#[derive(Clone, Debug, Serialize)]
pub struct Growth {
    /// Which.
    pub level: String,
    /// The median of the second quarter of the readings.
    pub early: f64,
    /// The median of the last quarter.
    pub late: f64,
    /// By more than a fifth and the level's own slack.
    pub grew: bool,
}

type Get = fn(&Levels) -> f64;
type GetOfProcess = fn(&Process) -> f64;

/// Name, value, and what is no growth: a handful of connections, an allocator's breath.
const LEVELS: [(&str, Get, f64); 8] = [
    ("balancer_descriptors", |l| l.balancer_descriptors, 50.0),
    ("redis_connections", |l| l.redis_connections, 2.0),
    ("redis_clients", |l| l.redis_clients, 4.0),
    ("db_connections", |l| l.db_connections, 6.0),
    ("db_clients", |l| l.db_clients, 6.0),
    ("outbox", |l| l.outbox, 200.0),
    ("journal_lag", |l| l.journal_lag, 10.0),
    // The change feed is in it, which takes two and a half megabytes until it is trimmed.
    ("redis_bytes", |l| l.redis_bytes, 3e6),
];

/// The same of each instance's process.
const PROCESS_LEVELS: [(&str, GetOfProcess, f64); 2] =
    [("resident_bytes", |p| p.resident_bytes, 4e6), ("descriptors", |p| p.descriptors, 20.0)];

/// What is no growth of a kind of keys: some rooms more than before.
const SLACK_KEYS: f64 = 100.0;
const SLACK_BYTES: f64 = 100e3;

/// A process that was looked at less often is still warming up.
const LIFE: usize = 24;

impl Growth {
    fn new(level: String, values: &[f64], slack: f64) -> Self {
        let quarter = values.len() / 4;
        let early = median(&values[quarter..2 * quarter]);
        let late = median(&values[values.len() - quarter..]);
        Self { level, early, late, grew: late > early * 1.2 + slack }
    }

    /// Of every level, while people talked.
    pub(super) fn of(levels: &[Levels]) -> Vec<Self> {
        let series = |get: &dyn Fn(&Levels) -> f64| levels.iter().map(get).collect::<Vec<f64>>();
        let mut all: Vec<Self> = LEVELS
            .iter()
            .map(|(level, get, slack)| Self::new((*level).to_owned(), &series(get), *slack))
            .collect();
        let lives = lives(levels);
        for (level, get, slack) in PROCESS_LEVELS {
            let grown = lives.iter().map(|life| {
                let values: Vec<f64> = life.iter().map(get).collect();
                Self::new(level.to_owned(), &values, slack)
            });
            // The worst of them stands for all.
            all.extend(
                grown.max_by(|a, b| {
                    a.grew.cmp(&b.grew).then((a.late - a.early).total_cmp(&(b.late - b.early)))
                }),
            );
        }
        #[expect(clippy::cast_precision_loss, reason = "bytes and counts of one Redis")]
        for (what, get, slack) in [
            (
                "keys",
                Box::new(|l: &Levels| l.stock.lasting_keys() as f64) as Box<dyn Fn(&Levels) -> f64>,
                SLACK_KEYS,
            ),
            ("bytes", Box::new(|l: &Levels| l.stock.lasting_bytes() as f64), SLACK_BYTES),
        ] {
            all.push(Self::new(format!("lasting_{what}"), &series(&get), slack));
        }
        all
    }
}

/// What each process went through, if it lived long enough to tell.
fn lives(levels: &[Levels]) -> Vec<Vec<Process>> {
    let mut lives: BTreeMap<u32, Vec<Process>> = BTreeMap::new();
    for (pid, process) in levels.iter().flat_map(|levels| &levels.instances) {
        lives.entry(*pid).or_default().push(*process);
    }
    lives.into_values().filter(|life| life.len() >= LIFE).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::stock::{Kind, Stock};
    use super::*;

    fn readings(make: impl Fn(u32) -> Levels) -> Vec<Levels> {
        (0..40).map(make).collect()
    }

    fn grown(levels: &[Levels]) -> Vec<String> {
        Growth::of(levels).into_iter().filter(|growth| growth.grew).map(|growth| growth.level).collect()
    }

    /// Instances of these process ids, each with so many bytes and descriptors.
    fn instances(all: &[(u32, f64, f64)]) -> Levels {
        let process = |&(pid, resident_bytes, descriptors)| (pid, Process { resident_bytes, descriptors });
        Levels { instances: all.iter().map(process).collect(), ..Levels::default() }
    }

    fn stock(kind: &str, of: Kind) -> Levels {
        Levels { stock: Stock([(kind.to_owned(), of)].into()), ..Levels::default() }
    }

    #[test]
    fn a_leak_is_growth_and_a_spike_is_none() {
        let of = |bytes: fn(u32) -> f64| grown(&readings(|n| instances(&[(1, bytes(n), 9.0)])));
        assert_eq!(of(|n| 30e6 + f64::from(n) * 1e6), ["resident_bytes"]);
        assert!(of(|n| if n % 10 == 0 { 90e6 } else { 30e6 }).is_empty());
        assert!(of(|n| 30e6 + f64::from(n) * 1e4).is_empty());
        assert_eq!(grown(&readings(|n| instances(&[(1, 30e6, f64::from(n) * 2.0)]))), ["descriptors"]);
    }

    #[test]
    fn the_leak_of_one_process_is_not_hidden_by_another_that_is_killed() {
        // Two that are started again and again stand beside one that lives and leaks.
        let levels = readings(|n| {
            let young = 60e6 - f64::from(n % 10) * 1e6;
            instances(&[
                (1, 20e6 + f64::from(n) * 1e6, 9.0),
                (100 + n / 10, young, 9.0),
                (200 + n / 8, young, 9.0),
            ])
        });
        assert_eq!(grown(&levels), ["resident_bytes"]);
    }

    #[test]
    fn each_level_alone_can_grow() {
        for (level, leak) in [
            (
                "redis_connections",
                (|n| Levels { redis_connections: n, ..Levels::default() }) as fn(f64) -> Levels,
            ),
            ("redis_clients", |n| Levels { redis_clients: n, ..Levels::default() }),
            ("db_connections", |n| Levels { db_connections: n, ..Levels::default() }),
            ("db_clients", |n| Levels { db_clients: n, ..Levels::default() }),
            ("balancer_descriptors", |n| Levels { balancer_descriptors: n * 9.0, ..Levels::default() }),
            ("outbox", |n| Levels { outbox: n * 20.0, ..Levels::default() }),
            ("journal_lag", |n| Levels { journal_lag: n, ..Levels::default() }),
            ("redis_bytes", |n| Levels { redis_bytes: n * 1e6, ..Levels::default() }),
        ] {
            assert_eq!(grown(&readings(|n| leak(f64::from(n)))), [level]);
            assert!(grown(&readings(|_| leak(5.0))).is_empty(), "{level}");
        }
    }

    #[test]
    fn keys_that_end_by_themselves_may_become_more_and_others_may_not() {
        let kind = |n: u32| Kind { keys: 10 * u64::from(n), bytes: 10_000 * u64::from(n), ..Kind::default() };
        assert!(grown(&readings(|n| stock("ids", kind(n)))).is_empty());
        assert!(grown(&readings(|n| stock("told", kind(n)))).is_empty());
        assert_eq!(grown(&readings(|n| stock("user", kind(n)))), ["lasting_keys", "lasting_bytes"]);
        let longer = |n: u32| Kind { keys: 1, bytes: 10_000 * u64::from(n), ..Kind::default() };
        assert_eq!(grown(&readings(|n| stock("out", longer(n)))), ["lasting_bytes"]);
    }
}
