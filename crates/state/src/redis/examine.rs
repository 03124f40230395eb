//! Looking at the servers themselves: what they are, how they are set, how they are. Changes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use fred::clients::Client;
use fred::error::Error;
use fred::interfaces::{ClientLike, ClusterInterface};
use fred::types::config::{Config, Server, ServerConfig};
use fred::types::{Builder, ClusterHash, CustomCommand, Value};
use hamdam_domain::clock::{Clock, Millis};

use super::link::translate;
use super::settings::{RedisServers, RedisSettings};
use super::survey::instance;
use crate::error::Result;

/// Round trips that are measured.
const ROUND_TRIPS: usize = 20;
/// What is asked of a server's settings.
const SETTINGS: [&str; 6] =
    ["maxmemory-policy", "maxmemory", "appendonly", "appendfsync", "save", "min-replicas-to-write"];
/// A script with the flag that draining steps have, which servers before version 7 do not know.
const SCRIPT: &str = "#!lua flags=allow-oom\nreturn 1";

/// What is known of live state's servers.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Every server that holds a part of the state, masters alone.
    pub servers: Vec<Examined>,
    /// `CLUSTER INFO`, where they form a Cluster.
    pub cluster: Option<BTreeMap<String, String>>,
    /// Of each Sentinel what it says about a fail-over (`CKQUORUM`), if it can be asked.
    pub sentinels: Vec<(String, std::result::Result<String, String>)>,
    /// `STATE_SHARDS` with which the state was founded, if it was.
    pub shards: Option<u16>,
    /// Instances that live.
    pub instances: usize,
}

/// One server.
#[derive(Clone, Debug)]
pub struct Examined {
    /// `host:port`.
    pub address: String,
    /// `INFO`, line by line.
    pub info: BTreeMap<String, String>,
    /// Its settings, as far as it lets them be read.
    pub settings: BTreeMap<String, String>,
    /// Why scripts do not work, if they do not.
    pub scripts: std::result::Result<(), String>,
    /// By how much its clock is before ours, in milliseconds; as exact as half a round trip.
    pub clock_ahead: i64,
    /// Round trips of a command that does nothing: the median and the longest.
    pub round_trip: (Duration, Duration),
}

/// Asks every server.
pub async fn examine(settings: &RedisSettings, clock: &dyn Clock) -> Result<Examination> {
    let client =
        connect(settings.config(), settings).await.map_err(|error| translate("connect", None, error))?;
    let examined = Box::pin(ask(&client, settings, clock)).await;
    // What does not close now closes with the process.
    let _ = client.quit().await;
    examined.map_err(|error| translate("examine", None, error))
}

async fn connect(
    config: std::result::Result<Config, Error>,
    settings: &RedisSettings,
) -> std::result::Result<Client, Error> {
    let mut builder = Builder::from_config(config?);
    builder.set_connection_config(settings.connection()).set_performance_config(settings.performance());
    let client = builder.build()?;
    client.init().await?;
    Ok(client)
}

async fn ask(
    client: &Client,
    settings: &RedisSettings,
    clock: &dyn Clock,
) -> std::result::Result<Examination, Error> {
    let masters = client.cached_cluster_state().map(|state| state.unique_primary_nodes()).unwrap_or_default();
    let mut servers = Vec::new();
    for master in &masters {
        servers.push(server(&client.with_cluster_node(master), master.to_string(), clock).await?);
    }
    let cluster = if masters.is_empty() {
        servers.push(server(client, address_of(client, settings), clock).await?);
        None
    } else {
        Some(lines(&text(command(client, "CLUSTER", &["INFO"]).await?)))
    };
    let mut sentinels = Vec::new();
    if let RedisServers::Sentinel { sentinels: known, master, .. } = &settings.servers {
        for (host, port) in known {
            let said =
                quorum((host, *port), master, settings).await.map_err(|error| error.details().to_owned());
            sentinels.push((format!("{host}:{port}"), said));
        }
    }
    let shards = command(client, "HGET", &["hd:meta", "shards"]).await?;
    let instances = command(client, "HVALS", &["hd:instances"]).await?;
    let now = servers.first().map_or(0, |server| clock.unix().0 + server.clock_ahead);
    Ok(Examination {
        servers,
        cluster,
        sentinels,
        shards: text(shards).parse().ok(),
        instances: instances
            .into_array()
            .into_iter()
            .filter_map(|told| instance(String::new(), &text(told), Millis(now)))
            .count(),
    })
}

/// Where a server that is no part of a Cluster is.
fn address_of(client: &Client, settings: &RedisSettings) -> String {
    let connected: Option<Server> = client.active_connections().into_iter().next();
    match (connected, &settings.servers) {
        (Some(server), _) => server.to_string(),
        (None, RedisServers::Single { server: (host, port), .. }) => format!("{host}:{port}"),
        (None, _) => "the master".to_owned(),
    }
}

async fn server(
    client: &impl ClientLike,
    address: String,
    clock: &dyn Clock,
) -> std::result::Result<Examined, Error> {
    let info = lines(&text(command(client, "INFO", &[]).await?));
    let mut settings = BTreeMap::new();
    for name in SETTINGS {
        // A service that hides its settings is no outage.
        if let Ok(answer) = command(client, "CONFIG", &["GET", name]).await {
            let value = answer.into_array().into_iter().nth(1).map(text);
            settings.extend(value.map(|value| (name.to_owned(), value)));
        }
    }
    let scripts = command(client, "EVAL", &[SCRIPT, "0"]).await;
    let mut round_trips = Vec::new();
    for _ in 0..ROUND_TRIPS {
        let begun = clock.monotonic();
        command(client, "PING", &[]).await?;
        round_trips.push(clock.monotonic().saturating_sub(begun));
    }
    round_trips.sort_unstable();
    Ok(Examined {
        address,
        info,
        settings,
        scripts: scripts.map(drop).map_err(|error| error.details().to_owned()),
        clock_ahead: clock_ahead(client, clock).await?,
        round_trip: (round_trips[ROUND_TRIPS / 2], round_trips[ROUND_TRIPS - 1]),
    })
}

async fn clock_ahead(client: &impl ClientLike, clock: &dyn Clock) -> std::result::Result<i64, Error> {
    let before = clock.unix().0;
    let told = command(client, "TIME", &[]).await?.into_array();
    let after = clock.unix().0;
    let mut parts = told.into_iter().map(|part| text(part).parse::<i64>().unwrap_or_default());
    let (seconds, micros) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    Ok(seconds * 1_000 + micros / 1_000 - before.midpoint(after))
}

/// What a Sentinel says about a fail-over.
async fn quorum(
    (host, port): (&str, u16),
    master: &str,
    settings: &RedisSettings,
) -> std::result::Result<String, Error> {
    // Sentinels have passwords of their own, and none here.
    let config = Config { server: ServerConfig::new_centralized(host, port), ..Config::default() };
    let client = connect(Ok(config), settings).await?;
    let said = command(&client, "SENTINEL", &["CKQUORUM", master]).await;
    // What does not close now closes with the process.
    let _ = client.quit().await;
    said.map(text)
}

async fn command(
    client: &impl ClientLike,
    name: &'static str,
    arguments: &[&str],
) -> std::result::Result<Value, Error> {
    // By its first key where it has one; commands about the server have none.
    let command = CustomCommand::new_static(name, ClusterHash::FirstKey, false);
    client.custom(command, arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>()).await
}

fn text(value: Value) -> String {
    value.into_string().unwrap_or_default()
}

/// `name:value` lines; comments and empty lines are none.
fn lines(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.trim().split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
