//! Servers that forget, die, come back, fill up, or do not let us in.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::board::Maintenance;
use hamdam_domain::outbox::EntryId;
use hamdam_domain::session::Session;
use hamdam_state::redis::{RedisServers, RedisSettings, RedisState};
use hamdam_state::step::matching::{Ended, Relayed};
use hamdam_state::step::sending::{Ack, Turn};
use hamdam_state::step::user::{Act, Acted, Arrival};
use hamdam_state::{State, StateError};
use hamdam_testbed::{Redis, RedisOptions, poll};
use secrecy::SecretString;

use super::servers::{clustered, connect, single};
use crate::conformance::scene::{ANN, BEN, R, Scene, bare, end, press, relay, stub, update};

/// The webhook has to answer within this time, whatever happens to Redis.
const WEBHOOK: Duration = Duration::from_secs(2);

fn scene(state: &Arc<RedisState>) -> Scene {
    Scene { state: Arc::clone(state) as Arc<dyn State> }
}

#[tokio::test]
async fn scripts_that_the_server_forgot_are_sent_again() {
    let redis = Redis::start().await.unwrap();
    let state = connect(&single(&redis)).await;
    let scene = scene(&state);
    scene.room().await;
    assert_eq!(redis.ask(&["SCRIPT", "FLUSH"]).await.unwrap(), "+OK");
    assert_eq!(scene.ann_writes(101).await, Relayed::Queued);
    assert_eq!(scene.outbox(BEN).await.len(), 2);
}

#[tokio::test]
async fn scripts_that_a_cluster_forgot_are_sent_again() {
    let cluster = hamdam_testbed::RedisCluster::start(3, 0).await.unwrap();
    let state = connect(&clustered(&cluster)).await;
    let scene = scene(&state);
    scene.room().await;
    cluster.ask_all(&["SCRIPT", "FLUSH"]).await.unwrap();
    assert_eq!(scene.ann_writes(101).await, Relayed::Queued);
    assert_eq!(scene.outbox(BEN).await.len(), 2);
}

