//! A bot that has no room points newcomers to one that has: three instances over Redis, in two languages.

use std::convert::Infallible;

use anyhow::{Context, Result, ensure};
use hamdam_testbed::fleet::FleetFile;
use serde_json::json;
use tokio::time::Instant;

use super::phone::{PATIENCE, Phone, Seen, greets, has, in_a_room, meet, no_invalid_calls};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn newcomers_to_a_bot_without_room_search_by_another_one() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        options.bots = 2;
        // A budget that two people use up, who are not slowed down for it.
        let set = [("BOT_RATE_LIMIT", "1"), ("BUSY_BOT_PERCENT", "80"), ("FLOOD_MESSAGES", "0")];
        options.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    })
    .await?;
    let file = stage.fleet.file();
    let second = file.bots[1].id;
    let (mina, oleg) = (Phone::of(&file, 71, "fa").await?, Phone::of(&file, 72, "ru").await?);
    for phone in [&mina, &oleg] {
        phone.act(json!({"start": {}})).await?;
        let seen = phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
        ensure!(seen.links.is_empty(), "there is room: {seen:?}");
    }
    meet(&mina, &oleg).await?;
    greets(&mina, &oleg, "salam").await?;

    let (vera, dora) = tokio::select! {
        never = chatter(&mina, &oleg) => match never? {},
        pointed = async {
            let vera = is_pointed(&file, 80, "ru", "свободнее", second).await?;
            let dora = is_pointed(&file, 180, "fa", "جا هست", second).await?;
            anyhow::Ok((vera, dora))
        } => pointed?,
    };

    // The link is all it takes: the wish to search comes along.
    for newcomer in [&vera, &dora] {
        newcomer.act(json!({"start": {"payload": "search"}})).await?;
        newcomer.sees("the search", |seen| has(seen, "cancel:") || has(seen, "next:")).await?;
    }
    in_a_room(&vera, &dora).await?;
    greets(&vera, &dora, "zdes luchshe").await?;
    no_invalid_calls(&file).await
}

/// Two who write as soon as they have read the other, for as long as they are let: as much as their bot can pass on.
async fn chatter(one: &Phone<'_>, other: &Phone<'_>) -> Result<Infallible> {
    for said in 0_u64.. {
        let words = said.to_string();
        for phone in [one, other] {
            phone.writes(&words).await?;
        }
        let read = |seen: &Seen| seen.text == words;
        tokio::try_join!(one.sees(&words, read), other.sees(&words, read))?;
    }
    unreachable!("there are many numbers")
}

/// Newcomers come to the first bot until it points one of them to the bot `to`, in their language; answers that one, there.
async fn is_pointed<'f>(
    file: &'f FleetFile,
    first_user: i64,
    language: &str,
    words: &str,
    to: i64,
) -> Result<Phone<'f>> {
    let begun = Instant::now();
    for user in first_user.. {
        let newcomer = Phone::of(file, user, language).await?;
        newcomer.act(json!({"start": {"payload": "c_spring"}})).await?;
        let seen = newcomer.sees("a welcome", |seen| has(seen, "search:0")).await?;
        if let Some(link) = seen.links.first() {
            ensure!(seen.text.contains(words), "{seen:?}");
            let (bot, payload) = link.split_once("?start=").context("no payload")?;
            ensure!(bot.ends_with(&format!("{to}_bot")) && payload == "search", "{link}");
            return Ok(newcomer.by(to));
        }
        ensure!(begun.elapsed() < PATIENCE, "nobody is pointed elsewhere");
    }
    unreachable!("there are many numbers")
}
