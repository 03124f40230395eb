//! `hamdam match explain`, on a real Redis.

use std::process::Output;
use std::sync::Arc;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, PoolId, TicketId, UpdateId, UserId};
use hamdam_domain::ticket::{Claimant, Ticket, Wishes};
use hamdam_domain::wish::{Facts, Gender, Genders, Mode, Wants};
use hamdam_state::State;
use hamdam_state::redis::{RedisServers, RedisSettings, RedisState};
use hamdam_testbed::{Redis, RedisOptions, poll};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::fleet::{BOT, Fleet};

const MINA: i64 = 5;

/// A Redis in which Mina searches, and of whose fleet nobody is left to change anything.
async fn quiet_redis() -> Redis {
    let arguments = ["--enable-debug-command", "yes"].map(str::to_owned).to_vec();
    let redis = Redis::start_with(RedisOptions { arguments, ..RedisOptions::default() }).await.unwrap();
    let fleet = Fleet::start_with(&redis, "webhook").await;
    assert_eq!(fleet.hears(MINA, 1, "/search").await.status(), 200);
    fleet.running.drain().await;
    redis
}

async fn state(redis: &Redis) -> Arc<RedisState> {
    let servers = RedisServers::Single { server: ("127.0.0.1".into(), redis.port()), database: 0 };
    Arc::new(RedisState::connect(&RedisSettings::new(servers)).await.unwrap())
}

/// Somebody who waits, by a ticket that no update made.
fn waiting(user: i64, bot: BotId, facts: Facts, wants: Wants) -> Ticket {
    let ticket = TicketId { bot, update: UpdateId(user) };
    Ticket {
        claimant: Claimant { user: UserId(user), ticket, attempt: 0 },
        era: 0,
        pool: PoolId("main".into()),
        waiting_since: Millis(1),
        wishes: Wishes { facts, wants, ..Wishes::default() },
    }
}

async fn hamdam(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
    command.args(["match", "explain"]).args(arguments).env_clear().current_dir(folder.path());
    command.output().await.unwrap()
}

/// The command's exit code and what it says of a user, for programs.
async fn explained(redis: &Redis, user: i64) -> (Option<i32>, Value) {
    let output = hamdam(&[&user.to_string(), "--json", "--redis-url", &redis.url()]).await;
    let rows: Vec<Value> =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output.status.code(), rows.into_iter().next().unwrap())
}

/// The same for people.
async fn told(redis: &Redis, user: i64) -> String {
    let output = hamdam(&[&user.to_string(), "--redis-url", &redis.url()]).await;
    String::from_utf8(output.stdout).unwrap()
}

/// All that Redis holds, but for the number of connections it ever had.
async fn digest(redis: &Redis) -> String {
    redis.ask(&["SET", "hd:clients", "100"]).await.unwrap();
    redis.ask(&["DEBUG", "DIGEST"]).await.unwrap()
}

#[tokio::test]
async fn who_waits_is_told_why_and_nothing_changes() {
    let redis = quiet_redis().await;
    let (state, man) = (state(&redis).await, Facts { gender: Some(Gender::Male), ..Facts::default() });
    for ticket in [
        waiting(10, BOT, man, Wants::default()),
        waiting(11, BOT, man, Wants { genders: Genders::only(Gender::Female), ..Wants::default() }),
        waiting(12, BotId(99), man, Wants::default()),
        waiting(13, BOT, man, Wants { mode: Mode::Protected, ..Wants::default() }),
    ] {
        state.add_ticket(&ticket).await.unwrap();
    }
    let before = digest(&redis).await;
    let (code, answer) = explained(&redis, MINA).await;
    let text = told(&redis, MINA).await;
    assert_eq!(digest(&redis).await, before, "the command changed something");

    assert_eq!(
        (code, &answer["state"], &answer["pool"]),
        (Some(0), &json!("waiting"), &json!("main")),
        "{answer}"
    );
    let counts = ["others", "more_senior", "may_meet"].map(|name| answer[name].as_u64().unwrap());
    assert_eq!(counts, [4, 4, 1], "{answer}");
    let passed = |wish: &str| {
        let wishes = answer["wishes"].as_array().unwrap();
        let passed = wishes.iter().find(|passed| passed["wish"] == wish).unwrap();
        ["suit", "suited", "both"].map(|name| passed[name].as_u64().unwrap())
    };
    assert_eq!(["gender", "bot", "mode", "age"].map(passed), [[4, 3, 3], [3, 4, 3], [3, 3, 3], [4, 4, 4]]);
    assert_eq!(answer["gave_way"]["reach_times"], 1);
    let later = answer["later"].as_array().unwrap();
    assert_eq!((later.len(), &later[4]["any_gender"], &later[4]["may_meet"]), (5, &json!(true), &json!(2)));
    assert!((110.0..=120.0).contains(&later[4]["after_seconds"].as_f64().unwrap()), "{answer}");

    for said in ["5 waits in pool main", "4 others wait there", "1 may meet", "gender", "any distance"] {
        assert!(text.contains(said), "{said} is missing in\n{text}");
    }
    assert_eq!(text.matches("of these may meet").count(), 5, "who came by another bot will do soon:\n{text}");
}

