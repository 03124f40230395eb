//! Somebody with a phone, who reads what stands in the chat and presses what stands under it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hamdam_domain::id::UserId;
use hamdam_domain::record::Announcement;
use hamdam_state::State;
use hamdam_state::redis::{RedisServers, RedisSettings, RedisState};
use hamdam_testbed::fleet::FleetFile;
use hamdam_testbed::poll;
use loadtest::telegram::Kind;
use serde_json::{Value, json};
use tokio::time::Instant;

/// Long enough for a notice to come out of a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody with a phone.
pub(super) struct Phone<'a> {
    file: &'a FleetFile,
    http: reqwest::Client,
    user: i64,
    /// Whose chat is open.
    bot: i64,
}

/// A message of the bot, as it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) id: i64,
    pub(super) text: String,
    pub(super) file: Option<u64>,
    /// What it is, as the field of `Message` says.
    pub(super) kind: String,
    /// What its buttons bring back.
    pub(super) data: Vec<String>,
    /// The message of this chat that it answers.
    pub(super) reply_to: Option<i64>,
    /// What its buttons open.
    pub(super) links: Vec<String>,
}

impl<'a> Phone<'a> {
    #[expect(clippy::disallowed_methods, reason = "a phone shares nothing with the fleet")]
    pub(super) async fn of(file: &'a FleetFile, user: i64, language: &str) -> Result<Self> {
        let phone = Self { file, http: reqwest::Client::new(), user, bot: file.bots[0].id };
        let person = json!({"first_name": "Somebody", "language_code": language});
        phone.post("people", json!({"user": user, "person": person})).await?;
        Ok(phone)
    }

