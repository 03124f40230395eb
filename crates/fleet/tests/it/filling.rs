//! A broadcast is queued for everybody once, wherever whoever queues it dies.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use hamdam_archive::{Audience, Ledger, Member};
use hamdam_domain::broadcast::{BroadcastId, Delivery, Message, Order, Plan, Segment, Text};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, InstanceId, Shard, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::safety::FOR_EVER;
use hamdam_domain::wish::{Country, Facts, Gender, Place};
use hamdam_fleet::broadcast::{Filler, Pass, tally};
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::posted::{Airing, Posted};
use hamdam_state::State;
use hamdam_state::memory::{self, Gate, MemoryState};
use hamdam_state::step::Holder;
use hamdam_state::step::broadcast::{BulkTurn, PartAck};
use hamdam_state::step::user::Arrival;

const BOT: BotId = BotId(7);
const SHARDS: u16 = 4;
const LEASE: Duration = Duration::from_secs(5);
const FIRST: BroadcastId = BroadcastId(1);

/// A clock that stands until it is moved.
#[derive(Default)]
struct HandClock(AtomicU64);

impl Clock for HandClock {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000).after(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Lets so many steps happen, and then none: whoever takes the next one hangs there until more may happen.
#[derive(Default)]
struct Fuse(AtomicUsize);

#[async_trait]
impl Gate for Fuse {
    async fn enter(&self, _: &'static str) -> memory::Pass {
        std::future::poll_fn(|_| match self.0.load(Ordering::Relaxed) {
            0 => Poll::Pending,
            left => {
                self.0.store(left - 1, Ordering::Relaxed);
                Poll::Ready(())
            }
        })
        .await;
        memory::Pass::Once
    }

    fn leave(&self, _: &'static str, _: &dyn Debug) {}
}

struct Crowd(Vec<Member>);

#[async_trait]
impl Audience for Crowd {
    async fn members(&self, after: UserId, limit: u32) -> hamdam_archive::Result<Vec<Member>> {
        let behind = self.0.iter().filter(|member| member.user > after);
        Ok(behind.take(limit as usize).cloned().collect())
    }
}

struct Forgetful;

#[async_trait]
impl Ledger for Forgetful {
    async fn write(&self, _: &[Fact]) -> hamdam_archive::Result<()> {
        Ok(())
    }
}

fn member(n: i64) -> Member {
    Member { user: UserId(n), profile: Profile::new(Language::En, BOT), created_at: Millis(1) }
}

fn plan(to: Segment) -> Plan {
    let text = Text { language: Language::En, text: "news".into() };
    Plan { message: Message::Texts(vec![text]), to, by: None }
}

struct Town {
    clock: Arc<HandClock>,
    fuse: Arc<Fuse>,
    state: Arc<MemoryState>,
    crowd: Arc<Crowd>,
    posted: Posted,
    metrics: Metrics,
}

impl Town {
    fn new(members: Vec<Member>) -> Self {
        let (clock, fuse) = (Arc::new(HandClock::default()), Arc::new(Fuse(AtomicUsize::new(usize::MAX))));
        let state = MemoryState::builder(SHARDS, Arc::<HandClock>::clone(&clock));
        let state = Arc::new(state.gate(Arc::<Fuse>::clone(&fuse)).build());
        let crowd = Arc::new(Crowd(members));
        Self { clock, fuse, state, crowd, posted: Posted::default(), metrics: Metrics::new() }
    }

    fn filler(&self, name: &str) -> Filler {
        let state: Arc<dyn State> = Arc::<MemoryState>::clone(&self.state);
        let clock: Arc<dyn Clock> = Arc::<HandClock>::clone(&self.clock);
        let owner = InstanceId(name.into());
        Filler::new(state, Arc::<Crowd>::clone(&self.crowd), Arc::new(Forgetful), clock, owner, LEASE)
    }

    async fn airing(&self) -> Arc<Airing> {
        self.posted.look(&*self.state, &self.metrics).await.unwrap();
        self.posted.airs().borrow().clone()
    }

    /// Sends all that is queued. Answers to whom.
    async fn drains(&self) -> Vec<UserId> {
        let mut sent = Vec::new();
        for shard in (0..SHARDS).map(Shard) {
            let owner = InstanceId("sender".into());
            let epoch = self.state.lease(shard, &owner, LEASE).await.unwrap().expect("nobody else sends");
            let holder = Holder { owner, epoch };
            let nowhere = EntryId::default();
            let turn = BulkTurn {
                shard,
                holder,
                ttl: LEASE,
                acks: Vec::new(),
                claims: Vec::new(),
                after: nowhere,
                limit: 10_000,
                conversations: nowhere,
            };
            let parts = self.state.bulk_turn(&turn).await.unwrap().held().unwrap().parts;
            let ack = |id, broadcast| PartAck { id, broadcast, delivery: Delivery::Sent };
            let acks = parts.iter().map(|part| ack(part.id, part.broadcast)).collect();
            self.state.bulk_turn(&BulkTurn { acks, ..turn }).await.unwrap();
            sent.extend(parts.iter().map(|part| part.to.user));
        }
        sent
    }

    /// Queues and sends until the broadcast is over. Answers to whom it went, in ascending order.
    async fn airs(&self, filler: &mut Filler) -> Vec<UserId> {
        let mut sent = Vec::new();
        loop {
            let airing = self.airing().await;
            match filler.pass(&airing).await.unwrap() {
                Pass::Idle => break,
                Pass::Done => {}
                Pass::Waits | Pass::StandsBy => sent.extend(self.drains().await),
            }
        }
        sent.sort_unstable();
        sent
    }
}

fn all(many: i64) -> Vec<UserId> {
    (1..=many).map(UserId).collect()
}

#[tokio::test]
async fn wherever_it_dies_another_goes_on_and_everybody_is_queued_once() {
    const MANY: i64 = 1_700;
    let mut deaths = 0;
    for steps in 0.. {
        let town = Town::new((1..=MANY).map(member).collect());
        town.state.begin_broadcast(&plan(Segment::default()), "one").await.unwrap();
        let (mut first, mut sent) = (town.filler("first"), Vec::new());
        let airing = town.airing().await;
        let mut died = false;
        let mut left = steps;
        while !died {
            town.fuse.0.store(left, Ordering::Relaxed);
            let passed = first.pass(&airing).now_or_never();
            left = town.fuse.0.swap(usize::MAX, Ordering::Relaxed);
            match passed {
                None => died = true,
                Some(Ok(Pass::Done)) => {}
                Some(Ok(Pass::Waits)) => sent.extend(town.drains().await),
                other => panic!("{other:?}"),
            }
            if town.airing().await.under_way().next().is_none() {
                break;
            }
        }
        deaths += usize::from(died);
        let clock = &town.clock.0;
        clock.fetch_add(u64::try_from(LEASE.as_millis()).unwrap() + 1, Ordering::Relaxed);
        sent.extend(town.airs(&mut town.filler("second")).await);
        sent.sort_unstable();
        assert_eq!(sent, all(MANY), "it died after {steps} steps");
        let tally = tally(&*town.state, FIRST).await.unwrap();
        assert_eq!((tally.queued, tally.sent), (1_700, 1_700));
        if !died {
            break;
        }
    }
    println!("it died at {deaths} steps");
    assert!(deaths > 20);
}

/// One that lost its lease in its sleep brings its piece, and concludes, after all is done: nothing changes.
#[tokio::test]
async fn one_that_wakes_up_late_changes_nothing() {
    let town = Town::new((1..=1_500).map(member).collect());
    town.state.begin_broadcast(&plan(Segment::default()), "one").await.unwrap();
    let airing = town.airing().await;
    let mut sleeper = town.filler("sleeper");
    town.fuse.0.store(3, Ordering::Relaxed);
    let mut asleep = Box::pin(sleeper.pass(&airing));
    assert!((&mut asleep).now_or_never().is_none(), "it sleeps in the middle of its first piece");
    town.fuse.0.store(usize::MAX, Ordering::Relaxed);
    town.clock.0.fetch_add(6_000, Ordering::Relaxed);
    let sent = town.airs(&mut town.filler("other")).await;
    assert_eq!(sent, all(1_500));
    assert_eq!(asleep.await.unwrap(), Pass::StandsBy);
    assert_eq!(town.drains().await, []);
    assert_eq!(tally(&*town.state, FIRST).await.unwrap().queued, 1_500);
}

#[tokio::test]
async fn one_leads_and_the_others_stand_by() {
    let town = Town::new((1..=10).map(member).collect());
    let (mut one, mut other) = (town.filler("one"), town.filler("other"));
    assert_eq!(one.pass(&*town.airing().await).await.unwrap(), Pass::Idle);
    town.state.begin_broadcast(&plan(Segment::default()), "one").await.unwrap();
    let airing = town.airing().await;
    assert_eq!(one.pass(&airing).await.unwrap(), Pass::Done);
    assert_eq!(other.pass(&airing).await.unwrap(), Pass::StandsBy);
    assert!(one.leads() && !other.leads());
    one.leave().await.unwrap();
    assert_eq!(other.pass(&airing).await.unwrap(), Pass::Waits, "all are queued");
}

#[tokio::test]
async fn a_part_of_the_people_is_those_it_names() {
    let of = |n: i64, change: &dyn Fn(&mut Profile)| {
        let mut member = member(n);
        change(&mut member.profile);
        member
    };
    let place = Place { country: Country::new("IR").ok(), ..Place::default() };
    let members = vec![
        of(1, &|_| {}),
        of(2, &|profile| profile.language = Language::Fa),
        of(3, &|profile| profile.bot = BotId(8)),
        of(4, &|profile| profile.facts = Facts { gender: Some(Gender::Female), ..Facts::default() }),
        of(5, &|profile| profile.facts = Facts { place, ..Facts::default() }),
        of(6, &|profile| profile.unreachable = true),
        of(7, &|profile| profile.banned_until = Some(FOR_EVER)),
        Member { created_at: Millis(i64::MAX), ..member(8) },
        of(9, &|profile| profile.banned_until = Some(Millis(5))),
    ];
    for (text, wanted) in [
        (",,,,", vec![1, 2, 3, 4, 5, 9]),
        ("fa,,,,", vec![2]),
        (",8,,,", vec![3]),
        (",,f,,", vec![4]),
        (",,,IR,", vec![5]),
        (",,f,IR,", vec![]),
    ] {
        let town = Town::new(members.clone());
        town.state.begin_broadcast(&plan(text.parse().unwrap()), "one").await.unwrap();
        let sent = town.airs(&mut town.filler("one")).await;
        assert_eq!(sent, wanted.into_iter().map(UserId).collect::<Vec<_>>(), "{text}");
    }
    let town = Town::new(members);
    for (user, idle) in [(1, 0), (4, 3)] {
        town.state.enroll(UserId(user), &Profile::new(Language::En, BOT), &[], &[]).await.unwrap();
        town.clock.0.fetch_add(idle * 86_400_000, Ordering::Relaxed);
    }
    town.state.begin_broadcast(&plan(",,,,2".parse().unwrap()), "one").await.unwrap();
    assert_eq!(town.airs(&mut town.filler("one")).await, [], "both were here three days ago");
    town.state.arrive(UserId(4), Arrival::default()).await.unwrap();
    town.state.begin_broadcast(&plan(",,,,2".parse().unwrap()), "two").await.unwrap();
    assert_eq!(town.airs(&mut town.filler("one")).await, [UserId(4)]);
}

#[tokio::test]
async fn a_cancelled_one_is_concluded_once_all_of_it_is_dropped() {
    let town = Town::new((1..=1_500).map(member).collect());
    town.state.begin_broadcast(&plan(Segment::default()), "one").await.unwrap();
    let mut filler = town.filler("one");
    assert_eq!(filler.pass(&*town.airing().await).await.unwrap(), Pass::Waits, "the shards are full");
    town.state.steer_broadcast(FIRST, Order::Cancel).await.unwrap();
    assert_eq!(filler.pass(&*town.airing().await).await.unwrap(), Pass::Waits);
    assert!(town.airing().await.under_way().next().is_some(), "parts of it are queued");
    let dropped = town.drains().await.len();
    filler.pass(&*town.airing().await).await.unwrap();
    assert_eq!(filler.pass(&*town.airing().await).await.unwrap(), Pass::Idle);
    assert_eq!(tally(&*town.state, FIRST).await.unwrap().queued, u64::try_from(dropped).unwrap());
}
