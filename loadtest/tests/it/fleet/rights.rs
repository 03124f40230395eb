//! What people may ask for, with three instances over Redis, in two languages: what is kept and for how long, all that is
//! kept about them, and that it is forgotten.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hamdam_testbed::poll;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::phone::{PATIENCE, Phone, Seen, greets, has, meet, no_invalid_calls};
use super::premium::{asks, has_paid, pays};
use super::records::{counts, number};
use super::stage::Stage;

/// Long enough to be found by no accident.
const MINA: i64 = 7_310_000_011;
const LUIS: i64 = 7_310_000_012;

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_what_is_kept_and_get_all_of_their_own() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        options.environment.push(("RETENTION_DAYS".to_owned(), "30".to_owned()));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, luis) = (Phone::of(&file, MINA, "fa").await?, Phone::of(&file, LUIS, "es").await?);
    mina.act(json!({"start": {"payload": "c_spring"}})).await?;
    luis.act(json!({"start": {}})).await?;
    for (phone, days) in [(&mina, "۳۰ روز"), (&luis, "30 días")] {
        phone.writes("/help").await?;
        let help = phone.says(days).await?;
        ensure!(help.text.contains("/mydata"), "{help:?}");
    }

    meet(&mina, &luis).await?;
    greets(&mina, &luis, "salam").await?;
    mina.act(json!({"write": {"kind": "voice"}})).await?;
    luis.sees("a voice note", |seen| seen.file.is_some()).await?;
    luis.writes("hola").await?;
    mina.says("hola").await?;
    mina.writes("/block").await?;
    mina.sees("the end", |seen| has(seen, "search:")).await?;
    poll("everything to have its row", || async {
        let messages: i64 = number(&stage.fleet.mariadb, "SELECT COUNT(*) FROM messages").await?;
        let ended: i64 =
            number(&stage.fleet.mariadb, "SELECT COUNT(*) FROM chat_rooms WHERE is_active = 0").await?;
        let blocks: i64 = number(&stage.fleet.mariadb, "SELECT COUNT(*) FROM blocks").await?;
        ensure!(
            (messages, ended, blocks) == (3, 1, 1),
            "{messages} messages, {ended} rooms, {blocks} blocks"
        );
        Ok(())
    })
    .await?;

    let (hers, his) = (data_of(&mina, "در این فایل است").await?, data_of(&luis, "En este archivo").await?);
    for (text, partner) in [(&hers, LUIS), (&his, MINA)] {
        ensure!(!text.contains(&partner.to_string()), "a partner is named: {text}");
    }
    let (hers, his): (Value, Value) = (serde_json::from_str(&hers)?, serde_json::from_str(&his)?);
    ensure!(hers["telegram_id"] == MINA && his["telegram_id"] == LUIS, "{hers}\n{his}");
    ensure!(hers["you"]["language"] == "fa" && his["you"]["language"] == "es", "{hers}\n{his}");
    ensure!(hers["came_by"]["link"] == "c_spring" && his["came_by"].is_null(), "{hers}\n{his}");
    ensure!(hers["blocked_at"].as_array().map(Vec::len) == Some(1), "{hers}");
    let kinds = |data: &Value| -> Result<Vec<String>> {
        let messages = data["chats"][0]["messages_by_you"].as_array().context("messages")?;
        Ok(messages.iter().map(|message| message["kind"].as_str().unwrap_or_default().to_owned()).collect())
    };
    ensure!(kinds(&hers)? == ["text", "voice"] && kinds(&his)? == ["text"], "{hers}\n{his}");
    ensure!(hers["chats"][0]["ended_by_you"] == true && his["chats"][0]["ended_by_you"] == false);
    no_invalid_calls(&stage.fleet.file()).await
}

/// `/mydata`: the file, which comes with a few words.
async fn data_of(phone: &Phone<'_>, words: &str) -> Result<String> {
    phone.writes("/mydata").await?;
    let seen = phone.sees("the file", |seen| seen.file.is_some() && seen.text.contains(words)).await?;
    Ok(String::from_utf8(phone.opens(&seen).await?)?)
}

/// Longer than anything is remembered for minutes.
const FORGOTTEN_WITHIN: Duration = Duration::from_mins(5);

fn button<'s>(seen: &'s Seen, start: &str) -> Result<&'s str> {
    let button = seen.data.iter().find(|data| data.starts_with(start) && !data.ends_with(":no"));
    button.map(String::as_str).with_context(|| format!("no {start} under {seen:?}"))
}

