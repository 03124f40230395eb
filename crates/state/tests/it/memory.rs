//! The conformance suite on the state in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::id::UserId;
use hamdam_domain::session::Session;
use hamdam_state::State;
use hamdam_state::memory::{Gate, MemoryState, Pass, World};
use proptest::prelude::*;

use crate::conformance::{Subject, random, run};

/// A clock that stands until it is moved.
pub(crate) struct HandClock(Mutex<Millis>);

impl HandClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Millis(1_800_000_000_123))))
    }

    fn advance(&self, time: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = now.after(time);
    }
}

impl Clock for HandClock {
    fn unix(&self) -> Millis {
        *self.0.lock().unwrap()
    }

    fn monotonic(&self) -> Duration {
        self.unix().since(Millis(0))
    }
}

/// Memory under a clock of its own.
pub(crate) struct InMemory {
    clock: Arc<HandClock>,
    state: Arc<MemoryState>,
}

impl InMemory {
    pub(crate) fn new() -> Self {
        let clock = HandClock::new();
        Self { state: Arc::new(MemoryState::new(4, clock.clone())), clock }
    }

    /// The same, with every step sent twice.
    pub(crate) fn sent_twice() -> Self {
        let clock = HandClock::new();
        let state = MemoryState::builder(4, clock.clone()).gate(Arc::new(SentTwice)).build();
        Self { state: Arc::new(state), clock }
    }
}

#[async_trait]
impl Subject for InMemory {
    fn state(&self) -> Arc<dyn State> {
        self.state.clone()
    }

    async fn pass(&self, time: Duration) -> bool {
        self.clock.advance(time);
        true
    }
}

#[tokio::test]
async fn conforms() {
    run(async || Box::new(InMemory::new()) as Box<dyn Subject>).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Counters and backlogs are kept by hand; whatever happened, they must count what is there.
    #[test]
    fn counters_count_what_is_there(steps in random::steps(150)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let subject = InMemory::new();
        runtime.block_on(async {
            let mut play = random::Play::new(subject.state.clone());
            for step in &steps {
                play.take(step).await;
            }
        });
        subject.state.inspect(check_counters);
    }

    /// What the comparison with another implementation rests on.
    #[test]
    fn the_same_steps_get_the_same_answers(steps in random::steps(60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(random::compare(InMemory::new().state, InMemory::new().state, &steps));
    }

    /// A script that is sent twice answers differently at most, and leaves the same world.
    #[test]
    fn every_step_may_be_sent_twice(steps in random::steps(100)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let clock = HandClock::new();
        let twice = Arc::new(MemoryState::builder(4, clock.clone()).gate(Arc::new(SentTwice)).build());
        let once = Arc::new(MemoryState::new(4, clock));
        let mut twice_play = random::Play::new(twice.clone());
        let mut once_play = random::Play::new(once.clone());
        for step in steps.iter().filter(|step| !counts_calls(step)) {
            runtime.block_on(async {
                once_play.take(step).await;
                twice_play.take(step).await;
            });
            let same = once.inspect(|once| twice.inspect(|twice| once == twice));
            prop_assert!(same, "{step:?} sent twice changed more than once");
        }
    }
}

/// Steps whose every call counts: permits, strikes. Sent twice they cost a permit or a strike, which harms nobody.
/// A lease that is taken or returned answers the same, but its owner may not learn it.
fn counts_calls(step: &random::Step) -> bool {
    match step {
        random::Step::Permits { .. } | random::Step::Strike(_) => true,
        random::Step::Bulk(bulk) => matches!(bulk, random::Bulk::Permits { .. }),
        _ => false,
    }
}

pub(crate) struct SentTwice;

#[async_trait]
impl Gate for SentTwice {
    async fn enter(&self, _: &'static str) -> Pass {
        Pass::Twice
    }

    fn leave(&self, _: &'static str, _: &dyn std::fmt::Debug) {}
}

fn check_counters(world: &World) {
    for (n, shard) in world.shards.iter().enumerate() {
        let here = |id: &UserId| usize::from(world.shard_of(*id).0) == n;
        let users = world.users.iter().filter(|(id, _)| here(id));
        let (mut waiting, mut chatting, mut live) = (0, 0, BTreeSet::new());
        for (id, user) in users {
            match user.session {
                Session::Idle => continue,
                Session::Waiting(_) | Session::Held { .. } => waiting += 1,
                Session::Chatting { .. } => chatting += 1,
            }
            live.insert((user.entered_at, *id));
        }
        assert_eq!((shard.waiting, shard.chatting, &shard.live), (waiting, chatting, &live));
        let mut backlog = BTreeMap::<_, u32>::new();
        for stored in shard.outbox.values() {
            *backlog.entry((stored.user, stored.bot)).or_default() += 1;
        }
        assert_eq!(shard.backlog, backlog);
        for (chat, claim) in &shard.claims {
            let stored = &shard.outbox[&claim.entry];
            assert_eq!(*chat, (stored.user, stored.bot));
        }
    }
    let bodies = |shard: &hamdam_state::memory::ShardState| -> usize {
        shard
            .outbox
            .values()
            .map(|stored| stored.body.len())
            .chain(shard.journal.values().map(String::len))
            .sum()
    };
    assert_eq!(world.body_bytes, world.shards.iter().map(bodies).sum::<usize>() as u64);
}
