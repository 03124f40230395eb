//! Where Telegram finds us, and how we know it is Telegram.

use hamdam_domain::id::BotId;
use hmac::{Hmac, Mac};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::{Settings, Telegram, url};

/// Secrets shorter than this are guessable.
const SHORTEST_SECRET: usize = 16;

/// Ports Telegram's own servers call (Bot API, `setWebhook`).
const TELEGRAM_PORTS: [u16; 4] = [80, 88, 443, 8443];

/// The keys from which every bot's secret header follows.
#[derive(Clone, Debug)]
pub struct WebhookSecrets {
    /// The key in use.
    pub current: SecretString,
    /// The key before, accepted while it is rotated.
    pub previous: Option<SecretString>,
}

impl WebhookSecrets {
    /// Reads both; the current one is required.
    pub fn read(settings: &mut Settings) -> Self {
        let mend = format!("Make one with `openssl rand -hex 32`; {SHORTEST_SECRET} characters or more.");
        for name in ["WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS"] {
            if settings.secret(name).is_some_and(|key| key.expose_secret().chars().count() < SHORTEST_SECRET)
            {
                settings.mistake(name, format!("is shorter than {SHORTEST_SECRET} characters"), &mend);
            }
        }
        if !settings.has("WEBHOOK_SECRET") {
            settings.wrong("WEBHOOK_SECRET", &mend);
        }
        Self {
            current: settings.secret("WEBHOOK_SECRET").unwrap_or_default(),
            previous: settings.secret("WEBHOOK_SECRET_PREVIOUS"),
        }
    }

    /// The header `X-Telegram-Bot-Api-Secret-Token` of one bot under the current key.
    #[must_use]
    pub fn header(&self, bot: BotId) -> String {
        Self::header_under(&self.current, bot)
    }

    /// Lower-case hex of HMAC-SHA256 over the bot's id, keyed with `key`.
    #[must_use]
    pub fn header_under(key: &SecretString, bot: BotId) -> String {
        use std::fmt::Write as _;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes())
            .expect("HMAC takes keys of every length");
        mac.update(bot.to_string().as_bytes());
        mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("writing to a String never fails");
            hex
        })
    }
}

const MEND: &str = "Give the https address of the load balancer, such as https://chat.example.org \
                    (http only on this machine).";

/// Where Telegram reaches the fleet.
#[derive(Clone, Debug)]
pub struct WebhookAddress {
    base: String,
}

impl WebhookAddress {
    /// The address of an instance on this machine that nothing stands before.
    #[must_use]
    pub fn of_instance(listen: std::net::SocketAddr) -> Self {
        Self { base: format!("http://{listen}") }
    }

    /// Reads the address; nothing if it is not given or wrong.
    pub fn read(settings: &mut Settings, telegram: &Telegram) -> Option<Self> {
        let url: Url = settings.parsed("WEBHOOK_BASE_URL", MEND, |text| {
            let url = url::parse(text, &["http", "https"])?;
            let plain = url.query().is_none() && url.fragment().is_none();
            (plain && (url.scheme() == "https" || url::is_loopback(&url))).then_some(url)
        })?;
        let port = url.port_or_known_default();
        if port.is_some_and(|port| telegram.is_public() && !TELEGRAM_PORTS.contains(&port)) {
            settings.wrong("WEBHOOK_BASE_URL", "Telegram's servers call only ports 443, 80, 88 and 8443.");
        }
        Some(Self { base: url.as_str().trim_end_matches('/').to_owned() })
    }

    /// Reads the address as `webhook set` needs it.
    pub fn require(settings: &mut Settings, telegram: &Telegram) -> Option<Self> {
        if !settings.has("WEBHOOK_BASE_URL") {
            settings.wrong("WEBHOOK_BASE_URL", MEND);
        }
        Self::read(settings, telegram)
    }

    /// The address of one bot's updates.
    #[must_use]
    pub fn url(&self, bot: BotId) -> String {
        format!("{}/telegram/{bot}", self.base)
    }
}
