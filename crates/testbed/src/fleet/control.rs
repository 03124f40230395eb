//! Changing a running fleet from another process: one line in, one line out, over a socket beside `fleet.json`.

use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::Fleet;

/// What can be asked of a running fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Have so many instances.
    Scale(usize),
    /// Kill an instance with -9.
    Kill(usize),
    /// Start a killed instance again, on its ports.
    Restart(usize),
    /// Stop an instance where it stands (SIGSTOP).
    Pause(usize),
    /// Let it go on (SIGCONT).
    Wake(usize),
}

impl Request {
    fn parts(self) -> (&'static str, usize) {
        match self {
            Self::Scale(count) => ("scale", count),
            Self::Kill(index) => ("kill", index),
            Self::Restart(index) => ("restart", index),
            Self::Pause(index) => ("pause", index),
            Self::Wake(index) => ("wake", index),
        }
    }
}

impl FromStr for Request {
    type Err = anyhow::Error;

    fn from_str(line: &str) -> Result<Self> {
        let (verb, number) = line.trim().split_once(' ').context("want a verb and a number")?;
        let number = number.parse().with_context(|| format!("{number:?} is not a number"))?;
        Ok(match verb {
            "scale" => Self::Scale(number),
            "kill" => Self::Kill(number),
            "restart" => Self::Restart(number),
            "pause" => Self::Pause(number),
            "wake" => Self::Wake(number),
            _ => bail!("unknown verb {verb:?}: scale, kill, restart, pause, wake"),
        })
    }
}

impl Fleet {
    /// Does what was asked.
    pub async fn obey(&mut self, request: Request) -> Result<()> {
        let there = self.instances.len();
        let missing =
            || format!("there is no such instance: they are numbered from 0, and there are {there}");
        match request {
            Request::Scale(count) => self.scale(count).await,
            Request::Kill(index) => self.instances.get_mut(index).with_context(missing)?.kill(),
            Request::Restart(index) => self.restart(index),
            Request::Pause(index) => self.instances.get(index).with_context(missing)?.pause(),
            Request::Wake(index) => self.instances.get(index).with_context(missing)?.wake(),
        }
    }
}

/// Obeys requests, one at a time, and rewrites `file` after each; never returns by itself.
pub async fn serve(fleet: &mut Fleet, socket: &Path, file: &Path) -> Result<()> {
    // Left by a fleet that was killed; a running one would have been found by its file.
    let _ = std::fs::remove_file(socket);
    let listener =
        UnixListener::bind(socket).with_context(|| format!("cannot listen on {}", socket.display()))?;
    loop {
        let (stream, _) = listener.accept().await?;
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let outcome = match line.parse() {
            Ok(request) => fleet.obey(request).await,
            Err(error) => Err(error),
        };
        fleet.file().write(file)?;
        let answer = match outcome {
            Ok(()) => "ok\n".to_owned(),
            Err(error) => format!("{error:#}\n"),
        };
        // Whoever asked may have gone; what they asked for is done all the same.
        let _ = stream.get_mut().write_all(answer.as_bytes()).await;
    }
}

/// Asks a running fleet and waits until it has obeyed.
pub async fn ask(socket: &Path, request: Request) -> Result<()> {
    let stream =
        UnixStream::connect(socket).await.context("no fleet runs here (start one with ./dev fleet)")?;
    let mut stream = BufReader::new(stream);
    let (verb, number) = request.parts();
    stream.get_mut().write_all(format!("{verb} {number}\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_line(&mut answer).await?;
    match answer.trim() {
        "ok" => Ok(()),
        "" => bail!("the fleet ended before it answered"),
        error => bail!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_as_they_are_written() {
        for request in
            [Request::Scale(5), Request::Kill(0), Request::Restart(1), Request::Pause(2), Request::Wake(2)]
        {
            let (verb, number) = request.parts();
            assert_eq!(format!("{verb} {number}\n").parse::<Request>().unwrap(), request);
        }
        assert!("scale".parse::<Request>().is_err());
        assert!("scale -1".parse::<Request>().is_err());
        assert!("explode 1".parse::<Request>().unwrap_err().to_string().contains("scale, kill"));
    }
}
