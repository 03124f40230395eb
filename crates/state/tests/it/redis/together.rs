//! Steps of several tasks that travel in one command.

use std::sync::Arc;

use futures::future::join_all;
use hamdam_domain::id::UserId;
use hamdam_state::step::matching::Relayed;
use hamdam_state::step::user::Arrival;
use hamdam_state::{State, StateError};
use hamdam_testbed::{Redis, RedisCluster};

use super::servers::{SHARDS, clustered, connect, single};
use crate::conformance::scene::{ANN, BEN, R, Scene, relay, update};

const STATS: [&str; 2] = ["INFO", "commandstats"];

/// EVALSHA commands a server was sent since it was asked to forget them.
fn scripts(info: &str) -> u64 {
    let line = info.lines().find_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
    line.and_then(|line| line.split(',').next()?.parse().ok()).unwrap_or(0)
}

/// Users on every shard.
fn users(many: i64) -> Vec<UserId> {
    (0..many).map(|n| UserId(5_000 + n)).collect()
}

#[tokio::test]
async fn the_same_step_of_several_tasks_is_one_command() {
    let redis = Redis::start().await.unwrap();
    let state = connect(&single(&redis)).await;
    redis.ask(&["CONFIG", "RESETSTAT"]).await.unwrap();
    let readings = join_all(users(32).into_iter().map(|user| state.arrive(user, Arrival::default()))).await;
    assert!(readings.into_iter().all(|reading| reading.unwrap().record.is_none()));
    assert_eq!(scripts(&redis.ask(&STATS).await.unwrap()), 1);
    // More do not fit into one, and two steps are two scripts.
    let more = join_all(users(40).into_iter().map(|user| state.arrive(user, Arrival::default())));
    let others = join_all(users(2).into_iter().map(|user| state.read(user)));
    let (more, others) = futures::join!(more, others);
    assert!(more.into_iter().chain(others).all(|reading| reading.unwrap().record.is_none()));
    assert_eq!(scripts(&redis.ask(&STATS).await.unwrap()), 1 + 2 + 1);
}

#[tokio::test]
async fn each_has_an_answer_of_its_own_and_no_part_in_anothers_error() {
    let redis = Redis::start().await.unwrap();
    let state = connect(&single(&redis)).await;
    let scene = Scene { state: Arc::clone(&state) as Arc<dyn State> };
    scene.room().await;
    let find = format!("return redis.call('KEYS', 'hd:{{*}}:user:{ANN}')[1]");
    let key = redis.ask(&["EVAL", &find, "0"]).await.unwrap();
    redis.ask(&["HSET", &key, "t", "none"]).await.unwrap();

    // An error that the script raises, one that Redis raises within it, and three answers.
    let relays = [
        relay(ANN, BEN, R, update(102)),
        relay(BEN, ANN, R, update(103)),
        relay(BEN, ANN, R, update(103)),
        relay(UserId(77), ANN, R, update(104)),
    ];
    let answers = join_all(relays.iter().map(|relay| state.relay(relay))).await;
    assert!(matches!(answers[0], Err(StateError::Corrupt { .. })), "{answers:?}");
    let others: Vec<_> = answers[1..].iter().map(|answer| *answer.as_ref().unwrap()).collect();
    assert_eq!(others, [Relayed::Queued, Relayed::Duplicate, Relayed::NotInRoom]);

    redis.ask(&["DEL", &key]).await.unwrap();
    redis.ask(&["SET", &key, "no hash"]).await.unwrap();
    let relays = [relay(ANN, BEN, R, update(105)), relay(BEN, ANN, R, update(106))];
    let answers = join_all(relays.iter().map(|relay| state.relay(relay))).await;
    assert!(matches!(answers[0], Err(StateError::Corrupt { .. })), "{answers:?}");
    assert_eq!(*answers[1].as_ref().unwrap(), Relayed::Queued);
}

#[tokio::test]
async fn on_a_cluster_only_steps_of_one_slot_share_a_command() {
    let cluster = RedisCluster::start(3, 0).await.unwrap();
    let state = connect(&clustered(&cluster)).await;
    cluster.ask_all(&["CONFIG", "RESETSTAT"]).await.unwrap();
    let readings = join_all(users(32).into_iter().map(|user| state.arrive(user, Arrival::default()))).await;
    assert!(readings.into_iter().all(|reading| reading.unwrap().record.is_none()));
    let sent: u64 = cluster.ask_all(&STATS).await.unwrap().iter().map(|info| scripts(info)).sum();
    assert_eq!(sent, u64::from(SHARDS));
}
