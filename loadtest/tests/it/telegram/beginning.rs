//! `hamdam init`: from a token to a bot in which two people chat, by what it writes and says.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};

use hamdam_testbed::fleet::Binaries;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

use super::fetched::chat;
use super::support::{TOKEN, Telegram};

/// `hamdam`, of whose surroundings only `.env` is left.
fn hamdam(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(Binaries::beside_this().unwrap().hamdam);
    command.args(args).env_clear().current_dir(home).kill_on_drop(true).stdin(Stdio::null());
    command
}

/// `hamdam init` with these flags.
async fn begins(telegram: &Telegram, home: &Path, flags: &[&str]) -> (Output, String) {
    let api = format!("http://{}", telegram.address);
    let mut command = hamdam(home, &["init", "--telegram-api-url", &api]);
    let output = command.args(flags).output().await.unwrap();
    let said =
        [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned()).concat();
    (output, said)
}

/// Does what `hamdam init` said is next, with listeners that are nobody else's.
fn follows(home: &Path, said: &str) -> tokio::process::Child {
    let next = said.lines().find_map(|line| line.split_once("Next, in this folder: hamdam ")).unwrap().1;
    let mut args: Vec<_> = next.split(' ').collect();
    args.extend(["--admin-listen", "127.0.0.1:0", "--bot-rate-limit", "none"]);
    hamdam(home, &args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn a_token_becomes_a_bot_in_which_two_chat() {
    let (telegram, home) = (Telegram::start().await, home());
    let (output, said) = begins(&telegram, home.path(), &["--bot-tokens", TOKEN]).await;
    assert_eq!(output.status.code(), Some(0), "{said}");
    let file = home.path().join(".env");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.contains(&format!("BOT_TOKENS={TOKEN}\n")), "{written}");
    assert!(
        written.lines().any(|line| line.starts_with("WEBHOOK_SECRET=") && line.len() == 15 + 64),
        "{written}"
    );
    assert!(!said.contains(TOKEN) && said.contains("@simulated_5001_bot"), "{said}");

    let (again, said_again) = begins(&telegram, home.path(), &[]).await;
    assert_eq!(again.status.code(), Some(0), "{said_again}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written, "the second time there is nothing to add");

    std::fs::write(&file, format!("{written}LISTEN=127.0.0.1:0\n")).unwrap();
    let mut serving = follows(home.path(), &said);
    chat(&telegram).await;
    serving.kill().await.unwrap();
    assert!(telegram.invalid().is_empty(), "{:?}", telegram.invalid());
}

#[tokio::test]
async fn with_an_address_its_updates_are_pushed_there() {
    let (telegram, home) = (Telegram::start().await, home());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("http://127.0.0.1:{port}");
    let flags = ["--bot-tokens", TOKEN, "--webhook-base-url", &address];
    let (output, said) = begins(&telegram, home.path(), &flags).await;
    assert_eq!(output.status.code(), Some(0), "{said}");
    let info = telegram.good("getWebhookInfo", json!({})).await;
    assert_eq!(info["url"], format!("{address}/telegram/5001"));
    let file = home.path().join(".env");
    let written = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{written}LISTEN=127.0.0.1:{port}\n")).unwrap();
    let mut serving = follows(home.path(), &said);
    chat(&telegram).await;
    serving.kill().await.unwrap();
    assert!(telegram.invalid().is_empty(), "{:?}", telegram.invalid());
}

#[tokio::test]
async fn what_is_wrong_is_said_before_anything_is_written() {
    let (telegram, home) = (Telegram::start().await, home());
    let (nothing, said) = begins(&telegram, home.path(), &[]).await;
    assert_eq!(nothing.status.code(), Some(64), "{said}");
    assert!(said.contains("BOT_TOKENS is not set"), "{said}");
    let unknown = "7777:AAexampleexampleexampleexampleexample";
    let (unknown, said) = begins(&telegram, home.path(), &["--bot-tokens", unknown]).await;
    assert_eq!(unknown.status.code(), Some(1), "{said}");
    assert!(said.contains("problem  bot 7777") && said.contains("Nothing was written"), "{said}");
    assert!(!home.path().join(".env").exists() && !home.path().join("hamdam.db").exists());

    std::fs::write(home.path().join(".env"), format!("BOT_TOKENS={TOKEN}\n")).unwrap();
    let other = "5002:AAexampleexampleexampleexampleexample";
    let (other, said) = begins(&telegram, home.path(), &["--bot-tokens", other]).await;
    assert_eq!(other.status.code(), Some(1), "{said}");
    assert!(said.contains("BOT_TOKENS is given, and .env has another value"), "{said}");
}

#[tokio::test]
async fn a_fleet_without_its_services_gets_no_updates_yet() {
    let (telegram, home) = (Telegram::start().await, home());
    let away =
        ["--redis-url", "redis://127.0.0.1:1", "--database-url", "mysql://hamdam:x@127.0.0.1:1/hamdam"];
    let mut flags = vec!["--bot-tokens", TOKEN, "--webhook-base-url", "http://127.0.0.1:1"];
    flags.extend(away);
    let (output, said) = begins(&telegram, home.path(), &flags).await;
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("problem  redis") && said.contains("problem  database"), "{said}");
    assert!(said.contains("`hamdam init` again"), "{said}");
    assert_eq!(telegram.good("getWebhookInfo", json!({})).await["url"], "", "nobody could serve them");
    assert!(home.path().join(".env").exists(), "what was said need not be said again");

    telegram.good("setWebhook", json!({"url": "http://127.0.0.1:1/somebodys-fleet"})).await;
    let other = tempfile::tempdir().unwrap();
    let (output, said) = begins(&telegram, other.path(), &["--bot-tokens", TOKEN]).await;
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("somebodys-fleet") && said.contains("--remove-webhook"), "{said}");
}
