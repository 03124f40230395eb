//! What stands before the instances: nginx or HAProxy.

use std::path::PathBuf;

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

/// What the shipped configurations leave to the operator. The default has none of it.
#[derive(Clone, Debug, Default)]
pub struct BalancerOptions {
    /// TLS ends here too, with this certificate and key (PEM).
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Updates come from Telegram's own addresses or are refused.
    pub telegram_only: bool,
    /// Another balancer on this machine stands before this one and says who called.
    pub behind_a_balancer: bool,
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
        Self::start_with(kind, instances, &BalancerOptions::default()).await
    }

    /// The same, with options.
    pub async fn start_with(
        kind: BalancerKind,
        instances: &[String],
        options: &BalancerOptions,
    ) -> Result<Self> {
        Ok(match kind {
            BalancerKind::Nginx => Self::Nginx(Nginx::start(instances, options).await?),
            BalancerKind::HaProxy => Self::HaProxy(HaProxy::start(instances, options).await?),
        })
    }

    /// `127.0.0.1:port` where it speaks TLS, if it does.
    pub fn tls_address(&self) -> Option<String> {
        match self {
            Self::Nginx(nginx) => nginx.tls_address(),
            Self::HaProxy(haproxy) => haproxy.tls_address(),
        }
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
mod tests;
