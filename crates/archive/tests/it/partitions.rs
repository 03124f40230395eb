//! Messages lie in partitions by time on MariaDB: made ahead, dropped whole, and no row is ever without a place.

use std::time::Duration;

use hamdam_archive::{Aging, Archive, ArchiveError, Keeping, Ledger, QUERIES, Settings, Shelves, Turned};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, MessageFact};
use hamdam_domain::id::{BotId, Epoch, MessageId, RoomIds, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use sqlx::{Connection, Executor, MySqlConnection};

use crate::backend::{Backend, server};

/// 2040-01-01T00:00:00Z: no migration of today makes partitions for then.
const BEGIN: Millis = Millis(2_208_988_800_000);
const DAY: Duration = Duration::from_hours(24);

fn day(number: i64) -> Millis {
    Millis(BEGIN.0 + number * 86_400_000)
}

fn just_before(at: Millis) -> Millis {
    Millis(at.0 - 1)
}

fn keeping(now: Millis) -> Keeping {
    Keeping { now, kept: 90 * DAY }
}

/// A message of that time, in a room of its own.
fn message(update: i64, at: Millis) -> Fact {
    Fact::Message(MessageFact {
        room: RoomIds::new(0, Epoch(1)).next(at),
        sequence: 1,
        sender: UserId(11),
        bot: BotId(7),
        update: UpdateId(update),
        kind: MessageKind::Text,
        sender_message: MessageId(1_000 + update),
        partner_message: Some(MessageId(2_000 + update)),
        at,
    })
}

/// A record whose partitions are made as they would be on that day.
async fn turned(test: &str, now: Millis) -> (Backend, Archive) {
    let backend = Backend::mariadb(test).await;
    let archive = backend.migrated().await;
    archive.turn(keeping(now)).await.unwrap();
    (backend, archive)
}

async fn partitions(backend: &Backend) -> Vec<String> {
    backend
        .sql(
            "SELECT PARTITION_NAME FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() \
             AND TABLE_NAME = 'messages' ORDER BY PARTITION_ORDINAL_POSITION",
        )
        .await
}

/// The updates in a partition.
async fn within(backend: &Backend, partition: &str) -> Vec<String> {
    backend.sql(&format!("SELECT update_id FROM messages PARTITION ({partition}) ORDER BY update_id")).await
}

async fn all(backend: &Backend) -> Vec<String> {
    backend.sql("SELECT update_id FROM messages ORDER BY update_id").await
}

#[tokio::test]
async fn rows_have_the_partition_of_their_day_and_those_beyond_wait_in_the_last() {
    let (backend, archive) = turned("days", day(0)).await;
    let made = partitions(&backend).await;
    let ahead = ["before_20400102", "before_20400103", "before_20400108", "pmax"];
    assert!(ahead.iter().all(|name| made.iter().any(|other| other == name)), "{made:?}");
    assert_eq!(made[made.len() - 2..], ["before_20400108", "pmax"], "a week ahead and no more");
    let times = [day(0), just_before(day(1)), day(6), day(7), day(400)];
    let facts: Vec<_> = (1..).zip(times).map(|(update, at)| message(update, at)).collect();
    archive.write(&facts).await.unwrap();
    assert_eq!(within(&backend, "before_20400102").await, ["1", "2"]);
    assert_eq!(within(&backend, "before_20400108").await, ["3"]);
    assert_eq!(within(&backend, "pmax").await, ["4", "5"]);

    let none = Turned::default();
    assert_eq!(archive.turn(keeping(just_before(day(1)))).await.unwrap(), none, "all is made");
    let next = archive.turn(keeping(day(1))).await.unwrap();
    assert_eq!(next.made, 1, "{next:?}");
    assert_eq!(within(&backend, "before_20400109").await, ["4"], "it has its place now");
    assert_eq!(within(&backend, "pmax").await, ["5"]);
    // A message is the same however often it is told, before and after its row was moved.
    archive.write(&facts).await.unwrap();
    assert_eq!(all(&backend).await, ["1", "2", "3", "4", "5"]);

    // Nobody was there for half a year.
    archive.turn(keeping(day(200))).await.unwrap();
    assert_eq!(all(&backend).await, ["5"]);
    archive.turn(keeping(day(400))).await.unwrap();
    assert_eq!(within(&backend, "before_20410205").await, ["5"]);
    archive.close().await;
}

/// Whoever migrates locks others out. The moment it is done they get on.
#[tokio::test]
async fn a_turn_right_behind_a_migration_is_done() {
    let (_backend, archive) = turned("behind", day(0)).await;
    for round in 1..200 {
        archive.migrate().await.unwrap();
        let turned = archive.turn(keeping(day(round))).await.unwrap();
        assert_eq!(turned.made, 1, "round {round}: {turned:?}");
    }
    archive.close().await;
}

#[tokio::test]
async fn whole_partitions_go_and_never_a_younger_row() {
    let (backend, archive) = turned("dropped", day(0)).await;
    let times = [day(0), just_before(day(1)), day(1), day(2)];
    let facts: Vec<_> = (1..).zip(times).map(|(update, at)| message(update, at)).collect();
    archive.write(&facts).await.unwrap();
    archive.turn(keeping(just_before(day(91)))).await.unwrap();
    assert_eq!(all(&backend).await, ["1", "2", "3", "4"], "the youngest of the first day is not too old");
    let turn = archive.turn(keeping(day(91))).await.unwrap();
    assert_eq!((turn.made, turn.dropped), (1, 1));
    assert_eq!(all(&backend).await, ["3", "4"]);
    assert_eq!(partitions(&backend).await[0], "before_20400103");
    assert_eq!(
        archive.clear(Aging::Messages, keeping(day(91)), 10).await.unwrap(),
        0,
        "nothing is left to delete"
    );

    // What comes late for a day that is gone goes by row.
    archive.write(&facts[..1]).await.unwrap();
    assert_eq!(within(&backend, "before_20400103").await, ["1", "3"]);
    assert_eq!(archive.clear(Aging::Messages, keeping(day(92)), 10).await.unwrap(), 1);
    assert_eq!(all(&backend).await, ["3", "4"]);
    archive.close().await;
}

#[tokio::test]
async fn several_instances_at_once_turn_once() {
    let (backend, archive) = turned("turning", day(0)).await;
    archive.write(&[message(1, day(0)), message(2, day(1))]).await.unwrap();
    archive.turn(keeping(just_before(day(91)))).await.unwrap();
    let others = [backend.open(), backend.open(), backend.open()];
    let [one, two, three] = &others;
    let now = keeping(day(91));
    let turns = tokio::join!(archive.turn(now), one.turn(now), two.turn(now), three.turn(now));
    let turns = [turns.0, turns.1, turns.2, turns.3].map(Result::unwrap);
    assert_eq!(turns.iter().map(|turn| turn.dropped).sum::<usize>(), 1, "{turns:?}");
    assert_eq!(turns.iter().map(|turn| turn.made).sum::<usize>(), 1, "{turns:?}");
    assert_eq!(all(&backend).await, ["2"]);
}

#[tokio::test]
async fn a_table_with_rows_is_cut_and_keeps_them_all() {
    let backend = Backend::mariadb("cut").await;
    let archive = backend.migrated().await;
    let again = "DELETE FROM hamdam_migrations WHERE name = 'partitions'";
    backend.sql(&format!("ALTER TABLE messages REMOVE PARTITIONING; {again}")).await;
    assert_eq!(partitions(&backend).await, ["NULL"]);
    let today = backend.sql("SELECT UNIX_TIMESTAMP() DIV 86400").await[0].parse::<i64>().unwrap();
    let at = |days: i64| Millis((today + days) * 86_400_000);
    let days = [-400, -200, -30, -1, 0, 1, 5, 365];
    let facts: Vec<_> = (1..).zip(days).map(|(update, days)| message(update, at(days))).collect();
    archive.write(&facts).await.unwrap();

    assert_eq!(archive.migrate().await.unwrap(), 1);
    let updates: Vec<_> = (1..=days.len()).map(|update| update.to_string()).collect();
    assert_eq!(all(&backend).await, updates);
    let cut = partitions(&backend).await;
    assert!((100..140).contains(&cut.len()), "{cut:?}");
    assert_eq!(within(&backend, &cut[0]).await, ["1", "2"], "what is older than all cuts");
    for (update, days) in (1..).zip(days).filter(|(_, days)| (-30..6).contains(days)) {
        let (year, month, day) = at(days + 1).date();
        let partition = format!("before_{year:04}{month:02}{day:02}");
        assert_eq!(within(&backend, &partition).await, [update.to_string()], "{days} days from now");
    }
    assert_eq!(within(&backend, "pmax").await, ["8"]);
    // As after a migration that broke off, or an online tool that was here before.
    backend.sql(again).await;
    assert_eq!(archive.migrate().await.unwrap(), 1);
    assert_eq!(partitions(&backend).await, cut);
    archive.close().await;
}

#[tokio::test]
async fn a_turn_that_finds_the_table_in_use_gives_up_and_stops_no_writer() {
    let (backend, archive) = turned("busy", day(0)).await;
    let Backend::MariaDb { url } = &backend else { unreachable!("it is one") };
    let mut reader = MySqlConnection::connect(url).await.unwrap();
    reader.execute("START TRANSACTION").await.unwrap();
    reader.execute("SELECT COUNT(*) FROM messages").await.unwrap();
    let facts = [message(1, day(1))];
    let both = async { tokio::join!(archive.turn(keeping(day(1))), archive.write(&facts)) };
    let (turn, written) = tokio::time::timeout(Duration::from_mins(1), both).await.expect("it gives up");
    assert!(matches!(turn, Err(ArchiveError::Contended { query: "turn_partitions", .. })), "{turn:?}");
    written.unwrap();
    reader.execute("COMMIT").await.unwrap();
    assert_eq!(archive.turn(keeping(day(1))).await.unwrap().made, 1);
    assert_eq!(all(&backend).await, ["1"]);
    reader.close().await.unwrap();
    archive.close().await;
}

#[tokio::test]
async fn without_the_right_to_change_tables_rows_go_one_by_one() {
    let (backend, archive) = turned("granted", day(0)).await;
    let Backend::MariaDb { url } = &backend else { unreachable!("it is one") };
    let database = url.rsplit('/').next().unwrap();
    let grant =
        async |what: &str| server().await.sql(&format!("GRANT {what} TO 'clerk'@'127.0.0.1'")).await.unwrap();
    server().await.sql("CREATE OR REPLACE USER 'clerk'@'127.0.0.1' IDENTIFIED BY 'x'").await.unwrap();
    grant(&format!("SELECT, INSERT, UPDATE, DELETE ON {database}.*")).await;
    let address = url.replace("hamdam:companion", "clerk:x").parse().unwrap();
    let clerk = Archive::open(Settings { read_limit: Duration::from_mins(1), ..Settings::new(address) });
    archive.write(&[message(1, day(0)), message(2, day(90))]).await.unwrap();
    let turn = clerk.turn(keeping(day(92))).await;
    assert!(matches!(turn, Err(ArchiveError::Denied { query: "turn_partitions", .. })), "{turn:?}");
    assert_eq!(clerk.clear(Aging::Messages, keeping(day(92)), 10).await.unwrap(), 1);
    assert_eq!(all(&backend).await, ["2"]);
    // What the guide grants.
    grant(&format!("ALTER, CREATE, DROP ON {database}.messages")).await;
    let turn = clerk.turn(keeping(day(92))).await.unwrap();
    assert!(turn.made > 0 && turn.dropped > 0, "{turn:?}");
    assert_eq!(all(&backend).await, ["2"]);
    clerk.close().await;
    archive.close().await;
}

#[tokio::test]
async fn a_last_partition_that_is_gone_comes_back() {
    let (backend, archive) = turned("last", day(0)).await;
    backend.sql("ALTER TABLE messages DROP PARTITION pmax").await;
    let beyond = [message(1, day(400))];
    assert!(archive.write(&beyond).await.is_err());
    archive.turn(keeping(day(0))).await.unwrap();
    archive.write(&beyond).await.unwrap();
    assert_eq!(within(&backend, "pmax").await, ["1"]);
    archive.close().await;
}

#[tokio::test]
async fn the_longer_rows_are_kept_the_wider_partitions_are() {
    let (backend, archive) = turned("wide", day(0)).await;
    let kept = 3_650 * DAY;
    archive.turn(Keeping { now: day(3_650), kept }).await.unwrap();
    let names = partitions(&backend).await;
    assert!((90..120).contains(&names.len()), "{} partitions", names.len());
    archive.close().await;
}

#[tokio::test]
async fn a_room_is_looked_for_in_the_partitions_since_it_was_made() {
    let (backend, archive) = turned("pruned", day(0)).await;
    let facts: Vec<_> = (-89..=0).map(|number| message(number + 100, day(number))).collect();
    archive.write(&facts).await.unwrap();
    let (room, since) = (RoomIds::new(0, Epoch(1)).next(day(0)).0.to_string(), day(-1).0.to_string());
    let (room, since) = (room.as_str(), since.as_str());
    let all_partitions = partitions(&backend).await.len();
    for (name, parameters) in [
        ("relayed_in", [room, since].as_slice()),
        ("messages_of_room", &[room, since]),
        ("copy_of_written", &[room, since, "11", "1100"]),
        ("original_of_received", &[room, since, "12", "2100"]),
    ] {
        let query = QUERIES.iter().find(|query| query.name == name).unwrap();
        let sql = parameters.iter().fold(query.sql.to_owned(), |sql, value| sql.replacen('?', value, 1));
        let plan = backend.sql(&format!("EXPLAIN PARTITIONS {sql}")).await;
        // id, select_type, table, partitions, type, possible_keys, key, ...
        let columns: Vec<&str> = plan[0].split('\t').collect();
        let opened = columns[3].split(',').count();
        assert!(opened <= 10 && all_partitions > 90, "{name} opens {opened} of {all_partitions}:\n{plan:?}");
        assert!(columns[3].contains("before_20400102"), "{name} misses the room's own:\n{plan:?}");
    }
    archive.close().await;
}
