//! Where live state is.

use std::fmt;

use hamdam_state::redis::{RedisServers, RedisSettings};
use secrecy::SecretString;

use super::{Settings, url};

/// Live state.
#[derive(Clone, Debug)]
pub enum LiveState {
    /// In this process's memory: one instance, nothing kept over a restart.
    Embedded,
    /// In Redis, shared by the fleet.
    Redis(RedisSettings),
}

/// A server's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Host name or address (IPv6 without brackets).
    pub host: String,
    /// Port.
    pub port: u16,
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "[{}]:{}", self.host, self.port);
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl Node {
    /// Reads `host[:port]`, IPv6 in brackets.
    #[must_use]
    pub fn parse(text: &str, default_port: u16) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']')?;
                (host, port.strip_prefix(':'))
            }
            None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(default_port), |port| port.parse().ok().filter(|port| *port != 0))?;
        let fits = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || "/@,".contains(c));
        fits.then(|| Self { host: host.to_owned(), port })
    }

    /// Reads a host name or address alone.
    #[must_use]
    pub fn parse_host(text: &str) -> Option<String> {
        // A port that is given is never 0, so 0 is left only where none was.
        Self::parse(text, 0).filter(|node| node.port == 0).map(|node| node.host)
    }

    /// Reads a list of nodes separated by commas; none is no list.
    #[must_use]
    pub fn parse_list(text: &str, default_port: u16) -> Option<Vec<Self>> {
        let nodes: Option<Vec<_>> = text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| Self::parse(item, default_port))
            .collect();
        nodes.filter(|nodes| !nodes.is_empty())
    }
}

/// The variables of which one must say where Redis is.
const PLACES: [&str; 4] = ["REDIS_URL", "REDIS_HOST", "REDIS_NODES", "REDIS_SENTINELS"];

struct Address {
    node: Node,
    database: Option<u8>,
    username: Option<String>,
    password: Option<SecretString>,
    tls: bool,
}

impl LiveState {
    /// Reads the section. A fleet must be told where its Redis is, and a lonely process that it is meant to be one:
    /// a misspelt host must not make three lonely worlds.
    pub fn read(settings: &mut Settings, embedded: bool, shards: u16) -> Self {
        match (embedded, settings.first_given(&PLACES)) {
            (true, None) => Self::Embedded,
            (true, Some(name)) => {
                settings.mistake(
                    name,
                    "is given together with --embedded",
                    "Keep one: --embedded holds its state in memory and asks no Redis.",
                );
                Self::Embedded
            }
            (false, None) => {
                settings.mistake("REDIS_URL", "is not set", "Set it, such as redis://127.0.0.1:6379; or pass --embedded to run one process alone, its state in memory.");
                Self::Embedded
            }
            (false, Some(_)) => Self::Redis(read_redis(settings, shards)),
        }
    }
}

impl LiveState {
    /// Reads the section for a command that looks at a running fleet from outside.
    pub fn of_fleet(settings: &mut Settings, shards: u16) -> RedisSettings {
        if settings.first_given(&PLACES).is_none() {
            settings.mistake(
                "REDIS_URL",
                "is not set",
                "Set it as the fleet has it, such as redis://127.0.0.1:6379.",
            );
        }
        read_redis(settings, shards)
    }
}

fn read_redis(settings: &mut Settings, shards: u16) -> RedisSettings {
    let address = read_address(settings);
    let cluster = settings.yes_or_no("REDIS_CLUSTER_MODE");
    let database = read_database(settings, cluster, address.database);
    if address.password.is_some() && settings.has("REDIS_PASSWORD") {
        settings.mistake(
            "REDIS_PASSWORD",
            "is given, and REDIS_URL holds a password too",
            "Keep one of the two.",
        );
    }
    RedisSettings {
        username: address.username,
        password: address.password.or_else(|| settings.secret("REDIS_PASSWORD")),
        tls: address.tls,
        shards,
        max_connections: settings.whole("REDIS_MAX_CONNECTIONS", 2..=1_000),
        wait_replicas: settings.whole("REDIS_WAIT_REPLICAS", 0..=10),
        ..RedisSettings::new(read_servers(settings, address.node, cluster, database))
    }
}

/// `REDIS_URL`, or host and port.
fn read_address(settings: &mut Settings) -> Address {
    let port = read_port(settings);
    if settings.has("REDIS_URL") && settings.has("REDIS_HOST") {
        settings.mistake("REDIS_HOST", "is given, and so is REDIS_URL", "Keep one of the two.");
    }
    let mend = "Write redis://[user:password@]host[:port][/database], or rediss:// for TLS.";
    let from_url = settings.parsed("REDIS_URL", mend, parse_url);
    let mend = "Give a host name or address alone; the port goes into REDIS_PORT.";
    let from_host =
        settings.parsed("REDIS_HOST", mend, |text| Node::parse(text, 0).filter(|node| node.port == 0));
    let node = from_host.map_or(Node { host: "localhost".into(), port }, |node| Node { port, ..node });
    from_url.unwrap_or(Address { node, database: None, username: None, password: None, tls: false })
}

