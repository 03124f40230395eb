//! Updates fetched by long polling, for a start without an address that Telegram could reach.
//!
//! One task per bot, one update after the other. Telegram forgets an update when it is asked for those behind it, and that
//! is done only once the inbox has taken it: what dies in between is fetched again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::body::Bytes;
use hamdam_domain::id::BotId;
use hamdam_telegram::method::{DeleteWebhook, GetUpdates, GetWebhookInfo};
use hamdam_telegram::update::ALLOWED_UPDATES;
use hamdam_telegram::{CallError, Client};
use serde::Deserialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::http::Inbox;
use crate::registration::patiently;

/// Seconds that a request waits at Telegram for something to come.
const WAIT: u32 = 25;
/// Updates fetched at once.
const MOST: u8 = 100;
/// Before something that failed is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Makes sure that nothing is pushed: Telegram gives no updates to who asks while a webhook is set. One that is set may be
/// somebody's running fleet, so it is removed only where that was asked for. What waits at Telegram stays.
pub(super) async fn make_way(client: &Client, bots: &[BotId], removes: bool) -> anyhow::Result<()> {
    for bot in bots {
        let info = patiently(client, *bot, &GetWebhookInfo {}).await;
        let info =
            info.with_context(|| format!("Telegram does not say where the updates of bot {bot} go"))?;
        if info.url.is_empty() {
            continue;
        }
        if !removes {
            bail!(
                "the updates of bot {bot} are pushed to {}; give --remove-webhook to end that and fetch them here",
                info.url
            );
        }
        let answer = patiently(client, *bot, &DeleteWebhook::default()).await;
        answer.with_context(|| format!("the webhook of bot {bot} could not be removed"))?;
        tracing::info!(%bot, url = info.url, "the webhook was removed");
    }
    Ok(())
}

/// The tasks that fetch.
pub(super) struct Poller {
    client: Client,
    inbox: Arc<dyn Inbox>,
    /// One for each bot, with what stops it.
    lines: Mutex<BTreeMap<BotId, CancellationToken>>,
    tasks: Mutex<JoinSet<()>>,
    broken: CancellationToken,
}

impl Poller {
    /// Begins to fetch the updates of these bots.
    pub(super) fn start(client: &Client, bots: &[BotId], inbox: &Arc<dyn Inbox>) -> Self {
        let poller = Self {
            client: client.clone(),
            inbox: Arc::clone(inbox),
            lines: Mutex::default(),
            tasks: Mutex::default(),
            broken: CancellationToken::new(),
        };
        poller.fetch_for(bots);
        poller
    }

    /// From now on it fetches the updates of these bots and of no others.
    pub(super) fn fetch_for(&self, bots: &[BotId]) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|bot, stop| {
            let stays = bots.contains(bot);
            if !stays {
                stop.cancel();
            }
            stays
        });
        for bot in bots {
            lines.entry(*bot).or_insert_with(|| self.fetch(*bot));
        }
    }

    /// Begins to fetch; answers what stops it.
    fn fetch(&self, bot: BotId) -> CancellationToken {
        let (stop, broken) = (CancellationToken::new(), self.broken.clone());
        let (client, inbox) = (self.client.clone(), Arc::clone(&self.inbox));
        let line = Line { client, bot, inbox, stop: stop.clone() };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.spawn(async move {
            if let Err(error) = line.run().await {
                tracing::error!(%bot, %error, "updates cannot be fetched");
                broken.cancel();
            }
        });
        stop
    }

    /// Waits until Telegram gives a bot's updates no more, whatever is tried: its token is wrong, or somebody else asks.
    pub(super) async fn failed(&self) {
        self.broken.cancelled().await;
    }

    /// Fetches nothing more, and waits for what is being taken.
    pub(super) async fn stop(self) {
        self.fetch_for(&[]);
        let mut tasks = self.tasks.into_inner().unwrap_or_else(PoisonError::into_inner);
        while tasks.join_next().await.is_some() {}
    }
}

/// One bot's updates.
struct Line {
    client: Client,
    bot: BotId,
    inbox: Arc<dyn Inbox>,
    stop: CancellationToken,
}

/// As much of an update as polling needs.
#[derive(Deserialize)]
struct Numbered {
    update_id: i64,
}

impl Line {
    async fn run(self) -> Result<(), CallError> {
        let mut offset = None;
        while let Some(answer) = self.stop.run_until_cancelled(self.fetch(offset, MOST, WAIT)).await {
            let wait = match answer {
                Ok(updates) => {
                    let before = offset;
                    let some = !updates.is_empty();
                    for update in updates {
                        if !self.take(update.get()).await {
                            break;
                        }
                        let id = serde_json::from_str(update.get()).map(|Numbered { update_id }| update_id);
                        offset = id.ok().map(|id| id + 1).or(offset);
                    }
                    // What has no number cannot be left behind until something follows it.
                    (some && before == offset).then_some(PAUSE)
                }
                // No patience mends a wrong token, or that somebody else asks.
                Err(error @ (CallError::Revoked { .. } | CallError::Bug { .. })) => return Err(error),
                Err(error) => {
                    tracing::warn!(bot = %self.bot, %error, "updates could not be fetched; trying again");
                    Some(error.wait().unwrap_or(PAUSE))
                }
            };
            if let Some(wait) = wait {
                self.pause(wait).await;
            }
        }
        if offset.is_some() {
            // What was taken need not come again. If Telegram does not hear it, it comes again and is known.
            let _ = self.fetch(offset, 1, 0).await;
        }
        Ok(())
    }

    async fn fetch(
        &self,
        offset: Option<i64>,
        limit: u8,
        timeout: u32,
    ) -> Result<Vec<Box<serde_json::value::RawValue>>, CallError> {
        let ask = GetUpdates { offset, limit, timeout, allowed_updates: ALLOWED_UPDATES.to_vec() };
        self.client.ask(self.bot.0, &ask).await
    }

    /// Hands an update over until it is taken. `false`: told to stop before.
    async fn take(&self, update: &str) -> bool {
        let body = Bytes::copy_from_slice(update.as_bytes());
        while !self.stop.is_cancelled() {
            let receipt = self.inbox.take(self.bot, body.clone()).await;
            match receipt.error {
                None => return true,
                Some(error) => tracing::warn!(bot = %self.bot, error, "an update is tried again"),
            }
            self.pause(PAUSE).await;
        }
        false
    }

    async fn pause(&self, wait: Duration) {
        self.stop.run_until_cancelled(tokio::time::sleep(wait)).await;
    }
}
