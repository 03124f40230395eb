//! Rooms that come back after live state lost everything.

use super::{ANNA, BORIS, CLARA, OTHER_BOT, Story, story};
use crate::oracle::Counts;

/// Two met and parted, and live state lost everything, or not.
fn parted(lost: bool) -> Story {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.presses(ANNA, "stop:50");
    story.ends(ANNA, 50);
    story.ends(BORIS, 50);
    if lost {
        story.oracle.rooms_may_return();
    }
    story
}

#[test]
fn a_room_that_is_over_comes_back_only_after_a_loss() {
    for (lost, after_leave) in [(true, 0), (false, 1)] {
        let mut story = parted(lost);
        story.opens(ANNA, 50);
        let counts = story.oracle.counts();
        assert_eq!(counts, Counts { delivered_after_leave: after_leave, ..Counts::default() });
        if lost {
            story.opens(BORIS, 50);
            let again = story.writes(ANNA);
            story.copy(ANNA, again, BORIS);
            story.ends(ANNA, 50);
            story.ends(BORIS, 50);
            assert_eq!(story.ends_clean().tally().relayed, 1);
        }
    }
}

#[test]
fn a_room_may_come_back_by_an_earlier_bot_of_its_user() {
    for (lost, faults) in [(true, 0), (false, 2)] {
        let mut story = story();
        story.meet(ANNA, BORIS, 50);
        if lost {
            story.oracle.rooms_may_return();
        }
        story.says_on(OTHER_BOT, ANNA, &["next:50", "stop:50"], None);
        let Counts { double_matched, self_matched, .. } = story.oracle.counts();
        assert_eq!(double_matched + self_matched, faults);
        if lost {
            story.presses(BORIS, "stop:50");
            story.ends(BORIS, 50);
            story.says_on(OTHER_BOT, ANNA, &["search:50"], None);
            story.ends_clean();
        }
    }
}

#[test]
fn an_end_may_be_told_again_after_a_loss() {
    for (lost, duplicated) in [(true, 0), (false, 1)] {
        let mut story = parted(lost);
        story.ends(BORIS, 50);
        assert_eq!(story.end().0, Counts { duplicated, ..Counts::default() });
    }
}

#[test]
fn what_was_written_before_a_room_came_back_does_not_speak_in_it() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.presses(ANNA, "next:50");
    story.ends(BORIS, 50);
    story.says(ANNA, &["search:50"]);
    story.meet(ANNA, CLARA, 51);
    story.oracle.rooms_may_return();
    let to_clara = story.writes(ANNA);
    story.opens(ANNA, 50);
    story.opens(BORIS, 50);
    assert_eq!(story.oracle.counts(), Counts::default());
    story.copy(ANNA, to_clara, BORIS);
    assert_eq!(story.oracle.counts(), Counts { misdelivered: 1, ..Counts::default() });
}
