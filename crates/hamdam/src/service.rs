//! Telling the service manager how it goes, in systemd's notify protocol: one datagram for each change.
//!
//! Where nobody asked (`NOTIFY_SOCKET` is not set), nothing is told.

use std::ffi::OsString;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use anyhow::Context;

/// Who started us and wants to know.
#[derive(Debug)]
pub struct ServiceManager {
    socket: Option<UnixDatagram>,
    watchdog: Option<Duration>,
}

impl ServiceManager {
    /// The one that the environment names. A socket that is not there is an error: whoever set it waits for us.
    pub fn of_environment() -> anyhow::Result<Self> {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        // The watchdog may be meant for another process that we were started by.
        let ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let watchdog =
            number("WATCHDOG_USEC").filter(|micros| ours && *micros > 0).map(Duration::from_micros);
        let socket = std::env::var_os("NOTIFY_SOCKET").map(|name| {
            connect(&name)
                .with_context(|| format!("no service manager at {} (NOTIFY_SOCKET)", name.display()))
        });
        Ok(Self { socket: socket.transpose()?, watchdog })
    }

    /// The instance serves.
    pub fn ready(&self) {
        self.tell("READY=1\nSTATUS=serving");
    }

    /// The instance is leaving.
    pub fn stopping(&self) {
        self.tell("STOPPING=1\nSTATUS=draining");
    }

    /// Says again and again that the process still does something, as often as was asked for; for ever. To be run by the
    /// threads that do the work: where these hang, nothing is said, and the manager ends the process.
    pub async fn beat(&self) {
        let Some(patience) = self.watchdog else { return std::future::pending().await };
        // Half of it is what systemd advises; a third leaves room for a machine that is busy.
        let mut tick = tokio::time::interval(patience / 3);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.tell("WATCHDOG=1");
        }
    }

    fn tell(&self, state: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(error) = socket.send(state.as_bytes()) {
            tracing::warn!(%error, state, "the service manager does not hear");
        }
    }
}

/// A path, or a name that begins with `@` and is no file.
fn connect(name: &OsString) -> io::Result<UnixDatagram> {
    let address = match name.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    // A manager that does not read must not hold up the fleet.
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 256];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_told_by_a_name_too_and_often_enough() {
        let name = format!("hamdam-test-{}", std::process::id());
        let manager = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        let socket = Some(connect(&format!("@{name}").into()).unwrap());
        let told = ServiceManager { socket, watchdog: Some(Duration::from_secs(15)) };
        told.ready();
        assert_eq!(heard(&manager), "READY=1\nSTATUS=serving");
        assert!(tokio::time::timeout(Duration::from_secs(14), told.beat()).await.is_err());
        for _ in 0..3 {
            assert_eq!(heard(&manager), "WATCHDOG=1");
        }
        told.stopping();
        assert_eq!(heard(&manager), "STOPPING=1\nSTATUS=draining");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_told_where_nobody_asked() {
        let alone = ServiceManager { socket: None, watchdog: None };
        alone.ready();
        assert!(tokio::time::timeout(Duration::from_hours(1), alone.beat()).await.is_err());
    }
}
