//! Makes things go wrong, and right again.

use std::time::Duration;

use anyhow::{Context, ensure};
use hamdam_testbed::{Flow, Signal};
use rand::Rng;
use rand::rngs::SmallRng;
use tokio::time::{Instant, sleep};

use super::plan::{Fault, Stroke};
use super::redis::Forgot;
use crate::run::{Control, Drive, Ground};
use crate::telegram::{Fault as CallFault, FaultRule};

/// What a slow network adds each way.
const DELAY: Duration = Duration::from_millis(100);
/// What a slow database adds each way.
const DATABASE_DELAY: Duration = Duration::from_millis(300);
/// People meet within that time, or something else is wrong.
const MEETING: Duration = Duration::from_secs(30);
/// Who leads is asked so often.
const TERM: Duration = Duration::from_secs(2);
/// Calls take so long where one is to be in flight for certain, in milliseconds.
const FLIGHT_MS: u64 = 1_000;
/// The pool's matches that are not carried out.
const INTENTS: &str = "hd:{mm:main}:intents";

/// Breaks things on this ground while this run goes on.
pub(super) struct Injector<'a> {
    pub(super) ground: &'a mut Ground,
    pub(super) drive: &'a Drive,
    pub(super) control: &'a Control,
    pub(super) dice: &'a mut SmallRng,
    /// A server of live state that was killed and is to come back when the fleet has recovered without it.
    pub(super) dead: &'a mut Option<usize>,
}

/// What a fault left.
pub(super) struct Struck {
    /// When it ended.
    pub(super) ended: Instant,
    /// What live state forgot, where it may.
    pub(super) forgot: Option<Forgot>,
}

