//! Instances join, leave, and die while messages flow.

use std::time::Duration;

use super::{SHARDS, Town};

#[tokio::test(start_paused = true)]
async fn an_instance_takes_every_shard_sends_and_leaves_nothing_behind() {
    let town = Town::new();
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    for user in 1..=40 {
        for message in 0..3 {
            town.message(user, user * 100 + message).await;
        }
    }
    town.until("everything is sent", || town.outbox_is_empty()).await;
    for user in 1..=40 {
        assert_eq!(town.telegram.seen(user), [user * 100, user * 100 + 1, user * 100 + 2]);
    }
    assert!(fleet.drain(Duration::from_secs(30)).await);
    assert_eq!(town.leased(), 0);
    assert!(town.state.inspect(|world| world.instances.is_empty()), "its heartbeat is taken back");
}

#[tokio::test(start_paused = true)]
async fn joins_and_drains_under_traffic_lose_and_repeat_nothing() {
    let town = Town::new();
    let first = town.start("a").await;
    town.owns(&first, usize::from(SHARDS)).await;
    let (mut second, mut third, mut first) = (None, None, Some(first));
    let (rounds, users) = (120, 30);
    for round in 0..rounds {
        for user in 1..=users {
            town.message(user, user * 1_000 + round).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        match round {
            10 => second = Some(town.start("b").await),
            40 => third = Some(town.start("c").await),
            70 => assert!(first.take().unwrap().drain(Duration::from_secs(30)).await),
            100 => assert!(second.take().unwrap().drain(Duration::from_secs(30)).await),
            _ => {}
        }
    }
    town.until("everything is sent", || town.outbox_is_empty()).await;
    for user in 1..=users {
        let wanted: Vec<_> = (0..rounds).map(|round| user * 1_000 + round).collect();
        assert_eq!(town.telegram.seen(user), wanted);
    }
    assert_eq!(town.metrics.duplicate_sends.get(), 0);
    assert_eq!(town.metrics.zombie_sends.get(), 0);
    assert_eq!(third.unwrap().shards().len(), usize::from(SHARDS));
}

#[tokio::test(start_paused = true)]
async fn two_instances_share_the_shards() {
    let town = Town::new();
    let (one, other) = (town.start("a").await, town.start("b").await);
    town.until("all shards are owned", || one.shards().len() + other.shards().len() == usize::from(SHARDS))
        .await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (mine, theirs) = (one.shards(), other.shards());
    assert!(!mine.is_empty() && !theirs.is_empty());
    assert!(mine.iter().all(|shard| !theirs.contains(shard)));
    assert_eq!(mine.len() + theirs.len(), usize::from(SHARDS));
}

#[tokio::test(start_paused = true)]
async fn a_dead_instances_shards_move_and_its_call_is_repeated_once() {
    let town = Town::new();
    let (dying, heir) = (town.start("a").await, town.start("b").await);
    town.until("both work", || dying.shards().len() + heir.shards().len() == usize::from(SHARDS)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    // One chat per shard of the dying instance: its call is carried out and not answered.
    let doomed = dying.shards();
    let mut chats = Vec::new();
    for user in 1..=200 {
        let shard = hamdam_domain::id::Shard::of(hamdam_domain::id::UserId(user), SHARDS);
        if doomed.contains(&shard) && chats.len() < 3 {
            chats.push(user);
        }
    }
    town.telegram.silent.lock().unwrap().extend(&chats);
    for user in &chats {
        town.message(*user, user * 10).await;
        town.message(*user, user * 10 + 1).await;
    }
    town.until("the calls are under way", || town.telegram.count() == chats.len()).await;
    drop(dying);
    let died = town.clock.0.elapsed();
    town.telegram.silent.lock().unwrap().clear();
    town.owns(&heir, usize::from(SHARDS)).await;
    let moved = town.clock.0.elapsed().saturating_sub(died);
    assert!(moved <= Duration::from_secs(5), "{moved:?}");
    // Others in the same shards go on at once.
    for user in 1_000..1_100 {
        town.message(user, user * 10).await;
    }
    town.until("others go on", || town.telegram.count() == chats.len() + 100).await;
    assert!(town.clock.0.elapsed().saturating_sub(died) < Duration::from_secs(6));
    town.until("everything is sent", || town.outbox_is_empty()).await;
    for user in &chats {
        assert_eq!(town.telegram.seen(*user), [user * 10, user * 10, user * 10 + 1]);
    }
    assert_eq!(town.metrics.duplicate_sends.get(), chats.len() as u64);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_calls_but_not_for_ever() {
    let town = Town::new();
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    town.telegram.silent.lock().unwrap().insert(1);
    town.message(1, 10).await;
    town.message(2, 20).await;
    town.until("both are under way", || town.telegram.count() == 2).await;
    let begun = town.clock.0.elapsed();
    assert!(!fleet.drain(Duration::from_secs(8)).await);
    assert_eq!((town.clock.0.elapsed().saturating_sub(begun)).as_secs(), 8);
    let left = town.state.inspect(|world| {
        (0..SHARDS).map(|shard| world.shard(hamdam_domain::id::Shard(shard)).outbox.len()).sum::<usize>()
    });
    assert_eq!(left, 1, "the other one was answered and acknowledged");
}
