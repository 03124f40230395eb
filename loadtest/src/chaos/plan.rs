//! What is to go wrong, and when.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::stage::Stage;

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// An instance is killed with -9 and started again.
    KillInstance,
    /// The same with the one that leads the pool, while a match it committed is not carried out.
    KillLeader,
    /// The same with one that has calls to Telegram in flight.
    KillSender,
    /// An instance stands still for longer than its leases last, and goes on.
    PauseInstance,
    /// Redis ends in good order and comes back.
    RedisStop,
    /// Redis is killed with -9 and comes back; its file is flushed with every write.
    RedisKill,
    /// Redis is killed with -9 and comes back; its file is flushed every second.
    RedisKillEverysec,
    /// A master of a Redis Cluster is killed with -9 and its replica promoted; steps wait for no replica.
    ClusterMasterKill,
    /// The same where every step waits for a replica; for the last moments the replicas get nothing.
    ClusterMasterKillWaited,
    /// The master that Sentinels watch is killed with -9 and its replica promoted; steps wait for no replica.
    SentinelFailover,
    /// The same where every step waits for a replica; for the last moments the replicas get nothing.
    SentinelFailoverWaited,
    /// Redis stands still.
    RedisPause,
    /// Redis is at its memory limit: it takes nothing that grows.
    RedisFull,
    /// The network between one instance and Redis is cut: nothing passes, nobody is told.
    NetworkCut,
    /// The same network delays everything by a tenth of a second.
    NetworkSlow,
    /// The same network passes requests and loses the way back.
    NetworkMute,
    /// The database ends in good order and comes back.
    MariadbStop,
    /// The database is killed with -9 and comes back.
    MariadbKill,
    /// The database stands still: connections are taken and nothing is answered.
    MariadbPause,
    /// Every statement to the database takes more than half a second.
    MariadbSlow,
    /// The database has no connection left: the fleet's are broken, and somebody else takes all there are.
    MariadbConnections,
    /// nginx reads its configuration anew.
    NginxReload,
    /// Every part of nginx stands still.
    NginxPause,
    /// nginx is killed with -9 and started again.
    NginxKill,
    /// Telegram answers half of the calls with 429.
    TelegramTooMany,
    /// Telegram answers half of the calls with 502.
    TelegramBadGateway,
    /// Telegram closes half of the connections without an answer.
    TelegramClose,
    /// Telegram answers nothing for two seconds, then closes.
    TelegramHang,
    /// Telegram carries a tenth of the calls out and closes without an answer.
    TelegramCloseAfter,
    /// Every update comes twice at once.
    UpdatesTwice,
    /// The clocks of the instances go minutes apart, and come back.
    ClocksApart,
    /// Among what people write come updates that nobody can read.
    PoisonUpdate,
}

impl Fault {
    /// Every fault there is.
    pub const ALL: [Self; 32] = [
        Self::KillInstance,
        Self::KillLeader,
        Self::KillSender,
        Self::PauseInstance,
        Self::RedisStop,
        Self::RedisKill,
        Self::RedisKillEverysec,
        Self::ClusterMasterKill,
        Self::ClusterMasterKillWaited,
        Self::SentinelFailover,
        Self::SentinelFailoverWaited,
        Self::RedisPause,
        Self::RedisFull,
        Self::NetworkCut,
        Self::NetworkSlow,
        Self::NetworkMute,
        Self::MariadbStop,
        Self::MariadbKill,
        Self::MariadbPause,
        Self::MariadbSlow,
        Self::MariadbConnections,
        Self::NginxReload,
        Self::NginxPause,
        Self::NginxKill,
        Self::TelegramTooMany,
        Self::TelegramBadGateway,
        Self::TelegramClose,
        Self::TelegramHang,
        Self::TelegramCloseAfter,
        Self::UpdatesTwice,
        Self::ClocksApart,
        Self::PoisonUpdate,
    ];

    /// As plans and tables name it.
    #[must_use]
    pub fn name(self) -> String {
        let value = serde_json::to_value(self).expect("a unit variant is a string");
        value.as_str().unwrap_or_default().to_owned()
    }

    /// How long it lasts, if a plan does not say: longer than any lease, or long enough to matter.
    fn usual(self) -> Duration {
        Duration::from_millis(match self {
            // Of a fail-over: how long the replicas get nothing before their master dies. It ends when one is promoted.
            Self::ClusterMasterKill
            | Self::SentinelFailover
            | Self::KillInstance
            | Self::KillLeader
            | Self::KillSender
            | Self::NginxReload
            | Self::PoisonUpdate => 0,
            Self::ClusterMasterKillWaited | Self::SentinelFailoverWaited => 300,
            Self::RedisStop | Self::RedisKill | Self::RedisKillEverysec | Self::NginxKill => 1_000,
            Self::RedisPause => 3_000,
            Self::PauseInstance | Self::NetworkCut | Self::NetworkMute | Self::ClocksApart => 8_000,
            _ => 5_000,
        })
    }
}

