//! Measures the floors: one bot, one Redis, a simulator in this process, the floor as a process of its own.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use hamdam_testbed::{Folder, MariaDb, Port, Process, Redis};
use tokio::net::TcpListener;
use tokio::time::{Instant, interval, sleep};

use super::figures::Floor;
use super::people::{micros_per, rate};
use super::posting::Posting;
use crate::gauge::kernel::cpu;
use crate::telegram::{Action, BotId, Nobody, Settings, Simulator};

const TOKEN: &str = "7100000000:00000000000000000000000000000floor1";
/// As many as the bench of the fleet has, so that queues and connections are as many.
const USERS: i64 = 2_000;
/// Messages are begun in ticks this far apart.
const TICK: Duration = Duration::from_millis(5);
const WARM_UP: Duration = Duration::from_secs(3);

/// A server that takes updates without logic.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// One script and one call for each: the frozen floor.
    Frozen,
    /// So many of each.
    Bare {
        /// Scripts.
        scripts: u32,
        /// Calls.
        calls: u32,
    },
}

/// A simulator in this process, with a bot whose users have come.
struct Telegram {
    simulator: Simulator,
    bot: BotId,
    url: String,
    listener: TcpListener,
}

impl Telegram {
    async fn new() -> anyhow::Result<Self> {
        let settings = Settings { bot_rate: None, chat_rate: None, ..Settings::default() };
        let simulator = Simulator::new(settings, Arc::new(Nobody));
        let bot = simulator.add_bot(TOKEN)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { simulator, bot, url, listener })
    }

    fn call_url(&self) -> String {
        format!("{}/bot{TOKEN}/sendMessage", self.url)
    }

    fn everybody_comes(&self) -> anyhow::Result<()> {
        for user in 1..=USERS {
            self.simulator.act(self.bot, user, Action::Start { payload: None })?;
        }
        Ok(())
    }

    /// Serves while `work` goes on.
    async fn during<T>(self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        tokio::select! {
            () = self.simulator.serve(self.listener, axum::Router::new()) => anyhow::bail!("the simulator ended"),
            outcome = work => outcome,
        }
    }
}

/// A floor that serves, and its Redis.
struct Serving {
    process: Process,
    address: String,
    _redis: Redis,
    _folder: Folder,
    _port: Port,
}

impl Serving {
    async fn start(what: What, telegram: &Telegram) -> anyhow::Result<Self> {
        let redis = Redis::start().await?;
        let (port, folder) = (Port::free()?, Folder::new("floor")?);
        let address = port.address();
        let mut command = Command::new(std::env::current_exe()?);
        match what {
            What::Frozen => command.args(["floor", "relay", "--telegram", &telegram.url, "--token", TOKEN]),
            What::Bare { scripts, calls } => {
                command.args(["floor", "server", "--call-url", &telegram.call_url()]);
                command.args(["--scripts", &scripts.to_string(), "--calls", &calls.to_string()])
            }
        };
        command.args(["--listen", &address, "--redis", &redis.address()]);
        let mut process = Process::start("floor", &command, folder.path().join("floor.log"))?;
        process
            .answers(|| async {
                tokio::net::TcpStream::connect(&address).await.context("the floor does not listen yet")?;
                Ok(())
            })
            .await?;
        Ok(Self { process, address, _redis: redis, _folder: folder, _port: port })
    }

    fn webhook(&self, bot: BotId) -> String {
        format!("http://{}/telegram/{bot}", self.address)
    }
}

/// Updates at this rate, pushed by the simulator.
pub(super) async fn pushed(what: What, per_second: f64, seconds: u64) -> anyhow::Result<Floor> {
    let telegram = Telegram::new().await?;
    let floor = Serving::start(what, &telegram).await?;
    let (simulator, bot, url) = (telegram.simulator.clone(), telegram.bot, telegram.url.clone());
    let drive = async {
        register(&url, &floor.webhook(bot)).await?;
        for user in 1..=USERS {
            simulator.act(bot, user, Action::Start { payload: None })?;
        }
        // Their coming is no part of it.
        settle(&simulator).await?;
        let mut writing =
            Writing { simulator: &simulator, bot, per_second, written: 0, began: Instant::now() };
        writing.until(WARM_UP).await?;
        let pid = floor.process.pid();
        let (used, done, at) = (cpu(pid)?, simulator.status().acknowledged, Instant::now());
        writing.until(WARM_UP + Duration::from_secs(seconds)).await?;
        let (used, elapsed) = (cpu(pid)?.saturating_sub(used), at.elapsed());
        let done = simulator.status().acknowledged - done;
        settle(&simulator).await?;
        ensure!(done > 0, "the floor did nothing; its log:\n{}", floor.process.log_tail());
        Ok(Floor { per_second: rate(done, elapsed), cpu_us: micros_per(used, done) })
    };
    telegram.during(drive).await
}

/// These updates at this rate, posted by ourselves: a script for each.
pub(super) async fn posted(updates: &[String], per_second: f64, seconds: u64) -> anyhow::Result<Floor> {
    let telegram = Telegram::new().await?;
    let floor = Serving::start(What::Bare { scripts: 1, calls: 0 }, &telegram).await?;
    let posting = Posting::new(vec![floor.webhook(telegram.bot)], None, updates.to_vec())?;
    posting.last(per_second, WARM_UP).await?;
    let (used, at) = (cpu(floor.process.pid())?, Instant::now());
    let done = posting.last(per_second, Duration::from_secs(seconds)).await?;
    let used = cpu(floor.process.pid())?.saturating_sub(used);
    Ok(Floor { per_second: rate(done, at.elapsed()), cpu_us: micros_per(used, done) })
}

/// Calls at this rate and nothing else.
pub(super) async fn called(per_second: f64, seconds: u64) -> anyhow::Result<Floor> {
    let telegram = Telegram::new().await?;
    telegram.everybody_comes()?;
    let mut arguments = vec!["calls".to_owned(), "--call-url".to_owned(), telegram.call_url()];
    arguments.extend([
        "--chats".to_owned(),
        USERS.to_string(),
        "--per-second".to_owned(),
        per_second.to_string(),
    ]);
    arguments.extend(["--seconds".to_owned(), seconds.to_string()]);
    telegram.during(told(arguments)).await
}

/// Rows into a database of their own.
pub(super) async fn inserted(mariadb: &MariaDb) -> anyhow::Result<Floor> {
    /// So many that the 10 ms in which the kernel counts CPU are a small part of what they take.
    const ROWS: u64 = 500_000;
    let database = mariadb.database("floor").await?;
    told(["rows", "--database", &database, "--rows", &ROWS.to_string()].map(str::to_owned).to_vec()).await
}

/// What a floor tells that ends by itself.
async fn told(arguments: Vec<String>) -> anyhow::Result<Floor> {
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    let output = command.arg("floor").args(arguments).kill_on_drop(true).output().await?;
    ensure!(output.status.success(), "the floor failed: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("the floor told no figures")
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
