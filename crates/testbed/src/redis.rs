//! One redis-server.

use std::fmt::Write;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{Folder, Port, Process};

/// `deploy/redis/single.conf`.
const SHIPPED: &str = include_str!("../../../deploy/redis/single.conf");
/// `deploy/redis/users.conf`.
const USERS: &str = include_str!("../../../deploy/redis/users.conf");
/// What the fleet's account is called in these files.
const OF_FLEET: &str = "user default on >password-of-the-fleet ";
/// The fleet's account here, where the one without a name is the testbed's own.
const FLEET: &str = "hamdam";
const PASSWORD: &str = "companion";

/// How a redis-server is started. The default keeps nothing on disk and has no limit.
#[derive(Clone, Debug, Default)]
pub struct RedisOptions {
    /// The text of a configuration file, which then says what the next two fields say otherwise.
    pub file: Option<String>,
    /// Keep an append-only file and flush it with every write, so that a kill loses nothing that was answered.
    pub appendonly: bool,
    /// `maxmemory` in bytes with `noeviction`; 0 sets no limit.
    pub maxmemory: u64,
    /// `requirepass`.
    pub password: Option<String>,
    /// More arguments, as on the command line: `["--loglevel", "debug"]`.
    pub arguments: Vec<String>,
}

impl RedisOptions {
    /// As the project tells operators to run one server.
    pub fn shipped() -> Self {
        Self { file: Some(SHIPPED.to_owned()), ..Self::default() }
    }
}

/// A redis-server on loopback.
#[derive(Debug)]
pub struct Redis {
    process: Process,
    options: RedisOptions,
    port: Port,
    folder: Folder,
}

impl Redis {
    /// Starts one with default options.
    pub async fn start() -> Result<Self> {
        Self::start_with(RedisOptions::default()).await
    }

    /// Starts one and waits until it answers.
    pub async fn start_with(options: RedisOptions) -> Result<Self> {
        let (port, folder) = (Port::free()?, Folder::new("redis")?);
        let process = launch(&options, &port, &folder)?;
        let mut redis = Self { process, options, port, folder };
        redis.ready().await?;
        Ok(redis)
    }

    async fn ready(&mut self) -> Result<()> {
        let (port, password) = (self.port.number(), self.options.password.clone());
        // While the append-only file is read, PING is answered with -LOADING.
        self.process
            .answers(|| async {
                match ask(port, password.as_deref(), &["PING"]).await?.as_str() {
                    "+PONG" => Ok(()),
                    other => bail!("PING was answered {other:?}"),
                }
            })
            .await
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> String {
        self.port.address()
    }

    /// `redis://127.0.0.1:port`, with the password if it has one.
    pub fn url(&self) -> String {
        match &self.options.password {
            Some(password) => format!("redis://:{password}@{}", self.address()),
            None => format!("redis://{}", self.address()),
        }
    }

    /// The same for the fleet's account, which may do what `deploy/redis/users.conf` lets it do.
    pub fn url_of_fleet(&self) -> String {
        format!("redis://{FLEET}:{PASSWORD}@{}", self.address())
    }

    pub(crate) fn options(&self) -> &RedisOptions {
        &self.options
    }

    pub(crate) fn password(&self) -> Option<&str> {
        self.options.password.as_deref()
    }

    /// The guarded process, for signals.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Sends one command and answers the first line of the reply as it stands on the wire.
    pub async fn ask(&self, command: &[&str]) -> Result<String> {
        ask(self.port(), self.options.password.as_deref(), command).await
    }

    /// Fails unless its replicas acknowledge what is written.
    pub(crate) async fn replicas_follow(&self, replicas: usize) -> Result<()> {
        replicas_follow(self.port(), self.options.password.as_deref(), replicas).await
    }

    /// Kills it (SIGKILL). What was not in the append-only file is gone.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill().map(drop)
    }

    /// Stops it in good order (SIGTERM).
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await.map(drop)
    }

    /// Starts it again on the same port and folder after [`Redis::kill`] or [`Redis::stop`].
    pub async fn start_again(&mut self) -> Result<()> {
        self.process = launch(&self.options, &self.port, &self.folder)?;
        self.ready().await
    }
}

fn launch(options: &RedisOptions, port: &Port, folder: &Folder) -> Result<Process> {
    let mut command = Command::new("redis-server");
    if let Some(text) = &options.file {
        let file = folder.path().join("redis.conf");
        // Redis itself changes the file at a fail-over.
        if !file.exists() {
            std::fs::write(&file, text)?;
        }
        command.arg(file);
    }
    command.args(["--port", &port.number().to_string(), "--bind", "127.0.0.1", "--daemonize", "no", "--dir"]);
    command.arg(folder.path());
    if options.file.is_none() {
        command
            .args(["--save", "", "--appendonly", if options.appendonly { "yes" } else { "no" }])
            .args(["--appendfsync", "always", "--maxmemory-policy", "noeviction"])
            .args(["--maxmemory", &options.maxmemory.to_string()]);
    }
    if let Some(password) = &options.password {
        command.args(["--requirepass", password]);
    }
    let rights = USERS.lines().find_map(|line| line.strip_prefix(OF_FLEET));
    let rights = rights.context("the accounts of Redis no longer begin as they did")?;
    command.args(["--user", FLEET, "on", &format!(">{PASSWORD}")]).args(rights.split(' '));
    command.args(&options.arguments);
    Process::start(format!("redis-server {}", port.number()), &command, folder.path().join("redis.log"))
}

