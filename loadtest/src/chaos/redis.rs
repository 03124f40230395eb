//! What befalls live state.

use std::time::Duration;

use anyhow::{Context, ensure};
use hamdam_testbed::Redis;
use hamdam_testbed::fleet::Store;
use hamdam_testbed::poll;
use rand::Rng;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::beacon::Beacon;
use super::inject::{Injector, Struck};

/// The beacon burns so long before a server dies.
const BURNING: Duration = Duration::from_millis(500);
/// What a Redis that flushes every second may forget (design: what failure does).
const EVERYSEC: Duration = Duration::from_secs(2);
/// A password that no server has: who gives it is refused.
const WRONG: &str = "wrong";

/// What live state answered for and forgot.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Forgot {
    /// Writes of so many seconds before its death are gone.
    pub seconds: f64,
    /// More must not be; nothing: there is no such limit.
    pub at_most: Option<f64>,
    /// Updates acknowledged in that time: so many messages may be lost. None where steps wait for replicas.
    pub may_be_lost: u64,
}

impl Forgot {
    /// Whether it is no more than allowed.
    pub(super) fn is_allowed(self) -> bool {
        self.at_most.is_none_or(|most| self.seconds <= most)
    }
}

impl Injector<'_> {
    /// Live state is away: whatever an instance learns of a call meanwhile, it may be unable to note in time.
    pub(super) async fn redis(&mut self, time: Duration, kill: bool) -> anyhow::Result<()> {
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

    pub(super) async fn pause_redis(&mut self, time: Duration) -> anyhow::Result<()> {
        let instances = self.all_instances();
        self.drive.interrupt(&instances).await?;
        let redis = self.single_redis()?;
        redis.process().stand_still(time).await?;
        self.drive.resume(&instances).await
    }

    fn single_redis(&mut self) -> anyhow::Result<&mut Redis> {
        match &mut self.ground.fleet.store {
            Store::Single(redis) => Ok(redis),
            Store::Cluster(_) | Store::Sentinels(_) => anyhow::bail!("this fault wants a single Redis"),
        }
    }

    pub(super) async fn fill_redis(&mut self, time: Duration) -> anyhow::Result<()> {
        let redis = self.single_redis()?;
        // Less than an empty Redis takes.
        redis.ask(&["CONFIG", "SET", "maxmemory", "100kb"]).await?;
        sleep(time).await;
        redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await?;
        Ok(())
    }

    /// Kills a Redis whose file is not flushed with every write, and measures what it forgot.
    pub(super) async fn kill_forgetful_redis(&mut self, time: Duration) -> anyhow::Result<Struck> {
        let (address, key) = self.lit(0).await?;
        let beacon = Beacon::light(&address, &key).await?;
        sleep(BURNING).await;
        let instances = self.all_instances();
        self.drive.interrupt(&instances).await?;
        let redis = self.single_redis()?;
        let died = Instant::now();
        redis.kill()?;
        sleep(time).await;
        redis.start_again().await?;
        let survived = redis.ask(&["GET", &key]).await?;
        self.drive.resume(&instances).await?;
        let ended = Instant::now();
        let since = beacon.forgotten_since(&survived).await?;
        let forgot = self.tell_forgotten(since, died, Some(EVERYSEC)).await?;
        Ok(Struck { ended, forgot: Some(forgot) })
    }

    /// Kills a master and waits until a replica is promoted. For so long before, its replicas get nothing: what is
    /// answered then without waiting for them is lost for certain.
    pub(super) async fn fail_over(&mut self, cut_off: Duration, waited: bool) -> anyhow::Result<Struck> {
        let master = self.any_master().await?;
        let replicas = self.replicas_of(master).await?;
        let (address, key) = self.lit(master).await?;
        let beacon = Beacon::light(&address, &key).await?;
        sleep(BURNING).await;
        let instances = self.all_instances();
        self.drive.interrupt(&instances).await?;
        if !cut_off.is_zero() {
            self.cut_off(&replicas).await?;
            sleep(cut_off).await;
        }
        let died = Instant::now();
        self.ground.fleet.store.kill(master)?;
        *self.dead = Some(master);
        for replica in &replicas {
            self.ground.fleet.store.ask(*replica, &["CONFIG", "SET", "masterauth", ""]).await?;
        }
        let promoted = poll("a replica is promoted", || self.promoted(&replicas)).await?;
        let survived = self.ground.fleet.store.ask(promoted, &["GET", &key]).await?;
        self.drive.resume(&instances).await?;
        let since = beacon.forgotten_since(&survived).await?;
        let forgot = if waited {
            Forgot { seconds: died.duration_since(since).as_secs_f64(), at_most: None, may_be_lost: 0 }
        } else {
            self.tell_forgotten(since, died, None).await?
        };
        // Until a replica serves is part of the recovery.
        Ok(Struck { ended: died, forgot: Some(forgot) })
    }

    /// What was killed comes back, as a replica.
    pub(super) async fn revive(&mut self) -> anyhow::Result<()> {
        let Some(dead) = self.dead.take() else { return Ok(()) };
        self.ground.fleet.store.start_again(dead).await?;
        self.ground.fleet.store.healthy().await
    }

    async fn tell_forgotten(
        &self,
        since: Instant,
        died: Instant,
        at_most: Option<Duration>,
    ) -> anyhow::Result<Forgot> {
        Ok(Forgot {
            seconds: died.duration_since(since).as_secs_f64(),
            at_most: at_most.map(|most| most.as_secs_f64()),
            may_be_lost: self.control.forgot(since, died).await?,
        })
    }

    /// The address of a server and a key that it takes.
    async fn lit(&self, server: usize) -> anyhow::Result<(String, String)> {
        let store = &self.ground.fleet.store;
        for number in 0..1_000 {
            let key = format!("beacon:{number}");
            if store.ask(server, &["SET", &key, "0"]).await? == "+OK" {
                return Ok((store.addresses()[server].clone(), key));
            }
        }
        anyhow::bail!("server {server} of live state takes no key")
    }

    async fn any_master(&mut self) -> anyhow::Result<usize> {
        let mut masters = Vec::new();
        for server in 0..self.ground.fleet.store.addresses().len() {
            if self.replication(server).await?.contains("role:master") {
                masters.push(server);
            }
        }
        ensure!(!masters.is_empty(), "no server of live state is a master");
        Ok(masters[self.dice.random_range(0..masters.len())])
    }

    async fn replicas_of(&self, master: usize) -> anyhow::Result<Vec<usize>> {
        let addresses = self.ground.fleet.store.addresses();
        let (_, port) = addresses[master].rsplit_once(':').context("an address has a port")?;
        let (line, mut replicas) = (format!("master_port:{port}\r\n"), Vec::new());
        for server in 0..addresses.len() {
            if self.replication(server).await?.contains(&line) {
                replicas.push(server);
            }
        }
        ensure!(!replicas.is_empty(), "the master of live state has no replica");
        Ok(replicas)
    }

    async fn replication(&self, server: usize) -> anyhow::Result<String> {
        self.ground.fleet.store.ask(server, &["INFO", "replication"]).await
    }

    /// Breaks the way from a master to its replicas, and lets them find no other.
    async fn cut_off(&self, replicas: &[usize]) -> anyhow::Result<()> {
        for replica in replicas {
            let store = &self.ground.fleet.store;
            store.ask(*replica, &["CONFIG", "SET", "masterauth", WRONG]).await?;
            store.ask(*replica, &["CLIENT", "KILL", "TYPE", "master"]).await?;
        }
        Ok(())
    }

    async fn promoted(&self, replicas: &[usize]) -> anyhow::Result<usize> {
        for replica in replicas {
            if self.replication(*replica).await?.contains("role:master") {
                return Ok(*replica);
            }
        }
        anyhow::bail!("all are replicas still")
    }
}
