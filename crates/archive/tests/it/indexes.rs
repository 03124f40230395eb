//! No query of ours reads a table from end to end.

use std::fmt::Write;

use hamdam_archive::{Archive, Ledger, QUERIES, Query};
use hamdam_domain::fact::{Fact, RoomEnd};
use hamdam_domain::id::UserId;
use hamdam_domain::profile::Language;
use hamdam_domain::source::Source;

use crate::backend::{Backend, at, closed, message, profile, room, room_id};

/// Users, rooms and blocks; messages are twice as many.
const ROWS: i64 = 50_000;
/// The user and room that are asked for.
const SAMPLE: i64 = 25_000;

async fn fill(archive: &Archive, backend: &Backend) {
    for chunk in (0..ROWS).collect::<Vec<_>>().chunks(5_000) {
        let mut facts = Vec::new();
        for &n in chunk {
            let talk = room(n, 10 + n, 11 + n);
            let mut told = profile(10 + n, n, Language::Fa, 7);
            if let Fact::Profile { profile, .. } = &mut told {
                profile.wants.same_language = n % 2 == 0;
            }
            facts.push(told);
            let source = Source::of_payload(&format!("c_{}", n % 1_000)).unwrap();
            facts.push(Fact::Arrived { user: UserId(10 + n), source, at: at(n), new: n % 3 == 0 });
            facts.push(Fact::RoomOpened(talk.clone()));
            if n % 10 != 0 {
                facts.push(closed(&talk, n + 5, RoomEnd::Left, None));
            }
            // Rooms are told from each other only if some hold many messages and most few.
            let busy = room(n - n % 50, 10 + n - n % 50, 11 + n - n % 50);
            facts.push(message(&busy, 0, 2 * n + 1));
            facts.push(message(&talk, 1, 2 * n + 2));
        }
        archive.write(&facts).await.unwrap();
    }
    let mut blocks = String::from("INSERT INTO blocks VALUES (0, 0, 1, 1, 1)");
    for n in 0..ROWS {
        write!(blocks, ",({},{},1,1,1)", 10 + n / 5, n).unwrap();
    }
    let mut decisions =
        String::from("INSERT INTO decisions (telegram_id, verdict, created_at) VALUES (0, 'warn', 1)");
    let mut reports = String::from(
        "INSERT INTO reports (chat_room_id, bot_id, update_id, reporter_id, reported_id, created_at) VALUES (0, 0, 0, 0, 0, 1)",
    );
    for n in 1..ROWS {
        write!(decisions, ",({},'warn',{n})", 10 + n).unwrap();
        write!(reports, ",({n},7,{n},1,{},{n})", 10 + n).unwrap();
    }
    let mut forgotten = String::from("INSERT INTO forgotten (pseudonym, forgotten_at) VALUES (0, 1)");
    for n in 1..ROWS {
        write!(forgotten, ",({},{n})", -4_000_000_000_000_000 - n).unwrap();
    }
    let mut payments = String::from("INSERT INTO payments VALUES ('stx',0,7,5,30,0,1,NULL)");
    for n in 0..ROWS {
        write!(payments, ",('stx{n}',{},7,5,30,0,{n},NULL)", 10 + n).unwrap();
    }
    for part in [blocks, decisions, reports, forgotten, payments].iter().flat_map(|insert| split(insert)) {
        backend.sql(&part).await;
    }
}

/// The client takes statements of at most 128 KiB on its command line.
fn split(insert: &str) -> Vec<String> {
    let (head, rows) = insert.split_once(" VALUES ").unwrap();
    let rows: Vec<&str> = rows.split_inclusive("),").collect();
    rows.chunks(2_500).map(|part| format!("{head} VALUES {}", part.concat().trim_end_matches(','))).collect()
}

