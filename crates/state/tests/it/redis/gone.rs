//! An instance that dies is gone at once, and nobody else is.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use hamdam_domain::id::{PoolId, Shard};
use hamdam_state::State;
use hamdam_state::redis::{RedisSettings, RedisState};
use hamdam_state::step::instance::Instance;
use hamdam_state::step::sending::Turn;
use hamdam_state::step::{Fenced, Holder};
use hamdam_testbed::{Redis, poll};

use super::servers::{connect, single};
use crate::conformance::scene::{ANN, LONG, Scene, instance};

const SHARD: Shard = Shard(0);

/// Believes at once what it hears.
async fn believer(redis: &Redis) -> Arc<RedisState> {
    connect(&RedisSettings { believes_after: Duration::ZERO, ..single(redis) }).await
}

/// Who lives, as an instance of this name learns with its heartbeat.
async fn beats(state: &RedisState, name: &str) -> Vec<String> {
    let me = Instance {
        id: instance(name),
        roles: "sender".into(),
        address: "127.0.0.1:8080".into(),
        version: "0.1.0".into(),
    };
    state.heartbeat(&me, LONG).await.unwrap().into_iter().map(|known| known.id.0).collect()
}

/// Waits until Redis hears an instance, or has heard that its connection ended.
async fn heard(redis: &Redis, name: &str, is_heard: bool) {
    let channel = format!("hd:life:{name}");
    poll("a connection to begin or to end", || async {
        let count = "return redis.call('PUBSUB', 'NUMSUB', ARGV[1])[2]";
        let listeners = redis.ask(&["EVAL", count, "0", &channel]).await?;
        ensure!(listeners == format!(":{}", u8::from(is_heard)), "{listeners}");
        Ok(())
    })
    .await
    .unwrap();
}

/// Two instances, of which the second led a pool, sent for a shard and died.
async fn bereaved(redis: &Redis, survivor: &RedisState) -> Holder {
    let dying = believer(redis).await;
    assert_eq!(beats(&dying, "two").await, ["two"]);
    assert_eq!(beats(survivor, "one").await, ["one", "two"]);
    let two = instance("two");
    let epoch = dying.lease(SHARD, &two, LONG).await.unwrap().expect("a free lease");
    dying.lead(&PoolId("main".into()), &two, LONG).await.unwrap().expect("a free lock");
    assert_eq!(survivor.lease(SHARD, &instance("one"), LONG).await.unwrap(), None, "two lives");
    drop(dying);
    heard(redis, "two", false).await;
    Holder { owner: two, epoch }
}

#[tokio::test]
async fn who_dies_is_gone_at_once_and_another_takes_over() {
    let redis = Redis::start().await.unwrap();
    let survivor = believer(&redis).await;
    let dead = bereaved(&redis, &survivor).await;
    assert_eq!(beats(&survivor, "one").await, ["one"]);
    let one = instance("one");
    let epoch = survivor.lease(SHARD, &one, LONG).await.unwrap().expect("the lease of a dead one");
    assert!(epoch > dead.epoch);
    assert!(survivor.lead(&PoolId("main".into()), &one, LONG).await.unwrap().is_some());
    // Nothing goes under the old epoch, should it be a mistake.
    let scene = Scene { state: survivor.clone() };
    let turn = Turn { shard: SHARD, ..scene.turn(ANN, &dead) };
    assert!(matches!(survivor.turn(&turn).await.unwrap(), Fenced::Lost));
    // A new life of the same name is no dead one.
    let again = believer(&redis).await;
    assert_eq!(beats(&again, "two").await, ["one", "two"]);
    assert_eq!(beats(&survivor, "one").await, ["one", "two"]);
}

#[tokio::test]
async fn who_retired_hands_over_in_good_order() {
    let redis = Redis::start().await.unwrap();
    let survivor = believer(&redis).await;
    let retiring = believer(&redis).await;
    beats(&retiring, "two").await;
    beats(&survivor, "one").await;
    retiring.lease(SHARD, &instance("two"), LONG).await.unwrap().expect("a free lease");
    retiring.retire(&instance("two")).await.unwrap();
    heard(&redis, "two", false).await;
    assert_eq!(beats(&survivor, "one").await, ["one"]);
    assert_eq!(survivor.lease(SHARD, &instance("one"), LONG).await.unwrap(), None, "it has calls under way");
}

#[tokio::test]
async fn who_has_just_connected_believes_nothing() {
    let redis = Redis::start().await.unwrap();
    let newcomer = connect(&RedisSettings { believes_after: LONG, ..single(&redis) }).await;
    bereaved(&redis, &newcomer).await;
    assert_eq!(beats(&newcomer, "one").await, ["one", "two"]);
    assert_eq!(newcomer.lease(SHARD, &instance("one"), LONG).await.unwrap(), None);
}

/// All connections end with the server, and whose is back first must not think that the others died.
#[tokio::test]
async fn who_has_just_come_back_believes_nothing() {
    let redis = Redis::start().await.unwrap();
    let believes_after = Duration::from_secs(10);
    let survivor = connect(&RedisSettings { believes_after, ..single(&redis) }).await;
    bereaved(&redis, &survivor).await;
    poll("it to believe", || async {
        ensure!(beats(&survivor, "one").await == ["one"]);
        Ok(())
    })
    .await
    .unwrap();
    redis.ask(&["CLIENT", "KILL", "TYPE", "pubsub"]).await.unwrap();
    heard(&redis, "one", true).await;
    assert_eq!(beats(&survivor, "one").await, ["one", "two"]);
}

#[tokio::test]
async fn who_is_not_heard_may_not_say_who_is_gone() {
    let redis = Redis::start().await.unwrap();
    bereaved(&redis, &*believer(&redis).await).await;
    let unheard = believer(&redis).await;
    assert_eq!(unheard.lease(SHARD, &instance("three"), LONG).await.unwrap(), None);
}
