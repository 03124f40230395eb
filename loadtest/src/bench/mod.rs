//! `./dev bench`: what the fleet costs, as counts and as ratios of floors measured in the same run.
//!
//! A floor is the least that the same libraries can do for the same thing, without logic. Where a bench measures a part
//! of the fleet, it is the instances' CPU alone that is compared.

mod bare;
mod figures;
pub mod floor;
mod ground;
mod people;
mod posting;
mod repeats;
mod sending;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

pub use bare::Floor;
use hamdam_testbed::fleet::{Binaries, FleetOptions};

use crate::report::write_json;
use figures::{Bench, Figures, Saved};
use people::{People, Unit};

/// Measures what the fleet costs beside what it must cost at least: all five benches, or one.
///
/// Example: ./dev bench --json target/now.json --against target/before.json
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Which; all without a name.
    #[arg(value_enum)]
    bench: Option<Bench>,
    /// Virtual users: 6000 for relay, 3000 for match, send and journal, 2000 for webhook.
    #[arg(long, value_parser = clap::value_parser!(u32).range(20..=200_000))]
    users: Option<u32>,
    /// Messages each of them writes per minute (relay, send, journal).
    #[arg(long, default_value_t = 30.0)]
    messages_per_minute: f64,
    /// How long people stay in a room, in seconds on average (relay: 600, the whole window, since coming and leaving is
    /// what match measures; match: 2).
    #[arg(long)]
    stay: Option<f64>,
    /// Repeated updates per second (webhook).
    #[arg(long, default_value_t = 2_000.0)]
    per_second: f64,
    /// How long costs are counted.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u64).range(2..=600))]
    seconds: u64,
    /// Where the figures are written.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Figures that `--json` wrote earlier: both are shown, and the change.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

/// Measures, prints a table, and writes the figures.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    // Read first: a wrong file is to be known before minutes of work.
    let before = match options.against.as_deref().map(figures::read).transpose() {
        Ok(before) => before,
        Err(error) => {
            eprintln!("error: --against: {error:#}");
            return Ok(ExitCode::from(USAGE));
        }
    };
    let mut saved = Saved::new();
    for bench in options.bench.map_or(Bench::ALL.to_vec(), |bench| vec![bench]) {
        if !saved.contains_key(&bench) {
            eprintln!("{} …", bench.name());
            measure(bench, &options, &mut saved).await?;
        }
    }
    println!("{}", table::of(&saved));
    if let Some(before) = before {
        println!("{}", table::against(&before, &saved));
    }
    write_json(options.json.as_deref(), &saved)?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(bench: Bench, options: &Options, saved: &mut Saved) -> anyhow::Result<()> {
    let figures = match bench {
        Bench::Relay => relay(options).await?,
        Bench::Match => matching(options).await?,
        Bench::Webhook => {
            let users = options.users.unwrap_or(2_000);
            repeats::measure(users, options.per_second, options.seconds).await?
        }
        Bench::Send | Bench::Journal => {
            let people = People {
                users: options.users(3_000),
                messages_per_minute: options.messages_per_minute,
                stay: STAYING,
                seconds: options.seconds,
                unit: Unit::Message,
            };
            // One run gives both: what was sent while the database was away is what the journal holds.
            let wanted = options.bench.is_none_or(|wanted| wanted == Bench::Journal);
            let (send, journal) = sending::measure(&people, wanted).await?;
            if let Some(journal) = journal {
                saved.insert(Bench::Journal, journal);
            }
            if bench == Bench::Journal {
                return Ok(());
            }
            send
        }
    };
    saved.insert(bench, figures);
    Ok(())
}

/// The exit code of a wrong usage.
const USAGE: u8 = 2;
/// Longer than any window: nobody leaves.
const STAYING: f64 = 600.0;
/// Of a match: searching twice and parting once are three webhooks; two searches with their tickets, three seats, two
/// ends and a look at the record for each webhook are twelve scripts; and each of the two is told thrice.
const WEBHOOKS_OF_A_MATCH: f64 = 3.0;

impl Options {
    fn users(&self, usual: usize) -> usize {
        self.users.map_or(usual, |users| usize::try_from(users).unwrap_or(usize::MAX))
    }
}

/// What a relayed message takes of the stores, however fast the machine is.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Commands that clients sent to Redis; an EVALSHA is one.
    pub redis_commands: f64,
    /// Statements sent to the database.
    pub sql_statements: f64,
}

/// Counts at a steady load of so many messages per second in each of `shards` shards, while nobody comes or leaves.
///
/// What shares a turn depends on the load of its shard, so a small fleet with few shards counts as a large one does.
pub async fn count(shards: u16, per_shard: f64, seconds: u64) -> anyhow::Result<Counts> {
    const MESSAGES_PER_MINUTE: f64 = 30.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of people")]
    let users = (f64::from(shards) * per_shard * 60.0 / MESSAGES_PER_MINUTE) as usize;
    let people = People {
        users,
        messages_per_minute: MESSAGES_PER_MINUTE,
        stay: STAYING,
        seconds,
        unit: Unit::Message,
    };
    let options = FleetOptions {
        instances: 2,
        environment: vec![
            ("STATE_SHARDS".to_owned(), shards.to_string()),
            // What is measured is the relay within a bot, by reference.
            ("ACROSS_BOTS_SECONDS".to_owned(), "never".to_owned()),
        ],
        ..FleetOptions::new(Binaries::beside_this()?)
    };
    let figures = people::measure(&people, &options).await?;
    Ok(Counts { redis_commands: figures.redis_commands, sql_statements: figures.sql_statements })
}

async fn relay(options: &Options) -> anyhow::Result<Figures> {
    let people = People {
        users: options.users(6_000),
        messages_per_minute: options.messages_per_minute,
        stay: options.stay.unwrap_or(STAYING),
        seconds: options.seconds,
        unit: Unit::Message,
    };
    let figures = people::measure(&people, &FleetOptions::new(Binaries::beside_this()?)).await?;
    let floor = ground::pushed(ground::What::Frozen, figures.per_second, options.seconds).await?;
    Ok(figures.above(floor))
}

async fn matching(options: &Options) -> anyhow::Result<Figures> {
    let people = People {
        users: options.users(3_000),
        // So few that they do not count, and enough for the oracle to see that messages pass.
        messages_per_minute: 0.2,
        stay: options.stay.unwrap_or(2.0),
        seconds: options.seconds,
        unit: Unit::Pair,
    };
    let fleet = FleetOptions {
        // Everybody leaves within seconds, and nobody is to wait for that.
        environment: vec![("HURRY_SECONDS".to_owned(), "0".to_owned())],
        ..FleetOptions::new(Binaries::beside_this()?)
    };
    let figures = people::measure(&people, &fleet).await?;
    let webhooks = figures.per_second * WEBHOOKS_OF_A_MATCH;
    let what = ground::What::Bare { scripts: 4, calls: 2 };
    let floor = ground::pushed(what, webhooks, options.seconds).await?;
    Ok(figures.above(figures::Floor {
        per_second: floor.per_second / WEBHOOKS_OF_A_MATCH,
        cpu_us: floor.cpu_us * WEBHOOKS_OF_A_MATCH,
    }))
}
