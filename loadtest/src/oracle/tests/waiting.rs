//! Who waits too long, or is left alone.

use std::sync::Arc;

use super::{ANNA, BORIS, BOT, CLARA, story};
use crate::oracle::Counts;
use crate::telegram::{Queued, What};

#[test]
fn two_who_wait_too_long_beside_each_other_are_stuck() {
    let mut story = story();
    story.searches(ANNA);
    story.searches(BORIS);
    story.pass(19);
    assert_eq!(story.oracle.counts().stuck_waiting, 0);
    assert!(!story.oracle.is_settled());
    story.pass(2);
    assert_eq!(story.end().0, Counts { stuck_waiting: 2, ..Counts::default() });
}

#[test]
fn waiting_alone_is_not_being_stuck() {
    let mut story = story();
    story.searches(ANNA);
    story.pass(100);
    story.searches(BORIS);
    story.opens(ANNA, 50);
    story.opens(BORIS, 50);
    story.searches(CLARA);
    story.ends_clean();
}

#[test]
fn who_called_the_search_off_does_not_wait() {
    let mut story = story();
    story.searches(ANNA);
    let update = story.searches(BORIS);
    story.presses(BORIS, &format!("cancel:{BOT}:{update}"));
    story.says(BORIS, &["search:0"]);
    story.pass(30);
    story.ends_clean();
}

#[test]
fn a_search_without_an_answer_is_stuck() {
    let mut story = story();
    story.commands(ANNA, "/search");
    assert!(!story.oracle.is_settled());
    assert_eq!(story.end().0, Counts { stuck_waiting: 1, ..Counts::default() });
}

#[test]
fn an_old_button_that_does_nothing_is_an_answered_search() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let update_id = story.presses(ANNA, "search:49");
    story.tell(What::PressAnswered {
        call: 1,
        bot: BOT,
        user: ANNA,
        update_id,
        text: Some(Arc::from("over")),
    });
    story.ends_clean();
}

#[test]
fn sitting_in_a_room_whose_other_side_is_gone_is_stuck() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.commands(ANNA, "/stop");
    story.ends(ANNA, 50);
    assert!(!story.oracle.is_settled());
    assert_eq!(story.end().0, Counts { stuck_waiting: 1, ..Counts::default() });
}

#[test]
fn sitting_in_a_room_nobody_else_sees_is_stuck() {
    let mut story = story();
    story.searches(ANNA);
    story.opens(ANNA, 50);
    assert_eq!(story.end().0, Counts { stuck_waiting: 1, ..Counts::default() });
}

#[test]
fn who_blocked_the_bot_need_not_be_told_that_the_room_ended() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.writes(BORIS);
    story.queued(BOT, ANNA, Queued::Block);
    story.ends(BORIS, 50);
    assert_eq!(story.ends_clean().tally().dropped_by_leave, 1);
}

#[test]
fn whose_partner_blocked_the_bot_must_be_told() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.queued(BOT, ANNA, Queued::Block);
    assert!(!story.oracle.is_settled());
    assert_eq!(story.end().0, Counts { stuck_waiting: 1, ..Counts::default() });
}
