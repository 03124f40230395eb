//! A real Redis Cluster.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::redis::ask;
use crate::{Folder, Port, Process, poll};

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
        ensure!(masters >= 3, "redis-cli creates clusters of 3 masters at least, not {masters}");
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

    async fn create(&self, replicas: usize) -> Result<()> {
        let mut command = tokio::process::Command::new("redis-cli");
        command.args(["--cluster", "create"]).args(self.addresses());
        command.args(["--cluster-replicas", &replicas.to_string(), "--cluster-yes"]);
        let output = command.stdin(Stdio::null()).output().await.context("cannot run redis-cli")?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            bail!("redis-cli --cluster create failed:\n{}", String::from_utf8_lossy(&said));
        }
        Ok(())
    }

    /// Waits until every node reports all slots served, knows every node, and, if it is a replica, follows its master.
    pub async fn healthy(&self) -> Result<()> {
        let known = format!("cluster_known_nodes:{}", self.nodes.len());
        poll("the cluster is healthy", || async {
            for node in &self.nodes {
                let info = node.ask(&["CLUSTER", "INFO"]).await?;
                ensure!(info.contains("cluster_state:ok"), "{info}");
                ensure!(info.contains("cluster_slots_ok:16384"), "{info}");
                ensure!(info.contains(&known), "{info}");
                let replication = node.ask(&["INFO", "replication"]).await?;
                ensure!(!replication.contains("master_link_status:down"), "{replication}");
            }
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
    let mut command = Command::new("redis-server");
    command
        .args(["--port", &port.number().to_string(), "--bind", "127.0.0.1"])
        .args(["--cluster-enabled", "yes", "--cluster-port", &bus.number().to_string()])
        .args(["--cluster-node-timeout", "2000", "--repl-diskless-sync-delay", "0"])
        .args(["--save", "", "--daemonize", "no", "--appendonly", "yes", "--appendfsync", "everysec"])
        .arg("--dir")
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
