//! What the simulator tells its witness: everything, in the order in which it happened.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::content::{Buttons, Kind};

/// A bot: the digits before the colon of its token.
pub type BotId = i64;
/// A Telegram user; also the id of their private chat with any bot.
pub type UserId = i64;
/// Counts per chat. Chats start at different numbers, and two chats may well use the same one.
pub type MessageId = i64;
/// Counts per bot, from a seeded start.
pub type UpdateId = i64;
/// Counts all calls that reached the simulator.
pub type CallId = u64;

/// Somebody who is told everything.
///
/// `saw` is called while the simulator holds its lock, which is what makes the order of events total: it
/// must be short, must not block, and must not call the [`Simulator`](super::Simulator) (it would wait for
/// itself). Take notes, or send a clone down a channel: clones are cheap.
pub trait Witness: Send + Sync + 'static {
    /// Something happened.
    fn saw(&self, event: &Event);
}

/// A witness that looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Witness for Nobody {
    fn saw(&self, _event: &Event) {}
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When, since the simulator began; never goes back from one event to the next.
    pub at: Duration,
    /// What.
    pub what: What,
}

/// What may happen.
#[derive(Clone, Debug)]
pub enum What {
    /// A user did something, and an update about it stands in the bot's queue.
    UpdateQueued {
        /// The bot it is for.
        bot: BotId,
        /// Who did it.
        user: UserId,
        /// The update's id.
        update_id: UpdateId,
        /// What they did.
        queued: Queued,
    },
    /// The queue was full or the update too large: the bot will never hear of it.
    UpdateLost {
        /// The bot that does not hear.
        bot: BotId,
        /// Who did it.
        user: UserId,
        /// The id it would have had.
        update_id: UpdateId,
    },
    /// An attempt to push an update begins.
    WebhookSent {
        /// The bot.
        bot: BotId,
        /// Whose update it is.
        user: UserId,
        /// The update.
        update_id: UpdateId,
        /// 1 for the first attempt.
        attempt: u32,
        /// The number of the connection within the bot's webhook.
        connection: u64,
    },
    /// An attempt ended.
    WebhookAnswered {
        /// The bot.
        bot: BotId,
        /// Whose update it is.
        user: UserId,
        /// The update.
        update_id: UpdateId,
        /// 1 for the first attempt.
        attempt: u32,
        /// How it ended.
        answer: WebhookAnswer,
        /// Time from writing the request to the whole answer.
        took: Duration,
    },
    /// The update was answered 2xx and is gone from the queue.
    Acknowledged {
        /// The bot.
        bot: BotId,
        /// Whose update it was.
        user: UserId,
        /// The update.
        update_id: UpdateId,
        /// Time since it was queued.
        age: Duration,
    },
    /// The update became too old and was dropped undelivered.
    UpdateExpired {
        /// The bot.
        bot: BotId,
        /// Whose update it was.
        user: UserId,
        /// The update.
        update_id: UpdateId,
    },
    /// `drop_pending_updates` threw this update away.
    UpdateDropped {
        /// The bot.
        bot: BotId,
        /// Whose update it was.
        user: UserId,
        /// The update.
        update_id: UpdateId,
    },
    /// Somebody opened a connection for calls.
    Connected {
        /// The other side.
        peer: SocketAddr,
    },
    /// A connection for calls ended.
    Disconnected {
        /// The other side.
        peer: SocketAddr,
    },
    /// A call was read completely. Its answer follows as `CallAnswered`, with the same id, always.
    CallReceived {
        /// The call.
        call: CallId,
        /// The connection it came through; none for a call in a webhook's response body.
        peer: Option<SocketAddr>,
        /// The bot, if the token is known.
        bot: Option<BotId>,
        /// The method as it was written, which may not exist.
        method: Arc<str>,
        /// `chat_id`, where it is there and a number.
        chat: Option<UserId>,
        /// Messages it would place.
        messages: usize,
    },
    /// A call was answered, or will never be.
    CallAnswered {
        /// The call.
        call: CallId,
        /// The answer.
        outcome: Outcome,
        /// Time since `CallReceived`.
        took: Duration,
    },
    /// A bot's message stands in a chat.
    MessagePlaced {
        /// The call that did it.
        call: CallId,
        /// The bot.
        bot: BotId,
        /// Whose chat.
        user: UserId,
        /// The new message.
        message_id: MessageId,
        /// Where it comes from.
        origin: Origin,
        /// What it is.
        kind: Kind,
        /// Its text or caption.
        text: Option<Arc<str>>,
        /// What it carries beside text.
        matter: Matter,
        /// The buttons under it.
        buttons: Buttons,
        /// The message of the same chat that it answers.
        reply_to: Option<MessageId>,
        /// The album it stands in.
        album: Option<Arc<str>>,
    },
    /// A bot's message changed.
    MessageEdited {
        /// The call that did it.
        call: CallId,
        /// The bot.
        bot: BotId,
        /// Whose chat.
        user: UserId,
        /// The message.
        message_id: MessageId,
        /// Its kind now.
        kind: Kind,
        /// Its text or caption now.
        text: Option<Arc<str>>,
        /// The buttons under it now.
        buttons: Buttons,
    },
    /// The bot removed a message (its own or the user's) from the chat.
    MessageDeleted {
        /// The call that did it.
        call: CallId,
        /// The bot.
        bot: BotId,
        /// Whose chat.
        user: UserId,
        /// The message.
        message_id: MessageId,
    },
    /// The bot put its reaction on a message, or took it away.
    MessageReacted {
        /// The call that did it.
        call: CallId,
        /// The bot.
        bot: BotId,
        /// Whose chat.
        user: UserId,
        /// The message.
        message_id: MessageId,
        /// The emoji; none when taken away.
        emoji: Option<Arc<str>>,
    },
    /// A press of a button was answered.
    PressAnswered {
        /// The call that did it.
        call: CallId,
        /// The bot.
        bot: BotId,
        /// Who pressed.
        user: UserId,
        /// The update of the press.
        update_id: UpdateId,
        /// What the user is shown.
        text: Option<Arc<str>>,
    },
    /// Our side sent what the specification does not take, or what no correct program would send.
    InvalidCall {
        /// The call.
        call: CallId,
        /// The bot, if the token is known.
        bot: Option<BotId>,
        /// The method as it was written.
        method: Arc<str>,
        /// What is wrong with it.
        why: String,
    },
}

