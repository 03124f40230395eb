//! Matching by the rules of a file, on a real Redis.

use std::sync::Arc;

use hamdam_domain::id::UserId;
use hamdam_domain::session::Session;
use hamdam_state::State;
use hamdam_state::redis::{RedisServers, RedisSettings, RedisState};
use hamdam_testbed::{Redis, poll};

use crate::fleet::Fleet;

const MINA: i64 = 5;
const TOM: i64 = 6;

/// Mina wishes for somebody of 18 to 20, and Tom tells no age: by the usual rules her wish never gives way so far.
#[tokio::test]
async fn an_instance_matches_by_the_rules_of_a_file() {
    let redis = Redis::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.json");
    std::fs::write(&file, r#"{"schedule": [{"after_seconds": 0.3, "years": 81}]}"#).unwrap();
    let fleet = Fleet::start_by(&redis, &[("MATCHMAKING_RULES_FILE", file.to_str().unwrap())]).await;
    assert_eq!(fleet.hears(MINA, 1, "/settings").await.status(), 200);
    assert_eq!(fleet.sees_pressed(MINA, 2, "set:ages:18-20").await.status(), 200);
    for (user, update) in [(MINA, 3), (TOM, 4)] {
        assert_eq!(fleet.hears(user, update, "/search").await.status(), 200);
    }
    let servers = RedisServers::Single { server: ("127.0.0.1".into(), redis.port()), database: 0 };
    let state = Arc::new(RedisState::connect(&RedisSettings::new(servers)).await.unwrap());
    let met = || async {
        let record = state.read(UserId(MINA)).await?.record;
        anyhow::ensure!(
            matches!(record.as_ref().map(|record| &record.session), Some(Session::Chatting { .. })),
            "{record:?}"
        );
        Ok(())
    };
    poll("the two to meet", met).await.unwrap();
    fleet.running.drain().await;
}
