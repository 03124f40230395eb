//! Hostile people, with three instances over Redis, while others chat in two languages: forged and stale buttons, other
//! people's payloads, texts that are meant to hurt, a user as fast as one queue permits, and updates by the thousand past
//! Telegram. Nothing breaks, and nobody else notices.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use loadtest::run::Target;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::phone::{PATIENCE, Phone, Seen, has, meet, no_invalid_calls};
use super::stage::{Size, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn forged_buttons_floods_and_tricks_hurt_nobody_else() -> Result<()> {
    let stage = Stage::start_alone(|options| {
        options.instances = 3;
        options.environment.push(("NOT_AGAIN_HOURS".to_owned(), "0".to_owned()));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    let (eve, mallory) = (Phone::of(&file, 23, "en").await?, Phone::of(&file, 24, "en").await?);
    for phone in [&mina, &oleg, &eve, &mallory] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    meet(&mina, &oleg).await?;
    forges(&mina, &oleg, &eve).await?;
    stale(&mina, &oleg).await?;
    tricks(&mina, &oleg).await?;
    meet(&eve, &mallory).await?;
    floods(&mina, &oleg, &eve).await?;
    no_invalid_calls(&file).await
}

/// They still hear each other, and nothing came in between.
async fn still_chat(one: &Phone<'_>, other: &Phone<'_>, word: &str) -> Result<()> {
    for (writer, reader) in [(one, other), (other, one)] {
        let before = reader.chat().await?.len();
        writer.writes(word).await?;
        reader.says(word).await?;
        let chat = reader.chat().await?;
        ensure!(chat.len() == before + 1, "something came in between: {chat:#?}");
    }
    Ok(())
}

async fn room_of(phone: &Phone<'_>) -> Result<String> {
    let chat = phone.chat().await?;
    let found = chat.iter().rev().flat_map(|seen| &seen.data).find_map(|data| data.strip_prefix("next:"));
    found.map(str::to_owned).context("a room")
}

/// Eve sends whatever callback data she likes: other people's rooms and searches, moderators' buttons, rubbish of every
/// length. None of it does anything to anybody.
async fn forges(mina: &Phone<'_>, oleg: &Phone<'_>, eve: &Phone<'_>) -> Result<()> {
    let room = room_of(mina).await?;
    let first = eve.chat().await?.last().context("a welcome")?.id;
    let chat = mina.chat().await?;
    let search = chat.iter().flat_map(|seen| &seen.data).find(|data| data.starts_with("cancel:"));
    let search = search.context("a search of Mina's")?.replacen("cancel:", "", 1);
    let mut forged: Vec<String> =
        ["next", "stop", "block", "report"].map(|verb| format!("{verb}:{room}")).into();
    forged.extend([
        format!("send:{room}:{first}"),
        format!("report:{room}:0:spam"),
        format!("rate:{room}:down"),
        format!("cancel:{search}"),
        format!("widen:{search}"),
        "case:00000000:ban0".to_owned(),
        "set:age:-1".to_owned(),
        "set:reach:99999999999".to_owned(),
        "page:admin".to_owned(),
        "next:9223372036854775808".to_owned(),
        "send:1:2:3".to_owned(),
        "\u{202e}\u{200b}:\u{0}".to_owned(),
        "x".repeat(64),
        ":".repeat(64),
        "😀".repeat(16),
        format!("next:{}", "9".repeat(59)),
    ]);
    for data in &forged {
        ensure!(data.len() <= 64, "{data}");
        eve.act(json!({"forge": {"message_id": first, "data": data}})).await?;
    }
    // Behind all of them: an answer to a button that is hers.
    eve.act(json!({"forge": {"message_id": first, "data": "help"}})).await?;
    eve.sees("help", |seen| seen.id > first && has(seen, "search:0")).await?;
    ensure!(eve.chat().await?.len() == 2, "{:#?}", eve.chat().await?);
    still_chat(mina, oleg, "هنوز هستی؟").await
}

/// Buttons of the room before do nothing in the next one.
async fn stale(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    let old = room_of(mina).await?;
    oleg.writes("/stop").await?;
    let over = |seen: &Seen| has(seen, "rate:");
    tokio::try_join!(oleg.sees("the end", over), mina.sees("the end", over))?;
    meet(mina, oleg).await?;
    let chat = mina.chat().await?;
    for seen in chat.iter().filter(|seen| seen.data.iter().any(|data| data.ends_with(&old))) {
        for data in seen.data.iter().filter(|data| data.starts_with("next:") || data.starts_with("stop:")) {
            mina.presses(seen, data).await?;
        }
    }
    still_chat(mina, oleg, "и снова привет").await
}

/// Texts that are meant to break something arrive as they are, or are asked about for what they hide.
async fn tricks(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    let texts = [
        "😀".repeat(4_096),
        "a\u{300}".repeat(2_048),
        "\u{202e}سلام\u{202c} \u{200b}\u{feff}دوست من\u{200f}".to_owned(),
        "{ $name } %s %n '; DROP TABLE users; -- <b>&amp; \\u0000 ${jndi:x}".to_owned(),
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}".repeat(500),
        "/".repeat(4_096),
    ];
    for text in &texts {
        mina.writes(text).await?;
        oleg.sees("the text", |seen| seen.text == *text).await?;
    }
    for hidden in ["@m\u{200b}i\u{202e}na\u{202c}_k", "۰۹۱۲\u{200b}۳۴۵\u{202c}۶۷\u{ad}۸۹"] {
        mina.writes(hidden).await?;
        mina.sees("a question", |seen| has(seen, "send:")).await?;
        ensure!(oleg.chat().await?.iter().all(|seen| seen.text != hidden), "{hidden} was passed on");
    }
    still_chat(mina, oleg, "خوبی؟").await
}

/// Eve writes as fast as her queue takes it. Whoever else chats goes on, and she is told once.
async fn floods(mina: &Phone<'_>, oleg: &Phone<'_>, eve: &Phone<'_>) -> Result<()> {
    for n in 0..400 {
        eve.writes(&format!("{n}")).await?;
        if n % 100 == 50 {
            still_chat(mina, oleg, &format!("سلام {n}")).await?;
        }
    }
    let begun = Instant::now();
    while pending(eve).await? > 0 {
        ensure!(begun.elapsed() < PATIENCE, "her updates are not taken in");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let told = eve.chat().await?.iter().filter(|seen| seen.text.contains('🐢')).count();
    ensure!((1..6).contains(&told), "told {told} times of 400 messages");
    still_chat(mina, oleg, "до завтра").await
}

async fn pending(phone: &Phone<'_>) -> Result<i64> {
    let status: Value = phone.get("status").await?;
    status["pending_updates"].as_i64().with_context(|| format!("{status}"))
}

/// Attackers, each known to Telegram by one message.
const ATTACKERS: i64 = 40;
const FIRST: i64 = 5_000_000;
/// Updates a second past Telegram, and for how long.
const RATE: u32 = 2_000;
const SECONDS: u32 = 5;
/// Above the ids that the simulator gives.
const LATER: u64 = 2_000_000_000;
/// Requests under way at once.
const LANES: u32 = 32;

/// While 150 people chat and the oracle watches.
#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_updates_past_telegram_are_noticed_by_nobody() -> Result<()> {
    let mut stage = Stage::start_alone(|options| options.instances = 3).await?;
    let size = Size { users: 150, seconds: 25 };
    let verdict = stage.run(size, async |stage, _| {
        tokio::time::sleep(Duration::from_secs(5)).await;
        attack(stage).await
    });
    let verdict = verdict.await?;
    stage.assert_good(&verdict);
    Ok(())
}

async fn attack(stage: &Stage) -> Result<()> {
    let file = stage.fleet.file();
    let target = Target::of_fleet(stage.file())?;
    let bot = file.bots[0].id;
    let secret = target.header_of(bot).context("a fleet has a secret")?;
    let mut bodies = Vec::new();
    for user in FIRST..FIRST + ATTACKERS {
        let phone = Phone::of(&file, user, "en").await?;
        // The oracle judges what people are told of their messages, and commands are none.
        let started = phone.act(json!({"start": {}})).await?;
        let message = started["message_id"].as_i64().with_context(|| format!("{started}"))?;
        bodies.extend(updates_of(user, message));
    }
    #[expect(clippy::disallowed_methods, reason = "an attacker shares nothing with the fleet")]
    let http = reqwest::Client::new();
    let url = format!("{}/telegram/{bot}", file.webhook_url);
    let begun = Instant::now();
    let (bodies, http, url, secret) = (&bodies, &http, &url, &secret);
    let lanes = (0..LANES).map(|lane| async move {
        let mut refused = 0;
        for n in (lane..RATE * SECONDS).step_by(LANES as usize) {
            sleep_until(begun + Duration::from_secs(1) * n / RATE).await;
            let id = format!("\"update_id\":{}", LATER + u64::from(n));
            let body = bodies[n as usize % bodies.len()].replace("\"update_id\":0", &id);
            let post = http.post(url).header("X-Telegram-Bot-Api-Secret-Token", secret).body(body);
            match post.send().await?.status().as_u16() {
                200 => {}
                // Turned away under load, as Telegram would be, which would come again.
                503 => refused += 1,
                status => anyhow::bail!("an update was answered {status}"),
            }
        }
        Ok::<u32, anyhow::Error>(refused)
    });
    let refused: u32 = futures::future::try_join_all(lanes).await?.into_iter().sum();
    println!("{} updates in {:?}, {refused} turned away", RATE * SECONDS, begun.elapsed());
    Ok(())
}

/// What an attacker sends: real shapes, forged contents, and what is no update at all.
fn updates_of(user: i64, message: i64) -> Vec<String> {
    let chat = json!({"id": user, "type": "private", "first_name": "Eve"});
    let from = json!({"id": user, "is_bot": false, "first_name": "Eve", "language_code": "en"});
    let with = |fields: Value| {
        let mut all = json!({"message_id": message, "date": 1, "chat": chat, "from": from});
        if let (Some(all), Value::Object(fields)) = (all.as_object_mut(), fields) {
            all.extend(fields);
        }
        all
    };
    let emoji = "😀".repeat(4_096);
    let events = [
        json!({"message": with(json!({"text": emoji}))}),
        json!({"message": with(json!({"text": "\u{202e}\u{200b}@eve_k\u{feff} +98 912 345 67 89"}))}),
        json!({"message": with(json!({"text": "/help"}))}),
        json!({"message": with(json!({"text": "/report"}))}),
        json!({"message": with(json!({"text": "/block"}))}),
        json!({"message": with(json!({"text": format!("/start r_{}", "x".repeat(62))}))}),
        json!({"message": with(json!({"photo": "no list", "caption": 7}))}),
        json!({"message": with(json!({"poll": {"question": emoji, "options": []}}))}),
        json!({"edited_message": with(json!({"text": "changed", "edit_date": 2}))}),
        json!({"my_chat_member": {"chat": chat, "from": from, "date": 1, "new_chat_member": {"status": "restricted"}}}),
        json!({"message_reaction": {"chat": chat, "message_id": message, "date": 1, "old_reaction": [], "new_reaction": "x"}}),
        json!({"channel_post": {"message_id": 1, "chat": {"id": -1_001, "type": "channel"}, "text": "x"}}),
        json!({"something_new": {"deep": [[[[[[]]]]]]}}),
    ];
    let with_id = |event: Value| {
        let mut event = event;
        event["update_id"] = json!(0);
        event.to_string()
    };
    let rubbish = ["", "{", "[]", "null", "{\"update_id\":\"x\"}", "\u{0}\u{1}\u{2}"].map(str::to_owned);
    events.map(with_id).into_iter().chain(rubbish).collect()
}
