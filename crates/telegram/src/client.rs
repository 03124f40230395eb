//! Calls to the Bot API: one client for every bot of the fleet.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde::Serialize;

use crate::answer::{self, Raw};
use crate::call::{Call, Sent};
use crate::error::{CallError, Executed};
use crate::method::Method;
use crate::tokens::Tokens;

/// The longest a call may take, from its first byte to the last of its answer: the Bot API server itself holds a
/// call for up to 8 s in total to absorb short flood waits. A sender's claim older than this is no longer in flight.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(12);

/// A client for many bots. Its `Debug` shows no token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// Shared by all clones.
    roll: Arc<RwLock<Roll>>,
    longest_call: Duration,
    /// Where each method of each bot was called before: reading a URL costs more than a call's own text.
    urls: Arc<RwLock<HashMap<(i64, &'static str), Url>>>,
}

/// The bots a client speaks for.
#[derive(Debug, Default)]
struct Roll {
    tokens: Tokens,
    /// Bots it spoke for before.
    left: BTreeSet<i64>,
}

/// A base address that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("TELEGRAM_API_URL is not http://host[:port][/path] or https://host[:port][/path]")]
pub struct BaseUrlError;

impl Client {
    /// A client that speaks to the Bot API server at `base` (`https://api.telegram.org`, one's own, a simulator).
    pub fn new(http: reqwest::Client, base: &str, tokens: Tokens) -> Result<Self, BaseUrlError> {
        let url = Url::parse(base).map_err(|_| BaseUrlError)?;
        let usable = matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.query().is_none()
            && url.fragment().is_none();
        if !usable {
            return Err(BaseUrlError);
        }
        let base = base.trim_end_matches('/').to_owned();
        let roll = Arc::new(RwLock::new(Roll { tokens, left: BTreeSet::new() }));
        Ok(Self { http, base, roll, longest_call: CALL_TIMEOUT, urls: Arc::default() })
    }

    /// From now on this client and all its clones speak for these bots. Calls under way are left alone.
    pub fn speak_for(&self, tokens: Tokens) {
        let mut roll = self.roll.write().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<_> = roll.tokens.bots().filter(|bot| !tokens.knows(*bot)).collect();
        roll.left.extend(gone);
        roll.left.retain(|bot| !tokens.knows(*bot));
        roll.tokens = tokens;
        // A bot may have another token now.
        self.urls.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The same client with another limit than [`CALL_TIMEOUT`]; long polls stay longer by what they wait.
    #[must_use]
    pub fn with_longest_call(mut self, limit: Duration) -> Self {
        self.longest_call = limit;
        self
    }

    /// The bots it speaks for.
    #[must_use]
    pub fn bots(&self) -> Vec<i64> {
        self.roll.read().unwrap_or_else(PoisonError::into_inner).tokens.bots().collect()
    }

    /// Calls a method and reads its answer.
    pub async fn ask<M: Method>(&self, bot: i64, method: &M) -> Result<M::Answer, CallError> {
        let waits = method.timeout().saturating_sub(CALL_TIMEOUT);
        let raw = self.post(bot, M::NAME, body(method)?, self.longest_call + waits).await?;
        answer::read(M::NAME, &raw)
    }

    /// Calls into a chat. `Ok` whenever Telegram says so, even if the rest of its answer cannot be read.
    pub async fn call(&self, bot: i64, call: &Call) -> Result<Sent, CallError> {
        let raw = self.post(bot, call.method(), call.body()?, self.longest_call).await?;
        answer::placed(call.method(), &raw).map(Sent::from)
    }

    async fn post(
        &self,
        bot: i64,
        method: &'static str,
        body: Vec<u8>,
        limit: Duration,
    ) -> Result<Raw, CallError> {
        let url = self.url(bot, method)?;
        let request = self.http.post(url).timeout(limit).header(CONTENT_TYPE, "application/json").body(body);
        self.exchange(method, request).await
    }

    /// Sends a request and takes the answer in.
    pub(crate) async fn exchange(
        &self,
        method: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<Raw, CallError> {
        let response = request.send().await.map_err(|error| broken(method, error))?;
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        match response.bytes().await {
            Ok(body) => Ok(Raw { status, retry_after, body }),
            Err(error) => Err(broken(method, error)),
        }
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn url(&self, bot: i64, method: &'static str) -> Result<Url, CallError> {
        let bug = |description| CallError::Bug { method, code: 0, description };
        let known = self.urls.read().unwrap_or_else(PoisonError::into_inner).get(&(bot, method)).cloned();
        if let Some(url) = known {
            return Ok(url);
        }
        // Held until the URL is kept, so that none of an old token comes in behind the new one.
        let roll = self.roll.read().unwrap_or_else(PoisonError::into_inner);
        let token = roll.token(bot, method)?;
        // The parser's own words would quote the token.
        let url = Url::parse(&format!("{}/bot{token}/{method}", self.base))
            .map_err(|_| bug(format!("no URL for a call of bot {bot}")))?;
        self.urls.write().unwrap_or_else(PoisonError::into_inner).insert((bot, method), url.clone());
        Ok(url)
    }
}

impl Roll {
    fn token(&self, bot: i64, method: &'static str) -> Result<&str, CallError> {
        let left = self.left.contains(&bot);
        self.tokens.of(bot).ok_or(CallError::Stranger { method, left })
    }
}

impl Client {
    /// Where a file of a bot can be fetched.
    pub(crate) fn file_url(&self, bot: i64, path: &str) -> Result<Url, CallError> {
        let bug = |description| CallError::Bug { method: "file", code: 0, description };
        let roll = self.roll.read().unwrap_or_else(PoisonError::into_inner);
        let token = roll.token(bot, "file")?;
        // The parser's own words would quote the token.
        Url::parse(&format!("{}/file/bot{token}/{path}", self.base))
            .map_err(|_| bug(format!("no URL for a file of bot {bot}")))
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { base, longest_call, .. } = self;
        f.debug_struct("Client")
            .field("base", base)
            .field("bots", &self.bots())
            .field("longest_call", longest_call)
            .finish_non_exhaustive()
    }
}

/// Parameters as JSON.
pub(crate) fn body<M: Method + Serialize>(method: &M) -> Result<Vec<u8>, CallError> {
    serde_json::to_vec(method).map_err(|error| CallError::Bug {
        method: M::NAME,
        code: 0,
        description: format!("its parameters cannot be written: {error}"),
    })
}

/// An exchange that did not come to an answer. Only where no connection came about is it sure that nothing happened.
pub(crate) fn broken(method: &'static str, error: reqwest::Error) -> CallError {
    if error.is_builder() {
        return CallError::Bug { method, code: 0, description: "its request could not be made".to_owned() };
    }
    let (executed, reason) = if error.is_connect() {
        (Executed::No, "no connection")
    } else if error.is_timeout() {
        (Executed::Perhaps, "no answer in time")
    } else {
        (Executed::Perhaps, "the connection broke")
    };
    CallError::Retry { method, executed, reason: reason.to_owned(), source: Some(error.without_url()) }
}
