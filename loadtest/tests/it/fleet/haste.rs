//! People go about things too fast, with three instances over Redis, in two languages: who sends too much is told and heard
//! no more for a while, who hurries from room to room waits before the next search, and nobody else notices.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tokio::time::Instant;

use super::phone::{PATIENCE, Phone, has, in_a_room, meet, no_invalid_calls};
use super::stage::Stage;

/// Nothing is heard of whoever sent too much for half of `FLOOD_SECONDS`, and the second in which that ends counts as over.
const PAUSE_SECONDS: u64 = 14;
/// More than may come at once.
const FLOOD: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_about_things_too_fast_is_slowed_down_and_told() -> Result<()> {
    let stage = Stage::start_alone(|options| {
        options.instances = 3;
        let set = [
            // Room for the same command again and again, which weighs as much as five others.
            ("FLOOD_MESSAGES", "30"),
            ("FLOOD_SECONDS", "30"),
            ("HURRY_SECONDS", "60"),
            ("HURRY_ROOMS", "1"),
            ("HURRY_PAUSE_SECONDS", "3"),
            ("NOT_AGAIN_HOURS", "0"),
        ];
        options.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    for phone in [&mina, &oleg] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    meet(&mina, &oleg).await?;
    hurries(&mina, &oleg).await?;
    mina.writes("/search").await?;
    in_a_room(&mina, &oleg).await?;
    floods(&mina, &oleg).await?;
    no_invalid_calls(&file).await
}

/// Mina sends far too much. She is told once for each pause; Oleg gets what came before that, and goes on as if nothing were.
async fn floods(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    let begun = Instant::now();
    for n in 0..FLOOD {
        mina.writes(&format!("پیام {n}")).await?;
    }
    mina.says("🐢").await?;
    oleg.writes("Не торопись").await?;
    mina.says("Не торопись").await?;
    let told = mina.chat().await?.iter().filter(|seen| seen.text.contains('🐢')).count();
    let pauses = 1 + usize::try_from(begun.elapsed().as_secs() / PAUSE_SECONDS)?;
    ensure!((1..=pauses).contains(&told), "told {told} times in {pauses} pauses");
    // Behind the pause she is heard again, if she is calm now.
    let begun = Instant::now();
    for n in 0.. {
        mina.writes(&format!("حالا آرام {n}")).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        if oleg.chat().await?.last().is_some_and(|seen| seen.text.starts_with("حالا آرام")) {
            break;
        }
        ensure!(begun.elapsed() < PATIENCE, "she is not heard any more");
    }
    let heard = oleg.chat().await?.iter().filter(|seen| seen.text.contains("پیام")).count();
    ensure!((3..FLOOD).contains(&heard), "{heard} of {FLOOD} came through");
    Ok(())
}

/// Oleg leaves at once, twice: the second time no search begins, and he is told how long that lasts.
async fn hurries(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    oleg.writes("/next").await?;
    oleg.sees("a search", |seen| has(seen, "cancel:")).await?;
    mina.sees("the end", |seen| has(seen, "rate:")).await?;
    mina.writes("/search").await?;
    oleg.sees("a partner", |seen| has(seen, "next:")).await?;
    oleg.writes("/next").await?;
    let paused = oleg.says("через 3 секунды").await?;
    ensure!(paused.data == ["search:0"], "{paused:?}");
    mina.sees("the end", |seen| has(seen, "rate:")).await?;
    let begun = Instant::now();
    loop {
        let last = oleg.chat().await?.last().context("the pause is there")?.id;
        oleg.writes("/search").await?;
        let answer = oleg.sees("an answer", |seen| seen.id > last).await?;
        if has(&answer, "cancel:") {
            return Ok(());
        }
        ensure!(answer.text.contains("⏳") && begun.elapsed() < PATIENCE, "no search begins: {answer:?}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
