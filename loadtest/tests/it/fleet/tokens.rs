//! Bots that come and go while the fleet works: three instances over Redis, in two languages.

use anyhow::{Result, ensure};
use hamdam_testbed::fleet::Bot;
use hamdam_testbed::poll;
use serde_json::json;

use super::phone::{Phone, greets, has, meet, no_invalid_calls};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_joins_and_leaves_and_disturbs_nobody_else() -> Result<()> {
    let mut stage = Stage::start(|options| {
        options.instances = 3;
        options.bots = 2;
        options.environment.push(("ACROSS_BOTS_SECONDS".to_owned(), "1".to_owned()));
    })
    .await?;
    let file = stage.fleet.file();
    let (first, second, third) = (file.bots[0].clone(), file.bots[1].clone(), Bot::numbered(2));
    let (mina, oleg) = (Phone::of(&file, 61, "fa").await?, Phone::of(&file, 62, "ru").await?.by(second.id));
    begin_to_talk(&mina, &oleg, "salam").await?;

    mina.post("bots", json!({"token": third.token})).await?;
    let three = vec![first.clone(), second.clone(), third.clone()];
    tokio::try_join!(stage.fleet.change_bots(three), go_on(&mina, &oleg, "az"))?;
    let (dora, vera) = (Phone::of(&file, 63, "fa").await?.by(third.id), Phone::of(&file, 64, "ru").await?);
    begin_to_talk(&dora, &vera, "man doram").await?;
    vera.writes("ya Vera").await?;
    dora.says("ya Vera").await?;

    let two = vec![first.clone(), second.clone()];
    let left = vera.says("Собеседник вышел из разговора");
    tokio::try_join!(stage.fleet.change_bots(two), go_on(&oleg, &mina, "iz"), left)?;
    go_on(&mina, &oleg, "hanuz").await?;

    // Who came by it comes by another one, and vera was not lost for others.
    let dora = dora.by(second.id);
    dora.act(json!({"start": {}})).await?;
    dora.sees("a welcome", |seen| has(seen, "search:")).await?;
    meet(&vera, &dora).await?;
    greets(&vera, &dora, "snova ya").await?;

    for instance in &stage.fleet.instances {
        let log = std::fs::read_to_string(instance.log())?;
        let changes = log.lines().filter(|line| line.contains("works for other bots")).count();
        ensure!(changes == 2, "{changes} changes in {log}");
        for token in [&first.token, &second.token, &third.token] {
            ensure!(!log.contains(token.as_str()), "a token is in a log");
        }
    }
    no_invalid_calls(&file).await
}

/// Until the operator has put the new one in, what the bot is to send waits.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_bot_is_to_send_waits_for_its_new_token() -> Result<()> {
    let mut stage = Stage::start(|options| {
        options.instances = 2;
        options.bots = 1;
    })
    .await?;
    let file = stage.fleet.file();
    let revoked = file.bots[0].clone();
    let (mina, oleg) = (Phone::of(&file, 61, "fa").await?, Phone::of(&file, 62, "ru").await?);
    begin_to_talk(&mina, &oleg, "salam").await?;

    let new = Bot { id: revoked.id, token: format!("{}:{}", revoked.id, "N".repeat(35)) };
    mina.post("bots", json!({"token": new.token})).await?;
    let written = writes_on(&mina, "khabar").await?;
    poll("a call to be refused", || async {
        for instance in &stage.fleet.instances {
            let metrics = instance.metrics().await?;
            if metrics.lines().any(|line| line.contains(r#"outcome="revoked""#)) {
                return Ok(());
            }
        }
        anyhow::bail!("no call was refused")
    })
    .await?;
    stage.fleet.change_bots(vec![new]).await?;
    reads_all(&oleg, "khabar", &written).await
}

/// Both come, meet, and one writes to the other.
async fn begin_to_talk(one: &Phone<'_>, other: &Phone<'_>, words: &str) -> Result<()> {
    for phone in [one, other] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    meet(one, other).await?;
    greets(one, other, words).await.map(drop)
}

/// What one writes, the other reads, all of it, once and in order.
async fn go_on(one: &Phone<'_>, other: &Phone<'_>, word: &str) -> Result<()> {
    let written = writes_on(one, word).await?;
    reads_all(other, word, &written).await
}

/// Writes the word, numbered; answers what was written.
async fn writes_on(one: &Phone<'_>, word: &str) -> Result<Vec<String>> {
    let written: Vec<String> = (1..=8).map(|number| format!("{word} {number}")).collect();
    for words in &written {
        one.writes(words).await?;
    }
    Ok(written)
}

/// Everything that begins with the word arrived, once and in order.
async fn reads_all(other: &Phone<'_>, word: &str, written: &[String]) -> Result<()> {
    other.says(&written[written.len() - 1]).await?;
    let read = other.chat().await?.into_iter().map(|seen| seen.text);
    let read: Vec<String> = read.filter(|text| text.starts_with(word)).collect();
    ensure!(read == written, "{read:?}");
    Ok(())
}

/// A file that an operator is still working on.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_wrong_change_nothing() -> Result<()> {
    let mut stage = Stage::start(|options| {
        options.instances = 3;
        options.bots = 1;
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 61, "fa").await?, Phone::of(&file, 62, "ru").await?);
    let malformed = Bot { id: 7, token: "7 and what else".to_owned() };
    let error = stage.fleet.change_bots(vec![file.bots[0].clone(), malformed]).await.unwrap_err().to_string();
    ensure!(error.contains("malformed token"), "{error}");
    begin_to_talk(&mina, &oleg, "salam").await?;
    poll("all instances to say so", || async {
        for instance in &stage.fleet.instances {
            let log = std::fs::read_to_string(instance.log())?;
            ensure!(log.contains("the bots stay as they were") && log.contains("malformed"), "{log}");
        }
        Ok(())
    })
    .await?;
    no_invalid_calls(&file).await
}
