//! Tickets that a narrow pool cannot serve move on, whatever dies on the way.

use std::time::Duration;

use hamdam_domain::engine::Rules;
use hamdam_domain::id::{PoolId, Shard};
use hamdam_domain::pools::{Pools, Region, WayOn};
use hamdam_domain::session::Session;
use hamdam_domain::ticket::{Claimant, Intent, Ticket};
use hamdam_domain::wish::{Class, Country, Facts, Gender, Place};
use hamdam_fleet::audit::Audit;
use hamdam_fleet::matchmaker::{Matchmaker, Settings};
use hamdam_state::State;
use hamdam_state::memory::Pass;
use hamdam_state::step::Holder;

use super::town::{LEASE, Town, pool, user};

const PATIENCE: Duration = Duration::from_secs(10);

fn narrow() -> PoolId {
    PoolId("ir".into())
}

fn pools() -> Pools {
    let countries = vec![Country::new("IR").unwrap()];
    let region = Region { pool: narrow(), countries, wider: pool(), after: PATIENCE };
    Pools::new(vec![region], pool()).unwrap()
}

impl Town {
    fn narrow_leader(&self, owner: &str) -> Matchmaker {
        let way_on = pools().way_on(&narrow());
        assert_eq!(way_on, Some(WayOn { to: pool(), after: PATIENCE }));
        self.leader(owner, narrow(), Settings { way_on, ..Settings::new(Rules::default(), LEASE) })
    }

    /// A man of priority, in the narrow pool.
    fn narrow_ticket(&self, n: i64) -> Ticket {
        let place = Place { country: Country::new("IR").ok(), ..Place::default() };
        let facts = Facts { gender: Some(Gender::Male), class: Class(1), place, ..Facts::default() };
        let mut ticket = Ticket { pool: narrow(), ..self.ticket(n, &[user(99)]) };
        ticket.wishes.facts = facts;
        ticket
    }

    async fn waits_narrowly(&self, n: i64) -> Ticket {
        let ticket = self.narrow_ticket(n);
        self.takes(n, &ticket).await;
        self.state.add_ticket(&ticket).await.unwrap();
        ticket
    }

    /// The pools in which a user has a ticket.
    fn tickets_of(&self, n: i64) -> Vec<Ticket> {
        self.state.inspect(|world| {
            let all = world.pools.values().flat_map(|pool| pool.tickets.values());
            all.filter(|ticket| ticket.claimant.user == user(n)).cloned().collect()
        })
    }

    async fn walk_all(&self, audit: &mut Audit) -> usize {
        let shards: Vec<_> = (0..self.state.shards()).map(Shard).collect();
        audit.walk(&shards, &[pool(), narrow()]).await.unwrap().mends.values().sum()
    }
}

#[tokio::test]
async fn who_waited_long_enough_moves_on_with_all_they_had() {
    let town = Town::new();
    let ticket = town.waits_narrowly(1).await;
    let mut leader = town.narrow_leader("one");
    assert_eq!(leader.pass().await.unwrap().moved_on, 0, "their time has not come");
    town.clock.advance(PATIENCE);
    let report = leader.pass().await.unwrap();
    assert_eq!((report.moved_on, report.waiting), (1, 1));
    let claimant = Claimant { attempt: 1, ..ticket.claimant };
    let moved = Ticket { claimant, pool: pool(), ..ticket.clone() };
    assert_eq!(town.tickets_of(1), [moved], "one ticket, with wishes, time and class");
    let report = leader.pass().await.unwrap();
    assert_eq!((report.moved_on, report.waiting), (0, 0));
    let mut audit = town.audit_of(pools(), LEASE * 1_000);
    assert_eq!(town.walk_all(&mut audit).await + town.walk_all(&mut audit).await, 0);
}

