//! What comes twice.

use super::{ANNA, BORIS, BOT, story};
use crate::oracle::Counts;

#[test]
fn a_second_copy_is_duplicated() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let message = story.writes(ANNA);
    story.copy(ANNA, message, BORIS);
    story.copy(ANNA, message, BORIS);
    let (counts, oracle) = story.end();
    assert_eq!(counts, Counts { duplicated: 1, ..Counts::default() });
    assert_eq!(oracle.tally().relayed, 1);
}

#[test]
fn a_second_copy_of_a_forgotten_message_is_duplicated() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let first = story.writes(ANNA);
    story.copy(ANNA, first, BORIS);
    for _ in 0..100 {
        let message = story.writes(ANNA);
        story.copy(ANNA, message, BORIS);
    }
    story.copy(ANNA, first, BORIS);
    assert_eq!(story.end().0, Counts { duplicated: 1, ..Counts::default() });
}

#[test]
fn notices_said_twice_are_duplicated() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.opens(BORIS, 50);
    story.commands(ANNA, "/stop");
    story.ends(ANNA, 50);
    story.ends(ANNA, 50);
    story.ends(BORIS, 50);
    assert_eq!(story.end().0.duplicated, 2);
}

#[test]
fn a_notice_repeated_before_the_partner_sees_the_room_is_duplicated() {
    let mut story = story();
    story.searches(ANNA);
    story.searches(BORIS);
    story.opens(ANNA, 50);
    story.opens(ANNA, 50);
    story.opens(BORIS, 50);
    assert_eq!(story.end().0, Counts { duplicated: 1, ..Counts::default() });
}

#[test]
fn relaying_what_was_refused_is_duplicated() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let message = story.writes(ANNA);
    story.says_on(BOT, ANNA, &[], Some(message));
    story.copy(ANNA, message, BORIS);
    let (counts, oracle) = story.end();
    assert_eq!(counts, Counts { duplicated: 1, ..Counts::default() });
    assert_eq!((oracle.tally().relayed, oracle.tally().refused), (1, 0));
}
