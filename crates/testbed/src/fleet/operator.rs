//! What an operator does to a fleet that works: other settings, a restart of one after the other, another server.

use anyhow::{Result, bail, ensure};
use futures::future::try_join_all;

use super::{Fleet, Instance, Store, migrate, run};
use crate::{Redis, poll};

impl Fleet {
    /// Sets a variable for whoever starts from now on; `None` takes it away.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.environment.retain(|(known, _)| known != name);
        if let Some(value) = value {
            self.environment.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Runs a command of `hamdam` with the environment of the instances.
    pub async fn command(&self, arguments: &[&str]) -> Result<()> {
        run(&self.binaries.hamdam, arguments, &self.environment, &self.home).await
    }

    /// Brings the database to the program's schema, by the account that may.
    pub async fn migrate(&self) -> Result<()> {
        migrate(&self.binaries.hamdam, &self.environment, &self.mariadb, &self.further, &self.home).await
    }

    /// Restarts the instances, each when the one before is ready again.
    pub async fn roll(&mut self) -> Result<()> {
        for index in 0..self.instances.len() {
            self.instances[index].drain().await?;
            self.start_drained(index).await?;
        }
        Ok(())
    }

    /// Moves live state to a server of its own: it follows the old one, and takes its place while no instance runs.
    pub async fn move_redis(&mut self) -> Result<()> {
        let Store::Single(old) = &self.store else { bail!("one redis-server is what moves") };
        let new = Redis::start_with(old.options().clone()).await?;
        let (host, port) = ("127.0.0.1", old.port().to_string());
        new.ask(&["REPLICAOF", host, &port]).await?;
        poll("the new server to follow the old one", || old.replicas_follow(1)).await?;
        try_join_all(self.instances.iter_mut().map(Instance::drain)).await?;
        // Whatever was written last is there, too.
        old.replicas_follow(1).await?;
        let promoted = new.ask(&["REPLICAOF", "NO", "ONE"]).await?;
        ensure!(promoted == "+OK", "the new server was not promoted: {promoted}");
        self.store = Store::Single(new);
        for (name, value) in self.store.environment() {
            self.set(&name, Some(&value));
        }
        for index in 0..self.instances.len() {
            self.start_drained(index).await?;
        }
        Ok(())
    }

    async fn start_drained(&mut self, index: usize) -> Result<()> {
        self.restart(index)?;
        self.instances[index].ready().await
    }
}
