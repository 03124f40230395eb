//! What is too old goes, the oldest first and a few at a time; what is not, and what is true of somebody now, stays.

use std::time::Duration;

use hamdam_archive::{Aging, Archive, Keeping, Ledger, Shelves};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, RoomEnd};
use hamdam_domain::id::{BotId, UpdateId, UserId};
use hamdam_domain::profile::Language;
use hamdam_domain::safety::{Decision, Reason, Report, Verdict};
use hamdam_domain::source::Source;

use crate::backend::{Backend, at, closed, message, profile, room};

/// Rooms made at 0, 100, …: each with a message, a report and an arrival of its time.
const ROOMS: i64 = 10;

fn life() -> Vec<Fact> {
    let mut facts = Vec::new();
    for n in 0..ROOMS {
        let (time, one) = (100 * n, 1_000 + 2 * n);
        let talk = room(time, one, one + 1);
        let report = Report {
            room: talk.room,
            bot: BotId(7),
            update: UpdateId(n),
            reporter: UserId(one),
            reported: UserId(one + 1),
            reason: Reason::Spam,
            message: None,
            at: at(time),
        };
        let source = Source::of_payload("c_spring").unwrap();
        facts.push(profile(one, time, Language::Fa, 7));
        facts.push(Fact::Arrived { user: UserId(one), source, at: at(time), new: true });
        facts.push(message(&talk, 0, time));
        facts.push(Fact::Report { report, evidence: Some("shoes".into()) });
        facts.push(Fact::Block { blocker: UserId(one), blocked: UserId(one + 1), version: at(time) });
        let verdict = Verdict::BanForEver;
        facts.push(Fact::Decision(Decision {
            user: UserId(one + 1),
            verdict,
            until: verdict.until(at(time)),
            by: None,
            report: None,
            reason: String::new(),
            at: at(time),
        }));
        facts.push(Fact::Rated {
            room: talk.room,
            rater: UserId(one),
            rated: UserId(one + 1),
            up: true,
            at: at(time),
        });
        facts.push(Fact::RoomOpened(talk.clone()));
        // The last of all goes on; the second lasts as long as all others together.
        match n {
            9 => {}
            1 => facts.push(closed(&talk, 950, RoomEnd::Left, None)),
            _ => facts.push(closed(&talk, time + 50, RoomEnd::Left, None)),
        }
    }
    facts
}

async fn count(backend: &Backend, table: &str) -> String {
    backend.sql(&format!("SELECT COUNT(*) FROM {table}")).await.remove(0)
}

/// Clears a table in steps of three; answers what each found.
async fn clear(archive: &Archive, table: Aging, before: Millis) -> Vec<u64> {
    let mut found = Vec::new();
    let keeping = Keeping { now: before, kept: Duration::ZERO };
    loop {
        found.push(archive.clear(table, keeping, 3).await.unwrap());
        if found.last() < Some(&3) {
            return found;
        }
    }
}

/// When messages that are too old are deleted by row.
fn messages_go(backend: &Backend, before: Millis) -> Millis {
    match backend {
        Backend::MariaDb { .. } => before.after(Duration::from_hours(24)),
        Backend::Sqlite { .. } => before,
    }
}

#[tokio::test]
async fn the_oldest_rows_go_a_few_at_a_time() {
    for backend in Backend::both("retention").await {
        let archive = backend.migrated().await;
        archive.write(&life()).await.unwrap();
        let before = at(500);
        for table in Aging::ALL {
            assert_eq!(clear(&archive, table, at(0)).await, [0], "{table:?}: nothing is so old");
        }
        // Those at 0, 100, 200, 300 and 400; of the rooms one has not ended by then.
        if let Backend::MariaDb { .. } = backend {
            assert_eq!(clear(&archive, Aging::Messages, before).await, [0], "they go with their day");
        }
        assert_eq!(clear(&archive, Aging::Messages, messages_go(&backend, before)).await, [3, 2]);
        assert_eq!(clear(&archive, Aging::Reports, before).await, [3, 2]);
        assert_eq!(clear(&archive, Aging::Arrivals, before).await, [3, 2]);
        assert_eq!(clear(&archive, Aging::Ratings, before).await, [3, 2]);
        assert_eq!(clear(&archive, Aging::Rooms, before).await, [3, 1]);
        let left = ["messages", "reports", "arrivals", "ratings", "chat_rooms"];
        for (table, expected) in left.into_iter().zip(["5", "5", "5", "5", "6"]) {
            assert_eq!(count(&backend, table).await, expected, "{table}");
        }
        let oldest = backend.sql("SELECT started_at FROM chat_rooms ORDER BY id LIMIT 2").await;
        assert_eq!(oldest, [at(100).0.to_string(), at(500).0.to_string()], "a room goes by when it ended");
        // At the end of time only the room goes on that never ended.
        let end = Millis(i64::MAX);
        for table in Aging::ALL {
            clear(&archive, table, end).await;
        }
        assert_eq!(backend.sql("SELECT started_at FROM chat_rooms").await, [at(900).0.to_string()]);
        for table in ["messages", "reports", "arrivals", "ratings"] {
            assert_eq!(count(&backend, table).await, "0", "{table}");
        }
        for table in ["users", "blocks", "bans", "decisions"] {
            assert_eq!(count(&backend, table).await, ROOMS.to_string(), "{table} has no age");
        }
        archive.close().await;
    }
}
