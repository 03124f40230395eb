//! A strict simulator of Telegram's Bot API server, both directions: it takes calls and pushes updates.
//!
//! Strict, because every mistake it forgave would reach users: what the specification does not take is
//! refused and counted. Cheap, because it shares the machine with the fleet it tests.

mod action;
mod api;
mod bucket;
mod clock;
pub mod command;
mod content;
mod control;
mod event;
mod json;
mod push;
mod server;
mod settings;
pub mod spec;
mod world;

use std::sync::Arc;
use std::time::Duration;

pub use action::{Acted, Action, CannotAct, Person, Standing, Writing};
pub use content::{Button, Buttons, Kind};
pub use control::{Acquaintance, Limits};
pub use event::{
    BotId, CallId, Event, Matter, MessageId, Nobody, Origin, Outcome, Queued, UpdateId, UserId,
    WebhookAnswer, What, Witness,
};
pub use settings::{Fault, FaultRule, Rate, Settings};

use server::Inner;
use world::World;
pub use world::till::{CheckoutSeen, PaymentSeen};

/// The simulated server. Clones are the same server; webhooks are pushed until the last one is dropped.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
}

/// A text that is no bot token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a bot token: digits, a colon, then letters, digits, `_` and `-`")]
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
    /// Calls that show in a chat what the bot is doing (`sendChatAction`).
    pub chat_actions: u64,
    /// Pre-checkout queries.
    pub checkouts: usize,
    /// Of these, what was not answered within Telegram's 10 s: late, or not at all.
    pub late_checkouts: usize,
    /// Payments in Stars, those that went back included.
    pub payments: usize,
}

impl Simulator {
    /// A server without bots. [`serve`](Self::serve) takes calls; webhooks are pushed from tasks on the
    /// current tokio runtime, which there must be.
    pub fn new(settings: Settings, witness: Arc<dyn Witness>) -> Self {
        Self { inner: Arc::new(Inner::new(World::new(settings, witness))) }
    }

    /// Makes a bot known by its token; one that is known has this token from now on.
    pub fn add_bot(&self, token: &str) -> Result<BotId, BadToken> {
        self.inner.lock().add_bot(token)
    }

    /// The bots, in no order.
    pub fn bots(&self) -> Vec<BotId> {
        self.inner.lock().bots.keys().copied().collect()
    }

    /// Takes calls and control requests on this listener until dropped. `control` is served under
    /// `/control`, beside the simulator's own endpoints `/control/telegram/...`, to loopback peers only.
    pub async fn serve(&self, listener: tokio::net::TcpListener, control: axum::Router) {
        let control = control.merge(control::router(self.clone()));
        server::serve(Arc::clone(&self.inner), listener, control).await;
    }

    /// A user does something. The witness has seen the update (`UpdateQueued`) when this returns.
    pub fn act(&self, bot: BotId, user: UserId, action: Action) -> Result<Acted, CannotAct> {
        let mut world = self.inner.lock();
        let acted = world.act(bot, user, action)?;
        if let Some((bot, shared)) = world.split(bot) {
            push::pump::pump(&self.inner, bot, shared);
        }
        Ok(acted)
    }

    /// Says who a user is. Without it they have a name made of their id and speak English.
    pub fn introduce(&self, user: UserId, person: Person) {
        self.inner.lock().shared.people.insert(user, person);
    }

    /// Makes a public channel, `@name`, or changes which bots are its administrators.
    pub fn found_channel(&self, name: &str, admins: Vec<BotId>) {
        self.inner.lock().shared.channels.found(name, admins);
    }

    /// A user joins a channel or leaves it; `false` if there is none of this name.
    pub fn enter_channel(&self, name: &str, user: UserId, joins: bool) -> bool {
        self.inner.lock().shared.channels.enter(name, user, joins)
    }

    /// Gives these people a chat with this bot, as if they had started it before anybody looked.
    pub fn acquaint(&self, who: &Acquaintance) -> Result<(), CannotAct> {
        let mut world = self.inner.lock();
        let (bot, shared) = world.split(who.bot).ok_or(CannotAct::NoBot)?;
        for user in (0..i64::from(who.count)).map(|place| who.first + place * i64::from(who.step)) {
            bot.chats.entry(user).or_insert_with(|| shared.new_chat());
        }
        Ok(())
    }

