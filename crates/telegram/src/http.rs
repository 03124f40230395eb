//! The one factory of HTTP clients.

use std::time::Duration;

/// How long a connection may take to come about.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// How long an unused connection is kept; below the 60 s after which Telegram and most proxies close theirs.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// A proxy that cannot be used, or a client that cannot be built. The proxy's address is not shown: it may hold a
/// password.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// `TELEGRAM_PROXY` is no address of an HTTP or SOCKS proxy.
    #[error(
        "TELEGRAM_PROXY is not http://host:port, https://host:port, socks5://host:port or socks5h://host:port"
    )]
    Proxy,
    /// No client, mostly for want of root certificates.
    #[error("cannot build an HTTP client")]
    Client(#[source] reqwest::Error),
}

/// A client for calls to the Bot API: HTTP/1.1 with connections kept alive, no redirects (a token stands in the
/// path), no repetition of its own, and no proxy but the given one. Every request sets its own time limit.
#[expect(clippy::disallowed_methods, reason = "this is the one factory the ban points to")]
pub fn client(proxy: Option<&str>) -> Result<reqwest::Client, HttpError> {
    let builder = reqwest::Client::builder()
        .http1_only()
        .tcp_nodelay(true)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    let builder = match proxy {
        None => builder.no_proxy(),
        Some(address) => builder.proxy(checked(address)?),
    };
    builder.build().map_err(|error| HttpError::Client(error.without_url()))
}

fn checked(address: &str) -> Result<reqwest::Proxy, HttpError> {
    let known = ["http://", "https://", "socks5://", "socks5h://"];
    if !known.iter().any(|scheme| address.starts_with(scheme)) {
        return Err(HttpError::Proxy);
    }
    reqwest::Proxy::all(address).map_err(|_| HttpError::Proxy)
}
