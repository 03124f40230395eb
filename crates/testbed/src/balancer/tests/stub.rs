//! An instance that does nothing but what a balancer sees of one.

use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Port;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    /// Well.
    Serving,
    /// Says so when asked, and answers updates still.
    Draining,
    /// Takes updates and answers none; says it is well.
    Thinking,
    /// Answers nothing at all.
    Hanging,
    /// Breaks the connection of whoever sends an update, after it was taken.
    Dying,
}

/// An update that reached it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) update: u32,
    pub(super) request_id: String,
}

/// The instance.
pub(super) struct Stub {
    port: Port,
    mood: watch::Sender<Mood>,
    seen: Arc<Mutex<Vec<Seen>>>,
    running: JoinSet<()>,
}

impl Stub {
    pub(super) async fn start() -> Self {
        let (mood, _) = watch::channel(Mood::Serving);
        let mut stub =
            Self { port: Port::free().unwrap(), mood, seen: Arc::default(), running: JoinSet::new() };
        stub.revive().await;
        stub
    }

    /// Listens again after [`Stub::kill`].
    pub(super) async fn revive(&mut self) {
        self.set(Mood::Serving);
        let listener = TcpListener::bind(self.port.address()).await.unwrap();
        self.running.spawn(listen(listener, self.mood.subscribe(), Arc::clone(&self.seen)));
    }

    /// Every connection breaks, and nobody listens any more.
    pub(super) async fn kill(&mut self) {
        self.running.shutdown().await;
    }

    pub(super) fn set(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    pub(super) fn address(&self) -> String {
        self.port.address()
    }

    /// Every update that reached it so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

async fn listen(listener: TcpListener, mood: watch::Receiver<Mood>, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, mood.clone(), Arc::clone(&seen)));
    }
}

/// Answers what comes on a connection until it ends.
async fn serve(mut stream: TcpStream, mut mood: watch::Receiver<Mood>, seen: Arc<Mutex<Vec<Seen>>>) {
    while let Ok(Message { head, body }) = read(&mut stream).await {
        let update = head.starts_with("POST ");
        if update {
            let request_id = header(&head, "x-request-id").unwrap_or_default().to_owned();
            seen.lock().unwrap().push(Seen { update: body.parse().unwrap(), request_id });
        }
        let now = *mood.borrow();
        match now {
            Mood::Dying if update => return,
            Mood::Hanging => drop(mood.wait_for(|mood| *mood != Mood::Hanging).await),
            Mood::Thinking if update => drop(mood.wait_for(|mood| *mood != Mood::Thinking).await),
            _ => {}
        }
        let status = if now == Mood::Draining && !update { "503 Service Unavailable" } else { "200 OK" };
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A request or an answer.
pub(super) struct Message {
    pub(super) head: String,
    pub(super) body: String,
}

/// Reads one with a length.
pub(super) async fn read(stream: &mut TcpStream) -> Result<Message> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head)?;
    let length = header(&head, "content-length").map_or(Ok(0), str::parse)?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.context("it ends early")?;
    Ok(Message { head, body: String::from_utf8(body)? })
}

/// The value of a header, whose name is given in lower case.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.to_ascii_lowercase() == name).then(|| value.trim())
    })
}
