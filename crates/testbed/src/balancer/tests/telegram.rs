//! Who sends updates: one after the other on a connection that is kept, as Telegram does.

use std::ops::Range;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::stub::read;
use super::*;

/// The sender.
pub(super) struct Telegram {
    address: String,
    stream: Option<TcpStream>,
    next: u32,
}

impl Telegram {
    pub(super) fn before(balancer: &Balancer) -> Self {
        let address = balancer.url().trim_start_matches("http://").to_owned();
        Self { address, stream: None, next: 0 }
    }

    /// Sends the next update; answers the status.
    pub(super) async fn send(&mut self) -> u16 {
        let update = self.next.to_string();
        self.next += 1;
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => none.insert(TcpStream::connect(&self.address).await.unwrap()),
        };
        let request = format!(
            "POST /telegram/1 HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{update}",
            update.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = read(stream).await.unwrap();
        if answer.head.to_ascii_lowercase().contains("connection: close") {
            self.stream = None;
        }
        answer.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Sends so many updates, of which every one must be taken at the first attempt; answers their numbers.
    pub(super) async fn send_all(&mut self, count: u32) -> Range<u32> {
        let first = self.next;
        for _ in 0..count {
            let status = self.send().await;
            assert_eq!(status, 200, "update {} was not taken", self.next - 1);
        }
        first..self.next
    }

    /// How many it has sent.
    pub(super) fn sent(&self) -> u32 {
        self.next
    }
}

/// Asks once, on a connection of its own.
pub(super) async fn ask(balancer: &Balancer, method: &str, path: &str, headers: &str) -> String {
    let url = balancer.url();
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 1\r\n\r\n0");
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read(&mut stream).await.unwrap();
    format!("{}{}", answer.head, answer.body)
}
