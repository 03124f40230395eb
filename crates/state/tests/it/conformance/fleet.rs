//! Steps that make instances a fleet.

use std::time::Duration;

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
