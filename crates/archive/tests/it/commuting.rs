//! Facts come twice, late and in any order; the rows do not tell.

use hamdam_archive::{Archive, Ledger};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, RoomEnd};
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::source::Source;
use hamdam_domain::wish::{Age, Facts, Wants};

use crate::backend::{Backend, at, closed, message, room};

/// Everything but the surrogate ids, in a fixed order.
const DUMP: [&str; 4] = [
    "SELECT users.telegram_id, language, bot_id, unreachable, banned_until, users.profile_version, created_at, updated_at, \
     facts, wants FROM users LEFT JOIN user_wishes ON user_wishes.telegram_id = users.telegram_id \
     AND user_wishes.profile_version = users.profile_version ORDER BY users.telegram_id",
    "SELECT * FROM arrivals ORDER BY telegram_id",
    "SELECT * FROM chat_rooms ORDER BY id",
    "SELECT * FROM messages ORDER BY chat_room_id, bot_id, update_id, created_at",
];

async fn dump(backend: &Backend) -> Vec<Vec<String>> {
    let mut tables = Vec::new();
    for sql in DUMP {
        tables.push(backend.sql(sql).await);
    }
    tables
}

async fn clear(backend: &Backend) {
    backend.sql("DELETE FROM users").await;
    backend.sql("DELETE FROM user_wishes").await;
    backend.sql("DELETE FROM arrivals").await;
    backend.sql("DELETE FROM chat_rooms").await;
    backend.sql("DELETE FROM messages").await;
}

/// Every order of the numbers below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(n - 1);
    shorter
        .iter()
        .flat_map(|order| {
            (0..n).map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, n - 1);
                longer
            })
        })
        .collect()
}

/// One room told by both sides, with ends at the same moment and at others; one user at two versions who told
/// something else at each.
fn story() -> Vec<Fact> {
    let talk = room(1, 11, 22);
    let banned = Profile {
        unreachable: true,
        banned_until: Some(Millis(at(9_000).0)),
        facts: Facts { age: Age::new(30).ok(), ..Facts::default() },
        ..Profile::new(Language::Fa, BotId(8))
    };
    let before = Profile {
        wants: Wants { same_language: true, ..Wants::default() },
        ..Profile::new(Language::En, BotId(7))
    };
    vec![
        Fact::RoomOpened(talk.clone()),
        closed(&talk, 500, RoomEnd::Left, Some(22)),
        closed(&talk, 500, RoomEnd::Left, Some(11)),
        closed(&talk, 500, RoomEnd::Idle, None),
        Fact::Profile { user: UserId(11), profile: banned, version: at(30) },
        Fact::Profile { user: UserId(11), profile: before, version: at(20) },
    ]
}

async fn write_each(archive: &Archive, facts: impl IntoIterator<Item = &Fact>) {
    for fact in facts {
        archive.write(std::slice::from_ref(fact)).await.unwrap();
    }
}

#[tokio::test]
async fn any_order_any_repetition_any_grouping_gives_the_same_rows() {
    for backend in Backend::both("commute").await {
        let archive = backend.migrated().await;
        let facts = story();
        archive.write(&facts).await.unwrap();
        let expected = dump(&backend).await;
        for (number, order) in orders(facts.len()).iter().enumerate().step_by(backend.stride()) {
            let told: Vec<Fact> = order.iter().map(|&index| facts[index].clone()).collect();
            clear(&backend).await;
            // Singly, in two groups, and then all of it once more: later repetitions change nothing.
            if number % 2 == 0 {
                write_each(&archive, &told).await;
            } else {
                archive.write(&told[..3]).await.unwrap();
                archive.write(&told[3..]).await.unwrap();
            }
            assert_eq!(dump(&backend).await, expected, "order {order:?}");
            archive.write(&told[number % told.len()..]).await.unwrap();
            assert_eq!(dump(&backend).await, expected, "repeated, order {order:?}");
        }
    }
}

impl Backend {
    /// Of the 720 orders every one on SQLite; on MariaDB, where each dump starts a client, every eleventh.
    fn stride(&self) -> usize {
        match self {
            Self::MariaDb { .. } => 11,
            Self::Sqlite { .. } => 1,
        }
    }
}

