//! A webhook that shows what it was sent, byte for byte, and answers as the test says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// A request as it came.
#[derive(Clone, Debug)]
pub(in super::super) struct Received {
    /// The number of its connection, from 0.
    pub(in super::super) connection: usize,
    /// Request line and headers as they were written.
    pub(in super::super) head: String,
    pub(in super::super) body: Value,
    /// How many came before it.
    pub(in super::super) number: usize,
}

impl Received {
    /// The text of the message in it.
    pub(in super::super) fn text(&self) -> &str {
        self.body["message"]["text"].as_str().unwrap_or_default()
    }
}

/// How to answer.
#[derive(Clone, Debug)]
pub(in super::super) enum Reply {
    /// With these bytes.
    Bytes(String),
    /// 200, when the gate opens.
    Gated,
    /// By closing the connection.
    Close,
    /// Not at all.
    Silence,
}

impl Reply {
    /// An empty answer with this status line, and more headers.
    pub(in super::super) fn status(line: &str, headers: &str) -> Self {
        Self::Bytes(format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n{headers}\r\n"))
    }

    /// 200 without body.
    pub(in super::super) fn ok() -> Self {
        Self::status("200 OK", "")
    }

    /// 200 with this body.
    pub(in super::super) fn json(body: &Value) -> Self {
        let body = body.to_string();
        Self::Bytes(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }
}

type Policy = dyn Fn(&Received) -> Reply + Send + Sync;

/// The webhook.
pub(in super::super) struct Hook {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    gate: watch::Sender<bool>,
    server: AbortHandle,
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Hook {
    /// Answers each request as `policy` says.
    pub(in super::super) async fn start(policy: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (gate, opened) = watch::channel(false);
        let policy: Arc<Policy> = Arc::new(policy);
        let notes = Arc::clone(&received);
        let mut tasks = JoinSet::new();
        let server = tasks.spawn(async move {
            let mut connections = JoinSet::new();
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(converse(
                    stream,
                    number,
                    Arc::clone(&policy),
                    Arc::clone(&notes),
                    opened.clone(),
                ));
            }
        });
        tasks.detach_all();
        Self { address, received, gate, server }
    }

    /// Where to point to.
    pub(in super::super) fn url(&self) -> String {
        format!("http://{}/telegram/5001", self.address)
    }

    /// Lets everything go that is gated, now and later.
    pub(in super::super) fn open_gate(&self) {
        self.gate.send_replace(true);
    }

    /// What came so far.
    pub(in super::super) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The texts of the messages that came so far.
    pub(in super::super) fn texts(&self) -> Vec<String> {
        self.received().iter().map(|received| received.text().to_owned()).collect()
    }
}

async fn converse(
    mut stream: TcpStream,
    connection: usize,
    policy: Arc<Policy>,
    notes: Arc<Mutex<Vec<Received>>>,
    mut gate: watch::Receiver<bool>,
) {
    let mut bytes = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            if !matches!(stream.read_buf(&mut bytes).await, Ok(count) if count > 0) {
                return;
            }
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
        let whole = end + 4 + length.parse::<usize>().unwrap();
        while bytes.len() < whole {
            if !matches!(stream.read_buf(&mut bytes).await, Ok(count) if count > 0) {
                return;
            }
        }
        let body = serde_json::from_slice(&bytes[end + 4..whole]).unwrap();
        bytes.drain(..whole);
        let received = {
            let mut notes = notes.lock().unwrap();
            let received = Received { connection, head, body, number: notes.len() };
            notes.push(received.clone());
            received
        };
        let answer = match policy(&received) {
            Reply::Bytes(answer) => answer,
            Reply::Gated => {
                gate.wait_for(|open| *open).await.unwrap();
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned()
            }
            Reply::Close => return,
            Reply::Silence => std::future::pending().await,
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