    /// The same phone, with the chat of another bot open.
    pub(super) fn by(self, bot: i64) -> Self {
        Self { bot, ..self }
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}/control/telegram/{path}", self.file.telegram_url);
        let answer = self.http.post(url).body(body.to_string()).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path} {body}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}/control/telegram/{path}", self.file.telegram_url);
        Ok(serde_json::from_str(&self.http.get(url).send().await?.text().await?)?)
    }

    pub(super) async fn act(&self, action: Value) -> Result<Value> {
        let body = json!({"bot": self.bot, "user": self.user, "action": action});
        self.post("act", body).await
    }

    pub(super) async fn writes(&self, text: &str) -> Result<()> {
        self.writes_as(text).await.map(drop)
    }

    /// Writes a text; answers its id.
    pub(super) async fn writes_as(&self, text: &str) -> Result<i64> {
        self.acts(json!({"write": {"kind": Kind::Text, "text": text}})).await
    }

    pub(super) async fn presses(&self, seen: &Seen, data: &str) -> Result<()> {
        ensure!(seen.data.iter().any(|known| known == data), "no button {data} under {seen:?}");
        self.act(json!({"press": {"message_id": seen.id, "data": data}})).await.map(drop)
    }

    /// Does something with a message, or writes one; answers its id.
    pub(super) async fn acts(&self, action: Value) -> Result<i64> {
        let acted = self.act(action).await?;
        acted["message_id"].as_i64().with_context(|| format!("{acted}"))
    }

    /// Everything that stands in the chat, oldest first.
    pub(super) async fn everything(&self) -> Result<Vec<Value>> {
        let (bot, user) = (self.bot, self.user);
        let url =
            format!("{}/control/telegram/messages?bot={bot}&user={user}&count=1000", self.file.telegram_url);
        Ok(serde_json::from_str(&self.http.get(url).send().await?.text().await?)?)
    }

    /// The bot's messages in the chat, oldest first.
    pub(super) async fn chat(&self) -> Result<Vec<Seen>> {
        let messages = self.everything().await?;
        let of_bot = messages.iter().filter(|message| message["from_bot"] == true);
        Ok(of_bot
            .map(|message| Seen {
                id: message["message_id"].as_i64().unwrap_or_default(),
                text: message["text"].as_str().unwrap_or_default().to_owned(),
                file: message["file"].as_u64(),
                kind: message["kind"].as_str().unwrap_or_default().to_owned(),
                data: all_of(&message["buttons"], "data"),
                links: all_of(&message["buttons"], "url"),
                reply_to: message["reply_to"].as_i64(),
            })
            .collect())
    }

    /// What the file of a message holds.
    pub(super) async fn opens(&self, seen: &Seen) -> Result<Vec<u8>> {
        let number = seen.file.with_context(|| format!("no file in {seen:?}"))?;
        let url = format!("{}/control/telegram/file?number={number}", self.file.telegram_url);
        Ok(self.http.get(url).send().await?.error_for_status()?.bytes().await?.to_vec())
    }

    async fn rows(&self, url: &str) -> Result<Vec<Value>> {
        Ok(serde_json::from_str(&self.http.get(url).send().await?.text().await?)?)
    }

    /// What the simulator has noted of this user under this name: `payments`, `checkouts`.
    pub(super) async fn noted(&self, name: &str) -> Result<Vec<Value>> {
        let (bot, user) = (self.bot, self.user);
        self.rows(&format!("{}/control/telegram/{name}?bot={bot}&user={user}", self.file.telegram_url)).await
    }

    /// Waits until the bot's last message is as wished.
    pub(super) async fn sees(&self, what: &str, is_it: impl Fn(&Seen) -> bool) -> Result<Seen> {
        let begun = Instant::now();
        loop {
            let chat = self.chat().await?;
            if let Some(seen) = chat.last().filter(|seen| is_it(seen)) {
                return Ok(seen.clone());
            }
            ensure!(begun.elapsed() < PATIENCE, "{what} is waited for in vain: {chat:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// `/settings`, answered by a message of its own, behind all that stood there.
    pub(super) async fn opens_settings(&self) -> Result<Seen> {
        let last = self.chat().await?.last().map_or(0, |seen| seen.id);
        self.writes("/settings").await?;
        let is_home = |seen: &Seen| seen.id > last && seen.data.iter().any(|data| data == "page:reach");
        self.sees("the settings", is_home).await
    }

    pub(super) async fn says(&self, words: &str) -> Result<Seen> {
        self.sees(words, |seen| seen.text.contains(words)).await
    }
}

/// This field of all buttons that have it, wherever they stand.
fn all_of(buttons: &Value, field: &str) -> Vec<String> {
    match buttons {
        Value::Array(list) => list.iter().flat_map(|buttons| all_of(buttons, field)).collect(),
        Value::Object(button) => {
            button.get(field).and_then(Value::as_str).map(str::to_owned).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a button whose data begins so stands under it.
pub(super) fn has(seen: &Seen, start: &str) -> bool {
    seen.data.iter().any(|data| data.starts_with(start))
}

/// The data of the button whose data ends so.
pub(super) fn button<'s>(seen: &'s Seen, end: &str) -> Result<&'s str> {
    seen.data.iter().find(|data| data.ends_with(end)).map(String::as_str).context("the button is there")
}

/// Two who may meet search one after the other, and find each other.
pub(super) async fn meet(one: &Phone<'_>, other: &Phone<'_>) -> Result<()> {
    one.writes("/search").await?;
    one.sees("a search", |seen| has(seen, "cancel:")).await?;
    other.writes("/search").await?;
    in_a_room(one, other).await.map(drop)
}

/// Both see that they have a partner, and the fleet has heard that the notices stand in their chats: what they write from
/// now on comes too early for nobody.
pub(super) async fn in_a_room(one: &Phone<'_>, other: &Phone<'_>) -> Result<(Seen, Seen)> {
    let found = |seen: &Seen| has(seen, "next:");
    let seen = tokio::try_join!(one.sees("a partner", found), other.sees("a partner", found))?;
    let address = reqwest::Url::parse(&one.file.redis_url)?;
    let host = address.host_str().context("the address of Redis has a host")?.to_owned();
    let server = (host, address.port().context("the address of Redis has a port")?);
    let state =
        RedisState::connect(&RedisSettings::new(RedisServers::Single { server, database: 0 })).await?;
    poll("the fleet to hear that both know of their room", || async {
        for phone in [one, other] {
            let record = state.read(UserId(phone.user)).await?.record.context("they have a record")?;
            ensure!(matches!(record.announcement, None | Some(Announcement::At(_))), "{record:?}");
        }
        Ok(())
    })
    .await?;
    state.close().await;
    Ok(seen)
}

/// The first words in a room, and the other reads them.
pub(super) async fn greets(one: &Phone<'_>, other: &Phone<'_>, words: &str) -> Result<Seen> {
    one.writes(words).await?;
    other.sees(words, |seen| seen.text == words).await
}

/// Every call so far was one that Telegram's specification knows.
pub(super) async fn no_invalid_calls(file: &FleetFile) -> Result<()> {
    let url = format!("{}/control/telegram/status", file.telegram_url);
    let status: Value = reqwest::get(url).await?.json().await?;
    ensure!(status["invalid_calls"] == 0, "{status}");
    Ok(())
}
