//! Scripts of events for each of the nine counts, both ways, and for the equation.

use std::sync::Arc;
use std::time::Duration;

use super::{Counts, Oracle, Patience};
use crate::telegram::{
    BotId, Button, Buttons, Event, Kind, MessageId, Origin, Queued, UpdateId, UserId, WebhookAnswer, What,
};

const BOT: BotId = 7;
const OTHER_BOT: BotId = 8;
const ANNA: UserId = 1001;
const BORIS: UserId = 1002;
const CLARA: UserId = 1003;
const DORA: UserId = 1004;

/// Tells the oracle a story, a millisecond per event unless told otherwise.
struct Story {
    oracle: Oracle,
    at: Duration,
    next: i64,
}

fn story() -> Story {
    Story { oracle: Oracle::new(Patience::default()), at: Duration::from_secs(1), next: 100 }
}

fn buttons(data: &[&str]) -> Buttons {
    data.iter().map(|data| vec![Button { text: Arc::from("x"), data: Some(Arc::from(*data)) }]).collect()
}

impl Story {
    fn tell(&mut self, what: What) {
        self.at += Duration::from_millis(1);
        self.oracle.see(&Event { at: self.at, what });
    }

    fn id(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds * 10 {
            self.at += Duration::from_millis(100);
            self.oracle.tick(self.at);
        }
    }

    fn queued(&mut self, bot: BotId, user: UserId, queued: Queued) -> UpdateId {
        let update_id = self.id();
        self.tell(What::UpdateQueued { bot, user, update_id, queued });
        update_id
    }

    fn ack(&mut self, user: UserId, update_id: UpdateId) {
        self.tell(What::Acknowledged { bot: BOT, user, update_id, age: Duration::ZERO });
    }

    fn written(
        &mut self,
        bot: BotId,
        user: UserId,
        text: &str,
        reply_to: Option<MessageId>,
    ) -> (UpdateId, MessageId) {
        let message_id = self.id();
        let message = Queued::Message { message_id, kind: Kind::Text, text: Some(Arc::from(text)), reply_to };
        (self.queued(bot, user, message), message_id)
    }

    /// Writes, and the bot takes it.
    fn writes(&mut self, user: UserId) -> MessageId {
        let (update, message) = self.written(BOT, user, "hello", None);
        self.ack(user, update);
        message
    }

    fn commands(&mut self, user: UserId, command: &str) -> UpdateId {
        let (update, _) = self.written(BOT, user, command, None);
        self.ack(user, update);
        update
    }

    fn presses(&mut self, user: UserId, data: &str) -> UpdateId {
        let update = self.queued(BOT, user, Queued::Press { message_id: 1, data: Arc::from(data) });
        self.ack(user, update);
        update
    }

    fn says_on(&mut self, bot: BotId, user: UserId, data: &[&str], reply_to: Option<MessageId>) -> MessageId {
        let message_id = self.id();
        self.tell(What::MessagePlaced {
            call: 1,
            bot,
            user,
            message_id,
            origin: Origin::Sent { file: None },
            kind: Kind::Text,
            text: Some(Arc::from("words")),
            buttons: buttons(data),
            reply_to,
        });
        message_id
    }

    fn says(&mut self, user: UserId, data: &[&str]) -> MessageId {
        self.says_on(BOT, user, data, None)
    }

    fn opens(&mut self, user: UserId, room: i64) {
        self.says(user, &[&format!("next:{room}"), &format!("stop:{room}")]);
    }

    fn ends(&mut self, user: UserId, room: i64) {
        self.says(user, &[&format!("search:{room}")]);
    }

    fn searches(&mut self, user: UserId) -> UpdateId {
        let update = self.commands(user, "/search");
        self.says(user, &[&format!("cancel:{BOT}:{update}")]);
        update
    }

    fn meet(&mut self, one: UserId, other: UserId, room: i64) {
        self.searches(one);
        self.searches(other);
        self.opens(one, room);
        self.opens(other, room);
    }

