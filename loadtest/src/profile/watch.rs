//! Looks at the fleet every second while people chat.

use std::time::Duration;

use hamdam_testbed::fleet::Fleet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::measured::Sample;
use crate::gauge::parts::{self, Used};
use crate::gauge::{kernel, memory};
use crate::pulse::Physician;
use crate::report::{Live, Phase};
use crate::run::Drive;

const EVERY: Duration = Duration::from_secs(1);

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub(super) samples: Vec<Sample>,
    /// Used by each part while people talked, and how many messages were relayed meanwhile.
    pub(super) talked: [Used; 5],
    pub(super) relayed: u64,
    pub(super) statements: u64,
    pub(super) lasted: Duration,
    /// Threads of an instance.
    pub(super) threads: usize,
    pub(super) session_bytes: f64,
}

pub(super) struct Watch<'a> {
    fleet: &'a mut Fleet,
    drive: &'a Drive,
    physician: Physician<'a>,
    watched: Watched,
}

/// Where people begin to talk.
struct Start {
    at: Instant,
    used: [Used; 5],
    relayed: u64,
    statements: u64,
}

impl<'a> Watch<'a> {
    pub(super) fn new(fleet: &'a mut Fleet, drive: &'a Drive) -> Self {
        Self { fleet, drive, physician: Physician::new(drive, Instant::now()), watched: Watched::default() }
    }

    /// Until the talk is over.
    pub(super) async fn until_the_end(mut self) -> anyhow::Result<Watched> {
        let mut beat = interval(EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut start: Option<Start> = None;
        loop {
            beat.tick().await;
            // Before the run has begun there is nothing to look at yet, and a busy simulator may be late.
            let Ok(live) = self.drive.live().await else { continue };
            match (live.phase, &start) {
                (Phase::Joining, _) | (Phase::Talking, Some(_)) => {}
                (Phase::Talking, None) => start = Some(self.start(&live).await?),
                (Phase::Draining | Phase::Closing | Phase::Resting, Some(start)) => {
                    self.end(start, &live).await?;
                    return Ok(self.watched);
                }
                // Over before it began: the verdict says why.
                (Phase::Draining | Phase::Closing, None) => return Ok(self.watched),
                (Phase::Resting, None) => continue,
            }
            self.sample(&live).await?;
        }
    }

    async fn start(&mut self, live: &Live) -> anyhow::Result<Start> {
        Ok(Start {
            at: Instant::now(),
            used: parts::read(self.fleet)?,
            relayed: live.relayed,
            statements: parts::statements(self.fleet).await?,
        })
    }

    async fn end(&mut self, start: &Start, live: &Live) -> anyhow::Result<()> {
        let used = parts::read(self.fleet)?;
        let watched = &mut self.watched;
        watched.lasted = start.at.elapsed();
        for ((sum, now), before) in watched.talked.iter_mut().zip(used).zip(start.used) {
            *sum = Used { cpu: now.cpu.saturating_sub(before.cpu), resident: now.resident };
        }
        watched.relayed = live.relayed - start.relayed;
        watched.statements = parts::statements(self.fleet).await?.saturating_sub(start.statements + 1);
        watched.threads = kernel::threads(self.fleet.instances[0].pid())?;
        watched.session_bytes = memory::per_session(&self.fleet.store.addresses()).await?;
        Ok(())
    }

    async fn sample(&mut self, live: &Live) -> anyhow::Result<()> {
        let pulse = self.physician.take(live).await;
        let resident_bytes = parts::read(self.fleet)?.map(|used| used.resident);
        self.watched.samples.push(Sample { pulse, resident_bytes });
        Ok(())
    }
}
