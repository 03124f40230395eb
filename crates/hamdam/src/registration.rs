//! Telling Telegram where to push updates: what `hamdam webhook set` does, and the demo for itself.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use hamdam_domain::id::BotId;
use hamdam_telegram::method::{Method, SetWebhook};
use hamdam_telegram::update::ALLOWED_UPDATES;
use hamdam_telegram::{CallError, Client};

use crate::config::{WebhookAddress, WebhookSecrets};
use crate::http::Limits;

/// A 429 of `setWebhook` (once per second) is waited out if it is no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The fewest instances that a fleet has: one may die, and one may be restarted.
pub const FEWEST_INSTANCES: usize = 3;
/// A bot of which fewer updates are under way would be held up by the first few that take long.
const FEWEST_CONNECTIONS: usize = 5;

/// How Telegram is to connect.
#[derive(Clone, Debug)]
pub struct Connecting {
    /// Connections it may open, per bot: 1-100. An update is under way on each.
    pub max: u8,
    /// What the address shows, if no authority vouches for it.
    pub certificate: Option<Certificate>,
}

/// How many connections each of so many bots is to have, so that all together fill the doors of so many instances and
/// push nobody away from them. What waits beyond that waits with Telegram, in its order, and costs nothing; what is turned
/// away comes back a second later, all at once, and a fleet that is full does little else then.
pub fn connections(bots: usize, instances: usize) -> u8 {
    // A fifth stays free: balancers share unevenly.
    let all = Limits::default().at_once.saturating_mul(instances) / 5 * 4;
    u8::try_from((all / bots.max(1)).clamp(FEWEST_CONNECTIONS, 100)).expect("100 at most")
}

/// Registers the fleet's address for one bot, with the bot's own secret. What waits at Telegram stays.
pub async fn register(
    client: &Client,
    bot: BotId,
    address: &WebhookAddress,
    secrets: &WebhookSecrets,
    connecting: &Connecting,
) -> Result<(), CallError> {
    let call = SetWebhook {
        url: address.url(bot),
        secret_token: secrets.header(bot).into(),
        max_connections: connecting.max,
        allowed_updates: ALLOWED_UPDATES.to_vec(),
        drop_pending_updates: false,
    };
    let Some(Certificate(certificate)) = &connecting.certificate else {
        return patiently(client, bot, &call).await.map(drop);
    };
    again_when_told(|| client.set_webhook(bot.0, &call, certificate.clone())).await.map(drop)
}

/// A certificate in PEM.
#[derive(Clone, Debug)]
pub struct Certificate(Vec<u8>);

impl Certificate {
    /// Reads it from a file.
    ///
    /// # Errors
    ///
    /// There is none, or something that is to leave this machine never.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let content = std::fs::read(path).with_context(|| format!("cannot read the certificate {shown}"))?;
        let text = String::from_utf8_lossy(&content);
        if text.contains("PRIVATE KEY") {
            bail!(
                "{shown} holds a private key, which stays with you; give a file with the certificate alone"
            );
        }
        if !text.contains("-----BEGIN CERTIFICATE-----") {
            bail!(
                "{shown} holds no certificate in PEM (\"-----BEGIN CERTIFICATE-----\"); `openssl x509 -inform der -in \
                   {shown}` turns one in DER into it"
            );
        }
        Ok(Self(content))
    }
}

/// Asks, and once more when told to wait a little.
pub(crate) async fn patiently<M: Method>(
    client: &Client,
    bot: BotId,
    method: &M,
) -> Result<M::Answer, CallError> {
    again_when_told(|| client.ask(bot.0, method)).await
}

async fn again_when_told<T, F: Future<Output = Result<T, CallError>>>(ask: impl Fn() -> F) -> F::Output {
    match ask().await {
        Err(error) if error.wait().is_some_and(|wait| wait <= LONGEST_WAIT) => {
            tokio::time::sleep(error.wait().unwrap_or_default()).await;
            ask().await
        }
        answer => answer,
    }
}
