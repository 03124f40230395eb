//! A Redis master with replicas, and Sentinels that promote one of them when it dies.

use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::redis::ask;
use crate::{Folder, Port, Process, Redis, RedisOptions, poll};

/// Sentinels: the least of which a majority can lose one.
const SENTINELS: usize = 3;
/// A master that is silent for so long is down, in milliseconds.
const DOWN_AFTER: u32 = 3_000;

/// Redis with high availability and without Cluster.
#[derive(Debug)]
pub struct RedisSentinels {
    sentinels: Vec<Sentinel>,
    servers: Vec<Redis>,
}

/// One redis-server that watches the others.
#[derive(Debug)]
struct Sentinel {
    _process: Process,
    port: Port,
    _folder: Folder,
}

impl RedisSentinels {
    /// The name by which the Sentinels know the master.
    pub const MASTER: &str = "hamdam";

    /// Starts a master, so many replicas and three Sentinels, and waits until each knows the others.
    pub async fn start(replicas: usize) -> Result<Self> {
        let master = Redis::start_with(options(None)).await?;
        let mut servers = vec![master];
        for _ in 0..replicas {
            servers.push(Redis::start_with(options(Some(servers[0].port()))).await?);
        }
        let mut sentinels = Vec::new();
        for _ in 0..SENTINELS {
            sentinels.push(Sentinel::start(servers[0].port()).await?);
        }
        let all = Self { sentinels, servers };
        all.healthy().await?;
        Ok(all)
    }

    /// Waits until one server is the master, all others follow it, and every Sentinel knows that and the other Sentinels.
    pub async fn healthy(&self) -> Result<()> {
        poll("the Sentinels agree", || async {
            let master = self.master().await?;
            let replicas = self.servers.len() - 1;
            let followed = self.servers[master].ask(&["INFO", "replication"]).await?;
            let online = followed.matches("state=online").count();
            ensure!(online == replicas, "{online} of {replicas} replicas are online");
            self.servers[master].replicas_follow(replicas).await?;
            for sentinel in &self.sentinels {
                let quorum = sentinel.ask(&["SENTINEL", "CKQUORUM", Self::MASTER]).await?;
                ensure!(quorum.starts_with(&format!("+OK {SENTINELS} usable")), "{quorum}");
                // An array is answered by its length.
                let known = sentinel.ask(&["SENTINEL", "REPLICAS", Self::MASTER]).await?;
                ensure!(known == format!("*{replicas}"), "a Sentinel knows {known} replicas");
            }
            Ok(())
        })
        .await
    }

    /// The number of the server that is the master. Fails if none answers as such, or more than one.
    pub async fn master(&self) -> Result<usize> {
        let mut masters = Vec::new();
        for (number, server) in self.servers.iter().enumerate() {
            // A dead one is none.
            let Ok(info) = server.ask(&["INFO", "replication"]).await else { continue };
            if info.contains("role:master") {
                masters.push(number);
            }
        }
        match masters[..] {
            [master] => Ok(master),
            _ => bail!("masters are {masters:?}"),
        }
    }

    /// Every server; the first was started as the master.
    pub fn servers(&mut self) -> &mut [Redis] {
        &mut self.servers
    }

    /// `127.0.0.1:port` of every server.
    pub fn addresses(&self) -> Vec<String> {
        self.servers.iter().map(Redis::address).collect()
    }

    /// `127.0.0.1:port` of every Sentinel.
    pub fn sentinels(&self) -> Vec<String> {
        self.sentinels.iter().map(|sentinel| sentinel.port.address()).collect()
    }
}

impl Sentinel {
    async fn start(master: u16) -> Result<Self> {
        let (port, folder) = (Port::free()?, Folder::new("sentinel")?);
        let (name, quorum) = (RedisSentinels::MASTER, SENTINELS / 2 + 1);
        // A Sentinel writes what it learns into its configuration.
        let file = folder.path().join("sentinel.conf");
        let text = format!(
            "port {}\nbind 127.0.0.1\ndir {}\nsentinel monitor {name} 127.0.0.1 {master} {quorum}\n\
             sentinel down-after-milliseconds {name} {DOWN_AFTER}\nsentinel failover-timeout {name} 10000\n",
            port.number(),
            folder.path().display(),
        );
        std::fs::write(&file, text).context("cannot write the configuration of a Sentinel")?;
        let mut command = Command::new("redis-server");
        command.arg(&file).arg("--sentinel");
        let log = folder.path().join("sentinel.log");
        let mut process = Process::start(format!("sentinel {}", port.number()), &command, log)?;
        let number = port.number();
        process
            .answers(|| async {
                let answer = ask(number, None, &["PING"]).await?;
                ensure!(answer == "+PONG", "PING was answered {answer:?}");
                Ok(())
            })
            .await?;
        Ok(Self { _process: process, port, _folder: folder })
    }

    async fn ask(&self, command: &[&str]) -> Result<String> {
        ask(self.port.number(), None, command).await
    }
}

/// As operators run it: an append-only file, flushed every second.
fn options(master: Option<u16>) -> RedisOptions {
    let mut arguments: Vec<String> =
        ["--appendfsync", "everysec", "--repl-diskless-sync-delay", "0"].map(str::to_owned).to_vec();
    if let Some(port) = master {
        arguments.extend(["--replicaof".to_owned(), "127.0.0.1".to_owned(), port.to_string()]);
    }
    RedisOptions { appendonly: true, arguments, ..RedisOptions::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_replica_is_promoted_when_the_master_dies_and_the_dead_one_comes_back_as_its_replica() {
        let mut redis = RedisSentinels::start(1).await.unwrap();
        assert_eq!(redis.master().await.unwrap(), 0);
        assert_eq!(redis.servers()[0].ask(&["SET", "word", "companion"]).await.unwrap(), "+OK");
        poll("the replica has the word", || async {
            ensure!(redis.servers[1].ask(&["GET", "word"]).await? == "companion");
            Ok(())
        })
        .await
        .unwrap();
        redis.servers()[0].kill().unwrap();
        poll("a replica is promoted", || async {
            ensure!(redis.master().await? == 1);
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(redis.servers()[1].ask(&["GET", "word"]).await.unwrap(), "companion");
        redis.servers()[0].start_again().await.unwrap();
        redis.healthy().await.unwrap();
        assert_eq!(redis.master().await.unwrap(), 1);
    }
}
