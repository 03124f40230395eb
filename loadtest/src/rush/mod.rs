//! `loadtest rush`: everybody comes and searches in the same moment. How long until they all sit in a room?

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{bail, ensure};
use fred::prelude::{Client, ClientLike, HashesInterface};
use hamdam_testbed::fleet::{Binaries, Fleet, FleetOptions};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::gauge::store::{connect, keys};
use crate::report::{self, Phase, Verdict, write_json};
use crate::run::{Control, Drive, Ground};
use crate::users::{Habits, Plan};

/// How often is looked.
const LOOK: Duration = Duration::from_millis(50);
/// All of them sit in a room within that time, or something else is wrong.
const LONGEST: Duration = Duration::from_mins(2);
/// Joins per second of people who do not wait for one another.
const AT_ONCE: f64 = 1e9;
/// They talk so long, in seconds: enough for the oracle to see that messages pass.
const TALK: u64 = 20;

/// Everybody comes and searches in the same moment; tells how long after the last webhook was acknowledged all of them
/// sit in a room, as live state has it: Telegram tells them as fast as it takes calls.
///
/// Example: loadtest rush --users 20000 --kill-leader
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many people.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub users: u32,
    /// Bots they come to. None has a limit.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..))]
    pub bots: u8,
    /// Instances behind nginx.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub instances: u8,
    /// Kills the instance that leads the pool when a quarter sits in a room, and starts it again when all do.
    #[arg(long)]
    pub kill_leader: bool,
    /// Where the figures are written.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Rushed {
    /// How many people.
    pub users: u32,
    /// Of them, in a room when nobody was left who could be: all, or all but the odd one of each bot.
    pub seated: u64,
    /// From the first update to the last webhook acknowledged, in seconds.
    pub acknowledged_after_seconds: f64,
    /// From there until they sat, in seconds; 0 if they sat before.
    pub seated_after_seconds: f64,
    /// Whether the leader was killed meanwhile.
    pub leader_killed: bool,
    /// The oracle's verdict on all that followed.
    pub verdict: Verdict,
}

/// Measures, prints, and fails if the oracle is not content.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let rushed = Box::pin(rush(&options)).await?;
    write_json(options.json.as_deref(), &rushed)?;
    println!("{}", report::table(&rushed.verdict));
    println!(
        "  {} of {} in a room {:.2} s after the last webhook was acknowledged, which took {:.1} s{}",
        rushed.seated,
        rushed.users,
        rushed.seated_after_seconds,
        rushed.acknowledged_after_seconds,
        if rushed.leader_killed { "; the leader was killed" } else { "" },
    );
    Ok(if rushed.verdict.good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts a fleet for it, and stops it again.
pub async fn rush(options: &Options) -> anyhow::Result<Rushed> {
    let fleet_options = FleetOptions {
        instances: usize::from(options.instances),
        bots: usize::from(options.bots),
        ..FleetOptions::new(Binaries::beside_this()?)
    };
    let mut ground = Ground::start(&fleet_options).await?;
    let target = ground.target()?;
    let control = Control::new(&target.telegram_url)?;
    let drive = Drive::new(target, plan(options))?;
    let client = connect(&ground.fleet.store.addresses()[0]).await?;
    let watching = watch(&mut ground, &drive, &control, &client, options);
    let (verdict, (acknowledged, seated_at, seated)) = tokio::try_join!(drive.run(None), watching)?;
    client.quit().await?;
    ground.stop().await?;
    Ok(Rushed {
        users: options.users,
        seated,
        acknowledged_after_seconds: acknowledged.as_secs_f64(),
        seated_after_seconds: seated_at.saturating_sub(acknowledged).as_secs_f64(),
        leader_killed: options.kill_leader,
        verdict,
    })
}

fn plan(options: &Options) -> Plan {
    let calm = Habits { restless: 0.0, oddities: 0.0, wandering: 0.0, ..Habits::default() };
    Plan {
        bots: Vec::new(),
        first_user: 0,
        users: options.users as usize,
        messages_per_minute: 3.0,
        seconds: TALK,
        seed: 1,
        drain_seconds: 60,
        habits: Habits { joins_per_second: AT_ONCE, stay: 600.0, ..calm },
        patience_seconds: None,
    }
}

/// Looks on until everybody sits: when the last webhook was acknowledged, when all sat, and how many they were.
async fn watch(
    ground: &mut Ground,
    drive: &Drive,
    control: &Control,
    client: &Client,
    options: &Options,
) -> anyhow::Result<(Duration, Duration, u64)> {
    while control.live().await?.phase == Phase::Resting {
        sleep(LOOK / 5).await;
    }
    let begun = Instant::now();
    let (all, odd) = (u64::from(options.users), u64::from(options.bots));
    let (mut acknowledged, mut seated_at, mut killed) = (None, None, None);
    while acknowledged.is_none() || seated_at.is_none() {
        sleep(LOOK).await;
        let live = control.live().await?;
        let (waiting, seated) = sessions(client).await?;
        // Before, some have not searched yet.
        if acknowledged.is_none() && waiting + seated >= all && live.webhooks_pending == 0 {
            acknowledged = Some(begun.elapsed());
        }
        if seated_at.is_none() && seated + odd >= all && waiting <= odd {
            seated_at = Some(begun.elapsed());
        }
        if options.kill_leader && killed.is_none() && seated * 4 >= all {
            let index = ground.leader().await?;
            drive.interrupt(&[ground.fleet.instances[index].pid()]).await?;
            ground.fleet.instances[index].kill()?;
            killed = Some(index);
        }
        if begun.elapsed() > LONGEST {
            bail!("after {LONGEST:?} {seated} of {all} sit in a room, and {waiting} wait");
        }
    }
    if let Some(index) = killed {
        restart(&mut ground.fleet, index).await?;
        ground.describe()?;
    }
    ensure!(killed.is_some() || !options.kill_leader, "all sat before the leader could be killed");
    let (_, seated) = sessions(client).await?;
    let (acknowledged, seated_at) = (acknowledged.unwrap_or_default(), seated_at.unwrap_or_default());
    Ok((acknowledged, seated_at, seated))
}

async fn restart(fleet: &mut Fleet, index: usize) -> anyhow::Result<()> {
    fleet.restart(index)?;
    fleet.instances[index].ready().await
}

/// How many wait and how many sit in a room, as live state counts them.
async fn sessions(client: &Client) -> anyhow::Result<(u64, u64)> {
    let (mut waiting, mut seated) = (0, 0);
    for key in keys(client, "hd:{*}:count", usize::MAX).await? {
        let [waits, sits]: [Option<u64>; 2] = client
            .hmget::<Vec<_>, _, _>(key, vec!["w", "c"])
            .await?
            .try_into()
            .map_err(|_| anyhow::anyhow!("HMGET answers as many values as it is asked for"))?;
        waiting += waits.unwrap_or(0);
        seated += sits.unwrap_or(0);
    }
    Ok((waiting, seated))
}
