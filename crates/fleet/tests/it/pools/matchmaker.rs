//! One batch after the other, by one instance or several.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hamdam_domain::engine::Rules;
use hamdam_domain::outbox::Notice;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::{Claimant, Intent, Ticket};
use hamdam_fleet::matchmaker::Settings;
use hamdam_state::State;
use hamdam_state::memory::Pass;
use hamdam_state::step::Holder;

use super::town::{LEASE, Town, pool, ticket_of, user};

#[tokio::test]
async fn who_waits_meets_in_order_of_waiting() {
    let town = Town::new();
    for n in [3, 1, 5, 2, 4] {
        town.waits(n, &[]).await;
    }
    let mut matchmaker = town.matchmaker("one", 100);
    let report = matchmaker.pass().await.unwrap();
    assert!(report.leads && report.took_stock && matchmaker.leads());
    assert_eq!((report.committed, report.opened, report.given_up, report.waiting), (2, 2, 0, 1));
    assert_eq!(report.waited.len(), 4);
    assert!(
        report
            .waited
            .iter()
            .all(|(class, waited)| class.0 == 0 && (990..1_000).contains(&waited.as_millis()))
    );
    let rooms = [town.room_of(1, 2).unwrap(), town.room_of(3, 4).unwrap()];
    assert_ne!(rooms[0], rooms[1]);
    assert_eq!(town.chat(1), [Notice::Found { room: rooms[0] }.entry()]);
    assert!(town.pool_is(|pool| pool.intents.is_empty() && pool.tickets.len() == 1));
    // The next batch follows the feed.
    town.waits(6, &[]).await;
    let report = matchmaker.pass().await.unwrap();
    assert_eq!((report.took_stock, report.changes, report.opened), (false, 5, 1));
    assert!(town.room_of(5, 6).is_some());
}

#[tokio::test]
async fn nobody_is_paired_while_the_pool_rests_and_all_are_afterwards() {
    let town = Town::new();
    for n in [1, 2] {
        town.waits(n, &[]).await;
    }
    let mut matchmaker = town.matchmaker("one", 100);
    matchmaker.rest(true);
    let report = matchmaker.pass().await.unwrap();
    assert_eq!((report.leads, report.committed, report.waiting), (true, 0, 2));
    town.waits(3, &[]).await;
    assert_eq!(matchmaker.pass().await.unwrap().waiting, 3, "the feed is followed");
    matchmaker.rest(false);
    assert_eq!(matchmaker.pass().await.unwrap().opened, 1);
    assert!(town.room_of(1, 2).is_some());
}

#[tokio::test]
async fn a_batch_keeps_to_its_size() {
    let town = Town::new();
    for n in 1..=12 {
        town.waits(n, &[]).await;
    }
    let mut matchmaker = town.matchmaker("one", 5);
    assert_eq!(matchmaker.pass().await.unwrap().opened, 5);
    assert_eq!(matchmaker.pass().await.unwrap().opened, 1);
}

#[tokio::test]
async fn one_leads_and_the_others_stand_by_until_the_lock_is_free() {
    let town = Town::new();
    let (mut one, mut two) = (town.matchmaker("one", 100), town.matchmaker("two", 100));
    assert!(one.pass().await.unwrap().leads);
    assert!(!two.pass().await.unwrap().leads);
    town.clock.advance(LEASE);
    assert!(two.pass().await.unwrap().took_stock);
    assert!(!one.pass().await.unwrap().leads && !one.leads());
    two.step_down().await.unwrap();
    let report = one.pass().await.unwrap();
    assert!(report.leads && report.took_stock, "what was known under another epoch is forgotten");
}

#[tokio::test]
async fn a_pair_that_blocks_each_other_in_the_session_is_given_up_and_waits_on() {
    let town = Town::new();
    town.waits(1, &[]).await;
    town.waits(2, &[]).await;
    // The block came after the ticket was made: only the session knows it.
    town.state.tamper(|world| world.users.get_mut(&user(2)).unwrap().blocked.push(user(1)));
    let mut matchmaker = town.matchmaker("one", 100);
    let report = matchmaker.pass().await.unwrap();
    assert_eq!((report.committed, report.opened, report.given_up), (1, 0, 1));
    assert_eq!(report.refused, BTreeMap::from([("attach", 1)]));
    for n in [1, 2] {
        let Session::Waiting(stub) = town.session(n) else { panic!("{:?}", town.session(n)) };
        assert_eq!((stub.ticket, stub.attempt), (ticket_of(n), 1));
        assert!(town.chat(n).is_empty());
    }
    assert!(town.pool_is(|pool| {
        pool.intents.is_empty() && pool.tickets.values().all(|ticket| ticket.claimant.attempt == 1)
    }));
    assert_eq!(matchmaker.pass().await.unwrap().committed, 0, "the new ticket names the block");
    town.waits(3, &[]).await;
    assert_eq!(matchmaker.pass().await.unwrap().opened, 1);
    assert!(town.room_of(1, 3).is_some());
}

#[tokio::test]
async fn a_block_that_the_ticket_names_is_never_proposed() {
    let town = Town::new();
    town.waits(1, &[user(2)]).await;
    town.waits(2, &[]).await;
    town.waits(3, &[]).await;
    let mut matchmaker = town.matchmaker("one", 100);
    assert_eq!(matchmaker.pass().await.unwrap().committed, 1);
    assert!(town.room_of(1, 3).is_some() || town.room_of(2, 3).is_some());
    assert_eq!(matchmaker.pass().await.unwrap().committed, 0);
}

