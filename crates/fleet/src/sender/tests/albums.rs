//! Albums go out as one, whole if they come in time, and are judged like every other message.

use std::time::Duration;

use hamdam_domain::clock::Clock;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, RoomId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_telegram::method::ChatAction;

use super::entries::{end, photo};
use super::stage::{BOT, LIMITS, MOMENT, SHARD, Stage, Treat, stage};
use crate::run::BotRate;
use crate::sender::{Chat, Limits};

fn album(stage: &mut Stage, room: i64, messages: std::ops::Range<i64>) {
    for message in messages {
        stage.append(1, photo(room, message, "a"));
    }
}

/// How many entries each call under way sends.
fn under_way(stage: &Stage) -> Vec<usize> {
    stage.flying.iter().map(|call| 1 + call.along.len()).collect()
}

fn facts(stage: &Stage) -> Vec<(i64, Option<MessageId>)> {
    let mut facts: Vec<_> = stage.state.inspect(|world| {
        let read = world.shard(SHARD).journal.values().map(|body| Fact::from_json(body).unwrap());
        read.filter_map(|fact| match fact {
            Fact::Message(fact) => Some((fact.sender_message.0, fact.partner_message)),
            _ => None,
        })
        .collect()
    });
    facts.sort_unstable();
    facts
}

#[test]
fn an_album_waits_for_the_rest_of_it_and_goes_out_as_one() {
    let mut stage = stage();
    stage.message(1, 10, 100);
    for message in 101..104 {
        stage.append(1, photo(10, message, "a"));
        stage.begin(0, Limits::GATHER.checked_sub(Duration::from_millis(100)).unwrap());
        stage.deliver();
    }
    assert_eq!(stage.seen(1), [100], "each is younger than the time an album waits");
    assert_eq!(stage.shown, [(Chat { user: UserId(1), bot: BOT }, ChatAction::UploadPhoto)], "once");
    stage.begin(0, MOMENT);
    assert_eq!(under_way(&stage), [3]);
    stage.deliver();
    stage.begin(0, MOMENT);
    assert_eq!(stage.seen(1), [100, 101, 102, 103]);
    assert!(stage.is_empty());
    let pairs = stage.state.inspect(|world| world.users[&UserId(1)].ids[&RoomId(10)].pairs.clone());
    let mut ids: Vec<_> = pairs.iter().map(|(here, there)| (there.0, here.0)).collect();
    ids.sort_unstable();
    assert_eq!(ids, [(100, 5_001), (101, 5_002), (102, 5_003), (103, 5_004)], "each by its own id");
    let named = facts(&stage).into_iter().map(|(message, id)| (message, id.unwrap().0));
    assert_eq!(named.collect::<Vec<_>>(), ids);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
}

#[test]
fn what_stands_behind_an_album_says_that_it_is_whole() {
    let mut stage = stage();
    album(&mut stage, 10, 101..103);
    stage.begin(0, MOMENT);
    assert_eq!(under_way(&stage), [0; 0]);
    stage.append(1, photo(10, 103, "b"));
    stage.message(1, 10, 104);
    stage.begin(0, Duration::from_millis(50));
    assert_eq!(under_way(&stage), [2], "long before it had waited enough");
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101, 102, 103, 104]);
}

#[test]
fn ten_are_a_whole_album() {
    let mut stage = stage();
    album(&mut stage, 10, 101..112);
    stage.begin(0, MOMENT);
    assert_eq!(under_way(&stage), [10]);
    stage.run(0, Duration::from_secs(8));
    assert_eq!(stage.seen(1), (101..112).collect::<Vec<_>>());
    assert!(stage.is_empty());
}

#[test]
fn who_leaves_in_the_middle_of_an_album_takes_all_of_it_back() {
    let mut stage = stage();
    album(&mut stage, 10, 101..103);
    stage.begin(0, MOMENT);
    stage.append(1, end(10));
    album(&mut stage, 11, 111..112);
    stage.append(1, Notice::Help.entry());
    stage.begin(0, Duration::from_millis(50));
    assert_eq!(under_way(&stage), [1], "the end waits for nothing");
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [0, 111, 0]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 2);
    assert!(stage.is_empty());
}