/// One command on a connection of its own. The testbed brings no Redis client: what it needs is a line.
pub(crate) async fn ask(port: u16, password: Option<&str>, command: &[&str]) -> Result<String> {
    exchange(&mut connect(port, password).await?, command).await
}

/// Fails unless so many replicas of this master acknowledge what is written. A master calls a replica online when it
/// has sent it everything, up to a second before the replica acknowledges anything; what is written meanwhile waits in
/// vain for it.
pub(crate) async fn replicas_follow(port: u16, password: Option<&str>, replicas: usize) -> Result<()> {
    let mut stream = connect(port, password).await?;
    // A write that needs no key, so that every master of a Cluster takes it.
    let flushed = exchange(&mut stream, &["FUNCTION", "FLUSH"]).await?;
    ensure!(flushed == "+OK", "FUNCTION FLUSH was answered {flushed}");
    let followed = exchange(&mut stream, &["WAIT", &replicas.to_string(), "1000"]).await?;
    ensure!(followed == format!(":{replicas}"), "{followed} of {replicas} replicas acknowledge a write");
    Ok(())
}

async fn connect(port: u16, password: Option<&str>) -> Result<TcpStream> {
    let mut stream =
        TcpStream::connect(("127.0.0.1", port)).await.with_context(|| format!("no answer on port {port}"))?;
    if let Some(password) = password {
        let answer = exchange(&mut stream, &["AUTH", password]).await?;
        if answer != "+OK" {
            bail!("AUTH was answered {answer:?}");
        }
    }
    Ok(stream)
}

/// Writes a command and reads its reply: a simple reply as its line, a bulk string as its content.
async fn exchange(stream: &mut TcpStream, command: &[&str]) -> Result<String> {
    let mut request = format!("*{}\r\n", command.len());
    for part in command {
        write!(request, "${}\r\n{part}\r\n", part.len())?;
    }
    stream.write_all(request.as_bytes()).await?;
    let line = read_line(stream).await?;
    match line.strip_prefix('$') {
        None | Some("-1") => Ok(line),
        Some(length) => {
            let mut content = vec![0; length.parse::<usize>()? + 2];
            stream.read_exact(&mut content).await?;
            content.truncate(content.len() - 2);
            Ok(String::from_utf8(content)?)
        }
    }
}

async fn read_line(stream: &mut TcpStream) -> Result<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(stream.read_u8().await?);
    }
    line.truncate(line.len() - 2);
    Ok(String::from_utf8(line)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_answered_survives_a_kill_with_the_append_only_file() {
        let options = RedisOptions { appendonly: true, ..RedisOptions::default() };
        let mut redis = Redis::start_with(options).await.unwrap();
        let port = redis.port();
        assert_eq!(redis.ask(&["SET", "word", "companion"]).await.unwrap(), "+OK");
        redis.kill().unwrap();
        assert!(redis.ask(&["PING"]).await.is_err());
        redis.start_again().await.unwrap();
        assert_eq!(redis.port(), port);
        assert_eq!(redis.ask(&["GET", "word"]).await.unwrap(), "companion");
    }

    #[tokio::test]
    async fn the_shipped_file_keeps_what_was_answered_and_evicts_nothing() {
        let mut redis = Redis::start_with(RedisOptions::shipped()).await.unwrap();
        for (section, line) in [("memory", "maxmemory_policy:noeviction"), ("persistence", "aof_enabled:1")] {
            let info = redis.ask(&["INFO", section]).await.unwrap();
            assert!(info.lines().any(|found| found == line), "{line} is missing in {info}");
        }
        assert_eq!(redis.ask(&["SET", "word", "companion"]).await.unwrap(), "+OK");
        redis.kill().unwrap();
        redis.start_again().await.unwrap();
        assert_eq!(redis.ask(&["GET", "word"]).await.unwrap(), "companion");
        // A limit it has reached already: growing is refused, and what is there stays.
        assert_eq!(redis.ask(&["CONFIG", "SET", "maxmemory", "1"]).await.unwrap(), "+OK");
        assert!(redis.ask(&["SET", "other", "word"]).await.unwrap().starts_with("-OOM"));
        assert_eq!(redis.ask(&["GET", "word"]).await.unwrap(), "companion");
    }

    #[tokio::test]
    async fn a_password_is_needed_where_one_is_set() {
        let options = RedisOptions { password: Some("secret".to_owned()), ..RedisOptions::default() };
        let redis = Redis::start_with(options).await.unwrap();
        assert!(ask(redis.port(), None, &["PING"]).await.unwrap().starts_with("-NOAUTH"));
        assert_eq!(redis.ask(&["PING"]).await.unwrap(), "+PONG");
    }

    #[tokio::test]
    async fn a_limit_refuses_what_grows() {
        let options = RedisOptions { maxmemory: 1, ..RedisOptions::default() };
        let redis = Redis::start_with(options).await.unwrap();
        assert!(redis.ask(&["SET", "word", "companion"]).await.unwrap().starts_with("-OOM"));
    }
}
