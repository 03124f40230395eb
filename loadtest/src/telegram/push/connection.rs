//! One kept-alive HTTP/1.1 connection to a webhook, one request at a time.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;

use super::super::event::BotId;
use super::super::server::Inner;
use super::pump;
use super::response::{ReadError, Reader};
use super::target::Target;

/// How long a connection may be idle, and an answer may take. Seconds.
pub(super) const PATIENCE: u32 = 60;

/// An update to be pushed.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) body: Bytes,
}

/// Which connection of which webhook this is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    pub(super) bot: BotId,
    pub(super) generation: u64,
    pub(super) number: u64,
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Resolve,
    Refused,
    Reset,
    Closed,
    Late,
    Malformed,
}

impl Failure {
    /// The real server's words for it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Resolve => "Failed to resolve host: Name or service not known",
            Self::Refused => "Connection refused",
            Self::Reset => "Connection reset by peer",
            Self::Closed => "Webhook connection closed",
            Self::Late => "Read timeout expired",
            Self::Malformed => "Wrong response from the webhook: Can't parse HTTP response",
        }
    }

    /// Whether `getWebhookInfo` tells of it: not of a connection that was closed in good order.
    pub(super) fn is_shown(self) -> bool {
        self != Self::Closed
    }
}

impl From<&std::io::Error> for Failure {
    fn from(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::ConnectionRefused => Self::Refused,
            std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe => Self::Reset,
            _ => Self::Closed,
        }
    }
}

/// Lives as long as the connection.
pub(super) async fn run(
    inner: Weak<Inner>,
    owner: Owner,
    target: Arc<Target>,
    patience: Duration,
    mut inbox: UnboundedReceiver<Job>,
) {
    let ended = match connect(&target, patience).await {
        Ok(stream) => serve(&inner, owner, &target, patience, stream, &mut inbox).await,
        Err(failure) => Some(failure),
    };
    if let Some(failure) = ended
        && let Some(inner) = inner.upgrade()
    {
        pump::lost(&inner, owner, failure);
    }
}

/// Pushes an update on a connection of its own. Whatever the answer is, somebody else waits for the one that counts.
pub(super) async fn push_apart(target: Arc<Target>, patience: Duration, body: Bytes) {
    let Ok(mut stream) = connect(&target, patience).await else { return };
    let exchange = async {
        stream.write_all(&request(&target, &body)).await?;
        Reader::default().response(&mut stream).await
    };
    // It may come to nothing.
    let _ = tokio::time::timeout(patience, exchange).await;
}

async fn connect(target: &Target, patience: Duration) -> Result<TcpStream, Failure> {
    let found = tokio::net::lookup_host(&target.address).await.map_err(|_| Failure::Resolve)?;
    let mut failure = Failure::Resolve;
    for address in found {
        match tokio::time::timeout(patience, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Requests are written whole; waiting for more would only delay them.
                drop(stream.set_nodelay(true));
                return Ok(stream);
            }
            Ok(Err(error)) => failure = Failure::from(&error),
            Err(_) => failure = Failure::Late,
        }
    }
    Err(failure)
}

/// Pushes what comes in. Ends with the reason, or with none if the pump knows already.
async fn serve(
    inner: &Weak<Inner>,
    owner: Owner,
    target: &Target,
    patience: Duration,
    mut stream: TcpStream,
    inbox: &mut UnboundedReceiver<Job>,
) -> Option<Failure> {
    let mut reader = Reader::default();
    loop {
        let job = tokio::select! {
            biased;
            job = inbox.recv() => job?,
            error = reader.hangup(&mut stream) => return Some(error.as_ref().map_or(Failure::Closed, Failure::from)),
            () = tokio::time::sleep(patience) => {
                if pump::retire(&inner.upgrade()?, owner) {
                    return None;
                }
                continue;
            }
        };
        let request = request(target, &job.body);
        let exchange = async {
            stream.write_all(&request).await?;
            reader.response(&mut stream).await
        };
        let response = match tokio::time::timeout(patience, exchange).await {
            Ok(Ok(response)) => response,
            Ok(Err(ReadError::Io(error))) => return Some(Failure::from(&error)),
            Ok(Err(ReadError::Closed)) => return Some(Failure::Closed),
            Ok(Err(ReadError::Malformed)) => return Some(Failure::Malformed),
            Err(_) => return Some(Failure::Late),
        };
        if !pump::answered(&inner.upgrade()?, owner, &response) {
            return None;
        }
    }
}

/// The whole request.
fn request(target: &Target, body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    [&target.head, length.as_bytes(), b"\r\n\r\n", body].concat()
}
