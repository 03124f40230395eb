//! A Redis master with replicas, and Sentinels that promote one of them when it dies.

use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::redis::ask;
use crate::{Folder, Port, Process, Redis, RedisOptions, poll};

/// What the project ships for a server and for a Sentinel.
const SERVER_FILE: &str = include_str!("../../../deploy/redis/sentinel-server.conf");
const SENTINEL_FILE: &str = include_str!("../../../deploy/redis/sentinel.conf");
/// What the latter says where a testbed says something else.
const SHIPPED_PORT: &str = "port 26379\n";
const SHIPPED_MASTER: &str = "monitor hamdam 127.0.0.1 6379 2\n";

/// Sentinels: the least of which a majority can lose one.
const SENTINELS: usize = 3;

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
        let master = Redis::start_with(options(None, replicas)).await?;
        let mut servers = vec![master];
        for _ in 0..replicas {
            servers.push(Redis::start_with(options(Some(servers[0].port()), replicas)).await?);
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
        for shipped in [SHIPPED_PORT, SHIPPED_MASTER] {
            ensure!(SENTINEL_FILE.contains(shipped), "sentinel.conf no longer says {shipped:?}");
        }
        // A Sentinel writes what it learns into its configuration.
        let file = folder.path().join("sentinel.conf");
        let text = SENTINEL_FILE
            .replace(SHIPPED_PORT, &format!("port {}\ndir {}\n", port.number(), folder.path().display()))
            .replace(SHIPPED_MASTER, &format!("monitor {} 127.0.0.1 {master} 2\n", RedisSentinels::MASTER));
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

/// As operators are told to run it; with two replicas, that is. A single one cannot be demanded of a master that was just
/// promoted.
fn options(master: Option<u16>, replicas: usize) -> RedisOptions {
    let mut arguments = Vec::new();
    let mut say = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    if replicas < 2 {
        say(&["--min-replicas-to-write", "0"]);
    }
    if let Some(port) = master {
        say(&["--replicaof", "127.0.0.1", &port.to_string()]);
    }
    RedisOptions { file: Some(SERVER_FILE.to_owned()), arguments, ..RedisOptions::default() }
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
