//! Operators at work, with three instances over Redis, in two languages: on the command line and at the desk in an
//! administrator's chat.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::phone::{Phone, Seen, has, in_a_room, meet, no_invalid_calls};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn the_fleet_is_closed_for_maintenance_and_opened_again() -> Result<()> {
    let stage = Stage::start(|options| options.instances = 3).await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    for phone in [&mina, &oleg] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
        phone.writes("/search").await?;
    }
    in_a_room(&mina, &oleg).await?;
    puts_up(&stage, &["on"], "rooms-go-on", 1).await?;
    mina.writes("rooms go on").await?;
    oleg.says("rooms go on").await?;
    let ida = Phone::of(&file, 23, "fa").await?;
    ida.act(json!({"start": {}})).await?;
    ida.sees("a welcome", |seen| has(seen, "search:0")).await?;
    // Whichever instance takes it: each of several is told.
    for _ in 0..6 {
        answered(&ida, "/search", "🛠 الان").await?;
    }
    answered(&ida, "hello?", "🛠 الان").await?;

    puts_up(&stage, &["on", "--rooms", "rest"], "rooms-rest", 2).await?;
    for word in ["one", "two", "three"] {
        answered(&oleg, word, "🛠 Сейчас").await?;
    }
    let heard = mina.chat().await?;
    ensure!(heard.iter().all(|seen| seen.text != "one"), "{heard:#?}");

    puts_up(&stage, &["off"], "off", 0).await?;
    oleg.writes("we are back").await?;
    mina.says("we are back").await?;
    ida.writes("/search").await?;
    ida.sees("a search", |seen| has(seen, "cancel:")).await?;
    no_invalid_calls(&file).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_works_at_the_desk() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        options.environment.push(("ADMIN_IDS".to_owned(), "31".to_owned()));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    let admin = Phone::of(&file, 31, "fa").await?;
    for phone in [&mina, &oleg, &admin] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    to_others_there_is_no_desk(&oleg).await?;
    meet(&mina, &oleg).await?;
    admin.writes("/admin").await?;
    admin.sees("figures", |seen| has(seen, "desk:fleet") && seen.text.contains("گفت‌وگو: ۲")).await?;
    bans(&admin, &mina, &oleg).await?;
    broadcasts(&stage, &admin, &mina, &oleg).await?;
    closes(&stage, &admin, &oleg).await?;
    no_invalid_calls(&file).await
}

/// A ban holds on every instance from its answer on: whatever is written behind it goes to nobody, whoever takes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_ban_holds_on_all_instances_at_once() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        // The last of many is to be answered like the first.
        options.environment.push(("FLOOD_MESSAGES".to_owned(), "0".to_owned()));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    for phone in [&mina, &oleg] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    meet(&mina, &oleg).await?;
    oleg.writes("before").await?;
    mina.says("before").await?;
    let output = tokio::process::Command::new(stage.hamdam())
        .args(["admin", "ban", "22", "--for", "1h", "--reason", "shoes"])
        .env("REDIS_URL", &file.redis_url)
        .env("DATABASE_URL", &file.database_url)
        .output()
        .await?;
    ensure!(output.status.success(), "{output:?}");
    for number in 0..30 {
        oleg.writes(&format!("behind {number}")).await?;
    }
    let last = oleg.writes_as("the last").await?;
    oleg.sees("an answer to the last", |seen| seen.reply_to == Some(last) || seen.id > last).await?;
    hamdam_testbed::poll("all updates are taken", || async {
        let url = format!("{}/control/telegram/status", file.telegram_url);
        let status: Value = reqwest::get(url).await?.json().await?;
        let quiet = ["pending_updates", "calls_in_flight"].iter().all(|name| status[name] == 0);
        ensure!(quiet && status["invalid_calls"] == 0, "{status}");
        Ok(())
    })
    .await?;
    let heard = mina.chat().await?;
    ensure!(heard.iter().all(|seen| !seen.text.starts_with("behind")), "{heard:#?}");
    Ok(())
}

async fn to_others_there_is_no_desk(oleg: &Phone<'_>) -> Result<()> {
    let mut answers = Vec::new();
    for command in ["/nonsense", "/admin", "/broadcast"] {
        let last = oleg.chat().await?.last().map_or(0, |seen| seen.id);
        oleg.writes(command).await?;
        let answer = oleg.sees("an answer", |seen| seen.id > last).await?;
        answers.push((answer.text, answer.data));
    }
    ensure!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    Ok(())
}

