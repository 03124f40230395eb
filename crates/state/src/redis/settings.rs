//! How to reach Redis.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fred::types::config::{
    Config, ConnectionConfig, PerformanceConfig, ReconnectPolicy, ServerConfig, TcpConfig, TlsConnector,
    UnresponsiveConfig,
};
use hamdam_domain::rules::Rules;
use secrecy::{ExposeSecret, SecretString};

/// Which Redis servers there are. Each is a host name or address (IPv6 without brackets) and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedisServers {
    /// One server.
    Single {
        /// The server.
        server: (String, u16),
        /// Its database number.
        database: u8,
    },
    /// Redis Cluster; these nodes are asked for the others.
    Cluster {
        /// Some of its nodes.
        nodes: Vec<(String, u16)>,
    },
    /// Sentinels that know the master of this name.
    Sentinel {
        /// The Sentinels.
        sentinels: Vec<(String, u16)>,
        /// The master's name.
        master: String,
        /// The master's database number.
        database: u8,
    },
}

/// Told of every step: its name and how long it took, from the call to the answer.
pub type Observer = Arc<dyn Fn(&'static str, Duration) + Send + Sync>;

/// How [`super::RedisState`] is built.
#[derive(Clone)]
pub struct RedisSettings {
    /// Where.
    pub servers: RedisServers,
    /// User, if access lists are used.
    pub username: Option<String>,
    /// Password.
    pub password: Option<SecretString>,
    /// Whether to speak TLS, with the certificates the system trusts.
    pub tls: bool,
    /// Shards users are spread over (`STATE_SHARDS`), 1 to 16,384.
    pub shards: u16,
    /// Connections of this instance at most, the one that listens for rings included; 2 are the least.
    pub max_connections: usize,
    /// Replicas that must have a write before a step answers (`REDIS_WAIT_REPLICAS`).
    pub wait_replicas: u32,
    /// For so long it is remembered whom a user met (`NOT_AGAIN_HOURS`), in whole seconds; of those the newest
    /// [`Met::MOST`](hamdam_domain::ticket::Met::MOST).
    pub not_again_for: Duration,
    /// A step that has no answer by then is `Unavailable`.
    pub timeout: Duration,
    /// Connected for so long, it believes that an instance nobody hears is dead: longer than a connection that broke with
    /// the server's takes to come back ([`reconnecting`]).
    pub believes_after: Duration,
    /// Told of every step.
    pub observer: Option<Observer>,
    /// For tests: sends every script twice and takes the second answer, as the client may when a connection breaks.
    pub send_twice: bool,
}

impl RedisSettings {
    /// Settings with the default of every other field: one second until a step counts as unanswered, five until an
    /// instance that is not heard is believed to be dead, 64 shards, 16 connections, a day until the same two may meet again.
    pub fn new(servers: RedisServers) -> Self {
        Self {
            servers,
            username: None,
            password: None,
            tls: false,
            shards: 64,
            max_connections: 16,
            wait_replicas: 0,
            not_again_for: Rules::default().not_again_for,
            timeout: Duration::from_secs(1),
            believes_after: Duration::from_secs(5),
            observer: None,
            send_twice: false,
        }
    }

    pub(super) fn config(&self) -> Result<Config, fred::error::Error> {
        let password = self.password.as_ref().map(|password| password.expose_secret().to_owned());
        let (server, database) = match &self.servers {
            RedisServers::Single { server: (host, port), database } => {
                (ServerConfig::new_centralized(host.clone(), *port), Some(*database))
            }
            RedisServers::Cluster { nodes } => (ServerConfig::new_clustered(nodes.clone()), None),
            RedisServers::Sentinel { sentinels, master, database } => {
                (ServerConfig::new_sentinel(sentinels.clone(), master.clone()), Some(*database))
            }
        };
        Ok(Config {
            username: self.username.clone(),
            password,
            server,
            database: database.filter(|number| *number != 0),
            tls: if self.tls { Some(TlsConnector::default_rustls()?.into()) } else { None },
            ..Config::default()
        })
    }

    pub(super) fn connection(&self) -> ConnectionConfig {
        ConnectionConfig {
            connection_timeout: self.timeout,
            internal_command_timeout: self.timeout,
            max_command_buffer_len: BUFFERED_COMMANDS,
            reconnect_on_auth_error: true,
            // A server that hangs, or a network that swallows: steps fail by their own time limit, and a connection
            // that stays silent for some of those is opened anew.
            unresponsive: UnresponsiveConfig {
                max_timeout: Some(self.timeout * 3),
                interval: self.timeout / 2,
            },
            tcp: TcpConfig {
                nodelay: Some(true),
                keepalive: Some(fred::socket2::TcpKeepalive::new().with_time(KEEPALIVE)),
                ..TcpConfig::default()
            },
            ..ConnectionConfig::default()
        }
    }

    pub(super) fn performance(&self) -> PerformanceConfig {
        PerformanceConfig {
            default_command_timeout: self.timeout,
            broadcast_channel_capacity: RINGS_KEPT,
            ..PerformanceConfig::default()
        }
    }
}

/// Commands that may wait for a connection; more are refused at once.
const BUFFERED_COMMANDS: usize = 20_000;
/// Silence after which a connection is probed.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// Rings kept for a slow listener; the poll each second catches what it loses.
pub(super) const RINGS_KEPT: usize = 1_024;

/// For ever: after 50 ms, then twice as long each time up to a second, with some chance so that a fleet does not come
/// back in step.
pub(super) fn reconnecting() -> ReconnectPolicy {
    let mut policy = ReconnectPolicy::new_exponential(0, 50, 1_000, 2);
    policy.set_jitter(50);
    policy
}

impl fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSettings")
            .field("servers", &self.servers)
            .field("tls", &self.tls)
            .field("shards", &self.shards)
            .field("max_connections", &self.max_connections)
            .field("wait_replicas", &self.wait_replicas)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
