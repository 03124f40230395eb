//! What sending and the journal cost, each alone: instances that take updates and one that only sends and writes.
//!
//! The database is stopped once people talk, so facts pile up while messages go out; when everybody is home and nothing
//! is sent any more, it is started again, and the facts become rows.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use hamdam_testbed::fleet::{Binaries, Fleet, FleetOptions, Roles, Store};
use tokio::time::{Instant, sleep};

use super::figures::Figures;
use super::ground;
use super::people::{LISTENING, People, WARM_UP, micros_per, per, rate, wait_until_they_talk};
use crate::gauge::commands::commands;
use crate::gauge::kernel::cpu;
use crate::gauge::{memory, parts};
use crate::run::{Control, Drive, Ground, connections_of};

/// Pools that lost their database need so long to know it.
const SETTLING: Duration = Duration::from_secs(2);
/// What an instance spends on nothing is measured over so long.
const IDLE: Duration = Duration::from_secs(3);
/// The journal is empty after so long, or something is wrong.
const PATIENCE: Duration = Duration::from_mins(3);
/// The journal is looked at so often while it empties.
const LOOK: Duration = Duration::from_millis(20);

/// Counts them and weighs them.
const WAITING: &str = "local facts, bytes = 0, 0
    for _, key in ipairs(redis.call('KEYS', 'hd:{*}:journal')) do
      facts = facts + redis.call('XLEN', key)
      bytes = bytes + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0)
    end
    return facts .. ' ' .. bytes";

/// Sends; and the journal, if it is wanted.
pub(super) async fn measure(people: &People, journal: bool) -> anyhow::Result<(Figures, Option<Figures>)> {
    let options = FleetOptions {
        instances: 1,
        roles: Some(Roles::one_sender()),
        ..FleetOptions::new(Binaries::beside_this()?)
    };
    let mut ground = Ground::start(&options).await?;
    let target = ground.target()?;
    let control = Control::new(&target.telegram_url)?;
    let drive = Drive::new(target, people.plan(WARM_UP + SETTLING + LISTENING))?;
    let (verdict, send) = tokio::join!(drive.run(None), sends(&mut ground.fleet, &control, people));
    let verdict = verdict?;
    ensure!(verdict.good, "the run was not good, so its costs mean nothing: {:#?}", verdict.reasons);
    let send = send?;
    let journal = if journal { Some(rows(&mut ground.fleet).await?) } else { None };
    ground.stop().await?;
    let floor = ground::called(send.per_second, people.seconds).await?;
    Ok((send.above(floor), journal))
}

/// The instance that sends stands last.
fn sender(fleet: &Fleet) -> anyhow::Result<u32> {
    Ok(fleet.instances.last().context("a fleet has instances")?.pid())
}

fn connections(fleet: &Fleet) -> anyhow::Result<HashSet<SocketAddr>> {
    Ok(connections_of(sender(fleet)?)?)
}

async fn sends(fleet: &mut Fleet, control: &Control, people: &People) -> anyhow::Result<Figures> {
    wait_until_they_talk(control).await?;
    sleep(WARM_UP).await;
    fleet.mariadb.stop().await?;
    sleep(SETTLING).await;
    let pid = sender(fleet)?;
    let relayed = async || anyhow::Ok(people.unit.count(&control.live().await?));
    let (used, before, began) = (cpu(pid)?, relayed().await?, Instant::now());
    sleep(Duration::from_secs(people.seconds)).await;
    let (used, sent, elapsed) = (cpu(pid)?.saturating_sub(used), relayed().await? - before, began.elapsed());
    let addresses = fleet.store.addresses();
    let before = relayed().await?;
    let (heard, ()) = commands(&addresses[0], sleep(LISTENING), Some(&connections(fleet)?)).await?;
    Ok(Figures {
        cpu_us: micros_per(used, sent),
        redis_commands: per(heard.top_level, relayed().await? - before),
        sql_statements: 0.0,
        bytes: memory::per_session(&addresses).await?,
        per_second: rate(sent, elapsed),
        ..Figures::default()
    })
}

/// The journal empties. Its floor is measured in the same database, right after it.
async fn rows(fleet: &mut Fleet) -> anyhow::Result<Figures> {
    let (facts, bytes) = waiting(fleet).await?;
    ensure!(facts > 0, "no fact waits for the database");
    let (pid, own, redis) = (sender(fleet)?, connections(fleet)?, fleet.store.addresses()[0].clone());
    let (used, began) = (cpu(pid)?, Instant::now());
    let emptying = async {
        fleet.mariadb.start_again().await?;
        emptied(fleet, facts).await
    };
    let (heard, took) = commands(&redis, emptying, Some(&own)).await?;
    let (took, used, elapsed) = (took?, cpu(pid)?.saturating_sub(used), began.elapsed());
    let statements = parts::statements(fleet).await?.saturating_sub(1);
    // What it spends on nothing is no part of it.
    let at_rest = cpu(pid)?;
    let (at_rest_heard, ()) = commands(&redis, sleep(IDLE), Some(&own)).await?;
    let share = elapsed.as_secs_f64() / IDLE.as_secs_f64();
    let idle = cpu(pid)?.saturating_sub(at_rest).mul_f64(share);
    let figures = Figures {
        cpu_us: micros_per(used.saturating_sub(idle), facts),
        redis_commands: (per(heard.top_level, facts) - share * per(at_rest_heard.top_level, facts)).max(0.0),
        sql_statements: per(statements, facts),
        bytes: per(bytes, facts),
        per_second: rate(facts, took),
        ..Figures::default()
    };
    let floor = ground::inserted(&fleet.mariadb).await?;
    Ok(figures.above(floor))
}

/// How long the facts took to become rows, from the last moment when all waited.
async fn emptied(fleet: &Fleet, facts: u64) -> anyhow::Result<Duration> {
    let deadline = Instant::now() + PATIENCE;
    let mut all_waited = Instant::now();
    loop {
        match waiting(fleet).await?.0 {
            0 => return Ok(all_waited.elapsed()),
            left if left >= facts => all_waited = Instant::now(),
            left => ensure!(Instant::now() < deadline, "{left} of {facts} facts still wait"),
        }
        sleep(LOOK).await;
    }
}

/// Facts that wait, and the bytes they take.
async fn waiting(fleet: &Fleet) -> anyhow::Result<(u64, u64)> {
    let Store::Single(redis) = &fleet.store else { bail!("this bench runs on a single redis-server") };
    let answer = redis.ask(&["EVAL", WAITING, "0"]).await?;
    let (facts, bytes) =
        answer.trim().split_once(' ').with_context(|| format!("no two numbers: {answer}"))?;
    Ok((facts.parse()?, bytes.parse()?))
}
