//! Rubbish in records, planted behind the state's back.

use std::sync::Arc;

use hamdam_domain::session::Session;
use hamdam_state::redis::RedisState;
use hamdam_state::step::matching::Relayed;
use hamdam_state::step::user::Arrival;
use hamdam_state::{State, StateError};
use hamdam_testbed::Redis;

use super::servers::{connect, single};
use crate::conformance::scene::{ANN, BEN, BOT, OTHER_BOT, R, Scene, relay, update};

struct Planted {
    redis: Redis,
    state: Arc<RedisState>,
    scene: Scene,
    key: String,
}

impl Planted {
    /// Ann and Ben chat; `key` is Ann's record.
    async fn new() -> Self {
        let redis = Redis::start().await.unwrap();
        let state = connect(&single(&redis)).await;
        let scene = Scene { state: Arc::clone(&state) as Arc<dyn State> };
        scene.room().await;
        let find = format!("return redis.call('KEYS', 'hd:{{*}}:user:{ANN}')[1]");
        let key = redis.ask(&["EVAL", &find, "0"]).await.unwrap();
        Self { redis, state, scene, key }
    }

    async fn put(&self, field: &str, value: &str) {
        self.redis.ask(&["HSET", &self.key, field, value]).await.unwrap();
    }

    /// Waiting and chatting, as Ann's shard counts them, and who is live there.
    async fn counted(&self) -> (u64, u64, bool) {
        let shard = self.scene.shard(ANN);
        let depth = self.state.depth(shard).await.unwrap();
        let now = self.state.read(ANN).await.unwrap().now;
        let later = now.after(std::time::Duration::from_secs(1));
        let live = self.state.live(shard, later, 0, 10).await.unwrap();
        (depth.waiting, depth.chatting, live.contains(&ANN))
    }
}

#[tokio::test]
async fn an_unreadable_session_becomes_idle_and_is_counted_out() {
    let planted = Planted::new().await;
    let (waiting, chatting, live) = planted.counted().await;
    assert!(live);
    planted.put("s", "c \u{7f}\n\n").await;
    let before = planted.scene.record(BEN).await;
    let reading = planted.state.arrive(ANN, Arrival::default()).await.unwrap();
    assert!(reading.healed);
    let record = reading.record.unwrap();
    assert_eq!(record.session, Session::Idle);
    assert_eq!(record.profile.bot, BOT);
    assert_eq!(record.marks.len(), 1, "what could be read is kept");
    assert_eq!(planted.counted().await, (waiting, chatting - 1, false));
    assert_eq!(planted.scene.record(BEN).await, before, "nobody else is touched");
    // Once is enough.
    assert!(!planted.state.arrive(ANN, Arrival::default()).await.unwrap().healed);
}

#[tokio::test]
async fn other_unreadable_fields_take_their_default_and_the_room_goes_on() {
    let planted = Planted::new().await;
    let rubbish =
        [("f", "yesterday"), ("x", "soon"), ("m7001m", "1 2"), ("g", "x"), ("u", "maybe"), ("v", "")];
    for (field, value) in rubbish {
        planted.put(field, value).await;
    }
    let reading = planted.state.arrive(ANN, Arrival::default()).await.unwrap();
    assert!(reading.healed);
    let record = reading.record.unwrap();
    assert!(matches!(record.session, Session::Chatting { room: R, .. }));
    assert_eq!((record.since, record.marks.len()), (None, 0));
    assert_eq!((record.profile.unreachable, record.profile.banned_until), (false, None));
    assert!(record.version > 1_000_000, "whoever read the record before sees that it changed");
    let to_ann = relay(ANN, BEN, R, update(101));
    assert_eq!(planted.state.relay(&to_ann).await.unwrap(), Relayed::Queued);
}

#[tokio::test]
async fn a_lost_profile_is_guessed_from_what_is_left() {
    let planted = Planted::new().await;
    planted.put("p", "klingon").await;
    let reading = planted.state.read(ANN).await.unwrap();
    assert!(reading.healed);
    assert_eq!(reading.record.unwrap().profile.bot, BOT);
}

#[tokio::test]
async fn nothing_but_rubbish_is_dropped_and_the_user_enrolled_anew() {
    let planted = Planted::new().await;
    let (waiting, chatting, _) = planted.counted().await;
    planted.redis.ask(&["DEL", &planted.key]).await.unwrap();
    planted.put("what", "ever").await;
    let reading = planted.state.arrive(ANN, Arrival::default()).await.unwrap();
    assert_eq!((reading.healed, reading.record), (true, None));
    assert_eq!(planted.counted().await, (waiting, chatting - 1, false));
    planted.scene.enroll(ANN).await;
    assert_eq!(planted.scene.session(ANN).await, Session::Idle);
}

#[tokio::test]
async fn a_key_of_another_type_is_dropped() {
    let planted = Planted::new().await;
    planted.redis.ask(&["SET", &planted.key, "not a hash"]).await.unwrap();
    // Others are told so; only the user's own update heals.
    let refused = planted.state.relay(&relay(ANN, BEN, R, update(101))).await;
    assert!(matches!(refused, Err(StateError::Corrupt { .. })), "{refused:?}");
    let look = planted.state.look(planted.scene.shard(ANN), &[ANN]).await.unwrap();
    assert_eq!(look.seen[0].as_ref().unwrap().session, Session::Idle);
    let reading = planted.state.arrive(ANN, Arrival::default()).await.unwrap();
    assert_eq!((reading.healed, reading.record), (true, None));
    assert!(!planted.counted().await.2);
}

#[tokio::test]
async fn an_unreadable_ticket_stops_a_relay_before_it_writes() {
    let planted = Planted::new().await;
    planted.put("t", "none").await;
    let refused = planted.state.relay(&relay(ANN, BEN, R, update(101))).await;
    assert!(matches!(refused, Err(StateError::Corrupt { .. })), "{refused:?}");
    assert_eq!(planted.scene.outbox(ANN).await.len(), 1, "only the notice that a partner was found");
}

#[tokio::test]
async fn fields_of_a_later_version_are_left_alone() {
    let planted = Planted::new().await;
    planted.put("zodiac", "lion\nking").await;
    let reading = planted.state.arrive(ANN, Arrival::default()).await.unwrap();
    assert!(!reading.healed);
    assert_ne!(reading.record.unwrap().profile.bot, OTHER_BOT);
    assert_eq!(planted.redis.ask(&["HGET", &planted.key, "zodiac"]).await.unwrap(), "lion\nking");
}

#[tokio::test]
async fn marks_that_say_nothing_any_more_leave_the_record() {
    let planted = Planted::new().await;
    planted.put("m7002c", "5 400000 0").await;
    let reading = planted.state.arrive(ANN, Arrival::default()).await.unwrap();
    assert!(!reading.healed, "age is no rubbish");
    assert_eq!(reading.record.unwrap().marks.len(), 1);
    assert_eq!(planted.redis.ask(&["HEXISTS", &planted.key, "m7002c"]).await.unwrap(), ":0");
}
