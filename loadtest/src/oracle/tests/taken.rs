//! What is taken back, and what must not be.

use super::{ANNA, BORIS, BOT, CLARA, DORA, Story, story};
use crate::oracle::Counts;
use crate::telegram::{MessageId, UserId, What};

impl Story {
    /// Writes `/delete` in reply to a message; answers the command's id.
    fn deletes(&mut self, user: UserId, message: MessageId) -> MessageId {
        let (update, command) = self.written(BOT, user, "/delete", Some(message));
        self.ack(user, update);
        command
    }

    fn gone(&mut self, user: UserId, message_id: MessageId) {
        self.tell(What::MessageDeleted { call: 1, bot: BOT, user, message_id });
    }
}

#[test]
fn a_message_that_is_taken_back_goes_on_both_sides_with_its_command() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let written = story.writes(ANNA);
    let copy = story.copy(ANNA, written, BORIS);
    let command = story.deletes(ANNA, written);
    story.gone(BORIS, copy);
    story.gone(ANNA, written);
    story.gone(ANNA, command);
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().deletions, oracle.tally().deletions_relayed), (1, 1));
}

#[test]
fn what_is_taken_back_before_it_arrives_may_come_or_not() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let [never, late] = [story.writes(ANNA), story.writes(ANNA)];
    for message in [never, late] {
        story.deletes(ANNA, message);
    }
    let copy = story.copy(ANNA, late, BORIS);
    story.gone(BORIS, copy);
    let tally = story.ends_clean().tally().clone();
    assert_eq!((tally.sent, tally.relayed, tally.refused), (2, 1, 1));
}

#[test]
fn what_the_partner_wrote_goes_on_ones_own_side_alone() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let written = story.writes(ANNA);
    let copy = story.copy(ANNA, written, BORIS);
    story.deletes(BORIS, copy);
    story.gone(BORIS, copy);
    story.gone(ANNA, written);
    assert_eq!(story.end().0, Counts { misdelivered: 1, ..Counts::default() });
}

#[test]
fn a_cleared_room_goes_and_no_other() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let written = story.writes(ANNA);
    let copy = story.copy(ANNA, written, BORIS);
    let theirs = story.writes(BORIS);
    let here = story.copy(BORIS, theirs, ANNA);
    story.commands(ANNA, "/stop");
    story.ends(BORIS, 50);
    story.ends(ANNA, 50);
    story.meet(CLARA, DORA, 51);
    let other = story.writes(CLARA);
    let others = story.copy(CLARA, other, DORA);
    story.presses(ANNA, "clear:50");
    for (user, message) in [(BORIS, copy), (ANNA, written), (ANNA, here)] {
        story.gone(user, message);
    }
    story.gone(BORIS, theirs);
    story.gone(DORA, others);
    assert_eq!(story.end().0, Counts { misdelivered: 2, ..Counts::default() });
}
