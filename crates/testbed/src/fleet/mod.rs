//! A whole fleet on this machine: Redis, MariaDB, the simulator, instances and a balancer, all real, all on loopback.

mod control;
mod file;
mod instance;
mod options;
mod store;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

pub use control::{Request, ask, serve};
pub use file::{Bot, FleetFile, InstanceFile};
pub use instance::Instance;
pub use options::{Binaries, FleetOptions, StoreKind};
pub use store::Store;

use crate::process::listens;
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
    senders: usize,
    binaries: Binaries,
    home: Folder,
    _telegram: Port,
}

/// Local and worthless: the fleet listens on loopback only and vanishes.
const WEBHOOK_SECRET: &str = "a-secret-of-the-testbed-alone";

/// `ROLES` of the instances behind the balancer, and of the others, where there are others.
const FRONT: &str = "webhook,matchmaker";
const SENDER: &str = "sender,journal";

impl Fleet {
    /// Starts everything and registers the webhook of every bot.
    pub async fn start(options: &FleetOptions) -> Result<Self> {
        ensure!(options.instances > 0, "a fleet has at least one instance");
        ensure!(!options.wires || options.store == StoreKind::Single, "wires lead to a single redis-server");
        ensure!(options.bots > 0, "a fleet has at least one bot");
        let bots: Vec<Bot> = (0..options.bots).map(Bot::numbered).collect();
        let (port, folder) = (Port::free()?, Folder::new("simulator")?);
        let telegram_url = format!("http://{}", port.address());
        let (store, mariadb, simulator) = tokio::try_join!(
            Store::start(options),
            MariaDb::start(),
            start_simulator(options, &bots, &port, &folder),
        )?;
        let database_wire = if options.wires { Some(Wire::to(&mariadb.address()).await?) } else { None };
        let database_url =
            database_wire.as_ref().map_or_else(|| mariadb.url(), |wire| mariadb.url_by(&wire.address()));
        let environment = environment(options, &store, database_url, &telegram_url, &bots);
        run(&options.binaries.hamdam, &["migrate"], &environment, &folder).await?;
        let (mut instances, mut wires, mut clocks) = (Vec::new(), Vec::new(), Vec::new());
        let front = options.instances;
        for index in 0..front + options.senders {
            if options.wires {
                wires.push(Wire::to(&store.addresses()[0]).await?);
            }
            if options.clocks {
                clocks.push(Clock::new()?);
            }
            let roles = (options.senders > 0).then_some(if index < front { FRONT } else { SENDER });
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
            wires,
            database_wire,
            clocks,
            store,
            telegram_url,
            bots,
            environment,
            senders: options.senders,
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
        ensure!(self.senders == 0, "a fleet with senders of its own keeps its size");
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

    /// Starts an instance again that was killed, on the ports it had.
    pub fn restart(&mut self, index: usize) -> Result<()> {
        let front = self.instances.len() - self.senders;
        let roles = (self.senders > 0).then_some(if index < front { FRONT } else { SENDER });
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
    fn numbered(index: usize) -> Self {
        let id = 7_000_000_000 + i64::try_from(index).expect("a handful of bots");
        Self { id, token: format!("{id}:{index:0>35}") }
    }
}

fn environment(
    options: &FleetOptions,
    store: &Store,
    database_url: String,
    telegram_url: &str,
    bots: &[Bot],
) -> Vec<(String, String)> {
    let tokens: Vec<&str> = bots.iter().map(|bot| bot.token.as_str()).collect();
    let mut environment = store.environment();
    let mut set = |name: &str, value: String| environment.push((name.to_owned(), value));
    set("BOT_TOKENS", tokens.join(","));
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

async fn start_simulator(
    options: &FleetOptions,
    bots: &[Bot],
    port: &Port,
    folder: &Folder,
) -> Result<Process> {
    let tokens = folder.path().join("bots");
    std::fs::write(&tokens, bots.iter().map(|bot| bot.token.as_str()).collect::<Vec<_>>().join("\n"))?;
    let mut command = Command::new(&options.binaries.loadtest);
    command
        .args(["telegram", "--listen", &port.address(), "--bot-rate", &options.bot_rate, "--bots"])
        .arg(&tokens);
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
