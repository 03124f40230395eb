//! Scripts of events for each of the nine counts, both ways, and for the equation.

mod across;
mod albums;
mod beside;
mod duplicated;
mod lost;
mod matching;
mod misdelivered;
mod order;
mod reactions;
mod returning;
mod taken;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use super::{Counts, Oracle, Patience};
use crate::telegram::{
    BotId, Button, Buttons, Event, Kind, Matter, MessageId, Origin, Queued, UpdateId, UserId, What,
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
    data.iter()
        .map(|data| vec![Button { text: Arc::from("x"), data: Some(Arc::from(*data)), url: None }])
        .collect()
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
        let message = Queued::Message {
            message_id,
            kind: Kind::Text,
            text: Some(Arc::from(text)),
            reply_to,
            matter: Matter::Nothing,
            album: None,
        };
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
            origin: Origin::Sent,
            kind: Kind::Text,
            text: Some(Arc::from("words")),
            matter: Matter::Nothing,
            buttons: buttons(data),
            reply_to,
            album: None,
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
            matter: Matter::Nothing,
            buttons: buttons(&[]),
            reply_to,
            album: None,
        });
        message_id
    }

    /// A bot says what somebody wrote to another one.
    fn carry(
        &mut self,
        bot: BotId,
        to: UserId,
        (kind, text, matter): (Kind, Option<&str>, Matter),
        reply_to: Option<MessageId>,
    ) -> MessageId {
        let message_id = self.id();
        self.tell(What::MessagePlaced {
            call: 1,
            bot,
            user: to,
            message_id,
            origin: Origin::Sent,
            kind,
            text: text.map(Arc::from),
            matter,
            buttons: buttons(&[]),
            reply_to,
            album: None,
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
