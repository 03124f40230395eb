//! A conversation with everything Telegram has, with three instances over Redis, in two languages: albums that arrive as
//! albums, with replies to and edits of their members, reactions both ways, messages that are taken back, dice and polls
//! whose copies are less, and a conversation that is cleared when it is over.

use std::time::Duration;

use anyhow::{Result, ensure};
use loadtest::users::{Habits, Mix};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::phone::{PATIENCE, Phone, Seen, in_a_room};
use super::records;
use super::stage::{Size, Stage};

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
    let (mina, oleg) = (Phone::of(&file, 41, "fa").await?, Phone::of(&file, 42, "ru").await?);
    for phone in [&mina, &oleg] {
        phone.act(json!({"start": {}})).await?;
        phone.writes("/search").await?;
    }
    let (_, here) = in_a_room(&mina, &oleg).await?;
    let room = here.data.iter().find_map(|data| data.strip_prefix("next:")).unwrap_or_default().to_owned();
    album(&mina, &oleg).await?;
    reactions(&mina, &oleg).await?;
    deletion(&mina, &oleg).await?;
    less_than_the_original(&mina, &oleg).await?;
    clearing(&mina, &oleg, &room).await?;
    let status: Value =
        reqwest::get(format!("{}/control/telegram/status", file.telegram_url)).await?.json().await?;
    // Where the chat's pace makes the album wait anyway, nothing is shown; the sender's own tests have it shown.
    ensure!(status["chat_actions"].as_u64() <= Some(1), "at most once that an album comes: {status}");
    ensure!(status["invalid_calls"] == 0, "{status}");
    Ok(())
}

/// An album between two texts, a reply to one of its members, and a new caption.
async fn album(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    mina.writes("before the album").await?;
    let mut photos = Vec::new();
    for caption in ["one", "two", "three"] {
        let photo = json!({"kind": "photo", "text": caption, "album": "a1"});
        photos.push(mina.acts(json!({"write": photo})).await?);
    }
    hears(oleg, "three").await?;
    mina.writes("behind the album").await?;
    hears(oleg, "behind the album").await?;
    let chat = oleg.everything().await?;
    let at = chat.iter().position(|message| message["text"] == "before the album").unwrap_or_default();
    let arrived: Vec<_> = chat[at..].iter().map(|message| (&message["text"], &message["album"])).collect();
    let (a1, none) = (json!("a1"), Value::Null);
    let wanted = [
        ("before the album", &none),
        ("one", &a1),
        ("two", &a1),
        ("three", &a1),
        ("behind the album", &none),
    ]
    .map(|(text, album)| (json!(text), album));
    let wanted: Vec<_> = wanted.iter().map(|(text, album)| (text, *album)).collect();
    ensure!(arrived == wanted, "as one, in its place: {arrived:?}");
    let second = chat[at + 2]["message_id"].clone();
    oleg.act(json!({"write": {"kind": "text", "text": "nice one", "reply_to": second}})).await?;
    ensure!(hears(mina, "nice one").await?["reply_to"] == photos[1], "to the very one");
    mina.act(json!({"edit": {"message_id": photos[0], "text": "number one"}})).await?;
    let edited = hears(oleg, "number one").await?;
    ensure!(edited["message_id"] == chat[at + 1]["message_id"], "{edited}");
    Ok(())
}

/// Reactions from either side on either's messages, and one that is taken away.
async fn reactions(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    let written = mina.writes_as("like me").await?;
    mina.writes("do you?").await?;
    let copy = hears(oleg, "like me").await?["message_id"].clone();
    let has = |id: Value, emoji: Value| {
        move |chat: &[Value]| {
            chat.iter().any(|message| message["message_id"] == id && message["reaction"] == emoji)
        }
    };
    // The copy's id is known with the next message at the latest.
    hears(oleg, "do you?").await?;
    oleg.act(json!({"write": {"kind": "text", "text": "I do", "reply_to": copy}})).await?;
    ensure!(hears(mina, "I do").await?["reply_to"] == written);
    oleg.act(json!({"react": {"message_id": copy, "emoji": "❤"}})).await?;
    stands(mina, "a heart on her message", has(json!(written), json!("❤"))).await?;
    mina.act(json!({"react": {"message_id": written, "emoji": "🔥"}})).await?;
    stands(oleg, "fire on the copy of her own message", has(copy.clone(), json!("🔥"))).await?;
    oleg.act(json!({"react": {"message_id": copy, "emoji": null}})).await?;
    stands(mina, "no heart any more", has(json!(written), Value::Null)).await?;
    Ok(())
}

