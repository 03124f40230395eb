//! Live state of a fleet: one redis-server, or several.

use anyhow::{Context, Result};

use super::options::{FleetOptions, StoreKind};
use crate::redis::ask;
use crate::{Redis, RedisCluster, RedisSentinels};

/// Where live state is.
#[derive(Debug)]
pub enum Store {
    /// One redis-server with an append-only file.
    Single(Redis),
    /// A Redis Cluster of three masters.
    Cluster(RedisCluster),
    /// A redis-server watched by Sentinels.
    Sentinels(RedisSentinels),
}

impl Store {
    pub(super) async fn start(options: &FleetOptions) -> Result<Self> {
        Ok(match options.store {
            StoreKind::Single => Self::Single(Redis::start_with(options.redis.clone()).await?),
            StoreKind::Cluster { replicas } => Self::Cluster(RedisCluster::start(3, replicas).await?),
            StoreKind::Sentinels { replicas } => Self::Sentinels(RedisSentinels::start(replicas).await?),
        })
    }

    pub(super) fn url(&self) -> String {
        match self {
            Self::Single(redis) => redis.url(),
            Self::Cluster(cluster) => format!("redis://{}", cluster.addresses()[0]),
            Self::Sentinels(redis) => format!("redis://{}", redis.addresses()[0]),
        }
    }

    /// `127.0.0.1:port` of every node.
    pub fn addresses(&self) -> Vec<String> {
        match self {
            Self::Single(redis) => vec![redis.address()],
            Self::Cluster(cluster) => cluster.addresses(),
            Self::Sentinels(redis) => redis.addresses(),
        }
    }

    /// The process id of every node.
    pub fn pids(&mut self) -> Vec<u32> {
        match self {
            Self::Single(redis) => vec![redis.process().pid()],
            Self::Cluster(cluster) => cluster.nodes().iter_mut().map(|node| node.process().pid()).collect(),
            Self::Sentinels(redis) => {
                redis.servers().iter_mut().map(|server| server.process().pid()).collect()
            }
        }
    }

    pub(super) fn environment(&self) -> Vec<(String, String)> {
        match self {
            Self::Single(redis) => vec![("REDIS_URL".to_owned(), redis.url_of_fleet())],
            Self::Cluster(cluster) => vec![
                ("REDIS_CLUSTER_MODE".to_owned(), "true".to_owned()),
                ("REDIS_NODES".to_owned(), cluster.addresses().join(",")),
            ],
            Self::Sentinels(redis) => vec![
                ("REDIS_SENTINELS".to_owned(), redis.sentinels().join(",")),
                ("REDIS_SENTINEL_MASTER".to_owned(), RedisSentinels::MASTER.to_owned()),
            ],
        }
    }

    /// Sends one command to one of its servers, numbered as in [`Store::addresses`], and answers the first line, or the
    /// content, of the reply.
    pub async fn ask(&self, server: usize, command: &[&str]) -> Result<String> {
        let addresses = self.addresses();
        let address = addresses.get(server).with_context(|| format!("there is no server {server}"))?;
        let (_, port) = address.rsplit_once(':').context("an address has a port")?;
        let password = match self {
            Self::Single(redis) => redis.password(),
            Self::Cluster(_) | Self::Sentinels(_) => None,
        };
        ask(port.parse()?, password, command).await
    }

    /// Kills one of its servers (SIGKILL).
    pub fn kill(&mut self, server: usize) -> Result<()> {
        match self {
            Self::Single(redis) => redis.kill(),
            Self::Cluster(cluster) => cluster.nodes()[server].kill(),
            Self::Sentinels(redis) => redis.servers()[server].kill(),
        }
    }

    /// Starts a killed server again, with what it had on disk.
    pub async fn start_again(&mut self, server: usize) -> Result<()> {
        match self {
            Self::Single(redis) => redis.start_again().await,
            Self::Cluster(cluster) => cluster.nodes()[server].start_again().await,
            Self::Sentinels(redis) => redis.servers()[server].start_again().await,
        }
    }

    /// Waits until every server is there and every replica follows its master.
    pub async fn healthy(&self) -> Result<()> {
        match self {
            Self::Single(_) => Ok(()),
            Self::Cluster(cluster) => cluster.healthy().await,
            Self::Sentinels(redis) => redis.healthy().await,
        }
    }
}
