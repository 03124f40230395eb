//! A conversation with three instances over Redis, in two languages, in which people give themselves away: they are asked,
//! say that they mean it, or are held back.

use anyhow::{Context, Result, ensure};
use loadtest::telegram::Kind;
use serde_json::json;

use super::phone::{Phone, Seen, in_a_room, no_invalid_calls};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn people_are_asked_before_they_give_themselves_away() -> Result<()> {
    let stage = Stage::start(|options| {
        options.instances = 3;
        options.environment.push(("POLICY_EMAILS".to_owned(), "hold".to_owned()));
    })
    .await?;
    let file = stage.fleet.file();
    let (mina, oleg) = (Phone::of(&file, 11, "fa").await?, Phone::of(&file, 12, "ru").await?);
    for phone in [&mina, &oleg] {
        phone.act(json!({"start": {}})).await?;
        phone.writes("/search").await?;
    }
    in_a_room(&mina, &oleg).await?;

    // A name that is meant.
    let name = mina.writes_as("من @mina_k هستم").await?;
    let question = mina.says("با این حال بفرستم؟").await?;
    let send = format!(":{name}");
    let data = question.data.iter().find(|data| data.starts_with("send:") && data.ends_with(&send));
    let data = data.with_context(|| format!("{question:?}"))?.clone();
    mina.writes("سلام").await?;
    let hello = oleg.says("سلام").await?;
    mina.presses(&question, &data).await?;
    mina.sees("the button is gone", |seen| seen.id == question.id && seen.data.is_empty()).await?;
    let named = oleg.sees("the name", |seen| seen.id > hello.id && seen.text.contains("@mina_k")).await?;
    // No button stands there any more; the message came once.
    ensure!(mina.presses(&question, &data).await.is_err(), "the button can still be pressed");
    oleg.writes("Привет!").await?;
    mina.says("Привет!").await?;
    let chat = oleg.chat().await?;
    ensure!(chat.iter().filter(|seen| seen.text.contains("@mina_k")).count() == 1, "{chat:#?}");
    ensure!(chat.last() == Some(&named), "{chat:#?}");

    // An address that the operator does not let pass, a card that is not meant, and a link of somebody new.
    oleg.writes("oleg@example.org").await?;
    oleg.says("Адреса почты здесь не передаются").await?;
    oleg.act(json!({"write": {"kind": Kind::Contact}})).await?;
    let card = oleg.says("Всё равно отправить?").await?;
    oleg.writes("example.com").await?;
    oleg.says("ссылки не передаются").await?;
    // Changing what was said adds nothing to it.
    let plain = oleg.writes_as("Как дела?").await?;
    mina.says("Как дела?").await?;
    oleg.act(json!({"edit": {"message_id": plain, "text": "Звони: 8 (912) 345-67-89"}})).await?;
    oleg.says("задним числом").await?;

    // With the room the question ends.
    mina.writes("/stop").await?;
    let over = |seen: &Seen| seen.data.iter().any(|data| data.starts_with("search:"));
    let (last, _) = tokio::try_join!(mina.sees("the end", over), oleg.sees("the end", over))?;
    let data = card.data.first().context("a button")?;
    oleg.presses(&card, data).await?;
    oleg.writes("/help").await?;
    oleg.says("/search").await?;
    let chat = mina.chat().await?;
    ensure!(chat.last() == Some(&last), "{chat:#?}");
    ensure!(
        chat.iter().all(|seen| !seen.text.contains("912") && !seen.text.contains("example")),
        "{chat:#?}"
    );

    no_invalid_calls(&file).await
}
