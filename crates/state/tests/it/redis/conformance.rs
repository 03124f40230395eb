//! The suite that memory passes, and random steps side by side with memory.

use std::sync::Arc;

use hamdam_state::redis::RedisSettings;
use hamdam_testbed::{Redis, RedisCluster};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::servers::{InRedis, clustered, connect, single};
use crate::conformance::{Subject, random, run};
use crate::memory::InMemory;

#[tokio::test(flavor = "multi_thread")]
async fn conforms_on_one_server() {
    let redis = Redis::start().await.unwrap();
    let state = connect(&single(&redis)).await;
    run(async || {
        redis.ask(&["FLUSHALL"]).await.unwrap();
        Box::new(InRedis(Arc::clone(&state))) as Box<dyn Subject>
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conforms_on_a_cluster() {
    let cluster = RedisCluster::start(3, 0).await.unwrap();
    let state = connect(&clustered(&cluster)).await;
    run(async || {
        cluster.ask_all(&["FLUSHALL"]).await.unwrap();
        Box::new(InRedis(Arc::clone(&state))) as Box<dyn Subject>
    })
    .await;
}

#[test]
fn random_steps_get_the_answers_of_memory_on_one_server() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let redis = runtime.block_on(Redis::start()).unwrap();
    let state = runtime.block_on(connect(&single(&redis)));
    let config = ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&random::steps(80), |steps| {
            runtime.block_on(async {
                redis.ask(&["FLUSHALL"]).await.unwrap();
                random::compare(InMemory::new().state(), Arc::clone(&state) as Arc<_>, &steps).await;
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn random_steps_get_the_answers_of_memory_on_a_cluster() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cluster = runtime.block_on(RedisCluster::start(3, 0)).unwrap();
    let state = runtime.block_on(connect(&clustered(&cluster)));
    let config = ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&random::steps(80), |steps| {
            runtime.block_on(async {
                cluster.ask_all(&["FLUSHALL"]).await.unwrap();
                random::compare(InMemory::new().state(), Arc::clone(&state) as Arc<_>, &steps).await;
            });
            Ok(())
        })
        .unwrap();
}

/// The client sends a script again when a connection breaks before its answer came. Strikes are named, so that they
/// count once here; memory counts calls.
#[test]
fn random_steps_sent_twice_get_the_answers_of_memory() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let redis = runtime.block_on(Redis::start()).unwrap();
    let settings = RedisSettings { send_twice: true, ..single(&redis) };
    let state = runtime.block_on(connect(&settings));
    let config = ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&random::steps(80), |mut steps| {
            steps.retain(|step| !matches!(step, random::Step::Strike(_)));
            runtime.block_on(async {
                redis.ask(&["FLUSHALL"]).await.unwrap();
                random::compare(InMemory::sent_twice().state(), Arc::clone(&state) as Arc<_>, &steps).await;
            });
            Ok(())
        })
        .unwrap();
}