    /// The last `count` messages that stand in a chat, oldest first.
    pub fn messages(&self, bot: BotId, user: UserId, count: usize) -> Vec<Standing> {
        let world = self.inner.lock();
        let Some(chat) = world.bots.get(&bot).and_then(|bot| bot.chats.get(&user)) else { return Vec::new() };
        let mut messages: Vec<_> =
            chat.newest_first().take(count).map(|(id, message)| Standing::of(id, message)).collect();
        messages.reverse();
        messages
    }

    /// One message, if it stands.
    pub fn message(&self, bot: BotId, user: UserId, message_id: MessageId) -> Option<Standing> {
        let world = self.inner.lock();
        let message = world.bots.get(&bot)?.chats.get(&user)?.get(message_id)?;
        Some(Standing::of(message_id, message))
    }

    /// What a file holds, if there is such a file.
    pub fn file(&self, number: u64) -> Option<axum::body::Bytes> {
        let world = self.inner.lock();
        world.shared.has_file(number).then(|| world.shared.content_of(number))
    }

    /// What became of a user's attempts to pay, oldest first.
    pub fn checkouts(&self, bot: BotId, user: UserId) -> Vec<CheckoutSeen> {
        let world = self.inner.lock();
        let now = world.shared.clock.now();
        world.bots.get(&bot).map(|bot| bot.till.checkouts_of(user, now)).unwrap_or_default()
    }

    /// What a user paid, oldest first.
    pub fn payments(&self, bot: BotId, user: UserId) -> Vec<PaymentSeen> {
        let world = self.inner.lock();
        world.bots.get(&bot).map(|bot| bot.till.payments_of(user)).unwrap_or_default()
    }

    /// Users who have a chat with this bot, in no order.
    pub fn chats(&self, bot: BotId) -> Vec<UserId> {
        let world = self.inner.lock();
        world.bots.get(&bot).map(|bot| bot.chats.keys().copied().collect()).unwrap_or_default()
    }

    /// Replaces all rules by which calls go wrong.
    pub fn break_calls(&self, rules: Vec<FaultRule>) {
        self.inner.lock().shared.faults = rules;
    }

    /// From now on every update is pushed twice at once, or no longer.
    pub fn push_twice(&self, twice: bool) {
        self.inner.lock().shared.settings.twice = twice;
    }

    /// Queues an update of this user's chat that is JSON, but no update as the specification has it. Answers its id.
    pub fn spoil(&self, bot: BotId, user: UserId) -> Result<UpdateId, CannotAct> {
        let mut world = self.inner.lock();
        let (bot, shared) = world.split(bot).ok_or(CannotAct::NoBot)?;
        let update_id = world::act::spoil(bot, shared, user)?;
        push::pump::pump(&self.inner, bot, shared);
        Ok(update_id)
    }

    /// Changes the limits while running.
    pub fn limit(&self, bot_rate: Option<Rate>, chat_rate: Option<Rate>) {
        let mut world = self.inner.lock();
        world.shared.settings.bot_rate = bot_rate;
        world.shared.settings.chat_rate = chat_rate;
    }

    /// What stands where.
    pub fn status(&self) -> Status {
        self.inner.lock().status()
    }

    /// Time since the simulator began: the clock of [`Event::at`].
    pub fn now(&self) -> Duration {
        self.inner.lock().shared.clock.now()
    }
}

impl Standing {
    fn of(message_id: MessageId, message: &world::message::Message) -> Self {
        Self {
            message_id,
            from_bot: message.from_bot,
            kind: message.body.kind,
            text: message.body.text.clone(),
            file: match message.body.payload {
                world::message::Payload::File(file) => Some(file),
                _ => None,
            },
            buttons: message.buttons(),
            reply_to: message.reply_to,
            edited: message.edited.is_some(),
            album: message.more.as_ref().and_then(|more| more.album.clone()),
            reaction: message.more.as_ref().and_then(|more| more.reactions.1.clone()),
        }
    }
}
