//! Somebody behaves badly, with three instances over Redis, in two languages: a report of a message with its reason, a
//! moderator's decision that ends the running chat, its undoing, a block that lasts, and bans from the command line.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::phone::{Phone, Seen, button, has, meet, no_invalid_calls};
use super::stage::Stage;

/// The moderator.
const ADMIN: i64 = 31;

#[tokio::test(flavor = "multi_thread")]
async fn people_are_kept_safe_from_each_other() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        let set = [("ADMIN_IDS", "31"), ("KEEP_EVIDENCE", "true"), ("NOT_AGAIN_HOURS", "0")];
        options.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    let admin = Phone::of(&file, ADMIN, "en").await?;
    for phone in [&mina, &oleg, &admin] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    meet(&mina, &oleg).await?;
    let case = reports(&mina, &oleg, &admin).await?;
    is_banned(&mina, &oleg, &admin, &case).await?;
    is_forgiven(&oleg, &admin, &case).await?;
    meet(&mina, &oleg).await?;
    blocks(&mina, &oleg).await?;
    from_the_command_line(&stage, &oleg).await?;
    rows(&stage).await?;
    no_invalid_calls(&file).await
}

/// Mina reports what Oleg wrote. The moderator sees that message and the case, and nothing that tells who it is.
async fn reports(mina: &Phone<'_>, oleg: &Phone<'_>, admin: &Phone<'_>) -> Result<Seen> {
    oleg.writes("buy my shoes").await?;
    let bad = mina.says("buy my shoes").await?;
    mina.act(json!({"write": {"kind": "text", "text": "/report", "reply_to": bad.id}})).await?;
    let why = mina.sees("why", |seen| has(seen, "report:")).await?;
    assert!(why.text.contains("این پیام"), "{why:?}");
    mina.presses(&why, button(&why, ":spam")?).await?;
    mina.sees("thanks", |seen| seen.id == why.id && has(seen, "block:")).await?;
    let case = admin.sees("a case", |seen| has(seen, "case:")).await?;
    let chat = admin.chat().await?;
    let shown = &chat[chat.len() - 2];
    assert_eq!(shown.text, "buy my shoes", "{chat:#?}");
    for number in ["21", "22"] {
        assert!(!case.text.contains(number), "{case:?}");
    }
    assert!(case.text.contains("advertising"), "{case:?}");
    Ok(case)
}

/// The ban ends the running chat on both sides, and no search begins.
async fn is_banned(mina: &Phone<'_>, oleg: &Phone<'_>, admin: &Phone<'_>, case: &Seen) -> Result<()> {
    admin.presses(case, button(case, ":ban7")?).await?;
    oleg.sees("a ban", |seen| seen.text.contains("жалоб") && has(seen, "search:")).await?;
    mina.sees("the end", |seen| has(seen, "search:") && has(seen, "block:")).await?;
    admin.sees("the decision", |seen| seen.id == case.id && seen.text.contains("Banned for a week")).await?;
    let last = oleg.chat().await?.last().map_or(0, |seen| seen.id);
    oleg.writes("/search").await?;
    let banned = |seen: &Seen| seen.id > last && seen.text.contains("жалоб") && !has(seen, "cancel:");
    oleg.sees("the search answered by the ban", banned).await.map(drop)
}

async fn is_forgiven(oleg: &Phone<'_>, admin: &Phone<'_>, case: &Seen) -> Result<()> {
    let decided = admin.sees("the decision", |seen| seen.id == case.id && has(seen, "case:")).await?;
    admin.presses(&decided, button(&decided, ":undo")?).await?;
    oleg.says("🕊").await?;
    admin
        .sees("the case again", |seen| {
            seen.id == case.id && seen.data.iter().any(|data| data.ends_with(":ban7"))
        })
        .await
        .map(drop)
}

/// They could meet again at once (`NOT_AGAIN_HOURS` is 0), and do not.
async fn blocks(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    mina.writes("/block").await?;
    mina.sees("a block", |seen| seen.text.contains("🚫") && has(seen, "search:")).await?;
    oleg.sees("the end", |seen| has(seen, "search:") && has(seen, "block:")).await?;
    for phone in [mina, oleg] {
        phone.writes("/search").await?;
        phone.sees("a search", |seen| has(seen, "cancel:")).await?;
    }
    // A pair is made within milliseconds where one can be made.
    tokio::time::sleep(Duration::from_secs(3)).await;
    for phone in [mina, oleg] {
        let chat = phone.chat().await?;
        ensure!(chat.last().is_some_and(|seen| has(seen, "cancel:")), "they met: {chat:#?}");
    }
    Ok(())
}

/// A search ends by the command line, and the user is told of by `admin user`.
async fn from_the_command_line(stage: &Stage, oleg: &Phone<'_>) -> Result<()> {
    let (code, answer) = admin(stage, &["ban", "22", "--for", "12h", "--reason", "shoes"]).await?;
    assert_eq!((code, &answer["known"]), (Some(0), &json!(true)), "{answer}");
    assert_eq!(answer["stands"], "idle");
    oleg.sees("a ban", |seen| seen.text.contains("жалоб")).await?;
    let (code, answer) = admin(stage, &["unban", "22"]).await?;
    assert_eq!((code, answer.get("banned_until")), (Some(0), None), "{answer}");
    oleg.says("🕊").await?;
    assert_eq!(admin(stage, &["user", "99999"]).await?.0, Some(1), "nobody");
    assert_eq!(admin(stage, &["ban", "22", "--for", "soon"]).await?.0, Some(2));
    Ok(())
}

/// Its exit code, and the one row that it prints.
async fn admin(stage: &Stage, args: &[&str]) -> Result<(Option<i32>, Value)> {
    let file = stage.fleet.file();
    let output = tokio::process::Command::new(stage.hamdam())
        .arg("admin")
        .args(args)
        .arg("--json")
        .env("REDIS_URL", &file.redis_url)
        .env("DATABASE_URL", &file.database_url)
        .output()
        .await?;
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Ok((output.status.code(), rows[0].clone()))
}

/// The audit trail has every decision, and the report its evidence.
async fn rows(stage: &Stage) -> Result<()> {
    let decisions =
        "USE hamdam; SELECT GROUP_CONCAT(verdict ORDER BY created_at) FROM decisions WHERE telegram_id = 22";
    let read =
        async |sql: &str| -> Result<String> { Ok(stage.fleet.mariadb.sql(sql).await?.trim().to_owned()) };
    hamdam_testbed::poll("the audit trail", || async {
        let found = read(decisions).await?;
        ensure!(found == "ban7,undo,ban,undo", "{found}");
        Ok(())
    })
    .await?;
    let report = "USE hamdam; SELECT CONCAT_WS(' ', reporter_id, reported_id, reason, evidence, settled_at > 0) FROM reports";
    assert_eq!(read(report).await?, "21 22 spam buy my shoes 1");
    let bans = "USE hamdam; SELECT COUNT(*) FROM bans WHERE telegram_id = 22 AND lifted_at IS NOT NULL";
    assert_eq!(read(bans).await?, "2");
    let block = "USE hamdam; SELECT CONCAT_WS(' ', blocker_id, blocked_id, is_active) FROM blocks";
    assert_eq!(read(block).await?, "21 22 1");
    Ok(())
}
