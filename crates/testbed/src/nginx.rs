//! nginx with the configuration that the project ships, moved to a free port.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process::listens;
use crate::{Folder, Port, Process, Signal, poll};

const MAIN: &str = include_str!("../../../nginx/nginx.conf");
const FLEET: &str = include_str!("../../../nginx/hamdam.conf");
const INSTANCES: &str = "hamdam-instances.conf";
/// What `nginx/hamdam.conf` listens on, as it stands there.
const SHIPPED_LISTEN: &str = "listen 8080 ";

/// nginx on loopback before a changing set of instances.
#[derive(Debug)]
pub struct Nginx {
    process: Process,
    port: Port,
    folder: Folder,
}

impl Nginx {
    /// Starts it before the instances that listen on these addresses.
    pub async fn start(instances: &[String]) -> Result<Self> {
        let (port, folder) = (Port::free()?, Folder::new("nginx")?);
        ensure!(FLEET.contains(SHIPPED_LISTEN), "nginx/hamdam.conf no longer says {SHIPPED_LISTEN:?}");
        let fleet = FLEET.replace(SHIPPED_LISTEN, &format!("listen {} ", port.address()));
        std::fs::write(folder.path().join("nginx.conf"), MAIN)?;
        std::fs::write(folder.path().join("hamdam.conf"), fleet)?;
        std::fs::create_dir(folder.path().join("temp"))?;
        write_instances(folder.path(), instances)?;
        let process = launch(&folder)?;
        let mut nginx = Self { process, port, folder };
        nginx.ready().await?;
        Ok(nginx)
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

    /// The process ids of its workers.
    pub fn workers(&self) -> Result<Vec<u32>> {
        workers(self.process.pid())
    }

    /// Changes the set of instances and waits until workers with the new set serve; no connection breaks.
    pub async fn reload(&mut self, instances: &[String]) -> Result<()> {
        let before = workers(self.process.pid())?;
        write_instances(self.folder.path(), instances)?;
        self.process.signal(Signal::HUP)?;
        let pid = self.process.pid();
        poll("nginx to reload", || async {
            ensure!(workers(pid)?.iter().any(|worker| !before.contains(worker)), "no new worker yet");
            Ok(())
        })
        .await
        .with_context(|| format!("nginx did not reload; its log:\n{}", self.process.log_tail()))
    }
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
    }
    std::fs::write(folder.join(INSTANCES), lines).context("cannot write the instances of nginx")
}

/// The worker processes of a master.
fn workers(master: u32) -> Result<Vec<u32>> {
    let children = std::fs::read_to_string(format!("/proc/{master}/task/{master}/children"))?;
    Ok(children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// An instance that answers every request with `name` and closes.
    fn instance(name: &'static str) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((mut stream, _)) = listener.accept().await {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let length = name.len();
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{name}"
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            });
        });
        address
    }

    async fn ask(nginx: &Nginx, path: &str) -> String {
        let mut stream = TcpStream::connect(nginx.port.address()).await.unwrap();
        let request =
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_dead_instance_costs_no_update_and_a_reload_changes_the_set() {
        let dead = Port::free().unwrap();
        let nginx_instances = [dead.address(), instance("first")];
        let mut nginx = Nginx::start(&nginx_instances).await.unwrap();
        for _ in 0..4 {
            assert!(ask(&nginx, "/telegram/1").await.ends_with("first"));
        }
        nginx.reload(&[instance("second")]).await.unwrap();
        poll("new workers to answer", || async {
            ensure!(ask(&nginx, "/telegram/1").await.ends_with("second"));
            Ok(())
        })
        .await
        .unwrap();
        assert!(ask(&nginx, "/metrics").await.starts_with("HTTP/1.1 404"));
        assert!(ask(&nginx, "/health/balancer").await.ends_with("ok\n"));
    }
}
