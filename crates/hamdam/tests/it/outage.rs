//! What an instance answers while a real Redis is away, and that it comes back by itself.

use hamdam_testbed::{Redis, Signal, poll};
use reqwest::{Response, StatusCode};

use crate::fleet::Fleet;

/// Somebody wants a partner.
async fn search(fleet: &Fleet, update: i64) -> Response {
    fleet.hears(5, update, "/search").await
}

async fn is_turned_away(fleet: &Fleet, update: i64) {
    let answer = search(fleet, update).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "1");
    let (status, health) = fleet.health().await;
    assert_eq!((status, &health["status"]), (StatusCode::SERVICE_UNAVAILABLE, &"unavailable".into()));
    assert_eq!(health["redis"], "unreachable", "{health}");
}

async fn recovers(fleet: &Fleet, update: i64) {
    let taken = || async {
        let answer = search(fleet, update).await.status();
        anyhow::ensure!(answer == StatusCode::OK, "answered {answer}");
        Ok(())
    };
    poll("the instance to take updates again", taken).await.unwrap();
    assert_eq!(fleet.health().await.0, StatusCode::OK);
}

#[tokio::test]
async fn redis_away_is_503_with_retry_after_and_then_all_is_well_again() {
    let mut redis = Redis::start().await.unwrap();
    let fleet = Fleet::start(&redis).await;
    assert_eq!(search(&fleet, 1).await.status(), StatusCode::OK);
    redis.kill().unwrap();
    is_turned_away(&fleet, 2).await;
    redis.start_again().await.unwrap();
    recovers(&fleet, 2).await;
    fleet.running.drain().await;
}

#[tokio::test]
async fn redis_that_hangs_is_503_in_time() {
    let mut redis = Redis::start().await.unwrap();
    let fleet = Fleet::start(&redis).await;
    redis.process().signal(Signal::STOP).unwrap();
    is_turned_away(&fleet, 1).await;
    redis.process().signal(Signal::CONT).unwrap();
    recovers(&fleet, 1).await;
    fleet.running.drain().await;
}

#[tokio::test]
async fn steps_and_connections_are_measured() {
    let redis = Redis::start().await.unwrap();
    let fleet = Fleet::start(&redis).await;
    assert_eq!(search(&fleet, 1).await.status(), StatusCode::OK);
    let url = format!("http://{}/metrics", fleet.running.admin_address());
    let metrics = fleet.http.get(url).send().await.unwrap().text().await.unwrap();
    for line in [
        r#"hamdam_redis_command_seconds_count{step="arrive"} 1"#,
        r#"hamdam_redis_command_seconds_count{step="add_ticket"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
    assert!(!metrics.contains("hamdam_redis_pool_connections 0\n"), "{metrics}");
    fleet.running.drain().await;
}
