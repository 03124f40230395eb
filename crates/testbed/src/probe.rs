//! Whether a service is there.

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Something accepts connections at this address.
pub(crate) async fn listens(address: &str) -> Result<()> {
    TcpStream::connect(address).await.with_context(|| format!("nobody listens on {address}"))?;
    Ok(())
}

/// A GET of this path is answered 200.
pub(crate) async fn serves(address: &str, path: &str) -> Result<()> {
    let answer = get(address, path).await?;
    ensure!(answer.starts_with("HTTP/1.1 200"), "{path} was answered {answer:?}");
    Ok(())
}

/// The whole answer to one GET, head included.
pub(crate) async fn get(address: &str, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