#[test]
fn an_album_under_way_when_somebody_leaves_stays_whole_and_a_late_one_is_dropped() {
    let mut stage = stage();
    album(&mut stage, 10, 101..103);
    stage.begin(0, Limits::GATHER + MOMENT);
    assert_eq!(under_way(&stage), [2]);
    album(&mut stage, 10, 103..104);
    stage.append(1, end(10));
    stage.begin(0, MOMENT);
    stage.deliver();
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101, 102, 0]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 1);
    assert_eq!(facts(&stage).len(), 2);
    assert!(stage.is_empty());
}

#[test]
fn a_repetition_sends_the_same_album_again_and_counts_every_message() {
    let mut stage = stage();
    album(&mut stage, 10, 101..103);
    stage.begin(0, Limits::GATHER + MOMENT);
    stage.treat(0, Treat::DoAndBreak);
    stage.answer(0);
    album(&mut stage, 10, 103..104);
    stage.run(0, Duration::from_secs(2));
    assert_eq!(stage.seen(1), [101, 102, 101, 102, 103]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 2);
    assert!(stage.is_empty());
}

#[test]
fn a_successor_sends_an_album_of_unknown_outcome_again_and_counts_it() {
    let mut stage = stage();
    album(&mut stage, 10, 101..104);
    stage.begin(0, Limits::GATHER + MOMENT);
    assert_eq!(under_way(&stage), [3]);
    stage.crash(0);
    stage.pass(LIMITS.lease);
    assert!(stage.acquire(1));
    stage.treat(0, Treat::Do);
    stage.run(1, LIMITS.claim_life() + MOMENT);
    assert_eq!(stage.seen(1), [101, 102, 103, 101, 102, 103]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 3);
    assert!(stage.is_empty());
}

#[test]
fn a_successor_does_not_repeat_an_album_into_an_ended_room() {
    let mut stage = stage();
    album(&mut stage, 10, 101..104);
    stage.begin(0, Limits::GATHER + MOMENT);
    stage.crash(0);
    stage.append(1, end(10));
    stage.pass(LIMITS.lease);
    assert!(stage.acquire(1));
    stage.treat(0, Treat::Do);
    stage.run(1, LIMITS.claim_life() + MOMENT);
    assert_eq!(stage.seen(1), [101, 102, 103, 0]);
    assert_eq!(facts(&stage), [101, 102, 103].map(|message| (message, None)), "nobody knows of any");
    assert!(stage.is_empty());
}

#[test]
fn an_album_that_cannot_be_copied_is_explained_once_and_over() {
    let mut stage = stage();
    stage.append(900, Notice::Help.entry());
    album(&mut stage, 10, 101..104);
    stage.message(1, 10, 104);
    stage.begin(0, MOMENT);
    let call = stage.flying.iter().position(|call| call.job.chat.user == UserId(1)).unwrap();
    stage.treat(call, Treat::Explain);
    stage.answer(call);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [104]);
    assert_eq!(stage.seen(900), [0, 0], "and one explanation");
    assert!(stage.is_empty());
}

#[test]
fn what_telegram_skips_of_an_album_is_told_and_no_id_is_guessed() {
    let mut stage = stage();
    stage.append(900, Notice::Help.entry());
    album(&mut stage, 10, 101..104);
    stage.begin(0, Limits::GATHER + MOMENT);
    let call = stage.flying.iter().position(|call| call.job.chat.user == UserId(1)).unwrap();
    stage.treat(call, Treat::Skip);
    stage.answer(call);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101, 102]);
    let told: Vec<_> = stage.log.iter().filter(|(chat, ..)| chat.user == UserId(900)).collect();
    assert_eq!(told[1].2, Notice::AlbumInPart.about(MessageId(101)));
    assert_eq!(told.len(), 2, "once");
    assert_eq!(facts(&stage), [101, 102, 103].map(|message| (message, None)));
    let kept = stage.state.inspect(|world| world.users[&UserId(1)].ids.contains_key(&RoomId(10)));
    assert!(!kept, "which id is whose nobody knows");
    assert!(stage.is_empty());
}

#[test]
fn an_album_takes_as_many_permits_as_it_has_messages() {
    let mut stage = Stage::new(BotRate::PerSecond(20.0));
    assert!(stage.acquire(0));
    album(&mut stage, 10, 101..111);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1).len(), 10);
    let begun = stage.clock.unix();
    for message in 0..6 {
        stage.message(2 + message, 20, 201 + message);
    }
    while !stage.is_empty() {
        stage.run(0, Duration::from_millis(5));
    }
    let took = stage.clock.unix().since(begun);
    assert!(took >= Duration::from_millis(250), "the rest of the album is paid first: {took:?}");
}