#[tokio::test]
async fn a_leader_that_dies_while_it_moves_somebody_on_loses_nobody() {
    for step in ["bump", "remove_ticket", "read", "add_ticket"] {
        for pass in [Pass::Unsent, Pass::Unheard] {
            let town = Town::new();
            town.waits_narrowly(1).await;
            town.clock.advance(PATIENCE);
            town.trouble.next(step, pass);
            let mut dying = town.narrow_leader("one");
            dying.pass().await.unwrap_err();
            assert!(town.tickets_of(1).len() <= 1, "{step} {pass:?}: in one pool at most");
            drop(dying);
            town.clock.advance(LEASE);
            assert!(town.narrow_leader("two").pass().await.unwrap().leads);
            let mut audit = town.audit_of(pools(), LEASE * 1_000);
            for _ in 0..2 {
                town.walk_all(&mut audit).await;
            }
            let tickets = town.tickets_of(1);
            assert_eq!(tickets.len(), 1, "{step} {pass:?}");
            assert_eq!(tickets[0].pool, pool(), "{step} {pass:?}");
            assert_eq!(
                tickets[0].waiting_since,
                town.narrow_ticket(1).waiting_since.before(PATIENCE + LEASE)
            );
            town.waits(2, &[]).await;
            assert_eq!(town.matchmaker("three", 100).pass().await.unwrap().opened, 1);
            assert!(town.room_of(1, 2).is_some(), "{step} {pass:?}");
        }
    }
}

#[tokio::test]
async fn a_leader_that_lives_on_after_an_error_moves_them_on_in_the_next_batch() {
    let town = Town::new();
    town.waits_narrowly(1).await;
    town.clock.advance(PATIENCE);
    let mut leader = town.narrow_leader("one");
    for step in ["bump", "remove_ticket", "add_ticket"] {
        town.trouble.next(step, Pass::Unsent);
        leader.pass().await.unwrap_err();
    }
    assert_eq!(leader.pass().await.unwrap().moved_on, 1);
    assert_eq!(town.tickets_of(1).len(), 1);
}

/// A leader that lost its lock in its sleep moves somebody on whom its successor has matched.
#[tokio::test]
async fn a_match_of_somebody_who_moved_on_is_given_up_and_both_wait_in_their_pools() {
    let town = Town::new();
    let (first, second) = (town.waits_narrowly(1).await, town.waits_narrowly(2).await);
    let owner = hamdam_domain::id::InstanceId("two".into());
    let epoch = town.state.lead(&narrow(), &owner, LEASE).await.unwrap().unwrap();
    let room = hamdam_domain::id::RoomId(7);
    let intent = Intent { room, first, second };
    let holder = Holder { owner, epoch };
    town.state.commit(&narrow(), &holder, std::slice::from_ref(&intent)).await.unwrap().held().unwrap();
    let stub = town.state.bump(&intent.first.claimant, &pool()).await.unwrap().unwrap();
    town.state.remove_ticket(&narrow(), user(1), stub.ticket).await.unwrap();
    let report = town.narrow_leader("two").pass().await.unwrap();
    assert_eq!((report.opened, report.given_up), (0, 1));
    for (n, wanted) in [(1, pool()), (2, narrow())] {
        let tickets = town.tickets_of(n);
        assert_eq!(tickets.iter().map(|ticket| &ticket.pool).collect::<Vec<_>>(), [&wanted]);
        let Session::Waiting(stub) = town.session(n) else { panic!("{:?}", town.session(n)) };
        assert_eq!((stub.pool, stub.attempt), (wanted, tickets[0].claimant.attempt));
    }
}

#[tokio::test]
async fn whose_pool_is_none_of_the_fleets_any_more_waits_in_the_widest() {
    let town = Town::new();
    town.waits_narrowly(1).await;
    let mut audit = town.audit_of(Pools::default(), LEASE * 1_000);
    assert_eq!(town.walk_all(&mut audit).await, 0, "nothing is mended at first sight");
    assert_eq!(town.walk_all(&mut audit).await, 1);
    assert_eq!(town.tickets_of(1).iter().map(|ticket| &ticket.pool).collect::<Vec<_>>(), [&pool()]);
}