/// A message goes on both sides with the command that took it back; what the partner wrote goes on one's own side.
async fn deletion(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    let written = mina.writes_as("I take this back").await?;
    hears(oleg, "I take this back").await?;
    mina.act(json!({"write": {"kind": "text", "text": "/delete", "reply_to": written}})).await?;
    let gone =
        |chat: &[Value]| !texts(chat).iter().any(|text| ["I take this back", "/delete"].contains(text));
    tokio::try_join!(stands(oleg, "the copy gone", gone), stands(mina, "the message gone", gone))?;

    oleg.writes("not for my eyes").await?;
    let copy = hears(mina, "not for my eyes").await?["message_id"].clone();
    mina.act(json!({"write": {"kind": "text", "text": "/delete", "reply_to": copy}})).await?;
    stands(mina, "the copy gone", |chat| !texts(chat).contains(&"not for my eyes")).await?;
    ensure!(texts(&oleg.everything().await?).contains(&"not for my eyes"), "it is his");
    mina.writes("/delete").await?;
    mina.says("برای پاک کردن یک پیام").await?;
    Ok(())
}

async fn less_than_the_original(mina: &Phone<'_>, oleg: &Phone<'_>) -> Result<()> {
    for (kind, told) in [("dice", "кубик бросается заново"), ("poll", "свой отдельный опрос")]
    {
        oleg.act(json!({"write": {"kind": kind}})).await?;
        stands(mina, kind, |chat| chat.iter().any(|message| message["kind"] == kind)).await?;
        oleg.says(told).await?;
    }
    Ok(())
}

/// Mina leaves, and takes back what she wrote.
async fn clearing(mina: &Phone<'_>, oleg: &Phone<'_>, room: &str) -> Result<()> {
    mina.writes("/clear").await?;
    mina.says("هنوز ادامه دارد").await?;
    mina.writes("/stop").await?;
    let clear = format!("clear:{room}");
    let over = |seen: &Seen| seen.data.contains(&clear);
    let (notice, _) = tokio::try_join!(mina.sees("the end", over), oleg.sees("the end", over))?;
    mina.presses(&notice, &clear).await?;
    let hers = ["before the album", "number one", "two", "three", "behind the album", "like me"];
    let gone = |chat: &[Value]| !texts(chat).iter().any(|text| hers.contains(text));
    let his = |chat: &[Value]| texts(chat).contains(&"nice one");
    stands(mina, "her chat cleared", |chat| gone(chat) && !his(chat)).await?;
    let there = stands(oleg, "her messages gone in his", gone).await?;
    ensure!(his(&there), "what he wrote is his: {there:#?}");
    mina.says("🧹").await?;
    Ok(())
}

/// The mix of `loadtest run --mix everything`, short, on two bots whose users meet soon.
#[tokio::test]
async fn a_crowd_on_two_bots_does_everything() {
    let mut stage = Stage::start(|options| {
        options.bots = 2;
        options.environment = vec![("ACROSS_BOTS_SECONDS".to_owned(), "2".to_owned())];
    })
    .await
    .unwrap();
    let size = Size { users: 100, seconds: 40 };
    let verdict = stage.run_with(size, Mix::Everything.into(), async |_, _| Ok(())).await.unwrap();
    stage.assert_good(&verdict);
    assert_eq!(verdict.counts.duplicated, 0);
    // What arrives late, or beside something else, goes by itself.
    assert!(
        verdict.in_albums * 10 >= verdict.of_albums * 8,
        "{} of {}",
        verdict.in_albums,
        verdict.of_albums
    );
    for (what, arrived) in [
        ("messages of albums", verdict.of_albums),
        ("edits", verdict.edits_relayed),
        ("replies", verdict.replies_landed),
        ("reactions", verdict.reactions_relayed),
        ("deletions", verdict.deletions_relayed),
    ] {
        assert!(arrived > 5, "{arrived} {what}");
    }
    records::complete(&stage.fleet.mariadb, &verdict).await;
}

/// Instances die while albums, edits and deletions are under way: what comes twice was under way, message by message.
#[tokio::test]
async fn a_crowd_does_everything_while_instances_are_killed() {
    let mut stage = Stage::start(|_| {}).await.unwrap();
    let size = Size { users: 150, seconds: 45 };
    let habits = Habits { albums: 0.15, ..Mix::Everything.into() };
    let verdict = stage.run_with(size, habits, async |stage, drive| {
        for index in [0, 1, 2] {
            tokio::time::sleep(Duration::from_secs(12)).await;
            stage.kill_and_restart(drive, index).await?;
        }
        Ok(())
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
    records::complete(&stage.fleet.mariadb, &verdict).await;
}