/// An update that meets it is kept aside in the end; an outage would let Telegram try for ever (design: invariant 8).
#[tokio::test]
async fn a_script_that_stumbles_over_rubbish_is_no_outage() {
    let redis = Redis::start().await.unwrap();
    let state = connect(&single(&redis)).await;
    let scene = scene(&state);
    scene.room().await;
    let spoil = "for _, key in ipairs(redis.call('KEYS', 'hd:{*}:backlog')) do \
                 for _, chat in ipairs(redis.call('HKEYS', key)) do redis.call('HSET', key, chat, 'rubbish') end end";
    redis.ask(&["EVAL", spoil, "0"]).await.unwrap();
    let answer = state.relay(&relay(BEN, ANN, R, update(101))).await;
    assert!(matches!(answer, Err(StateError::Corrupt { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_dead_server_is_unavailable_at_once_and_used_again_when_it_is_back() {
    let options = RedisOptions { appendonly: true, ..RedisOptions::default() };
    let mut redis = Redis::start_with(options).await.unwrap();
    let state = connect(&single(&redis)).await;
    let scene = scene(&state);
    scene.room().await;
    assert_eq!(scene.ann_writes(101).await, Relayed::Queued);

    redis.kill().unwrap();
    for _ in 0..3 {
        let answer = tokio::time::timeout(WEBHOOK, state.arrive(ANN, Arrival::default()))
            .await
            .expect("an answer in time");
        assert!(matches!(answer, Err(StateError::Unavailable { step: "arrive", .. })), "{answer:?}");
    }
    assert!(state.ping().await.is_err());

    redis.start_again().await.unwrap();
    poll("steps work again", || async { Ok(state.ping().await?) }).await.unwrap();
    assert!(
        matches!(scene.session(BEN).await, Session::Chatting { room: R, .. }),
        "what was answered is there"
    );
    assert_eq!(scene.ann_writes(101).await, Relayed::Duplicate);
    assert_eq!(scene.ann_writes(102).await, Relayed::Queued);
}

#[tokio::test]
async fn a_server_that_hangs_is_unavailable() {
    let mut redis = Redis::start().await.unwrap();
    let state = connect(&single(&redis)).await;
    redis.process().signal(hamdam_testbed::Signal::STOP).unwrap();
    let answer = tokio::time::timeout(WEBHOOK, state.arrive(ANN, Arrival::default()))
        .await
        .expect("an answer in time");
    assert!(matches!(answer, Err(StateError::Unavailable { .. })), "{answer:?}");
    redis.process().signal(hamdam_testbed::Signal::CONT).unwrap();
    poll("steps work again", || async { Ok(state.arrive(ANN, Arrival::default()).await?) }).await.unwrap();
}

#[tokio::test]
async fn rings_are_heard_again_after_a_restart() {
    let mut redis = Redis::start().await.unwrap();
    let state = connect(&single(&redis)).await;
    let scene = scene(&state);
    scene.enroll(ANN).await;
    scene.sender(ANN, "one", Duration::from_mins(5)).await;
    redis.kill().unwrap();
    redis.start_again().await.unwrap();
    poll("steps work again", || async { Ok(state.ping().await?) }).await.unwrap();
    // Everything is lost, the subscription too: the client names its channels again by itself, in its own time.
    let mut rings = state.rings();
    scene.enroll(ANN).await;
    let holder = scene.sender(ANN, "one", Duration::from_mins(5)).await;
    for id in 1..=200 {
        let asleep =
            Turn { sleep: true, after: EntryId { ms: u64::MAX, sequence: 0 }, ..scene.turn(ANN, &holder) };
        assert!(state.turn(&asleep).await.unwrap().held().is_some());
        let speak = Act { entries: vec![hello()], ..bare(ANN, update(id), 1) };
        assert_eq!(state.act(&speak).await.unwrap(), Acted::Done);
        if tokio::time::timeout(Duration::from_millis(50), rings.recv()).await.is_ok() {
            return;
        }
    }
    panic!("no ring is heard any more");
}

fn hello() -> (hamdam_domain::id::BotId, hamdam_domain::outbox::Entry) {
    (crate::conformance::scene::BOT, crate::conformance::scene::found(R))
}

#[tokio::test]
async fn a_full_server_refuses_what_grows_and_lets_everything_drain() {
    let redis = Redis::start().await.unwrap();
    let state = connect(&single(&redis)).await;
    let scene = scene(&state);
    scene.room().await;
    assert_eq!(scene.ann_writes(101).await, Relayed::Queued);
    redis.ask(&["CONFIG", "SET", "maxmemory", "1"]).await.unwrap();

    // Search and relay grow.
    let refused = state.relay(&relay(BEN, ANN, R, update(102))).await;
    assert!(matches!(refused, Err(StateError::Full { step: "relay" })), "{refused:?}");
    let record = scene.record(ANN).await;
    let wait = Act {
        session: Some(Session::Waiting(stub(103, 0))),
        grows: true,
        ..bare(ANN, update(103), record.version)
    };
    let refused = state.act(&wait).await;
    assert!(matches!(refused, Err(StateError::Full { .. })), "{refused:?}");
    assert_eq!(scene.record(ANN).await, record, "nothing was written");

    // Whoever is told so, leaves or is sent something drains.
    assert!(state.arrive(ANN, Arrival::default()).await.unwrap().record.is_some());
    let busy = Act { entries: vec![hello()], ..bare(ANN, press(104), record.version) };
    assert_eq!(state.act(&busy).await.unwrap(), Acted::Done);
    assert_eq!(state.end(&end(BEN, R)).await.unwrap(), Ended::Ended);
    let leave = Act { session: Some(Session::Idle), begins: true, ..bare(ANN, press(105), record.version) };
    assert_eq!(state.act(&leave).await.unwrap(), Acted::Done);
    let outbox = scene.outbox(BEN).await;
    assert_eq!(outbox.len(), 3);
    let holder = scene.sender(BEN, "reader", Duration::from_mins(5)).await;
    let acks = outbox
        .iter()
        .map(|entry| Ack { entry: entry.id, user: BEN, bot: entry.bot, keep: None, facts: Vec::new() })
        .collect();
    let turn = Turn { acks, ..scene.turn(BEN, &holder) };
    assert!(state.turn(&turn).await.unwrap().held().is_some());
    assert!(scene.outbox(BEN).await.is_empty());

    // An instance can be started, an operator can look, and close the doors.
    let operator = connect(&single(&redis)).await;
    operator.maintain(Some(Maintenance::RoomsGoOn)).await.unwrap();
    assert_eq!(state.board().await.unwrap().maintenance, Some(Maintenance::RoomsGoOn));
    operator.maintain(None).await.unwrap();

    redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await.unwrap();
    let wait = Act { expect: scene.record(ANN).await.version, ..wait };
    assert_eq!(state.act(&Act { update: update(106), ..wait }).await.unwrap(), Acted::Done);
}

#[tokio::test]
async fn passwords_are_sent_and_never_shown() {
    let options = RedisOptions { password: Some("hunter2".to_owned()), ..RedisOptions::default() };
    let redis = Redis::start_with(options).await.unwrap();
    let refused = RedisState::connect(&single(&redis)).await.unwrap_err();
    assert!(matches!(refused, StateError::Unavailable { step: "connect", .. }), "{refused:?}");
    let settings = RedisSettings { password: Some(SecretString::from("hunter2")), ..single(&redis) };
    let state = connect(&settings).await;
    assert!(state.arrive(ANN, Arrival::default()).await.unwrap().record.is_none());
    assert!(!format!("{settings:?} {state:?}").contains("hunter2"));
    let wrong = RedisSettings { password: Some(SecretString::from("letmein")), ..single(&redis) };
    let refused = RedisState::connect(&wrong).await.unwrap_err();
    assert!(!format!("{refused:?} {refused}").contains("letmein"));
}

#[tokio::test]
async fn a_database_of_its_own_keeps_a_state_apart() {
    let redis = Redis::start().await.unwrap();
    let server = ("127.0.0.1".to_owned(), redis.port());
    let other = RedisSettings { servers: RedisServers::Single { server, database: 3 }, ..single(&redis) };
    let (zero, three) = (connect(&single(&redis)).await, connect(&other).await);
    scene(&three).enroll(ANN).await;
    assert!(zero.read(ANN).await.unwrap().record.is_none());
    assert!(three.read(ANN).await.unwrap().record.is_some());
}
