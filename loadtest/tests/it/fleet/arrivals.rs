//! A conversation with three instances over Redis, in two languages: people come by counted links, choose the language of the
//! bot by hand, and ask who came by theirs.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hamdam_testbed::fleet::FleetFile;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::phone::{PATIENCE, Phone, Seen, no_invalid_calls};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn people_come_by_links_that_count_and_choose_a_language() -> Result<()> {
    let stage = Stage::start(|options| options.instances = 3).await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 11, "fa").await?, Phone::of(&file, 12, "ru").await?);
    mina.act(json!({"start": {"payload": "c_spring"}})).await?;
    mina.says("به همدم خوش آمدی").await?;

    // Her Telegram is Persian; she reads the bot in Spanish, until she takes that back.
    let home = mina.opens_settings().await?;
    mina.presses(&home, "page:lang").await?;
    let shows = |data: &'static str| {
        let id = home.id;
        move |seen: &Seen| seen.id == id && seen.data.iter().any(|known| known == data)
    };
    let page = mina.sees("languages", shows("set:lang:es")).await?;
    mina.presses(&page, "set:lang:es").await?;
    mina.sees("the settings in Spanish", |seen| seen.id == home.id && seen.text.contains("Tus ajustes"))
        .await?;
    mina.writes("/invite").await?;
    let invitation = mina.says("Aún no ha llegado nadie nuevo").await?;
    let link = invitation.text.split("?start=").nth(1).and_then(|rest| rest.split_whitespace().next());
    let link = link.with_context(|| format!("{invitation:?}"))?.to_owned();
    ensure!(link.starts_with("r_"), "{link}");

    // Who comes by it is counted once, and nobody by their own.
    mina.act(json!({"start": {"payload": link}})).await?;
    for _ in 0..2 {
        oleg.act(json!({"start": {"payload": link}})).await?;
        oleg.says("Добро пожаловать").await?;
    }
    let begun = Instant::now();
    loop {
        let last = mina.chat().await?.last().map_or(0, |seen| seen.id);
        mina.writes("/invite").await?;
        let told = mina.sees("the invitation", |seen| seen.id > last && seen.text.contains(&link)).await?;
        if told.text.contains("Ha llegado 1 persona nueva") {
            break;
        }
        ensure!(begun.elapsed() < PATIENCE, "nobody is counted: {told:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let numbers = stats(&stage, &file).await?;
    let mut links: Vec<_> = numbers[0]["links"].as_array().context("links")?.clone();
    links.sort_by_key(|link| link["link"].to_string());
    let counted = |link: &str| json!({"link": link, "arrived": 1, "new": 1});
    ensure!(links == [counted("c_spring"), counted(&link)], "{numbers}");

    let home = mina.opens_settings().await?;
    mina.presses(&home, "page:lang").await?;
    let is_page = |seen: &Seen| seen.id == home.id && seen.data.iter().any(|known| known == "set:lang:-");
    let page = mina.sees("languages again", is_page).await?;
    mina.presses(&page, "set:lang:-").await?;
    mina.sees("the settings in Persian", |seen| seen.id == home.id && seen.text.contains("تنظیمات")).await?;

    no_invalid_calls(&file).await
}

/// What `hamdam admin stats` prints.
async fn stats(stage: &Stage, file: &FleetFile) -> Result<Value> {
    let output = tokio::process::Command::new(stage.hamdam())
        .args(["admin", "stats", "--json"])
        .env("DATABASE_URL", &file.database_url)
        .output()
        .await?;
    ensure!(output.status.success(), "{output:?}");
    Ok(serde_json::from_slice(&output.stdout)?)
}
