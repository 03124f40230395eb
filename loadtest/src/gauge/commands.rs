//! What Redis executes, as it tells MONITOR.

use std::collections::HashSet;
use std::net::SocketAddr;

use anyhow::{Context, ensure};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Commands a Redis node executed in a window, as it tells them to MONITOR.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Commands {
    /// Sent by clients: an EVALSHA is one.
    pub(crate) top_level: u64,
    /// Issued by scripts, whoever sent those.
    pub(crate) inside_scripts: u64,
}

/// Listens to one node's MONITOR until `until` is done, and gives what that gave. Costs the node CPU: no figure of Redis
/// is taken meanwhile. `of` limits the count to clients with these addresses.
pub(crate) async fn commands<T>(
    address: &str,
    until: impl Future<Output = T>,
    of: Option<&HashSet<SocketAddr>>,
) -> anyhow::Result<(Commands, T)> {
    let mut stream =
        TcpStream::connect(address).await.with_context(|| format!("cannot reach redis at {address}"))?;
    stream.write_all(b"MONITOR\r\n").await?;
    let mut lines = BufReader::with_capacity(1 << 20, stream);
    let mut counted = Commands::default();
    let mut line = Vec::new();
    let mut until = std::pin::pin!(until);
    loop {
        line.clear();
        tokio::select! {
            biased;
            given = &mut until => return Ok((counted, given)),
            read = lines.read_until(b'\n', &mut line) => {
                ensure!(read? > 0, "redis at {address} closed the connection");
            }
        }
        counted.count(&line, of);
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
    fn count(&mut self, line: &[u8], of: Option<&HashSet<SocketAddr>>) {
        let Some(source) = line.iter().position(|&byte| byte == b'[') else { return };
        let Some(end) = line[source..].iter().position(|&byte| byte == b']') else { return };
        let source = &line[source..source + end];
        if source.ends_with(b" lua") {
            self.inside_scripts += 1;
        } else if of.is_none_or(|of| client(source).is_some_and(|client| of.contains(&client))) {
            self.top_level += 1;
        }
    }
}

/// Reads `[0 127.0.0.1:50000`.
fn client(source: &[u8]) -> Option<SocketAddr> {
    std::str::from_utf8(source).ok()?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_scripts_are_told_apart() {
        let (mut counted, mut of_one) = (Commands::default(), Commands::default());
        let one = HashSet::from(["127.0.0.1:5000".parse().unwrap()]);
        for line in [
            "+OK",
            "+1700000000.1 [0 127.0.0.1:5000] \"EVALSHA\" \"ab\" \"1\" \"hd:{a}:user:1\"",
            "+1700000000.2 [0 lua] \"HGETALL\" \"hd:{a}:user:1\"",
            "+1700000000.3 [0 lua] \"SET\" \"odd]\" \"[x\"",
            "+1700000000.4 [0 127.0.0.1:5001] \"PING\"",
        ] {
            counted.count(line.as_bytes(), None);
            of_one.count(line.as_bytes(), Some(&one));
        }
        assert_eq!(counted, Commands { top_level: 2, inside_scripts: 2 });
        assert_eq!(of_one, Commands { top_level: 1, inside_scripts: 2 });
    }
}
