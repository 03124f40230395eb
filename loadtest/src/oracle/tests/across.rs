//! Two people of different bots: what one wrote is said again by the other's bot, and known by what it says.

use std::time::Duration;

use super::{ANNA, BORIS, BOT, CLARA, DORA, OTHER_BOT, Story, story};
use crate::oracle::Counts;
use crate::telegram::{BotId, Kind, Matter, MessageId, Queued, UserId};

/// A text, or a message of another kind that carries this.
type Said<'a> = (Kind, Option<&'a str>, Matter);

fn text(text: &str) -> Said<'_> {
    (Kind::Text, Some(text), Matter::Nothing)
}

impl Story {
    fn writes_on(
        &mut self,
        bot: BotId,
        user: UserId,
        said: Said<'_>,
        reply_to: Option<MessageId>,
    ) -> MessageId {
        let message_id = self.id();
        let (kind, text, matter) = said;
        let text = text.map(Into::into);
        let queued = Queued::Message { message_id, kind, text, reply_to, matter, album: None };
        let update = self.queued(bot, user, queued);
        self.tell(crate::telegram::What::Acknowledged {
            bot,
            user,
            update_id: update,
            age: Duration::default(),
        });
        message_id
    }

    /// Somebody of one bot meets somebody of the other.
    fn meet_across(&mut self, here: UserId, there: UserId, room: i64) {
        for (bot, user) in [(BOT, here), (OTHER_BOT, there)] {
            let (update, _) = self.written(bot, user, "/search", None);
            self.says_on(bot, user, &[&format!("cancel:{bot}:{update}")], None);
        }
        for (bot, user) in [(BOT, here), (OTHER_BOT, there)] {
            self.says_on(bot, user, &[&format!("next:{room}"), &format!("stop:{room}")], None);
        }
    }
}

#[test]
fn what_is_said_again_is_the_message_that_was_written() {
    let mut story = story();
    story.meet_across(ANNA, BORIS, 50);
    let hello = story.writes_on(BOT, ANNA, text("hello"), None);
    let there = story.carry(OTHER_BOT, BORIS, text("hello"), None);
    story.writes_on(OTHER_BOT, BORIS, text("and you?"), Some(there));
    story.carry(BOT, ANNA, text("and you?"), Some(hello));
    let voice = (Kind::Voice, None, Matter::File(77));
    story.writes_on(BOT, ANNA, voice.clone(), None);
    story.carry(OTHER_BOT, BORIS, voice, None);
    // Another bot cannot say all of an object again.
    let place = |more: &str| Matter::Object(format!(r#"{{"latitude":1.5,"longitude":2.5{more}}}"#).into());
    story.writes_on(BOT, ANNA, (Kind::Location, None, place(r#","heading":7"#)), None);
    story.carry(OTHER_BOT, BORIS, (Kind::Location, None, place("")), None);
    // A notice of the bot is nothing that anybody wrote.
    story.carry(OTHER_BOT, BORIS, text("slow down"), None);
    let oracle = story.ends_clean();
    let tally = oracle.tally();
    assert_eq!((tally.sent, tally.relayed, tally.replies_landed), (4, 4, 1));
}

#[test]
fn an_explanation_is_told_from_a_reply() {
    let mut story = story();
    story.meet_across(ANNA, BORIS, 50);
    let poll = story.writes_on(BOT, ANNA, (Kind::Poll, None, Matter::Object("{}".into())), None);
    story.carry(BOT, ANNA, text("polls cannot cross"), Some(poll));
    let oracle = story.ends_clean();
    assert_eq!((oracle.tally().sent, oracle.tally().refused), (1, 1));
}

#[test]
fn what_reaches_somebody_else_or_comes_twice_or_late_is_found() {
    let mut story = story();
    story.meet_across(ANNA, BORIS, 50);
    story.meet_across(CLARA, DORA, 51);
    story.writes_on(BOT, ANNA, text("for Boris"), None);
    story.carry(OTHER_BOT, DORA, text("for Boris"), None);
    story.carry(OTHER_BOT, BORIS, text("for Boris"), None);
    assert_eq!(story.end().0, Counts { misdelivered: 1, ..Counts::default() });

    let mut story = super::story();
    story.meet_across(ANNA, BORIS, 50);
    for message in ["one", "two"] {
        story.writes_on(BOT, ANNA, text(message), None);
    }
    for message in ["two", "one", "one"] {
        story.carry(OTHER_BOT, BORIS, text(message), None);
    }
    assert_eq!(story.end().0, Counts { reordered: 1, duplicated: 1, ..Counts::default() });

    let mut story = super::story();
    story.meet_across(ANNA, BORIS, 50);
    story.writes_on(BOT, ANNA, text("late"), None);
    story.says_on(OTHER_BOT, BORIS, &["search:50"], None);
    story.carry(OTHER_BOT, BORIS, text("late"), None);
    assert_eq!(story.end().0.delivered_after_leave, 1);
}

#[test]
fn a_file_that_nobody_wrote_is_misdelivered_and_one_that_never_came_is_lost() {
    let mut story = story();
    story.meet_across(ANNA, BORIS, 50);
    story.writes_on(BOT, ANNA, (Kind::Photo, None, Matter::File(1)), None);
    story.carry(OTHER_BOT, BORIS, (Kind::Photo, None, Matter::File(2)), None);
    let counts = story.end().0;
    assert_eq!(counts.misdelivered, 1);
    assert_eq!(counts.lost, 1);
}
