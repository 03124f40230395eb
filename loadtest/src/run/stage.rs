//! One run from the first user's coming to the last one's going.

use std::collections::HashSet;
use std::time::Duration;

use crate::oracle::{Oracle, Patience, Signs};
use crate::report::{Live, Phase, Verdict};
use crate::telegram::{Event, Origin, Simulator, UserId, What};
use crate::users::{Crowd, Deed, Plan};

/// Seating everybody may take so much longer than their coming.
const SEATING: Duration = Duration::from_secs(30);
/// News is shown so often.
const NEWS: Duration = Duration::from_millis(250);
/// Nothing was placed for so long: what could still come is not on its way.
const SILENCE: Duration = Duration::from_secs(2);
/// Going home may take so much longer than coming.
const CLOSING: Duration = Duration::from_secs(30);

/// What a step came to.
pub(super) enum Step {
    /// Nothing to tell.
    Quiet,
    /// Something to show.
    News,
    /// The verdict.
    Verdict(Box<Verdict>),
    /// The run is over. So many were not told that they are free: a next run would meet what this one left behind.
    Over(usize),
}

/// A run that goes on.
pub(super) struct Running {
    run: u64,
    oracle: Oracle,
    crowd: Crowd,
    phase: Phase,
    phase_began: Duration,
    seated_at_first: usize,
    last_placed: Duration,
    /// Who asked to stop when the run closed and has no answer yet.
    going_home: HashSet<UserId>,
    next_news: Duration,
    relayed_before: (Duration, u64),
    rate: f64,
    calls_before: u64,
    too_many_before: u64,
    /// Whoever asked for the run has seen enough.
    enough: bool,
    talked: Duration,
}

impl Running {
    pub(super) fn new(run: u64, plan: Plan, simulator: &Simulator) -> Self {
        let now = simulator.now();
        let mut patience = Patience::default();
        if let Some(seconds) = plan.patience_seconds {
            patience.wait = Duration::from_secs_f64(seconds);
        }
        // Leaving excuses as much delay as the end of the run does.
        patience.leave = Duration::from_secs(plan.drain_seconds);
        let status = simulator.status();
        Self {
            run,
            oracle: Oracle::new(patience),
            crowd: Crowd::new(plan, now),
            phase: Phase::Joining,
            phase_began: now,
            seated_at_first: 0,
            last_placed: now,
            going_home: HashSet::new(),
            next_news: now,
            relayed_before: (now, 0),
            rate: 0.0,
            calls_before: status.calls,
            too_many_before: status.too_many,
            enough: false,
            talked: Duration::ZERO,
        }
    }

    pub(super) fn see(&mut self, event: &Event) {
        if self.phase != Phase::Closing {
            self.oracle.see(event);
        }
        self.crowd.see(event);
        if let What::MessagePlaced { user, origin, buttons, .. } = &event.what {
            self.last_placed = event.at;
            let signs = Signs::of(buttons);
            if matches!(origin, Origin::Sent) && signs.open.is_none() && signs.searching.is_none() {
                self.going_home.remove(user);
            }
        }
    }

    pub(super) fn step(&mut self, simulator: &Simulator) -> Step {
        let now = simulator.now();
        self.crowd.due(now, |deed| {
            carry_out(simulator, deed);
        });
        let elapsed = now.saturating_sub(self.phase_began);
        let news = now >= self.next_news;
        match self.phase {
            Phase::Joining => {
                if elapsed >= self.limit() || (news && self.is_everybody_seated()) {
                    self.seated_at_first = self.crowd.seated();
                    self.crowd.begin(now);
                    return self.enter(Phase::Talking, now);
                }
            }
            Phase::Talking => {
                if elapsed >= self.limit() || self.enough {
                    self.talked = elapsed.min(self.limit());
                    self.crowd.end();
                    return self.enter(Phase::Draining, now);
                }
            }
            Phase::Draining => {
                if elapsed >= self.limit() || (news && self.has_come_to_rest(simulator, now)) {
                    let verdict = Box::new(self.verdict(simulator, elapsed));
                    self.stop(simulator);
                    return Step::Verdict(verdict);
                }
            }
            Phase::Closing => {
                if elapsed >= self.limit() || (news && self.is_everybody_home(simulator, now)) {
                    return Step::Over(self.going_home.len());
                }
            }
            Phase::Resting => return Step::Over(0),
        }
        if !news {
            return Step::Quiet;
        }
        self.oracle.tick(now);
        self.next_news = now + NEWS;
        Step::News
    }

