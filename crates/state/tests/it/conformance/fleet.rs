//! Steps that make instances a fleet.

use std::time::Duration;

use hamdam_domain::id::PoolId;
use hamdam_state::StateError;
use hamdam_state::step::instance::{Instance, Meta};

use super::Subject;
use super::scene::*;

fn named(name: &str) -> Instance {
    Instance {
        id: instance(name),
        roles: "webhook,sender".into(),
        address: "127.0.0.1:8080".into(),
        version: "0.1.0".into(),
    }
}

pub(super) async fn heartbeats_list_who_lives(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let beat = async |name, ttl| {
        let mut alive = scene.state.heartbeat(&named(name), ttl).await.unwrap();
        alive.sort_by(|a, b| a.id.cmp(&b.id));
        alive
    };
    assert_eq!(beat("one", LONG).await, [named("one")]);
    assert_eq!(beat("two", LONG).await, [named("one"), named("two")]);
    assert_eq!(beat("one", LONG).await, [named("one"), named("two")]);
    scene.state.retire(&instance("one")).await.unwrap();
    scene.state.retire(&instance("one")).await.unwrap();
    assert_eq!(beat("two", LONG).await, [named("two")]);
    beat("three", Duration::from_millis(100)).await;
    if subject.pass(Duration::from_millis(150)).await {
        assert_eq!(beat("two", LONG).await, [named("two")], "three fell silent");
    }
    let memory = scene.state.ping().await.unwrap();
    assert!(memory.limit.is_none_or(|limit| limit > memory.used), "{memory:?}");
}

pub(super) async fn the_founders_settings_hold(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let founded = Meta { shards: scene.state.shards(), version: 3 };
    scene.state.join(&founded).await.unwrap();
    scene.state.join(&founded).await.unwrap();
    scene.state.join(&Meta { version: 4, ..founded.clone() }).await.unwrap();
    scene.state.join(&founded).await.unwrap();
    let other = Meta { shards: founded.shards + 1, ..founded.clone() };
    let Err(StateError::Mismatch(text)) = scene.state.join(&other).await else {
        panic!("another shard count")
    };
    assert!(text.contains(&founded.shards.to_string()) && text.contains(&other.shards.to_string()), "{text}");
    let newer = Meta { version: 9, ..founded };
    let Err(StateError::Mismatch(text)) = scene.state.join(&newer).await else { panic!("a far version") };
    assert!(text.contains('9'), "{text}");
}

/// Whatever list an instance has: a pool has one number, and a number one pool.
pub(super) async fn a_pool_keeps_its_number(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let pools = |names: &[&str]| names.iter().map(|name| PoolId((*name).to_owned())).collect::<Vec<_>>();
    let numbers = async |names: &[&str]| scene.state.number_pools(&pools(names)).await;
    assert_eq!(numbers(&["main", "asia", "ir"]).await.unwrap(), [0, 1, 2]);
    assert_eq!(numbers(&["main", "ir", "europe", "asia"]).await.unwrap(), [0, 2, 3, 1]);
    assert_eq!(numbers(&["europe"]).await.unwrap(), [3]);
    assert_eq!(numbers(&[]).await.unwrap(), Vec::<u8>::new());

    let many: Vec<String> = (0..61).map(|n| format!("p{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let Err(StateError::Mismatch(text)) = numbers(&many).await else {
        panic!("65 pools have no number each")
    };
    assert!(text.contains("64") && text.contains("MATCHMAKING_POOLS"), "{text}");
    assert_eq!(numbers(&["last"]).await.unwrap(), [4], "none was given to those who were too many");
    assert_eq!(numbers(&many[..59]).await.unwrap(), (5..64).collect::<Vec<u8>>());
    assert!(matches!(numbers(&["more"]).await, Err(StateError::Mismatch(_))));
    assert_eq!(numbers(&["asia", "p58"]).await.unwrap(), [1, 63], "who has a number keeps it");
}
