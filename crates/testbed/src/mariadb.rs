//! One MariaDB server.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::{Folder, Port, Process};

/// The account of the fleet and of tests. It listens on loopback only and vanishes with its folder.
const USER: &str = "hamdam";
const PASSWORD: &str = "companion";
/// `deploy/mysql/accounts.sql`.
const ACCOUNTS: &str = include_str!("../../../deploy/mysql/accounts.sql");
/// The accounts of these files: for the schema, and for everything else.
const MIGRATE: &str = "hamdam_migrate";
const SERVE: &str = "hamdam_serve";
/// The account that may change limits, and gets in beyond them.
const KEEPER: &str = "keeper";
/// The server takes no smaller limit.
const LEAST_CONNECTIONS: usize = 10;
/// Connections unless said otherwise.
const CONNECTIONS: usize = 200;
/// The fleet opens a connection again that was broken: so often is tried to be faster.
const ROUNDS: usize = 100;
/// Version of the protocol a greeting begins with.
const GREETED: u8 = 10;
/// The database that is there from the start.
const DATABASE: &str = "hamdam";

/// A MariaDB server on loopback, with an account that may do anything to databases named `hamdam...`.
#[derive(Debug)]
pub struct MariaDb {
    role: Role,
    process: Process,
    port: Port,
    folder: Folder,
}

/// What a server is to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Alone,
    Primary,
    Replica,
}

/// Every connection a server has, while this is held.
#[derive(Debug)]
pub struct Exhausted {
    _held: Vec<TcpStream>,
}

impl MariaDb {
    /// Founds a data folder, starts a server on it and waits until it answers.
    pub async fn start() -> Result<Self> {
        Self::start_as(Role::Alone).await
    }

    /// A server that replicas can follow.
    pub async fn start_primary() -> Result<Self> {
        Self::start_as(Role::Primary).await
    }

    /// A server that follows this primary.
    pub async fn start_replica(&self) -> Result<Self> {
        let replica = Self::start_as(Role::Replica).await?;
        let follow = format!(
            "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={}, MASTER_USER='{KEEPER}', \
             MASTER_PASSWORD='{PASSWORD}', MASTER_CONNECT_RETRY=1; START SLAVE",
            self.port.number()
        );
        replica.sql_as(KEEPER, &follow).await?;
        Ok(replica)
    }

    /// Lets a replica stand still, answering as before, or go on.
    pub async fn follow(&self, follows: bool) -> Result<()> {
        let what = if follows { "START" } else { "STOP" };
        self.sql_as(KEEPER, &format!("{what} SLAVE SQL_THREAD")).await.map(drop)
    }

    async fn start_as(role: Role) -> Result<Self> {
        let (port, folder) = (Port::free()?, Folder::new("mariadb")?);
        found(&folder).await?;
        let process = launch(role, &port, &folder)?;
        let mut server = Self { role, process, port, folder };
        server.ready().await?;
        Ok(server)
    }

