//! What only a Cluster does: slots that move, masters that are replaced, replicas that are waited for.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use hamdam_domain::board::Maintenance;
use hamdam_domain::id::UserId;
use hamdam_state::redis::RedisSettings;
use hamdam_state::step::matching::{Ended, Relayed};
use hamdam_state::{State, StateError};
use hamdam_testbed::{RedisCluster, poll};

use super::servers::{clustered, connect};
use crate::conformance::scene::{ANN, BEN, R, Scene, end, profile, relay, update};

/// The node that serves a slot, and another master.
async fn owner_and_other(cluster: &mut RedisCluster, slot: u16) -> (usize, usize) {
    let mut owner = None;
    for (n, node) in cluster.nodes().iter().enumerate() {
        let range = node.ask(&["CLUSTER", "NODES"]).await.unwrap();
        let own = range.lines().find(|line| line.contains("myself")).unwrap();
        let serves =
            own.split(' ').skip(8).filter_map(|range| range.split_once('-')).any(|(from, to)| {
                (from.parse().unwrap_or(u16::MAX)..=to.parse().unwrap_or(0)).contains(&slot)
            });
        if serves {
            owner = Some(n);
        }
    }
    let owner = owner.expect("every slot is served");
    (owner, usize::from(owner == 0))
}

#[tokio::test]
async fn shards_spread_over_the_masters() {
    let mut cluster = RedisCluster::start(3, 0).await.unwrap();
    let settings = RedisSettings { shards: 64, ..clustered(&cluster) };
    let state = connect(&settings).await;
    assert_eq!(state.connections(), 3 + 1, "one to each of three, one that listens");
    for n in 0..600 {
        state.enroll(UserId(1_000_000 + n), &profile(), &[], &[]).await.unwrap();
    }
    for node in cluster.nodes() {
        let size = node.ask(&["DBSIZE"]).await.unwrap();
        let keys: u32 = size.trim_start_matches(':').parse().unwrap();
        assert!((150..=250).contains(&keys), "{keys} keys of 600 on one of three masters");
    }
    let memory = state.ping().await.unwrap();
    assert!(memory.used > 3_000_000, "the memory of all three");
    assert_eq!(memory.limit, Some(3 << 31), "and the limit of all three");
}

#[tokio::test]
async fn steps_go_on_while_a_slot_moves() {
    let mut cluster = RedisCluster::start(3, 0).await.unwrap();
    let state = connect(&clustered(&cluster)).await;
    let scene = Scene { state: Arc::clone(&state) as Arc<dyn State> };
    scene.room().await;
    let mut keys = String::new();
    for node in cluster.nodes() {
        let find = format!("return redis.call('KEYS', 'hd:{{*}}:user:{BEN}')[1] or ''");
        keys.push_str(&node.ask(&["EVAL", &find, "0"]).await.unwrap());
    }
    let slot = cluster.nodes()[0].ask(&["CLUSTER", "KEYSLOT", &keys]).await.unwrap();
    let slot = slot.trim_start_matches(':').to_owned();
    let (from, to) = owner_and_other(&mut cluster, slot.parse().unwrap()).await;
    let nodes = cluster.nodes();
    let (from_id, to_id) = (
        nodes[from].ask(&["CLUSTER", "MYID"]).await.unwrap(),
        nodes[to].ask(&["CLUSTER", "MYID"]).await.unwrap(),
    );
    nodes[to].ask(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id]).await.unwrap();
    nodes[from].ask(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id]).await.unwrap();

    // Half of the keys a relay needs have gone: the nodes answer ASK and TRYAGAIN until the rest has followed.
    let port = nodes[to].port().to_string();
    let user = keys.clone();
    let moved = nodes[from].ask(&["MIGRATE", "127.0.0.1", &port, &user, "0", "1000"]).await.unwrap();
    assert_eq!(moved, "+OK");
    let step = {
        let state = Arc::clone(&state);
        async move { state.relay(&relay(BEN, ANN, R, update(101))).await }
    };
    let rest = async {
        // The step is under way first, so it meets the torn slot.
        tokio::time::sleep(Duration::from_millis(60)).await;
        loop {
            let find =
                format!("return redis.call('KEYS', '*{}*')[1] or ''", &keys[3..keys.find('}').unwrap()]);
            let key = nodes[from].ask(&["EVAL", &find, "0"]).await.unwrap();
            if key.is_empty() {
                break;
            }
            nodes[from].ask(&["MIGRATE", "127.0.0.1", &port, &key, "0", "1000"]).await.unwrap();
        }
        for node in nodes.iter() {
            node.ask(&["CLUSTER", "SETSLOT", &slot, "NODE", &to_id]).await.unwrap();
        }
    };
    let (relayed, ()) = tokio::join!(step, rest);
    assert_eq!(relayed.unwrap(), Relayed::Queued);
    assert_eq!(scene.ann_writes(101).await, Relayed::Duplicate);
    assert_eq!(scene.ann_writes(102).await, Relayed::Queued);
    assert_eq!(scene.outbox(BEN).await.len(), 3);
}

