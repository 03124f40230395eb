//! Instances: they take the lease, do what they can, write what they hold in their hands, and die.

use hamdam_domain::clock::Clock;
use hamdam_domain::id::InstanceId;
use hamdam_domain::outbox::Content;
use hamdam_state::memory::MemoryState;
use hamdam_state::step::sending::{Turn, Turned};
use hamdam_state::step::{Fenced, Holder};
use hamdam_state::{State, StateError};

use super::{Flying, LIMITS, SHARD, Stage};
use crate::sender::core::Taken;
use crate::sender::{CallWork, Done, Outcome, Permits, ShardSender, Work, perform};

/// One instance's sender, with what it has begun.
pub(in super::super) struct Instance {
    pub core: ShardSender,
    pub permits: Permits,
    /// Calls given out whose request is not yet written: what a slow thread holds in its hands.
    pub unwritten: Vec<CallWork>,
}

/// What becomes of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Fate {
    Once,
    Twice,
    Unheard,
    Unsent,
}

impl Stage {
    /// A new process takes the lease, if it is free. Ids are new at every start, so what a forerunner claimed lies under
    /// an earlier epoch.
    pub(in super::super) fn acquire(&mut self, index: usize) -> bool {
        if self.instances[index].is_some() {
            return false;
        }
        self.starts += 1;
        let owner = InstanceId(format!("i{index}, start {}", self.starts));
        let sent = self.now();
        let Some(epoch) = Self::at_once(self.state.lease(SHARD, &owner, LIMITS.lease)).unwrap() else {
            return false;
        };
        let holder = Holder { owner, epoch };
        let inherited = Self::at_once(self.state.inherit(SHARD, &holder)).unwrap();
        let inheritance = inherited.held().expect("just taken");
        let taken = Taken { shard: SHARD, holder, sent, inheritance, answered: self.now() };
        self.instances[index] = Some(Instance {
            core: ShardSender::new(taken, LIMITS, self.metrics.clone()),
            permits: Permits::new(self.rate, self.metrics.clone()),
            unwritten: Vec::new(),
        });
        true
    }

    /// Lets an instance do whatever it can without time passing. Its turns meet `fate`.
    pub(in super::super) fn pump(&mut self, index: usize, fate: Fate) {
        let (tools, now, state) = (self.tools(), self.now(), self.state.clone());
        while let Ok(ring) = self.rings.try_recv() {
            for instance in self.instances.iter_mut().flatten() {
                instance.core.rung(ring.at_once);
            }
        }
        let Some(instance) = &mut self.instances[index] else { return };
        loop {
            let mut moved = false;
            while let Some(ask) = instance.permits.ask(now) {
                let answer = Self::at_once(state.permits(ask.bot, ask.want, &ask.budget)).ok();
                instance.permits.granted(ask.bot, answer, now);
                moved = true;
            }
            while let Some(work) = instance.core.next_work(now, &mut instance.permits) {
                moved = true;
                match work {
                    Work::Call(call) => instance.unwritten.push(call),
                    Work::Show { chat, action } => {
                        self.shown.push((chat, action));
                        instance.core.done(Done::Aside, now, &mut instance.permits);
                    }
                    other => {
                        let done = Self::at_once(perform(other, &tools));
                        instance.core.done(done, now, &mut instance.permits);
                    }
                }
                instance.core.assert_sound();
            }
            if let Some(turn) = instance.core.next_turn(now, &mut instance.permits) {
                moved = true;
                self.turns += 1;
                let answer = Self::turn(&state, &turn, fate);
                instance.core.turned(answer, now, &mut instance.permits);
                instance.core.assert_sound();
            }
            if !moved {
                break;
            }
        }
        if instance.core.is_finished() && instance.unwritten.is_empty() {
            if !instance.core.is_lost() {
                Self::at_once(self.state.release_lease(SHARD, instance.core.holder())).unwrap();
            }
            self.instances[index] = None;
        }
    }

    pub(in super::super) fn turn(
        state: &MemoryState,
        turn: &Turn,
        fate: Fate,
    ) -> Result<Fenced<Turned>, StateError> {
        let lost = || StateError::Unavailable { step: "turn", source: "the stage lost it".into() };
        match fate {
            Fate::Once => Self::at_once(state.turn(turn)),
            Fate::Twice => Self::at_once(state.turn(turn)).and_then(|_| Self::at_once(state.turn(turn))),
            Fate::Unheard => Self::at_once(state.turn(turn)).and(Err(lost())),
            Fate::Unsent => Err(lost()),
        }
    }

    /// Writes the requests an instance holds in its hands, or finds that it is too late.
    pub(in super::super) fn write(&mut self, index: usize) {
        let now = self.now();
        let unix = self.clock.unix();
        let Some(instance) = &mut self.instances[index] else { return };
        for CallWork { job, along, target, file, start_before } in std::mem::take(&mut instance.unwritten) {
            let instance = self.instances[index].as_mut().expect("it was there");
            let (chat, entry) = (job.chat, job.id);
            let content = &job.entry.content;
            let wants_target =
                matches!(content, Content::Edit(_) | Content::React(_) | Content::Retract { .. });
            if now >= start_before || wants_target && target.is_none() {
                let outcome = if now >= start_before { Outcome::Late } else { Outcome::Nothing };
                if matches!(outcome, Outcome::Nothing) {
                    self.given_up.insert(entry);
                }
                let done = Done::Called { chat, entry, method: "call", outcome };
                instance.core.done(done, now, &mut instance.permits);
                continue;
            }
            let holder = instance.core.holder().clone();
            let held = self.state.inspect(|world| world.shard(SHARD).lease.is_held(&holder, unix));
            assert!(held, "a call of {holder:?} without its lease");
            let alone = !self.flying.iter().any(|other| other.job.chat == chat && other.answer.is_none());
            assert!(alone, "two calls at once in {chat:?}");
            let album = std::iter::once(&job).chain(&along);
            for (one, next) in album.clone().zip(album.skip(1)) {
                assert!(one.entry.goes_with(&next.entry) && one.id < next.id, "{one:?} along with {next:?}");
            }
            if along.is_empty() {
                self.judge_target(&job, target);
            }
            self.flying.push(Flying { owner: Some(index), job, along, file, written: now, answer: None });
        }
        let instance = self.instances[index].as_ref().expect("it was there");
        instance.core.assert_sound();
    }

    /// The process dies. Its requests may still be carried out, as long as a call can live.
    pub(in super::super) fn crash(&mut self, index: usize) {
        self.instances[index] = None;
        for call in &mut self.flying {
            if call.owner == Some(index) {
                call.owner = None;
            }
        }
    }
}
