//! Invalid calls, what is beside the nine, and an ordinary conversation.

use std::sync::Arc;
use std::time::Duration;

use super::{ANNA, BORIS, BOT, story};
use crate::oracle::Counts;
use crate::telegram::{WebhookAnswer, What};

#[test]
fn an_ordinary_conversation_is_clean() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    for _ in 0..100 {
        let message = story.writes(ANNA);
        story.copy(ANNA, message, BORIS);
        let message = story.writes(BORIS);
        story.copy(BORIS, message, ANNA);
    }
    story.commands(ANNA, "/stop");
    story.ends(BORIS, 50);
    story.ends(ANNA, 50);
    let oracle = story.ends_clean();
    let tally = oracle.tally();
    assert_eq!((tally.sent, tally.relayed, tally.rooms), (200, 200, 1));
    assert_eq!((tally.relay.count(), tally.matching.count()), (200, 2));
    assert!(oracle.is_settled());
}

#[test]
fn invalid_calls_are_counted_as_the_simulator_tells() {
    let mut story = story();
    story.tell(What::InvalidCall {
        call: 1,
        bot: Some(BOT),
        method: Arc::from("sendMesage"),
        why: "no such method".into(),
    });
    assert_eq!(story.end().0, Counts { invalid_calls: 1, ..Counts::default() });
}

#[test]
fn webhooks_are_timed_when_they_succeed_and_counted_when_they_fail() {
    let mut story = story();
    for status in [200, 503, 204] {
        story.tell(What::WebhookAnswered {
            bot: BOT,
            user: ANNA,
            update_id: 1,
            attempt: 1,
            answer: WebhookAnswer::Status(status),
            took: Duration::from_millis(5),
        });
    }
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().webhook.count(), oracle.tally().webhook_failures), (2, 1));
}

#[test]
fn memory_of_a_long_conversation_is_bounded() {
    let mut story = story();
    for room in 50..150 {
        story.meet(ANNA, BORIS, room);
        for _ in 0..20 {
            let message = story.writes(ANNA);
            story.copy(ANNA, message, BORIS);
        }
        story.commands(ANNA, "/stop");
        story.ends(ANNA, room);
        story.ends(BORIS, room);
        story.pass(1);
    }
    assert!(story.oracle.rooms.len() <= 32, "{} rooms are remembered", story.oracle.rooms.len());
    assert!(story.oracle.ending.len() <= 32);
    assert_eq!(story.ends_clean().tally().relayed, 2000);
}
