//! What arrives too late: after the end of its room, or after a later one.

use super::{ANNA, BORIS, BOT, story};
use crate::oracle::Counts;

#[test]
fn a_copy_after_the_end_notice_is_delivered_after_leave() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let message = story.writes(ANNA);
    story.commands(BORIS, "/stop");
    story.ends(BORIS, 50);
    story.copy(ANNA, message, BORIS);
    story.ends(ANNA, 50);
    let (counts, oracle) = story.end();
    assert_eq!(counts, Counts { delivered_after_leave: 1, ..Counts::default() });
    assert_eq!(oracle.tally().dropped_by_leave, 1);
}

#[test]
fn a_room_shown_after_its_end_is_delivered_after_leave() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.commands(BORIS, "/stop");
    story.ends(BORIS, 50);
    story.ends(ANNA, 50);
    story.opens(BORIS, 50);
    assert_eq!(story.end().0, Counts { delivered_after_leave: 1, ..Counts::default() });
}

#[test]
fn a_copy_before_the_chat_s_own_end_notice_is_in_time() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let message = story.writes(ANNA);
    story.commands(BORIS, "/stop");
    story.ends(ANNA, 50);
    story.copy(ANNA, message, BORIS);
    story.ends(BORIS, 50);
    story.ends_clean();
}

#[test]
fn an_earlier_message_after_a_later_one_is_reordered() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let (one, two) = (story.writes(ANNA), story.writes(ANNA));
    story.copy(ANNA, two, BORIS);
    story.copy(ANNA, one, BORIS);
    assert_eq!(story.end().0, Counts { reordered: 1, ..Counts::default() });
}

#[test]
fn two_writers_and_two_rooms_are_not_ordered_among_each_other() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let hers = story.writes(ANNA);
    let his = story.writes(BORIS);
    story.copy(BORIS, his, ANNA);
    story.copy(ANNA, hers, BORIS);
    story.ends_clean();
}

#[test]
fn a_message_that_was_held_back_may_come_once_when_its_writer_asks_for_it() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let (one, two) = (story.writes(ANNA), story.writes(ANNA));
    story.says_on(BOT, ANNA, &[&format!("send:50:{one}")], Some(one));
    story.copy(ANNA, two, BORIS);
    story.presses(ANNA, &format!("send:50:{one}"));
    story.copy(ANNA, one, BORIS);
    story.commands(ANNA, "/stop");
    story.ends(BORIS, 50);
    story.ends(ANNA, 50);
    assert_eq!(story.ends_clean().tally().relayed, 2);
}

#[test]
fn a_message_that_was_held_back_comes_neither_by_itself_nor_twice() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let (one, two) = (story.writes(ANNA), story.writes(ANNA));
    story.says_on(BOT, ANNA, &[&format!("send:50:{one}")], Some(one));
    story.presses(ANNA, &format!("send:51:{one}"));
    story.copy(ANNA, one, BORIS);
    story.says_on(BOT, ANNA, &[&format!("send:50:{two}")], Some(two));
    story.presses(ANNA, &format!("send:50:{two}"));
    story.copy(ANNA, two, BORIS);
    story.copy(ANNA, two, BORIS);
    assert_eq!(story.end().0.duplicated, 2);
}
