//! What a run is aimed at: a simulator, bots, the webhook they push to, and instances that count for themselves.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use hamdam_testbed::fleet::{FleetFile, InstanceFile};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::client::http;
use crate::telegram::BotId;

/// A bot of the fleet.
#[derive(Clone)]
pub struct Bot {
    /// The digits before the colon of its token.
    pub id: BotId,
    token: String,
}

impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bot").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Bot {
    /// Reads a token.
    pub fn of_token(token: &str) -> anyhow::Result<Self> {
        let id = token.split_once(':').and_then(|(id, _)| id.parse().ok());
        Ok(Self { id: id.context("a bot token begins with digits and a colon")?, token: token.to_owned() })
    }
}

/// See the module.
#[derive(Clone)]
pub struct Target {
    /// The simulator.
    pub telegram_url: String,
    /// Webhooks go to `{webhook_url}/telegram/{bot_id}`.
    pub webhook_url: String,
    /// What the secret header of each bot is derived from.
    webhook_secret: Option<String>,
    /// The bots.
    pub bots: Vec<Bot>,
    /// Where the instances are listed, if they are: read again whenever they are asked, because they come and go.
    pub fleet_file: Option<PathBuf>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("telegram_url", &self.telegram_url)
            .field("webhook_url", &self.webhook_url)
            .field("bots", &self.bots)
            .finish_non_exhaustive()
    }
}

impl Target {
    /// A fleet that `./dev fleet` started.
    pub fn of_fleet(path: &Path) -> anyhow::Result<Self> {
        let file = FleetFile::read(path)?;
        let bots = file.bots.iter().map(|bot| Bot::of_token(&bot.token)).collect::<anyhow::Result<_>>()?;
        Ok(Self {
            telegram_url: file.telegram_url,
            webhook_url: file.webhook_url,
            webhook_secret: Some(file.webhook_secret),
            bots,
            fleet_file: Some(path.to_owned()),
        })
    }

    /// Anything else: a simulator, where webhooks go, and a file with one token per line.
    pub fn of_parts(
        telegram: &str,
        webhook: &str,
        tokens: &Path,
        webhook_secret: Option<String>,
    ) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(tokens).with_context(|| format!("cannot read {}", tokens.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let bots: Vec<Bot> = lines.map(Bot::of_token).collect::<anyhow::Result<_>>()?;
        ensure!(!bots.is_empty(), "{} names no bot", tokens.display());
        Ok(Self {
            telegram_url: telegram.trim_end_matches('/').to_owned(),
            webhook_url: webhook.trim_end_matches('/').to_owned(),
            webhook_secret,
            bots,
            fleet_file: None,
        })
    }

    /// Registers the webhook of every bot that has none, or another one.
    pub async fn register_webhooks(&self) -> anyhow::Result<()> {
        let http = http()?;
        for bot in &self.bots {
            let url = format!("{}/telegram/{}", self.webhook_url, bot.id);
            let info = self.call(&http, bot, "getWebhookInfo", &json!({})).await?;
            if info["url"] == url.as_str() {
                continue;
            }
            let mut webhook = json!({ "url": url });
            if let Some(secret) = &self.webhook_secret {
                webhook["secret_token"] = secret_header(secret, bot.id).into();
            }
            self.call(&http, bot, "setWebhook", &webhook).await?;
        }
        Ok(())
    }

    async fn call(
        &self,
        http: &reqwest::Client,
        bot: &Bot,
        method: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let url = format!("{}/bot{}/{method}", self.telegram_url, bot.token);
        let answer = http.post(url).json(body).send().await.map_err(reqwest::Error::without_url)?;
        let mut answer: Value = answer.json().await.map_err(reqwest::Error::without_url)?;
        if answer["ok"] != true {
            bail!("{method} of bot {}: {}", bot.id, answer["description"]);
        }
        Ok(answer["result"].take())
    }

    /// The secret header of a bot's webhook, where there is a secret.
    pub fn header_of(&self, bot: BotId) -> Option<String> {
        self.webhook_secret.as_deref().map(|secret| secret_header(secret, bot))
    }

    /// The instances, those that are down included.
    pub fn instances(&self) -> Vec<InstanceFile> {
        // A file that is being rewritten, or gone because the fleet ended, has no instances now.
        let file = self.fleet_file.as_deref().and_then(|path| FleetFile::read(path).ok());
        file.map(|file| file.instances).unwrap_or_default()
    }

    /// Where the instances show their metrics.
    pub fn admins(&self) -> Vec<String> {
        self.instances().into_iter().map(|instance| instance.admin).collect()
    }
}

/// Lower-case hex HMAC-SHA256 of the bot's id under the secret (design: outside surface).
fn secret_header(secret: &str, bot: BotId) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(bot.to_string().as_bytes());
    let mut header = String::with_capacity(64);
    for byte in mac.finalize().into_bytes() {
        write!(header, "{byte:02x}").expect("a string takes all");
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_header_is_an_hmac_of_the_bot_s_id() {
        // Computed with: printf 7000000000 | openssl dgst -sha256 -hmac secret
        assert_eq!(
            secret_header("secret", 7_000_000_000),
            "78f838e87626be60f349412e37de4d70d246b2ad454b9fd2e201e3abe71cf6e3"
        );
    }

    #[test]
    fn a_token_is_read_and_not_shown() {
        let bot = Bot::of_token("123:abc").unwrap();
        assert_eq!(bot.id, 123);
        assert!(!format!("{bot:?}").contains("abc"));
        assert!(Bot::of_token("abc").is_err());
    }
}
