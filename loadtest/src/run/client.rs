//! The other side of the control endpoints: what `loadtest run`, and tests that kill instances, ask of the simulator.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::StatusCode;
use tokio::time::Instant;

use super::control::{Begun, Excused, Forgot, Interrupted, Listen, Pids};
use super::heard::Heard;
use crate::report::{Live, Verdict};
use crate::telegram::{Acquaintance, BotId, FaultRule, Limits, UserId};
use crate::users::Plan;

/// An HTTP client for short requests on this machine.
#[expect(
    clippy::disallowed_methods,
    reason = "the load tool shares nothing with the fleet, its HTTP client included"
)]
pub(super) fn http() -> anyhow::Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build()
        .context("cannot make an HTTP client")
}

/// Speaks to a simulator.
#[derive(Clone, Debug)]
pub struct Control {
    url: String,
    http: reqwest::Client,
}

impl Control {
    /// Speaks to the simulator at this address (`http://127.0.0.1:8081`).
    pub fn new(telegram_url: &str) -> anyhow::Result<Self> {
        Ok(Self { url: format!("{}/control", telegram_url.trim_end_matches('/')), http: http()? })
    }

    /// Begins a run.
    pub async fn begin(&self, plan: &Plan) -> anyhow::Result<u64> {
        let answer = self.http.post(format!("{}/run", self.url)).json(plan).send().await;
        let begun: Begun = good(answer.context("the simulator cannot be reached")?).await?.json().await?;
        Ok(begun.run)
    }

    /// How the run goes.
    pub async fn live(&self) -> anyhow::Result<Live> {
        let answer = self.http.get(format!("{}/run", self.url)).send().await?;
        Ok(good(answer).await?.json().await?)
    }

    /// The verdict, once it is there.
    pub async fn verdict(&self, run: u64) -> anyhow::Result<Option<Verdict>> {
        let answer = self.http.get(format!("{}/run/{run}/verdict", self.url)).send().await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(good(answer).await?.json().await?))
    }

    /// Lets the talk end before its time; the verdict follows as usual.
    pub async fn finish(&self) -> anyhow::Result<()> {
        good(self.http.post(format!("{}/run/finish", self.url)).send().await?).await?;
        Ok(())
    }

    /// Breaks off the run that goes on, if one does: its users go home, and there is no verdict.
    pub async fn stop(&self) -> anyhow::Result<()> {
        good(self.http.delete(format!("{}/run", self.url)).send().await?).await?;
        Ok(())
    }

    /// Tells that these processes are about to be killed, paused or cut off from the state, while they still run, and
    /// answers how many calls they may not learn the outcome of.
    pub async fn interrupt(&self, pids: &[u32]) -> anyhow::Result<Interrupted> {
        let pids = Pids { pids: pids.to_vec() };
        let answer = self.http.post(format!("{}/run/interrupt", self.url)).json(&pids).send().await?;
        Ok(good(answer).await?.json().await?)
    }

    /// Tells that live state forgot what it was told between these moments, and answers how many updates were
    /// acknowledged then.
    pub async fn forgot(&self, from: Instant, to: Instant) -> anyhow::Result<u64> {
        let ago = |at: Instant| u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Whole milliseconds, and the way there: a little more at the start.
        let forgot = Forgot { from_ms_ago: ago(from) + 10, to_ms_ago: ago(to) };
        let answer = self.http.post(format!("{}/run/forgot", self.url)).json(&forgot).send().await?;
        let excused: Excused = good(answer).await?.json().await?;
        Ok(excused.acknowledged)
    }

    /// Tells that live state lost everything: from now on rooms may come back.
    pub async fn bereft(&self) -> anyhow::Result<()> {
        good(self.http.post(format!("{}/run/bereft", self.url)).send().await?).await?;
        Ok(())
    }

    /// Counts from now on to whom this text comes that no user writes.
    pub async fn listen(&self, text: &str) -> anyhow::Result<()> {
        let listen = Listen { text: text.to_owned() };
        good(self.http.post(format!("{}/run/listen", self.url)).json(&listen).send().await?).await?;
        Ok(())
    }

    /// To how many people it came so far.
    pub async fn heard(&self) -> anyhow::Result<Heard> {
        let answer = self.http.get(format!("{}/run/heard", self.url)).send().await?;
        Ok(good(answer).await?.json().await?)
    }

    /// Gives these people a chat with this bot, as if they had started it long ago.
    pub async fn acquaint(&self, acquaintance: &Acquaintance) -> anyhow::Result<()> {
        let url = format!("{}/telegram/acquaint", self.url);
        good(self.http.post(url).json(acquaintance).send().await?).await?;
        Ok(())
    }

    /// From now on every update is pushed twice at once, or no longer.
    pub async fn push_twice(&self, twice: bool) -> anyhow::Result<()> {
        good(self.http.post(format!("{}/telegram/twice", self.url)).json(&twice).send().await?).await?;
        Ok(())
    }

    /// Users who have a chat with this bot.
    pub async fn chats(&self, bot: BotId) -> anyhow::Result<Vec<UserId>> {
        let answer = self.http.get(format!("{}/telegram/chats?bot={bot}", self.url)).send().await?;
        Ok(good(answer).await?.json().await?)
    }

    /// Queues what is no update among those of this user's chat.
    pub async fn spoil(&self, bot: BotId, user: UserId) -> anyhow::Result<()> {
        let whose = serde_json::json!({ "bot": bot, "user": user });
        good(self.http.post(format!("{}/telegram/spoil", self.url)).json(&whose).send().await?).await?;
        Ok(())
    }

    /// What goes wrong with calls from now on; nothing, if there are no rules.
    pub async fn break_calls(&self, rules: &[FaultRule]) -> anyhow::Result<()> {
        good(self.http.post(format!("{}/telegram/faults", self.url)).json(rules).send().await?).await?;
        Ok(())
    }

    /// What Telegram takes from now on.
    pub async fn limit(&self, limits: Limits) -> anyhow::Result<()> {
        good(self.http.post(format!("{}/telegram/limits", self.url)).json(&limits).send().await?).await?;
        Ok(())
    }

    /// Tells that these processes were woken or reconnected.
    pub async fn resume(&self, pids: &[u32]) -> anyhow::Result<()> {
        let pids = Pids { pids: pids.to_vec() };
        good(self.http.post(format!("{}/run/resume", self.url)).json(&pids).send().await?).await?;
        Ok(())
    }
}

async fn good(answer: reqwest::Response) -> anyhow::Result<reqwest::Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let why = answer.text().await.unwrap_or_default();
    bail!("the simulator answered {status}: {why}")
}
