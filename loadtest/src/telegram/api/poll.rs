//! `getUpdates`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::super::event::{BotId, CallId, What};
use super::super::world::{Bot, Shared, World};
use super::{Answer, Args, Refusal, Request, webhook};

const BESIDE_WEBHOOK: &str = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const ANOTHER: &str =
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

/// Where a `getUpdates` stands.
pub(in super::super) enum Polled {
    /// It has its answer.
    Ready(Answer),
    /// There is nothing yet: wait for this, at most so long, and ask again with this number.
    Wait(Arc<Notify>, Duration, u64),
}

/// Asks for updates. `turn` is none at first, and then what `Wait` said; `last` when the time is over.
pub(in super::super) fn poll(
    world: &mut World,
    call: CallId,
    bot: Option<BotId>,
    request: &Request,
    turn: Option<u64>,
    last: bool,
) -> Polled {
    // What is wrong with it is found, and counted, where all calls are judged.
    let Some((bot, shared)) = bot.filter(|_| request.wrong.is_none()).and_then(|bot| world.split(bot)) else {
        return Polled::Ready(world.execute(call, bot, request));
    };
    match look(bot, shared, &request.args, turn, last) {
        Ok(Some(updates)) => Polled::Ready(Ok(updates)),
        Ok(None) => {
            let timeout =
                request.args.int("timeout").and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(0);
            Polled::Wait(bot.webhook.poller(), Duration::from_secs(timeout.min(50)), bot.webhook.poll)
        }
        Err(refusal) => {
            if let Some(why) = &refusal.invalid {
                let (id, method) = (Some(bot.id), Arc::clone(&request.name));
                shared.tell(What::InvalidCall { call, bot: id, method, why: why.clone() });
            }
            Polled::Ready(Err(refusal))
        }
    }
}

fn look(
    bot: &mut Bot,
    shared: &mut Shared,
    args: &Args,
    turn: Option<u64>,
    last: bool,
) -> Result<Option<String>, Refusal> {
    if bot.webhook.setup.is_some() {
        return Err(Refusal::other(409, BESIDE_WEBHOOK));
    }
    match turn {
        Some(turn) if turn != bot.webhook.poll => return Err(Refusal::other(409, ANOTHER)),
        Some(_) => {}
        None => begin(bot, shared, args)?,
    }
    let limit = args.int("limit").unwrap_or(100);
    if !(1..=100).contains(&limit) {
        return Err(Refusal::wrong("limit must be 1-100"));
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    let updates: Vec<_> =
        bot.webhook.queue.waiting().take(limit).map(|update| String::from_utf8_lossy(&update.body)).collect();
    let timeout = args.int("timeout").unwrap_or(0);
    if updates.is_empty() && !last && timeout > 0 {
        return Ok(None);
    }
    Ok(Some(format!("[{}]", updates.join(",\n"))))
}

/// A new request: ends the one before, confirms, and says what is wanted from now on.
fn begin(bot: &mut Bot, shared: &mut Shared, args: &Args) -> Result<(), Refusal> {
    if args.values.contains_key("allowed_updates") {
        bot.webhook.allowed = webhook::allowed(args)?;
    }
    bot.webhook.poll += 1;
    bot.webhook.nudge_poller();
    let offset = args.int("offset").unwrap_or(0);
    let offset = if offset < 0 {
        let back = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
        bot.webhook.queue.waiting().rev().take(back).last().map_or(0, |update| update.id)
    } else {
        offset
    };
    let now = shared.clock.now();
    for update in bot.webhook.queue.confirm(offset) {
        let age = now.saturating_sub(update.queued);
        shared.tell(What::Acknowledged { bot: bot.id, user: update.user, update_id: update.id, age });
    }
    Ok(())
}
