//! `hamdam top` shows a fleet at work, and ends when it is told.

use std::process::Output;

use hamdam_testbed::{Redis, RedisOptions, poll};
use serde_json::Value;
use tokio::process::Command;

use crate::fleet::Fleet;

async fn top(redis: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
    command.arg("top").args(arguments).env_clear().env("REDIS_URL", redis);
    command.env("BOT_TOKENS", "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc").output().await.unwrap()
}

#[tokio::test]
async fn the_fleet_is_shown_as_live_state_has_it() {
    let redis = Redis::start_with(RedisOptions::shipped()).await.unwrap();
    let fleet = Fleet::start(&redis).await;
    assert_eq!(fleet.hears(5, 1, "/search").await.status(), 200);
    // Shards and pools are taken within moments of the start.
    let frame = poll("every shard to have an owner", || async {
        let output = top(&redis.url(), &["--json", "--count", "1"]).await;
        let frame: Value = serde_json::from_slice(&output.stdout)?;
        anyhow::ensure!(frame["unowned_shards"] == 0 && frame["pools"][0]["leader"].is_string(), "{frame:#}");
        Ok(frame)
    })
    .await
    .unwrap();
    let instance = &frame["instances"][0];
    assert_eq!((&frame["waiting"], &frame["chatting"]), (&1.into(), &0.into()), "{frame:#}");
    assert_eq!((instance["shards"].as_u64(), &instance["leads"][0]), (Some(64), &frame["pools"][0]["pool"]));
    assert_eq!(frame["pools"][0]["leader"], instance["id"]);
    assert_eq!(frame["pools"][0]["tickets"], 1);
    assert_eq!(frame["bots"][0]["bot"], 123_456_789);
    let output = top(&redis.url(), &["--count", "2", "--every", "1"]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.matches("INSTANCE").count() == 2, "{text}");
    assert!(text.contains("a second come in") && !text.contains('\u{1b}'), "no terminal, no escapes: {text}");
    fleet.running.drain().await;
    let nobody = top("redis://127.0.0.1:9", &["--count", "1"]).await;
    assert_eq!(nobody.status.code(), Some(1));
}
