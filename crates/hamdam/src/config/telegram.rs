//! Where Telegram is.

use anyhow::Context;
use hamdam_telegram::{Client, http};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::{Bots, Settings, url};

/// The Bot API server and the way to it.
#[derive(Clone, Debug)]
pub struct Telegram {
    /// The server, without a trailing slash: `/bot<token>/<method>` is appended.
    pub api_url: String,
    /// A proxy for the calls.
    pub proxy: Option<SecretString>,
}

impl Telegram {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let mend = "Give an http or https address without query, such as https://api.telegram.org.";
        let api: Url = settings.with_default("TELEGRAM_API_URL", mend, |text| {
            url::parse(text, &["http", "https"])
                .filter(|url| url.query().is_none() && url.fragment().is_none())
        });
        let mend = "Give http://, https://, socks5:// or socks5h:// with host and port.";
        let proxy = settings
            .parsed("TELEGRAM_PROXY", mend, |text| url::parse(text, &["http", "https", "socks5", "socks5h"]));
        Self {
            api_url: api.as_str().trim_end_matches('/').to_owned(),
            proxy: proxy.map(|proxy| proxy.as_str().into()),
        }
    }

    /// A client that speaks for `bots`.
    pub fn client(&self, bots: &Bots) -> anyhow::Result<Client> {
        let http = http::client(self.proxy.as_ref().map(ExposeSecret::expose_secret))?;
        Client::new(http, &self.api_url, bots.tokens.clone()).context("TELEGRAM_API_URL")
    }

    /// Whether calls go to Telegram's own servers.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.api_url == "https://api.telegram.org"
    }
}
