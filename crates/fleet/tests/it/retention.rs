//! Rows go when they are older than they are kept, by the clock of live state, on both kinds of database.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hamdam_archive::{Address, Archive, Ledger, Settings};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::fact::{Fact, MessageFact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, Epoch, MessageId, RoomIds, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::retention::Retention;
use hamdam_state::memory::MemoryState;
use hamdam_testbed::MariaDb;

const DAY: Duration = Duration::from_hours(24);
/// 2040-01-01T00:00:00Z: no migration of today makes partitions for then.
const BEGIN: Millis = Millis(2_208_988_800_000);

/// A clock that stands still until the test moves it.
struct Hand(Mutex<Duration>);

impl Clock for Hand {
    fn unix(&self) -> Millis {
        BEGIN.after(*self.0.lock().unwrap())
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// So many messages, one a millisecond from the day's beginning.
fn talk(day: u32, messages: i64) -> Vec<Fact> {
    let at = BEGIN.after(day * DAY);
    let room = RoomFact::new(RoomIds::new(0, Epoch(1)).next(at), UserId(11), UserId(12));
    let message = |number: i64| {
        Fact::Message(MessageFact {
            room: room.room,
            sequence: 1,
            sender: UserId(11),
            bot: BotId(7),
            update: UpdateId(number),
            kind: MessageKind::Text,
            sender_message: MessageId(number),
            partner_message: Some(MessageId(number)),
            at: Millis(at.0 + number),
        })
    };
    let closed = Fact::RoomClosed {
        room: room.clone(),
        ended_at: at.after(Duration::from_secs(1)),
        end: RoomEnd::Left,
        ended_by: None,
    };
    (0..messages).map(message).chain([Fact::RoomOpened(room.clone()), closed]).collect()
}

/// Whole partitions go where there are some, and rows elsewhere.
async fn ages(address: Address, partitioned: bool) {
    let archive = Arc::new(Archive::open(Settings::new(address)));
    archive.migrate().await.unwrap();
    let clock = Arc::new(Hand(Mutex::default()));
    let state = Arc::new(MemoryState::new(4, clock.clone()));
    let metrics = Arc::new(Metrics::new());
    let retention = Retention::new(state, archive.clone(), 90 * DAY, metrics.clone());
    let left = async || {
        let counts = archive.counts().await.unwrap();
        (counts.messages, counts.rooms)
    };
    let day = |day: u32| *clock.0.lock().unwrap() = day * DAY;

    retention.turn().await.unwrap();
    // More than a pass deletes on the first day, few on the third.
    archive.write(&talk(0, 2_500)).await.unwrap();
    archive.write(&talk(2, 3)).await.unwrap();
    day(90);
    retention.turn().await.unwrap();
    assert!(!retention.pass().await.unwrap(), "nothing is older than 90 days on the ninetieth");
    assert_eq!(left().await, (2_503, 2));
    day(91);
    retention.turn().await.unwrap();
    assert_eq!(left().await, if partitioned { (3, 2) } else { (2_503, 2) });
    let mut passes = 1;
    while retention.pass().await.unwrap() {
        passes += 1;
    }
    assert_eq!(passes > 2, !partitioned, "a few at a time, and not all in {passes}");
    assert_eq!(left().await, (3, 1));
    day(100);
    retention.turn().await.unwrap();
    assert!(!retention.pass().await.unwrap());
    assert_eq!(left().await, (0, 0));
    let counted = metrics.encode();
    let expired = |table: &str| {
        let series = format!("hamdam_rows_expired_total{{table=\"{table}\"}} ");
        counted.lines().find_map(|line| line.strip_prefix(&series)?.parse::<u64>().ok()).unwrap()
    };
    assert_eq!(expired("chat_rooms"), 2);
    // How many went with a partition the server estimates.
    let messages = expired("messages");
    assert!(if partitioned { messages > 1_000 } else { messages == 2_503 }, "{counted}");
    archive.close().await;
}

#[tokio::test]
async fn old_rows_go_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    ages(Address::sqlite(folder.path().join("record.db")), false).await;
}

#[tokio::test]
async fn old_rows_go_on_mariadb() {
    let server = MariaDb::start().await.unwrap();
    ages(server.database("retention").await.unwrap().parse().unwrap(), true).await;
}
