//! What Redis executes, as it tells MONITOR.

use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Commands a Redis node executed in a window, as it tells them to MONITOR.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Commands {
    /// Sent by clients: an EVALSHA is one.
    pub(crate) top_level: u64,
    /// Issued by scripts.
    pub(crate) inside_scripts: u64,
}

/// Listens to one node's MONITOR for `window`. Costs the node CPU: no other figure is taken meanwhile.
pub(crate) async fn commands(address: &str, window: Duration) -> anyhow::Result<Commands> {
    let mut stream =
        TcpStream::connect(address).await.with_context(|| format!("cannot reach redis at {address}"))?;
    stream.write_all(b"MONITOR\r\n").await?;
    let mut lines = BufReader::with_capacity(1 << 20, stream);
    let mut counted = Commands::default();
    let mut line = Vec::new();
    let until = tokio::time::Instant::now() + window;
    loop {
        line.clear();
        match tokio::time::timeout_at(until, lines.read_until(b'\n', &mut line)).await {
            Err(_) => return Ok(counted),
            Ok(read) => ensure!(read? > 0, "redis at {address} closed the connection"),
        }
        counted.count(&line);
    }
}

impl Commands {
    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            top_level: self.top_level + other.top_level,
            inside_scripts: self.inside_scripts + other.inside_scripts,
        }
    }

    /// `+1700000000.123456 [0 127.0.0.1:50000] "EVALSHA" …`, with `[0 lua]` where a script issued it.
    fn count(&mut self, line: &[u8]) {
        let Some(source) = line.iter().position(|&byte| byte == b'[') else { return };
        let Some(end) = line[source..].iter().position(|&byte| byte == b']') else { return };
        if line[source..source + end].ends_with(b" lua") {
            self.inside_scripts += 1;
        } else {
            self.top_level += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_scripts_are_told_apart() {
        let mut counted = Commands::default();
        for line in [
            "+OK",
            "+1700000000.1 [0 127.0.0.1:5000] \"EVALSHA\" \"ab\" \"1\" \"hd:{a}:user:1\"",
            "+1700000000.2 [0 lua] \"HGETALL\" \"hd:{a}:user:1\"",
            "+1700000000.3 [0 lua] \"SET\" \"odd]\" \"[x\"",
            "+1700000000.4 [0 127.0.0.1:5000] \"PING\"",
        ] {
            counted.count(line.as_bytes());
        }
        assert_eq!(counted, Commands { top_level: 2, inside_scripts: 2 });
    }
}
