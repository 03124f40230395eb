//! HAProxy with the configuration that the project ships, moved to a free port.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::probe::listens;
use crate::{BalancerOptions, Folder, Port, Process, poll};

const MAIN: &str = include_str!("../../../deploy/haproxy/haproxy.cfg");
const INSTANCES: &str = include_str!("../../../deploy/haproxy/haproxy-instances.cfg");
/// What the shipped files say where a testbed says something else.
const SHIPPED_BIND: &str = "bind :8080";
const SHIPPED_TLS: &str = "bind :8443 ";
const SHIPPED_SOCKET: &str = "/run/haproxy-hamdam.sock";
const SHIPPED_SERVERS: &str = "    server i1 ";
/// Sockets of the master process and of the worker that serves.
const MASTER: &str = "master";
const WORKER: &str = "worker";

/// HAProxy on loopback before a changing set of instances.
#[derive(Debug)]
pub struct HaProxy {
    process: Process,
    port: Port,
    tls: Option<Port>,
    environment: Vec<(&'static str, String)>,
    folder: Folder,
}

impl HaProxy {
    /// Starts it before the instances that listen on these addresses.
    pub async fn start(instances: &[String], options: &BalancerOptions) -> Result<Self> {
        let (port, folder) = (Port::free()?, Folder::new("haproxy")?);
        let tls = if options.tls.is_some() { Some(Port::free()?) } else { None };
        for shipped in [SHIPPED_BIND, SHIPPED_TLS, SHIPPED_SOCKET] {
            ensure!(MAIN.contains(shipped), "haproxy.cfg no longer says {shipped:?}");
        }
        let socket = folder.path().join(WORKER).display().to_string();
        let mut main =
            MAIN.replace(SHIPPED_BIND, &format!("bind {}", port.address())).replace(SHIPPED_SOCKET, &socket);
        if let Some(tls) = &tls {
            main = main.replace(SHIPPED_TLS, &format!("bind {} ", tls.address()));
        }
        std::fs::write(folder.path().join("haproxy.cfg"), main)?;
        write_instances(&folder, instances)?;
        let environment = environment(&folder, options)?;
        let process = launch(&folder, &environment)?;
        let mut haproxy = Self { process, port, tls, environment, folder };
        haproxy.ready().await?;
        Ok(haproxy)
    }

    async fn ready(&mut self) -> Result<()> {
        let (address, master) = (self.port.address(), self.folder.path().join(MASTER));
        self.process
            .answers(|| async {
                listens(&address).await?;
                // A signal that comes before the master has settled is lost.
                ask(&master, "show proc").await.map(drop)
            })
            .await
    }

    /// Kills it with its workers (SIGKILL).
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill_all().await
    }

    /// Starts it again on the same port after [`HaProxy::kill`].
    pub async fn start_again(&mut self) -> Result<()> {
        self.process = launch(&self.folder, &self.environment)?;
        self.ready().await
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// `127.0.0.1:port` where it speaks TLS, if it does.
    pub fn tls_address(&self) -> Option<String> {
        self.tls.as_ref().map(Port::address)
    }

    /// The socket at which it takes orders while it runs.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(WORKER)
    }

    /// Asks the newest worker over that socket.
    pub async fn ask(&self, question: &str) -> Result<String> {
        ask(&self.socket(), question).await
    }

    /// The guarded process, for signals: SIGTERM stops at once, SIGUSR1 lets requests finish.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Changes the set of instances and waits until a worker with the new set serves; no connection breaks.
    pub async fn reload(&mut self, instances: &[String]) -> Result<()> {
        let before = self.process.children()?;
        write_instances(&self.folder, instances)?;
        // What SIGUSR2 does, but heard for certain.
        ask(&self.folder.path().join(MASTER), "reload").await?;
        poll("haproxy to reload", || async {
            let new = self.process.children()?.iter().any(|worker| !before.contains(worker));
            ensure!(new, "no new worker yet");
            let servers = self.ask("show servers conn hamdam").await?;
            // name, ids, address and port: "hamdam/i0 3/1 127.0.0.1 8081 ..."
            let known: Vec<String> = servers
                .lines()
                .filter(|line| line.starts_with("hamdam/"))
                .map(|line| line.split(' ').skip(2).take(2).collect::<Vec<_>>().join(":"))
                .collect();
            ensure!(known == instances, "the worker knows {known:?}");
            Ok(())
        })
        .await
        .with_context(|| format!("haproxy did not reload; its log:\n{}", self.process.log_tail()))
    }
}

/// Asks the master, or the newest worker, over its socket.
async fn ask(socket: &Path, question: &str) -> Result<String> {
    let mut stream = UnixStream::connect(socket).await?;
    stream.write_all(format!("{question}\n").as_bytes()).await?;
    // The master keeps a connection for more questions otherwise.
    stream.shutdown().await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// The variables by which an operator switches options on.
fn environment(folder: &Folder, options: &BalancerOptions) -> Result<Vec<(&'static str, String)>> {
    let mut environment = Vec::new();
    if options.telegram_only {
        environment.push(("HAMDAM_TELEGRAM_ONLY", "1".to_owned()));
    }
    if options.behind_a_balancer {
        environment.push(("HAMDAM_BEHIND", "127.0.0.1".to_owned()));
    }
    if let Some((certificate, key)) = &options.tls {
        let both = [std::fs::read(certificate)?, std::fs::read(key)?].concat();
        let file = folder.path().join("tls.pem");
        std::fs::write(&file, both)?;
        environment.push(("HAMDAM_TLS", file.display().to_string()));
    }
    Ok(environment)
}

fn launch(folder: &Folder, environment: &[(&'static str, String)]) -> Result<Process> {
    let mut command = Command::new("haproxy");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.args(["-W", "-db", "-S"]).arg(folder.path().join(MASTER));
    for file in ["haproxy.cfg", "haproxy-instances.cfg"] {
        command.arg("-f").arg(folder.path().join(file));
    }
    Process::start("haproxy", &command, folder.path().join("haproxy.log"))
}

/// The shipped backend with other servers.
fn write_instances(folder: &Folder, instances: &[String]) -> Result<()> {
    let (backend, _) = INSTANCES
        .split_once(SHIPPED_SERVERS)
        .with_context(|| format!("haproxy-instances.cfg no longer says {SHIPPED_SERVERS:?}"))?;
    let mut text = backend.to_owned();
    for (index, address) in instances.iter().enumerate() {
        writeln!(text, "    server i{index} {address}")?;
    }
    std::fs::write(folder.path().join("haproxy-instances.cfg"), text)
        .context("cannot write the instances of haproxy")
}