#[tokio::test]
async fn intents_of_a_holder_who_died_are_carried_out_by_the_next() {
    let town = Town::new();
    town.waits(1, &[]).await;
    town.waits(2, &[]).await;
    let mut one = town.matchmaker("one", 100);
    town.trouble.next("hold", Pass::Unsent);
    one.pass().await.unwrap_err();
    assert!(town.pool_is(|pool| pool.intents.len() == 1 && pool.tickets.is_empty()));
    town.clock.advance(LEASE);
    let report = town.matchmaker("two", 100).pass().await.unwrap();
    assert_eq!((report.committed, report.opened), (0, 1));
    assert!(town.room_of(1, 2).is_some());
}

#[tokio::test]
async fn every_step_of_a_pass_may_fail_or_come_twice() {
    let steps =
        ["lead", "intents", "feed_end", "stock", "changes", "commit", "hold", "attach", "open", "settle"];
    // Two are one chunk. Twenty are ten, of which four are committed beside each other.
    for (step, couples) in steps.into_iter().flat_map(|step| [(step, 2), (step, 20)]) {
        for pass in [Pass::Unsent, Pass::Unheard, Pass::Twice] {
            let what = format!("{step} {pass:?}, {couples} couples");
            let town = Town::new();
            for n in 1..=2 * couples {
                town.waits(n, &[]).await;
            }
            let mut matchmaker = town.matchmaker("one", 100);
            town.trouble.next(step, pass);
            assert_eq!(matchmaker.pass().await.is_ok(), pass == Pass::Twice, "{what}");
            matchmaker.pass().await.unwrap();
            let rooms = (1..=couples).filter_map(|n| town.room_of(2 * n - 1, 2 * n));
            assert_eq!(rooms.collect::<BTreeSet<_>>().len(), usize::try_from(couples).unwrap(), "{what}");
            for n in 1..=2 * couples {
                assert_eq!(town.chat(n).len(), 1, "{what}");
            }
            assert!(town.pool_is(|pool| pool.intents.is_empty() && pool.tickets.is_empty()), "{what}");
        }
    }
}

/// Each step takes long where processors are full, so what waits for another makes queues grow.
#[tokio::test]
async fn a_storm_of_newcomers_is_carried_out_side_by_side() {
    let town = Town::new();
    for n in 1..=1_400 {
        town.waits(n, &[]).await;
    }
    let settings = Settings::new(Rules::default(), LEASE);
    assert_eq!(town.leader("one", pool(), settings).pass().await.unwrap().opened, 700);
    let most = ["commit", "hold", "attach", "open", "settle"].map(|step| town.trouble.most(step));
    assert_eq!(most, [4, 512, 512, 512, 4]);
}

#[tokio::test]
async fn a_holder_whose_lock_went_while_it_slept_changes_nothing() {
    let town = Town::new();
    let mut one = town.matchmaker("one", 100);
    one.pass().await.unwrap();
    town.waits(1, &[]).await;
    town.waits(2, &[]).await;
    // One dozes off in the middle of its pass, before its commit; two leads meanwhile.
    let stale =
        Holder { owner: hamdam_domain::id::InstanceId("one".into()), epoch: hamdam_domain::id::Epoch(1) };
    town.clock.advance(LEASE);
    let mut two = town.matchmaker("two", 100);
    two.pass().await.unwrap();
    let room = town.room_of(1, 2).unwrap();
    town.waits(3, &[]).await;
    town.waits(4, &[]).await;
    let intent = Intent {
        room: hamdam_domain::id::RoomId(77),
        first: town.ticket(3, &[]),
        second: town.ticket(4, &[]),
    };
    assert!(town.state.commit(&pool(), &stale, &[intent]).await.unwrap().held().is_none());
    assert!(!one.pass().await.unwrap().leads);
    assert_eq!(town.room_of(1, 2), Some(room));
    assert_eq!(two.pass().await.unwrap().opened, 1);
}

#[tokio::test]
async fn who_left_after_the_match_ends_it_and_the_other_waits_on_in_place() {
    let town = Town::new();
    town.waits(1, &[]).await;
    town.waits(2, &[]).await;
    let mut matchmaker = town.matchmaker("one", 100);
    town.trouble.next("hold", Pass::Unsent);
    matchmaker.pass().await.unwrap_err();
    town.moves(1, 50, Session::Idle).await;
    let report = matchmaker.pass().await.unwrap();
    assert_eq!((report.opened, report.given_up), (0, 1));
    assert_eq!(town.session(1), Session::Idle);
    let Session::Waiting(stub) = town.session(2) else { panic!("two waits on") };
    let before = town.ticket(2, &[]);
    assert_eq!((stub.attempt, stub.waiting_since), (1, before.waiting_since));
    let claimant = Claimant { attempt: 1, ..before.claimant };
    assert!(town.pool_is(|pool| pool.tickets.values().eq([&Ticket { claimant, ..before.clone() }])));
}

#[tokio::test]
async fn a_long_batch_renews_its_lock() {
    let town = Town::new();
    for n in 1..=8 {
        town.waits(n, &[]).await;
    }
    let mut matchmaker = town.matchmaker("one", 100);
    matchmaker.pass().await.unwrap();
    town.clock.advance(LEASE.saturating_sub(Duration::from_millis(1)));
    assert!(matchmaker.pass().await.unwrap().leads);
    town.clock.advance(LEASE.saturating_sub(Duration::from_millis(1)));
    assert!(matchmaker.pass().await.unwrap().leads, "every pass renews");
}