#[tokio::test]
async fn the_rows_say_what_the_facts_said() {
    for backend in Backend::both("rows").await {
        let archive = backend.migrated().await;
        let mut facts = story();
        let talk = room(1, 11, 22);
        facts.push(message(&talk, 0, 5));
        facts.push(message(&talk, 0, 5));
        for (payload, ms, new) in [("c_spring", 5, true), ("r_mine", 3, false), ("c_spring", 3, true)] {
            let source = Source::of_payload(payload).unwrap();
            facts.push(Fact::Arrived { user: UserId(11), source, at: at(ms), new });
        }
        archive.write(&facts).await.unwrap();
        let (id, started) = (talk.room, talk.room.made_at());
        let (t20, t30, t500, t5, ban) = (at(20).0, at(30).0, at(500).0, at(5).0, at(9_000).0);
        assert_eq!(
            dump(&backend).await,
            [
                vec![format!("11\tfa\t8\t1\t{ban}\t{t30}\t{t20}\t{t30}\t{{\"age\":30}}\t{{}}")],
                // The earliest, and of two at one moment the smaller.
                vec![format!("11\tc_spring\t{t3}\t1", t3 = at(3).0)],
                // "idle" sorts before "left": of two ends at one moment everybody picks the same.
                vec![format!("{id}\t11\t22\t0\t{started}\t{t500}\tNULL\tidle", started = started.0)],
                vec![format!("{id}\t7\t5\t{t5}\t5\t11\ttext\t1005\t2005")],
            ]
        );
    }
}

#[tokio::test]
async fn a_message_of_unknown_outcome_has_a_row_and_whoever_knows_more_completes_it() {
    for backend in Backend::both("unknown").await {
        let archive = backend.migrated().await;
        let talk = room(1, 11, 22);
        let known = message(&talk, 0, 5);
        let Fact::Message(mut unknown) = known.clone() else { unreachable!("made as a message") };
        unknown.partner_message = None;
        let unknown = Fact::Message(unknown);
        archive.write(std::slice::from_ref(&unknown)).await.unwrap();
        let ids = "SELECT partner_message_id FROM messages";
        assert_eq!(backend.sql(ids).await, ["NULL"]);
        for told in [[known.clone(), unknown.clone()], [unknown.clone(), known.clone()]] {
            archive.write(&told).await.unwrap();
            assert_eq!(backend.sql(ids).await, ["2005"]);
            clear(&backend).await;
            write_each(&archive, &told).await;
            assert_eq!(backend.sql(ids).await, ["2005"]);
            clear(&backend).await;
        }
    }
}

#[tokio::test]
async fn a_batch_larger_than_a_statement_is_written_whole() {
    for backend in Backend::both("large").await {
        let archive = backend.migrated().await;
        let talk = room(1, 11, 22);
        let facts: Vec<Fact> = (1..=2_500).map(|update| message(&talk, 1, update)).collect();
        archive.write(&facts).await.unwrap();
        archive.write(&facts).await.unwrap();
        assert_eq!(archive.counts().await.unwrap().messages, 2_500);
    }
}

#[tokio::test]
async fn two_journals_that_write_the_same_rows_do_not_fail_each_other() {
    for backend in Backend::both("race").await {
        let (one, other) = (backend.migrated().await, backend.open());
        let rooms: Vec<_> = (0..300).map(|n| room(n, 11 + n, 1_000 + n)).collect();
        let opened: Vec<Fact> = rooms.iter().cloned().map(Fact::RoomOpened).collect();
        let ended: Vec<Fact> =
            rooms.iter().rev().map(|room| closed(room, 900, RoomEnd::Left, None)).collect();
        for _ in 0..20 {
            let (a, b) = tokio::join!(one.write(&opened), other.write(&ended));
            a.unwrap();
            b.unwrap();
        }
        let counts = one.counts().await.unwrap();
        assert_eq!((counts.rooms, counts.active_rooms), (300, 0));
    }
}
