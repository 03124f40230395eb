//! Telling Telegram where to push updates: what `hamdam webhook set` does, and the demo for itself.

use std::time::Duration;

use hamdam_domain::id::BotId;
use hamdam_telegram::method::{Method, SetWebhook};
use hamdam_telegram::update::ALLOWED_UPDATES;
use hamdam_telegram::{CallError, Client};

use crate::config::{WebhookAddress, WebhookSecrets};

/// A 429 of `setWebhook` (once per second) is waited out if it is no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Registers the fleet's address for one bot, with the bot's own secret. What waits at Telegram stays.
pub async fn register(
    client: &Client,
    bot: BotId,
    address: &WebhookAddress,
    secrets: &WebhookSecrets,
    max_connections: u8,
) -> Result<(), CallError> {
    let call = SetWebhook {
        url: address.url(bot),
        secret_token: secrets.header(bot).into(),
        max_connections,
        allowed_updates: ALLOWED_UPDATES.to_vec(),
        drop_pending_updates: false,
    };
    patiently(client, bot, &call).await.map(drop)
}

/// Asks, and once more when told to wait a little.
pub(crate) async fn patiently<M: Method>(
    client: &Client,
    bot: BotId,
    method: &M,
) -> Result<M::Answer, CallError> {
    match client.ask(bot.0, method).await {
        Err(error) if error.wait().is_some_and(|wait| wait <= LONGEST_WAIT) => {
            tokio::time::sleep(error.wait().unwrap_or_default()).await;
            client.ask(bot.0, method).await
        }
        answer => answer,
    }
}
