//! What a profile came to.

use std::collections::BTreeMap;

use hamdam_testbed::fleet::FleetOptions;
use serde::Serialize;

use super::plan::Profile;
use super::watch::Watched;
use crate::gauge::parts::Part;
use crate::report::{Phase, Verdict};

/// The fleet at one moment. Latencies are of the second before, and as coarse as the buckets of the metric.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Since the run began.
    pub at_seconds: f64,
    /// What the run was at.
    pub phase: Phase,
    /// Users in rooms.
    pub seated: usize,
    /// Messages that arrived.
    pub relayed_per_second: f64,
    /// Half took less.
    pub relay_p50_ms: Option<f64>,
    /// 99 of 100 took less.
    pub relay_p99_ms: Option<f64>,
    /// 99 of 100 took less.
    pub webhook_p99_ms: Option<f64>,
    /// Tickets in the pool.
    pub waiting: f64,
    /// Entries that wait to be sent.
    pub outbox: f64,
    /// Database connections that worked, over all instances.
    pub db_connections: f64,
    /// Database connections beyond the pool, over all instances.
    pub db_overflow: f64,
    /// Connections to Redis, over all instances.
    pub redis_connections: f64,
    /// Resident memory per part, in the order of `Part::ALL`.
    pub(crate) resident_bytes: [u64; 5],
    /// `used_memory` of Redis.
    pub redis_bytes: u64,
}

/// A profile, measured.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Which.
    pub profile: Profile,
    /// People.
    pub users: u32,
    /// Instances behind the balancer.
    pub instances: usize,
    /// Threads of one instance.
    pub threads: usize,
    /// Bot tokens.
    pub bots: usize,
    /// What the oracle says.
    pub verdict: Verdict,
    /// While people talked, measured at the fleet's far end.
    pub relayed_per_second: f64,
    /// The most database connections that worked at once, over all instances.
    pub db_connections_peak: f64,
    /// The most connections to Redis, over all instances.
    pub redis_connections_peak: f64,
    /// CPU microseconds per relayed message, by part.
    pub cpu_us: BTreeMap<&'static str, f64>,
    /// Cores each part kept busy.
    pub cores: BTreeMap<&'static str, f64>,
    /// The most resident memory by part, in bytes.
    pub resident_bytes: BTreeMap<&'static str, u64>,
    /// Statements per relayed message.
    pub sql_statements: f64,
    /// Bytes of Redis per session, id maps apart.
    pub session_bytes: f64,
    /// The most `used_memory` of Redis.
    pub redis_bytes: u64,
    /// Second by second.
    pub samples: Vec<Sample>,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "counts of minutes")]
    pub(super) fn new(profile: Profile, options: &FleetOptions, verdict: Verdict, watched: Watched) -> Self {
        let relayed = watched.relayed.max(1) as f64;
        let seconds = watched.lasted.as_secs_f64().max(0.001);
        let by_part = |of: &dyn Fn(usize) -> f64| {
            Part::ALL.iter().enumerate().map(|(place, part)| (part.name(), of(place))).collect()
        };
        let peak = |of: fn(&Sample) -> f64| watched.samples.iter().map(of).fold(0.0, f64::max);
        let resident = |place: usize| {
            watched.samples.iter().map(|sample| sample.resident_bytes[place]).max().unwrap_or_default()
        };
        Self {
            profile,
            users: profile.users(),
            instances: options.instances,
            threads: watched.threads,
            bots: options.bots,
            relayed_per_second: watched.relayed as f64 / seconds,
            db_connections_peak: peak(|sample| sample.db_connections + sample.db_overflow),
            redis_connections_peak: peak(|sample| sample.redis_connections),
            cpu_us: by_part(&|place| watched.talked[place].cpu.as_micros() as f64 / relayed),
            cores: by_part(&|place| watched.talked[place].cpu.as_secs_f64() / seconds),
            resident_bytes: Part::ALL
                .iter()
                .enumerate()
                .map(|(at, part)| (part.name(), resident(at)))
                .collect(),
            sql_statements: watched.statements as f64 / relayed,
            session_bytes: watched.session_bytes,
            redis_bytes: watched.redis_bytes,
            verdict,
            samples: watched.samples,
        }
    }
}
