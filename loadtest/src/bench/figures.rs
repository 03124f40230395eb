//! What a bench measured, and the file that keeps it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// One thing the fleet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bench {
    /// A message passed on, at load, while everybody stays in their room.
    Relay,
    /// Two people search, are matched, and part again.
    Match,
    /// An update that Telegram delivers again, though it is done.
    Webhook,
    /// A message that waits in the outbox goes out.
    Send,
    /// A fact that waits in the journal becomes a row.
    Journal,
}

impl Bench {
    pub(super) const ALL: [Self; 5] = [Self::Relay, Self::Match, Self::Webhook, Self::Send, Self::Journal];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Match => "match",
            Self::Webhook => "webhook",
            Self::Send => "send",
            Self::Journal => "journal",
        }
    }

    /// What is counted, and what its floor and its bytes are.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Relay => {
                "a message passed on, at load, through nginx and three instances, while everybody stays in \
                 their room; the floor takes a webhook, runs one script, makes one call; bytes: a session in Redis"
            }
            Self::Match => {
                "two people search, are matched, told, and part again (a handful of messages beside); the floor \
                 takes the three webhooks and runs twelve scripts and six calls for them; bytes: a session in Redis"
            }
            Self::Webhook => {
                "an update delivered again that is done: read, looked up, answered 200; the floor takes a webhook \
                 and runs one script; bytes: a session in Redis"
            }
            Self::Send => {
                "a message that waits in the outbox is claimed, called and acknowledged, by an instance that does \
                 nothing else, with MariaDB away; the floor makes the call; bytes: a session in Redis"
            }
            Self::Journal => {
                "a fact that piled up while MariaDB was away becomes a row; the floor inserts a thousand such rows \
                 per statement; bytes: a waiting fact in Redis"
            }
        }
    }
}

/// What one unit costs. Serialized as one bench of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Figures {
    /// CPU of the instances, in microseconds per unit.
    pub(super) cpu_us: f64,
    /// Commands that clients sent to Redis, per unit; an EVALSHA is one.
    pub(super) redis_commands: f64,
    /// Statements sent to the database, per unit.
    pub(super) sql_statements: f64,
    /// Redis memory of one session or fact ([`Bench::meaning`]).
    pub(super) bytes: f64,
    /// Units per second while it was measured. Not the most there could be: costs are asked at a given load.
    pub(super) per_second: f64,
    /// The floor's units per second.
    pub(super) floor_per_second: f64,
    /// The floor's CPU per unit.
    #[serde(default)]
    pub(super) floor_cpu_us: f64,
    /// The fleet's throughput per CPU as a share of the floor's: 0.4 says that the fleet takes 2.5 times its CPU.
    pub(super) floor_ratio: f64,
    /// What else one bench knows.
    #[serde(default, flatten)]
    pub(super) more: BTreeMap<String, f64>,
}

/// What a floor costs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Floor {
    pub(super) per_second: f64,
    pub(super) cpu_us: f64,
}

impl Figures {
    /// With the floor beside it.
    #[must_use]
    pub(super) fn above(self, floor: Floor) -> Self {
        Self {
            floor_per_second: floor.per_second,
            floor_cpu_us: floor.cpu_us,
            floor_ratio: floor.cpu_us / self.cpu_us,
            ..self
        }
    }
}

/// The figures of one run, by bench.
pub(super) type Saved = BTreeMap<Bench, Figures>;

/// Reads what `--json` wrote.
pub(super) fn read(path: &Path) -> anyhow::Result<Saved> {
    let shown = path.display();
    let text = std::fs::read(path)
        .with_context(|| format!("cannot read {shown}: `./dev bench --json {shown}` writes such a file"))?;
    serde_json::from_slice(&text).with_context(|| {
        format!("{shown} holds no figures of a bench: `./dev bench --json {shown}` writes them")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_has_the_promised_fields_and_is_read_again() {
        let mut figures = Figures { cpu_us: 200.0, per_second: 3.0, ..Figures::default() };
        figures.more.insert("nginx_us".to_owned(), 17.0);
        let figures = figures.above(Floor { per_second: 3.0, cpu_us: 80.0 });
        assert!((figures.floor_ratio - 0.4).abs() < 1e-9, "{figures:?}");
        let saved = Saved::from([(Bench::Match, figures)]);
        let json = serde_json::to_value(&saved).unwrap();
        for name in [
            "cpu_us",
            "redis_commands",
            "sql_statements",
            "bytes",
            "per_second",
            "floor_per_second",
            "floor_ratio",
            "nginx_us",
        ] {
            assert!(json["match"][name].is_f64(), "{name}: {json}");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("figures.json");
        std::fs::write(&file, json.to_string()).unwrap();
        assert_eq!(read(&file).unwrap(), saved);
    }

    #[test]
    fn a_file_that_is_none_is_named_with_the_way_to_make_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("figures.json");
        for (text, said) in [(None, "cannot read"), (Some("{\"relay\": 3}"), "holds no figures")] {
            if let Some(text) = text {
                std::fs::write(&file, text).unwrap();
            }
            let error = format!("{:#}", read(&file).unwrap_err());
            assert!(
                error.contains(said) && error.contains("figures.json") && error.contains("--json"),
                "{error}"
            );
        }
    }
}
