//! Ports nobody else uses.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Result, bail};

/// Below the range from which Linux takes ports for outgoing connections (32768 and up), so none of those can take a
/// port between the moment it is chosen and the moment its service listens.
const FIRST: u16 = 12_000;
const LAST: u16 = 32_000;

/// A TCP port on loopback that belongs to its holder for as long as this value lives, also while the service that
/// uses it is being restarted.
///
/// The UDP port of the same number is held as the sign to every other testbed on this machine: the two number spaces
/// are apart, so it does not disturb the service.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _sign: UdpSocket,
}

impl Port {
    /// Takes a free port.
    pub fn free() -> Result<Self> {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let span = LAST - FIRST;
        // Processes begin at different places, so that they rarely try the same port.
        let start = u16::try_from(u64::from(std::process::id()) * 97 % u64::from(span))?;
        for _ in 0..span {
            let step = NEXT.fetch_add(1, Ordering::Relaxed) % span;
            let number = FIRST + (start + step) % span;
            if let Some(port) = Self::take(number) {
                return Ok(port);
            }
        }
        bail!("no free port between {FIRST} and {LAST}")
    }

    fn take(number: u16) -> Option<Self> {
        let sign = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        // Every address, because some services listen on all of them.
        TcpListener::bind((Ipv4Addr::UNSPECIFIED, number)).ok()?;
        Some(Self { number, _sign: sign })
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// `127.0.0.1:number`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_port_is_given_to_nobody_else() {
        let held = Port::free().unwrap();
        assert!(Port::take(held.number()).is_none());
        let number = held.number();
        drop(held);
        assert!(Port::take(number).is_some());
    }

    #[test]
    fn a_port_that_listens_is_not_taken() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(Port::take(listener.local_addr().unwrap().port()).is_none());
    }
}