    /// The talk may end before its time.
    pub(super) fn finish(&mut self) {
        self.enough = true;
    }

    /// Rooms may come back.
    pub(super) fn bereft(&mut self) {
        self.oracle.rooms_may_return();
    }

    /// Everybody goes home, and nothing is judged any more.
    pub(super) fn stop(&mut self, simulator: &Simulator) {
        if self.phase != Phase::Closing {
            let going_home = &mut self.going_home;
            self.crowd.go_home(|deed| {
                let user = deed.user;
                if carry_out(simulator, deed) {
                    going_home.insert(user);
                }
            });
            self.enter(Phase::Closing, simulator.now());
        }
    }

    fn enter(&mut self, phase: Phase, now: Duration) -> Step {
        self.phase = phase;
        self.phase_began = now;
        self.next_news = now + NEWS;
        Step::News
    }

    fn limit(&self) -> Duration {
        let plan = self.crowd.plan();
        match self.phase {
            Phase::Joining => plan.habits.ramp(plan.users) + SEATING,
            Phase::Talking => Duration::from_secs(plan.seconds),
            Phase::Draining => Duration::from_secs(plan.drain_seconds),
            Phase::Closing | Phase::Resting => plan.habits.ramp(plan.users) + CLOSING,
        }
    }

    /// All but the odd one of each bot.
    fn is_everybody_seated(&self) -> bool {
        let plan = self.crowd.plan();
        self.crowd.seated() + plan.bots.len() >= plan.users
    }

    fn has_come_to_rest(&self, simulator: &Simulator, now: Duration) -> bool {
        self.is_silent(simulator, now) && self.oracle.is_settled()
    }

    fn is_everybody_home(&self, simulator: &Simulator, now: Duration) -> bool {
        self.is_silent(simulator, now) && self.going_home.is_empty()
    }

    fn is_silent(&self, simulator: &Simulator, now: Duration) -> bool {
        let status = simulator.status();
        status.pending_updates == 0
            && status.calls_in_flight == 0
            && now > self.last_placed.max(self.phase_began) + SILENCE
    }

    fn verdict(&mut self, simulator: &Simulator, drained: Duration) -> Verdict {
        self.oracle.tick(simulator.now());
        self.oracle.settle();
        let (status, plan) = (simulator.status(), self.crowd.plan());
        let limit = Duration::from_secs(plan.seconds);
        Verdict {
            users: plan.users,
            seated: self.seated_at_first,
            drained_after_seconds: drained.as_secs_f64(),
            least_sent: plan.least_sent() * self.talked.as_secs_f64() / limit.as_secs_f64(),
            calls: status.calls - self.calls_before,
            too_many: status.too_many - self.too_many_before,
            ..Verdict::of(&self.oracle, &status, self.talked)
        }
    }

    pub(super) fn live(&mut self, simulator: &Simulator) -> Live {
        let now = simulator.now();
        let tally = self.oracle.tally();
        let (since, before) = self.relayed_before;
        let passed = now.saturating_sub(since);
        if passed >= Duration::from_secs(1) {
            #[expect(clippy::cast_precision_loss, reason = "messages of a second")]
            let delivered = (tally.relayed - before) as f64;
            self.rate = delivered / passed.as_secs_f64();
            self.relayed_before = (now, tally.relayed);
        }
        Live {
            run: self.run,
            phase: self.phase,
            elapsed: now.saturating_sub(self.phase_began),
            limit: self.limit(),
            users: self.crowd.plan().users,
            seated: self.oracle.seated(),
            searching: self.oracle.searching(),
            counts: self.oracle.counts(),
            sent: tally.sent,
            relayed: tally.relayed,
            rooms: tally.rooms,
            pending: tally.pending,
            webhooks_pending: u64::try_from(simulator.status().pending_updates).unwrap_or(u64::MAX),
            relayed_per_second: self.rate,
            relay_p99_ms: tally.relay.quantile_ms(0.99),
        }
    }
}

/// Whether it was done: Telegram's app may not let them (the button is gone, the bot is blocked), and then people do
/// something else later.
fn carry_out(simulator: &Simulator, deed: Deed) -> bool {
    simulator.act(deed.bot, deed.user, deed.action).is_ok()
}
