//! Makes things go wrong, and right again.

use std::time::Duration;

use anyhow::{Context, ensure};
use hamdam_testbed::fleet::Store;
use hamdam_testbed::{Flow, Redis, Signal};
use rand::Rng;
use rand::rngs::SmallRng;
use tokio::time::{Instant, sleep};

use super::plan::{Fault, Stroke};
use crate::gauge::series::total;
use crate::run::{Control, Drive, Ground};
use crate::telegram::{Fault as CallFault, FaultRule};

/// What a slow network adds each way.
const DELAY: Duration = Duration::from_millis(100);
/// Some instance leads within that time, or something else is wrong.
const ELECTION: Duration = Duration::from_secs(15);

/// Breaks things on this ground while this run goes on.
pub(super) struct Injector<'a> {
    pub(super) ground: &'a mut Ground,
    pub(super) drive: &'a Drive,
    pub(super) control: &'a Control,
    pub(super) dice: &'a mut SmallRng,
}

impl Injector<'_> {
    /// From the first moment of a fault to its end.
    pub(super) async fn strike(&mut self, stroke: &Stroke) -> anyhow::Result<()> {
        let time = stroke.duration();
        match stroke.fault {
            Fault::KillInstance => {
                let index = self.any_instance();
                self.kill(index, time).await
            }
            Fault::KillLeader => {
                let index = self.leader().await?;
                self.kill(index, time).await
            }
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
            Fault::NginxReload => {
                let listens: Vec<String> =
                    self.ground.fleet.instances.iter().map(hamdam_testbed::fleet::Instance::listen).collect();
                self.ground.fleet.balancer.reload(&listens).await
            }
            Fault::NginxPause => self.pause_nginx(time).await,
            Fault::TelegramTooMany => self.calls(CallFault::TooMany(1), 0.5, time).await,
            Fault::TelegramBadGateway => self.calls(CallFault::BadGateway, 0.5, time).await,
            Fault::TelegramClose => self.calls(CallFault::Close, 0.5, time).await,
            Fault::TelegramHang => self.calls(CallFault::Hang(2_000), 1.0, time).await,
            Fault::TelegramCloseAfter => self.calls(CallFault::CloseAfter, 0.1, time).await,
        }
    }

    fn any_instance(&mut self) -> usize {
        self.dice.random_range(0..self.ground.fleet.instances.len())
    }

    /// The instance that leads the pool.
    async fn leader(&self) -> anyhow::Result<usize> {
        let deadline = Instant::now() + ELECTION;
        loop {
            for (index, instance) in self.ground.fleet.instances.iter().enumerate() {
                let Ok(page) = instance.metrics().await else { continue };
                if total(&page, "hamdam_leases", "kind=\"pool\"") > 0.0 {
                    return Ok(index);
                }
            }
            ensure!(Instant::now() < deadline, "nobody leads the pool");
            sleep(Duration::from_millis(100)).await;
        }
    }

    async fn kill(&mut self, index: usize, time: Duration) -> anyhow::Result<()> {
        let pid = self.ground.fleet.instances[index].pid();
        self.drive.interrupt(&[pid]).await?;
        self.ground.fleet.instances[index].kill()?;
        sleep(time).await;
        self.ground.fleet.restart(index)?;
        self.ground.describe()?;
        self.ground.fleet.instances[index].ready().await
    }

    async fn pause_instance(&mut self, time: Duration) -> anyhow::Result<()> {
        let index = self.any_instance();
        let pid = self.ground.fleet.instances[index].pid();
        self.drive.interrupt(&[pid]).await?;
        self.ground.fleet.instances[index].pause()?;
        sleep(time).await;
        self.ground.fleet.instances[index].wake()?;
        self.drive.resume(&[pid]).await
    }

    /// Live state is away: whatever an instance learns of a call meanwhile, it may be unable to note in time.
    async fn redis(&mut self, time: Duration, kill: bool) -> anyhow::Result<()> {
        let instances = self.all_instances();
        self.drive.interrupt(&instances).await?;
        let redis = self.single_redis()?;
        if kill {
            redis.kill()?;
        } else {
            redis.stop().await?;
        }
        sleep(time).await;
        redis.start_again().await?;
        self.drive.resume(&instances).await
    }

    async fn pause_redis(&mut self, time: Duration) -> anyhow::Result<()> {
        let instances = self.all_instances();
        self.drive.interrupt(&instances).await?;
        let redis = self.single_redis()?;
        redis.process().stand_still(time).await?;
        self.drive.resume(&instances).await
    }

    fn single_redis(&mut self) -> anyhow::Result<&mut Redis> {
        match &mut self.ground.fleet.store {
            Store::Single(redis) => Ok(redis),
            Store::Cluster(_) => anyhow::bail!("this fault wants a single Redis"),
        }
    }

    async fn fill_redis(&mut self, time: Duration) -> anyhow::Result<()> {
        let redis = self.single_redis()?;
        // Less than an empty Redis takes.
        redis.ask(&["CONFIG", "SET", "maxmemory", "100kb"]).await?;
        sleep(time).await;
        redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await?;
        Ok(())
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

    fn all_instances(&self) -> Vec<u32> {
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
