//! How much of what it answered for a Redis forgets when it dies.

use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// A number is written so often.
const PULSE: Duration = Duration::from_millis(2);
/// How Redis answers each.
const TAKEN: &[u8] = b"+OK\r\n";

/// Writes rising numbers to one key, each after the one before was answered, until the server dies.
pub(super) struct Beacon {
    writing: JoinSet<Vec<Instant>>,
}

impl Beacon {
    /// Begins. The server takes writes to this key.
    pub(super) async fn light(address: &str, key: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("no way to the server that is to die")?;
        stream.set_nodelay(true)?;
        let mut writing = JoinSet::new();
        writing.spawn(write(stream, key.to_owned()));
        Ok(Self { writing })
    }

    /// The server is dead, and what took its place has this number. Answers since when it forgot: everything that was
    /// written before the number survived it, because a server writes in one order.
    pub(super) async fn forgotten_since(mut self, survived: &str) -> anyhow::Result<Instant> {
        let sent = self.writing.join_next().await.context("a beacon is read once")??;
        let number: usize = survived.parse().with_context(|| format!("the beacon reads {survived:?}"))?;
        ensure!(number < sent.len(), "the beacon reads {number}, of {} written", sent.len());
        Ok(sent[number])
    }
}

/// Answers when each number was sent.
async fn write(mut stream: TcpStream, key: String) -> Vec<Instant> {
    let mut sent = Vec::new();
    loop {
        sent.push(Instant::now());
        let command = format!("SET {key} {}\r\n", sent.len() - 1);
        let mut answer = [0; TAKEN.len()];
        let taken = stream.write_all(command.as_bytes()).await.is_ok()
            && stream.read_exact(&mut answer).await.is_ok()
            && answer == TAKEN;
        if !taken {
            return sent;
        }
        sleep(PULSE).await;
    }
}
