//! What stands before the instances: nginx or HAProxy.

use anyhow::Result;

use crate::{HaProxy, Nginx, Process};

/// Which of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BalancerKind {
    /// nginx: notices a dead instance by its failures.
    #[default]
    Nginx,
    /// HAProxy: asks every instance each second.
    HaProxy,
}

/// A running balancer.
#[derive(Debug)]
pub enum Balancer {
    /// nginx.
    Nginx(Nginx),
    /// HAProxy.
    HaProxy(HaProxy),
}

impl Balancer {
    /// Starts one before the instances that listen on these addresses.
    pub async fn start(kind: BalancerKind, instances: &[String]) -> Result<Self> {
        Ok(match kind {
            BalancerKind::Nginx => Self::Nginx(Nginx::start(instances).await?),
            BalancerKind::HaProxy => Self::HaProxy(HaProxy::start(instances).await?),
        })
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        match self {
            Self::Nginx(nginx) => nginx.url(),
            Self::HaProxy(haproxy) => haproxy.url(),
        }
    }

    /// The guarded process; its [`children`](Process::children) are the workers.
    pub fn process(&mut self) -> &mut Process {
        match self {
            Self::Nginx(nginx) => nginx.process(),
            Self::HaProxy(haproxy) => haproxy.process(),
        }
    }

    /// Kills it with its workers (SIGKILL).
    pub async fn kill(&mut self) -> Result<()> {
        match self {
            Self::Nginx(nginx) => nginx.kill().await,
            Self::HaProxy(haproxy) => haproxy.kill().await,
        }
    }

    /// Starts it again on the same port after [`Balancer::kill`].
    pub async fn start_again(&mut self) -> Result<()> {
        match self {
            Self::Nginx(nginx) => nginx.start_again().await,
            Self::HaProxy(haproxy) => haproxy.start_again().await,
        }
    }

    /// Changes the set of instances and waits until the new set is served; no connection breaks.
    pub async fn reload(&mut self, instances: &[String]) -> Result<()> {
        match self {
            Self::Nginx(nginx) => nginx.reload(instances).await,
            Self::HaProxy(haproxy) => haproxy.reload(instances).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::ensure;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::{Port, poll};

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

    async fn ask(balancer: &Balancer, path: &str) -> String {
        let url = balancer.url();
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
        let request =
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_dead_instance_costs_no_update_and_a_reload_changes_the_set() {
        for kind in [BalancerKind::Nginx, BalancerKind::HaProxy] {
            let dead = Port::free().unwrap();
            let mut balancer = Balancer::start(kind, &[dead.address(), instance("first")]).await.unwrap();
            for _ in 0..4 {
                let answer = ask(&balancer, "/telegram/1").await;
                assert!(answer.ends_with("first"), "{kind:?}: {answer}");
            }
            balancer.reload(&[instance("second")]).await.unwrap();
            poll("new workers to answer", || async {
                ensure!(ask(&balancer, "/telegram/1").await.ends_with("second"));
                Ok(())
            })
            .await
            .unwrap();
            assert!(ask(&balancer, "/health/ready").await.ends_with("second"), "{kind:?}");
            assert!(ask(&balancer, "/metrics").await.starts_with("HTTP/1.1 404"), "{kind:?}");
            assert!(ask(&balancer, "/health/balancer").await.trim_end().ends_with("ok"), "{kind:?}");
            balancer.kill().await.unwrap();
            balancer.start_again().await.unwrap();
            assert!(ask(&balancer, "/telegram/1").await.ends_with("second"), "{kind:?}");
        }
    }

    #[tokio::test]
    async fn with_no_instance_left_the_sender_is_told_to_come_again() {
        for kind in [BalancerKind::Nginx, BalancerKind::HaProxy] {
            let dead = Port::free().unwrap();
            let balancer = Balancer::start(kind, &[dead.address()]).await.unwrap();
            let answer = ask(&balancer, "/telegram/1").await;
            let status = answer.split(' ').nth(1).unwrap();
            assert!(["502", "503"].contains(&status), "{kind:?}: {answer}");
        }
    }
}