/// Looks up, bans, and forgives.
async fn bans(admin: &Phone<'_>, mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    admin.writes("/admin 22").await?;
    let person = admin.sees("what is known", |seen| has(seen, "desk:ban7:22")).await?;
    assert!(person.text.contains("Русский"), "{person:?}");
    admin.presses(&person, "desk:ban7:22").await?;
    oleg.sees("a ban", |seen| seen.text.contains("жалоб") && has(seen, "search:")).await?;
    mina.sees("the end", |seen| has(seen, "search:") && has(seen, "block:")).await?;
    let banned = |seen: &Seen| seen.id == person.id && seen.text.contains("مسدود تا");
    let person = admin.sees("the ban on the page", banned).await?;
    admin.presses(&person, "desk:undo:22").await?;
    oleg.says("🕊").await?;
    let free = |seen: &Seen| seen.id == person.id && !seen.text.contains("مسدود تا");
    admin.sees("no ban on the page", free).await.map(drop)
}

/// Writes it, sees how it looks, chooses a language, sends, and sees it arrive.
async fn broadcasts(stage: &Stage, admin: &Phone<'_>, mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    hamdam_testbed::poll("users in the database", || async {
        let found = stage.fleet.mariadb.sql("USE hamdam; SELECT COUNT(*) FROM users").await?;
        ensure!(found.trim() == "3", "{found}");
        Ok(())
    })
    .await?;
    let news = admin.writes_as("big news").await?;
    admin.act(json!({"write": {"kind": "text", "text": "/broadcast", "reply_to": news}})).await?;
    let page = admin.sees("what to choose", |seen| has(seen, "cast:go:,,,,")).await?;
    assert_eq!(page.reply_to, Some(news));
    let chat = admin.chat().await?;
    assert!(chat[chat.len() - 2].text == "big news", "{chat:#?}");
    let mut page = page;
    for (press, then) in [("cast:lang:,,,,", "cast:part:ru,,,,"), ("cast:part:ru,,,,", "cast:go:ru,,,,")] {
        admin.presses(&page, press).await?;
        page = admin.sees(then, |seen| seen.id == page.id && has(seen, then)).await?;
    }
    admin.presses(&page, "cast:go:ru,,,,").await?;
    oleg.says("big news").await?;
    let over = |seen: &Seen| seen.id == page.id && seen.data == ["desk:fleet"];
    let page = admin.sees("the end of it", over).await?;
    assert!(page.text.contains('۱'), "one was sent: {page:?}");
    let heard = mina.chat().await?;
    ensure!(heard.iter().all(|seen| seen.text != "big news"), "{heard:#?}");
    admin.presses(&page, "desk:fleet").await?;
    admin.sees("figures", |seen| seen.id == page.id && has(seen, "desk:cast:1")).await.map(drop)
}

/// Closes the fleet and opens it again, from the page of figures that stands last.
async fn closes(stage: &Stage, admin: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    let page = admin.sees("figures", |seen| has(seen, "desk:close:rooms-go-on")).await?;
    admin.presses(&page, "desk:close:rooms-go-on").await?;
    let page = admin.sees("a closed fleet", |seen| seen.id == page.id && has(seen, "desk:open")).await?;
    heeded(stage, 1).await?;
    answered(oleg, "/search", "🛠 Сейчас").await?;
    admin.presses(&page, "desk:open").await?;
    admin.sees("an open fleet", |seen| seen.id == page.id && has(seen, "desk:close:rooms-rest")).await?;
    heeded(stage, 0).await?;
    oleg.writes("/search").await?;
    oleg.sees("a search", |seen| has(seen, "cancel:")).await.map(drop)
}

/// Writes, and is answered by a new message that contains `words`.
async fn answered(phone: &Phone<'_>, text: &str, words: &str) -> Result<()> {
    let last = phone.chat().await?.last().map_or(0, |seen| seen.id);
    phone.writes(text).await?;
    phone.sees(words, |seen| seen.id > last && seen.text.contains(words)).await.map(drop)
}

/// Puts it up, and waits until it is heeded.
async fn puts_up(stage: &Stage, args: &[&str], wanted: &str, shown: u8) -> Result<()> {
    let file = stage.fleet.file();
    let output = tokio::process::Command::new(stage.hamdam())
        .args(["admin", "maintenance"])
        .args(args)
        .arg("--json")
        .env("REDIS_URL", &file.redis_url)
        .output()
        .await?;
    let rows: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(rows[0]["maintenance"], wanted, "{output:?}");
    heeded(stage, shown).await
}

/// Waits until every instance says that it heeds it.
async fn heeded(stage: &Stage, shown: u8) -> Result<()> {
    let line = format!("hamdam_maintenance {shown}");
    for instance in &stage.fleet.instances {
        hamdam_testbed::poll("the board is heeded", || async {
            let page = instance.metrics().await?;
            ensure!(page.lines().any(|found| found == line), "{line} is not there");
            Ok(())
        })
        .await?;
    }
    Ok(())
}
