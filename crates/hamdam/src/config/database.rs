//! Where the durable record is.

use reqwest::Url;
use secrecy::SecretString;

use super::{Node, Settings};

/// The durable record.
#[derive(Clone, Debug)]
pub struct Database {
    /// `mysql://…` or `sqlite:…`.
    pub url: SecretString,
    /// Connections kept open.
    pub pool_size: u32,
    /// Connections opened beyond that under load, and closed again.
    pub max_overflow: u32,
    /// Replicas for reads that may lag.
    pub replicas: Vec<Node>,
}

/// What is used when nothing is given.
const SQLITE: &str = "sqlite:hamdam.db";

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
        }
        let mend = "Give a host name or address alone; the port goes into MYSQL_PORT.";
        let host =
            settings.parsed("MYSQL_HOST", mend, |text| Node::parse(text, 0).filter(|node| node.port == 0));
        let port = settings.whole("MYSQL_PORT", 1..=u16::MAX);
        if let Some(part) = part.filter(|_| !settings.has("MYSQL_HOST")) {
            settings.mistake(part, "is given without MYSQL_HOST", "Set MYSQL_HOST, or use DATABASE_URL.");
        }
        let mend = "Write mysql://user:password@host[:port]/database, or sqlite:FILE.";
        let url = settings.parsed("DATABASE_URL", mend, normalized);
        let composed = host.and_then(|host| compose(settings, &Node { port, ..host }));
        let mend = "Give host[:port],host[:port],…";
        Self {
            url: url.or(composed).unwrap_or_else(|| SQLITE.to_owned()).into(),
            pool_size: settings.whole("DB_POOL_SIZE", 1..=1_000),
            max_overflow: settings.whole("DB_MAX_OVERFLOW", 0..=1_000),
            replicas: settings
                .parsed("MYSQL_REPLICA_HOSTS", mend, |text| Node::parse_list(text, 3306))
                .unwrap_or_default(),
        }
    }
}

/// A database address as the archive takes it: `mariadb:` is `mysql:`.
fn normalized(text: &str) -> Option<String> {
    if let Some(file) = text.strip_prefix("sqlite:") {
        return (!file.trim_start_matches('/').is_empty()).then(|| text.to_owned());
    }
    let rest = text.strip_prefix("mysql://").or_else(|| text.strip_prefix("mariadb://"))?;
    let url = Url::parse(&format!("mysql://{rest}")).ok()?;
    let complete = url.host_str().is_some_and(|host| !host.is_empty()) && url.path().len() > 1;
    complete.then(|| url.into())
}

/// The address of the `MYSQL_` parts; the URL type escapes what user and password hold.
fn compose(settings: &Settings, node: &Node) -> Option<String> {
    let mut url = Url::parse(&format!("mysql://{node}/")).ok()?;
    url.set_username(&settings.text_or_default("MYSQL_USER")).ok()?;
    url.set_password(settings.text("MYSQL_PASSWORD").as_deref()).ok()?;
    url.set_path(&settings.text_or_default("MYSQL_DATABASE"));
    Some(url.into())
}