/// What a user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Queued {
    /// Wrote a message.
    Message {
        /// Its id in the user's chat.
        message_id: MessageId,
        /// What it is.
        kind: Kind,
        /// Its text or caption.
        text: Option<Arc<str>>,
        /// The message it answers.
        reply_to: Option<MessageId>,
        /// What it carries beside text.
        matter: Matter,
        /// The album it belongs to.
        album: Option<Arc<str>>,
    },
    /// Changed a message of their own.
    Edit {
        /// Its id in the user's chat.
        message_id: MessageId,
        /// Its text or caption now.
        text: Option<Arc<str>>,
    },
    /// Pressed a button.
    Press {
        /// The message that has the button.
        message_id: MessageId,
        /// The button's data.
        data: Arc<str>,
    },
    /// Put a reaction on a message, or took it away.
    Reaction {
        /// The message.
        message_id: MessageId,
        /// The emoji; none when taken away.
        emoji: Option<Arc<str>>,
    },
    /// Is about to pay in Stars.
    Checkout {
        /// How many.
        stars: i64,
    },
    /// Paid: a service message in their chat.
    Paid {
        /// Its id.
        message_id: MessageId,
        /// `telegram_payment_charge_id`.
        charge: String,
    },
    /// Got a payment back: a service message in their chat.
    Refunded {
        /// Its id.
        message_id: MessageId,
        /// `telegram_payment_charge_id`.
        charge: String,
    },
    /// Blocked the bot.
    Block,
    /// Unblocked the bot.
    Unblock,
}

/// How an attempt to push an update ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookAnswer {
    /// An HTTP response with this status.
    Status(u16),
    /// No response: refused, closed, or late. The text is what `getWebhookInfo` shows.
    Failed(&'static str),
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `"ok": true`.
    Done,
    /// `"ok": false`.
    Refused {
        /// The HTTP status, which is also `error_code`.
        code: u16,
        /// The description.
        description: Arc<str>,
        /// Whole seconds, with a 429.
        retry_after: Option<u32>,
    },
    /// The answer was withheld by a fault (connection closed, response lost), executed or not, or the
    /// caller went away before it.
    Unanswered {
        /// Whether the call took effect all the same.
        executed: bool,
    },
}

/// What a message carries beside text: the same wherever it is sent, and by whichever bot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Matter {
    /// Nothing.
    #[default]
    Nothing,
    /// A file: which one of all there are.
    File(u64),
    /// A contact, a place, a poll: the object under the field of its kind, as JSON.
    Object(Arc<str>),
}

/// Where a bot's message comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The bot wrote it.
    Sent,
    /// `copyMessage(s)`.
    Copy {
        /// The chat of the original.
        from: UserId,
        /// The original.
        message_id: MessageId,
    },
    /// `forwardMessage(s)`, which shows who wrote it.
    Forward {
        /// The chat of the original.
        from: UserId,
        /// The original.
        message_id: MessageId,
    },
}
