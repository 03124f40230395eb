//! What came by another bot: its content is said again, and its files are looked for before the call.

use std::time::Duration;

use futures::FutureExt;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, RoomId, UserId};
use hamdam_domain::outbox::{Content, Entry, Notice};
use hamdam_domain::parcel::Parcel;
use hamdam_state::State;
use hamdam_state::step::bot::Kept;
use hamdam_telegram::{CallError, Executed};

use super::{MOMENT, answer, begin, facts, stage};
use crate::sender::tests::entries::{carry, copy, edit, voice};
use crate::sender::tests::stage::{BOT, Fate, LIMITS, OTHER_BOT, SHARD, Stage, Treat};
use crate::sender::{Done, FileAt, Outcome};

/// What the writer was told, and about which message.
fn told(stage: &Stage) -> Vec<(MessageId, Notice)> {
    stage.state.inspect(|world| {
        let of = world.shard(SHARD).outbox.values().filter(|stored| stored.user == UserId(900));
        of.map(|stored| match Entry::from_json(&stored.body).unwrap().content {
            Content::Answer { message, notice } => (message, notice),
            other => panic!("{other:?}"),
        })
        .collect()
    })
}

fn not_passed_on(reason: &str) -> Notice {
    Notice::NotCopyable { kind: hamdam_domain::message::MessageKind::Text, reason: Some(reason.to_owned()) }
}

fn again() -> CallError {
    CallError::Retry { method: "getFile", executed: Executed::No, reason: String::new(), source: None }
}

/// A stage on which the writer is known, so that they can be told.
fn stage_with_writer() -> Stage {
    let stage = stage();
    let profile = hamdam_domain::profile::Profile::new(hamdam_domain::profile::Language::En, BOT);
    stage.state.enroll(UserId(900), &profile, &[], &[]).now_or_never().unwrap().unwrap();
    stage
}

#[test]
fn a_text_of_another_bot_leaves_its_ids_and_its_fact() {
    let mut stage = stage();
    stage.append(1, carry(10, 101, Parcel::Text { text: "x".into(), entities: None }));
    stage.run(0, MOMENT);
    let [Fact::Message(fact)] = &facts(&stage)[..] else { panic!("one message fact") };
    assert_eq!((fact.bot, fact.sender_message), (OTHER_BOT, MessageId(101)));
    let kept = stage.state.inspect(|world| world.users[&UserId(1)].ids[&RoomId(10)].pairs.clone());
    assert_eq!(kept, [(fact.partner_message.expect("it was delivered"), MessageId(101))]);
}

#[test]
fn a_copy_of_another_bot_is_never_tried() {
    let mut stage = stage_with_writer();
    let mut entry = copy(10, 101, None);
    entry.content.message_mut().unwrap().bot = OTHER_BOT;
    stage.append(1, entry);
    begin(&mut stage, 0);
    assert!(stage.log.is_empty() && stage.flying.iter().all(|call| call.job.chat.user == UserId(900)));
    assert_eq!(told(&stage), [(MessageId(101), not_passed_on(Notice::ACROSS))]);
}

#[test]
fn content_that_waited_for_an_hour_is_held_no_longer() {
    let mut stage = stage_with_writer();
    stage.append(1, carry(10, 101, Parcel::Text { text: "x".into(), entities: None }));
    stage.append(1, edit(10, 101));
    stage.message(1, 10, 102);
    stage.pass(Duration::from_hours(1));
    stage.instances[0] = None;
    assert!(stage.acquire(0));
    begin(&mut stage, 0);
    assert_eq!(told(&stage), [(MessageId(101), not_passed_on(Notice::TOO_LATE))]);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [102], "a reference may wait");
}

#[test]
fn a_file_is_looked_for_before_its_call() {
    let mut stage = stage();
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    assert_eq!(*stage.door.asked.lock().unwrap(), [(OTHER_BOT, "theirs".to_owned())]);
    let [call] = &stage.flying[..] else { panic!("one call") };
    assert!(matches!(call.file, Some(FileAt::There(_))), "{:?}", call.file);
}

#[test]
fn a_file_that_is_too_large_is_explained_at_once() {
    let mut stage = stage_with_writer();
    let reason = "file is too big".to_owned();
    stage.door.places.lock().unwrap().push_back(Err(CallError::Explain { method: "getFile", reason }));
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    assert_eq!(told(&stage), [(MessageId(101), not_passed_on(Notice::TOO_LARGE))]);
    stage.run(0, MOMENT);
    assert_eq!(stage.door.asked.lock().unwrap().len(), 1);
}

