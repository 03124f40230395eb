//! What the audit mends, and what it leaves alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::id::{BotId, Shard};
use hamdam_domain::outbox::Notice;
use hamdam_domain::pools::Pools;
use hamdam_domain::session::Session;
use hamdam_fleet::audit::{Audit, Mend, Walk};
use hamdam_fleet::bots::Bots;
use hamdam_state::State;
use hamdam_state::memory::Pass;
use hamdam_state::step::matching::Seat;
use hamdam_state::step::pool::Standing;
use hamdam_state::step::user::Arrival;

use super::town::{BOT, Town, pool, ticket_of, user};

const DAY: Duration = Duration::from_hours(24);

impl Town {
    fn audit(&self) -> Audit {
        self.audit_of(Pools::default(), DAY)
    }

    async fn walk(&self, audit: &mut Audit) -> Walk {
        let shards: Vec<_> = (0..self.state.shards()).map(Shard).collect();
        audit.walk(&shards, &[pool()]).await.unwrap()
    }

    /// Walks twice and answers the mends of the second.
    async fn walk_twice(&self, audit: &mut Audit) -> BTreeMap<Mend, usize> {
        assert_eq!(self.walk(audit).await.mends, BTreeMap::new(), "nothing is mended at first sight");
        self.walk(audit).await.mends
    }

    /// Nothing is left of so many users' searches and rooms, and nothing to mend.
    async fn is_deserted(&self, users: i64, audit: &mut Audit) {
        for n in 1..=users {
            assert_eq!(self.session(n), Session::Idle, "user {n}");
        }
        self.state.inspect(|world| assert!(world.pools[&pool()].tickets.is_empty()));
        assert_eq!(self.walk_twice(audit).await, BTreeMap::new(), "nothing is left to mend");
    }

    async fn meet(&self, a: i64, b: i64) {
        self.waits(a, &[]).await;
        self.waits(b, &[]).await;
        self.matchmaker("one", 100).pass().await.unwrap();
        assert!(self.room_of(a, b).is_some());
    }
}

#[tokio::test]
async fn a_healthy_world_is_left_as_it_is() {
    let town = Town::new();
    town.meet(1, 2).await;
    town.waits(3, &[]).await;
    let before = town.state.inspect(Clone::clone);
    let mut audit = town.audit();
    for _ in 0..4 {
        let walk = town.walk(&mut audit).await;
        assert_eq!((walk.looked, walk.mends, walk.idle_rooms), (4, BTreeMap::new(), 0));
    }
    assert!(town.state.inspect(|world| *world == before));
}

#[tokio::test]
async fn whoever_came_by_a_bot_that_was_taken_out_is_parted_with() {
    let town = Town::new();
    town.meet(1, 2).await;
    town.waits(3, &[]).await;
    let bots = Arc::new(Bots::new([(BOT, 0), (BotId(7), 0)]));
    let mut audit = Audit::new(town.state.clone(), Pools::default(), Arc::clone(&bots), DAY);
    town.walk(&mut audit).await;
    assert!(town.room_of(1, 2).is_some(), "the bot is there");
    bots.change([(BotId(7), 0)]);
    town.walk(&mut audit).await;
    town.is_deserted(3, &mut audit).await;
}

/// What takes a bot out may be a restart instead of a signal, and then nobody saw it leave.
#[tokio::test]
async fn whoever_came_by_a_bot_that_nobody_knows_is_parted_with_after_a_minute() {
    let town = Town::new();
    town.meet(1, 2).await;
    town.waits(3, &[]).await;
    let bots = Arc::new(Bots::new([(BotId(7), 0)]));
    let mut audit = Audit::new(town.state.clone(), Pools::default(), bots, DAY);
    let mut walk_after = async |seconds| {
        town.clock.advance(Duration::from_secs(seconds));
        town.walk(&mut audit).await;
        town.room_of(1, 2).is_some()
    };
    assert!(walk_after(0).await && walk_after(59).await, "it may yet be told of the bot");
    assert!(!walk_after(1).await, "it was not");
    town.is_deserted(3, &mut audit).await;
}

