//! What the database must be like.

use std::collections::BTreeMap;
use std::time::Duration;

use hamdam_archive::{Archive, ArchiveError, Cover, Examination, Schema};

use super::finding::{Finding, Part};
use crate::config::Database;

/// Connections the server keeps for others than the fleet: an administrator, backups, monitoring.
const SPARE: u64 = 5;

/// Instances make partitions for the next seven days, every day one: a few days without are no harm yet.
const PARTITIONS_AHEAD: Duration = Duration::from_hours(48);

/// What MySQL and MariaDB say when all connections are taken (error 1040).
const EXHAUSTED: &str = "Too many connections";

/// How long a beat may be under way to a replica that is well.
const BEAT_TRAVELS: Duration = Duration::from_secs(1);

/// Asks each database, and judges what it answers.
pub(in super::super) async fn examine(config: &Database, instances: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (database, number) in config.each().zip(1..) {
        let mut part =
            Part::new(if number == 1 { "database".to_owned() } else { format!("database {number}") });
        if number == 1 {
            judge_places(&mut part, config).await;
        }
        let well = examine_one(&mut part, &database, instances).await;
        findings.extend(part.end(well));
    }
    findings
}

/// Whether they are those of one record, in their order.
async fn judge_places(part: &mut Part, config: &Database) {
    let archive = Archive::open(for_a_look(config));
    // Whatever else is wrong is found as each is looked at.
    if let Err(ArchiveError::Misplaced { address, found, mend }) = archive.check_places().await {
        part.problem("place", format!("{address} {found}"), mend);
    }
    archive.close().await;
}

/// One connection is enough for a look, and the fleet may need the others.
fn for_a_look(config: &Database) -> hamdam_archive::Settings {
    hamdam_archive::Settings { pool_size: 1, max_overflow: 0, ..config.settings() }
}

/// Answers how it is if nothing is wrong with it.
async fn examine_one(part: &mut Part, config: &Database, instances: usize) -> String {
    let archive = Archive::open(for_a_look(config));
    let well = match (archive.schema().await, archive.examine().await) {
        (Err(error), _) | (_, Err(error)) => {
            unusable(part, error);
            String::new()
        }
        (Ok(schema), Ok(examination)) => {
            judge_schema(part, schema);
            if let Some(examination) = examination {
                judge(part, &examination, config, instances);
                judge_replicas(part, &archive).await;
                for (name, variables) in archive.examine_replicas().await {
                    let server = format!("the replica {name}");
                    judge_connections(part, &server, &variables, config, instances);
                }
                format!("{}, schema {}", version(&examination), schema.applied)
            } else {
                judge_sqlite(part, instances);
                format!("SQLite, schema {}", schema.applied)
            }
        }
    };
    archive.close().await;
    well
}

fn unusable(part: &mut Part, error: ArchiveError) {
    let mend = match &error {
        ArchiveError::Unmigrated { .. } => "Run `hamdam migrate`.",
        ArchiveError::Denied { .. } => "Check user, password and grants.",
        ArchiveError::Unavailable { source, .. } if source.to_string().contains(EXHAUSTED) => {
            "Lower DB_POOL_SIZE and DB_MAX_OVERFLOW of the instances, or raise max_connections. Chats go on meanwhile; the record waits in Redis."
        }
        _ => {
            "Start it, or mend its address (DATABASE_URL, MYSQL_SHARD_URLS). Chats go on meanwhile; the record waits in Redis."
        }
    };
    part.problem("connection", format!("{:#}", anyhow::Error::new(error)), mend);
}

fn judge_schema(part: &mut Part, schema: Schema) {
    if !schema.suffices() {
        let found = format!("its schema is {}, and this version needs {}", schema.applied, schema.carried);
        part.problem("schema", found, "Run `hamdam migrate`.");
    }
}

/// Two looks: the first one's beat has a moment to come through.
async fn judge_replicas(part: &mut Part, archive: &Archive) {
    for _ in 0..2 {
        if archive.replicas().is_empty() || archive.look_at_replicas().await.is_err() {
            return;
        }
        tokio::time::sleep(BEAT_TRAVELS).await;
    }
    for replica in archive.replicas().into_iter().filter(|replica| !replica.fit) {
        let found = match replica.lag {
            Some(lag) => format!("the replica {} lags {} s behind", replica.name, lag.as_secs()),
            None => format!("the replica {} does not answer, or has not this database", replica.name),
        };
        part.warning("replica", found, "Mend its replication. Reads go to the primary meanwhile.");
    }
}

