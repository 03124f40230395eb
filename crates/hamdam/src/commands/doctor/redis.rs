//! What live state must be like.

use std::collections::BTreeMap;
use std::time::Duration;

use hamdam_state::redis::{Examination, Examined, RedisServers, RedisSettings};

use super::finding::{Finding, Part};

/// The oldest version with flags of scripts.
const OLDEST: u32 = 7;
/// Of its limit: searches are refused at all of it.
const MUCH: f64 = 0.8;
const TOO_MUCH: f64 = 0.95;
/// A step is a round trip or two, and an update has 2 s.
const SLOW: Duration = Duration::from_millis(20);
const TOO_SLOW: Duration = Duration::from_millis(200);
/// Clocks are compared nowhere but in logs and in what people read.
const CLOCK_OFF: i64 = 2_000;
const CLOCK_WRONG: i64 = 60_000;

/// All that is wrong with the servers and with how the fleet uses them.
pub(super) fn judge(examination: &Examination, settings: &RedisSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in &examination.servers {
        findings.extend(judge_server(server, examination, settings));
    }
    if let Some(cluster) = &examination.cluster {
        findings.extend(judge_cluster(cluster));
    }
    for (address, said) in &examination.sentinels {
        let mut part = Part::new(format!("sentinel {address}"));
        if let Err(error) = said {
            part.problem(
                "sentinel",
                format!("it cannot promise a fail-over: {error}"),
                "Start it, or look at deploy/redis/sentinel.conf: three of them on three machines, two must agree.",
            );
        }
        findings.extend(part.end(said.clone().unwrap_or_default()));
    }
    if let Some(shards) = examination.shards.filter(|shards| *shards != settings.shards) {
        let mut part = Part::new("fleet");
        part.problem(
            "shards",
            format!("live state was founded with STATE_SHARDS={shards}, and here it is {}", settings.shards),
            format!("Set STATE_SHARDS={shards}: it stays as it was, for ever."),
        );
        findings.extend(part.end(""));
    }
    findings
}

fn judge_server(server: &Examined, examination: &Examination, settings: &RedisSettings) -> Vec<Finding> {
    let info = Info(&server.info);
    let mut part = Part::new(format!("redis {}", server.address));
    let version = info.text("redis_version");
    if version.split('.').next().and_then(|major| major.parse().ok()).is_some_and(|major: u32| major < OLDEST)
    {
        part.problem("version", format!("it is version {version}"), "Hamdam needs Redis 7 or later.");
    }
    if let Err(error) = &server.scripts {
        part.problem(
            "scripts",
            format!("it does not run scripts: {error}"),
            "Every step is a script: allow EVAL, EVALSHA and SCRIPT LOAD to this user (ACL: +@scripting).",
        );
    }
    judge_memory(&mut part, info);
    judge_persistence(&mut part, server, info);
    judge_replicas(&mut part, info, examination, settings);
    judge_time(&mut part, server);
    part.end(format!(
        "{version}, noeviction, {} of {} used, {} replicas, {:.1} ms away",
        size(info.number("used_memory")),
        size(info.number("maxmemory")),
        info.number("connected_slaves"),
        server.round_trip.0.as_secs_f64() * 1_000.0,
    ))
}

fn judge_memory(part: &mut Part, info: Info) {
    let policy = info.text("maxmemory_policy");
    if policy != "noeviction" {
        part.problem(
            "policy",
            format!("maxmemory-policy is {policy}: near its limit it throws away sessions, queues and locks"),
            "CONFIG SET maxmemory-policy noeviction, and the same in its file (deploy/redis).",
        );
    }
    let (used, limit, machine) =
        (info.number("used_memory"), info.number("maxmemory"), info.number("total_system_memory"));
    if limit == 0 {
        part.warning(
            "memory",
            "it has no memory limit: it grows until the kernel kills it",
            "CONFIG SET maxmemory to two thirds of the machine's memory, and the same in its file.",
        );
        return;
    }
    if machine > 0 && limit > machine {
        part.problem(
            "memory",
            format!("maxmemory is {}, and the machine has {}", size(limit), size(machine)),
            "CONFIG SET maxmemory to two thirds of the machine's memory, and the same in its file.",
        );
    }
    // Bytes of any Redis fit an f64 exactly.
    #[expect(clippy::cast_precision_loss, reason = "a share to two digits")]
    let share = used as f64 / limit as f64;
    let found = format!("{} of {} are used", size(used), size(limit));
    let mend = "CONFIG SET maxmemory higher if the machine has room, add masters, or find out what grows \
                (deploy/runbook/HamdamRedisMemoryHigh.md).";
    if share >= TOO_MUCH {
        part.problem("memory", found, mend);
    } else if share >= MUCH {
        part.warning("memory", found, mend);
    }
}

