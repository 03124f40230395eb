//! One instance's sender: it takes the lease, turns, writes what it holds in its hands, and hears the answers.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::task::noop_waker;
use hamdam_domain::clock::Clock;
use hamdam_domain::id::InstanceId;
use hamdam_fleet::run::BotRate;
use hamdam_fleet::sender::{Done, Permits, ShardSender, Taken, Work, perform};
use hamdam_state::step::Holder;
use hamdam_state::step::sending::Turn;
use hamdam_state::{State, StateError};

use super::Traffic;
use crate::explore::chance::{Fate, LIMITS, SHARD, at_once};

type Performing = Pin<Box<dyn Future<Output = Done> + Send>>;

/// One instance's sender, and what it has begun.
pub(super) struct Office {
    core: ShardSender,
    permits: Permits,
    /// Calls not yet written: what a slow thread holds in its hands.
    pub unwritten: Vec<Work>,
    /// Calls that wait for their answers.
    pub waiting: Vec<Performing>,
    /// A turn that was made up and not yet sent.
    pub turn: Option<Arc<Turn>>,
}

impl Traffic {
    /// A process takes the lease, if it is free. One that starts after a crash is another process: ids are new at every
    /// start, so what its forerunner claimed lies under an earlier epoch.
    pub(super) fn acquire(&mut self, office: usize) {
        self.starts += 1;
        let owner = InstanceId(format!("start {} of office {office}", self.starts));
        let sent = self.clock.monotonic();
        let Some(epoch) = at_once(self.state.lease(SHARD, &owner, LIMITS.lease)).unwrap() else { return };
        let holder = Holder { owner, epoch };
        let inheritance = at_once(self.state.inherit(SHARD, &holder)).unwrap().held().expect("just taken");
        let taken = Taken { shard: SHARD, holder, sent, inheritance, answered: self.clock.monotonic() };
        self.offices[office] = Some(Office {
            core: ShardSender::new(taken, LIMITS, Arc::clone(&self.metrics)),
            permits: Permits::new(BotRate::Unlimited, Arc::clone(&self.metrics)),
            unwritten: Vec::new(),
            waiting: Vec::new(),
            turn: None,
        });
    }

    pub(super) fn make_turn(&mut self, office: usize) {
        let now = self.clock.monotonic();
        let Some(begun) = &mut self.offices[office] else { return };
        begun.core.rung(false);
        begun.turn = begun.core.next_turn(now, &mut begun.permits);
        if begun.turn.is_none() && begun.core.is_finished() && begun.unwritten.is_empty() {
            self.offices[office] = None;
        }
    }

    pub(super) fn send_turn(&mut self, office: usize, fate: Fate) {
        let Some(begun) = &mut self.offices[office] else { return };
        let Some(turn) = begun.turn.take() else { return };
        let lost = || StateError::Unavailable { step: "turn", source: "lost on the way".into() };
        let send = || at_once(self.state.turn(&turn));
        let answer = match fate {
            Fate::Once => send(),
            Fate::Twice => send().and_then(|_| send()),
            Fate::Unheard => send().and(Err(lost())),
            Fate::Unsent => Err(lost()),
        };
        begun.core.turned(answer, self.clock.monotonic(), &mut begun.permits);
    }

    pub(super) fn take_work(&mut self, office: usize) {
        let now = self.clock.monotonic();
        let Some(begun) = &mut self.offices[office] else { return };
        let Some(work) = begun.core.next_work(now, &mut begun.permits) else { return };
        if matches!(work, Work::Call(_)) {
            begun.unwritten.push(work);
        } else {
            let done = at_once(perform(work, &self.tools));
            begun.core.done(done, now, &mut begun.permits);
        }
    }

    /// Goes on with the oldest call in hand: it is written, or it is too late.
    pub(super) fn write(&mut self, office: usize) {
        let now = self.clock.monotonic();
        let Some(begun) = &mut self.offices[office] else { return };
        let work = begun.unwritten.remove(0);
        let Work::Call(call) = &work else { unreachable!("only calls are kept in hand") };
        self.air.lock().unwrap().next = Some((call.job.chat, call.job.id));
        let tools = self.tools.clone();
        let mut performing: Performing = Box::pin(async move { perform(work, &tools).await });
        match poll(&mut performing) {
            Poll::Ready(done) => begun.core.done(done, now, &mut begun.permits),
            Poll::Pending => begun.waiting.push(performing),
        }
    }

    /// The answers that have come reach their instance.
    pub(super) fn hear(&mut self, office: usize) {
        let now = self.clock.monotonic();
        let Some(begun) = &mut self.offices[office] else { return };
        let mut at = 0;
        while at < begun.waiting.len() {
            match poll(&mut begun.waiting[at]) {
                Poll::Ready(done) => {
                    drop(begun.waiting.remove(at));
                    begun.core.done(done, now, &mut begun.permits);
                }
                Poll::Pending => at += 1,
            }
        }
    }
}

fn poll(performing: &mut Performing) -> Poll<Done> {
    let waker = noop_waker();
    performing.as_mut().poll(&mut Context::from_waker(&waker))
}
