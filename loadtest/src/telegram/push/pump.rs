//! Moves updates from the queue to connections: whenever an update is queued, an answer came, a connection
//! ended, or the timer says so.

use std::sync::{Arc, Weak};
use std::time::Duration;

use rand::Rng;
use tokio::sync::{Notify, mpsc};

use super::super::event::{BotId, WebhookAnswer, What};
use super::super::server::Inner;
use super::super::world::{Bot, Shared};
use super::connection::{self, Failure, Job};
use super::queue::Failed;
use super::response::Response;
use super::webhook::{Connection, Flight, Timer};

/// 410 for so long, without interruption, removes the webhook. Seconds.
const GONE_FOR_GOOD: u32 = 23 * 3600;
/// With no success for so long, only one connection is opened. Seconds.
const QUIET: u32 = 10;

/// Loads, opens connections, and hands out what may go now.
pub(in super::super) fn pump(inner: &Arc<Inner>, bot: &mut Bot, shared: &mut Shared) {
    let Some(setup) = &bot.webhook.setup else { return };
    let most = setup.max_connections;
    let now = shared.clock.now();
    for update in bot.webhook.queue.load(now, most * 2) {
        shared.tell(What::UpdateExpired { bot: bot.id, user: update.user, update_id: update.id });
    }
    let mut wake = open_connections(inner, bot, shared, most, now);
    hand_out(inner, bot, shared, now);
    if let Some(next) = bot.webhook.queue.next_at()
        && next > now
    {
        wake = Some(wake.map_or(next, |wake| wake.min(next)));
    }
    if let Some(wake) = wake {
        set_timer(inner, bot, shared, wake);
    }
}

/// Opens what is needed and allowed; says when more will be allowed.
fn open_connections(
    inner: &Arc<Inner>,
    bot: &mut Bot,
    shared: &Shared,
    most: usize,
    now: Duration,
) -> Option<Duration> {
    let webhook = &mut bot.webhook;
    let setup = webhook.setup.as_ref()?;
    let active = webhook.last_success.is_some_and(|last| last + shared.clock.seconds(QUIET) >= now);
    let lines = webhook.queue.loaded();
    let needed = if active { lines.clamp(1, most) } else { lines.min(1) };
    while webhook.connections.len() < needed {
        let telegram_now = now.mul_f64(now_scale(shared));
        if let Err(wait) = webhook.ramp.take(active, telegram_now) {
            return Some(now + shared.clock.scaled(wait));
        }
        let number = webhook.next_connection;
        webhook.next_connection += 1;
        let (jobs, inbox) = mpsc::unbounded_channel();
        webhook.connections.insert(number, Connection { jobs, busy: None });
        webhook.free.push_back(number);
        let owner = connection::Owner { bot: bot.id, generation: webhook.generation, number };
        let patience = shared.clock.seconds(connection::PATIENCE);
        inner.spawn(connection::run(
            Arc::downgrade(inner),
            owner,
            Arc::clone(&setup.target),
            patience,
            inbox,
        ));
    }
    None
}

fn now_scale(shared: &Shared) -> f64 {
    shared.settings.time_scale
}

fn hand_out(inner: &Arc<Inner>, bot: &mut Bot, shared: &mut Shared, now: Duration) {
    let webhook = &mut bot.webhook;
    loop {
        while let Some(number) = webhook.free.front()
            && !webhook.connections.contains_key(number)
        {
            webhook.free.pop_front();
        }
        let Some(&number) = webhook.free.front() else { return };
        let Some(update) = webhook.queue.take(now) else { return };
        webhook.free.pop_front();
        let flight = Flight { line: update.line, update: update.id, begun: now };
        let job = Job { body: update.body.clone() };
        if shared.settings.twice
            && let Some(setup) = &webhook.setup
        {
            let patience = shared.clock.seconds(connection::PATIENCE);
            inner.spawn(connection::push_apart(Arc::clone(&setup.target), patience, job.body.clone()));
        }
        let (user, update_id, attempt) = (update.user, update.id, update.attempts);
        if let Some(connection) = webhook.connections.get_mut(&number) {
            connection.busy = Some(flight);
            // A task that is gone cannot take it; it reports that itself, as a failed attempt.
            drop(connection.jobs.send(job));
        }
        shared.tell(What::WebhookSent { bot: bot.id, user, update_id, attempt, connection: number });
    }
}

fn set_timer(inner: &Arc<Inner>, bot: &mut Bot, shared: &Shared, at: Duration) {
    match &mut bot.webhook.timer {
        Some(timer) if timer.at <= at => {}
        Some(timer) => {
            timer.at = at;
            timer.wake.notify_one();
        }
        none => {
            let wake = Arc::new(Notify::new());
            *none = Some(Timer { at, wake: Arc::clone(&wake) });
            let start = shared.clock.instant(at);
            inner.spawn(tick(Arc::downgrade(inner), bot.id, bot.webhook.generation, start, wake));
        }
    }
}

