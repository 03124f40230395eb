//! Posts updates to webhooks at an even rate, as the load balancer would.

use std::time::Duration;

use anyhow::{Context, ensure};
use futures::future::try_join_all;
use tokio::time::{Instant, sleep_until};

/// Requests under way at once at most.
const AT_ONCE: u64 = 48;
/// As Telegram names it.
const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

/// Whom to post what.
pub(super) struct Posting {
    http: reqwest::Client,
    /// Webhooks, taken in turn.
    urls: Vec<String>,
    secret: Option<String>,
    /// Updates, taken in turn.
    bodies: Vec<String>,
}

impl Posting {
    #[expect(
        clippy::disallowed_methods,
        reason = "the load tool shares nothing with the fleet, its HTTP client included"
    )]
    pub(super) fn new(
        urls: Vec<String>,
        secret: Option<String>,
        bodies: Vec<String>,
    ) -> anyhow::Result<Self> {
        ensure!(!urls.is_empty() && !bodies.is_empty(), "nothing to post, or nobody to post it to");
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?,
            urls,
            secret,
            bodies,
        })
    }

    /// Posts every update once.
    pub(super) async fn once(&self, per_second: f64) -> anyhow::Result<u64> {
        self.post(per_second, u64::try_from(self.bodies.len())?).await
    }

    /// Posts for so long.
    pub(super) async fn last(&self, per_second: f64, time: Duration) -> anyhow::Result<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of updates")]
        let count = (per_second * time.as_secs_f64()) as u64;
        self.post(per_second, count).await
    }

    /// All must be answered 200.
    async fn post(&self, per_second: f64, count: u64) -> anyhow::Result<u64> {
        let began = Instant::now();
        try_join_all((0..AT_ONCE).map(|lane| self.lane(lane, count, per_second, began))).await?;
        Ok(count)
    }

    /// Every so manieth update.
    async fn lane(&self, lane: u64, count: u64, per_second: f64, began: Instant) -> anyhow::Result<()> {
        for number in (lane..count).step_by(usize::try_from(AT_ONCE)?) {
            #[expect(clippy::cast_precision_loss, reason = "a count of updates")]
            let due = Duration::from_secs_f64(number as f64 / per_second);
            sleep_until(began + due).await;
            let at = usize::try_from(number)?;
            let mut request = self.http.post(&self.urls[at % self.urls.len()]);
            if let Some(secret) = &self.secret {
                request = request.header(SECRET_HEADER, secret);
            }
            let body = self.bodies[at % self.bodies.len()].clone();
            let answer = request.body(body).send().await.context("an update was not taken")?;
            ensure!(answer.status() == 200, "an update was answered {}", answer.status());
            answer.bytes().await?;
        }
        Ok(())
    }
}
