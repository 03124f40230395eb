//! One MariaDB server.

use std::process::Command;

use anyhow::{Context, Result, bail};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::{Folder, Port, Process};

/// The account of the fleet and of tests. It listens on loopback only and vanishes with its folder.
const USER: &str = "hamdam";
const PASSWORD: &str = "companion";
/// The database that is there from the start.
const DATABASE: &str = "hamdam";

/// A MariaDB server on loopback, with an account that may do anything to databases named `hamdam...`.
#[derive(Debug)]
pub struct MariaDb {
    process: Process,
    port: Port,
    folder: Folder,
}

impl MariaDb {
    /// Founds a data folder, starts a server on it and waits until it answers.
    pub async fn start() -> Result<Self> {
        let (port, folder) = (Port::free()?, Folder::new("mariadb")?);
        found(&folder).await?;
        let process = launch(&port, &folder)?;
        let mut server = Self { process, port, folder };
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

    /// Makes an empty database named `hamdam_<name>` and answers its URL, so that tests share a server and no rows.
    pub async fn database(&self, name: &str) -> Result<String> {
        let database = format!("hamdam_{name}");
        self.sql(&format!("DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database}")).await?;
        Ok(self.url_of(&database))
    }

    /// Runs SQL with the server's own client; answers the rows, a line each with tabs between columns.
    pub async fn sql(&self, sql: &str) -> Result<String> {
        let output = tokio::process::Command::new("mariadb")
            .args([
                "--no-defaults",
                "--batch",
                "--skip-column-names",
                "--default-character-set=utf8mb4",
                "--host=127.0.0.1",
            ])
            .arg(format!("--port={}", self.port.number()))
            .arg(format!("--user={USER}"))
            .env("MYSQL_PWD", PASSWORD)
            .args(["--execute", sql])
            .kill_on_drop(true)
            .output()
            .await
            .context("cannot start mariadb")?;
        if !output.status.success() {
            bail!("{sql:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
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
        self.process = launch(&self.port, &self.folder)?;
        self.ready().await
    }
}

/// Makes the data folder, and the statements that every start runs before it listens.
async fn found(folder: &Folder) -> Result<()> {
    let accounts = format!(
        "CREATE DATABASE IF NOT EXISTS {DATABASE};\n\
         CREATE USER IF NOT EXISTS '{USER}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n\
         GRANT ALL ON `{DATABASE}%`.* TO '{USER}'@'127.0.0.1' WITH GRANT OPTION;\n\
         GRANT PROCESS, CREATE USER ON *.* TO '{USER}'@'127.0.0.1';\n"
    );
    std::fs::write(folder.path().join("init.sql"), accounts)?;
    let output = tokio::process::Command::new("mariadb-install-db")
        .arg("--no-defaults")
        .arg(format!("--datadir={}", folder.path().join("data").display()))
        .args(["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"])
        .args(account())
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

fn launch(port: &Port, folder: &Folder) -> Result<Process> {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut command = Command::new("mariadbd");
    command
        .arg("--no-defaults")
        .arg(format!("--datadir={}", path("data")))
        .arg(format!("--socket={}", path("socket")))
        .arg(format!("--pid-file={}", path("pid")))
        .arg(format!("--init-file={}", path("init.sql")))
        .args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"])
        .arg(format!("--port={}", port.number()))
        // Sized for loopback tests beside everything else, with the durability of a real one.
        .args(["--innodb-buffer-pool-size=128M", "--innodb-log-file-size=64M", "--max-connections=200"])
        .arg("--innodb-flush-log-at-trx-commit=1")
        .args(account());
    Process::start(format!("mariadbd {}", port.number()), &command, folder.path().join("mariadb.log"))
}

/// The server refuses to run as root unless told to.
fn account() -> Vec<&'static str> {
    if rustix::process::geteuid().is_root() { vec!["--user=root"] } else { Vec::new() }
}

/// Waits for the server's greeting: a packet whose payload begins with protocol version 10, or 255 for an error.
async fn greeted(port: u16) -> Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut head = [0; 5];
    stream.read_exact(&mut head).await?;
    if head[4] == 10 { Ok(()) } else { bail!("the server greets with {}", head[4]) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
