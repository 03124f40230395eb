//! nginx with the configuration that the project ships, moved to a free port.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::probe::listens;
use crate::{BalancerOptions, Folder, Port, Process, Signal, poll};

/// The files that are taken as they are.
const FILES: [(&str, &str); 2] = [
    ("nginx.conf", include_str!("../../../nginx/nginx.conf")),
    ("hamdam-locations.conf", include_str!("../../../nginx/hamdam-locations.conf")),
];
const FLEET: &str = include_str!("../../../nginx/hamdam.conf");
const TLS: &str = include_str!("../../../nginx/options/tls.conf");
const TELEGRAM_ONLY: &str = include_str!("../../../nginx/options/telegram-only.conf");
const BEHIND: &str = include_str!("../../../nginx/options/behind-a-balancer.conf");
const INSTANCES: &str = "hamdam-instances.conf";
/// What the shipped files listen on, as it stands there.
const SHIPPED_LISTEN: &str = "listen 8080 ";
const SHIPPED_TLS: &str = "listen 443 ";

/// nginx on loopback before a changing set of instances.
#[derive(Debug)]
pub struct Nginx {
    process: Process,
    port: Port,
    tls: Option<Port>,
    folder: Folder,
}

impl Nginx {
    /// Starts it before the instances that listen on these addresses.
    pub async fn start(instances: &[String], options: &BalancerOptions) -> Result<Self> {
        let (port, folder) = (Port::free()?, Folder::new("nginx")?);
        for (name, text) in FILES {
            std::fs::write(folder.path().join(name), text)?;
        }
        std::fs::write(folder.path().join("hamdam.conf"), moved(FLEET, SHIPPED_LISTEN, &port)?)?;
        std::fs::create_dir(folder.path().join("temp"))?;
        let tls = enable(folder.path(), options)?;
        write_instances(folder.path(), instances)?;
        let process = launch(&folder)?;
        let mut nginx = Self { process, port, tls, folder };
        nginx.ready().await?;
        Ok(nginx)
    }

    /// `127.0.0.1:port` where it speaks TLS, if it does.
    pub fn tls_address(&self) -> Option<String> {
        self.tls.as_ref().map(Port::address)
    }

    /// Where its configuration is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn ready(&mut self) -> Result<()> {
        let address = self.port.address();
        self.process.answers(|| listens(&address)).await
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// The guarded process, for signals: SIGTERM stops at once, SIGQUIT lets requests finish.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Kills it with its workers (SIGKILL).
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill_all().await
    }

    /// Starts it again on the same port after [`Nginx::kill`].
    pub async fn start_again(&mut self) -> Result<()> {
        self.process = launch(&self.folder)?;
        self.ready().await
    }

    /// The workers that there are.
    pub fn workers(&self) -> Result<Vec<u32>> {
        self.process.children()
    }

    /// Changes the set of instances and waits until workers with the new set serve; no connection breaks.
    pub async fn reload(&mut self, instances: &[String]) -> Result<()> {
        let before = self.workers()?;
        write_instances(self.folder.path(), instances)?;
        self.process.signal(Signal::HUP)?;
        self.reloaded(&before).await
    }

    /// Waits until none of these workers takes connections any more, after nginx was told to reload. It starts the new
    /// ones a tenth of a second before it tells the old, and until then either may take the next connection.
    pub async fn reloaded(&self, before: &[u32]) -> Result<()> {
        poll("nginx to reload", || async {
            let now = self.workers()?;
            ensure!(now.iter().any(|worker| !before.contains(worker)), "no new worker yet");
            ensure!(!before.iter().any(|worker| accepts(*worker)), "an old worker still accepts");
            Ok(())
        })
        .await
        .with_context(|| format!("nginx did not reload; its log:\n{}", self.process.log_tail()))
    }
}

/// A shipped file that listens on another port.
fn moved(text: &str, shipped: &str, port: &Port) -> Result<String> {
    ensure!(text.contains(shipped), "the files of nginx no longer say {shipped:?}");
    Ok(text.replace(shipped, &format!("listen {} ", port.address())))
}

/// Switches options on, as an operator does.
fn enable(folder: &Path, options: &BalancerOptions) -> Result<Option<Port>> {
    let enabled = folder.join("enabled");
    std::fs::create_dir(&enabled)?;
    if options.telegram_only {
        std::fs::write(enabled.join("telegram-only.conf"), TELEGRAM_ONLY)?;
    }
    if options.behind_a_balancer {
        std::fs::write(enabled.join("behind-a-balancer.conf"), BEHIND)?;
    }
    let Some((certificate, key)) = &options.tls else { return Ok(None) };
    let port = Port::free()?;
    std::fs::write(enabled.join("tls.conf"), moved(TLS, SHIPPED_TLS, &port)?)?;
    std::fs::create_dir(folder.join("tls"))?;
    std::fs::copy(certificate, folder.join("tls/fullchain.pem"))?;
    std::fs::copy(key, folder.join("tls/privkey.pem"))?;
    Ok(Some(port))
}

fn launch(folder: &Folder) -> Result<Process> {
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder.path()).args(["-e", "stderr", "-c"]).arg(folder.path().join("nginx.conf"));
    command.args(["-g", "daemon off;"]);
    Process::start("nginx", &command, folder.path().join("nginx.log"))
}

fn write_instances(folder: &Path, instances: &[String]) -> Result<()> {
    ensure!(!instances.is_empty(), "nginx refuses an upstream without servers");
    let mut lines = String::new();
    for address in instances {
        writeln!(lines, "server {address} max_fails=1 fail_timeout=2s;")?;
        writeln!(lines, "server {address} max_fails=0 backup;")?;
    }
    std::fs::write(folder.join(INSTANCES), lines).context("cannot write the instances of nginx")
}

/// Whether an old worker has not yet heard of the change: it says so in its title.
fn accepts(worker: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{worker}/cmdline"))
        .is_ok_and(|title| !title.is_empty() && !title.contains("shutting down"))
}