    async fn ready(&mut self) -> Result<()> {
        let port = self.port.number();
        self.process.answers(|| greeted(port)).await
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// `mysql://user:password@127.0.0.1:port/hamdam`.
    pub fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    /// The same for another database.
    pub fn url_of(&self, database: &str) -> String {
        format!("mysql://{USER}:{PASSWORD}@{}/{database}", self.port.address())
    }

    /// Makes the accounts that operators are told to make. Answers the URL of the one that may change the schema.
    pub(crate) async fn accounts(&self) -> Result<String> {
        let accounts =
            ACCOUNTS.replace("password-of-migrate", PASSWORD).replace("password-of-serve", PASSWORD);
        self.sql(&accounts).await?;
        Ok(format!("mysql://{MIGRATE}:{PASSWORD}@{}/{DATABASE}", self.port.address()))
    }

    /// The URL of the account that instances have, by the server's address or by another way to it, such as a
    /// [`Wire`](crate::Wire).
    pub(crate) fn url_of_instances(address: &str) -> String {
        format!("mysql://{SERVE}:{PASSWORD}@{address}/{DATABASE}")
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> String {
        self.port.address()
    }

    /// Makes an empty database named `hamdam_<name>` and answers its URL, so that tests share a server and no rows.
    pub async fn database(&self, name: &str) -> Result<String> {
        let database = format!("hamdam_{name}");
        self.sql(&format!("DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database}")).await?;
        Ok(self.url_of(&database))
    }

    /// Runs SQL with the server's own client; answers the rows, a line each with tabs between columns.
    pub async fn sql(&self, sql: &str) -> Result<String> {
        self.sql_as(USER, sql).await
    }

    /// Backs the fleet's database up into its folder, as operators are told to. Answers what [`MariaDb::load`] takes.
    pub async fn dump(&self) -> Result<PathBuf> {
        let file = self.folder.path().join("hamdam.sql");
        let options = ["--single-transaction", "--quick", "--skip-lock-tables"];
        let to = format!("--result-file={}", file.display());
        self.client("mariadb-dump", USER, &[&options[..], &[&to, DATABASE]].concat()).await?;
        Ok(file)
    }

    /// Drops the fleet's database and puts a backup in its place.
    pub async fn load(&self, dump: &Path) -> Result<()> {
        self.sql(&format!("DROP DATABASE {DATABASE}; CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4"))
            .await?;
        let source = format!("source {}", dump.display());
        self.client("mariadb", USER, &[DATABASE, "--execute", &source]).await.map(drop)
    }

    async fn sql_as(&self, user: &str, sql: &str) -> Result<String> {
        self.client("mariadb", user, &["--batch", "--skip-column-names", "--execute", sql]).await
    }

    /// Runs one of the server's own programs to its end.
    async fn client(&self, program: &str, user: &str, arguments: &[&str]) -> Result<String> {
        let output = tokio::process::Command::new(program)
            .args(["--no-defaults", "--default-character-set=utf8mb4", "--host=127.0.0.1"])
            .arg(format!("--port={}", self.port.number()))
            .arg(format!("--user={user}"))
            .env("MYSQL_PWD", PASSWORD)
            .args(arguments)
            .kill_on_drop(true)
            .output()
            .await
            .with_context(|| format!("cannot start {program}"))?;
        if !output.status.success() {
            bail!("{program} {arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Breaks the connections of everybody and takes all there are, until [`MariaDb::restore`].
    pub async fn exhaust(&self) -> Result<Exhausted> {
        let break_others = format!(
            "KILL USER {USER}; KILL USER {SERVE}; \
             SELECT COUNT(*) FROM information_schema.processlist WHERE user IN ('{USER}', '{SERVE}')"
        );
        // What is held never logs in, and the server must not mind.
        let limit = format!("SET GLOBAL connect_timeout=600, GLOBAL max_connections={LEAST_CONNECTIONS}");
        self.sql_as(KEEPER, &format!("{limit}; {break_others}")).await?;
        let mut held = Vec::new();
        for _ in 0..ROUNDS {
            while held.len() < LEAST_CONNECTIONS
                && let Some(connection) = self.hold().await?
            {
                held.push(connection);
            }
            match self.sql_as(KEEPER, &break_others).await {
                Ok(others) if held.len() == LEAST_CONNECTIONS && others.trim() == "0" => {
                    return Ok(Exhausted { _held: held });
                }
                Ok(_) => {}
                // The one place beyond the limit, which is the keeper's, is held too, or somebody is being refused there.
                Err(_) => drop(held.pop()),
            }
        }
        bail!("the fleet keeps some of {LEAST_CONNECTIONS} connections: only {} could be taken", held.len())
    }

    /// One more connection, greeted and silent; none if there are no more.
    async fn hold(&self) -> Result<Option<TcpStream>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port.number())).await?;
        Ok((greeting(&mut stream).await? == GREETED).then_some(stream))
    }

    /// Lets everybody in again.
    pub async fn restore(&self, exhausted: Exhausted) -> Result<()> {
        self.sql_as(KEEPER, &format!("SET GLOBAL max_connections={CONNECTIONS}")).await?;
        drop(exhausted);
        Ok(())
    }

    /// The guarded process, for signals.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Kills it (SIGKILL). What was committed is there after [`MariaDb::start_again`].
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill().map(drop)
    }

    /// Stops it in good order (SIGTERM).
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await.map(drop)
    }

    /// Starts it again on the same port and folder after [`MariaDb::kill`] or [`MariaDb::stop`].
    pub async fn start_again(&mut self) -> Result<()> {
        self.process = launch(self.role, &self.port, &self.folder)?;
        self.ready().await
    }
}

