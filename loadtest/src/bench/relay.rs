//! The fleet at load: what each relayed message costs every part.

use std::time::Duration;

use anyhow::ensure;
use hamdam_testbed::fleet::{Binaries, Fleet, FleetOptions};
use tokio::time::{Instant, sleep};

use super::RelayOptions;
use crate::gauge::commands::{Commands, commands};
use crate::gauge::kernel::resident;
use crate::gauge::parts::{self, Part, Used};
use crate::gauge::{memory, series};
use crate::report::{self, Live, Phase};
use crate::run::{Control, Drive, Ground};
use crate::users::{Habits, Plan};

/// After the first message until every cache is warm and the token buckets are at their steady level.
const WARM_UP: Duration = Duration::from_secs(5);
/// MONITOR slows Redis down, so it is listened to in a window of its own.
const LISTENING: Duration = Duration::from_secs(4);

/// What a relayed message costs, and what stands in memory meanwhile.
#[derive(Clone, Debug, Default)]
pub(super) struct Costs {
    pub(super) per_second: f64,
    /// CPU microseconds per relayed message, by part.
    pub(super) instances_us: f64,
    pub(super) nginx_us: f64,
    pub(super) redis_us: f64,
    pub(super) mariadb_us: f64,
    pub(super) simulator_us: f64,
    /// Per relayed message.
    pub(super) redis_commands: f64,
    pub(super) redis_commands_in_scripts: f64,
    pub(super) sql_statements: f64,
    /// Bytes of Redis per session, id maps apart.
    pub(super) session_bytes: f64,
    /// Resident memory of each instance in bytes, and whether it leads a pool.
    pub(super) resident: Vec<(u64, bool)>,
}

/// What every part used, read at one moment.
struct Reading {
    at: Instant,
    relayed: u64,
    statements: u64,
    used: [Used; 5],
}

pub(super) async fn measure(options: &RelayOptions) -> anyhow::Result<Costs> {
    let mut ground = Ground::start(&FleetOptions::new(Binaries::beside_this()?)).await?;
    let target = ground.target()?;
    let control = Control::new(&target.telegram_url)?;
    let seconds = options.seconds + WARM_UP.as_secs() + LISTENING.as_secs() + 5;
    let drive = Drive::new(target, plan(options, seconds))?;
    let (verdict, costs) = tokio::join!(drive.run(None), watch(&mut ground.fleet, &control, options));
    let verdict = verdict?;
    ensure!(verdict.good, "the run was not good, so its costs mean nothing:\n{}", report::table(&verdict));
    let costs = costs?;
    ground.stop().await?;
    Ok(costs)
}

fn plan(options: &RelayOptions, seconds: u64) -> Plan {
    Plan {
        bots: Vec::new(),
        first_user: 0,
        users: options.users,
        messages_per_minute: options.messages_per_minute,
        seconds,
        seed: 1,
        drain_seconds: 30,
        habits: Habits { stay: options.stay, ..Habits::default() },
        patience_seconds: None,
    }
}

async fn watch(fleet: &mut Fleet, control: &Control, options: &RelayOptions) -> anyhow::Result<Costs> {
    wait_until_they_talk(control).await?;
    sleep(WARM_UP).await;
    let before = read(fleet, control).await?;
    sleep(Duration::from_secs(options.seconds)).await;
    let after = read(fleet, control).await?;
    let mut costs = after.per_message_since(&before);
    // Before anybody listens: MONITOR slows Redis down, and what piles up meanwhile is none of the fleet's size.
    for instance in &fleet.instances {
        let leads = series::total(&instance.metrics().await?, "hamdam_leases", "kind=\"pool\"") > 0.0;
        costs.resident.push((resident(instance.pid())?, leads));
    }
    let (heard, relayed) = listen(fleet, control).await?;
    costs.redis_commands = per(heard.top_level, relayed);
    costs.redis_commands_in_scripts = per(heard.inside_scripts, relayed);
    costs.session_bytes = memory::per_session(&fleet.store.addresses()).await?;
    Ok(costs)
}

async fn wait_until_they_talk(control: &Control) -> anyhow::Result<()> {
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

async fn read(fleet: &mut Fleet, control: &Control) -> anyhow::Result<Reading> {
    Ok(Reading {
        at: Instant::now(),
        used: parts::read(fleet)?,
        relayed: control.live().await?.relayed,
        statements: parts::statements(fleet).await?,
    })
}

impl Reading {
    fn per_message_since(&self, before: &Self) -> Costs {
        let relayed = self.relayed - before.relayed;
        let micros = |part: Part| {
            let at = Part::ALL.iter().position(|known| *known == part).expect("every part is read");
            let used = self.used[at].cpu.saturating_sub(before.used[at].cpu);
            #[expect(clippy::cast_precision_loss, reason = "a count of seconds' worth of messages")]
            let micros = used.as_micros() as f64 / relayed.max(1) as f64;
            micros
        };
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        let per_second = relayed as f64 / (self.at - before.at).as_secs_f64();
        Costs {
            per_second,
            instances_us: micros(Part::Instances),
            nginx_us: micros(Part::Balancer),
            redis_us: micros(Part::Redis),
            mariadb_us: micros(Part::Mariadb),
            simulator_us: micros(Part::Simulator),
            sql_statements: per((self.statements - before.statements).saturating_sub(1), relayed),
            ..Costs::default()
        }
    }
}

/// Listens to all nodes at once, and counts what was relayed meanwhile.
async fn listen(fleet: &Fleet, control: &Control) -> anyhow::Result<(Commands, u64)> {
    let addresses = fleet.store.addresses();
    let before = control.live().await?.relayed;
    let heard =
        futures::future::try_join_all(addresses.iter().map(|address| commands(address, LISTENING))).await?;
    let relayed = control.live().await?.relayed - before;
    Ok((heard.into_iter().fold(Commands::default(), Commands::plus), relayed))
}

#[expect(clippy::cast_precision_loss, reason = "counts of seconds' worth of messages")]
fn per(count: u64, messages: u64) -> f64 {
    count as f64 / messages.max(1) as f64
}
