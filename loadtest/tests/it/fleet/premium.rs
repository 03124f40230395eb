//! Premium with three instances over Redis, in two languages: bought, counted once whatever dies or comes twice, ahead in the
//! queue, renewed, given back; and who is about to pay is answered in time by an instance that drowns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use hamdam::config::WebhookSecrets;
use hamdam_domain::id::BotId;
use hamdam_testbed::fleet::{FleetFile, FleetOptions};
use hamdam_testbed::poll;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::phone::{Phone, Seen, has, in_a_room};
use super::records::{counts, number};
use super::stage::Stage;

const OFFER: &str = "buy:30:150";

async fn shop() -> Result<Stage> {
    Stage::start(|options| {
        options.instances = 3;
        sells(options);
    })
    .await
}

fn sells(options: &mut FleetOptions) {
    let set = [("PREMIUM_OFFERS", "30:150,monthly:120"), ("PREMIUM_SUPPORT", "@helper")];
    options.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

async fn comes(phone: &Phone<'_>) -> Result<()> {
    phone.act(json!({"start": {}})).await?;
    phone.sees("a welcome", |seen| has(seen, "search:0")).await.map(drop)
}

/// From `/premium` to an invoice in the chat.
pub(super) async fn asks(phone: &Phone<'_>) -> Result<Seen> {
    let last = phone.chat().await?.last().map_or(0, |seen| seen.id);
    phone.writes("/premium").await?;
    let offers = phone.sees("offers", |seen| seen.id > last && has(seen, OFFER)).await?;
    phone.presses(&offers, OFFER).await?;
    phone.sees("an invoice", |seen| seen.id > offers.id && seen.kind == "invoice").await
}

pub(super) async fn pays(phone: &Phone<'_>, invoice: &Seen) -> Result<()> {
    phone.act(json!({"pay": {"message_id": invoice.id}})).await.map(drop)
}

/// Waits until the simulator has so many payments of this user; answers the last one's number.
pub(super) async fn has_paid(phone: &Phone<'_>, count: usize) -> Result<String> {
    let payments = poll("payments", || async {
        let payments = phone.noted("payments").await?;
        ensure!(
            payments.len() == count,
            "{payments:?} and not {count}; {:?}",
            phone.noted("checkouts").await?
        );
        Ok(payments)
    });
    let payments = payments.await?;
    Ok(payments[count - 1]["charge"].as_str().context("a payment has a number")?.to_owned())
}

async fn admin(stage: &Stage, args: &[&str]) -> Result<(Option<i32>, Value)> {
    let file = stage.fleet.file();
    let output = tokio::process::Command::new(stage.hamdam())
        .arg("admin")
        .args(args)
        .arg("--json")
        .env("REDIS_URL", &file.redis_url)
        .env("DATABASE_URL", &file.database_url)
        .env("BOT_TOKENS", &file.bots[0].token)
        .env("TELEGRAM_API_URL", &file.telegram_url)
        .output()
        .await?;
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Ok((output.status.code(), rows[0].clone()))
}

/// For how many days, rounded up, this user has premium yet.
async fn days_left(stage: &Stage, user: i64) -> Result<i64> {
    let (_, answer) = admin(stage, &["user", &user.to_string()]).await?;
    let Some(until) = answer["premium_until"].as_i64() else { return Ok(0) };
    let now: i64 =
        number(&stage.fleet.mariadb, "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)").await?;
    Ok((until - now + 86_399_999) / 86_400_000)
}

async fn status(file: &FleetFile) -> Result<Value> {
    Ok(reqwest::get(format!("{}/control/telegram/status", file.telegram_url)).await?.json().await?)
}

async fn all_was_well(file: &FleetFile) -> Result<()> {
    let status = status(file).await?;
    ensure!(status["invalid_calls"] == 0 && status["late_checkouts"] == 0, "{status}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn premium_is_bought_renewed_and_given_back() -> Result<()> {
    let stage = shop().await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 41, "fa").await?, Phone::of(&file, 42, "ru").await?);
    tokio::try_join!(comes(&mina), comes(&oleg))?;

    // Every update is pushed twice at once, on two connections, and so to two instances.
    mina.post("twice", json!(true)).await?;
    let invoice = asks(&mina).await?;
    pays(&mina, &invoice).await?;
    let charge = has_paid(&mina, 1).await?;
    mina.says("⭐ ممنون!").await?;
    counts(
        &stage.fleet.mariadb,
        "SELECT COUNT(*) FROM payments WHERE telegram_id = 41 AND stars = 150 AND days = 30",
        1,
    )
    .await?;
    ensure!(days_left(&stage, 41).await? == 30, "{} days", days_left(&stage, 41).await?);
    pays(&mina, &invoice).await?;
    has_paid(&mina, 2).await?;
    counts(&stage.fleet.mariadb, "SELECT COUNT(*) FROM payments WHERE telegram_id = 41", 2).await?;
    poll("the second month", || async {
        ensure!(days_left(&stage, 41).await? == 60, "{} days", days_left(&stage, 41).await?);
        Ok(())
    })
    .await?;
    mina.post("twice", json!(false)).await?;
    let thanks = mina.chat().await?.iter().filter(|seen| seen.text.contains("⭐ ممنون!")).count();
    ensure!(thanks == 2, "thanked {thanks} times");

    // A subscription, and its next month.
    oleg.writes("/premium").await?;
    let offers = oleg.sees("offers", |seen| has(seen, "buy:monthly:120")).await?;
    oleg.presses(&offers, "buy:monthly:120").await?;
    let way = oleg.sees("a link", |seen| !seen.links.is_empty()).await?;
    oleg.act(json!({"pay_link": {"link": way.links[0]}})).await?;
    let first = has_paid(&oleg, 1).await?;
    oleg.says("⭐ Спасибо!").await?;
    oleg.act(json!({"renew": {"charge": first}})).await?;
    let second = has_paid(&oleg, 2).await?;
    counts(
        &stage.fleet.mariadb,
        "SELECT COUNT(*) FROM payments WHERE telegram_id = 42 AND is_monthly = 1",
        2,
    )
    .await?;

    // What went back takes its days along and ends the subscription; a second time changes nothing.
    for before in [false, true] {
        let (code, answer) = admin(&stage, &["refund", &second]).await?;
        ensure!(code == Some(0) && answer["before"] == before, "{code:?} {answer}");
    }
    oleg.says("↩️").await?;
    ensure!(days_left(&stage, 42).await? == 30, "{} days", days_left(&stage, 42).await?);
    ensure!(oleg.act(json!({"renew": {"charge": second}})).await.is_err(), "it would be paid again");
    // By Telegram itself.
    mina.act(json!({"reclaim": {"charge": charge}})).await?;
    mina.says("↩️").await?;
    counts(&stage.fleet.mariadb, "SELECT COUNT(*) FROM payments WHERE returned_at IS NOT NULL", 2).await?;
    ensure!(admin(&stage, &["refund", "stx-nobody-paid"]).await?.0 == Some(1), "there is no such payment");

    // Who is kept out meanwhile buys nothing, and is told so in their language.
    let invoice = asks(&oleg).await?;
    admin(&stage, &["ban", "42", "--for", "1h"]).await?;
    pays(&oleg, &invoice).await?;
    let word = poll("a word", || async {
        let checkouts = oleg.noted("checkouts").await?;
        ensure!(checkouts.len() == 2 && checkouts[1]["answered"] == true, "{checkouts:?}");
        Ok(checkouts[1].clone())
    })
    .await?;
    let why = word["text"].as_str().unwrap_or_default();
    ensure!(word["ok"] == false && why.contains("Искать тебе сейчас нельзя"), "{word}");
    for phone in [&mina, &oleg] {
        phone.writes("/paysupport").await?;
        phone.says("@helper").await?;
    }
    all_was_well(&file).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_paid_goes_first() -> Result<()> {
    let stage = shop().await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 41, "fa").await?, Phone::of(&file, 42, "ru").await?);
    let reza = Phone::of(&file, 43, "ru").await?;
    for (phone, gender, wanted) in [(&mina, "f", "m"), (&oleg, "m", "f"), (&reza, "m", "f")] {
        comes(phone).await?;
        let home = phone.opens_settings().await?;
        phone.presses(&home, "page:gender").await?;
        let page = phone.sees("genders", |seen| has(seen, "set:gender:")).await?;
        phone.presses(&page, &format!("set:gender:{gender}")).await?;
        let home = phone.sees("the settings", |seen| has(seen, "page:want")).await?;
        phone.presses(&home, "page:want").await?;
        let page = phone.sees("whom to meet", |seen| has(seen, "set:want:")).await?;
        phone.presses(&page, &format!("set:want:{wanted}:1")).await?;
        let ticked = |seen: &Seen| has(seen, &format!("set:want:{wanted}:0"));
        phone.sees("the choice", ticked).await?;
    }
    // Reza comes first, Oleg pays while he waits behind him.
    reza.writes("/search").await?;
    reza.sees("a search", |seen| has(seen, "cancel:")).await?;
    let invoice = asks(&oleg).await?;
    oleg.writes("/search").await?;
    oleg.sees("a search", |seen| has(seen, "cancel:")).await?;
    pays(&oleg, &invoice).await?;
    oleg.says("⭐ Спасибо!").await?;
    mina.writes("/search").await?;
    in_a_room(&mina, &oleg).await?;
    let waits = reza.chat().await?;
    ensure!(waits.last().is_some_and(|seen| has(seen, "cancel:")), "{waits:#?}");
    all_was_well(&file).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_counts_once_whoever_is_killed() -> Result<()> {
    let mut stage = shop().await?;
    let file = stage.fleet.file();
    let mut buyers = Vec::new();
    for user in 41..47 {
        let phone = Phone::of(&file, user, if user % 2 == 0 { "fa" } else { "ru" }).await?;
        comes(&phone).await?;
        buyers.push((asks(&phone).await?, phone));
    }
    buyers[0].1.post("twice", json!(true)).await?;
    for round in 0..4 {
        try_join_all(buyers.iter().map(|(invoice, phone)| pays(phone, invoice))).await?;
        // In the middle of it, wherever that is.
        tokio::time::sleep(Duration::from_millis(5 * round)).await;
        let index = usize::try_from(round)? % 3;
        stage.fleet.instances[index].kill()?;
        stage.fleet.restart(index)?;
        stage.fleet.instances[index].ready().await?;
    }
    for (_, phone) in &buyers {
        has_paid(phone, 4).await?;
    }
    counts(&stage.fleet.mariadb, "SELECT COUNT(*) FROM payments", 24).await?;
    counts(&stage.fleet.mariadb, "SELECT COUNT(DISTINCT charge_id) FROM payments WHERE days = 30", 24)
        .await?;
    for user in 41..47 {
        ensure!(days_left(&stage, user).await? == 120, "{user} has {} days", days_left(&stage, user).await?);
    }
    all_was_well(&file).await
}

