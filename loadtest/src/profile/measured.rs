//! What a profile came to.

use std::collections::BTreeMap;

use hamdam_testbed::fleet::FleetOptions;
use serde::Serialize;

use super::idle::Idle;
use super::plan::Profile;
use super::watch::Watched;
use crate::gauge::parts::Part;
use crate::pulse::Pulse;
use crate::report::Verdict;

/// The whole stack at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// The fleet.
    #[serde(flatten)]
    pub pulse: Pulse,
    /// Resident memory per part, in the order of `Part::ALL`.
    pub(crate) resident_bytes: [u64; 5],
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
    /// The most database connections that were open, over all instances.
    pub db_open_peak: f64,
    /// The most connections to Redis, over all instances.
    pub redis_connections_peak: f64,
    /// The most instances that led a pool's matchmaking at once.
    pub matchmakers_peak: f64,
    /// CPU microseconds per relayed message, by part.
    pub cpu_us: BTreeMap<&'static str, f64>,
    /// Cores each part kept busy.
    pub cores: BTreeMap<&'static str, f64>,
    /// The most resident memory by part, in bytes.
    pub resident_bytes: BTreeMap<&'static str, u64>,
    /// Statements per relayed message.
    pub sql_statements: f64,
    /// Who was known and in no room, if there was anybody.
    pub idle: Option<Idle>,
    /// Bytes of Redis per session, id maps apart.
    pub session_bytes: f64,
    /// The most `used_memory` of Redis.
    pub redis_bytes: u64,
    /// Second by second.
    pub samples: Vec<Sample>,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "counts of minutes")]
    pub(super) fn new(
        profile: Profile,
        options: &FleetOptions,
        verdict: Verdict,
        watched: Watched,
        idle: Option<Idle>,
    ) -> Self {
        let relayed = watched.relayed.max(1) as f64;
        let seconds = watched.lasted.as_secs_f64().max(0.001);
        let by_part = |of: &dyn Fn(usize) -> f64| {
            Part::ALL.iter().enumerate().map(|(place, part)| (part.name(), of(place))).collect()
        };
        let pulses = || watched.samples.iter().map(|sample| &sample.pulse);
        let peak = |of: fn(&Pulse) -> f64| pulses().map(of).fold(0.0, f64::max);
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
            db_connections_peak: peak(|pulse| pulse.db_connections + pulse.db_overflow),
            db_open_peak: peak(|pulse| pulse.db_open),
            redis_connections_peak: peak(|pulse| pulse.redis_connections),
            matchmakers_peak: peak(|pulse| pulse.matchmakers),
            cpu_us: by_part(&|place| watched.talked[place].cpu.as_micros() as f64 / relayed),
            cores: by_part(&|place| watched.talked[place].cpu.as_secs_f64() / seconds),
            resident_bytes: Part::ALL
                .iter()
                .enumerate()
                .map(|(at, part)| (part.name(), resident(at)))
                .collect(),
            sql_statements: watched.statements as f64 / relayed,
            idle,
            session_bytes: watched.session_bytes,
            redis_bytes: pulses().map(|pulse| pulse.redis_bytes).max().unwrap_or_default(),
            verdict,
            samples: watched.samples,
        }
    }
}
