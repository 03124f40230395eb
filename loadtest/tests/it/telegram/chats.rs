//! Who can be written to, presses, deletions, reactions, and the door for control.

use loadtest::telegram::{Action, CannotAct, Settings, What};
use serde_json::json;

use super::specification::assert_is;
use super::support::{BOT, OTHER_BOT, Telegram, request};

#[tokio::test]
async fn who_blocked_left_or_never_came_cannot_be_written_to() {
    let telegram = Telegram::start().await;
    for user in [1, 2] {
        telegram.start_bot(user);
    }
    let to = |user: i64| json!({"chat_id": user, "text": "x"});
    telegram.act(1, Action::Block);
    telegram.act(2, Action::Deactivate);
    let blocked = telegram.refused("sendMessage", to(1)).await;
    assert_eq!(blocked, "403 Forbidden: bot was blocked by the user");
    assert_eq!(telegram.refused("sendMessage", to(2)).await, "403 Forbidden: user is deactivated");
    let action = json!({"chat_id": 1, "action": "typing"});
    assert_eq!(telegram.refused("sendChatAction", action).await, blocked);
    assert!(telegram.invalid().is_empty(), "this may happen to anybody");
    assert_eq!(telegram.refused("sendMessage", to(3)).await, "400 Bad Request: chat not found");
    assert_eq!(telegram.invalid(), ["chat not found"]);
    telegram.act(1, Action::Unblock);
    telegram.good("sendMessage", to(1)).await;
    assert_eq!(telegram.simulator.act(BOT, 2, Action::text("x")), Err(CannotAct::Deactivated));
    assert_eq!(telegram.simulator.act(BOT, 3, Action::text("x")), Err(CannotAct::NotStarted));
    assert_eq!(telegram.simulator.act(9, 3, Action::text("x")), Err(CannotAct::NoBot));
}

#[tokio::test]
async fn a_press_is_answered_once() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    let query = press(&telegram, 7).await;
    let answer = json!({"callback_query_id": query, "text": "Yes?"});
    let long = json!({"callback_query_id": query, "text": "x".repeat(201)});
    assert_eq!(telegram.refused("answerCallbackQuery", long).await, "400 Bad Request: MESSAGE_TOO_LONG");
    assert_eq!(telegram.good("answerCallbackQuery", answer.clone()).await, true);
    let answered = telegram.all(|what| match what {
        What::PressAnswered { user, text, .. } => Some((*user, text.as_ref().unwrap().to_string())),
        _ => None,
    });
    assert_eq!(answered, [(7, "Yes?".to_owned())]);
    let too_old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid";
    assert_eq!(telegram.refused("answerCallbackQuery", answer).await, too_old);
    assert_eq!(telegram.invalid().len(), 1, "answering again is what a retry does");
    assert_eq!(telegram.refused("answerCallbackQuery", json!({"callback_query_id": "5"})).await, too_old);
    assert_eq!(telegram.invalid().len(), 2);
}

#[tokio::test]
async fn a_press_is_answered_in_time() {
    let settings = Settings { press_lives: std::time::Duration::ZERO, ..Settings::default() };
    let telegram = Telegram::with(settings).await;
    telegram.start_bot(7);
    let query = press(&telegram, 7).await;
    telegram.refused("answerCallbackQuery", json!({"callback_query_id": query})).await;
    assert!(telegram.invalid().is_empty());
}

