//! What is too old goes from both databases, and partitions are made ahead on both.

use std::time::Duration;

use hamdam_archive::{Aging, Keeping, Ledger, Shelves, Turned};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, MessageFact, RoomEnd};
use hamdam_domain::id::{BotId, Epoch, MessageId, RoomIds, UpdateId, UserId};
use hamdam_domain::message::MessageKind;

use super::{Pair, home};
use crate::backend::{at, closed, room};

/// 2040-01-01T00:00:00Z: no migration of today makes partitions for then.
const BEGIN: Millis = Millis(2_208_988_800_000);
const DAY: Duration = Duration::from_hours(24);

fn day(number: i64) -> Millis {
    Millis(BEGIN.0 + number * 86_400_000)
}

fn keeping(now: Millis) -> Keeping {
    Keeping { now, kept: 90 * DAY }
}

/// A message on each database, at about that time.
fn on_each(update: i64, at: Millis) -> [Fact; 2] {
    let mut ids = RoomIds::new(0, Epoch(1));
    let mut on = |place| loop {
        let room = ids.next(at);
        if home(room) == place {
            return Fact::Message(MessageFact {
                room,
                sequence: 1,
                sender: UserId(11),
                bot: BotId(7),
                update: UpdateId(update),
                kind: MessageKind::Text,
                sender_message: MessageId(1_000 + update),
                partner_message: Some(MessageId(2_000 + update)),
                at,
            });
        }
    };
    [on(0), on(1)]
}

#[tokio::test]
async fn partitions_are_made_and_dropped_on_both() {
    let pair = Pair::new("turned").await;
    let archive = pair.migrated().await;
    archive.turn(keeping(day(0))).await.unwrap();
    let last = "SELECT PARTITION_NAME FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() \
                AND TABLE_NAME = 'messages' ORDER BY PARTITION_ORDINAL_POSITION DESC LIMIT 2";
    for names in pair.both(last).await {
        assert_eq!(names, ["pmax", "before_20400108"]);
    }
    let facts = [on_each(1, day(0)), on_each(2, day(1)), on_each(3, day(2))].concat();
    archive.write(&facts).await.unwrap();
    archive.turn(keeping(Millis(day(91).0 - 1))).await.unwrap();
    let turned = archive.turn(keeping(day(91))).await.unwrap();
    assert_eq!((turned.made, turned.dropped), (2, 2), "one on each: {turned:?}");
    for updates in pair.both("SELECT update_id FROM messages ORDER BY update_id").await {
        assert_eq!(updates, ["2", "3"]);
    }
    assert_eq!(archive.turn(keeping(day(91))).await.unwrap(), Turned::default());

    // What a partition keeps for too long goes by row.
    archive.write(&facts[..2]).await.unwrap();
    assert_eq!(archive.clear(Aging::Messages, keeping(day(92)), 10).await.unwrap(), 2);
    for updates in pair.both("SELECT update_id FROM messages ORDER BY update_id").await {
        assert_eq!(updates, ["2", "3"]);
    }
    archive.close().await;
}

#[tokio::test]
async fn old_rooms_go_from_both_a_few_at_a_time() {
    let pair = Pair::new("old_rooms").await;
    let archive = pair.migrated().await;
    let rooms: Vec<_> = (0..40).map(|ms| room(ms, 11 + ms, 100 + ms)).collect();
    let ended: Vec<_> = rooms.iter().map(|room| closed(room, 50, RoomEnd::Left, None)).collect();
    archive.write(&ended).await.unwrap();
    let now = Keeping { now: at(1_000), kept: Duration::ZERO };
    assert_eq!(archive.clear(Aging::Rooms, Keeping { now: at(0), ..now }, 4).await.unwrap(), 0);
    let mut found = Vec::new();
    while found.last() != Some(&0) {
        found.push(archive.clear(Aging::Rooms, now, 4).await.unwrap());
    }
    assert_eq!(found[..2], [8, 8], "four of each");
    assert_eq!(found.iter().sum::<u64>(), 40);
    assert_eq!(archive.counts().await.unwrap().rooms, 0);
    archive.close().await;
}
