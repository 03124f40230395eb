//! Nothing of a room follows its end into a chat.

use std::time::Duration;

use hamdam_domain::fact::Fact;
use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::Notice;

use super::{MOMENT, answer, begin, facts, stage};
use crate::sender::tests::entries::end;
use crate::sender::tests::stage::{LIMITS, Treat};

#[test]
fn an_end_drops_what_was_not_begun() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    stage.message(1, 10, 102);
    stage.append(1, Notice::Help.entry());
    stage.message(1, 10, 103);
    stage.append(1, end(10));
    stage.message(1, 10, 104);
    stage.message(1, 11, 111);
    begin(&mut stage, 0);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101, 0, 0, 111], "what was under way, the notice, the end, the next room");
    assert_eq!(stage.metrics.dropped_by_leave.get(), 3);
    assert!(stage.is_empty());
}

#[test]
fn an_end_overtakes_what_is_claimed_with_it() {
    let mut stage = stage();
    stage.message(2, 20, 201);
    stage.run(0, MOMENT);
    // The bot is busy here now: the first message is claimed as it is read, and the end is read with it.
    stage.message(1, 10, 101);
    stage.append(1, end(10));
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [0]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 1);
    assert!(stage.is_empty());
}

#[test]
fn an_end_drops_a_message_that_waits_out_a_429() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Limit(2));
    stage.append(1, end(10));
    stage.run(0, Duration::from_millis(2_500));
    assert_eq!(stage.seen(1), [0]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 1);
}

#[test]
fn a_message_of_unknown_outcome_is_not_sent_again_into_an_ended_room() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Break);
    stage.append(1, end(10));
    begin(&mut stage, 0);
    assert_eq!(stage.seen(1), [0; 0], "the end waits until the call can no longer be on its way");
    stage.run(0, Duration::from_secs(1));
    assert_eq!(stage.seen(1), [0]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 1);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
}

#[test]
fn a_send_of_unknown_outcome_whose_room_ended_is_not_repeated_and_stands_in_the_record() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    stage.message(1, 10, 102);
    stage.crash(0);
    stage.append(1, end(10));
    stage.pass(LIMITS.lease);
    assert!(stage.acquire(1));
    stage.treat(0, Treat::Do);
    stage.answer(0);
    stage.run(1, LIMITS.claim_life());
    assert_eq!(stage.seen(1), [101, 0]);
    let [Fact::Message(fact)] = &facts(&stage)[..] else { panic!("one message fact, of what was begun") };
    assert_eq!((fact.sender_message, fact.partner_message), (MessageId(101), None));
    assert!(stage.is_empty());
}