fn judge_sqlite(part: &mut Part, instances: usize) {
    if instances > 1 {
        part.problem(
            "server",
            format!("{instances} instances live, and each would write a SQLite file of its own"),
            "Use MySQL or MariaDB: DATABASE_URL=mysql://…",
        );
    }
}

fn judge(part: &mut Part, examination: &Examination, config: &Database, instances: usize) {
    judge_version(part, examination);
    judge_connections(part, "the server", &examination.variables, config, instances);
    for index in &examination.missing_indexes {
        part.problem(
            "indexes",
            format!("the index {index} is missing: a query reads whole tables"),
            "Create it as migrations/mysql has it.",
        );
    }
    judge_partitions(part, &examination.partitions);
    judge_session(part, examination);
}

/// They are made by the instance that holds the first shard, a week ahead.
fn judge_partitions(part: &mut Part, cover: &Cover) {
    if !cover.made {
        part.warning(
            "partitions",
            "the table messages has none: what is too old is deleted row by row",
            "Cut it as migrations/mysql/0010_partitions.sql does, in a quiet hour.",
        );
    } else if !cover.takes_all {
        part.problem(
            "partitions",
            "the table messages refuses rows beyond its last partition",
            "ALTER TABLE messages ADD PARTITION (PARTITION pmax VALUES LESS THAN MAXVALUE).",
        );
    } else if cover.ahead < PARTITIONS_AHEAD {
        part.warning(
            "partitions",
            format!(
                "partitions of messages are made for {} hours from now on",
                cover.ahead.as_secs() / 3_600
            ),
            "The instances' account needs CREATE, ALTER and DROP on messages; their logs say why it fails.",
        );
    }
}

fn version(examination: &Examination) -> String {
    let version = variable(examination, "version");
    if version.contains("MariaDB") { version.to_owned() } else { format!("MySQL {version}") }
}

fn judge_version(part: &mut Part, examination: &Examination) {
    let text = variable(examination, "version");
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse().unwrap_or(0_u32));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let oldest = if text.contains("MariaDB") { (10, 6) } else { (8, 0) };
    if found < oldest {
        part.problem(
            "version",
            format!("it is version {text}"),
            "Hamdam needs MySQL 8 or MariaDB 10.6, or later.",
        );
    }
}

/// Every instance may open all that its pool allows, at once, when the database comes back after an outage. For each replica
/// it has as large a pool.
fn judge_connections(
    part: &mut Part,
    server: &str,
    variables: &BTreeMap<String, String>,
    config: &Database,
    instances: usize,
) {
    let allowed = variables.get("max_connections").and_then(|text| text.parse().ok()).unwrap_or(u64::MAX);
    let each = u64::from(config.pool_size) + u64::from(config.max_overflow);
    let instances = u64::try_from(instances.max(1)).unwrap_or(u64::MAX);
    let wanted = instances.saturating_mul(each);
    if wanted.saturating_add(SPARE) > allowed {
        part.problem(
            "connections",
            format!(
                "{instances} instances may open {wanted} connections ({each} each: DB_POOL_SIZE + DB_MAX_OVERFLOW), \
                 and max_connections of {server} is {allowed}"
            ),
            format!("SET GLOBAL max_connections = {}, or smaller pools.", wanted + 2 * SPARE),
        );
    }
}

/// Every session of ours sets itself up. A proxy between may undo that, or hand it to somebody else.
fn judge_session(part: &mut Part, examination: &Examination) {
    let isolation = ["transaction_isolation", "tx_isolation"]
        .map(|name| variable(examination, name))
        .into_iter()
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    let zone = variable(examination, "time_zone");
    let charset = variable(examination, "character_set_connection");
    for (what, found, wanted) in [
        ("isolation", isolation, "READ-COMMITTED"),
        ("time zone", zone, "+00:00"),
        ("charset", charset, "utf8mb4"),
    ] {
        if found != wanted {
            part.problem(
                what,
                format!("a session's {what} is {found} although it was set to {wanted}"),
                "A proxy between does not keep what a session sets: connect past it, or let it pin sessions.",
            );
        }
    }
    let charset = variable(examination, "character_set_database");
    if charset != "utf8mb4" {
        part.warning(
            "charset",
            format!("the database's character set is {charset}: tables of later versions would have it"),
            "ALTER DATABASE … CHARACTER SET utf8mb4 COLLATE utf8mb4_bin.",
        );
    }
    if variable(examination, "read_only") == "ON" {
        part.problem("read only", "it takes no writes", "Point DATABASE_URL at the primary.");
    }
    let flush = variable(examination, "innodb_flush_log_at_trx_commit");
    if flush != "1" {
        part.warning(
            "durability",
            format!("innodb_flush_log_at_trx_commit is {flush}: a power failure forgets rows that the journal has forgotten"),
            "SET GLOBAL innodb_flush_log_at_trx_commit = 1, and the same in its file.",
        );
    }
}

