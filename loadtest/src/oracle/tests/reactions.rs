//! Reactions must be put by somebody, on that very message, while its room is open.

use std::sync::Arc;

use super::{ANNA, BORIS, BOT, CLARA, DORA, Story, story};
use crate::oracle::Counts;
use crate::telegram::{MessageId, Queued, UserId, What};

impl Story {
    fn reacts(&mut self, user: UserId, message_id: MessageId, emoji: Option<&str>) {
        let update = self.queued(BOT, user, Queued::Reaction { message_id, emoji: emoji.map(Arc::from) });
        self.ack(user, update);
    }

    fn reaction(&mut self, user: UserId, message_id: MessageId, emoji: Option<&str>) {
        let emoji = emoji.map(Arc::from);
        self.tell(What::MessageReacted { call: 1, bot: BOT, user, message_id, emoji });
    }
}

#[test]
fn reactions_travel_both_ways_and_may_stay_away() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let written = story.writes(ANNA);
    let copy = story.copy(ANNA, written, BORIS);
    story.reacts(BORIS, copy, Some("x"));
    story.reaction(ANNA, written, Some("x"));
    story.reacts(ANNA, written, Some("y"));
    story.reaction(BORIS, copy, Some("y"));
    story.reacts(BORIS, copy, None);
    story.reaction(ANNA, written, None);
    // One more that never arrives, and one on a notice, which has no other side.
    story.reacts(BORIS, copy, Some("z"));
    story.reacts(BORIS, 3, Some("z"));
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().reactions, oracle.tally().reactions_relayed), (4, 3));
}

#[test]
fn a_reaction_that_nobody_put_is_misdelivered() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    story.meet(CLARA, DORA, 51);
    let (written, other) = (story.writes(ANNA), story.writes(CLARA));
    let copy = story.copy(ANNA, written, BORIS);
    story.copy(CLARA, other, DORA);
    story.reacts(BORIS, copy, Some("x"));
    story.reaction(ANNA, written, Some("y"));
    story.reaction(CLARA, other, Some("x"));
    story.reaction(ANNA, 5, Some("x"));
    assert_eq!(story.end().0, Counts { misdelivered: 3, ..Counts::default() });
}

#[test]
fn a_reaction_behind_the_end_is_delivered_after_leave() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let written = story.writes(ANNA);
    let copy = story.copy(ANNA, written, BORIS);
    story.reacts(BORIS, copy, Some("x"));
    story.commands(BORIS, "/stop");
    story.ends(BORIS, 50);
    story.ends(ANNA, 50);
    story.reaction(ANNA, written, Some("x"));
    assert_eq!(story.end().0, Counts { delivered_after_leave: 1, ..Counts::default() });
}
