//! No query of ours reads a table from end to end.

use std::fmt::Write;

use hamdam_archive::{Archive, Ledger, QUERIES, Query};
use hamdam_domain::fact::{Fact, RoomEnd};
use hamdam_domain::profile::Language;

use crate::backend::{Backend, closed, message, profile, room, room_id};

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
    for part in split(&blocks) {
        backend.sql(&part).await;
    }
}

/// The client takes statements of at most 128 KiB on its command line.
fn split(insert: &str) -> Vec<String> {
    let (head, rows) = insert.split_once(" VALUES ").unwrap();
    let rows: Vec<&str> = rows.split_inclusive("),").collect();
    rows.chunks(4_000).map(|part| format!("{head} VALUES {}", part.concat().trim_end_matches(','))).collect()
}

/// The query with its parameters written out.
fn written_out(query: &Query) -> String {
    let (user, room) = ((10 + SAMPLE).to_string(), room_id(SAMPLE).to_string());
    let message = (1_000 + 2 * SAMPLE + 1).to_string();
    let parameters: Vec<&str> = match query.name {
        "user" | "blocks" | "last_room_as_first" | "last_room_as_second" => vec![&user],
        "room" => vec![&room],
        "messages_of_room" => vec![&room, "0"],
        "active_rooms" => vec![&user, &user],
        "copy_of_written" | "original_of_received" => vec![&room, &user, &message],
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
    backend.sql("ANALYZE TABLE users, user_wishes, chat_rooms, messages, blocks, hamdam_migrations").await;
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
            name => plan.contains(&format!("INDEX {name} ")),
        };
        assert!(query.indexes.iter().any(named), "{}:\n{plan}", query.name);
        assert!(!plan.contains("SCAN messages") && !plan.contains("SCAN users"), "{}:\n{plan}", query.name);
    }
}
