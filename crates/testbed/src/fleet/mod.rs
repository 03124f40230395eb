//! A whole fleet on this machine: Redis, MariaDB, the simulator, instances and a balancer, all real, all on loopback.

mod control;
mod file;
mod instance;
mod operator;
mod options;
mod store;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

pub use control::{Request, ask, serve};
pub use file::{Bot, FleetFile, InstanceFile};
pub use instance::Instance;
pub use options::{Binaries, FleetOptions, Roles, StoreKind};
pub use store::Store;

use crate::probe::listens;
use crate::{Balancer, Clock, Folder, MariaDb, Port, Process, Wire};

/// A running fleet. Everything stops when it is dropped; [`Fleet::stop`] does so in good order.
///
/// The parts stand in the order in which they are to be dropped: nobody outlives what it needs.
#[derive(Debug)]
pub struct Fleet {
    /// The balancer.
    pub balancer: Balancer,
    /// The instances.
    pub instances: Vec<Instance>,
    /// The simulator.
    pub simulator: Process,
    /// The durable record.
    pub mariadb: MariaDb,
    /// Further databases, with their share of rooms.
    pub further: Vec<MariaDb>,
    /// The ways of the instances to live state, if they are to be broken: one for each instance.
    pub wires: Vec<Wire>,
    /// The way of all instances to the database, if it is to be broken.
    pub database_wire: Option<Wire>,
    /// The clocks of the instances, if they are to be set: one for each instance.
    pub clocks: Vec<Clock>,
    /// Live state.
    pub store: Store,
    telegram_url: String,
    bots: Vec<Bot>,
    environment: Vec<(String, String)>,
    roles: Option<Roles>,
    binaries: Binaries,
    home: Folder,
    _telegram: Port,
}

/// Where instances find the further databases.
const FURTHER: &str = "MYSQL_SHARD_URLS";

/// Local and worthless: the fleet listens on loopback only and vanishes.
const WEBHOOK_SECRET: &str = "a-secret-of-the-testbed-alone";

impl Fleet {
    /// Starts everything and registers the webhook of every bot.
    pub async fn start(options: &FleetOptions) -> Result<Self> {
        ensure!(options.instances > 0, "a fleet has at least one instance");
        ensure!(!options.wires || options.store == StoreKind::Single, "wires lead to a single redis-server");
        ensure!(options.bots > 0, "a fleet has at least one bot");
        let bots: Vec<Bot> = (0..options.bots).map(Bot::numbered).collect();
        let (port, folder) = (Port::free()?, Folder::new("simulator")?);
        let telegram_url = format!("http://{}", port.address());
        write_tokens(&bots, &folder)?;
        let (store, mariadb, simulator) = tokio::try_join!(
            Store::start(options),
            MariaDb::start(),
            start_simulator(options, &port, &folder),
        )?;
        let mut further = Vec::new();
        for _ in 0..options.further_databases {
            further.push(MariaDb::start().await?);
        }
        let database_wire = if options.wires { Some(Wire::to(&mariadb.address()).await?) } else { None };
        let address = database_wire.as_ref().map_or_else(|| mariadb.address(), Wire::address);
        let database_url = MariaDb::url_of_instances(&address);
        let mut environment = environment(options, &store, database_url, &telegram_url, &folder);
        let urls: Vec<_> =
            further.iter().map(|server| MariaDb::url_of_instances(&server.address())).collect();
        environment.push((FURTHER.to_owned(), urls.join(",")));
        migrate(&options.binaries.hamdam, &environment, &mariadb, &further, &folder).await?;
        let (mut instances, mut wires, mut clocks) = (Vec::new(), Vec::new(), Vec::new());
        let front = options.instances;
        let behind = options.roles.as_ref().map_or(0, |roles| roles.behind.len());
        for index in 0..front + behind {
            if options.wires {
                wires.push(Wire::to(&store.addresses()[0]).await?);
            }
            if options.clocks {
                clocks.push(Clock::new()?);
            }
            let roles = options.roles.as_ref().map(|roles| roles.of(index, front));
            let environment = own(wires.last(), clocks.last(), roles, &environment);
            instances.push(Instance::start(&options.binaries.hamdam, &environment).await?);
        }
        let addresses: Vec<String> = instances[..front].iter().map(Instance::listen).collect();
        let balancer = Balancer::start(options.balancer, &addresses).await?;
        let mut fleet = Self {
            balancer,
            instances,
            simulator,
            mariadb,
            further,
            wires,
            database_wire,
            clocks,
            store,
            telegram_url,
            bots,
            environment,
            roles: options.roles.clone(),
            binaries: options.binaries.clone(),
            home: folder,
            _telegram: port,
        };
        fleet.register_webhooks().await?;
        Ok(fleet)
    }

