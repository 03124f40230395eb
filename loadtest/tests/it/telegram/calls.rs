//! What every call has in common: tokens, methods, bodies, the shape of answers.

use loadtest::telegram::{Outcome, What};
use serde_json::json;

use super::specification::assert_is;
use super::support::{BOT, OTHER, TOKEN, Telegram, request};

#[tokio::test]
async fn a_call_is_told_from_its_arrival_to_its_answer() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    telegram.good("sendMessage", json!({"chat_id": 7, "text": "hello"})).await;
    telegram.until(|events| matches!(events.last(), Some(What::Disconnected { .. }))).await;
    let told = telegram.events().split_off(1);
    let [
        What::Connected { peer },
        What::CallReceived { call, peer: Some(through), bot: Some(BOT), method, chat: Some(7), messages: 1 },
        What::MessagePlaced { call: placed_by, bot: BOT, user: 7, text: Some(text), .. },
        What::CallAnswered { call: answered, outcome: Outcome::Done, .. },
        What::Disconnected { peer: gone },
    ] = &told[..]
    else {
        panic!("{told:#?}")
    };
    assert_eq!((peer, peer), (through, gone));
    assert_eq!((call, call), (placed_by, answered));
    assert_eq!((&**method, &**text), ("sendMessage", "hello"));
}

#[tokio::test]
async fn tokens_and_methods_must_exist() {
    let telegram = Telegram::start().await;
    for token in ["5001:wrong", "5003:AAexample", "nonsense"] {
        let answer = telegram.call_as(token, "getMe", json!({})).await;
        assert_eq!(
            answer.json,
            json!({"ok": false, "error_code": 401, "description": "Unauthorized"}),
            "{token}"
        );
    }
    let answer = telegram.call("getYou", json!({})).await;
    assert_eq!(answer.json, json!({"ok": false, "error_code": 404, "description": "Not Found"}));
    assert_eq!(telegram.invalid().len(), 4);
    let me = telegram.good("getme", json!({})).await;
    assert_eq!(me["id"], BOT);
    assert_is("User", &me);
    assert_eq!(telegram.call_as(OTHER, "GETME", json!({})).await.json["result"]["id"], 5002);
}

#[tokio::test]
async fn parameters_come_in_every_way_the_bot_api_takes() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    let path = format!("/bot{TOKEN}/sendMessage");
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7\r\n\
                     --b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx y\r\n--b--\r\n";
    for (method, path, kind, body) in [
        ("GET", format!("{path}?chat_id=7&text=x%20y"), "text/plain", ""),
        ("POST", format!("{path}?chat_id=7"), "application/x-www-form-urlencoded", "text=x+y"),
        ("POST", path.clone(), "application/json", r#"{"chat_id":7,"text":"x y"}"#),
        ("POST", path.clone(), "multipart/form-data; boundary=b", multipart),
    ] {
        let answer = request(telegram.address, method, &path, kind, body.as_bytes()).await.unwrap();
        assert_eq!(answer.json["result"]["text"], "x y", "{kind}: {}", answer.json);
    }
    assert!(telegram.invalid().is_empty());
    let broken =
        request(telegram.address, "POST", &path, "application/json", b"{\"chat_id\":7,").await.unwrap();
    assert_eq!(broken.status, 400);
    let typeless = request(telegram.address, "POST", &path, "text/plain", b"chat_id=7&text=x").await.unwrap();
    assert_eq!(typeless.status, 400);
    let deleted = request(telegram.address, "DELETE", &path, "application/json", b"{}").await.unwrap();
    assert_eq!(deleted.status, 400);
    assert_eq!(telegram.invalid().len(), 3);
}

