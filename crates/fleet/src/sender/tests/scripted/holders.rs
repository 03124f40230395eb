//! What the holders of a lease owe each other: claims that are left alone, deadlines that are kept, and what is counted
//! when they are not.

use std::time::Duration;

use hamdam_telegram::Sent;

use super::{MOMENT, begin, hold, stage};
use crate::sender::tests::stage::{Fate, LIMITS, Treat};
use crate::sender::{Done, Outcome};

#[test]
fn a_successor_leaves_a_claimed_chat_alone_and_sends_again_once() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    stage.message(1, 10, 102);
    stage.message(2, 20, 201);
    stage.crash(0);
    stage.pass(LIMITS.lease);
    assert!(stage.acquire(1));
    stage.run(1, MOMENT);
    assert_eq!(stage.seen(2), [201], "other chats go on at once");
    assert_eq!(stage.seen(1), [0; 0], "a call may still be on its way");
    stage.treat(0, Treat::Do);
    stage.answer(0);
    stage.run(1, LIMITS.claim_life());
    assert_eq!(stage.seen(1), [101, 101, 102]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 1);
}

#[test]
fn a_graceful_hand_over_repeats_nothing_and_waits_for_nobody() {
    let mut stage = stage();
    for message in 0..4 {
        stage.message(1, 10, 101 + message);
        stage.message(2, 20, 201 + message);
    }
    begin(&mut stage, 0);
    stage.instances[0].as_mut().unwrap().core.retire();
    begin(&mut stage, 0);
    assert!(!stage.acquire(1), "the lease is kept until the calls are over");
    stage.deliver();
    begin(&mut stage, 0);
    assert!(stage.instances[0].is_none());
    assert!(stage.acquire(1));
    stage.run(1, MOMENT);
    assert_eq!(stage.seen(1), [101, 102, 103, 104]);
    assert_eq!(stage.seen(2), [201, 202, 203, 204]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
}

#[test]
fn a_claim_that_was_not_used_in_time_is_renewed_and_is_no_repetition() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    hold(&mut stage);
    stage.pass(LIMITS.start_limit);
    stage.write(0);
    assert!(stage.flying.is_empty(), "too late to begin");
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
}

#[test]
fn nothing_begins_after_the_leases_deadline() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.message(1, 10, 102);
    begin(&mut stage, 0);
    stage.deliver();
    for _ in 0..200 {
        stage.pump(0, Fate::Unsent);
        stage.write(0);
        stage.pass(Duration::from_millis(50));
    }
    assert!(stage.flying.is_empty());
    assert_eq!(stage.seen(1), [101]);
    // The state is back, and the lease was nobody else's in between; but it ran out.
    stage.pump(0, Fate::Once);
    assert!(stage.instances[0].is_none(), "lost");
    assert!(stage.acquire(1));
    stage.run(1, Duration::from_secs(5));
    assert_eq!(stage.seen(1), [101, 101, 102], "its acknowledgement never came through");
    assert_eq!(stage.metrics.duplicate_sends.get(), 1);
}

#[test]
fn a_short_outage_of_the_state_repeats_nothing() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.message(1, 10, 102);
    begin(&mut stage, 0);
    stage.deliver();
    for fate in [Fate::Unheard, Fate::Unsent, Fate::Unheard] {
        stage.pass(Duration::from_millis(600));
        stage.pump(0, fate);
    }
    stage.run(0, Duration::from_secs(2));
    assert_eq!(stage.seen(1), [101, 102]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
}

#[test]
fn a_request_written_after_the_deadline_is_counted_as_a_zombie() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    hold(&mut stage);
    stage.pass(LIMITS.lease + Duration::from_secs(1));
    let (now, instance) = (stage.now(), stage.instances[0].as_mut().unwrap());
    let call = instance.unwritten.remove(0);
    let outcome =
        Outcome::Answered { written: now, answer: Ok(Sent { message_id: Some(1), others: Vec::new() }) };
    let done = Done::Called { chat: call.job.chat, entry: call.job.id, method: "call", outcome };
    instance.core.done(done, now, &mut instance.permits);
    assert_eq!(stage.metrics.zombie_sends.get(), 1);
}