/// Posts a relay that was done before again and again, slowly, from more connections than an instance has places.
fn drown(file: &FleetFile, update: &Value, stop: &Arc<AtomicBool>) -> JoinSet<()> {
    let bot = BotId(file.bots[0].id);
    let header = WebhookSecrets::header_under(&file.webhook_secret.clone().into(), bot);
    let (address, body) = (file.instances[0].listen.clone(), update.to_string());
    let head = format!(
        "POST /telegram/{bot} HTTP/1.1\r\nHost: hamdam\r\nX-Telegram-Bot-Api-Secret-Token: {header}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let request: Arc<str> = format!("{head}{body}").into();
    let mut flood = JoinSet::new();
    for _ in 0..1_300 {
        let (address, request, stop) = (address.clone(), Arc::clone(&request), Arc::clone(stop));
        flood.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                // Whoever is turned away comes back.
                let _ = post_slowly(&address, &request).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
    }
    flood
}

async fn post_slowly(address: &str, request: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let (most, last) = request.as_bytes().split_at(request.len() - 1);
    stream.write_all(most).await?;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    stream.write_all(last).await?;
    let mut answer = [0; 64];
    ensure!(stream.read(&mut answer).await? > 0, "no answer");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_about_to_pay_is_answered_in_time_by_an_instance_that_drowns() -> Result<()> {
    let stage = Stage::start_alone(|options| {
        options.instances = 1;
        sells(options);
    })
    .await?;
    let file = stage.fleet.file();
    let mut buyers = Vec::new();
    for user in 41..53 {
        let phone = Phone::of(&file, user, if user % 2 == 0 { "fa" } else { "ru" }).await?;
        comes(&phone).await?;
        buyers.push((asks(&phone).await?, phone));
    }
    let [(_, one), (_, other), ..] = &buyers[..] else { unreachable!("there are twelve") };
    for phone in [one, other] {
        phone.writes("/search").await?;
    }
    in_a_room(one, other).await?;
    let written = one.act(json!({"write": {"kind": "text", "text": "over and over"}})).await?;
    other.says("over and over").await?;
    let relay = json!({"update_id": written["update_id"], "message": {
        "message_id": written["message_id"], "date": 1, "text": "over and over",
        "chat": {"id": 41, "type": "private"}, "from": {"id": 41, "is_bot": false, "first_name": "A"},
    }});
    let stop = Arc::new(AtomicBool::new(false));
    let mut flood = drown(&file, &relay, &stop);
    poll("the instance to turn relays away", || async {
        let metrics = stage.fleet.instances[0].metrics().await?;
        let shed = |line: &str| line.starts_with("hamdam_updates_total") && line.contains("\"shed\"");
        ensure!(metrics.lines().any(|line| shed(line) && !line.ends_with(" 0")), "nothing was turned away");
        Ok(())
    })
    .await?;
    try_join_all(buyers.iter().map(|(invoice, phone)| pays(phone, invoice))).await?;
    for (_, phone) in &buyers {
        has_paid(phone, 1).await?;
    }
    let under_water = status(&file).await?;
    ensure!(under_water["checkouts"] == 12 && under_water["late_checkouts"] == 0, "{under_water}");
    stop.store(true, Ordering::Relaxed);
    while flood.join_next().await.is_some() {}
    counts(&stage.fleet.mariadb, "SELECT COUNT(*) FROM payments", 12).await?;
    for user in 41..53 {
        ensure!(days_left(&stage, user).await? == 30, "{user} has {} days", days_left(&stage, user).await?);
    }
    let chat = other.chat().await?;
    ensure!(chat.iter().filter(|seen| seen.text == "over and over").count() == 1, "{chat:#?}");
    all_was_well(&file).await
}
