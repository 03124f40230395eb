//! People say how it was with each other, with three instances over Redis, in two languages: thumbs in one tap that count
//! once, reports of several people that part somebody from all others, and a dismissal that brings them back.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::phone::{Phone, Seen, button, has, meet, no_invalid_calls};
use super::stage::Stage;

/// The moderator.
const ADMIN: i64 = 31;

#[tokio::test(flavor = "multi_thread")]
async fn whom_several_people_report_meets_the_others_no_more() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        let set = [("ADMIN_IDS", "31"), ("NOT_AGAIN_HOURS", "0"), ("TRUST_COMPLAINTS", "2")];
        options.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    let (tom, admin) = (Phone::of(&file, 23, "fa").await?, Phone::of(&file, ADMIN, "en").await?);
    for phone in [&mina, &oleg, &tom, &admin] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }

    meet(&mina, &oleg).await?;
    let over = parts(&mina, &oleg).await?;
    rates(&stage, &mina, &oleg, &over).await?;
    let first = reports(&mina, &over, &admin).await?;
    ensure!(of(&stage).await?["trust"] == "new", "one report is one person's word");
    meet(&tom, &oleg).await?;
    let over = parts(&tom, &oleg).await?;
    reports(&tom, &over, &admin).await?;
    let known = of(&stage).await?;
    ensure!(known["trust"] == "reported", "{known}");
    ensure!(known["conduct"] == json!({"against": 2, "of": 2, "thumbs_up": 1, "thumbs_down": 0}), "{known}");

    // Oleg waits first, and meets nobody; Mina and Tom meet over his head.
    oleg.writes("/search").await?;
    oleg.sees("a search", |seen| has(seen, "cancel:")).await?;
    meet(&mina, &tom).await?;
    // A pair is made within milliseconds where one can be made.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let chat = oleg.chat().await?;
    ensure!(chat.last().is_some_and(|seen| has(seen, "cancel:")), "he met somebody: {chat:#?}");
    oleg.writes("/stop").await?;
    oleg.sees("the end of the search", |seen| has(seen, "search:0")).await?;
    parts(&mina, &tom).await?;

    admin.presses(&first, button(&first, ":dismiss")?).await?;
    let dismissed = |seen: &Seen| seen.id == first.id && seen.text.contains("Dismissed");
    let begun = tokio::time::Instant::now();
    while !admin.chat().await?.iter().any(dismissed) {
        ensure!(begun.elapsed() < super::phone::PATIENCE, "the case is not dismissed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    meet(&mina, &oleg).await?;
    no_invalid_calls(&file).await
}

/// One leaves; both are shown the end, with thumbs under it. Answers what the one sees.
async fn parts(one: &Phone<'_>, other: &Phone<'_>) -> Result<Seen> {
    one.writes("/stop").await?;
    let over = |seen: &Seen| has(seen, "rate:") && has(seen, "report:");
    let (seen, _) = tokio::try_join!(one.sees("the end", over), other.sees("the end", over))?;
    Ok(seen)
}

/// Down, up and up again are one thumb, which points up; who is rated is told nothing.
async fn rates(stage: &Stage, one: &Phone<'_>, other: &Phone<'_>, over: &Seen) -> Result<()> {
    let before = other.chat().await?;
    for how in [":down", ":up", ":up"] {
        one.presses(over, button(over, how)?).await?;
    }
    let sql = "USE hamdam; SELECT CONCAT_WS(' ', rater_id, rated_id, is_good) FROM ratings";
    hamdam_testbed::poll("the rating's row", || async {
        let found = stage.fleet.mariadb.sql(sql).await?;
        ensure!(found.trim() == "21 22 1", "{found}");
        Ok(())
    })
    .await?;
    ensure!(other.chat().await? == before, "whoever is rated hears of it");
    Ok(())
}

/// Reports whoever was met in the room that ended there. Answers the case.
async fn reports(who: &Phone<'_>, over: &Seen, admin: &Phone<'_>) -> Result<Seen> {
    let last = admin.chat().await?.last().map_or(0, |seen| seen.id);
    let data = over.data.iter().find(|data| data.starts_with("report:")).context("a button to report")?;
    who.presses(over, data).await?;
    let why = who.sees("why", |seen| seen.data.iter().any(|data| data.ends_with(":spam"))).await?;
    who.presses(&why, button(&why, ":spam")?).await?;
    who.sees("thanks", |seen| seen.id == why.id && has(seen, "block:")).await?;
    admin.sees("a case", |seen| seen.id > last && has(seen, "case:")).await
}

/// What the command line knows of Oleg.
async fn of(stage: &Stage) -> Result<Value> {
    let file = stage.fleet.file();
    let output = tokio::process::Command::new(stage.hamdam())
        .args(["admin", "user", "22", "--json"])
        .env("REDIS_URL", &file.redis_url)
        .env("DATABASE_URL", &file.database_url)
        .env("TRUST_COMPLAINTS", "2")
        .output()
        .await?;
    ensure!(output.status.success(), "{output:?}");
    let rows: Value = serde_json::from_slice(&output.stdout)?;
    Ok(rows[0].clone())
}