#[tokio::test]
async fn a_master_that_dies_is_replaced_and_nothing_replicated_is_lost() {
    let mut cluster = RedisCluster::start(3, 1).await.unwrap();
    let careful = connect(&RedisSettings { wait_replicas: 1, ..clustered(&cluster) }).await;
    let scene = Scene { state: careful as Arc<dyn State> };
    scene.room().await;
    assert_eq!(scene.ann_writes(101).await, Relayed::Queued);
    // The new master will have no replica to wait for.
    let state = connect(&clustered(&cluster)).await;
    let masters = cluster.masters();
    for node in &mut cluster.nodes()[..masters] {
        let keys =
            node.ask(&["EVAL", "return redis.call('KEYS', 'hd:{*}:user:*')[1] or ''", "0"]).await.unwrap();
        if !keys.is_empty() {
            node.kill().unwrap();
            break;
        }
    }
    poll("a replica has taken over", || async {
        for user in [ANN, BEN] {
            ensure!(state.read(user).await?.record.is_some(), "no record");
        }
        Ok(())
    })
    .await
    .unwrap();
    let again = state.relay(&relay(BEN, ANN, R, update(101))).await.unwrap();
    assert_eq!(again, Relayed::Duplicate, "what was answered is there");
}

/// What a step waits behind is a write, too.
#[tokio::test]
async fn what_drains_a_full_server_waits_for_its_replica_all_the_same() {
    let cluster = RedisCluster::start(3, 1).await.unwrap();
    let state = connect(&RedisSettings { wait_replicas: 1, ..clustered(&cluster) }).await;
    let scene = Scene { state: Arc::clone(&state) as Arc<dyn State> };
    scene.room().await;
    cluster.ask_all(&["CONFIG", "SET", "maxmemory", "1"]).await.unwrap();
    let refused = state.relay(&relay(BEN, ANN, R, update(101))).await;
    assert!(matches!(refused, Err(StateError::Full { step: "relay" })), "{refused:?}");
    assert_eq!(state.end(&end(BEN, R)).await.unwrap(), Ended::Ended);
}

#[tokio::test]
async fn a_write_without_its_replica_does_not_count() {
    let mut cluster = RedisCluster::start(3, 1).await.unwrap();
    let state = connect(&RedisSettings { wait_replicas: 1, ..clustered(&cluster) }).await;
    let scene = Scene { state: Arc::clone(&state) as Arc<dyn State> };
    scene.enroll(ANN).await;
    let masters = cluster.masters();
    for node in &mut cluster.nodes()[masters..] {
        node.kill().unwrap();
    }
    let refused = state.enroll(BEN, &profile(), &[], &[]).await;
    assert!(matches!(refused, Err(StateError::Unavailable { .. })), "{refused:?}");
    // Also a step that finds its work done by the one before may not answer until the replica has it.
    let refused = state.enroll(BEN, &profile(), &[], &[]).await;
    assert!(matches!(refused, Err(StateError::Unavailable { .. })), "{refused:?}");
    assert!(state.read(ANN).await.unwrap().record.is_some(), "reading waits for nobody");
    let operator = connect(&RedisSettings { wait_replicas: 1, ..clustered(&cluster) }).await;
    operator.maintain(Some(Maintenance::RoomsRest)).await.expect("nor does whoever closes the doors");
}
