//! A real Redis Cluster.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::redis::{ask, replicas_follow};
use crate::{Folder, Port, Process, poll};

/// What the project ships for a node.
const FILE: &str = include_str!("../../../deploy/redis/cluster.conf");
/// Slots of a Redis Cluster.
const SLOTS: usize = 16_384;
/// Introductions are repeated after so many checks, 20 ms apart: longer than one takes on an idle machine.
const INTRODUCTION_CHECKS: u32 = 100;

/// Masters with the slots shared out evenly, each with the same number of replicas.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<ClusterNode>,
    masters: usize,
}

/// One redis-server of a cluster.
#[derive(Debug)]
pub struct ClusterNode {
    process: Process,
    port: Port,
    bus: Port,
    folder: Folder,
}

impl RedisCluster {
    /// Starts `masters` masters (3 at least) with `replicas` replicas each, and waits until every node sees the
    /// whole cluster as healthy.
    pub async fn start(masters: usize, replicas: usize) -> Result<Self> {
        ensure!(masters >= 3, "a Redis Cluster has 3 masters at least, not {masters}");
        let mut nodes = Vec::new();
        for _ in 0..masters * (1 + replicas) {
            nodes.push(ClusterNode::launch()?);
        }
        for node in &mut nodes {
            node.ready().await?;
        }
        let cluster = Self { nodes, masters };
        cluster.create(replicas).await?;
        cluster.healthy().await?;
        Ok(cluster)
    }

    /// Slots to the masters, everybody to everybody, replicas to masters. Not `redis-cli --cluster create`: it
    /// introduces nodes once, and waits for ever if a busy machine lets that introduction time out.
    async fn create(&self, replicas: usize) -> Result<()> {
        for (n, master) in self.nodes[..self.masters].iter().enumerate() {
            let (from, to) = (n * SLOTS / self.masters, (n + 1) * SLOTS / self.masters - 1);
            master.order(&["CLUSTER", "ADDSLOTSRANGE", &from.to_string(), &to.to_string()]).await?;
            master.order(&["CLUSTER", "SET-CONFIG-EPOCH", &(n + 1).to_string()]).await?;
        }
        poll("all nodes know one another", || self.introduce()).await?;
        for (n, replica) in self.nodes[self.masters..].iter().enumerate() {
            let master = self.nodes[n / replicas].ask(&["CLUSTER", "MYID"]).await?;
            replica.order(&["CLUSTER", "REPLICATE", &master]).await?;
        }
        Ok(())
    }

    /// Introduces every node to the first, waits a while, and fails if some still do not know all others.
    async fn introduce(&self) -> Result<()> {
        let (first, others) = self.nodes.split_first().context("a cluster has nodes")?;
        for other in others {
            let (port, bus) = (other.port().to_string(), other.bus.number().to_string());
            first.order(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]).await?;
        }
        let mut strangers = usize::MAX;
        for _ in 0..INTRODUCTION_CHECKS {
            strangers = 0;
            for node in &self.nodes {
                let known = node.ask(&["CLUSTER", "NODES"]).await?;
                let known = known.lines().filter(|line| !line.contains("handshake")).count();
                strangers += self.nodes.len().abs_diff(known);
            }
            if strangers == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("{strangers} introductions are missing")
    }

    /// Waits until every node reports all slots served, knows every node, and every replica follows its master as both
    /// of them see it (a replica calls the link up before its master sends it anything) and acknowledges what is written.
    pub async fn healthy(&self) -> Result<()> {
        let known = format!("cluster_known_nodes:{}", self.nodes.len());
        poll("the cluster is healthy", || async {
            let (mut following, mut followed) = (0, 0);
            for node in &self.nodes {
                let info = node.ask(&["CLUSTER", "INFO"]).await?;
                ensure!(info.contains("cluster_state:ok"), "{info}");
                ensure!(info.contains("cluster_slots_ok:16384"), "{info}");
                ensure!(info.contains(&known), "{info}");
                let replication = node.ask(&["INFO", "replication"]).await?;
                ensure!(!replication.contains("master_link_status:down"), "{replication}");
                following += usize::from(replication.contains("role:slave"));
                let online = replication.matches("state=online").count();
                if online > 0 {
                    replicas_follow(node.port(), None, online).await?;
                }
                followed += online;
            }
            ensure!(followed == following, "{followed} of {following} replicas are online at their masters");
            Ok(())
        })
        .await
    }

    /// `127.0.0.1:port` of every node.
    pub fn addresses(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.port.address()).collect()
    }

    /// The port of every node.
    pub fn ports(&self) -> Vec<u16> {
        self.nodes.iter().map(ClusterNode::port).collect()
    }

    /// Sends one command to every node.
    pub async fn ask_all(&self, command: &[&str]) -> Result<Vec<String>> {
        let mut answers = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            answers.push(node.ask(command).await?);
        }
        Ok(answers)
    }

    /// Every node; the first [`RedisCluster::masters`] were created as masters.
    pub fn nodes(&mut self) -> &mut [ClusterNode] {
        &mut self.nodes
    }

    /// How many masters it was created with.
    pub fn masters(&self) -> usize {
        self.masters
    }
}

impl ClusterNode {
    fn launch() -> Result<Self> {
        let (port, bus, folder) = (Port::free()?, Port::free()?, Folder::new("redis-cluster")?);
        let process = launch(&port, &bus, &folder)?;
        Ok(Self { process, port, bus, folder })
    }

    async fn ready(&mut self) -> Result<()> {
        let port = self.port.number();
        self.process
            .answers(|| async {
                match ask(port, None, &["PING"]).await?.as_str() {
                    "+PONG" => Ok(()),
                    other => bail!("PING was answered {other:?}"),
                }
            })
            .await
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// The guarded process, for signals.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Sends one command to this node and answers the first line, or the content, of the reply.
    pub async fn ask(&self, command: &[&str]) -> Result<String> {
        ask(self.port(), None, command).await
    }

    /// A command that must be answered OK.
    async fn order(&self, command: &[&str]) -> Result<()> {
        let answer = self.ask(command).await?;
        ensure!(answer == "+OK", "{} was answered {answer}", command.join(" "));
        Ok(())
    }

    /// Kills it (SIGKILL).
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill().map(drop)
    }

    /// Starts it again on the same ports and folder; it finds its place in the cluster by itself.
    pub async fn start_again(&mut self) -> Result<()> {
        self.process = launch(&self.port, &self.bus, &self.folder)?;
        self.ready().await
    }
}

fn launch(port: &Port, bus: &Port, folder: &Folder) -> Result<Process> {
    let file = folder.path().join("redis.conf");
    std::fs::write(&file, FILE)?;
    let mut command = Command::new("redis-server");
    command
        .arg(file)
        .args(["--port", &port.number().to_string(), "--bind", "127.0.0.1", "--daemonize", "no"])
        .args(["--cluster-port", &bus.number().to_string(), "--dir"])
        .arg(folder.path());
    Process::start(
        format!("redis-server {} of a cluster", port.number()),
        &command,
        folder.path().join("redis.log"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_master_serves_its_share_and_replicas_follow() {
        let mut cluster = RedisCluster::start(3, 1).await.unwrap();
        assert_eq!(cluster.addresses().len(), 6);
        let mut served = 0;
        for node in cluster.nodes() {
            served += u8::from(node.ask(&["SET", "{a}word", "companion"]).await.unwrap() == "+OK");
        }
        assert_eq!(served, 1, "one master serves a slot; the others answer MOVED");
    }
}
