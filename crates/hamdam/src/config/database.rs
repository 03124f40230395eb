//! Where the durable record is.

use std::time::Duration;

use hamdam_archive::Address;
use hamdam_domain::pseudonym::Pseudonyms;
use secrecy::ExposeSecret;

use super::{Node, Settings};

/// The durable record.
#[derive(Clone, Debug)]
pub struct Database {
    /// Where it is.
    pub address: Address,
    /// Further databases, for their share of rooms.
    pub further: Vec<Address>,
    /// Connections kept open to each.
    pub pool_size: u32,
    /// Connections to each opened beyond that under load, and closed again.
    pub max_overflow: u32,
    /// What takes so long is logged; `None`: nothing is.
    pub slow: Option<Duration>,
    /// Replicas for reads that may lag.
    pub replicas: Vec<Node>,
    /// Under which ids of who is forgotten become pseudonyms.
    pub pseudonyms: Pseudonyms,
}

/// What is used when nothing is given.
const SQLITE: &str = "hamdam.db";

/// The parts that `DATABASE_URL` replaces; the first is required among them.
const PARTS: [&str; 5] = ["MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE"];

impl Database {
    /// Reads the section: `DATABASE_URL`, or the parts of a MySQL address, or SQLite in the current folder.
    pub fn read(settings: &mut Settings) -> Self {
        let part = settings.first_given(&PARTS);
        if let Some(part) = part.filter(|_| settings.has("DATABASE_URL")) {
            settings.mistake(
                part,
                "is given, and so is DATABASE_URL",
                "Keep DATABASE_URL or the MYSQL_ parts.",
            );
        } else if let Some(part) = part.filter(|_| !settings.has("MYSQL_HOST")) {
            settings.mistake(part, "is given without MYSQL_HOST", "Set MYSQL_HOST, or use DATABASE_URL.");
        }
        let mend = "Write mysql://user:password@host[:port]/database, or sqlite:FILE.";
        let url: Option<Address> = settings.parsed("DATABASE_URL", mend, |text| text.parse().ok());
        let parts = read_parts(settings);
        let address = url.or(parts).unwrap_or_else(|| Address::sqlite(SQLITE));
        let mend = "Give host[:port],host[:port],…";
        Self {
            further: read_further(settings, &address),
            address,
            pool_size: settings.whole("DB_POOL_SIZE", 1..=1_000),
            max_overflow: settings.whole("DB_MAX_OVERFLOW", 0..=1_000),
            slow: match settings.whole("SLOW_QUERY_MS", 0..=3_600_000) {
                0 => None,
                milliseconds => Some(Duration::from_millis(milliseconds)),
            },
            replicas: settings
                .parsed("MYSQL_REPLICA_HOSTS", mend, |text| Node::parse_list(text, 3306))
                .unwrap_or_default(),
            pseudonyms: pseudonyms(settings),
        }
    }

    /// Each by itself, the first one first. Replicas are the first one's.
    pub fn each(&self) -> impl Iterator<Item = Self> + '_ {
        let first = Self { further: Vec::new(), ..self.clone() };
        let alone =
            |address: &Address| Self { address: address.clone(), replicas: Vec::new(), ..first.clone() };
        let further: Vec<_> = self.further.iter().map(alone).collect();
        std::iter::once(first).chain(further)
    }

    /// Where they are, without users and passwords.
    #[must_use]
    pub fn addresses(&self) -> String {
        let all = std::iter::once(&self.address).chain(&self.further);
        all.map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// As the archive takes it.
    #[must_use]
    pub fn settings(&self) -> hamdam_archive::Settings {
        hamdam_archive::Settings {
            further: self.further.clone(),
            pool_size: self.pool_size,
            max_overflow: self.max_overflow,
            slow: self.slow,
            replicas: self.replicas.iter().map(|node| (node.host.clone(), node.port)).collect(),
            pseudonyms: self.pseudonyms.clone(),
            ..hamdam_archive::Settings::new(self.address.clone())
        }
    }
}

/// The addresses of `MYSQL_SHARD_URLS`, beside the first.
fn read_further(settings: &mut Settings, first: &Address) -> Vec<Address> {
    const NAME: &str = "MYSQL_SHARD_URLS";
    let text = settings.text(NAME).unwrap_or_default();
    if !text.is_empty() && !first.is_mysql() {
        let mend =
            "Name the first in DATABASE_URL=mysql://… or MYSQL_HOST, or leave this out: SQLite is one file.";
        settings.mistake(NAME, "is given without a first database on MySQL", mend);
        return Vec::new();
    }
    let mut further: Vec<Address> = Vec::new();
    let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    for (part, number) in parts.zip(1..) {
        match part.parse::<Address>().ok().filter(Address::is_mysql) {
            None => {
                let mend = "Write mysql://user:password@host[:port]/database, with commas between; a comma within a password \
                            is %2C.";
                settings.mistake(NAME, format!("holds a malformed address (number {number})"), mend);
            }
            Some(address)
                if further.iter().chain([first]).any(|other| other.to_string() == address.to_string()) =>
            {
                let mend =
                    "Name each database once: the first in DATABASE_URL or MYSQL_HOST, the others here.";
                settings.mistake(NAME, format!("names {address} again"), mend);
            }
            Some(address) => further.push(address),
        }
    }
    further
}

fn pseudonyms(settings: &Settings) -> Pseudonyms {
    let key = settings.secret("FORGET_SECRET").or_else(|| settings.secret("WEBHOOK_SECRET"));
    Pseudonyms::new(key.as_ref().map_or("", |key| key.expose_secret()))
}

/// The address of the `MYSQL_` parts.
fn read_parts(settings: &mut Settings) -> Option<Address> {
    let port = settings.whole("MYSQL_PORT", 1..=u16::MAX);
    let mend = "Give a host name or address alone; the port goes into MYSQL_PORT.";
    let host = settings.parsed("MYSQL_HOST", mend, Node::parse_host)?;
    let (user, database) =
        (settings.text_or_default("MYSQL_USER"), settings.text_or_default("MYSQL_DATABASE"));
    Some(Address::mysql(&host, port, &user, settings.text("MYSQL_PASSWORD").as_deref(), &database))
}
