//! Live state is away for a while, or Telegram is.

use std::time::Duration;

use super::{SHARDS, Town};

#[tokio::test(start_paused = true)]
async fn a_blink_of_the_state_costs_nothing() {
    let town = Town::new();
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    for round in 0..20 {
        for user in 1..=20 {
            town.message(user, user * 1_000 + round).await;
        }
        town.set_away(round % 4 == 3);
        tokio::time::sleep(Duration::from_millis(700)).await;
        town.set_away(false);
    }
    town.until("everything is sent", || town.outbox_is_empty()).await;
    for user in 1..=20 {
        let wanted: Vec<_> = (0..20).map(|round| user * 1_000 + round).collect();
        assert_eq!(town.telegram.seen(user), wanted);
    }
    assert_eq!(town.metrics.duplicate_sends.get(), 0);
    drop(fleet);
}

#[tokio::test(start_paused = true)]
async fn after_a_long_outage_instances_go_on_by_themselves() {
    let town = Town::new();
    let (one, other) = (town.start("a").await, town.start("b").await);
    let all = usize::from(SHARDS);
    town.until("both work", || one.shards().len() + other.shards().len() == all).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = (one.shards(), other.shards());
    town.set_away(true);
    tokio::time::sleep(Duration::from_secs(20)).await;
    let during = town.telegram.count();
    town.set_away(false);
    for user in 1..=50 {
        town.message(user, user).await;
    }
    assert_eq!(during, 0);
    town.until("everything is sent", || town.outbox_is_empty()).await;
    assert_eq!(town.telegram.count(), 50);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!((one.shards(), other.shards()), before, "everybody is back where they were");
}

#[tokio::test(start_paused = true)]
async fn a_failing_telegram_keeps_the_order_and_every_repetition_is_counted() {
    let town = Town::new();
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    town.telegram.failing.lock().unwrap().insert(1, 3);
    for message in 0..4 {
        town.message(1, message).await;
        town.message(2, 100 + message).await;
    }
    town.until("the other chat is served", || town.telegram.seen(2).len() == 4).await;
    assert_eq!(town.telegram.seen(1).len(), 0);
    town.until("everything is sent", || town.outbox_is_empty()).await;
    assert_eq!(town.telegram.seen(1), [0, 1, 2, 3]);
    assert_eq!(town.metrics.duplicate_sends.get(), 3);
    drop(fleet);
}