    async fn register_webhooks(&mut self) -> Result<()> {
        self.environment.push(("WEBHOOK_BASE_URL".to_owned(), self.balancer.url()));
        run(&self.binaries.hamdam, &["webhook", "set"], &self.environment, &self.home).await
    }

    /// What is known of it from outside.
    pub fn file(&self) -> FleetFile {
        FleetFile {
            webhook_url: self.balancer.url(),
            telegram_url: self.telegram_url.clone(),
            redis_url: self.store.url(),
            database_url: self.mariadb.url(),
            webhook_secret: WEBHOOK_SECRET.to_owned(),
            bots: self.bots.clone(),
            instances: self.instances.iter().map(Instance::file).collect(),
        }
    }

    /// Adds or removes instances while traffic flows: new ones are ready before the balancer knows them, and the
    /// balancer forgets old ones before they drain.
    pub async fn scale(&mut self, count: usize) -> Result<()> {
        ensure!(count > 0, "a fleet has at least one instance");
        ensure!(self.wires.is_empty() && self.clocks.is_empty(), "a fleet on wires or clocks keeps its size");
        ensure!(self.roles.is_none(), "a fleet whose instances have roles keeps its size");
        while self.instances.len() < count {
            self.instances.push(Instance::start(&self.binaries.hamdam, &self.environment).await?);
        }
        let mut leaving = self.instances.split_off(count);
        self.balancer.reload(&self.instances.iter().map(Instance::listen).collect::<Vec<_>>()).await?;
        for instance in &mut leaving {
            instance.drain().await?;
        }
        Ok(())
    }

    /// Makes it work for these bots and for no others, as an operator does while it runs. The simulator must know them.
    pub async fn change_bots(&mut self, bots: Vec<Bot>) -> Result<()> {
        let gone = self.bots.iter().filter(|bot| bots.iter().all(|other| other.id != bot.id));
        for bot in gone {
            let mut environment = self.environment.clone();
            environment.retain(|(name, _)| name != "BOT_TOKENS_FILE");
            environment.push(("BOT_TOKENS".to_owned(), bot.token.clone()));
            run(&self.binaries.hamdam, &["webhook", "delete"], &environment, &self.home).await?;
        }
        self.bots = bots;
        write_tokens(&self.bots, &self.home)?;
        for instance in &self.instances {
            instance.hang_up()?;
        }
        run(&self.binaries.hamdam, &["webhook", "set"], &self.environment, &self.home).await
    }

    /// Starts an instance again that was killed, on the ports it had.
    pub fn restart(&mut self, index: usize) -> Result<()> {
        let roles = self.roles.as_ref();
        let roles = roles.map(|roles| roles.of(index, self.instances.len() - roles.behind.len()));
        let instance =
            self.instances.get_mut(index).with_context(|| format!("there is no instance {index}"))?;
        let environment = own(self.wires.get(index), self.clocks.get(index), roles, &self.environment);
        instance.start_again(&self.binaries.hamdam, &environment)
    }

    /// Drains the instances; the rest needs no goodbye.
    pub async fn stop(mut self) -> Result<()> {
        for instance in &mut self.instances {
            instance.wake()?;
            instance.drain().await?;
        }
        Ok(())
    }
}

