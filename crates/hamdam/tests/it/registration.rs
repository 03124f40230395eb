//! `hamdam webhook` and `hamdam bots`, against a Bot API server that remembers what it was asked.

use std::collections::HashMap;
use std::process::Output;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Router, body::Bytes};
use hamdam::http::{Listening, listen};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::Command;

const ONE: &str = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";
const TWO: &str = "987654321:BBEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";
const UNKNOWN: &str = "555555555:CCEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What the server knows.
#[derive(Default)]
struct Known {
    calls: Vec<(String, String, Value)>,
    webhooks: HashMap<String, Value>,
    /// Answers 429 so often before it answers at all.
    refusals: u32,
}

type Shared = Arc<Mutex<Known>>;

/// A stand-in for Telegram, for the few methods these commands call.
pub(crate) struct Telegram {
    known: Shared,
    listening: Listening,
}

impl Telegram {
    pub(crate) async fn start() -> Self {
        let known = Shared::default();
        let router = Router::new().route("/{token}/{method}", post(call)).with_state(known.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { known, listening: listen(listener, router).unwrap() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listening.address)
    }

    async fn hamdam(&self, args: &[&str], tokens: &[&str]) -> Output {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
        command.args(args).env_clear().current_dir(folder.path());
        command.env("BOT_TOKENS", tokens.join(",")).env("WEBHOOK_SECRET", SECRET);
        command.env("TELEGRAM_API_URL", self.url());
        command.env("WEBHOOK_BASE_URL", "https://chat.example.org/");
        command.output().await.unwrap()
    }

    fn calls(&self, method: &str) -> Vec<(String, Value)> {
        let known = self.known.lock().unwrap();
        let of_method = known.calls.iter().filter(|(_, name, _)| name == method);
        of_method.map(|(token, _, body)| (token.clone(), body.clone())).collect()
    }
}

async fn call(
    State(known): State<Shared>,
    Path((token, method)): Path<(String, String)>,
    body: Bytes,
) -> (StatusCode, String) {
    let mut known = known.lock().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    known.calls.push((token.clone(), method.clone(), body.clone()));
    let refused = |code: u16, description: &str, parameters: Value| {
        let answer =
            json!({"ok": false, "error_code": code, "description": description, "parameters": parameters});
        (StatusCode::from_u16(code).unwrap(), answer.to_string())
    };
    if token == format!("bot{UNKNOWN}") {
        return refused(401, "Unauthorized", json!({}));
    }
    if known.refusals > 0 {
        known.refusals -= 1;
        return refused(429, "Too Many Requests: retry after 1", json!({"retry_after": 1}));
    }
    let result = match method.as_str() {
        "setWebhook" => {
            known.webhooks.insert(token, body);
            json!(true)
        }
        "deleteWebhook" => json!(known.webhooks.remove(&token).is_some()),
        "getWebhookInfo" => match known.webhooks.get(&token) {
            Some(set) => {
                json!({"url": set["url"], "pending_update_count": 0, "has_custom_certificate": false,
                "allowed_updates": set["allowed_updates"], "max_connections": set["max_connections"]})
            }
            None => json!({"url": "", "pending_update_count": 3, "has_custom_certificate": false}),
        },
        "setMyCommands" | "setMyName" | "setMyDescription" | "setMyShortDescription" => json!(true),
        "getMe" => json!({"id": 1, "is_bot": true, "first_name": "Bot", "username": "companion_bot"}),
        other => return refused(404, &format!("Not Found: {other}"), json!({})),
    };
    (StatusCode::OK, json!({"ok": true, "result": result}).to_string())
}

fn rows(output: &Output) -> Vec<Value> {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[tokio::test]
async fn set_registers_every_bot_with_its_own_address_and_secret() {
    let telegram = Telegram::start().await;
    let output = telegram.hamdam(&["webhook", "set", "--json"], &[ONE, TWO]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let calls = telegram.calls("setWebhook");
    assert_eq!(calls.len(), 2);
    assert_ne!(calls[0].1["secret_token"], calls[1].1["secret_token"]);
    let (token, body) = &calls[0];
    assert_eq!(*token, format!("bot{ONE}"));
    assert_eq!(body["url"], "https://chat.example.org/telegram/123456789");
    // printf 123456789 | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    assert_eq!(body["secret_token"], "d1be6505f2b72976eaec6b4288706befc24b87fd03a86dfd301e7722ec1d7309");
    assert_eq!(body["max_connections"], 100);
    assert_eq!(body["drop_pending_updates"], false);
    let kinds = ["message", "edited_message", "callback_query", "my_chat_member", "pre_checkout_query"];
    for kind in kinds.into_iter().chain(["message_reaction"]) {
        assert!(body["allowed_updates"].as_array().unwrap().contains(&kind.into()), "{kind} in {body}");
    }
    assert_eq!(rows(&output)[0]["problems"], json!([]));
}

#[tokio::test]
async fn many_bots_share_what_three_instances_take_at_once() {
    let telegram = Telegram::start().await;
    let tokens: Vec<String> =
        (0..60).map(|n| format!("{}:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc", 1_000 + n)).collect();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    for (arguments, connections) in [(&[][..], 40), (&["--max-connections", "77"], 77)] {
        let arguments = [&["webhook", "set"], arguments].concat();
        let output = telegram.hamdam(&arguments, &tokens).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let calls = telegram.calls("setWebhook");
        let last = calls.iter().rev().take(60);
        assert!(last.clone().all(|(_, body)| body["max_connections"] == connections), "{calls:?}");
    }
}

#[tokio::test]
async fn a_short_429_is_waited_out() {
    let telegram = Telegram::start().await;
    telegram.known.lock().unwrap().refusals = 1;
    let output = telegram.hamdam(&["webhook", "set"], &[ONE]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(telegram.calls("setWebhook").len(), 2);
}

#[tokio::test]
async fn info_finds_what_is_wrong_and_delete_ends_pushing() {
    let telegram = Telegram::start().await;
    let none = telegram.hamdam(&["webhook", "info", "--json"], &[ONE]).await;
    assert_eq!(none.status.code(), Some(1));
    assert!(rows(&none)[0]["problems"][0].as_str().unwrap().contains("hamdam webhook set"), "{none:?}");

    assert_eq!(telegram.hamdam(&["webhook", "set"], &[ONE]).await.status.code(), Some(0));
    let set = telegram.hamdam(&["webhook", "info"], &[ONE]).await;
    assert_eq!(set.status.code(), Some(0), "{set:?}");
    let text = String::from_utf8(set.stdout).unwrap();
    assert!(text.contains("https://chat.example.org/telegram/123456789"), "{text}");

    assert_eq!(telegram.hamdam(&["webhook", "delete"], &[ONE]).await.status.code(), Some(0));
    assert!(telegram.known.lock().unwrap().webhooks.is_empty());
}

#[tokio::test]
async fn a_token_telegram_does_not_know_is_a_problem_and_never_printed() {
    let telegram = Telegram::start().await;
    for command in
        [&["bots", "list", "--json"][..], &["webhook", "set", "--json"], &["webhook", "info", "--json"]]
    {
        let output = telegram.hamdam(command, &[ONE, UNKNOWN]).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(rows(&output).len(), 2);
        let printed = format!("{output:?}");
        for secret in [SECRET, "AAEhBOweik", "CCEhBOweik"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
    let output = telegram.hamdam(&["bots", "list"], &[ONE]).await;
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "123456789    @companion_bot\n");
}

#[tokio::test]
async fn setup_tells_every_language_of_every_bot() {
    let telegram = Telegram::start().await;
    let output = telegram.hamdam(&["bots", "setup"], &[ONE, TWO]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for (method, field) in [
        ("setMyCommands", "commands"),
        ("setMyName", "name"),
        ("setMyDescription", "description"),
        ("setMyShortDescription", "short_description"),
    ] {
        let calls = telegram.calls(method);
        let codes: Vec<_> = calls[..6].iter().map(|(_, body)| body["language_code"].as_str()).collect();
        assert_eq!(codes, [None, Some("fa"), Some("ru"), Some("ar"), Some("tr"), Some("es")], "{method}");
        assert_eq!(calls.len(), 12, "{method}");
        assert!(calls.iter().all(|(_, body)| !body[field].is_null()), "{method}");
    }
    telegram.known.lock().unwrap().calls.clear();
    let kept = telegram.hamdam(&["bots", "setup", "--keep-name"], &[ONE]).await;
    assert_eq!((kept.status.code(), telegram.calls("setMyName").len()), (Some(0), 0), "{kept:?}");
    let refused = telegram.hamdam(&["bots", "setup", "--json"], &[UNKNOWN]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(rows(&refused)[0]["error"].as_str().unwrap().starts_with("en: "), "{refused:?}");
}

#[tokio::test]
async fn every_command_shows_an_example() {
    let telegram = Telegram::start().await;
    for command in [
        &["serve"][..],
        &["migrate"],
        &["webhook", "set"],
        &["webhook", "info"],
        &["webhook", "delete"],
        &["bots", "list"],
        &["bots", "setup"],
        &["match", "explain"],
    ] {
        let args = [command, &["--help"]].concat();
        let output = telegram.hamdam(&args, &[ONE]).await;
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("Example: "), "{text}");
        assert!(!text.contains(ONE) && !text.contains(SECRET), "{text}");
    }
}