/// Makes the data folder, and the statements that every start runs before it listens.
async fn found(folder: &Folder) -> Result<()> {
    let accounts = format!(
        "CREATE DATABASE IF NOT EXISTS {DATABASE};\n\
         CREATE USER IF NOT EXISTS '{USER}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n\
         GRANT ALL ON `{DATABASE}%`.* TO '{USER}'@'127.0.0.1' WITH GRANT OPTION;\n\
         GRANT PROCESS, CREATE USER ON *.* TO '{USER}'@'127.0.0.1';\n\
         CREATE USER IF NOT EXISTS '{KEEPER}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n\
         GRANT PROCESS, CONNECTION ADMIN, REPLICATION SLAVE, REPLICATION SLAVE ADMIN ON *.* TO '{KEEPER}'@'127.0.0.1';\n"
    );
    std::fs::write(folder.path().join("init.sql"), accounts)?;
    let output = tokio::process::Command::new("mariadb-install-db")
        .arg("--no-defaults")
        .arg(format!("--datadir={}", folder.path().join("data").display()))
        .args(["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"])
        .args(account())
        // A server that starts clears its folder of temporary tables, and every other's with it if that is shared.
        .env("TMPDIR", folder.path())
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot start mariadb-install-db (Debian package mariadb-server)")?;
    if !output.status.success() {
        let said = [output.stderr, output.stdout].concat();
        bail!("mariadb-install-db failed with {}: {}", output.status, String::from_utf8_lossy(&said));
    }
    Ok(())
}

fn launch(role: Role, port: &Port, folder: &Folder) -> Result<Process> {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut command = Command::new("mariadbd");
    command
        .arg("--no-defaults")
        .env("TMPDIR", folder.path())
        .arg(format!("--datadir={}", path("data")))
        .arg(format!("--socket={}", path("socket")))
        .arg(format!("--pid-file={}", path("pid")))
        .arg(format!("--init-file={}", path("init.sql")))
        .args(["--bind-address=127.0.0.1", "--skip-name-resolve"])
        .args(match role {
            Role::Alone => vec!["--skip-log-bin"],
            Role::Primary => vec!["--log-bin=binlog", "--server-id=1"],
            // Nobody but its primary writes there, save the account that keeps it.
            Role::Replica => vec!["--skip-log-bin", "--server-id=2"],
        })
        .arg(format!("--port={}", port.number()))
        // Sized for loopback tests beside everything else, with the durability of a real one.
        .args(["--innodb-buffer-pool-size=128M", "--innodb-log-file-size=64M"])
        .arg(format!("--max-connections={CONNECTIONS}"))
        .arg("--innodb-flush-log-at-trx-commit=1")
        .args(account());
    Process::start(format!("mariadbd {}", port.number()), &command, folder.path().join("mariadb.log"))
}

/// The server refuses to run as root unless told to.
fn account() -> Vec<&'static str> {
    if rustix::process::geteuid().is_root() { vec!["--user=root"] } else { Vec::new() }
}

/// Fails unless the server greets.
async fn greeted(port: u16) -> Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    match greeting(&mut stream).await? {
        GREETED => Ok(()),
        other => bail!("the server greets with {other}"),
    }
}

/// How the payload of the first packet begins: with the protocol's version, or 255 for an error.
async fn greeting(stream: &mut TcpStream) -> Result<u8> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await?;
    Ok(head[4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn with_every_connection_taken_nobody_gets_in_until_they_are_given_back() {
        let server = MariaDb::start().await.unwrap();
        let exhausted = server.exhaust().await.unwrap();
        let refused = server.sql("SELECT 1").await.unwrap_err().to_string();
        assert!(refused.contains("Too many connections"), "{refused}");
        server.restore(exhausted).await.unwrap();
        assert_eq!(server.sql("SELECT 1").await.unwrap().trim(), "1");
    }

    #[tokio::test]
    async fn what_was_committed_survives_a_kill() {
        let mut server = MariaDb::start().await.unwrap();
        let (port, url) = (server.port(), server.database("words").await.unwrap());
        assert!(url.ends_with("/hamdam_words"), "{url}");
        server
            .sql("CREATE TABLE hamdam_words.w (t TEXT CHARACTER SET utf8mb4); INSERT INTO hamdam_words.w VALUES ('همدم')")
            .await
            .unwrap();
        server.kill().unwrap();
        assert!(server.sql("SELECT 1").await.is_err());
        server.start_again().await.unwrap();
        assert_eq!(server.port(), port);
        assert_eq!(server.sql("SELECT t FROM hamdam_words.w").await.unwrap().trim(), "همدم");
    }
}
