//! A house with word lists, with three instances over Redis, in two languages: words are held back, asked about or counted,
//! however they are dressed up, and one text that goes from chat to chat is asked about and then held back.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::phone::{Phone, Seen, has, meet, no_invalid_calls};
use super::stage::Stage;

const LISTS: &str = "# A house's own.\n[fa]\nhold کلاهبردار\nask احمق*\n[ru]\nhold дурак\ncount скидка\n";

#[tokio::test(flavor = "multi_thread")]
async fn words_a_house_does_not_want_and_advertising_go_to_nobody() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("words.txt");
    std::fs::write(&file, LISTS)?;
    let stage = Stage::start(|options| {
        options.instances = 3;
        let set = [
            ("WORD_LISTS_FILE", file.to_str().expect("a temporary path is text")),
            ("NOT_AGAIN_HOURS", "0"),
            ("HURRY_SECONDS", "0"),
            ("REPEAT_ROOMS_ASK", "2"),
            ("REPEAT_ROOMS_HOLD", "3"),
        ];
        options.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 21, "fa").await?, Phone::of(&file, 22, "ru").await?);
    for phone in [&mina, &oleg] {
        phone.act(json!({"start": {}})).await?;
        phone.sees("a welcome", |seen| has(seen, "search:0")).await?;
    }
    meet(&mina, &oleg).await?;
    words(&mina, &oleg).await?;
    advertises(&mina, &oleg).await?;
    // A counted word and held ones of a day weigh one, the text in many chats weighs two.
    let known = of(&stage, "22").await?;
    ensure!(known["conduct"]["against"] == 3, "{known}");
    ensure!(known["trust"] == "reported", "{known}");
    no_invalid_calls(&file).await
}

async fn words(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    // In Arabic letters, with a mark and a joiner; and with Latin letters that look like Cyrillic ones' neighbours.
    mina.writes("تو كلاه\u{200c}بردارِ بزرگی").await?;
    mina.says("🛡").await?;
    oleg.writes("Ну ты и Д.У.Р.А.К").await?;
    oleg.says("🛡").await?;
    // A list of another language is none of hers.
    mina.writes("дурак").await?;
    oleg.says("дурак").await?;
    oleg.writes("сегодня скидка").await?;
    mina.says("сегодня скидка").await?;
    let rude = mina.writes_as("احمق‌ها رفتند").await?;
    let question = mina.says("🧐").await?;
    let send = format!(":{rude}");
    let data = question.data.iter().find(|data| data.starts_with("send:") && data.ends_with(&send));
    let data = data.with_context(|| format!("{question:?}"))?.clone();
    mina.presses(&question, &data).await?;
    let rude = oleg.says("احمق").await?;
    let chat = oleg.chat().await?;
    ensure!(!chat.iter().any(|seen| seen.text.contains("كلاه")), "{chat:#?}");
    ensure!(chat.last() == Some(&rude), "{chat:#?}");
    let chat = mina.chat().await?;
    ensure!(!chat.iter().any(|seen| seen.text.contains("Д.У.Р")), "{chat:#?}");
    Ok(())
}

/// Oleg writes the same in three chats, one behind the other.
async fn advertises(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    let text = "Лучшая обувь города за полцены, только сегодня и только у нас, спешите!";
    oleg.writes(text).await?;
    mina.says(text).await?;
    let dressed = text.replace("обувь", "ОБУ\u{200b}ВЬ");
    for sign in ["🔁 То же самое ты уже", "🔁 То же самое ты отправляешь многим"]
    {
        oleg.writes("/stop").await?;
        let over = |seen: &Seen| has(seen, "rate:");
        tokio::try_join!(oleg.sees("the end", over), mina.sees("the end", over))?;
        meet(mina, oleg).await?;
        oleg.writes(&dressed).await?;
        oleg.says(sign).await?;
    }
    let chat = mina.chat().await?;
    ensure!(!chat.iter().any(|seen| seen.text == dressed), "{chat:#?}");
    Ok(())
}

/// What the command line knows of somebody.
async fn of(stage: &Stage, user: &str) -> Result<Value> {
    let file = stage.fleet.file();
    let output = tokio::process::Command::new(stage.hamdam())
        .args(["admin", "user", user, "--json"])
        .env("REDIS_URL", &file.redis_url)
        .env("DATABASE_URL", &file.database_url)
        .output()
        .await?;
    ensure!(output.status.success(), "{output:?}");
    let rows: Value = serde_json::from_slice(&output.stdout)?;
    Ok(rows[0].clone())
}
