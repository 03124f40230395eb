//! A network between two services that can be cut, slowed down, or made deaf in one direction.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Port;

/// What a [`Wire`] does with what goes through it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// Everything passes at once.
    #[default]
    Free,
    /// Everything passes after this long.
    Slow(Duration),
    /// Nothing passes, and nobody is told: as with a cable that is pulled. What was under way arrives when it is back.
    Cut,
    /// Requests pass, answers do not.
    Mute,
}

/// A port on loopback that leads to a service.
#[derive(Debug)]
pub struct Wire {
    port: Port,
    flow: watch::Sender<Flow>,
    _task: JoinSet<()>,
}

/// Which way bytes go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

impl Wire {
    /// A wire to the service at this address, free at first.
    pub async fn to(service: &str) -> Result<Self> {
        let port = Port::free()?;
        let listener = TcpListener::bind(port.address()).await.context("a wire cannot listen")?;
        let (flow, flows) = watch::channel(Flow::Free);
        let mut task = JoinSet::new();
        task.spawn(accept(listener, service.to_owned(), flows));
        Ok(Self { port, flow, _task: task })
    }

    /// Where it begins: `127.0.0.1:port`.
    pub fn address(&self) -> String {
        self.port.address()
    }

    /// Changes what passes, on every connection.
    pub fn set(&self, flow: Flow) {
        self.flow.send_replace(flow);
    }
}

async fn accept(listener: TcpListener, service: String, flows: watch::Receiver<Flow>) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that breaks before it begins is none.
        let Ok((near, _)) = listener.accept().await else { continue };
        connections.spawn(connect(near, service.clone(), flows.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn connect(near: TcpStream, service: String, mut flows: watch::Receiver<Flow>) {
    if open(Way::There, &mut flows).await.is_none() {
        return;
    }
    let Ok(far) = TcpStream::connect(&service).await else { return };
    // Small requests shall not wait for company here.
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    tokio::join!(
        carry(near_read, far_write, Way::There, flows.clone()),
        carry(far_read, near_write, Way::Back, flows),
    );
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, way: Way, mut flows: watch::Receiver<Flow>) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        let Some(delay) = open(way, &mut flows).await else { return };
        sleep(delay).await;
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            // The other side may be gone already.
            let _ = to.shutdown().await;
            return;
        }
    }
}

/// Waits until bytes may go this way, and answers how late they are to arrive. `None`: the wire is gone.
async fn open(way: Way, flows: &mut watch::Receiver<Flow>) -> Option<Duration> {
    let passes = |flow: &Flow| match flow {
        Flow::Free | Flow::Slow(_) => true,
        Flow::Cut => false,
        Flow::Mute => way == Way::There,
    };
    let flow = *flows.wait_for(passes).await.ok()?;
    Some(match flow {
        Flow::Slow(delay) => delay,
        Flow::Free | Flow::Cut | Flow::Mute => Duration::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    /// Answers every byte with the next one.
    fn service() -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut byte = [0];
                    while stream.read_exact(&mut byte).is_ok() {
                        stream.write_all(&[byte[0] + 1]).unwrap();
                    }
                });
            }
        });
        address
    }

    async fn answer(stream: &mut TcpStream, byte: u8) -> Option<u8> {
        stream.write_u8(byte).await.unwrap();
        tokio::time::timeout(Duration::from_millis(200), stream.read_u8()).await.ok().map(Result::unwrap)
    }

    #[tokio::test]
    async fn what_is_under_way_in_a_cut_wire_arrives_when_it_is_back() {
        let wire = Wire::to(&service()).await.unwrap();
        let mut stream = TcpStream::connect(wire.address()).await.unwrap();
        assert_eq!(answer(&mut stream, 1).await, Some(2));
        for flow in [Flow::Cut, Flow::Mute] {
            wire.set(flow);
            assert_eq!(answer(&mut stream, 10).await, None, "{flow:?}");
            wire.set(Flow::Free);
            assert_eq!(stream.read_u8().await.unwrap(), 11, "{flow:?}");
        }
        wire.set(Flow::Slow(Duration::from_millis(20)));
        assert_eq!(answer(&mut stream, 20).await, Some(21));
    }

    #[tokio::test]
    async fn an_end_is_passed_on() {
        let wire = Wire::to(&service()).await.unwrap();
        let mut stream = TcpStream::connect(wire.address()).await.unwrap();
        assert_eq!(answer(&mut stream, 1).await, Some(2));
        stream.shutdown().await.unwrap();
        assert!(stream.read_u8().await.is_err());
    }
}
