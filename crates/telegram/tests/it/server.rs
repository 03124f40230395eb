//! A server that answers what it is told to, or does not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What the server does with every request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Answers with this status, these header lines (each ending in CRLF) and this body.
    Answer(u16, &'static str, &'static str),
    /// Reads the request and closes the connection.
    Close,
    /// Announces more than it sends, then closes.
    CutOff,
    /// Reads the request and says nothing.
    Hang,
}

/// Stops when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<Mutex<u32>>,
    _tasks: JoinSet<()>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// First line and headers.
    pub(crate) head: String,
    /// Body.
    pub(crate) body: String,
}

impl Server {
    pub(crate) async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, connections) = (Arc::default(), Arc::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, reply, Arc::clone(&requests), Arc::clone(&connections)));
        Self { address, requests, connections, _tasks: tasks }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> u32 {
        *self.connections.lock().unwrap()
    }
}

async fn accept(
    listener: TcpListener,
    reply: Reply,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<Mutex<u32>>,
) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        *connections.lock().unwrap() += 1;
        open.spawn(serve(stream, reply.clone(), Arc::clone(&requests)));
    }
}

async fn serve(mut stream: TcpStream, reply: Reply, requests: Arc<Mutex<Vec<Request>>>) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        requests.lock().unwrap().push(request);
        let bytes = match &reply {
            Reply::Answer(status, headers, body) => {
                format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
            }
            Reply::CutOff => "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"ok\":".to_owned(),
            Reply::Close => return,
            Reply::Hang => return std::future::pending().await,
        };
        if stream.write_all(bytes.as_bytes()).await.is_err() || matches!(reply, Reply::CutOff) {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    loop {
        let text = String::from_utf8_lossy(buffer).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, length)| length.trim().parse().unwrap());
            if body.len() >= length {
                let request = Request { head: head.to_owned(), body: body[..length].to_owned() };
                buffer.drain(..head.len() + 4 + length);
                return Some(request);
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}
