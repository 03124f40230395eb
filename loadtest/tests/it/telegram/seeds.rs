//! What the fuzz targets begin with (`fuzz/seeds`) is what this simulator pushes and answers. `WRITE_SEEDS=1` writes
//! the files anew.

use std::path::PathBuf;

use loadtest::telegram::{Action, Kind, Rate, Settings, Writing};
use serde_json::{Value, json};

use super::support::Telegram;

/// Compares with the stored seed of this name, or writes it. Numbers and texts change from run to run, so the fields
/// are what must agree.
fn is_seed(target: &str, name: &str, head: &str, body: &Value) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let file = folder.join(name);
    if std::env::var_os("WRITE_SEEDS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&file, format!("{head}{body}")).unwrap();
    }
    let stored = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; WRITE_SEEDS=1 writes it", file.display()));
    let stored: Value = serde_json::from_str(stored.strip_prefix(head).expect(head)).unwrap();
    assert_eq!(shape(&stored), shape(body), "{}: WRITE_SEEDS=1 writes it anew", file.display());
}

/// The fields, without what stands in them.
fn shape(json: &Value) -> Value {
    match json {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), shape(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(shape).collect::<Vec<_>>().into(),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn updates() {
    let telegram = Telegram::start().await;
    let mut names = vec!["start"];
    let kinds = ["message", "edited_message", "callback_query", "my_chat_member", "message_reaction"];
    telegram.good("getUpdates", json!({"allowed_updates": kinds})).await;
    let first = telegram.start_bot(7);
    for kind in Kind::ALL {
        let text = (*kind == Kind::Text || kind.has_caption()).then(|| "words @friend".to_owned());
        let written = telegram.act(7, Action::Write(Writing { text, ..Writing::of(*kind) }));
        names.push(if *kind == Kind::Quiz { "quiz" } else { kind.field() });
        if *kind == Kind::Photo || *kind == Kind::Text {
            let message_id = written.message_id.unwrap();
            telegram.act(7, Action::Edit { message_id, text: "mended".to_owned() });
            names.push(if *kind == Kind::Photo { "edited_photo" } else { "edited_text" });
        }
    }
    telegram.act(7, Action::reply(first, "an answer"));
    names.push("reply");
    telegram.act(7, Action::Write(Writing { album: Some("77".to_owned()), ..Writing::of(Kind::Photo) }));
    names.push("album");
    telegram.act(7, Action::React { message_id: first, emoji: Some("👍".to_owned()) });
    names.push("reaction");
    for command in ["/search", "/next", "/stop", "/help"] {
        telegram.act(7, Action::text(command));
        names.push(command.trim_start_matches('/'));
    }
    for data in ["next:12", "cancel:5001:9"] {
        let markup = json!({"inline_keyboard": [[{"text": "Go", "callback_data": data}]]});
        let sent = json!({"chat_id": 7, "text": "Ready?", "reply_markup": markup});
        let message_id = telegram.good("sendMessage", sent).await["message_id"].as_i64().unwrap();
        telegram.act(7, Action::Press { message_id, data: data.to_owned() });
        names.push(data.split(':').next().unwrap());
    }
    telegram.act(7, Action::Block);
    names.push("blocked");
    let updates = telegram.good("getUpdates", json!({})).await;
    let updates = updates.as_array().unwrap();
    assert_eq!(updates.len(), names.len());
    for (name, update) in names.iter().zip(updates) {
        let name = match *name {
            "next" if update.get("callback_query").is_some() => "press_next",
            "cancel" => "press_cancel",
            name => name,
        };
        is_seed("update", name, "", update);
    }
}

#[tokio::test]
async fn answers() {
    let chat_rate = Some(Rate { per_second: 0.001, burst: 2.0 });
    let telegram = Telegram::with(Settings { bot_rate: None, chat_rate, ..Settings::default() }).await;
    let message_id = telegram.start_bot(7);
    telegram.start_bot(8);
    let text = |user: i64| json!({"chat_id": user, "text": "x"});
    let copy = json!({"chat_id": 8, "from_chat_id": 7, "message_id": message_id});
    let album = json!({"chat_id": 8, "from_chat_id": 7, "message_ids": [message_id]});
    let gone = json!({"chat_id": 8, "from_chat_id": 7, "message_id": 999_999});
    // The three characters before a body choose status, `Retry-After` and method: see the target.
    for (name, head, method, body) in [
        ("sent", "000", "sendMessage", text(7)),
        ("copied", "001", "copyMessage", copy),
        ("copied_album", "004", "copyMessages", album),
        ("not_found", "301", "copyMessage", gone),
        ("no_chat", "300", "sendMessage", text(99)),
        ("wrong", "302", "editMessageText", json!({"chat_id": 7, "message_id": 1})),
        ("typing", "000", "sendChatAction", json!({"chat_id": 7, "action": "typing"})),
        ("me", "000", "getMe", json!({})),
        ("webhook", "000", "getWebhookInfo", json!({})),
        ("updates", "000", "getUpdates", json!({"limit": 1})),
        ("last", "000", "sendMessage", text(7)),
        ("too_many", "810", "sendMessage", text(7)),
    ] {
        is_seed("answer", name, head, &telegram.call(method, body).await.json);
    }
    telegram.act(8, Action::Block);
    is_seed("answer", "blocked", "500", &telegram.call("sendMessage", text(8)).await.json);
}
