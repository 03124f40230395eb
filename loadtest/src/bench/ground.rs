//! Measures the floor: one bot, one Redis, a simulator in this process, the floor as a process of its own.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use hamdam_testbed::{Folder, Port, Process, Redis};
use tokio::net::TcpListener;
use tokio::time::{Instant, interval, sleep};

use crate::gauge::kernel::cpu;
use crate::telegram::{Action, BotId, Nobody, Settings, Simulator};

const TOKEN: &str = "7100000000:00000000000000000000000000000floor1";
/// As many as the bench of the fleet has, so that queues and connections are as many.
const USERS: i64 = 2_000;
/// Messages are begun in ticks this far apart.
const TICK: Duration = Duration::from_millis(5);
const WARM_UP: Duration = Duration::from_secs(3);

/// What the floor costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Floor {
    pub(super) per_second: f64,
    pub(super) cpu_us: f64,
}

/// Sends messages at this rate through the floor.
pub(super) async fn measure(per_second: f64, seconds: u64) -> anyhow::Result<Floor> {
    let redis = Redis::start().await?;
    let settings = Settings { bot_rate: None, chat_rate: None, ..Settings::default() };
    let simulator = Simulator::new(settings, Arc::new(Nobody));
    let bot = simulator.add_bot(TOKEN)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let telegram = format!("http://{}", listener.local_addr()?);
    let (port, folder) = (Port::free()?, Folder::new("floor")?);
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bench", "floor", "--listen", &port.address(), "--redis", &redis.address()]);
    command.args(["--telegram", &telegram, "--token", TOKEN]);
    let mut floor = Process::start("floor", &command, folder.path().join("floor.log"))?;
    tokio::select! {
        () = simulator.serve(listener, axum::Router::new()) => anyhow::bail!("the simulator ended"),
        outcome = drive(&simulator, bot, &mut floor, &telegram, &port, per_second, seconds) => outcome,
    }
}

async fn drive(
    simulator: &Simulator,
    bot: BotId,
    floor: &mut Process,
    telegram: &str,
    port: &Port,
    per_second: f64,
    seconds: u64,
) -> anyhow::Result<Floor> {
    let address = port.address();
    floor
        .answers(|| async {
            tokio::net::TcpStream::connect(&address).await.context("the floor does not listen yet")?;
            Ok(())
        })
        .await?;
    register(telegram, &format!("http://{address}/telegram/{bot}")).await?;
    for user in 1..=USERS {
        simulator.act(bot, user, Action::Start { payload: None })?;
    }
    let mut writing = Writing { simulator, bot, per_second, written: 0, began: Instant::now() };
    writing.until(WARM_UP).await?;
    let (used, placed, at) = (cpu(floor.pid())?, simulator.status().messages_placed, Instant::now());
    writing.until(WARM_UP + Duration::from_secs(seconds)).await?;
    let (used, elapsed) = (cpu(floor.pid())?.saturating_sub(used), at.elapsed());
    let placed = simulator.status().messages_placed - placed;
    settle(simulator).await?;
    #[expect(clippy::cast_precision_loss, reason = "counts of seconds' worth of messages")]
    let (placed, micros) = (placed as f64, used.as_micros() as f64);
    ensure!(placed > 0.0, "the floor relayed nothing; its log:\n{}", floor.log_tail());
    Ok(Floor { per_second: placed / elapsed.as_secs_f64(), cpu_us: micros / placed })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the load tool shares nothing with the fleet, its HTTP client included"
)]
async fn register(telegram: &str, url: &str) -> anyhow::Result<()> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let webhook = serde_json::json!({ "url": url, "max_connections": 40 });
    let answer = http.post(format!("{telegram}/bot{TOKEN}/setWebhook")).json(&webhook).send().await?;
    ensure!(answer.status().is_success(), "setWebhook was answered {}", answer.status());
    Ok(())
}

/// Users in turn write texts at an even rate.
struct Writing<'a> {
    simulator: &'a Simulator,
    bot: BotId,
    per_second: f64,
    written: u64,
    began: Instant,
}

impl Writing<'_> {
    async fn until(&mut self, time: Duration) -> anyhow::Result<()> {
        let mut tick = interval(TICK);
        while self.began.elapsed() < time {
            tick.tick().await;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count of messages"
            )]
            let due = (self.began.elapsed().as_secs_f64() * self.per_second) as u64;
            while self.written < due {
                let user = 1 + i64::try_from(self.written)? % USERS;
                self.simulator.act(self.bot, user, Action::text("hello"))?;
                self.written += 1;
            }
        }
        Ok(())
    }
}

/// Until nothing is under way.
async fn settle(simulator: &Simulator) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while simulator.status().pending_updates > 0 {
        ensure!(Instant::now() < deadline, "the floor does not keep up");
        sleep(TICK).await;
    }
    Ok(())
}
