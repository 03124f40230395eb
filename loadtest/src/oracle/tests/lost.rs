//! What is missing, and what excuses it.

use super::{ANNA, BORIS, BOT, story};
use crate::oracle::Counts;
use crate::telegram::What;

#[test]
fn what_never_arrives_is_lost() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.writes(ANNA);
    assert!(!story.oracle.is_settled());
    let (counts, oracle) = story.end();
    assert_eq!(counts, Counts { lost: 1, ..Counts::default() });
    assert_eq!(oracle.findings().len(), 1);
}

#[test]
fn what_the_bot_did_not_take_is_pending_and_not_lost() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.written(BOT, ANNA, "hello", None);
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().sent, oracle.tally().pending), (1, 1));
    assert!(!oracle.is_settled());
}

#[test]
fn leaving_excuses_what_was_written_shortly_before() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.writes(ANNA);
    story.writes(BORIS);
    story.presses(ANNA, "stop:50");
    story.writes(BORIS);
    story.ends(BORIS, 50);
    story.ends(ANNA, 50);
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().sent, oracle.tally().dropped_by_leave), (3, 3));
}

#[test]
fn leaving_does_not_excuse_what_was_written_long_before() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.writes(ANNA);
    story.pass(31);
    story.commands(ANNA, "/next");
    story.ends(ANNA, 50);
    story.ends(BORIS, 50);
    assert_eq!(story.end().0.lost, 1);
}

#[test]
fn leaving_does_not_excuse_what_a_later_one_passed() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.writes(ANNA);
    let later = story.writes(ANNA);
    story.copy(ANNA, later, BORIS);
    story.commands(BORIS, "/stop");
    story.ends(ANNA, 50);
    story.ends(BORIS, 50);
    assert_eq!(story.end().0, Counts { lost: 1, ..Counts::default() });
}

#[test]
fn a_room_that_ends_by_itself_excuses_nothing() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.writes(ANNA);
    story.ends(ANNA, 50);
    story.ends(BORIS, 50);
    assert_eq!(story.end().0, Counts { lost: 1, ..Counts::default() });
}

#[test]
fn a_room_left_before_it_was_shown_excuses() {
    let mut story = story();
    story.searches(ANNA);
    story.searches(BORIS);
    story.opens(ANNA, 50);
    story.writes(ANNA);
    story.commands(BORIS, "/stop");
    story.ends(ANNA, 50);
    story.opens(BORIS, 50);
    story.ends(BORIS, 50);
    assert_eq!(story.ends_clean().tally().dropped_by_leave, 1);
}

#[test]
fn a_room_that_only_one_side_ever_saw_excuses() {
    let mut story = story();
    story.searches(ANNA);
    story.opens(ANNA, 50);
    story.writes(ANNA);
    story.ends(ANNA, 50);
    assert_eq!(story.ends_clean().tally().dropped_by_leave, 1);
}

#[test]
fn what_its_writer_is_told_of_is_refused() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let message = story.writes(ANNA);
    let later = story.writes(ANNA);
    story.copy(ANNA, later, BORIS);
    story.says_on(BOT, ANNA, &[], Some(message));
    assert_eq!(story.ends_clean().tally().refused, 1);
}

#[test]
fn an_explanation_may_come_after_the_room_was_decided() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let message = story.writes(ANNA);
    story.ends(ANNA, 50);
    story.ends(BORIS, 50);
    story.pass(40);
    assert_eq!(story.oracle.counts().lost, 1);
    story.says_on(BOT, ANNA, &["search:0"], Some(message));
    assert_eq!(story.ends_clean().tally().refused, 1);
}

#[test]
fn a_command_is_not_a_message_to_relay() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.commands(ANNA, "/help");
    story.says(ANNA, &[]);
    assert_eq!(story.ends_clean().tally().sent, 0);
}

#[test]
fn what_telegram_lost_is_not_counted() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let (update_id, _) = story.written(BOT, ANNA, "hello", None);
    story.tell(What::UpdateExpired { bot: BOT, user: ANNA, update_id });
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().sent, oracle.tally().lost_by_telegram), (0, 1));
}
