//! Reads HTTP/1.1 responses off a connection.

use bytes::{Buf, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// An answer of a webhook.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) reason: String,
    /// Whether the connection may carry another request.
    pub(super) keep_alive: bool,
    /// Whole seconds; 0 if there is none.
    pub(super) retry_after: u32,
    body: Vec<u8>,
}

/// Why there is no response.
#[derive(Debug)]
pub(super) enum ReadError {
    Io(std::io::Error),
    Closed,
    Malformed,
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

const LARGEST_HEAD: usize = 64 << 10;
const LARGEST_BODY: usize = 1 << 20;

impl Response {
    /// The call that the body asks for: a JSON object with `method`.
    pub(super) fn call(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        if self.body.first() != Some(&b'{') {
            return None;
        }
        let object: serde_json::Map<_, _> = serde_json::from_slice(&self.body).ok()?;
        object.get("method")?.as_str()?;
        Some(object)
    }
}

/// What was read and not yet used.
#[derive(Debug, Default)]
pub(super) struct Reader {
    buffer: BytesMut,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug)]
enum Length {
    Known(usize),
    Chunked,
    UntilClose,
}

struct Head {
    response: Response,
    length: Length,
    size: usize,
}

impl Reader {
    /// Waits until an idle connection ends, or says something unasked, which ends it too.
    pub(super) async fn hangup(&mut self, stream: &mut TcpStream) -> Option<std::io::Error> {
        loop {
            if let Err(error) = stream.readable().await {
                return Some(error);
            }
            match stream.try_read(&mut [0]) {
                Ok(_) => return None,
                // Readiness may be left over from the last answer.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Some(error),
            }
        }
    }

    /// The next response.
    pub(super) async fn response(&mut self, stream: &mut TcpStream) -> Result<Response, ReadError> {
        loop {
            let head = loop {
                if let Some(head) = self.head()? {
                    break head;
                }
                if self.buffer.len() > LARGEST_HEAD {
                    return Err(ReadError::Malformed);
                }
                self.more(stream).await?;
            };
            self.buffer.advance(head.size);
            let mut response = head.response;
            if (100..200).contains(&response.status) {
                continue;
            }
            response.body = match head.length {
                Length::Known(length) => self.exactly(stream, length).await?,
                Length::Chunked => self.chunks(stream).await?,
                Length::UntilClose => self.rest(stream).await?,
            };
            return Ok(response);
        }
    }

    fn head(&self) -> Result<Option<Head>, ReadError> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Response::new(&mut headers);
        let Ok(status) = parsed.parse(&self.buffer) else { return Err(ReadError::Malformed) };
        let httparse::Status::Complete(size) = status else { return Ok(None) };
        let status = parsed.code.ok_or(ReadError::Malformed)?;
        let header = |name: &str| {
            let found = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
            found.and_then(|header| std::str::from_utf8(header.value).ok()).map(str::trim)
        };
        let connection = header("connection").unwrap_or_default().to_ascii_lowercase();
        let length = if status < 200 || status == 204 || status == 304 {
            Length::Known(0)
        } else if header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            Length::Chunked
        } else if let Some(length) = header("content-length") {
            let length = length.parse().ok().filter(|length| *length <= LARGEST_BODY);
            Length::Known(length.ok_or(ReadError::Malformed)?)
        } else {
            Length::UntilClose
        };
        let persistent =
            if parsed.version == Some(0) { connection == "keep-alive" } else { connection != "close" };
        let response = Response {
            status,
            reason: parsed.reason.unwrap_or_default().to_owned(),
            keep_alive: persistent && !matches!(length, Length::UntilClose),
            retry_after: header("retry-after").and_then(|value| value.parse().ok()).unwrap_or(0),
            body: Vec::new(),
        };
        Ok(Some(Head { response, length, size }))
    }

    async fn more(&mut self, stream: &mut TcpStream) -> Result<(), ReadError> {
        if stream.read_buf(&mut self.buffer).await? == 0 { Err(ReadError::Closed) } else { Ok(()) }
    }

    async fn exactly(&mut self, stream: &mut TcpStream, length: usize) -> Result<Vec<u8>, ReadError> {
        while self.buffer.len() < length {
            self.more(stream).await?;
        }
        Ok(self.buffer.split_to(length).to_vec())
    }

    async fn chunks(&mut self, stream: &mut TcpStream) -> Result<Vec<u8>, ReadError> {
        let mut body = Vec::new();
        loop {
            let line = self.line(stream).await?;
            let size = line.split(|byte| *byte == b';').next().unwrap_or_default();
            let size =
                std::str::from_utf8(size).ok().and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
            let size = size.filter(|size| body.len() + size <= LARGEST_BODY).ok_or(ReadError::Malformed)?;
            if size == 0 {
                while !self.line(stream).await?.is_empty() {}
                return Ok(body);
            }
            body.extend_from_slice(&self.exactly(stream, size).await?);
            if !self.line(stream).await?.is_empty() {
                return Err(ReadError::Malformed);
            }
        }
    }

    /// A line without its end.
    async fn line(&mut self, stream: &mut TcpStream) -> Result<Vec<u8>, ReadError> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.buffer.split_to(end).to_vec();
                self.buffer.advance(2);
                return Ok(line);
            }
            if self.buffer.len() > LARGEST_HEAD {
                return Err(ReadError::Malformed);
            }
            self.more(stream).await?;
        }
    }

    async fn rest(&mut self, stream: &mut TcpStream) -> Result<Vec<u8>, ReadError> {
        loop {
            match self.more(stream).await {
                Ok(()) if self.buffer.len() <= LARGEST_BODY => {}
                Ok(()) => return Err(ReadError::Malformed),
                Err(ReadError::Closed) => return Ok(self.buffer.split().to_vec()),
                Err(error) => return Err(error),
            }
        }
    }
}