fn variable<'a>(examination: &'a Examination, name: &str) -> &'a str {
    examination.variables.get(name).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use hamdam_domain::pseudonym::Pseudonyms;

    use super::*;
    use crate::commands::doctor::finding::Level;

    fn examination(changes: &[(&str, &str)]) -> Examination {
        let well = [
            ("version", "10.11.6-MariaDB-0+deb12u1"),
            ("max_connections", "151"),
            ("tx_isolation", "READ-COMMITTED"),
            ("time_zone", "+00:00"),
            ("character_set_connection", "utf8mb4"),
            ("character_set_database", "utf8mb4"),
            ("innodb_flush_log_at_trx_commit", "1"),
            ("read_only", "OFF"),
        ];
        let variables =
            well.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Examination {
            variables: variables.collect(),
            connections: 7,
            missing_indexes: Vec::new(),
            partitions: Cover { made: true, takes_all: true, ahead: Duration::from_hours(150) },
        }
    }

    fn config() -> Database {
        Database {
            address: "mysql://u@h/d".parse().unwrap(),
            further: Vec::new(),
            pool_size: 10,
            max_overflow: 5,
            slow: None,
            replicas: Vec::new(),
            pseudonyms: Pseudonyms::default(),
        }
    }

    fn found(examination: &Examination) -> Vec<(&'static str, Level)> {
        let mut part = Part::new("database");
        judge(&mut part, examination, &config(), 3);
        part.end("well").into_iter().map(|finding| (finding.what, finding.level)).collect()
    }

    #[test]
    fn what_a_server_of_ours_cannot_be_made_to_have_is_found_too() {
        assert_eq!(found(&examination(&[])), [("all", Level::Fine)]);
        assert_eq!(found(&examination(&[("version", "8.0.36")])), [("all", Level::Fine)]);
        for (name, value, what, level) in [
            ("version", "5.7.44-log", "version", Level::Problem),
            ("version", "10.5.1-MariaDB", "version", Level::Problem),
            ("max_connections", "49", "connections", Level::Problem),
            ("tx_isolation", "REPEATABLE-READ", "isolation", Level::Problem),
            ("time_zone", "SYSTEM", "time zone", Level::Problem),
            ("character_set_connection", "latin1", "charset", Level::Problem),
            ("character_set_database", "latin1", "charset", Level::Warning),
            ("read_only", "ON", "read only", Level::Problem),
            ("innodb_flush_log_at_trx_commit", "2", "durability", Level::Warning),
        ] {
            assert_eq!(found(&examination(&[(name, value)])), [(what, level)], "{name} {value}");
        }
        assert_eq!(found(&examination(&[("max_connections", "50")])), [("all", Level::Fine)]);
        let well = examination(&[]);
        for (partitions, level) in [
            (Cover { made: false, takes_all: false, ahead: Duration::ZERO }, Level::Warning),
            (Cover { takes_all: false, ..well.partitions }, Level::Problem),
            (Cover { ahead: Duration::from_hours(47), ..well.partitions }, Level::Warning),
        ] {
            assert_eq!(found(&Examination { partitions, ..well.clone() }), [("partitions", level)]);
        }
    }

    #[test]
    fn a_replica_with_too_few_connections_is_named() {
        for (allowed, named) in [("49", true), ("50", false)] {
            let variables = BTreeMap::from([("max_connections".to_owned(), allowed.to_owned())]);
            let mut part = Part::new("database");
            judge_connections(&mut part, "the replica db2:3306", &variables, &config(), 3);
            let findings = part.end("well");
            assert_eq!(findings[0].found.contains("of the replica db2:3306 is 49"), named, "{findings:?}");
        }
    }
}
