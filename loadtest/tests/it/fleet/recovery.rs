//! Redis lost everything while three instances serve: rooms come back from the database, and people talk on.

use anyhow::{Context, Result, bail, ensure};
use hamdam_testbed::fleet::Store;
use hamdam_testbed::poll;
use loadtest::oracle::Counts;
use loadtest::run::Control;
use serde_json::{Value, json};

use super::phone::{Phone, has, meet, no_invalid_calls};
use super::records::counts;
use super::stage::{Size, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn rooms_come_back_when_redis_lost_everything() -> Result<()> {
    let stage = Stage::start(|options| options.instances = 3).await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    let (lina, omar) = (Phone::of(&file, 23, "en").await?, Phone::of(&file, 24, "ar").await?);
    let (vera, dora) = (Phone::of(&file, 25, "ru").await?, Phone::of(&file, 26, "fa").await?);
    for phone in [&mina, &oleg, &lina, &omar, &vera, &dora] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    meet(&mina, &oleg).await?;
    meet(&lina, &omar).await?;
    let hello = mina.writes_as("سلام").await?;
    oleg.says("سلام").await?;
    oleg.writes("привет").await?;
    mina.says("привет").await?;
    counts(&stage.fleet.mariadb, "SELECT COUNT(*) FROM messages WHERE partner_message_id IS NOT NULL", 2)
        .await?;
    counts(&stage.fleet.mariadb, "SELECT COUNT(*) FROM chat_rooms WHERE is_active = 1", 2).await?;
    counts(&stage.fleet.mariadb, "SELECT COUNT(*) FROM users", 6).await?;

    // Two who could sit there, but the room is from a backup: nobody wrote there for two days.
    let old = "USE hamdam; INSERT INTO chat_rooms (id, user1_id, user2_id, is_active, started_at) \
               SELECT MAX(id) - (172800000 << 22), (SELECT telegram_id FROM users ORDER BY telegram_id DESC LIMIT 1 OFFSET 1), \
                 (SELECT MAX(telegram_id) FROM users), 1, MAX(started_at) - 172800000 FROM chat_rooms";
    stage.fleet.mariadb.sql(old).await?;

    let Store::Single(redis) = &stage.fleet.store else { bail!("one Redis is what this fleet has") };
    redis.ask(&["FLUSHALL"]).await?;
    lina.writes("/search").await?;
    lina.sees("a search", |seen| has(seen, "cancel:")).await?;
    assert_eq!(recover(&stage, &["--dry-run"]).await?, json!({"found": 3}));
    let done = json!({"found": 3, "revived": 1, "running": 0, "over": 2});
    assert_eq!(recover(&stage, &[]).await?, done, "Lina searches, so her old room is over");
    let again = recover(&stage, &[]).await?;
    assert_eq!((&again["revived"], &again["running"]), (&json!(0), &json!(1)), "{again}");

    for phone in [&mina, &oleg] {
        phone.sees("that they are back", |seen| has(seen, "next:") && has(seen, "stop:")).await?;
    }
    omar.sees("the end", |seen| has(seen, "search:") && !has(seen, "search:0")).await?;
    let cancel = lina.chat().await?.last().cloned().context("her search")?;
    ensure!(has(&cancel, "cancel:"), "she searches on: {cancel:?}");
    mina.writes("هنوز هستی؟").await?;
    oleg.says("هنوز هستی؟").await?;
    oleg.writes("да").await?;
    mina.says("да").await?;
    // What was said before the loss is still known by the record: a reply to it lands as one.
    let old = oleg.chat().await?.into_iter().find(|seen| seen.text == "سلام").context("his copy")?;
    oleg.act(json!({"write": {"kind": "text", "text": "это", "reply_to": old.id}})).await?;
    let reply = mina.says("это").await?;
    assert_eq!(reply.reply_to, Some(hello));
    mina.writes("/stop").await?;
    oleg.sees("the end", |seen| has(seen, "search:")).await?;
    counts(&stage.fleet.mariadb, "SELECT COUNT(*) FROM chat_rooms WHERE is_active = 1", 0).await?;
    no_invalid_calls(&file).await
}

/// A crowd writes, comes and goes while Redis loses everything and an operator brings back what the database knows. What
/// Redis alone knew is lost: messages under way, and who waited for a partner. Nothing of it goes to a stranger.
#[tokio::test]
async fn rooms_come_back_beside_a_crowd_that_talks_on() {
    let mut stage = Stage::start(|options| options.instances = 3).await.unwrap();
    let control = Control::new(&stage.fleet.file().telegram_url).unwrap();
    let verdict = stage.run(Size { users: 200, seconds: 300 }, async |stage, _| {
        relayed(&control, 150).await?;
        let Store::Single(redis) = &stage.fleet.store else { bail!("one Redis is what this fleet has") };
        redis.ask(&["FLUSHALL"]).await?;
        control.bereft().await?;
        let done = recover(stage, &[]).await?;
        ensure!(done["revived"].as_u64() > Some(20), "{done}");
        let before = control.live().await?.relayed;
        relayed(&control, before + 150).await?;
        control.finish().await
    });
    let verdict = verdict.await.unwrap();
    println!("{:#?}\n{:#?}", verdict.counts, verdict.findings);
    let counts = verdict.counts;
    let none = Counts { lost: counts.lost, stuck_waiting: counts.stuck_waiting, ..Counts::default() };
    assert_eq!(counts, none, "{:#?}", verdict.findings);
}

async fn relayed(control: &Control, messages: u64) -> Result<()> {
    poll("messages to be relayed", || async {
        let live = control.live().await?;
        ensure!(live.relayed >= messages, "{} of {messages}", live.relayed);
        Ok(())
    })
    .await
}

/// What `hamdam recover` says it did.
async fn recover(stage: &Stage, args: &[&str]) -> Result<Value> {
    let file = stage.fleet.file();
    let output = tokio::process::Command::new(stage.hamdam())
        .arg("recover")
        .args(args)
        .arg("--json")
        .env("REDIS_URL", &file.redis_url)
        .env("DATABASE_URL", &file.database_url)
        .output()
        .await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows: Value = serde_json::from_slice(&output.stdout)?;
    Ok(rows[0].clone())
}