/// The two are forgotten in the midst of things, having done and suffered whatever leaves a row: one banned, the other in a
/// chat. What is searched is everything there is.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_themselves_forgotten_leaves_no_row_and_no_key() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        let set = [
            ("ADMIN_IDS", "31"),
            ("KEEP_EVIDENCE", "true"),
            ("FORGET_SECRET", "of this test"),
            ("PREMIUM_OFFERS", "30:150"),
            ("PREMIUM_SUPPORT", "@helper"),
        ];
        options.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, MINA, "fa").await?, Phone::of(&file, LUIS, "ru").await?);
    let (dora, admin) = (Phone::of(&file, 33, "en").await?, Phone::of(&file, 31, "en").await?);
    let links = arrive(&mina, &oleg, &dora, &admin).await?;
    let charges = buy(&mina, &oleg).await?;
    crowd(&mina, &oleg, &dora, &admin).await?;
    everything_is_there(&stage).await?;

    forgets(&mina, "فراموشت کردم، جز محرومیت").await?;
    forgets(&oleg, "Всё о тебе забыто.").await?;
    let end = dora.sees("the end", |seen| has(seen, "search:") && has(seen, "report:")).await?;
    let begun = Instant::now();
    loop {
        let mut found = Vec::new();
        for id in [MINA, LUIS] {
            let (keys, rows) = names(&stage, id).await?;
            found.extend(keys.into_iter().chain(rows));
        }
        if found.is_empty() {
            break;
        }
        ensure!(begun.elapsed() < FORGOTTEN_WITHIN, "somebody is still known: {found:#?}");
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    only_what_is_documented_is_left(&stage, &links, &charges).await?;

    // Dora can still rate and report whom she met, and a ban is found when they come back; so is the one from before.
    dora.presses(&end, end.data.iter().find(|data| data.ends_with(":down")).context("thumbs")?).await?;
    dora.presses(&end, button(&end, "report:")?).await?;
    let why = dora.sees("why", |seen| seen.id > end.id && has(seen, "report:")).await?;
    dora.presses(&why, why.data.iter().find(|data| data.ends_with(":spam")).context("spam")?).await?;
    let case = admin.sees("a case", |seen| has(seen, "case:") && seen.text.contains("advertising")).await?;
    admin.presses(&case, case.data.iter().find(|data| data.ends_with(":ban7")).context("ban7")?).await?;
    admin.sees("the decision", |seen| seen.id == case.id && seen.text.contains("Banned for a week")).await?;
    poll("the ban to be written", || async {
        let bans: i64 =
            number(&stage.fleet.mariadb, "SELECT COUNT(*) FROM bans WHERE telegram_id < 0").await?;
        let known = number::<i64>(
            &stage.fleet.mariadb,
            "SELECT COUNT(*) FROM users WHERE telegram_id < 0 AND banned_until > 0",
        )
        .await?;
        ensure!((bans, known) == (2, 2), "{bans} bans of {known} people without a name");
        Ok(())
    })
    .await?;
    for id in [MINA, LUIS] {
        let (keys, rows) = names(&stage, id).await?;
        ensure!(keys.is_empty() && rows.is_empty(), "somebody is known again: {keys:#?} {rows:#?}");
    }
    for (phone, words) in [(&mina, "به خاطر گزارش‌هایی"), (&oleg, "Из-за жалоб")] {
        phone.act(json!({"start": {}})).await?;
        phone.writes("/search").await?;
        phone.says(words).await?;
    }
    for instance in &stage.fleet.instances {
        let log = std::fs::read_to_string(instance.log())?;
        ensure!(!log.contains(&MINA.to_string()) && !log.contains(&LUIS.to_string()), "a log names somebody");
    }
    no_invalid_calls(&stage.fleet.file()).await
}

/// They come: Mina by a counted link, Dora by Mina's, and Oleg by Dora's. Answers Mina's and Oleg's.
async fn arrive(
    mina: &Phone<'_>,
    oleg: &Phone<'_>,
    dora: &Phone<'_>,
    admin: &Phone<'_>,
) -> Result<[String; 2]> {
    let welcome = |seen: &Seen| has(seen, "search:0");
    mina.act(json!({"start": {"payload": "c_spring"}})).await?;
    mina.sees("a welcome", welcome).await?;
    let hers = link_of(mina).await?;
    dora.act(json!({"start": {"payload": hers}})).await?;
    dora.sees("a welcome", welcome).await?;
    oleg.act(json!({"start": {"payload": link_of(dora).await?}})).await?;
    oleg.sees("a welcome", welcome).await?;
    admin.act(json!({"start": {}})).await?;
    admin.sees("a welcome", welcome).await?;
    Ok([hers, link_of(oleg).await?])
}

