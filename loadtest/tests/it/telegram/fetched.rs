//! `hamdam serve --embedded --poll`: chats with nothing but a token.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use hamdam_testbed::fleet::Binaries;
use loadtest::telegram::{Action, Standing, UserId};
use serde_json::json;
use tokio::process::{Child, Command};

use super::support::{BOT, TOKEN, Telegram};

/// Long enough for a message to come out of a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

fn hamdam(telegram: &Telegram, home: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(Binaries::beside_this().unwrap().hamdam);
    command.args([
        "serve",
        "--embedded",
        "--poll",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
    ]);
    command.args(more).env_clear().current_dir(home).kill_on_drop(true).stdout(Stdio::null());
    command.env("BOT_TOKENS", TOKEN).env("TELEGRAM_API_URL", format!("http://{}", telegram.address));
    command.env("BOT_RATE_LIMIT", "none");
    command
}

fn starts(telegram: &Telegram, home: &Path) -> Child {
    hamdam(telegram, home, &[]).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until the last message in a user's chat is as wished.
async fn sees(telegram: &Telegram, user: UserId, wished: impl Fn(&Standing) -> bool) -> Standing {
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let looking = async {
        loop {
            tick.tick().await;
            let last = telegram.simulator.messages(BOT, user, 1).pop();
            if let Some(seen) = last.filter(|seen| seen.from_bot && wished(seen)) {
                return seen;
            }
        }
    };
    let seen = tokio::time::timeout(PATIENCE, looking).await;
    seen.unwrap_or_else(|_| panic!("in vain: {:#?}", telegram.simulator.messages(BOT, user, 9)))
}

fn has(seen: &Standing, start: &str) -> bool {
    seen.buttons
        .iter()
        .flatten()
        .any(|button| button.data.as_ref().is_some_and(|data| data.starts_with(start)))
}

/// From nothing to a conversation.
pub(super) async fn chat(telegram: &Telegram) {
    for user in [7, 8] {
        telegram.start_bot(user);
        sees(telegram, user, |seen| has(seen, "search:0")).await;
        telegram.writes(user, "/search");
    }
    for user in [7, 8] {
        sees(telegram, user, |seen| has(seen, "next:")).await;
    }
    // Who writes before the fleet knows that its notice was seen is told so, and writes again.
    let mut again = tokio::time::interval(Duration::from_secs(1));
    let heard = async {
        loop {
            again.tick().await;
            telegram.writes(7, "hello");
            let last = telegram.simulator.messages(BOT, 8, 1).pop();
            if last.is_some_and(|seen| seen.text.as_deref() == Some("hello")) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("a message arrives");
}

#[tokio::test]
async fn a_token_is_enough_and_an_update_is_confirmed_behind_its_effects() {
    let (telegram, home) = (Telegram::start().await, tempfile::tempdir().unwrap());
    let mut one = starts(&telegram, home.path());
    chat(&telegram).await;
    // Killed, it confirms nothing more: what it had not taken is given to the next one.
    one.kill().await.unwrap();
    telegram.writes(7, "/help");
    assert!(telegram.simulator.status().pending_updates > 0, "what was written to nobody waits");
    let mut two = starts(&telegram, home.path());
    let help = |seen: &Standing| seen.text.as_ref().is_some_and(|text| text.contains("/settings: "));
    sees(&telegram, 7, help).await;
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let confirmed = async {
        while telegram.simulator.status().pending_updates > 0 {
            tick.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, confirmed).await.expect("what was taken is confirmed");
    two.kill().await.unwrap();
    assert!(telegram.invalid().is_empty(), "{:?}", telegram.invalid());
}

#[tokio::test]
async fn a_webhook_that_is_set_is_removed_only_on_demand() {
    let (telegram, home) = (Telegram::start().await, tempfile::tempdir().unwrap());
    telegram.good("setWebhook", json!({"url": "http://127.0.0.1:1/somebodys-fleet"})).await;
    let refused = hamdam(&telegram, home.path(), &[]).output().await.unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("--remove-webhook") && said.contains("somebodys-fleet"), "{said}");
    assert_eq!(telegram.good("getWebhookInfo", json!({})).await["url"], "http://127.0.0.1:1/somebodys-fleet");
    let mut asked =
        hamdam(&telegram, home.path(), &["--remove-webhook"]).stderr(Stdio::null()).spawn().unwrap();
    chat(&telegram).await;
    asked.kill().await.unwrap();
    assert!(telegram.invalid().is_empty(), "{:?}", telegram.invalid());
}

#[tokio::test]
async fn of_two_that_fetch_the_first_ends_and_says_why() {
    let (telegram, home) = (Telegram::start().await, tempfile::tempdir().unwrap());
    let first = hamdam(&telegram, home.path(), &[]).stderr(Stdio::piped()).spawn().unwrap();
    telegram.start_bot(7);
    sees(&telegram, 7, |seen| has(seen, "search:0")).await;
    let other = tempfile::tempdir().unwrap();
    let mut second = starts(&telegram, other.path());
    let ended = tokio::time::timeout(PATIENCE, first.wait_with_output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    telegram.act(8, Action::Start { payload: None });
    sees(&telegram, 8, |seen| has(seen, "search:0")).await;
    second.kill().await.unwrap();
}