fn judge_persistence(part: &mut Part, server: &Examined, info: Info) {
    if info.text("aof_enabled") == "0" {
        part.problem(
            "persistence",
            "it keeps no append-only file: a restart forgets what was acknowledged",
            "CONFIG SET appendonly yes, and the same in its file (deploy/redis).",
        );
        return;
    }
    for name in ["aof_last_write_status", "aof_last_bgrewrite_status"] {
        let status = info.text(name);
        if !status.is_empty() && status != "ok" {
            part.problem(
                "persistence",
                format!("{name} is {status}"),
                "Look at its log: the disk is full, or it cannot fork (vm.overcommit_memory=1).",
            );
        }
    }
    if server.settings.get("appendfsync").is_some_and(|fsync| fsync == "no") {
        part.problem(
            "persistence",
            "appendfsync is no: a power failure forgets half a minute",
            "CONFIG SET appendfsync everysec, or always, and the same in its file.",
        );
    }
}

fn judge_replicas(part: &mut Part, info: Info, examination: &Examination, settings: &RedisSettings) {
    let role = info.text("role");
    if role != "master" {
        part.problem(
            "role",
            format!("it is a {role}"),
            "Point REDIS_URL at the master, or use REDIS_SENTINELS.",
        );
        return;
    }
    let replicas = info.number("connected_slaves");
    let online =
        info.0.iter().filter(|(name, value)| name.starts_with("slave") && value.contains("state=online"));
    let online = online.count() as u64;
    let fails_over =
        examination.cluster.is_some() || matches!(settings.servers, RedisServers::Sentinel { .. });
    if fails_over && online == 0 {
        part.problem(
            "replicas",
            "it has no replica: when it is lost, so are its users, and enough failing chats stall a whole bot",
            "Give every master a replica on another machine (deploy/redis).",
        );
    } else if online < u64::from(settings.wait_replicas) {
        part.problem(
            "replicas",
            format!("{online} replicas follow it, and REDIS_WAIT_REPLICAS is {}", settings.wait_replicas),
            "Every update is answered 503 until they follow: start them, or lower it.",
        );
    } else if settings.wait_replicas > 0 && online == u64::from(settings.wait_replicas) {
        part.warning(
            "replicas",
            format!("{online} replicas follow it, and REDIS_WAIT_REPLICAS asks for all of them"),
            "While one is away, every update is answered 503: give it one replica more, or lower it.",
        );
    } else if online < replicas {
        part.warning(
            "replicas",
            format!("{online} of {replicas} replicas are up to date"),
            "Wait, or look at their logs.",
        );
    }
}

fn judge_time(part: &mut Part, server: &Examined) {
    let ahead = server.clock_ahead;
    let found = format!("its clock differs from this machine's by {:.1} s", seconds(ahead.abs()));
    let mend = "Let both follow a time server (systemd-timesyncd, chrony).";
    if ahead.abs() >= CLOCK_WRONG {
        part.problem("clock", found, mend);
    } else if ahead.abs() >= CLOCK_OFF {
        part.warning("clock", found, mend);
    }
    let (median, longest) = server.round_trip;
    let found = format!(
        "a round trip takes {:.0} ms, {:.0} ms at most",
        median.as_secs_f64() * 1_000.0,
        longest.as_secs_f64() * 1_000.0
    );
    let mend =
        "A relayed message takes two: bring instances and Redis together, and look at its CPU (SLOWLOG GET).";
    if median >= TOO_SLOW {
        part.problem("latency", found, mend);
    } else if median >= SLOW {
        part.warning("latency", found, mend);
    }
}

fn judge_cluster(info: &BTreeMap<String, String>) -> Vec<Finding> {
    let info = Info(info);
    let mut part = Part::new("redis cluster");
    let (state, slots) = (info.text("cluster_state"), info.number("cluster_slots_ok"));
    if state != "ok" {
        part.problem(
            "cluster",
            format!("its state is {state}"),
            "redis-cli --cluster check, then --cluster fix.",
        );
    }
    if slots < 16_384 {
        part.problem(
            "cluster",
            format!("{slots} of 16384 slots are served: the users of the others get 503"),
            "Start the masters that are missing, or redis-cli --cluster fix.",
        );
    }
    part.end(format!("{} nodes, every slot is served", info.text("cluster_known_nodes")))
}

/// `INFO` as read.
#[derive(Clone, Copy)]
struct Info<'a>(&'a BTreeMap<String, String>);

impl Info<'_> {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn number(self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or_default()
    }
}

/// Milliseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{} kB", bytes >> 10),
        megabytes => format!("{megabytes} MB"),
    }
}
