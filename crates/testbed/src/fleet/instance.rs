//! One `hamdam serve` process with ports of its own, which it keeps over restarts.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::file::InstanceFile;
use crate::probe::{get, serves};
use crate::{Folder, Port, Process, Signal};

/// An instance, running or not.
#[derive(Debug)]
pub struct Instance {
    process: Process,
    listen: Port,
    admin: Port,
    folder: Folder,
}

impl Instance {
    /// Starts one and waits until it is ready.
    pub async fn start(binary: &Path, environment: &[(String, String)]) -> Result<Self> {
        let (listen, admin, folder) = (Port::free()?, Port::free()?, Folder::new("hamdam")?);
        let process = launch(binary, environment, &listen, &admin, &folder)?;
        let mut instance = Self { process, listen, admin, folder };
        instance.ready().await?;
        Ok(instance)
    }

    /// Starts it again on its ports, after it was killed or stopped. Does not wait: a fleet need not be whole.
    pub fn start_again(&mut self, binary: &Path, environment: &[(String, String)]) -> Result<()> {
        ensure!(!self.process.runs(), "instance {} still runs", self.process.pid());
        self.process = launch(binary, environment, &self.listen, &self.admin, &self.folder)?;
        Ok(())
    }

    /// Waits until `/health/ready` is 200.
    pub async fn ready(&mut self) -> Result<()> {
        let address = self.listen.address();
        self.process.answers(|| serves(&address, "/health/ready")).await
    }

    /// Kills it (SIGKILL).
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill().map(drop)
    }

    /// Asks it to drain (SIGTERM) and waits until it has ended.
    pub async fn drain(&mut self) -> Result<()> {
        let status = self.process.stop().await?;
        ensure!(
            status.success(),
            "a drained instance ended with {status}; its log:\n{}",
            self.process.log_tail()
        );
        Ok(())
    }

    /// Stops it where it stands (SIGSTOP).
    pub fn pause(&self) -> Result<()> {
        self.process.signal(Signal::STOP)
    }

    /// Lets it go on (SIGCONT).
    pub fn wake(&self) -> Result<()> {
        self.process.signal(Signal::CONT)
    }

    /// Has it read the bots' tokens again (SIGHUP).
    pub fn hang_up(&self) -> Result<()> {
        self.process.signal(Signal::HUP)
    }

    /// Where it takes webhooks.
    pub fn listen(&self) -> String {
        self.listen.address()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Everything it logged, over all its starts.
    pub fn log(&self) -> &Path {
        self.process.log()
    }

    /// Its metrics, as Prometheus reads them.
    pub async fn metrics(&self) -> Result<String> {
        get(&self.admin.address(), "/metrics").await
    }

    pub(super) fn file(&self) -> InstanceFile {
        InstanceFile { pid: self.pid(), listen: self.listen.address(), admin: self.admin.address() }
    }
}

fn launch(
    binary: &Path,
    environment: &[(String, String)],
    listen: &Port,
    admin: &Port,
    folder: &Folder,
) -> Result<Process> {
    let mut command = Command::new(binary);
    // In its own folder no `.env` of the developer is read.
    command
        .arg("serve")
        .current_dir(folder.path())
        .envs(environment.iter().map(|(name, value)| (name, value)));
    command.env("LISTEN", listen.address()).env("ADMIN_LISTEN", admin.address());
    Process::start(format!("hamdam {}", listen.number()), &command, folder.path().join("hamdam.log"))
}