#[tokio::test]
async fn what_the_specification_does_not_take_is_refused_and_counted() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    let button = |button: serde_json::Value| json!({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}});
    let wrong = [
        json!({"chat_id": 7}),
        json!({"chat_id": 7, "text": ""}),
        json!({"chat_id": 7, "text": "  \n "}),
        json!({"chat_id": 7, "text": "x".repeat(4097)}),
        json!({"chat_id": 7, "text": 5}),
        json!({"chat_id": 7.5, "text": "x"}),
        json!({"chat_id": 7, "text": "x", "tekst": "x"}),
        json!({"chat_id": 7, "text": "x", "disable_notification": "true"}),
        json!({"chat_id": 7, "text": "x", "message_thread_id": 4}),
        json!({"chat_id": 7, "text": "<b>x", "parse_mode": "HTML"}),
        json!({"chat_id": 7, "text": "x", "parse_mode": "BBCode"}),
        json!({"chat_id": 7, "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]}),
        json!({"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 999_999}}),
        json!({"chat_id": 7, "text": "x", "reply_to_message_id": 1}),
        json!({"chat_id": 8, "text": "x"}),
        json!({"chat_id": "@somebody", "text": "x"}),
        button(json!({"text": "x", "callback_data": "y".repeat(65)})),
        button(json!({"text": "x", "callback_data": ""})),
        button(json!({"text": "x"})),
        button(json!({"text": "", "callback_data": "y"})),
        button(json!({"text": "x", "callback_data": "y", "url": "https://a.b"})),
        button(json!({"text": "x", "url": "javascript:x"})),
        button(json!({"text": "x", "callback_data": "y", "color": "red"})),
    ];
    for (number, body) in wrong.iter().enumerate() {
        let answer = telegram.call("sendMessage", body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.json);
        assert_eq!(telegram.invalid().len(), number + 1, "{body}");
    }
    assert!(telegram.origins().is_empty());
    assert_eq!(telegram.simulator.status().invalid_calls, u64::try_from(wrong.len()).unwrap());
}

#[tokio::test]
async fn a_message_is_answered_in_full() {
    let telegram = Telegram::start().await;
    let start = telegram.start_bot(7);
    let markup = json!({"inline_keyboard": [[{"text": "A", "callback_data": "a"}, {"text": "B", "url": "https://b.c"}]]});
    let sent = telegram
        .good(
            "sendMessage",
            json!({"chat_id": "7", "text": "<b>hi</b> there", "parse_mode": "HTML", "protect_content": true,
                   "reply_parameters": {"message_id": start}, "reply_markup": markup}),
        )
        .await;
    assert_is("Message", &sent);
    assert_eq!(sent["message_id"], start + 1);
    assert_eq!(sent["from"]["id"], BOT);
    assert_eq!(sent["chat"]["id"], 7);
    assert_eq!(sent["text"], "hi there");
    assert_eq!(sent["entities"], json!([{"type": "bold", "offset": 0, "length": 2}]));
    assert_eq!(sent["reply_to_message"]["text"], "/start");
    assert_eq!(sent["reply_markup"], markup);
    assert_eq!(sent["has_protected_content"], true);
    let standing = telegram.simulator.message(BOT, 7, start + 1).unwrap();
    assert_eq!(standing.reply_to, Some(start));
    assert_eq!(standing.buttons[0][0].data.as_deref(), Some("a"));
    assert_eq!(standing.buttons[0][1].data, None);
}

#[tokio::test]
async fn everything_else_that_is_sent_is_answered_in_full() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    for (method, body) in [
        ("sendLocation", json!({"chat_id": 7, "latitude": 35.7, "longitude": 51})),
        ("sendVenue", json!({"chat_id": 7, "latitude": 1.5, "longitude": 2.5, "title": "t", "address": "a"})),
        ("sendContact", json!({"chat_id": 7, "phone_number": "+1", "first_name": "f"})),
        ("sendDice", json!({"chat_id": 7, "emoji": "🎰"})),
        ("sendPoll", json!({"chat_id": 7, "question": "q", "options": [{"text": "a"}, {"text": "b"}]})),
    ] {
        assert_is("Message", &telegram.good(method, body).await);
    }
    assert_eq!(telegram.good("sendChatAction", json!({"chat_id": 7, "action": "typing"})).await, true);
    telegram.refused("sendChatAction", json!({"chat_id": 7, "action": "sleeping"})).await;
    telegram.refused("sendDice", json!({"chat_id": 7, "emoji": "🧊"})).await;
    assert_eq!(telegram.invalid().len(), 2);
}

#[tokio::test]
async fn a_bots_profile_is_kept_per_language() {
    let telegram = Telegram::start().await;
    let commands = json!([{"command": "next", "description": "Someone else"}]);
    telegram.good("setMyCommands", json!({"commands": commands})).await;
    telegram.good("setMyCommands", json!({"commands": [], "language_code": "fa"})).await;
    assert_eq!(telegram.good("getMyCommands", json!({})).await, commands);
    assert_eq!(telegram.good("getMyCommands", json!({"language_code": "fa"})).await, json!([]));
    telegram.good("setMyDescription", json!({"description": "d"})).await;
    assert_eq!(telegram.good("getMyDescription", json!({})).await, json!({"description": "d"}));
    telegram.good("deleteMyCommands", json!({})).await;
    assert_eq!(telegram.good("getMyCommands", json!({})).await, json!([]));
    let bad = json!({"commands": [{"command": "Next", "description": "x"}]});
    assert_eq!(telegram.refused("setMyCommands", bad).await, "400 Bad Request: BOT_COMMAND_INVALID");
    let long = json!({"commands": [], "language_code": "fas"});
    telegram.refused("setMyCommands", long).await;
}
