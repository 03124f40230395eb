//! Somebody with a phone, who reads what stands in the chat and presses what stands under it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hamdam_testbed::fleet::FleetFile;
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
}

/// A message of the bot, as it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) id: i64,
    pub(super) text: String,
    pub(super) data: Vec<String>,
}

impl<'a> Phone<'a> {
    #[expect(clippy::disallowed_methods, reason = "a phone shares nothing with the fleet")]
    pub(super) async fn of(file: &'a FleetFile, user: i64, language: &str) -> Result<Self> {
        let phone = Self { file, http: reqwest::Client::new(), user };
        let person = json!({"first_name": "Somebody", "language_code": language});
        phone.post("people", json!({"user": user, "person": person})).await?;
        Ok(phone)
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}/control/telegram/{path}", self.file.telegram_url);
        let answer = self.http.post(url).body(body.to_string()).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path} {body}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    pub(super) async fn act(&self, action: Value) -> Result<Value> {
        let body = json!({"bot": self.file.bots[0].id, "user": self.user, "action": action});
        self.post("act", body).await
    }

    pub(super) async fn writes(&self, text: &str) -> Result<()> {
        self.writes_as(text).await.map(drop)
    }

    /// Writes a text; answers its id.
    pub(super) async fn writes_as(&self, text: &str) -> Result<i64> {
        let acted = self.act(json!({"write": {"kind": Kind::Text, "text": text}})).await?;
        acted["message_id"].as_i64().with_context(|| format!("{acted}"))
    }

    pub(super) async fn presses(&self, seen: &Seen, data: &str) -> Result<()> {
        ensure!(seen.data.iter().any(|known| known == data), "no button {data} under {seen:?}");
        self.act(json!({"press": {"message_id": seen.id, "data": data}})).await.map(drop)
    }

    /// The bot's messages in the chat, oldest first.
    pub(super) async fn chat(&self) -> Result<Vec<Seen>> {
        let (bot, user) = (self.file.bots[0].id, self.user);
        let url = format!("{}/control/telegram/messages?bot={bot}&user={user}", self.file.telegram_url);
        let messages: Vec<Value> = serde_json::from_str(&self.http.get(url).send().await?.text().await?)?;
        let of_bot = messages.iter().filter(|message| message["from_bot"] == true);
        Ok(of_bot
            .map(|message| Seen {
                id: message["message_id"].as_i64().unwrap_or_default(),
                text: message["text"].as_str().unwrap_or_default().to_owned(),
                data: data_of(&message["buttons"]),
            })
            .collect())
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

/// The callback data of all buttons, wherever they stand.
fn data_of(buttons: &Value) -> Vec<String> {
    match buttons {
        Value::Array(list) => list.iter().flat_map(data_of).collect(),
        Value::Object(button) => {
            button.get("data").and_then(Value::as_str).map(str::to_owned).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
