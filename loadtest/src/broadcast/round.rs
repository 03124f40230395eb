//! One round: people chat, a broadcast goes out, an instance dies; or only some of that.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::readings::Readings;
use super::{Options, audience, operator};
use crate::report::{Percentiles, Phase, Verdict};
use crate::run::{Control, Drive, Ground, Heard};
use crate::users::{Habits, Plan};

/// How often is looked whether something happened.
const LOOK: Duration = Duration::from_millis(250);
/// Something that takes an instant or two on an idle machine.
const PATIENCE: Duration = Duration::from_mins(2);
/// A page of metrics may take so long on a busy machine.
const READING: Duration = Duration::from_secs(5);
/// Joins per second.
const JOINS: f64 = 200.0;
/// Longer than any broadcast: it ends when that is over.
const LONG: u64 = 36_000;

/// What happens in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happens {
    /// People chat.
    Conversations,
    /// A broadcast goes out.
    Broadcast,
    /// Both.
    Both,
    /// Both, and an instance is killed in the middle.
    BothAndDeath,
}

impl Happens {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Conversations, Self::Broadcast, Self::Both, Self::BothAndDeath];

    /// For the eye.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Conversations => "conversations alone",
            Self::Broadcast => "broadcast alone",
            Self::Both => "both",
            Self::BothAndDeath => "both, and a kill -9",
        }
    }
}

/// A round to be played.
pub(super) struct Round<'a> {
    pub number: usize,
    pub happens: Happens,
    pub options: &'a Options,
    pub hamdam: &'a Path,
}

/// What came of a round.
#[derive(Clone, Debug, Serialize)]
pub struct Rounded {
    /// What happened.
    pub happened: Happens,
    /// What the oracle says of the conversations, if there were any.
    pub verdict: Option<Verdict>,
    /// What came of the broadcast, if there was one.
    pub told: Option<Told>,
    /// Entries of conversations that waited behind a broadcast's.
    pub overtakes: f64,
}

/// What came of a broadcast.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Told {
    /// People it was for.
    pub people: u64,
    /// To whom it came, as they saw it.
    pub heard: Heard,
    /// Calls in flight when an instance was killed: so many may have been made twice.
    pub in_flight_at_kill: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Parts that did not come through, as the fleet counts them.
    pub missed: u64,
    /// Half of the parts went from the queue to Telegram's answer within so many milliseconds: the bound of a bucket.
    pub p50_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
}

impl Rounded {
    /// What is wrong.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let words = self.happened.words();
        if let Some(verdict) = self.verdict.as_ref().filter(|verdict| !verdict.good) {
            faults.push(format!("{words}: the oracle is not content: {:?}", verdict.reasons));
        }
        if self.overtakes > 0.0 {
            faults.push(format!("{words}: {} entries waited behind a broadcast's", self.overtakes));
        }
        if let Some(told) = &self.told {
            let Told { people, heard, in_flight_at_kill, missed, .. } = *told;
            if heard.people != people || missed > 0 {
                faults
                    .push(format!("{words}: {} of {people} were told, {missed} parts failed", heard.people));
            }
            if heard.again > in_flight_at_kill {
                faults.push(format!("{words}: {} were told again, {in_flight_at_kill} may be", heard.again));
            }
        }
        faults
    }

    /// How long messages of conversations took.
    pub(super) fn relay_ms(&self) -> Option<Percentiles> {
        self.verdict.as_ref().map(|verdict| verdict.relay_ms)
    }
}

