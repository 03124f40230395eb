//! Broadcasts with three instances over Redis and MariaDB: to each once and in their language, steered meanwhile, beside
//! conversations, and through a kill -9.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use loadtest::broadcast::{Happens, Options, measure};
use loadtest::run::{Control, Heard};
use loadtest::telegram::Acquaintance;
use serde_json::{Value, json};

use super::phone::{Phone, has, no_invalid_calls};
use super::stage::{Stage, alone};

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_it_once_in_their_language_and_who_is_gone_is_marked() -> Result<()> {
    let stage = Stage::start(|options| options.instances = 3).await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    let gone = Phone::of(&file, 23, "ru").await?;
    for phone in [&mina, &oleg, &gone] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    gone.act(json!("deactivate")).await?;
    known(&stage, "", 3).await?;

    let to_all = ["start", "--text", "en=We have news", "--text", "fa=خبر تازه داریم"];
    let begun = operator(&stage, &to_all).await?;
    assert_eq!((&begun["course"], &begun["segment"]), (&json!("running"), &json!(",,,,")), "{begun}");
    mina.says("خبر تازه داریم").await?;
    oleg.says("We have news").await?;
    let over = until_over(&stage, 1).await?;
    assert_eq!(counts(&over), [3, 2, 1, 0, 0], "{over}");
    known(&stage, "WHERE unreachable AND telegram_id = 23", 1).await?;

    operator(&stage, &["start", "--text", "en=For Russians", "--language", "ru"]).await?;
    oleg.says("For Russians").await?;
    let over = until_over(&stage, 2).await?;
    assert_eq!(counts(&over), [1, 1, 0, 0, 0], "who is gone is left out: {over}");
    for (phone, words, times) in [
        (&mina, "خبر تازه داریم", 1),
        (&mina, "For Russians", 0),
        (&oleg, "We have news", 1),
        (&oleg, "For Russians", 1),
    ] {
        let chat = phone.chat().await?;
        assert_eq!(chat.iter().filter(|seen| seen.text == words).count(), times, "{words}: {chat:#?}");
    }
    let listed = operator_rows(&stage, &["list"]).await?;
    let numbers: Vec<_> = listed.iter().map(|row| (&row["broadcast"], &row["over"])).collect();
    assert_eq!(numbers, [(&json!(2), &json!(true)), (&json!(1), &json!(true))]);
    assert_eq!(counts(&listed[1]), [3, 2, 1, 0, 0]);
    no_invalid_calls(&file).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_is_paused_resumed_and_cancelled() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        options.bots = 1;
        options.environment.push(("BROADCAST_RATE_LIMIT".to_owned(), "4".to_owned()));
    })
    .await?;
    let control = crowd(&stage, 200).await?;
    control.listen("slow news").await?;
    operator(&stage, &["start", "--text", "en=slow news"]).await?;
    let refused = operator(&stage, &["start", "--text", "en=more news"]).await.unwrap_err().to_string();
    assert!(refused.contains("broadcast 1 is under way"), "{refused}");
    until(&stage, 1, |row| row["sent"].as_u64() > Some(3)).await?;

    assert_eq!(operator(&stage, &["pause", "1"]).await?["course"], "paused");
    let still = standing(&stage).await?;
    let sent = still["sent"].as_u64().context("a count")?;
    assert!((1..150).contains(&sent), "{still}");
    assert_eq!(control.heard().await?, Heard { people: sent, again: 0 });

    operator(&stage, &["resume", "1"]).await?;
    until(&stage, 1, |row| row["sent"].as_u64() > Some(sent + 3)).await?;
    operator(&stage, &["cancel", "1"]).await?;
    let over = until_over(&stage, 1).await?;
    let [queued, sent, unreachable, failed, dropped] = counts(&over);
    assert_eq!((over["course"].as_str(), unreachable + failed), (Some("cancelled"), 0), "{over}");
    assert!(sent + dropped == queued && sent < 200, "{over}");
    assert_eq!(control.heard().await?, Heard { people: sent, again: 0 });
    no_invalid_calls(&stage.fleet.file()).await
}

