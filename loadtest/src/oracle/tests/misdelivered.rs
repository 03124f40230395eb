//! What arrives where it does not belong.

use std::sync::Arc;

use super::{ANNA, BORIS, BOT, CLARA, DORA, buttons, story};
use crate::oracle::Counts;
use crate::telegram::{Kind, Queued, What};

#[test]
fn a_copy_in_a_stranger_s_chat_is_misdelivered() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.meet(CLARA, DORA, 51);
    let message = story.writes(ANNA);
    story.copy(ANNA, message, CLARA);
    story.copy(ANNA, message, BORIS);
    assert_eq!(story.end().0, Counts { misdelivered: 1, ..Counts::default() });
}

#[test]
fn a_message_of_an_older_room_is_misdelivered() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let message = story.writes(ANNA);
    let update = story.commands(ANNA, "/next");
    story.ends(BORIS, 50);
    story.says(ANNA, &["search:50", &format!("cancel:{BOT}:{update}")]);
    story.searches(CLARA);
    story.opens(ANNA, 51);
    story.opens(CLARA, 51);
    story.copy(ANNA, message, CLARA);
    let counts = story.end().0;
    assert_eq!(counts, Counts { misdelivered: 1, ..Counts::default() });
}

#[test]
fn what_was_written_blindly_may_speak_in_the_room_that_had_begun() {
    let mut story = story();
    story.searches(ANNA);
    story.searches(BORIS);
    let message = story.writes(ANNA);
    story.opens(BORIS, 50);
    story.copy(ANNA, message, BORIS);
    story.opens(ANNA, 50);
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().sent, oracle.tally().outside, oracle.tally().outside_relayed), (0, 1, 1));
}

#[test]
fn what_was_written_blindly_may_not_speak_in_a_later_room() {
    let mut story = story();
    story.searches(ANNA);
    let message = story.writes(ANNA);
    story.opens(ANNA, 50);
    story.searches(BORIS);
    story.opens(BORIS, 51);
    story.copy(ANNA, message, BORIS);
    assert_eq!(story.end().0.misdelivered, 1);

    let mut story = super::story();
    story.searches(ANNA);
    let message = story.writes(ANNA);
    story.searches(BORIS);
    story.opens(BORIS, 51);
    story.copy(ANNA, message, BORIS);
    story.opens(ANNA, 50);
    assert_eq!(story.end().0.misdelivered, 1);
}

#[test]
fn what_was_written_blindly_may_not_speak_in_two_rooms() {
    let mut story = story();
    story.searches(ANNA);
    let (one, two) = (story.writes(ANNA), story.writes(ANNA));
    story.searches(BORIS);
    story.opens(BORIS, 50);
    story.searches(CLARA);
    story.opens(CLARA, 51);
    story.copy(ANNA, one, BORIS);
    story.copy(ANNA, two, CLARA);
    assert_eq!(story.oracle.counts(), Counts { misdelivered: 1, ..Counts::default() });
}

#[test]
fn what_was_written_after_asking_to_leave_may_reach_the_old_partner_or_nobody() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.presses(ANNA, "next:50");
    let message = story.writes(ANNA);
    story.writes(ANNA);
    story.copy(ANNA, message, BORIS);
    story.ends(BORIS, 50);
    story.ends(ANNA, 50);
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().sent, oracle.tally().outside), (0, 2));
}

#[test]
fn copying_a_command_is_misdelivered() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let (_, message) = story.written(BOT, ANNA, "/unknown", None);
    story.copy(ANNA, message, BORIS);
    assert_eq!(story.end().0, Counts { misdelivered: 1, ..Counts::default() });
}

#[test]
fn replies_land_on_the_message_they_answer() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let hers = story.writes(ANNA);
    let hers_there = story.copy(ANNA, hers, BORIS);
    let his = story.writes(BORIS);
    let his_there = story.copy(BORIS, his, ANNA);
    let (update, on_his) = story.written(BOT, ANNA, "yes", Some(his_there));
    story.ack(ANNA, update);
    story.copy_replying(ANNA, on_his, BORIS, Some(his));
    let (update, on_own) = story.written(BOT, ANNA, "and", Some(hers));
    story.ack(ANNA, update);
    story.copy_replying(ANNA, on_own, BORIS, Some(hers_there));
    let (update, plain) = story.written(BOT, ANNA, "so", Some(hers));
    story.ack(ANNA, update);
    story.copy_replying(ANNA, plain, BORIS, None);
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().replies, oracle.tally().replies_landed), (3, 2));
}

#[test]
fn a_reply_on_the_wrong_message_is_misdelivered() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let hers = story.writes(ANNA);
    story.copy(ANNA, hers, BORIS);
    let his = story.writes(BORIS);
    story.copy(BORIS, his, ANNA);
    let (update, reply) = story.written(BOT, ANNA, "and", Some(hers));
    story.ack(ANNA, update);
    story.copy_replying(ANNA, reply, BORIS, Some(his));
    assert_eq!(story.end().0, Counts { misdelivered: 1, ..Counts::default() });
}

#[test]
fn edits_change_the_copy_of_the_edited_message() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let message = story.writes(ANNA);
    let copy = story.copy(ANNA, message, BORIS);
    let text: Arc<str> = Arc::from("better");
    story.queued(BOT, ANNA, Queued::Edit { message_id: message, text: Some(text.clone()) });
    let edited = |message_id, text: &str| What::MessageEdited {
        call: 1,
        bot: BOT,
        user: BORIS,
        message_id,
        kind: Kind::Text,
        text: Some(Arc::from(text)),
        buttons: buttons(&[]),
    };
    story.tell(edited(copy, "better"));
    assert_eq!((story.oracle.tally().edits, story.oracle.tally().edits_relayed), (1, 1));
    assert_eq!(story.oracle.counts(), Counts::default());
    story.tell(edited(copy, "somebody else's"));
    assert_eq!(story.oracle.counts().misdelivered, 1);
    story.commands(ANNA, "/stop");
    story.ends(BORIS, 50);
    story.tell(edited(copy, "better"));
    assert_eq!(story.oracle.counts().delivered_after_leave, 1);
}