    fn copy_replying(
        &mut self,
        from: UserId,
        message: MessageId,
        to: UserId,
        reply_to: Option<MessageId>,
    ) -> MessageId {
        let message_id = self.id();
        self.tell(What::MessagePlaced {
            call: 1,
            bot: BOT,
            user: to,
            message_id,
            origin: Origin::Copy { from, message_id: message },
            kind: Kind::Text,
            text: Some(Arc::from("hello")),
            buttons: buttons(&[]),
            reply_to,
        });
        message_id
    }

    fn copy(&mut self, from: UserId, message: MessageId, to: UserId) -> MessageId {
        self.copy_replying(from, message, to, None)
    }

    /// Ends the run, checks the equation, and answers the counts.
    fn end(mut self) -> (Counts, Oracle) {
        self.pass(40);
        self.oracle.settle();
        let (counts, tally) = (self.oracle.counts(), self.oracle.tally());
        assert_eq!(
            tally.sent,
            tally.relayed + tally.refused + tally.dropped_by_leave + counts.lost + tally.pending,
            "the equation holds at every end: {tally:?}"
        );
        (counts, self.oracle)
    }

    fn ends_clean(self) -> Oracle {
        let (counts, oracle) = self.end();
        assert_eq!(counts, Counts::default(), "{:#?}", oracle.findings());
        oracle
    }
}

#[test]
fn an_ordinary_conversation_is_clean() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    for _ in 0..100 {
        let message = story.writes(ANNA);
        story.copy(ANNA, message, BORIS);
        let message = story.writes(BORIS);
        story.copy(BORIS, message, ANNA);
    }
    story.commands(ANNA, "/stop");
    story.ends(BORIS, 50);
    story.ends(ANNA, 50);
    let oracle = story.ends_clean();
    let tally = oracle.tally();
    assert_eq!((tally.sent, tally.relayed, tally.rooms), (200, 200, 1));
    assert_eq!((tally.relay.count(), tally.matching.count()), (200, 2));
    assert!(oracle.is_settled());
}

// Lost.

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

// Duplicated.

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

// Misdelivered.

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

    let mut story = self::story();
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

// Delivered after leave.

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

// Reordered.

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

// Double matched.

#[test]
fn two_rooms_open_in_one_chat_are_double_matched() {
    let mut story = story();
    let update = story.commands(ANNA, "/search");
    let again = story.commands(ANNA, "/search");
    story.says(ANNA, &[&format!("cancel:{BOT}:{update}")]);
    story.opens(ANNA, 50);
    story.says(ANNA, &[&format!("cancel:{BOT}:{again}")]);
    assert_eq!(story.oracle.counts(), Counts { double_matched: 1, ..Counts::default() });

    let mut story = self::story();
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

// Self matched.

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

// Stuck waiting.

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

// Invalid calls, and what is beside the nine.

#[test]
fn invalid_calls_are_counted_as_the_simulator_tells() {
    let mut story = story();
    story.tell(What::InvalidCall {
        call: 1,
        bot: Some(BOT),
        method: Arc::from("sendMesage"),
        why: "no such method".into(),
    });
    assert_eq!(story.end().0, Counts { invalid_calls: 1, ..Counts::default() });
}

#[test]
fn webhooks_are_timed_when_they_succeed_and_counted_when_they_fail() {
    let mut story = story();
    for status in [200, 503, 204] {
        story.tell(What::WebhookAnswered {
            bot: BOT,
            user: ANNA,
            update_id: 1,
            attempt: 1,
            answer: WebhookAnswer::Status(status),
            took: Duration::from_millis(5),
        });
    }
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().webhook.count(), oracle.tally().webhook_failures), (2, 1));
}

#[test]
fn memory_of_a_long_conversation_is_bounded() {
    let mut story = story();
    for room in 50..150 {
        story.meet(ANNA, BORIS, room);
        for _ in 0..20 {
            let message = story.writes(ANNA);
            story.copy(ANNA, message, BORIS);
        }
        story.commands(ANNA, "/stop");
        story.ends(ANNA, room);
        story.ends(BORIS, room);
        story.pass(1);
    }
    assert!(story.oracle.rooms.len() <= 32, "{} rooms are remembered", story.oracle.rooms.len());
    assert!(story.oracle.ending.len() <= 32);
    assert_eq!(story.ends_clean().tally().relayed, 2000);
}