/// What `./dev loadtest broadcast` does, in small: no conversation waits for it, and it comes to each once, save for calls
/// in flight when an instance is killed.
#[tokio::test(flavor = "multi_thread")]
async fn beside_conversations_and_through_a_kill_it_comes_to_each_once() -> Result<()> {
    let _alone = alone().await;
    let options =
        Options { users: 800, chatting: 100, bots: 4, rate: 80, seconds: 12, instances: 3, json: None };
    let broadcasted = Box::pin(measure(&options)).await?;
    assert_eq!(broadcasted.faults(), Vec::<String>::new(), "{broadcasted:#?}");
    let told: Vec<_> =
        broadcasted.rounds.iter().map(|round| (round.happened, round.told.is_some())).collect();
    assert_eq!(told, Happens::ALL.map(|happens| (happens, happens != Happens::Conversations)));
    for told in broadcasted.rounds.iter().filter_map(|round| round.told) {
        assert!(told.people >= 800 && told.p99_ms > 0.0, "{told:?}");
    }
    Ok(())
}

/// Queued, sent, unreachable, failed, dropped.
fn counts(row: &Value) -> [u64; 5] {
    ["queued", "sent", "unreachable", "failed", "dropped"].map(|name| row[name].as_u64().unwrap_or(u64::MAX))
}

/// People who came long ago, and the control of the simulator that knows them.
async fn crowd(stage: &Stage, count: u32) -> Result<Control> {
    let file = stage.fleet.file();
    let (bot, first) = (file.bots[0].id, 5_000_000_000_i64);
    let control = Control::new(&file.telegram_url)?;
    control.acquaint(&Acquaintance { bot, first, count, step: 1 }).await?;
    let insert = format!(
        "USE hamdam; INSERT INTO users (telegram_id, language, bot_id, profile_version, created_at, updated_at) \
         SELECT {first} + seq, 'en', {bot}, 1, 1, 1 FROM seq_0_to_{}",
        count - 1
    );
    stage.fleet.mariadb.sql(&insert).await?;
    Ok(control)
}

/// Waits until the database knows so many.
async fn known(stage: &Stage, which: &str, wanted: u64) -> Result<()> {
    hamdam_testbed::poll("users in the database", || async {
        let count = format!("USE hamdam; SELECT COUNT(*) FROM users {which}");
        let found = stage.fleet.mariadb.sql(&count).await?;
        ensure!(found.trim() == wanted.to_string(), "{found}");
        Ok(())
    })
    .await
}

async fn operator(stage: &Stage, args: &[&str]) -> Result<Value> {
    operator_rows(stage, args).await?.into_iter().next().context("a row")
}

/// The rows that `hamdam admin broadcast` prints.
async fn operator_rows(stage: &Stage, args: &[&str]) -> Result<Vec<Value>> {
    let file = stage.fleet.file();
    let output = tokio::process::Command::new(stage.hamdam())
        .args(["admin", "broadcast"])
        .args(args)
        .arg("--json")
        .env("REDIS_URL", &file.redis_url)
        .env("DATABASE_URL", &file.database_url)
        .output()
        .await?;
    ensure!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

async fn until(stage: &Stage, broadcast: u32, is_it: impl Fn(&Value) -> bool) -> Result<Value> {
    let number = broadcast.to_string();
    hamdam_testbed::poll("the broadcast", || async {
        let row = operator(stage, &["show", &number]).await?;
        ensure!(is_it(&row), "{row}");
        Ok(row)
    })
    .await
}

async fn until_over(stage: &Stage, broadcast: u32) -> Result<Value> {
    until(stage, broadcast, |row| row["over"] == true).await
}

/// How it goes, once it goes no further: what was called before the pause is acknowledged, and then nothing more is sent.
async fn standing(stage: &Stage) -> Result<Value> {
    let mut last = Value::Null;
    for _ in 0..30 {
        // Four parts would go out.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let row = operator(stage, &["show", "1"]).await?;
        if row["sent"] == last["sent"] {
            return Ok(row);
        }
        last = row;
    }
    anyhow::bail!("it goes on although it is paused: {last}")
}
