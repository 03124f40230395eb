//! What is taken back before it went out never goes out, and what went out is deleted.

use std::time::Duration;

use super::entries::{end, photo, retract};
use super::stage::{MOMENT, Treat, stage};

#[test]
fn a_message_that_waits_is_dropped_and_its_neighbours_are_not() {
    let mut stage = stage();
    for message in 101..110 {
        stage.message(1, 10, message);
    }
    stage.run(0, Duration::from_millis(400));
    assert_eq!(stage.seen(1), [101, 102, 103, 104, 105], "as many as a chat takes at once");
    stage.append(1, retract(10, 107));
    stage.append(1, retract(10, 102));
    stage.run(0, Duration::from_secs(8));
    assert_eq!(stage.seen(1), [101, 102, 103, 104, 105, 106, 108, 109, 0], "one retraction deletes");
    assert!(stage.is_empty());
}

#[test]
fn a_member_of_an_album_is_taken_out_of_it() {
    let mut stage = stage();
    for message in 101..104 {
        stage.append(1, photo(10, message, "a"));
    }
    stage.append(1, retract(10, 102));
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101, 103]);
    assert!(stage.is_empty());
}

#[test]
fn the_original_goes_behind_the_copy_whatever_became_of_that() {
    for (treat, seen) in [(Treat::Do, vec![101, 0]), (Treat::Gone, vec![101]), (Treat::Explain, vec![101])] {
        let mut stage = stage();
        stage.message(1, 10, 101);
        stage.run(0, MOMENT);
        stage.append(1, retract(10, 101));
        stage.begin(0, MOMENT);
        assert_eq!(stage.flying.len(), 1, "nothing yet in the writer's chat");
        stage.treat(0, treat);
        stage.answer(0);
        stage.run(0, MOMENT);
        assert_eq!(stage.seen(1), seen);
        assert_eq!(stage.removed(900), [101, 1_101], "{treat:?}");
        assert!(stage.is_empty());
    }
}

#[test]
fn the_original_of_what_nobody_got_goes_too() {
    let mut stage = stage();
    stage.append(1, retract(10, 77));
    stage.run(0, MOMENT);
    stage.append(2, retract(20, 78));
    stage.append(2, end(20));
    stage.run(0, MOMENT);
    assert_eq!(stage.removed(900), [77, 1_077, 78, 1_078]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 0, "no message of anybody was dropped");
    assert!(stage.is_empty());
}