impl Round<'_> {
    pub(super) async fn play(&self, ground: &mut Ground) -> anyhow::Result<Rounded> {
        let happened = self.happens;
        let target = ground.target()?;
        let control = Control::new(&target.telegram_url)?;
        let drive = Drive::new(target, self.plan())?;
        let mut readings = Readings::from(drive.pages(READING).await);
        let (verdict, told) = match happened {
            Happens::Conversations => (Some(drive.run(None).await?), None),
            Happens::Broadcast => (None, Some(self.tell(ground, &drive, &control, &mut readings).await?)),
            Happens::Both | Happens::BothAndDeath => {
                let all = audience::known(ground).await? + u64::from(self.options.chatting);
                let telling = async {
                    until_they_talk(&control, all, ground).await?;
                    let told = self.tell(ground, &drive, &control, &mut readings).await;
                    control.finish().await?;
                    told
                };
                let (verdict, told) = tokio::try_join!(drive.run(None), telling)?;
                (Some(verdict), Some(told))
            }
        };
        readings.take(drive.pages(READING).await);
        let told = told.map(|told| {
            let bound = |share| readings.seconds.bound_of(share).unwrap_or_default() * 1_000.0;
            Told { p50_ms: bound(0.5), p99_ms: bound(0.99), ..told }
        });
        Ok(Rounded { happened, verdict, told, overtakes: readings.overtakes })
    }

    fn plan(&self) -> Plan {
        let calm = Habits { restless: 0.0, oddities: 0.0, wandering: 0.0, ..Habits::default() };
        let alone = self.happens == Happens::Conversations;
        Plan {
            bots: Vec::new(),
            first_user: 0,
            users: self.options.chatting as usize,
            messages_per_minute: 3.0,
            seconds: if alone { self.options.seconds } else { LONG },
            seed: 1,
            drain_seconds: 60,
            habits: Habits { joins_per_second: JOINS, stay_at_least: 20.0, stay: 220.0, ..calm },
            patience_seconds: None,
        }
    }

    /// Begins a broadcast, and looks on until it is over.
    async fn tell(
        &self,
        ground: &mut Ground,
        drive: &Drive,
        control: &Control,
        readings: &mut Readings,
    ) -> anyhow::Result<Told> {
        let text = format!("News of round {}.", self.number);
        control.listen(&text).await?;
        let people = audience::known(ground).await?;
        let begun = Instant::now();
        let broadcast = operator::start(self.hamdam, &ground.fleet, &text).await?.broadcast;
        let mut in_flight_at_kill = 0;
        if self.happens == Happens::BothAndDeath {
            until_half_is_out(self.hamdam, ground, broadcast, people).await?;
            readings.take(drive.pages(READING).await);
            let dies = ground.holder("broadcast").await?;
            in_flight_at_kill = drive.interrupt(&[ground.fleet.instances[dies].pid()]).await?.attempts;
            ground.fleet.instances[dies].kill()?;
            ground.fleet.restart(dies)?;
            ground.fleet.instances[dies].ready().await?;
            ground.describe()?;
        }
        let usual = Duration::from_secs(people / u64::from(self.options.rate));
        let over = operator::until_over(self.hamdam, &ground.fleet, broadcast, usual * 5 + PATIENCE).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let heard = control.heard().await?;
        let missed = over.unreachable + over.failed + over.dropped;
        Ok(Told { people, heard, in_flight_at_kill, seconds, missed, p50_ms: 0.0, p99_ms: 0.0 })
    }
}

/// Waits until everybody who chats sits in a room, and the database knows them.
async fn until_they_talk(control: &Control, all: u64, ground: &Ground) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let talks = control.live().await?.phase == Phase::Talking;
        if talks && audience::known(ground).await? >= all {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "after {PATIENCE:?} not everybody talks, or is known");
        sleep(LOOK).await;
    }
}

async fn until_half_is_out(
    hamdam: &Path,
    ground: &Ground,
    broadcast: u32,
    people: u64,
) -> anyhow::Result<()> {
    loop {
        let progress = operator::show(hamdam, &ground.fleet, broadcast).await?;
        ensure!(!progress.over, "it was over before an instance could be killed: {progress:?}");
        if progress.sent * 2 >= people {
            return Ok(());
        }
        sleep(LOOK).await;
    }
}