#[test]
fn a_file_that_cannot_be_fetched_is_tried_three_times_and_explained_once() {
    let mut stage = stage_with_writer();
    stage.door.places.lock().unwrap().extend([Err(again()), Err(again()), Err(again())]);
    stage.append(1, carry(10, 101, voice()));
    stage.message(1, 10, 102);
    stage.run(0, Duration::from_secs(10));
    assert_eq!(stage.door.asked.lock().unwrap().len(), 3);
    let answers = stage.log.iter().filter(|(chat, ..)| chat.user == UserId(900)).count();
    assert_eq!(answers, 1);
    assert_eq!(stage.seen(1), [102], "what stands behind goes on");
    assert!(stage.is_empty());
}

#[test]
fn a_file_of_a_bot_that_is_not_known_here_yet_is_waited_for_and_the_room_goes_on() {
    for left in [false, true] {
        let mut stage = stage_with_writer();
        let strange = || Err(CallError::Stranger { method: "getFile", left });
        stage.door.places.lock().unwrap().extend((0..5).map(|_| strange()));
        stage.append(1, carry(10, 101, voice()));
        stage.message(1, 10, 102);
        stage.run(0, Duration::from_secs(10));
        let (asked, seen) = if left { (1, vec![102]) } else { (6, vec![101, 102]) };
        assert_eq!(stage.door.asked.lock().unwrap().len(), asked);
        assert_eq!(stage.seen(1), seen, "{:?}", stage.log);
        assert!(stage.is_empty());
    }
}

#[test]
fn a_download_that_breaks_begins_anew() {
    let mut stage = stage();
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    let call = stage.flying.remove(0);
    let now = stage.now();
    let instance = stage.instances[0].as_mut().unwrap();
    let done = Done::Called {
        chat: call.job.chat,
        entry: call.job.id,
        method: "sendVoice",
        outcome: Outcome::NotFetched(again()),
    };
    instance.core.done(done, now, &mut instance.permits);
    stage.run(0, Duration::from_secs(2));
    assert_eq!(stage.door.asked.lock().unwrap().len(), 2, "its place is asked for again");
    assert_eq!((stage.seen(1), stage.duplicates), (vec![101], 0));
    assert_eq!(stage.metrics.duplicate_sends.get(), 0, "nothing was sent before");
}

#[test]
fn a_file_that_is_remembered_wrongly_is_brought_anew() {
    let mut stage = stage();
    let kept = Kept { unique: "voice".into(), id: "ours".into(), most: 9, life: Duration::from_hours(1) };
    stage.state.keep_file(BOT, &kept).now_or_never().unwrap().unwrap();
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    assert_eq!(stage.flying[0].file, Some(FileAt::Known("ours".into())));
    assert!(stage.door.asked.lock().unwrap().is_empty());
    answer(&mut stage, Treat::Explain);
    stage.given_up.clear();
    begin(&mut stage, 0);
    assert!(matches!(stage.flying[0].file, Some(FileAt::There(_))), "{:?}", stage.flying[0].file);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101]);
}

#[test]
fn a_message_that_cannot_be_said_again_is_explained() {
    let mut stage = stage_with_writer();
    stage.append(1, carry(10, 101, Parcel::Object { json: r#"{"latitude":1,"longitude":2}"#.into() }));
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Bug);
    begin(&mut stage, 0);
    assert_eq!(told(&stage), [(MessageId(101), not_passed_on(""))]);
}

#[test]
fn a_successor_waits_for_the_longest_transfer() {
    let mut stage = stage();
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    let written = stage.flying[0].written;
    stage.crash(0);
    stage.pass(LIMITS.lease);
    assert!(stage.acquire(1));
    while stage.flying.iter().all(|call| call.owner.is_none()) {
        stage.pump(1, Fate::Once);
        stage.write(1);
        assert!(stage.now() < written + 3 * LIMITS.longest_transfer, "it is sent again in the end");
        stage.pass(Duration::from_millis(50));
    }
    assert!(stage.now() >= written + LIMITS.longest_transfer, "{:?}", stage.now());
}
