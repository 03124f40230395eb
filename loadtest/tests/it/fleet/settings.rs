//! A conversation about oneself, with three instances over Redis, in two languages: rules, typed answers in the digits and
//! letters people have, buttons that redraw their page, a search that lasts, is widened and given up, and a meeting.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hamdam_testbed::fleet::FleetFile;
use serde_json::json;
use tokio::time::Instant;

use super::phone::{PATIENCE, Phone, Seen, in_a_room, no_invalid_calls};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn people_say_who_they_are_and_whom_they_want_to_meet() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        let set = [("ADULTS_ONLY", "true"), ("PROFILE_REQUIRED", "age"), ("SEARCH_GIVE_UP_MINUTES", "0.6")];
        options.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 11, "fa").await?, Phone::of(&file, 12, "ru").await?);
    tokio::try_join!(moves_in(&mina, &MINA), moves_in(&oleg, &OLEG))?;
    waits_alone(&mina).await?;
    meet(&mina, &oleg).await?;
    set_up(&stage, &file).await?;
    no_invalid_calls(&file).await
}

/// What somebody types, and what they are told, in their language.
struct Script {
    rules: &'static str,
    ask_age: &'static str,
    too_young: (&'static str, &'static str),
    age: (&'static str, &'static str),
    nowhere: &'static str,
    city: (&'static str, &'static str),
}

const MINA: Script = Script {
    rules: "پیش از شروع",
    ask_age: "چند سالت است؟",
    too_young: ("۵", "از ۱۸ تا ۹۹"),
    age: ("۲۵", "سن: ۲۵"),
    nowhere: "این مکان را نمی‌شناسم",
    city: ("كرج", "مکان: کرج، ایران"),
};

const OLEG: Script = Script {
    rules: "Прежде чем начать",
    ask_age: "Сколько тебе лет?",
    too_young: ("17", "от 18 до 99"),
    age: ("٣١", "Возраст: 31"),
    nowhere: "Не знаю такого места",
    city: ("мешхед", "Место: Мешхед, Иран"),
};

/// From the first `/start` to a profile with age and place.
async fn moves_in(phone: &Phone<'_>, script: &Script) -> Result<()> {
    phone.act(json!({"start": {}})).await?;
    let rules = phone.says(script.rules).await?;
    phone.writes("/search").await?;
    phone.sees("the rules again", |seen| seen.id > rules.id && seen.text.contains(script.rules)).await?;
    phone.act(json!({"press": {"message_id": rules.id, "data": "agree"}})).await?;
    let begun = Instant::now();
    let page = loop {
        let chat = phone.chat().await?;
        match chat.into_iter().find(|seen| seen.id == rules.id && seen.text.contains(script.ask_age)) {
            Some(page) => break page,
            None => ensure!(begun.elapsed() < PATIENCE, "what is required is not asked"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(!page.data.contains(&"page:home".to_owned()), "there is no way around it");
    phone.writes(script.too_young.0).await?;
    phone.says(script.too_young.1).await?;
    phone.writes(script.age.0).await?;
    let home = phone.says(script.age.1).await?;
    phone.presses(&home, "page:place").await?;
    let place = phone.sees("the page of places", |seen| seen.id == home.id && seen.text != home.text).await?;
    assert!(place.data.contains(&"page:home".to_owned()));
    phone.writes("Atlantis").await?;
    phone.says(script.nowhere).await?;
    phone.writes(script.city.0).await?;
    phone.says(script.city.1).await.map(drop)
}

/// A search with nobody there: news in its own message, widened by a button, and ended with a friendly word.
async fn waits_alone(phone: &Phone<'_>) -> Result<()> {
    let home = phone.opens_settings().await?;
    phone.presses(&home, "page:reach").await?;
    let near = phone.sees("nearness", |seen| seen.data.iter().any(|data| data == "set:reach:50")).await?;
    phone.presses(&near, "set:reach:50").await?;
    phone
        .sees("all again", |seen| seen.id == near.id && seen.data.iter().any(|data| data == "page:reach"))
        .await?;
    phone.writes("/search").await?;
    let is_search = |seen: &Seen| seen.data.iter().any(|data| data.starts_with("cancel:"));
    let search = phone.sees("a search", is_search).await?;
    let news = phone
        .sees("news", |seen| seen.id == search.id && seen.data.iter().any(|data| data.starts_with("widen:")))
        .await?;
    assert!(news.text.contains("۱۰۰ کیلومتر"), "{news:?}");
    let widen = news.data.iter().find(|data| data.starts_with("widen:")).context("seen")?;
    phone.presses(&news, widen).await?;
    phone.sees("a wider search", |seen| seen.id == search.id && seen.text.contains("🌍")).await?;
    let over = phone.says("😴").await?;
    assert_eq!(over.data[0], "search:0");
    phone.presses(&over, "search:0").await?;
    phone.sees("a search again", |seen| seen.id > over.id && is_search(seen)).await.map(drop)
}

/// Two meet; what answers nobody's question any more goes to the partner.
async fn meet(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    let home = oleg.opens_settings().await?;
    oleg.presses(&home, "page:age").await?;
    oleg.sees("the page of ages", |seen| seen.id == home.id && seen.text != home.text).await?;
    let home = mina.opens_settings().await?;
    mina.presses(&home, "page:reach").await?;
    let far = mina.sees("nearness", |seen| seen.data.iter().any(|data| data == "set:reach:any")).await?;
    // She waits meanwhile: her ticket comes back with the new wish.
    mina.presses(&far, "set:reach:any").await?;
    oleg.writes("/search").await?;
    in_a_room(mina, oleg).await?;
    oleg.writes("42").await?;
    mina.says("42").await?;
    oleg.writes("/profile").await?;
    oleg.says("Возраст: 31").await.map(drop)
}

/// What each bot says about itself is taken, in every language.
async fn set_up(stage: &Stage, file: &FleetFile) -> Result<()> {
    let output = tokio::process::Command::new(stage.hamdam())
        .args(["bots", "setup"])
        .env("BOT_TOKENS", &file.bots[0].token)
        .env("TELEGRAM_API_URL", &file.telegram_url)
        .output()
        .await?;
    ensure!(output.status.success(), "{output:?}");
    Ok(())
}
