//! A house that wants people in its channel, with three instances over Redis, in two languages: who is not in joins and
//! checks again, nobody is asked in a room, and if Telegram cannot tell, people are let in.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::phone::{Phone, has, in_a_room, no_invalid_calls};
use super::stage::Stage;

const CHANNEL: &str = "@hamdam_news";

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::float_cmp, reason = "counts are whole numbers")]
async fn people_join_the_channel_before_they_search() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        options.environment.push(("REQUIRED_CHANNEL".to_owned(), CHANNEL.to_owned()));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    mina.post("channels", json!({"name": CHANNEL, "admins": [file.bots[0].id]})).await?;

    mina.act(json!({"start": {}})).await?;
    let join = mina.says("عضو کانال ما شو").await?;
    ensure!(join.data == ["joined"], "{join:?}");
    // Not yet in: a few words show up, and nothing else happens.
    mina.presses(&join, "joined").await?;
    mina.post("channels/enter", json!({"name": CHANNEL, "user": 21, "joins": true})).await?;
    mina.presses(&join, "joined").await?;
    mina.sees("a search", |seen| has(seen, "cancel:")).await?;

    // Telegram is in trouble: Oleg is let in, and that is counted.
    mina.post("faults", json!([{"fault": "internal", "method": "getChatMember"}])).await?;
    oleg.act(json!({"start": {}})).await?;
    oleg.sees("a welcome", |seen| has(seen, "search:0")).await?;
    oleg.writes("/search").await?;
    in_a_room(&mina, &oleg).await?;
    mina.post("faults", json!([])).await?;
    ensure!(asked(&stage, "unknown").await? == 1.0, "for a minute nobody asks again");
    let before = all(&stage).await?;
    for n in 0..5 {
        mina.writes(&format!("سلام {n}")).await?;
    }
    oleg.says("سلام 4").await?;
    ensure!(all(&stage).await? == before, "asked in a room");
    no_invalid_calls(&file).await
}

/// How often all instances asked, by the answer.
async fn asked(stage: &Stage, answer: &str) -> Result<f64> {
    let mut sum = 0.0;
    for instance in &stage.fleet.instances {
        let page = instance.metrics().await?;
        let line = format!("hamdam_channel_checks_total{{answer=\"{answer}\"}} ");
        let number = page.lines().find_map(|text| text.strip_prefix(&line)).unwrap_or("0");
        sum += number.parse::<f64>().with_context(|| number.to_owned())?;
    }
    Ok(sum)
}

async fn all(stage: &Stage) -> Result<f64> {
    Ok(asked(stage, "in").await? + asked(stage, "out").await? + asked(stage, "unknown").await?)
}
