//! The fleet at load, with people in it: what each relayed message, or each pair that meets and parts, costs.

use std::time::Duration;

use anyhow::ensure;
use hamdam_testbed::fleet::{Fleet, FleetOptions};
use tokio::time::{Instant, sleep};

use super::figures::Figures;
use crate::gauge::commands::{Commands, commands};
use crate::gauge::kernel::resident;
use crate::gauge::parts::{self, Part, Used};
use crate::gauge::series::Histogram;
use crate::gauge::{memory, series};
use crate::report::{Live, Phase};
use crate::run::{Control, Drive, Ground};
use crate::users::{Habits, Plan};

/// After the first message until every cache is warm and the token buckets are at their steady level.
pub(super) const WARM_UP: Duration = Duration::from_secs(5);
/// MONITOR slows Redis down, so it is listened to in a window of its own.
pub(super) const LISTENING: Duration = Duration::from_secs(4);

/// Who takes part, and what is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct People {
    pub(super) users: usize,
    pub(super) messages_per_minute: f64,
    /// How long they stay in a room, in seconds on average.
    pub(super) stay: f64,
    /// How long costs are counted.
    pub(super) seconds: u64,
    pub(super) unit: Unit,
}

/// What costs are divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A relayed message.
    Message,
    /// A room that both saw open.
    Pair,
}

impl Unit {
    pub(super) fn count(self, live: &Live) -> u64 {
        match self {
            Self::Message => live.relayed,
            Self::Pair => live.rooms,
        }
    }
}

/// What every part used, read at one moment.
struct Reading {
    at: Instant,
    units: u64,
    relayed: u64,
    statements: u64,
    used: [Used; 5],
}

pub(super) async fn measure(people: &People, options: &FleetOptions) -> anyhow::Result<Figures> {
    let mut ground = Ground::start(options).await?;
    let target = ground.target()?;
    let control = Control::new(&target.telegram_url)?;
    let drive = Drive::new(target, people.plan(WARM_UP + LISTENING))?;
    let (verdict, costs) = tokio::join!(drive.run(None), watch(&mut ground.fleet, &control, people));
    let verdict = verdict?;
    ensure!(verdict.good, "the run was not good, so its costs mean nothing: {:#?}", verdict.reasons);
    let mut costs = costs?;
    if people.unit == Unit::Pair {
        costs.more.insert("match_ms_p50".to_owned(), verdict.match_ms.p50);
        costs.more.insert("match_ms_p99".to_owned(), verdict.match_ms.p99);
    }
    ground.stop().await?;
    Ok(costs)
}

impl People {
    /// A run that lasts so much longer than costs are counted.
    pub(super) fn plan(&self, longer: Duration) -> Plan {
        let habits = Habits { stay: self.stay, ..Habits::default() };
        let habits = match self.unit {
            Unit::Message => habits,
            // A last message in every third leave would be most of what they say.
            Unit::Pair => Habits { parting_words: 0.05, oddities: 0.0, ..habits },
        };
        Plan {
            bots: Vec::new(),
            first_user: 0,
            users: self.users,
            messages_per_minute: self.messages_per_minute,
            seconds: self.seconds + longer.as_secs() + 5,
            seed: 1,
            drain_seconds: 30,
            habits,
            patience_seconds: None,
        }
    }
}

