//! reqwest makes calls, at an even rate.

use std::time::Duration;

use anyhow::Context;
use futures::future::try_join_all;
use tokio::time::{Instant, sleep_until};

use crate::bench::figures::Floor;
use crate::bench::people::{micros_per, rate};
use crate::gauge::kernel::cpu;

/// Calls under way at once at most.
const AT_ONCE: u64 = 64;

/// Where calls go and how many.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Where calls go, `http://host:port/bot<token>/<method>`.
    #[arg(long)]
    call_url: String,
    /// Chats they go to in turn, from 1 on.
    #[arg(long)]
    chats: i64,
    /// Calls per second.
    #[arg(long)]
    per_second: f64,
    /// How long.
    #[arg(long)]
    seconds: u64,
}

/// A client as the fleet's own.
#[expect(
    clippy::disallowed_methods,
    reason = "a floor shares no code with the fleet, its client factory included"
)]
pub(super) fn client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().tcp_nodelay(true).http1_only().build()?)
}

/// One call.
pub(super) async fn say(http: &reqwest::Client, url: &str, chat: i64) -> anyhow::Result<()> {
    let text = serde_json::json!({ "chat_id": chat, "text": "hello" });
    http.post(url).json(&text).send().await?.error_for_status()?.bytes().await?;
    Ok(())
}

pub(super) async fn run(options: Options) -> anyhow::Result<()> {
    let http = client()?;
    let (me, began) = (std::process::id(), Instant::now());
    let used = cpu(me)?;
    let lanes = (0..AT_ONCE).map(|lane| lane_of(&http, &options, lane, began));
    let calls: u64 = try_join_all(lanes).await?.into_iter().sum();
    let cpu_us = micros_per(cpu(me)?.saturating_sub(used), calls);
    let floor = Floor { per_second: rate(calls, began.elapsed()), cpu_us };
    println!("{}", serde_json::to_string(&floor)?);
    Ok(())
}

/// Every so manieth call.
async fn lane_of(
    http: &reqwest::Client,
    options: &Options,
    lane: u64,
    began: Instant,
) -> anyhow::Result<u64> {
    let mut made = 0;
    loop {
        let number = lane + made * AT_ONCE;
        #[expect(clippy::cast_precision_loss, reason = "a count of calls")]
        let due = Duration::from_secs_f64(number as f64 / options.per_second);
        if due >= Duration::from_secs(options.seconds) {
            return Ok(made);
        }
        sleep_until(began + due).await;
        let chat = 1 + i64::try_from(number)? % options.chats;
        say(http, &options.call_url, chat).await.context("a call of the floor failed")?;
        made += 1;
    }
}