impl Bot {
    /// The bot at `index`, counted from 0: a fleet has the first few.
    pub fn numbered(index: usize) -> Self {
        let id = 7_000_000_000 + i64::try_from(index).expect("a handful of bots");
        Self { id, token: format!("{id}:{index:0>35}") }
    }
}

fn environment(
    options: &FleetOptions,
    store: &Store,
    database_url: String,
    telegram_url: &str,
    home: &Folder,
) -> Vec<(String, String)> {
    let mut environment = store.environment();
    let mut set = |name: &str, value: String| environment.push((name.to_owned(), value));
    set("BOT_TOKENS_FILE", tokens(home).display().to_string());
    set("TELEGRAM_API_URL", telegram_url.to_owned());
    set("WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned());
    set("DATABASE_URL", database_url);
    set("BOT_RATE_LIMIT", options.rate_of_instances());
    // A few people meet again and again.
    set("NOT_AGAIN_HOURS", "0".to_owned());
    // Several instances share a few cores with everything else: more threads would only wake one another.
    set("TOKIO_WORKER_THREADS", "1".to_owned());
    set("RUST_LOG", "warn,hamdam=info".to_owned());
    environment.extend(options.environment.iter().cloned());
    environment
}

/// Brings the databases to the program's schema, by the accounts that may.
async fn migrate(
    binary: &Path,
    environment: &[(String, String)],
    mariadb: &MariaDb,
    further: &[MariaDb],
    folder: &Folder,
) -> Result<()> {
    let mut urls = Vec::new();
    for server in further {
        urls.push(server.accounts().await?);
    }
    let accounts =
        [("DATABASE_URL".to_owned(), mariadb.accounts().await?), (FURTHER.to_owned(), urls.join(","))];
    let environment: Vec<_> = environment.iter().cloned().chain(accounts).collect();
    run(binary, &["migrate"], &environment, folder).await
}

/// The environment of an instance that reaches live state by this wire, sees this clock and has these roles, where they
/// are given.
fn own(
    wire: Option<&Wire>,
    clock: Option<&Clock>,
    roles: Option<&str>,
    environment: &[(String, String)],
) -> Vec<(String, String)> {
    let wire = wire.map(|wire| ("REDIS_URL".to_owned(), format!("redis://{}", wire.address())));
    let clock = clock.map(Clock::environment).unwrap_or_default();
    let roles = roles.map(|roles| ("ROLES".to_owned(), roles.to_owned()));
    environment.iter().cloned().chain(wire).chain(clock).chain(roles).collect()
}

/// Where the tokens are, for all who need them.
fn tokens(home: &Folder) -> PathBuf {
    home.path().join("bots")
}

/// In one move, so that nobody reads half of them.
fn write_tokens(bots: &[Bot], home: &Folder) -> Result<()> {
    let (there, beside) = (tokens(home), home.path().join("bots.new"));
    std::fs::write(&beside, bots.iter().map(|bot| bot.token.as_str()).collect::<Vec<_>>().join("\n"))?;
    std::fs::rename(beside, there).context("cannot write the tokens")
}

async fn start_simulator(options: &FleetOptions, port: &Port, folder: &Folder) -> Result<Process> {
    let mut command = Command::new(&options.binaries.loadtest);
    command
        .args(["telegram", "--listen", &port.address(), "--bot-rate", &options.bot_rate, "--bots"])
        .arg(tokens(folder));
    let mut simulator = Process::start("simulator", &command, folder.path().join("simulator.log"))?;
    let address = port.address();
    simulator.answers(|| listens(&address)).await?;
    Ok(simulator)
}

/// Runs a command of `hamdam` to its end.
async fn run(
    binary: &Path,
    arguments: &[&str],
    environment: &[(String, String)],
    folder: &Folder,
) -> Result<()> {
    let output = tokio::process::Command::new(binary)
        .args(arguments)
        .current_dir(folder.path())
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("cannot start {}", binary.display()))?;
    ensure!(
        output.status.success(),
        "hamdam {} ended with {}: {}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
