//! What the database must be like.

use hamdam_archive::{Archive, ArchiveError, Examination, Schema};

use super::finding::{Finding, Part};
use crate::config::Database;

/// Connections the server keeps for others than the fleet: an administrator, backups, monitoring.
const SPARE: u64 = 5;

/// Asks the database, and judges what it answers.
pub(super) async fn examine(config: &Database, instances: usize) -> Vec<Finding> {
    // One connection is enough for a look, and the fleet may need the others.
    let settings = hamdam_archive::Settings { pool_size: 1, max_overflow: 0, ..config.settings() };
    let archive = Archive::open(settings);
    let mut part = Part::new("database");
    let well = match (archive.schema().await, archive.examine().await) {
        (Err(error), _) | (_, Err(error)) => {
            unusable(&mut part, error);
            String::new()
        }
        (Ok(schema), Ok(examination)) => {
            judge_schema(&mut part, schema);
            if let Some(examination) = examination {
                judge(&mut part, &examination, config, instances);
                format!("{}, schema {}", version(&examination), schema.applied)
            } else {
                judge_sqlite(&mut part, instances);
                format!("SQLite, schema {}", schema.applied)
            }
        }
    };
    archive.close().await;
    part.end(well)
}

fn unusable(part: &mut Part, error: ArchiveError) {
    let mend = match &error {
        ArchiveError::Unmigrated { .. } => "Run `hamdam migrate`.",
        ArchiveError::Denied { .. } => "Check user, password and grants.",
        _ => "Start it, or mend DATABASE_URL. Chats go on meanwhile; the record waits in Redis.",
    };
    part.problem("connection", format!("{:#}", anyhow::Error::new(error)), mend);
}

fn judge_schema(part: &mut Part, schema: Schema) {
    if !schema.suffices() {
        let found = format!("its schema is {}, and this version needs {}", schema.applied, schema.carried);
        part.problem("schema", found, "Run `hamdam migrate`.");
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
    judge_connections(part, examination, config, instances);
    for index in &examination.missing_indexes {
        part.problem(
            "indexes",
            format!("the index {index} is missing: a query reads whole tables"),
            "Create it as migrations/mysql has it.",
        );
    }
    judge_session(part, examination);
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

/// Every instance may open all that its pool allows, at once, when the database comes back after an outage.
fn judge_connections(part: &mut Part, examination: &Examination, config: &Database, instances: usize) {
    let allowed: u64 = variable(examination, "max_connections").parse().unwrap_or(u64::MAX);
    let each = u64::from(config.pool_size) + u64::from(config.max_overflow);
    let instances = u64::try_from(instances.max(1)).unwrap_or(u64::MAX);
    let wanted = instances.saturating_mul(each);
    if wanted.saturating_add(SPARE) > allowed {
        part.problem(
            "connections",
            format!(
                "{instances} instances may open {wanted} connections ({each} each: DB_POOL_SIZE + DB_MAX_OVERFLOW), \
                 and max_connections is {allowed}"
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
        Examination { variables: variables.collect(), connections: 7, missing_indexes: Vec::new() }
    }

    fn found(examination: &Examination) -> Vec<(&'static str, Level)> {
        let config = Database {
            address: "mysql://u@h/d".parse().unwrap(),
            pool_size: 10,
            max_overflow: 5,
            replicas: Vec::new(),
        };
        let mut part = Part::new("database");
        judge(&mut part, examination, &config, 3);
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
    }
}
