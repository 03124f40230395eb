//! A conversation with everything Telegram has, with three instances over Redis: albums that arrive as albums, replies,
//! edits, reactions both ways, deletions, dice, and a chat that is cleared on both sides when it is over.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::settings::{PATIENCE, Phone};
use super::stage::Stage;

/// Waits until what stands in a chat is as wished.
async fn stands(phone: &Phone<'_>, what: &str, is_it: impl Fn(&[Value]) -> bool) -> Result<Vec<Value>> {
    let begun = Instant::now();
    loop {
        let chat = phone.everything().await?;
        if is_it(&chat) {
            return Ok(chat);
        }
        ensure!(begun.elapsed() < PATIENCE, "{what} is waited for in vain: {chat:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits for the bot's message with this text.
async fn hears(phone: &Phone<'_>, text: &str) -> Result<Value> {
    let is_it = |message: &&Value| message["from_bot"] == true && message["text"] == text;
    let chat = stands(phone, text, |chat| chat.iter().any(|message| is_it(&message))).await?;
    Ok(chat.into_iter().find(|message| is_it(&message)).unwrap_or_default())
}

fn texts(chat: &[Value]) -> Vec<&str> {
    chat.iter().filter_map(|message| message["text"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_use_everything_telegram_has() -> Result<()> {
    let stage = Stage::start(|options| options.instances = 3).await?;
    let file = stage.fleet.file();
    let (mina, tom) = (Phone::of(&file, 21, "en").await?, Phone::of(&file, 22, "en").await?);
    for phone in [&mina, &tom] {
        phone.act(json!({"start": {}})).await?;
        phone.writes("/search").await?;
    }
    let found = |seen: &super::settings::Seen| seen.data.iter().any(|data| data.starts_with("next:"));
    let (_, here) = tokio::try_join!(mina.sees("a partner", found), tom.sees("a partner", found))?;
    let room = here.data.iter().find_map(|data| data.strip_prefix("next:")).unwrap_or_default().to_owned();
    album(&mina, &tom).await?;
    reactions_and_deletions(&mina, &tom).await?;
    clearing(&mina, &tom, &room).await?;
    let status: Value =
        reqwest::get(format!("{}/control/telegram/status", file.telegram_url)).await?.json().await?;
    assert_eq!(status["invalid_calls"], 0, "{status}");
    Ok(())
}

/// An album between two texts, a reply to one of its members, and a new caption.
async fn album(mina: &Phone<'_>, tom: &Phone<'_>) -> Result<()> {
    mina.writes("before the album").await?;
    let mut photos = Vec::new();
    for caption in ["one", "two", "three"] {
        let photo = json!({"kind": "photo", "text": caption, "album": "a1"});
        photos.push(mina.acts(json!({"write": photo})).await?);
    }
    mina.writes("behind the album").await?;
    hears(tom, "behind the album").await?;
    let chat = tom.everything().await?;
    let at = chat.iter().position(|message| message["text"] == "before the album").unwrap_or_default();
    let arrived: Vec<_> = chat[at..].iter().map(|message| (&message["text"], &message["album"])).collect();
    let none = Value::Null;
    let (text, a1) = (|text: &str| json!(text), json!("a1"));
    assert_eq!(
        arrived,
        [
            (&text("before the album"), &none),
            (&text("one"), &a1),
            (&text("two"), &a1),
            (&text("three"), &a1),
            (&text("behind the album"), &none)
        ],
        "as one, in its place"
    );
    let second = chat[at + 2]["message_id"].clone();
    tom.act(json!({"write": {"kind": "text", "text": "nice one", "reply_to": second}})).await?;
    assert_eq!(hears(mina, "nice one").await?["reply_to"], photos[1], "to the very one");
    mina.act(json!({"edit": {"message_id": photos[0], "text": "number one"}})).await?;
    let edited = hears(tom, "number one").await?;
    assert_eq!(edited["message_id"], chat[at + 1]["message_id"]);
    Ok(())
}

/// Reactions from either side on either's messages, a deletion on both sides, and what a die loses.
async fn reactions_and_deletions(mina: &Phone<'_>, tom: &Phone<'_>) -> Result<()> {
    let written = mina.acts(json!({"write": {"kind": "text", "text": "like me"}})).await?;
    let copy = hears(tom, "like me").await?["message_id"].clone();
    let has = |id: Value, emoji: Value| {
        move |chat: &[Value]| {
            chat.iter().any(|message| message["message_id"] == id && message["reaction"] == emoji)
        }
    };
    // The copy's id is known a moment after it arrived: until then a reaction to it finds nothing, so a reply goes first.
    tom.act(json!({"write": {"kind": "text", "text": "I do", "reply_to": copy}})).await?;
    let own = hears(mina, "I do").await?["message_id"].clone();
    tom.act(json!({"react": {"message_id": copy, "emoji": "❤"}})).await?;
    stands(mina, "a heart on her message", has(json!(written), json!("❤"))).await?;
    mina.act(json!({"react": {"message_id": written, "emoji": "🔥"}})).await?;
    stands(tom, "fire on her own message", has(copy.clone(), json!("🔥"))).await?;
    tom.act(json!({"react": {"message_id": copy, "emoji": null}})).await?;
    stands(mina, "no heart any more", has(json!(written), Value::Null)).await?;

    mina.act(json!({"write": {"kind": "text", "text": "/delete", "reply_to": written}})).await?;
    let gone = |chat: &[Value]| !texts(chat).contains(&"like me");
    stands(tom, "the message gone there", gone).await?;
    stands(mina, "the message gone here", |chat| gone(chat) && !texts(chat).contains(&"/delete")).await?;
    assert!(own.is_i64());

    mina.act(json!({"write": {"kind": "dice"}})).await?;
    stands(tom, "a die", |chat| chat.iter().any(|message| message["kind"] == "dice")).await?;
    stands(mina, "what it loses", |chat| texts(chat).iter().any(|text| text.contains("roll anew"))).await?;
    Ok(())
}

/// Mina leaves, and takes back what she wrote.
async fn clearing(mina: &Phone<'_>, tom: &Phone<'_>, room: &str) -> Result<()> {
    mina.writes("/stop").await?;
    let clear = format!("clear:{room}");
    let over = |seen: &super::settings::Seen| seen.data.contains(&clear);
    let (notice, _) = tokio::try_join!(mina.sees("the end", over), tom.sees("the end", over))?;
    mina.presses(&notice, &clear).await?;
    let hers = ["before the album", "number one", "two", "three", "behind the album"];
    let gone = |chat: &[Value]| !texts(chat).iter().any(|text| hers.contains(text));
    let his = |chat: &[Value]| texts(chat).contains(&"nice one");
    stands(mina, "her chat cleared", |chat| gone(chat) && !his(chat)).await?;
    let there = stands(tom, "her messages gone in his", gone).await?;
    assert!(his(&there), "what he wrote is his");
    Ok(())
}