/// Waits for the webhook's time, pumps, and again; ends when there is nothing to wait for.
async fn tick(
    inner: Weak<Inner>,
    bot: BotId,
    generation: u64,
    mut at: tokio::time::Instant,
    wake: Arc<Notify>,
) {
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(at) => {}
            () = wake.notified() => {}
        }
        let Some(inner) = inner.upgrade() else { return };
        let mut world = inner.lock();
        let Some((bot, shared)) = world.split(bot) else { return };
        if bot.webhook.generation != generation {
            return;
        }
        let now = shared.clock.now();
        if bot.webhook.timer.as_ref().is_some_and(|timer| timer.at > now) {
            at = shared.clock.instant(bot.webhook.timer.as_ref().map_or(now, |timer| timer.at));
            continue;
        }
        bot.webhook.timer = None;
        pump(&inner, bot, shared);
        // The pump may have begun a timer of its own; this one is done.
        return;
    }
}

/// An answer came on a connection. Says whether the connection is to be kept.
pub(super) fn answered(inner: &Arc<Inner>, owner: connection::Owner, response: &Response) -> bool {
    let mut world = inner.lock();
    let Some((bot, shared)) = world.split(owner.bot) else { return false };
    if bot.webhook.generation != owner.generation {
        return false;
    }
    let Some(flight) = bot.webhook.connections.get_mut(&owner.number).and_then(|found| found.busy.take())
    else {
        return false;
    };
    let now = shared.clock.now();
    let good = (200..300).contains(&response.status);
    report(bot, shared, flight, WebhookAnswer::Status(response.status), now);
    if good {
        bot.webhook.last_success = Some(now);
        bot.webhook.gone_since = None;
        if let Some(update) = bot.webhook.queue.delivered(flight.line, now) {
            let age = now.saturating_sub(update.queued);
            shared.tell(What::Acknowledged { bot: bot.id, user: update.user, update_id: update.id, age });
        }
    } else {
        let text = format!("Wrong response from the webhook: {} {}", response.status, response.reason);
        bot.webhook.last_error = Some((shared.clock.unix(), text));
        retry(bot, shared, flight, response.retry_after, now);
        let patience = shared.clock.seconds(GONE_FOR_GOOD);
        if bot.webhook.is_gone(response.status, now, patience) {
            bot.webhook.set(None);
            return false;
        }
    }
    if response.keep_alive {
        bot.webhook.free.push_back(owner.number);
    } else {
        bot.webhook.connections.remove(&owner.number);
    }
    let reply = good.then(|| response.call()).flatten();
    let id = bot.id;
    pump(inner, bot, shared);
    if let Some(reply) = reply {
        super::super::api::from_webhook(&mut world, id, reply);
    }
    response.keep_alive
}

/// A connection ended, with an update in flight or without.
pub(super) fn lost(inner: &Arc<Inner>, owner: connection::Owner, failure: Failure) {
    let mut world = inner.lock();
    let Some((bot, shared)) = world.split(owner.bot) else { return };
    if bot.webhook.generation != owner.generation {
        return;
    }
    let Some(connection) = bot.webhook.connections.remove(&owner.number) else { return };
    let now = shared.clock.now();
    if failure.is_shown() {
        bot.webhook.last_error = Some((shared.clock.unix(), failure.text().to_owned()));
    }
    if let Some(flight) = connection.busy {
        report(bot, shared, flight, WebhookAnswer::Failed(failure.text()), now);
        bot.webhook.gone_since = None;
        retry(bot, shared, flight, 0, now);
    }
    pump(inner, bot, shared);
}

/// An idle connection wants to end. Refused if it was given an update meanwhile.
pub(super) fn retire(inner: &Arc<Inner>, owner: connection::Owner) -> bool {
    let mut world = inner.lock();
    let Some((bot, _)) = world.split(owner.bot) else { return true };
    if bot.webhook.generation != owner.generation {
        return true;
    }
    if bot.webhook.connections.get(&owner.number).is_some_and(|connection| connection.busy.is_some()) {
        return false;
    }
    bot.webhook.connections.remove(&owner.number);
    true
}

fn report(bot: &Bot, shared: &mut Shared, flight: Flight, answer: WebhookAnswer, now: Duration) {
    let Some(update) = bot.webhook.queue.in_flight(flight.line) else { return };
    let what = What::WebhookAnswered {
        bot: bot.id,
        user: update.user,
        update_id: flight.update,
        attempt: update.attempts,
        answer,
        took: now.saturating_sub(flight.begun),
    };
    shared.tell(what);
}

fn retry(bot: &mut Bot, shared: &mut Shared, flight: Flight, retry_after: u32, now: Duration) {
    let longest = shared.rng.random_range(60..=120);
    let failed = bot.webhook.queue.failed(flight.line, &shared.clock, now, retry_after, longest);
    if let Some(Failed::Expired(update)) = failed {
        shared.tell(What::UpdateExpired { bot: bot.id, user: update.user, update_id: update.id });
    }
}