/// Kubernetes writes `REDIS_PORT=tcp://10.0.0.1:6379` into every pod beside a service named "redis".
fn read_port(settings: &mut Settings) -> u16 {
    if settings.text("REDIS_PORT").is_some_and(|text| text.starts_with("tcp://")) {
        settings.wrong("REDIS_PORT", "Kubernetes set it for a service named redis: set enableServiceLinks: false in the pod, or rename the service.");
        return 6379;
    }
    settings.whole("REDIS_PORT", 1..=u16::MAX)
}

fn parse_url(text: &str) -> Option<Address> {
    let url = url::parse(text, &["redis", "rediss"])?;
    let database = match url.path().trim_matches('/') {
        "" => None,
        number => Some(number.parse().ok()?),
    };
    let decoded = |text: &str| percent_decoded(text).filter(|text| !text.is_empty());
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    Some(Address {
        node: Node { host, port: url.port().unwrap_or(6379) },
        database,
        username: decoded(url.username()),
        password: url.password().and_then(decoded).map(Into::into),
        tls: url.scheme() == "rediss",
    })
}

/// Undoes percent-encoding (RFC 3986, 2.1).
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, after) = match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |b: &u8| char::from(*b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                (digit(high)? << 4 | digit(low)?, after)
            }
            _ => (*first, tail),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

fn read_servers(settings: &mut Settings, single: Node, cluster: bool, database: u8) -> RedisServers {
    let mend = "Give node1:6379,node2:6379,…";
    let nodes = settings.parsed("REDIS_NODES", mend, |text| Node::parse_list(text, 6379));
    let mend = "Give sentinel1:26379,sentinel2:26379,…";
    let sentinels = settings.parsed("REDIS_SENTINELS", mend, |text| Node::parse_list(text, 26379));
    let master = settings.text("REDIS_SENTINEL_MASTER");
    if settings.has("REDIS_NODES") && !cluster {
        settings.mistake(
            "REDIS_NODES",
            "is given, but REDIS_CLUSTER_MODE is not true",
            "Set REDIS_CLUSTER_MODE=true, or name one server in REDIS_URL.",
        );
    }
    if settings.has("REDIS_SENTINELS") && cluster {
        settings.mistake(
            "REDIS_SENTINELS",
            "is given together with REDIS_CLUSTER_MODE",
            "Keep one: a Cluster fails over by itself.",
        );
    }
    if settings.has("REDIS_SENTINELS") != master.is_some() {
        settings.mistake(
            "REDIS_SENTINELS and REDIS_SENTINEL_MASTER",
            "must be given together",
            "Name the Sentinels and the master they watch.",
        );
    }
    let pairs = |nodes: Vec<Node>| nodes.into_iter().map(|node| (node.host, node.port)).collect();
    match (cluster, sentinels, master) {
        (true, ..) => RedisServers::Cluster { nodes: pairs(nodes.unwrap_or_else(|| vec![single])) },
        (false, Some(sentinels), Some(master)) => {
            RedisServers::Sentinel { sentinels: pairs(sentinels), master, database }
        }
        (false, ..) => RedisServers::Single { server: (single.host, single.port), database },
    }
}

fn read_database(settings: &mut Settings, cluster: bool, from_url: Option<u8>) -> u8 {
    let given: u8 = settings.whole("REDIS_DB", 0..=u8::MAX);
    if settings.has("REDIS_DB") && from_url.is_some_and(|database| database != given) {
        settings.mistake(
            "REDIS_DB",
            format!("is {given}, but REDIS_URL names another database"),
            "Keep one of the two.",
        );
    }
    let database = from_url.unwrap_or(given);
    if database != 0 && cluster {
        settings.mistake(
            "REDIS_DB",
            format!("is {database}, but Redis Cluster has only database 0"),
            "Set it to 0, or remove it.",
        );
        return 0;
    }
    database
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_read_with_and_without_port() {
        let node = |host: &str, port| Some(Node { host: host.into(), port });
        assert_eq!(Node::parse("a", 6379), node("a", 6379));
        assert_eq!(Node::parse("a:1", 6379), node("a", 1));
        assert_eq!(Node::parse("[::1]:2", 6379), node("::1", 2));
        assert_eq!(Node::parse("[::1]", 6379), node("::1", 6379));
        for wrong in ["", "a:", "a:0", "a:70000", "a b", "::1", "redis://a", "u@a"] {
            assert_eq!(Node::parse(wrong, 6379), None, "{wrong:?}");
        }
    }

    #[test]
    fn percent_decoding_keeps_what_is_no_escape() {
        assert_eq!(percent_decoded("p%40ss%2F").as_deref(), Some("p@ss/"));
        assert_eq!(percent_decoded("100%").as_deref(), Some("100%"));
        assert_eq!(percent_decoded("%zz"), None);
    }
}
