//! Who meets whom: two rooms at once, one ticket twice, oneself.

use super::{ANNA, BORIS, BOT, CLARA, OTHER_BOT, story};
use crate::oracle::Counts;

#[test]
fn two_rooms_open_in_one_chat_are_double_matched() {
    let mut story = story();
    let update = story.commands(ANNA, "/search");
    let again = story.commands(ANNA, "/search");
    story.says(ANNA, &[&format!("cancel:{BOT}:{update}")]);
    story.opens(ANNA, 50);
    story.says(ANNA, &[&format!("cancel:{BOT}:{again}")]);
    assert_eq!(story.oracle.counts(), Counts { double_matched: 1, ..Counts::default() });

    let mut story = super::story();
    story.searches(ANNA);
    story.opens(ANNA, 50);
    story.opens(ANNA, 51);
    assert!(story.oracle.counts().double_matched >= 1);
}

#[test]
fn a_room_without_a_search_of_its_own_is_double_matched() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.commands(BORIS, "/stop");
    story.ends(ANNA, 50);
    story.ends(BORIS, 50);
    story.searches(CLARA);
    story.opens(CLARA, 51);
    story.opens(ANNA, 51);
    assert_eq!(story.end().0, Counts { double_matched: 1, ..Counts::default() });
}

#[test]
fn a_third_user_in_a_room_is_double_matched() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.searches(CLARA);
    story.opens(CLARA, 50);
    assert!(story.end().0.double_matched >= 1);
}

#[test]
fn rooms_on_two_bots_may_overlap_for_a_moment_only() {
    for (seconds, double) in [(2, 0), (12, 1)] {
        let mut story = story();
        story.meet(ANNA, BORIS, 50);
        let (update, _) = story.written(OTHER_BOT, ANNA, "/next", None);
        story.says_on(OTHER_BOT, ANNA, &[&format!("cancel:{OTHER_BOT}:{update}")], None);
        story.says_on(OTHER_BOT, ANNA, &["next:51"], None);
        story.pass(seconds);
        story.ends(ANNA, 50);
        story.ends(BORIS, 50);
        story.pass(20);
        assert_eq!(story.oracle.counts().double_matched, double, "{:?}", story.oracle.findings());
    }
}

#[test]
fn leaving_through_another_bot_is_told_in_both_chats() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.written(OTHER_BOT, ANNA, "/stop", None);
    story.ends(ANNA, 50);
    story.says_on(OTHER_BOT, ANNA, &["search:50"], None);
    story.ends(BORIS, 50);
    story.ends_clean();
}

#[test]
fn a_search_may_be_shown_late_on_another_bot_and_not_on_its_own() {
    let mut story = story();
    let update = story.searches(ANNA);
    story.searches(BORIS);
    story.opens(ANNA, 50);
    story.opens(BORIS, 50);
    story.says_on(OTHER_BOT, ANNA, &[&format!("cancel:{BOT}:{update}")], None);
    assert_eq!(story.oracle.counts(), Counts::default());
    story.says(ANNA, &[&format!("cancel:{BOT}:{update}")]);
    assert_eq!(story.end().0, Counts { duplicated: 1, ..Counts::default() });
}

#[test]
fn the_end_of_a_room_the_user_never_saw_is_misdelivered() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.searches(CLARA);
    story.ends(CLARA, 50);
    assert_eq!(story.end().0, Counts { misdelivered: 1, ..Counts::default() });
}

#[test]
fn rooms_one_after_the_other_are_in_order() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let update = story.presses(ANNA, "next:50");
    story.ends(BORIS, 50);
    // The notice of one's own leaving may say both, or only that the next search runs.
    story.says(ANNA, &[&format!("cancel:{BOT}:{update}")]);
    story.searches(CLARA);
    story.opens(CLARA, 51);
    story.opens(ANNA, 51);
    assert_eq!(story.ends_clean().tally().rooms, 2);
}

#[test]
fn a_user_on_both_sides_is_self_matched() {
    let mut story = story();
    story.searches(ANNA);
    story.opens(ANNA, 50);
    story.opens(ANNA, 50);
    let message = story.writes(ANNA);
    story.copy(ANNA, message, ANNA);
    assert!(story.end().0.self_matched >= 2);
}

#[test]
fn a_user_on_both_sides_through_two_bots_is_self_matched() {
    let mut story = story();
    story.searches(ANNA);
    story.opens(ANNA, 50);
    let (update, _) = story.written(OTHER_BOT, ANNA, "/search", None);
    story.says_on(OTHER_BOT, ANNA, &[&format!("cancel:{OTHER_BOT}:{update}")], None);
    story.says_on(OTHER_BOT, ANNA, &["next:50", "stop:50"], None);
    assert_eq!(story.end().0.self_matched, 1);
}