async fn press(telegram: &Telegram, user: i64) -> String {
    let markup = json!({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]});
    let sent =
        telegram.good("sendMessage", json!({"chat_id": user, "text": "?", "reply_markup": markup})).await;
    telegram
        .act(user, Action::Press { message_id: sent["message_id"].as_i64().unwrap(), data: "go".to_owned() });
    let updates = telegram.good("getUpdates", json!({"offset": -1})).await;
    updates[0]["callback_query"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn messages_are_deleted_if_they_ever_were() {
    let telegram = Telegram::start().await;
    let start = telegram.start_bot(7);
    let second = telegram.writes(7, "x");
    telegram.good("deleteMessage", json!({"chat_id": 7, "message_id": start})).await;
    let not_found = "400 Bad Request: message to delete not found";
    assert_eq!(
        telegram.refused("deleteMessage", json!({"chat_id": 7, "message_id": start})).await,
        not_found
    );
    assert!(telegram.invalid().is_empty());
    assert_eq!(
        telegram.refused("deleteMessage", json!({"chat_id": 7, "message_id": second + 1})).await,
        not_found
    );
    assert_eq!(telegram.invalid().len(), 1);
    telegram.good("deleteMessages", json!({"chat_id": 7, "message_ids": [start, second]})).await;
    assert!(telegram.simulator.messages(BOT, 7, 10).is_empty());
    let deleted = telegram.all(|what| {
        if let What::MessageDeleted { message_id, .. } = what { Some(*message_id) } else { None }
    });
    assert_eq!(deleted, [start, second]);
}

#[tokio::test]
async fn a_bot_reacts_with_one_known_emoji() {
    let telegram = Telegram::start().await;
    let message_id = telegram.start_bot(7);
    let react =
        |reaction: serde_json::Value| json!({"chat_id": 7, "message_id": message_id, "reaction": reaction});
    let emoji = |emoji: &str| json!({"type": "emoji", "emoji": emoji});
    telegram.good("setMessageReaction", react(json!([emoji("👍")]))).await;
    telegram.good("setMessageReaction", react(json!([]))).await;
    let reacted = telegram.all(|what| match what {
        What::MessageReacted { emoji, .. } => Some(emoji.as_deref().map(str::to_owned)),
        _ => None,
    });
    assert_eq!(reacted, [Some("👍".to_owned()), None]);
    let unknown = telegram.refused("setMessageReaction", react(json!([emoji("🧊")]))).await;
    assert_eq!(unknown, "400 Bad Request: REACTION_INVALID");
    let two = telegram.refused("setMessageReaction", react(json!([emoji("👍"), emoji("👎")]))).await;
    assert_eq!(two, "400 Bad Request: REACTIONS_TOO_MANY");
}

#[tokio::test]
async fn chats_of_two_bots_are_apart() {
    let telegram = Telegram::start().await;
    let here = telegram.start_bot(7);
    telegram.simulator.act(OTHER_BOT, 7, Action::Start { payload: None }).unwrap();
    let there = telegram.simulator.messages(OTHER_BOT, 7, 1)[0].message_id;
    assert_ne!(here, there, "ids of two chats differ, so that who confuses them is found out");
    assert_eq!(telegram.simulator.chats(BOT), [7]);
    let chat = telegram.good("getChat", json!({"chat_id": 7})).await;
    assert_is("ChatFullInfo", &chat);
}

#[tokio::test]
async fn control_comes_through_its_own_door() {
    let telegram = Telegram::start().await;
    let post = async |path: &str, body: serde_json::Value| {
        let path = format!("/control/telegram/{path}");
        let body = body.to_string();
        request(telegram.address, "POST", &path, "application/json", body.as_bytes()).await.unwrap()
    };
    let get = async |path: &str| {
        request(telegram.address, "GET", &format!("/control/telegram/{path}"), "", b"").await.unwrap().json
    };
    assert_eq!(post("bots", json!({"token": "77:x_y-z"})).await.json, json!({"id": 77}));
    assert_eq!(post("bots", json!({"token": "77"})).await.status, 400);
    let person = json!({"first_name": "Ali", "language_code": "fa"});
    assert_eq!(post("people", json!({"user": 5, "person": person})).await.status, 200);
    let act = |action: serde_json::Value| json!({"bot": 77, "user": 5, "action": action});
    let acted = post("act", act(json!({"start": {"payload": null}}))).await;
    assert!(acted.json["update_id"].is_i64(), "{}", acted.json);
    let acted = post("act", act(json!({"write": {"kind": "voice"}}))).await;
    assert!(acted.json["message_id"].is_i64(), "{}", acted.json);
    assert_eq!(post("act", act(json!({"write": {"kind": "text"}}))).await.status, 409);
    assert_eq!(post("act", act(json!("block"))).await.status, 200);
    assert_eq!(get("chats?bot=77").await, json!([5]));
    assert_eq!(get("messages?bot=77&user=5").await[1]["kind"], "voice");
    assert_eq!(get("status").await["pending_updates"], 3);
    assert_eq!(post("faults", json!([{"fault": "bad_gateway", "times": 1}])).await.status, 200);
    assert_eq!(telegram.call("getMe", json!({})).await.status, 502);
    assert_eq!(post("limits", json!({"bot_rate": {"per_second": 1.0, "burst": 1.0}})).await.status, 200);
    assert_eq!(get("nothing").await, json!(null));
}