/// A fault and its time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stroke {
    /// What goes wrong.
    pub fault: Fault,
    /// Seconds after the fault before it ended, or after the talk began.
    #[serde(default = "pause")]
    pub after: f64,
    /// How long it lasts, in seconds, if not as usual. Of a fail-over: how long the replicas get nothing before their
    /// master dies.
    #[serde(default)]
    pub lasts: Option<f64>,
}

fn pause() -> f64 {
    8.0
}

impl Stroke {
    /// How long it lasts.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.lasts
            .map_or_else(|| self.fault.usual(), |seconds| Duration::from_secs_f64(seconds.clamp(0.0, 600.0)))
    }
}

/// Faults one after another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// In this order.
    pub faults: Vec<Stroke>,
}

impl Plan {
    /// A plan in a file, a fault by its name, `all` for each once, or `some` for six that the seed draws.
    pub fn named(name: &str, seed: u64) -> anyhow::Result<Self> {
        let mut dice = SmallRng::seed_from_u64(seed);
        let stroke = |fault| Stroke { fault, after: pause(), lasts: None };
        if let Some(fault) = Fault::ALL.into_iter().find(|fault| fault.name() == name) {
            return Ok(Self { faults: vec![stroke(fault)] });
        }
        let faults = match name {
            "all" => {
                let mut faults = Fault::ALL.to_vec();
                for place in (1..faults.len()).rev() {
                    faults.swap(place, dice.random_range(0..=place));
                }
                faults
            }
            "some" => (0..6).map(|_| Fault::ALL[dice.random_range(0..Fault::ALL.len())]).collect(),
            _ => return Self::of_file(Path::new(name)),
        };
        Ok(Self { faults: faults.into_iter().map(stroke).collect() })
    }

    /// One fault, whichever can befall a fleet on this stage.
    pub(crate) fn any(stage: Stage, dice: &mut SmallRng) -> Stroke {
        let faults: Vec<Fault> = Fault::ALL.into_iter().filter(|fault| fault.stage() == stage).collect();
        Stroke { fault: faults[dice.random_range(0..faults.len())], after: 0.0, lasts: None }
    }

    /// The faults by the stage they need, in the order in which stages are first needed.
    pub(super) fn by_stage(&self) -> Vec<(Stage, Self)> {
        let mut stages: Vec<(Stage, Self)> = Vec::new();
        for stroke in &self.faults {
            let stage = stroke.fault.stage();
            match stages.iter_mut().find(|(known, _)| *known == stage) {
                Some((_, plan)) => plan.faults.push(*stroke),
                None => stages.push((stage, Self { faults: vec![*stroke] })),
            }
        }
        stages
    }

    fn of_file(path: &Path) -> anyhow::Result<Self> {
        let names: Vec<String> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        let help =
            || format!("{} is neither a file nor one of all, some, {}", path.display(), names.join(", "));
        let text = std::fs::read_to_string(path).with_context(help)?;
        serde_json::from_str(&text).with_context(|| {
            format!("{} is no plan: {{\"faults\": [{{\"fault\": \"kill_instance\", \"after\": 8, \"lasts\": 0}}]}}", path.display())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_a_plan_of_its_own() {
        for fault in Fault::ALL {
            assert_eq!(Plan::named(&fault.name(), 1).unwrap().faults[0].fault, fault);
        }
    }

    #[test]
    fn a_seed_draws_the_same_plan_again() {
        assert_eq!(Plan::named("some", 7).unwrap(), Plan::named("some", 7).unwrap());
        assert_ne!(Plan::named("all", 7).unwrap(), Plan::named("all", 8).unwrap());
        assert_eq!(Plan::named("all", 7).unwrap().faults.len(), Fault::ALL.len());
    }

    #[test]
    fn faults_are_gathered_by_stage_and_keep_their_order() {
        let plan = Plan::named("all", 7).unwrap();
        let stages = plan.by_stage();
        let sum: usize = stages.iter().map(|(_, part)| part.faults.len()).sum();
        assert_eq!(sum, Fault::ALL.len());
        for (stage, part) in stages {
            let wanted: Vec<_> = plan.faults.iter().filter(|stroke| stroke.fault.stage() == stage).collect();
            assert_eq!(part.faults.iter().collect::<Vec<_>>(), wanted);
        }
    }

    #[test]
    fn what_is_no_plan_is_named_with_what_would_be() {
        let error = format!("{:#}", Plan::named("kill_everything", 1).unwrap_err());
        assert!(error.contains("kill_everything") && error.contains("kill_instance"), "{error}");
    }
}