#[tokio::test]
async fn it_explains_by_the_rules_the_fleet_is_given() {
    let redis = quiet_redis().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.json");
    std::fs::write(&file, r#"{"schedule": [{"after_seconds": 3000, "years": 81}]}"#).unwrap();
    let (url, path) = (redis.url(), file.to_str().unwrap());
    let arguments = ["5", "--json", "--redis-url", &url, "--matchmaking-rules-file", path];
    let output = hamdam(&arguments).await;
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
    let later = rows[0]["later"].as_array().unwrap();
    assert_eq!((later.len(), &later[0]["years"]), (1, &json!(81)), "{rows}");

    std::fs::write(&file, "{").unwrap();
    let output = hamdam(&arguments).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("where the file is no JSON"), "{said}");
}

#[tokio::test]
async fn a_wait_is_estimated_from_what_can_be_paired_meanwhile() {
    let redis = quiet_redis().await;
    let state = state(&redis).await;
    for user in 10..30 {
        state.add_ticket(&waiting(user, BotId(99), Facts::default(), Wants::default())).await.unwrap();
    }
    let before = digest(&redis).await;
    let output = hamdam(&["5", "--json", "--watch", "1", "--redis-url", &redis.url()]).await;
    assert_eq!(digest(&redis).await, before, "the command changed something");
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rows[0]["estimate"]["pairs"], 20, "{rows}");
    assert!(rows[0]["watched_seconds"].as_f64().unwrap() >= 1.0, "{rows}");
    assert_eq!(rows[0].get("left"), None, "{rows}");
}

#[tokio::test]
async fn who_does_not_wait_is_said_to_be_where_they_are() {
    let redis = Redis::start().await.unwrap();
    let fleet = Fleet::start(&redis).await;
    assert_eq!(fleet.hears(MINA, 1, "/help").await.status(), 200);
    let (code, answer) = explained(&redis, MINA).await;
    assert_eq!((code, &answer["state"]), (Some(0), &json!("idle")));
    assert!(told(&redis, MINA).await.contains("neither searching nor in a chat"));

    for (user, update) in [(MINA, 2), (6, 3)] {
        assert_eq!(fleet.hears(user, update, "/search").await.status(), 200);
    }
    let met = || async {
        let (code, answer) = explained(&redis, MINA).await;
        anyhow::ensure!(answer["state"] == "chatting", "{answer}");
        Ok((code, answer["room"].as_i64()))
    };
    let (code, room) = poll("the two to meet", met).await.unwrap();
    assert_eq!(code, Some(0));
    assert!(told(&redis, 6).await.contains(&format!("they chat in room {}", room.unwrap())));
    fleet.running.drain().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_mend() {
    let redis = quiet_redis().await;
    let (code, answer) = explained(&redis, 77).await;
    assert_eq!((code, &answer["state"]), (Some(1), &json!("unknown")));
    let problem = answer["problem"].as_str().unwrap();
    assert!(problem.contains("never wrote to a bot") && problem.contains("STATE_SHARDS is 64"), "{problem}");

    let ticket = TicketId { bot: BOT, update: UpdateId(1) };
    state(&redis).await.remove_ticket(&PoolId("main".into()), UserId(MINA), ticket).await.unwrap();
    let (code, answer) = explained(&redis, MINA).await;
    assert_eq!((code, &answer["state"]), (Some(1), &json!("waiting")), "{answer}");
    let text = told(&redis, MINA).await;
    assert!(text.contains("problem: the user waits, and the pool has no ticket of theirs"), "{text}");
}

#[tokio::test]
async fn without_redis_or_a_user_it_ends_with_words_and_a_code() {
    let away = hamdam(&["5", "--redis-url", "redis://:hunter2@127.0.0.1:9"]).await;
    let said = String::from_utf8(away.stderr).unwrap();
    assert_eq!(away.status.code(), Some(1), "{said}");
    assert!(
        said.contains("no Redis at") && said.contains("127.0.0.1") && !said.contains("hunter2"),
        "{said}"
    );

    let unset = hamdam(&["5", "--redis-max-connections", "1"]).await;
    let said = String::from_utf8(unset.stderr).unwrap();
    assert_eq!(unset.status.code(), Some(64), "{said}");
    assert!(said.contains("REDIS_URL is not set") && said.contains("REDIS_MAX_CONNECTIONS"), "{said}");

    for wrong in [&[][..], &["mina"], &["0"], &["5", "--watch", "soon"]] {
        assert_eq!(hamdam(wrong).await.status.code(), Some(2), "{wrong:?}");
    }
}
