//! A node of live state, asked directly.

use anyhow::Context;
use fred::prelude::{Client, ClientLike, Config};
use fred::types::InfoKind;
use fred::types::config::{Server, ServerConfig};
use fred::types::scan::ScanType;
use futures::StreamExt;

/// Connects to a node at `host:port`.
pub(crate) async fn connect(address: &str) -> anyhow::Result<Client> {
    let (host, port) = address.split_once(':').context("an address has a port")?;
    let server = Server::new(host, port.parse()?);
    let config = Config { server: ServerConfig::Centralized { server }, ..Config::default() };
    let client = Client::new(config, None, None, None);
    client.init().await.with_context(|| format!("cannot reach redis at {address}"))?;
    Ok(client)
}

/// The first `most` keys of this pattern that a scan comes upon.
pub(crate) async fn keys(client: &Client, pattern: &str, most: usize) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut scan = client.scan_buffered(pattern, Some(1_000), None::<ScanType>).boxed();
    while let Some(key) = scan.next().await {
        found.push(key?.into_string().context("keys are text")?);
        if found.len() >= most {
            break;
        }
    }
    Ok(found)
}

/// A number that `INFO` knows.
pub(crate) async fn info(client: &Client, kind: InfoKind, name: &str) -> anyhow::Result<u64> {
    let text: String = client.info(Some(kind)).await?;
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let value = lines.find(|(known, _)| *known == name).map(|(_, value)| value.trim());
    Ok(value.with_context(|| format!("INFO has no {name}"))?.parse()?)
}
