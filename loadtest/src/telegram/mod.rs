//! A strict simulator of Telegram's Bot API server, both directions: it takes calls and pushes updates.
//!
//! Strict, because every mistake it forgave would reach users: what the specification does not take is
//! refused and counted. Cheap, because it shares the machine with the fleet it tests.

mod action;
pub mod command;
mod content;
mod event;
mod settings;

use std::sync::Arc;
use std::time::Duration;

pub use action::{Acted, Action, CannotAct, Person, Standing, Writing};
pub use content::{Button, Buttons, Kind};
pub use event::{
    BotId, CallId, Event, MessageId, Nobody, Origin, Outcome, Queued, UpdateId, UserId, WebhookAnswer, What,
    Witness,
};
pub use settings::{Fault, FaultRule, Rate, Settings};

/// The simulated server. Clones are the same server.
#[derive(Clone)]
pub struct Simulator {}

/// A token that is not `<digits>:<35 or so of A-Z a-z 0-9 _ ->`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a bot token: digits, a colon, then 35 or so letters, digits, `_` and `-`")]
pub struct BadToken;

/// What stands where, for a live line and for knowing when everything came to rest.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Status {
    /// Updates not yet acknowledged, over all bots.
    pub pending_updates: usize,
    /// Webhook requests that wait for their answer.
    pub webhooks_in_flight: usize,
    /// Calls that wait for their answer.
    pub calls_in_flight: usize,
    /// Calls taken since the start.
    pub calls: u64,
    /// Of these, what the specification does not take.
    pub invalid_calls: u64,
    /// Bots' messages placed in chats.
    pub messages_placed: u64,
    /// Updates acknowledged.
    pub acknowledged: u64,
    /// Answers 429, injected ones included.
    pub too_many: u64,
}

impl Simulator {
    /// A server without bots. Runs nothing yet: [`serve`](Self::serve) takes calls, webhooks are pushed from
    /// tasks on the current tokio runtime.
    pub fn new(settings: Settings, witness: Arc<dyn Witness>) -> Self {
        let _ = (settings, witness);
        todo!()
    }

    /// Makes a bot known by its token; a second time changes nothing.
    pub fn add_bot(&self, token: &str) -> Result<BotId, BadToken> {
        let _ = token;
        todo!()
    }

    /// Takes calls and control requests on this listener until dropped. `control` is served under
    /// `/control`, beside the simulator's own endpoints `/control/telegram/...`, to loopback peers only.
    pub async fn serve(&self, listener: tokio::net::TcpListener, control: axum::Router) {
        let _ = (listener, control);
        todo!()
    }

    /// A user does something. The witness has seen the update (`UpdateQueued`) when this returns.
    pub fn act(&self, bot: BotId, user: UserId, action: Action) -> Result<Acted, CannotAct> {
        let _ = (bot, user, action);
        todo!()
    }

    /// Says who a user is. Without it they have a name made of their id and speak English.
    pub fn introduce(&self, user: UserId, person: Person) {
        let _ = (user, person);
        todo!()
    }

    /// The last `count` messages that stand in a chat, oldest first.
    pub fn messages(&self, bot: BotId, user: UserId, count: usize) -> Vec<Standing> {
        let _ = (bot, user, count);
        todo!()
    }

    /// One message, if it stands.
    pub fn message(&self, bot: BotId, user: UserId, message_id: MessageId) -> Option<Standing> {
        let _ = (bot, user, message_id);
        todo!()
    }

    /// Users who have a chat with this bot.
    pub fn chats(&self, bot: BotId) -> Vec<UserId> {
        let _ = bot;
        todo!()
    }

    /// Replaces all rules by which calls go wrong.
    pub fn break_calls(&self, rules: Vec<FaultRule>) {
        let _ = rules;
        todo!()
    }

    /// Changes the limits while running.
    pub fn limit(&self, bot_rate: Option<Rate>, chat_rate: Option<Rate>) {
        let _ = (bot_rate, chat_rate);
        todo!()
    }

    /// What stands where.
    pub fn status(&self) -> Status {
        todo!()
    }

    /// Time since the simulator began: the clock of [`Event::at`].
    pub fn now(&self) -> Duration {
        todo!()
    }
}