/// What `/invite` says behind `?start=`.
async fn link_of(phone: &Phone<'_>) -> Result<String> {
    phone.writes("/invite").await?;
    let invitation = phone.says("?start=").await?;
    let link = invitation.text.split("?start=").nth(1).and_then(|rest| rest.split_whitespace().next());
    link.map(str::to_owned).with_context(|| format!("{invitation:?}"))
}

/// Both pay, and say why they might want it back. Answers what Telegram calls the payments.
async fn buy(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<[String; 2]> {
    for (phone, thanks) in [(mina, "⭐ ممنون!"), (oleg, "⭐ Спасибо!")] {
        pays(phone, &asks(phone).await?).await?;
        phone.says(thanks).await?;
    }
    Ok([has_paid(mina, 1).await?, has_paid(oleg, 1).await?])
}

/// Mina was in a room with Dora, where each rated the other and she reported, and in one with Oleg, where she was rated,
/// reported and banned; Oleg is in one with Dora.
async fn crowd(mina: &Phone<'_>, oleg: &Phone<'_>, dora: &Phone<'_>, admin: &Phone<'_>) -> Result<()> {
    meet(mina, dora).await?;
    greets(dora, mina, "good evening").await?;
    mina.writes("/stop").await?;
    let over = |seen: &Seen| has(seen, "rate:") && has(seen, "report:");
    let (hers, other) = tokio::try_join!(mina.sees("the end", over), dora.sees("the end", over))?;
    mina.presses(&hers, ending(&hers, ":up")?).await?;
    dora.presses(&other, ending(&other, ":down")?).await?;
    mina.presses(&hers, button(&hers, "report:")?).await?;
    let why = mina.sees("why", |seen| seen.id > hers.id && has(seen, "report:")).await?;
    mina.presses(&why, ending(&why, ":insult")?).await?;
    let first = admin.sees("a case", |seen| has(seen, "case:")).await?;

    meet(mina, oleg).await?;
    let bad = greets(mina, oleg, "buy my shoes").await?;
    oleg.writes("no").await?;
    mina.says("no").await?;
    oleg.act(json!({"write": {"kind": "text", "text": "/report", "reply_to": bad.id}})).await?;
    let why = oleg.sees("why", |seen| has(seen, "report:")).await?;
    oleg.presses(&why, ending(&why, ":insult")?).await?;
    let case = admin.sees("a case", |seen| seen.id > first.id && has(seen, "case:")).await?;
    admin.presses(&case, ending(&case, ":ban7")?).await?;
    mina.sees("a ban", |seen| has(seen, "search:") && seen.text.contains("گزارش")).await?;
    let end = oleg.sees("the end", |seen| has(seen, "search:") && has(seen, "block:")).await?;
    oleg.presses(&end, ending(&end, ":down")?).await?;
    oleg.writes("/block").await?;
    oleg.says("🚫").await?;
    meet(oleg, dora).await?;
    greets(oleg, dora, "hello").await.map(drop)
}

/// The data of the button that ends so.
fn ending<'s>(seen: &'s Seen, end: &str) -> Result<&'s str> {
    super::phone::button(seen, end).with_context(|| format!("{end} under {seen:?}"))
}

/// Waits until all that was done has its rows.
async fn everything_is_there(stage: &Stage) -> Result<()> {
    for (sql, count) in [
        ("SELECT COUNT(*) FROM payments WHERE telegram_id > 0 AND stars = 150", 2),
        ("SELECT COUNT(*) FROM ratings", 3),
        ("SELECT COUNT(*) FROM reports", 2),
        ("SELECT COUNT(*) FROM arrivals WHERE source LIKE 'r\\_%' AND is_new = 1", 2),
        ("SELECT COUNT(*) FROM blocks", 1),
        ("SELECT COUNT(*) FROM bans", 1),
    ] {
        counts(&stage.fleet.mariadb, sql, count).await?;
    }
    for id in [MINA, LUIS] {
        let (keys, rows) = names(stage, id).await?;
        ensure!(keys.len() > 3 && rows.len() > 6, "there is much to forget of {id}: {keys:#?} {rows:#?}");
    }
    Ok(())
}