async fn watch(fleet: &mut Fleet, control: &Control, people: &People) -> anyhow::Result<Figures> {
    wait_until_they_talk(control).await?;
    sleep(WARM_UP).await;
    let before = read(fleet, control, people.unit).await?;
    sleep(Duration::from_secs(people.seconds)).await;
    let after = read(fleet, control, people.unit).await?;
    let mut figures = after.per_unit_since(&before);
    // Before anybody listens: MONITOR slows Redis down, and what piles up meanwhile is none of the fleet's size.
    let mut waits = Histogram::default();
    for instance in &fleet.instances {
        let page = instance.metrics().await?;
        waits.add(&Histogram::read(&page, "hamdam_match_wait_seconds"));
        let leads = series::total(&page, "hamdam_leases", "kind=\"pool\"") > 0.0;
        let name = if leads { "resident_bytes_leader" } else { "resident_bytes" };
        #[expect(clippy::cast_precision_loss, reason = "bytes of a process")]
        let bytes = resident(instance.pid())? as f64;
        let most = figures.more.entry(name.to_owned()).or_default();
        *most = most.max(bytes);
    }
    for (name, share) in [("waited_ms_p50_below", 0.5), ("waited_ms_p99_below", 0.99)] {
        figures.more.extend(waits.bound_of(share).map(|bound| (name.to_owned(), bound * 1_000.0)));
    }
    let (heard, units) = listen(fleet, control, people.unit).await?;
    figures.redis_commands = per(heard.top_level, units);
    figures.more.insert("redis_commands_in_scripts".to_owned(), per(heard.inside_scripts, units));
    figures.bytes = memory::per_session(&fleet.store.addresses()).await?;
    Ok(figures)
}

pub(super) async fn wait_until_they_talk(control: &Control) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        // Before the run has begun there is nothing to look at yet.
        if let Ok(Live { phase: Phase::Talking, .. }) = control.live().await {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the users do not find into rooms");
        sleep(Duration::from_millis(100)).await;
    }
}

async fn read(fleet: &mut Fleet, control: &Control, unit: Unit) -> anyhow::Result<Reading> {
    let used = parts::read(fleet)?;
    let live = control.live().await?;
    let (units, relayed) = (unit.count(&live), live.relayed);
    Ok(Reading { at: Instant::now(), used, units, relayed, statements: parts::statements(fleet).await? })
}

impl Reading {
    fn per_unit_since(&self, before: &Self) -> Figures {
        let units = self.units - before.units;
        let micros = |part: Part| {
            let at = part.index();
            micros_per(self.used[at].cpu.saturating_sub(before.used[at].cpu), units)
        };
        let mut figures = Figures {
            per_second: rate(units, self.at - before.at),
            cpu_us: micros(Part::Instances),
            sql_statements: per((self.statements - before.statements).saturating_sub(1), units),
            ..Figures::default()
        };
        for (name, part) in [
            ("nginx_us", Part::Balancer),
            ("redis_us", Part::Redis),
            ("mariadb_us", Part::Mariadb),
            ("simulator_us", Part::Simulator),
        ] {
            figures.more.insert(name.to_owned(), micros(part));
        }
        figures.more.insert("messages_relayed".to_owned(), per(self.relayed - before.relayed, units));
        figures
    }
}

/// Listens to all nodes at once, and counts what was done meanwhile.
async fn listen(fleet: &Fleet, control: &Control, unit: Unit) -> anyhow::Result<(Commands, u64)> {
    let addresses = fleet.store.addresses();
    let before = unit.count(&control.live().await?);
    let listening = addresses.iter().map(|address| commands(address, sleep(LISTENING), None));
    let heard = futures::future::try_join_all(listening).await?.into_iter().map(|(heard, ())| heard);
    let units = unit.count(&control.live().await?) - before;
    Ok((heard.fold(Commands::default(), Commands::plus), units))
}

/// A count per unit.
#[expect(clippy::cast_precision_loss, reason = "counts of seconds' worth of work")]
pub(super) fn per(count: u64, units: u64) -> f64 {
    count as f64 / units.max(1) as f64
}

/// Microseconds per unit.
#[expect(clippy::cast_precision_loss, reason = "CPU of seconds' worth of work")]
pub(super) fn micros_per(cpu: Duration, units: u64) -> f64 {
    cpu.as_micros() as f64 / units.max(1) as f64
}

/// Units per second.
#[expect(clippy::cast_precision_loss, reason = "counts of seconds' worth of work")]
pub(super) fn rate(units: u64, time: Duration) -> f64 {
    units as f64 / time.as_secs_f64()
}
