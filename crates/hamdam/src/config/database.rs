//! Where the durable record is.

use hamdam_archive::Address;

use super::{Node, Settings};

/// The durable record.
#[derive(Clone, Debug)]
pub struct Database {
    /// Where it is.
    pub address: Address,
    /// Connections kept open.
    pub pool_size: u32,
    /// Connections opened beyond that under load, and closed again.
    pub max_overflow: u32,
    /// Replicas for reads that may lag.
    pub replicas: Vec<Node>,
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
        let mend = "Give host[:port],host[:port],…";
        Self {
            address: url.or(parts).unwrap_or_else(|| Address::sqlite(SQLITE)),
            pool_size: settings.whole("DB_POOL_SIZE", 1..=1_000),
            max_overflow: settings.whole("DB_MAX_OVERFLOW", 0..=1_000),
            replicas: settings
                .parsed("MYSQL_REPLICA_HOSTS", mend, |text| Node::parse_list(text, 3306))
                .unwrap_or_default(),
        }
    }

    /// As the archive takes it.
    #[must_use]
    pub fn settings(&self) -> hamdam_archive::Settings {
        hamdam_archive::Settings {
            pool_size: self.pool_size,
            max_overflow: self.max_overflow,
            ..hamdam_archive::Settings::new(self.address.clone())
        }
    }
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