#[tokio::test]
async fn a_waiter_without_a_ticket_gets_one_at_the_next_attempt() {
    let town = Town::new();
    let ticket = town.session_waits(1, &[user(9)]).await;
    let mut audit = town.audit();
    assert_eq!(town.walk_twice(&mut audit).await, BTreeMap::from([(Mend::WaiterWithoutTicket, 1)]));
    let Session::Waiting(stub) = town.session(1) else { panic!("still waits") };
    assert_eq!((stub.attempt, stub.waiting_since), (1, ticket.waiting_since));
    assert!(town.pool_is(|pool| {
        let added = pool.tickets.values().next().unwrap();
        added.claimant.attempt == 1 && added.wishes == ticket.wishes
    }));
    assert_eq!(town.walk_twice(&mut audit).await, BTreeMap::new());
    town.waits(2, &[]).await;
    town.matchmaker("one", 100).pass().await.unwrap();
    assert!(town.room_of(1, 2).is_some());
}

#[tokio::test]
async fn a_waiter_in_an_intent_is_left_to_the_matchmaker() {
    let town = Town::new();
    town.waits(1, &[]).await;
    town.waits(2, &[]).await;
    town.trouble.next("attach", Pass::Unsent);
    town.matchmaker("one", 100).pass().await.unwrap_err();
    assert_eq!(town.walk_twice(&mut town.audit()).await, BTreeMap::new());
}

#[tokio::test]
async fn somebody_held_for_nothing_waits_again() {
    let town = Town::new();
    let ticket = town.session_waits(1, &[]).await;
    let seat = Seat {
        room: hamdam_domain::id::RoomId(77),
        me: ticket.claimant,
        partner: user(2),
        partner_ticket: ticket_of(2),
        partner_era: 0,
    };
    town.state.hold(&seat).await.unwrap();
    let mut audit = town.audit();
    assert_eq!(town.walk_twice(&mut audit).await, BTreeMap::from([(Mend::HeldWithoutIntent, 1)]));
    let Session::Waiting(stub) = town.session(1) else { panic!("waits again") };
    assert_eq!(stub.attempt, 1);
    let claimant = hamdam_domain::ticket::Claimant { attempt: 1, ..ticket.claimant };
    assert_eq!(town.state.standing(&pool(), &[claimant]).await.unwrap(), [Standing::Queued]);
}

#[tokio::test]
async fn somebody_left_alone_in_a_room_is_let_out() {
    let town = Town::new();
    town.meet(1, 2).await;
    let room = town.room_of(1, 2).unwrap();
    town.moves(2, 50, Session::Idle).await;
    let mut audit = town.audit();
    assert_eq!(town.walk_twice(&mut audit).await, BTreeMap::from([(Mend::LonelyRoom, 1)]));
    assert_eq!(town.session(1), Session::Idle);
    assert_eq!(town.chat(1).last(), Some(&Notice::RoomClosed { room }.entry()));
    assert_eq!(town.chat(2).len(), 1);
}

#[tokio::test]
async fn a_ticket_nobody_waits_by_is_removed() {
    let town = Town::new();
    town.waits(1, &[]).await;
    town.moves(1, 50, Session::Idle).await;
    assert_eq!(town.walk_twice(&mut town.audit()).await, BTreeMap::from([(Mend::StrayTicket, 1)]));
    assert!(town.pool_is(|pool| pool.tickets.is_empty()));
}

#[tokio::test]
async fn a_room_nobody_writes_in_ends_for_both() {
    let town = Town::new();
    town.meet(1, 2).await;
    let room = town.room_of(1, 2).unwrap();
    town.clock.advance(DAY.saturating_sub(Duration::from_mins(1)));
    let mut audit = town.audit();
    assert_eq!(town.walk(&mut audit).await.idle_rooms, 0);
    town.state.arrive(user(2), Arrival::default()).await.unwrap();
    town.clock.advance(Duration::from_mins(2));
    assert_eq!(town.walk(&mut audit).await.idle_rooms, 0, "one of them wrote");
    town.clock.advance(DAY);
    assert_eq!(town.walk(&mut audit).await.idle_rooms, 1);
    for n in [1, 2] {
        assert_eq!(town.session(n), Session::Idle);
        assert_eq!(town.chat(n).last(), Some(&Notice::RoomClosed { room }.entry()));
    }
    assert_eq!(town.walk_twice(&mut audit).await, BTreeMap::new());
}