/// The query with its parameters written out.
fn written_out(query: &Query) -> String {
    let (user, room) = ((10 + SAMPLE).to_string(), room_id(SAMPLE).to_string());
    let since = at(SAMPLE - 86_400_000).0.to_string();
    let message = (1_000 + 2 * SAMPLE + 1).to_string();
    let (old, rooms) = (at(SAMPLE / 10).0.to_string(), room_id(SAMPLE / 10).to_string());
    let parameters: Vec<&str> = match query.name {
        "last_room_as_first"
        | "last_room_as_second"
        | "running_rooms"
        | "blocks"
        | "decisions"
        | "reports_about"
        | "payments"
        | "dossier_user"
        | "dossier_blocks"
        | "dossier_arrival"
        | "dossier_reports"
        | "dossier_bans"
        | "dossier_ratings" => vec![&user],
        "old_messages" | "old_arrivals" => vec![&old, "1000"],
        // Rows that this test wrote itself count time from 1.
        "old_reports" | "old_ratings" | "old_forgotten" => vec!["2500", "1000"],
        "old_rooms" => vec![&rooms, &old, "1000"],
        "room" => vec![&room],
        "relayed_in" | "messages_of_room" => vec![&room, &since],
        "user" => vec![&user, "-4000000000000001"],
        "traces_rooms" => vec![&user, "0", &user, "0", &user, "0", &user, "0"],
        "traces_blockers" | "blockers" => vec!["25000"],
        "traces_reports" | "active_rooms" => vec![&user, &user],
        "forgotten" => vec!["49000"],
        "newcomers" => vec!["'c_25'"],
        "dossier_rooms" | "dossier_messages" => vec![&user; 4],
        "payment" => vec!["'stx25'"],
        "members" => vec![&user, "1000"],
        "copy_of_written" | "original_of_received" => vec![&room, &since, &user, &message],
        _ => Vec::new(),
    };
    assert_eq!(query.sql.matches('?').count(), parameters.len(), "parameters of {}", query.name);
    let mut parts = query.sql.split('?');
    let mut sql = parts.next().unwrap().to_owned();
    for (part, parameter) in parts.zip(parameters) {
        sql.push_str(parameter);
        sql.push_str(part);
    }
    sql
}

#[tokio::test]
async fn every_query_is_answered_from_its_index() {
    let backend = Backend::mariadb("explain").await;
    let archive = backend.migrated().await;
    fill(&archive, &backend).await;
    backend.sql("ANALYZE TABLE users, user_wishes, chat_rooms, messages, blocks, decisions, reports, hamdam_migrations").await;
    backend
        .sql("ANALYZE TABLE users, user_wishes, arrivals, forgotten, payments, chat_rooms, messages, blocks, hamdam_migrations")
        .await;
    let counts = archive.counts().await.unwrap();
    assert!(counts.users >= 50_000 && counts.rooms >= 50_000 && counts.messages >= 50_000, "{counts:?}");
    for query in QUERIES.iter().filter(|query| !query.indexes.is_empty()) {
        let plan = backend.sql(&format!("EXPLAIN {}", written_out(query))).await;
        let mut tables = 0;
        for line in &plan {
            // id, select_type, table, type, possible_keys, key, ...
            let columns: Vec<&str> = line.split('\t').collect();
            let (table, kind, key) = (columns[2], columns[3], columns[5]);
            if table.starts_with('<') {
                continue;
            }
            tables += 1;
            assert_ne!(kind, "ALL", "{} reads all of {table}:\n{}", query.name, plan.join("\n"));
            assert!(
                query.indexes.contains(&key),
                "{} is answered from {key} and not from {:?}:\n{}",
                query.name,
                query.indexes,
                plan.join("\n")
            );
        }
        assert!(tables > 0, "{} has no plan", query.name);
    }
}

#[tokio::test]
async fn sqlite_answers_from_the_same_indexes() {
    let backend = Backend::sqlite();
    let archive = backend.migrated().await;
    fill(&archive, &backend).await;
    backend.sql("ANALYZE").await;
    for query in
        QUERIES.iter().filter(|query| !query.indexes.is_empty() && query.name != "applied_migrations")
    {
        let plan = backend.sql(&format!("EXPLAIN QUERY PLAN {}", written_out(query))).await.join("\n");
        let named = |index: &&str| match *index {
            "PRIMARY" => plan.contains("PRIMARY KEY"),
            name => plan.split_whitespace().any(|word| word == name),
        };
        assert!(query.indexes.iter().any(named), "{}:\n{plan}", query.name);
        assert!(!plan.contains("SCAN messages") && !plan.contains("SCAN users"), "{}:\n{plan}", query.name);
    }
}