/// What others need: what was paid, which may have to go back, what they were reported for, and how many came by a link. No
/// rating, and nobody's link.
async fn only_what_is_documented_is_left(
    stage: &Stage,
    links: &[String; 2],
    charges: &[String; 2],
) -> Result<()> {
    for (sql, count) in [
        ("SELECT COUNT(*) FROM payments", 2),
        ("SELECT COUNT(DISTINCT telegram_id) FROM payments WHERE telegram_id < 0 AND stars = 150", 2),
        ("SELECT COUNT(*) FROM ratings", 0),
        ("SELECT COUNT(*) FROM reports WHERE reporter_id = 0", 2),
        ("SELECT COUNT(*) FROM reports WHERE reported_id < 0 AND evidence IS NULL", 1),
        ("SELECT COUNT(*) FROM arrivals WHERE source = 'r_forgotten'", 1),
        ("SELECT COUNT(*) FROM blocks", 0),
    ] {
        let found: i64 = number(&stage.fleet.mariadb, sql).await?;
        ensure!(found == count, "{sql}: {found} and not {count}");
    }
    let keys = live(stage, charges).await?;
    ensure!(keys.is_empty(), "live state knows of payments: {keys:#?}");
    let (keys, rows) = (live(stage, links).await?, recorded(stage, links).await?);
    ensure!(keys.is_empty() && rows.is_empty(), "somebody's link is known: {keys:#?} {rows:#?}");
    Ok(())
}

/// `/forgetme`, and yes.
async fn forgets(phone: &Phone<'_>, words: &str) -> Result<()> {
    phone.writes("/forgetme").await?;
    let question = phone.sees("the question", |seen| has(seen, "forget:")).await?;
    phone.presses(&question, button(&question, "forget:")?).await?;
    let begun = Instant::now();
    loop {
        let chat = phone.chat().await?;
        // In its place; the end of a chat may stand behind it.
        if chat.iter().any(|seen| seen.id == question.id && seen.text.contains(words)) {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "nobody says that all is forgotten: {chat:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Every key and value of Redis as one text, a line for each key, as far as it names one of the arguments.
const SEARCH: &str = r"
local found = {}
local function flat(value)
  if type(value) ~= 'table' then
    return tostring(value)
  end
  local parts = {}
  for i = 1, #value do
    parts[i] = flat(value[i])
  end
  return table.concat(parts, ' ')
end
local read = { string = { 'GET' }, hash = { 'HGETALL' }, list = { 'LRANGE', 0, -1 }, set = { 'SMEMBERS' },
  zset = { 'ZRANGE', 0, -1, 'WITHSCORES' }, stream = { 'XRANGE', '-', '+' } }
for _, key in ipairs(redis.call('KEYS', '*')) do
  local command = read[redis.call('TYPE', key).ok]
  local text = key .. ' = ' .. flat(redis.call(command[1], key, unpack(command, 2)))
  for _, needle in ipairs(ARGV) do
    if string.find(text, needle, 1, true) then
      found[#found + 1] = string.sub(text, 1, 300)
      break
    end
  end
end
return table.concat(found, '\n')
";

/// Where live state and the database name somebody: by their number, however it may be written.
async fn names(stage: &Stage, id: i64) -> Result<(Vec<String>, Vec<String>)> {
    let needles = [id.to_string(), format!("{id:x}"), format!("{id:X}"), format!("{id:o}")];
    Ok((live(stage, &needles).await?, recorded(stage, &needles).await?))
}

/// Keys of Redis that hold one of these.
async fn live(stage: &Stage, needles: &[String]) -> Result<Vec<String>> {
    let mut command = vec!["EVAL", SEARCH, "0"];
    command.extend(needles.iter().map(String::as_str));
    let keys = stage.fleet.store.ask(0, &command).await?;
    ensure!(!keys.starts_with('-'), "{keys}");
    Ok(keys.lines().map(str::to_owned).collect())
}

/// Rows of the database that hold one of these.
async fn recorded(stage: &Stage, needles: &[String]) -> Result<Vec<String>> {
    let sql = async |sql: &str| stage.fleet.mariadb.sql(sql).await;
    let tables =
        sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'hamdam'").await?;
    ensure!(tables.lines().count() > 8, "{tables}");
    let mut rows = Vec::new();
    for table in tables.lines() {
        let all = sql(&format!("SELECT * FROM hamdam.{table}")).await?;
        let named = all.lines().filter(|row| needles.iter().any(|needle| row.contains(needle)));
        rows.extend(named.map(|row| format!("{table}: {row}")));
    }
    Ok(rows)
}