impl Injector<'_> {
    /// From the first moment of a fault to its end.
    pub(super) async fn strike(&mut self, stroke: &Stroke) -> anyhow::Result<Struck> {
        let time = stroke.duration();
        match stroke.fault {
            Fault::RedisKillEverysec => return self.kill_forgetful_redis(time).await,
            Fault::ClusterMasterKill | Fault::SentinelFailover => return self.fail_over(time, false).await,
            Fault::ClusterMasterKillWaited | Fault::SentinelFailoverWaited => {
                return self.fail_over(time, true).await;
            }
            fault => self.strike_plainly(fault, time).await?,
        }
        Ok(Struck { ended: Instant::now(), forgot: None })
    }

    /// A fault that live state forgets nothing by.
    async fn strike_plainly(&mut self, fault: Fault, time: Duration) -> anyhow::Result<()> {
        match fault {
            Fault::KillInstance => {
                let index = self.any_instance();
                self.drive.interrupt(&[self.pid(index)]).await?;
                self.kill(index, time).await
            }
            Fault::KillLeader => self.kill_leader(time).await,
            Fault::KillSender => self.kill_sender(time).await,
            Fault::PauseInstance => self.pause_instance(time).await,
            Fault::RedisStop => self.redis(time, false).await,
            Fault::RedisKill => self.redis(time, true).await,
            Fault::RedisPause => self.pause_redis(time).await,
            Fault::RedisFull => self.fill_redis(time).await,
            Fault::NetworkCut => self.network(Flow::Cut, time).await,
            Fault::NetworkSlow => self.network(Flow::Slow(DELAY), time).await,
            Fault::NetworkMute => self.network(Flow::Mute, time).await,
            Fault::MariadbStop => {
                self.ground.fleet.mariadb.stop().await?;
                sleep(time).await;
                self.ground.fleet.mariadb.start_again().await
            }
            Fault::MariadbKill => {
                self.ground.fleet.mariadb.kill()?;
                sleep(time).await;
                self.ground.fleet.mariadb.start_again().await
            }
            Fault::MariadbPause => self.ground.fleet.mariadb.process().stand_still(time).await,
            Fault::MariadbSlow => self.slow_database(time).await,
            Fault::MariadbConnections => {
                let exhausted = self.ground.fleet.mariadb.exhaust().await?;
                sleep(time).await;
                self.ground.fleet.mariadb.restore(exhausted).await
            }
            Fault::NginxReload => {
                let listens: Vec<String> =
                    self.ground.fleet.instances.iter().map(hamdam_testbed::fleet::Instance::listen).collect();
                self.ground.fleet.balancer.reload(&listens).await
            }
            Fault::NginxPause => self.pause_nginx(time).await,
            Fault::NginxKill => {
                self.ground.fleet.balancer.kill().await?;
                sleep(time).await;
                self.ground.fleet.balancer.start_again().await
            }
            Fault::TelegramTooMany => self.calls(CallFault::TooMany(1), 0.5, time).await,
            Fault::TelegramBadGateway => self.calls(CallFault::BadGateway, 0.5, time).await,
            Fault::TelegramClose => self.calls(CallFault::Close, 0.5, time).await,
            Fault::TelegramHang => self.calls(CallFault::Hang(2_000), 1.0, time).await,
            Fault::TelegramCloseAfter => self.calls(CallFault::CloseAfter, 0.1, time).await,
            Fault::UpdatesTwice => self.push_twice(time).await,
            Fault::ClocksApart => self.set_clocks_apart(time).await,
            Fault::PoisonUpdate => self.poison().await,
            Fault::RedisKillEverysec
            | Fault::ClusterMasterKill
            | Fault::ClusterMasterKillWaited
            | Fault::SentinelFailover
            | Fault::SentinelFailoverWaited => anyhow::bail!("by this fault live state forgets"),
        }
    }

    pub(super) fn any_instance(&mut self) -> usize {
        self.dice.random_range(0..self.ground.fleet.instances.len())
    }

    /// Stops the leader where it stands while a match that it committed is stored and not carried out; then kills it.
    async fn kill_leader(&mut self, time: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + MEETING;
        loop {
            ensure!(Instant::now() < deadline, "nobody was caught in the middle of a match");
            let index = self.ground.leader().await?;
            // Somebody else may lead after a while.
            let asked = Instant::now();
            while !self.matches_are_open().await? && asked.elapsed() < TERM {}
            self.ground.fleet.instances[index].pause()?;
            // Whoever else works at it is through by then.
            sleep(Duration::from_millis(20)).await;
            if self.matches_are_open().await? {
                // Not by the drive, which would ask one that stands still for its counters.
                self.control.interrupt(&[self.pid(index)]).await?;
                return self.kill(index, time).await;
            }
            self.ground.fleet.instances[index].wake()?;
        }
    }

    async fn matches_are_open(&self) -> anyhow::Result<bool> {
        Ok(self.ground.fleet.store.ask(0, &["XLEN", INTENTS]).await? != ":0")
    }

    /// Telegram takes its time, so that whoever sends has calls in flight; then one who has is killed.
    async fn kill_sender(&mut self, time: Duration) -> anyhow::Result<()> {
        self.control.break_calls(&[FaultRule::every(CallFault::Slow(FLIGHT_MS))]).await?;
        let deadline = Instant::now() + MEETING;
        let first = self.any_instance();
        for turn in 0.. {
            sleep(Duration::from_millis(FLIGHT_MS)).await;
            let index = (first + turn) % self.ground.fleet.instances.len();
            let pid = self.pid(index);
            if self.drive.interrupt(&[pid]).await?.unanswered > 0 {
                self.kill(index, time).await?;
                break;
            }
            self.drive.resume(&[pid]).await?;
            ensure!(Instant::now() < deadline, "nobody was caught with a call in flight");
        }
        self.control.break_calls(&[]).await
    }

    fn pid(&self, index: usize) -> u32 {
        self.ground.fleet.instances[index].pid()
    }

    /// The simulator knows which calls that interrupts.
    async fn kill(&mut self, index: usize, time: Duration) -> anyhow::Result<()> {
        self.ground.fleet.instances[index].kill()?;
        sleep(time).await;
        self.ground.fleet.restart(index)?;
        self.ground.describe()?;
        self.ground.fleet.instances[index].ready().await
    }

    async fn pause_instance(&mut self, time: Duration) -> anyhow::Result<()> {
        let index = self.any_instance();
        let pid = self.pid(index);
        self.drive.interrupt(&[pid]).await?;
        self.ground.fleet.instances[index].pause()?;
        sleep(time).await;
        self.ground.fleet.instances[index].wake()?;
        self.drive.resume(&[pid]).await
    }

    /// The way of one instance to Redis: cut off, it may be unable to note what it learns of a call.
    async fn network(&mut self, flow: Flow, time: Duration) -> anyhow::Result<()> {
        let index = self.any_instance();
        let pid = self.ground.fleet.instances[index].pid();
        let wire = self.ground.fleet.wires.get(index).context("this fault wants a fleet on wires")?;
        self.drive.interrupt(&[pid]).await?;
        wire.set(flow);
        sleep(time).await;
        wire.set(Flow::Free);
        self.drive.resume(&[pid]).await
    }

    /// Master and workers; the simulator repeats what they do not answer.
    async fn pause_nginx(&mut self, time: Duration) -> anyhow::Result<()> {
        let main = self.ground.fleet.balancer.process();
        main.signal_all(Signal::STOP)?;
        sleep(time).await;
        main.signal_all(Signal::CONT)
    }

    async fn slow_database(&self, time: Duration) -> anyhow::Result<()> {
        let wire = self.ground.fleet.database_wire.as_ref().context("this fault wants a fleet on wires")?;
        wire.set(Flow::Slow(DATABASE_DELAY));
        sleep(time).await;
        wire.set(Flow::Free);
        Ok(())
    }

    pub(super) fn all_instances(&self) -> Vec<u32> {
        self.ground.fleet.instances.iter().map(hamdam_testbed::fleet::Instance::pid).collect()
    }

    /// What Telegram carried out and did not tell of may be sent again: as if the caller had been interrupted.
    async fn calls(&mut self, fault: CallFault, share: f64, time: Duration) -> anyhow::Result<()> {
        let rule = FaultRule { share, ..FaultRule::every(fault) };
        self.control.break_calls(&[rule]).await.context("the simulator does not take the fault")?;
        sleep(time).await;
        self.control.break_calls(&[]).await
    }
}
