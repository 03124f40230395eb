//! Pushing: connections, order, retries, what an answer means.

use loadtest::telegram::{Action, Origin, WebhookAnswer, What};
use serde_json::{Value, json};

use super::support::{BOT, Hook, Reply, Telegram};

fn acknowledged(what: &What) -> Option<i64> {
    if let What::Acknowledged { update_id, .. } = what { Some(*update_id) } else { None }
}

fn answers(what: &What) -> Option<WebhookAnswer> {
    if let What::WebhookAnswered { answer, .. } = what { Some(answer.clone()) } else { None }
}

#[tokio::test]
async fn a_request_looks_like_telegrams_and_connections_are_kept() {
    let telegram = Telegram::start().await;
    let hook = Hook::start(|_| Reply::ok()).await;
    telegram.point_to(&hook, json!({"secret_token": "s-3_X"})).await;
    telegram.start_bot(7);
    telegram.first(1, acknowledged).await;
    telegram.writes(7, "again");
    telegram.first(2, acknowledged).await;
    let received = hook.received();
    assert_eq!(received.iter().map(|one| one.connection).collect::<Vec<_>>(), [0, 0]);
    let mut head = received[0].head.lines();
    assert_eq!(head.next(), Some("POST /telegram/5001 HTTP/1.1"));
    let length = received[0].body.to_string().len();
    let mut headers: Vec<_> = head.map(str::to_owned).collect();
    headers.sort();
    let expected = [
        "Accept-Encoding: gzip, deflate".to_owned(),
        "Connection: keep-alive".to_owned(),
        format!("Content-Length: {length}"),
        "Content-Type: application/json".to_owned(),
        "Host: 127.0.0.1".to_owned(),
        "X-Telegram-Bot-Api-Secret-Token: s-3_X".to_owned(),
    ];
    assert_eq!(headers, expected, "and no User-Agent");
}

#[tokio::test]
async fn events_of_an_update_come_in_the_order_they_happened() {
    let telegram = Telegram::start().await;
    let hook = Hook::start(|_| Reply::ok()).await;
    telegram.point_to(&hook, json!({})).await;
    telegram.start_bot(7);
    telegram.first(1, acknowledged).await;
    let order = telegram.all(|what| match what {
        What::UpdateQueued { .. } => Some("queued"),
        What::WebhookSent { attempt: 1, .. } => Some("sent"),
        What::WebhookAnswered { answer: WebhookAnswer::Status(200), .. } => Some("answered"),
        What::Acknowledged { .. } => Some("acknowledged"),
        _ => None,
    });
    assert_eq!(order, ["queued", "sent", "answered", "acknowledged"]);
}

/// A webhook that took the first update, so that connections may be opened freely, and then what `policy` says.
async fn warm(
    policy: impl Fn(&super::support::Received) -> Reply + Send + Sync + 'static,
) -> (Telegram, Hook) {
    let telegram = Telegram::start().await;
    let hook =
        Hook::start(move |received| if received.number == 0 { Reply::ok() } else { policy(received) }).await;
    telegram.point_to(&hook, json!({})).await;
    telegram.start_bot(1);
    telegram.first(1, acknowledged).await;
    (telegram, hook)
}

fn sent(what: &What) -> Option<i64> {
    if let What::WebhookSent { user, .. } = what { Some(*user) } else { None }
}

#[tokio::test]
async fn one_of_a_chat_is_in_flight_and_other_chats_go_on() {
    let (telegram, hook) =
        warm(|received| if received.text() == "a1" { Reply::Gated } else { Reply::ok() }).await;
    telegram.writes(1, "a1");
    telegram.writes(1, "a2");
    let message_id = telegram.writes(1, "a3");
    telegram.act(1, Action::Edit { message_id, text: "a3, mended".to_owned() });
    telegram.start_bot(2);
    telegram.writes(2, "b1");
    telegram.first(3, acknowledged).await;
    let mut texts = hook.texts();
    texts[1..3].sort();
    assert_eq!(texts, ["/start", "/start", "a1", "b1"], "a2, a3 and its edit wait behind a1");
    hook.open_gate();
    telegram.first(7, acknowledged).await;
    let rest: Vec<_> = hook.received().split_off(4).into_iter().map(|one| one.body).collect();
    assert_eq!(rest[0]["message"]["text"], "a2");
    assert_eq!(rest[1]["message"]["text"], "a3");
    assert_eq!(rest[2]["edited_message"]["text"], "a3, mended");
}

#[tokio::test]
async fn a_press_and_a_block_overtake_a_text() {
    let (telegram, hook) =
        warm(|received| if received.text() == "slow" { Reply::Gated } else { Reply::ok() }).await;
    let markup = json!({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]});
    let sent =
        telegram.good("sendMessage", json!({"chat_id": 1, "text": "Ready?", "reply_markup": markup})).await;
    telegram.writes(1, "slow");
    telegram
        .act(1, Action::Press { message_id: sent["message_id"].as_i64().unwrap(), data: "go".to_owned() });
    telegram.act(1, Action::Block);
    let done = telegram.first(3, acknowledged).await;
    assert!(done[1] > done[0] + 1 && done[2] > done[0] + 1, "{done:?}");
    hook.open_gate();
    telegram.first(4, acknowledged).await;
}

#[tokio::test]
async fn without_a_success_one_connection_carries_everything() {
    let telegram = Telegram::start().await;
    let hook = Hook::start(|received| if received.number == 0 { Reply::Gated } else { Reply::ok() }).await;
    telegram.point_to(&hook, json!({})).await;
    for user in 1..=5 {
        telegram.start_bot(user);
    }
    telegram.first(1, sent).await;
    assert_eq!(telegram.simulator.status().webhooks_in_flight, 1);
    assert_eq!(telegram.simulator.status().pending_updates, 5);
    hook.open_gate();
    telegram.first(5, acknowledged).await;
    let connections: Vec<_> = telegram.all(|what| match what {
        What::WebhookSent { connection, .. } => Some(*connection),
        _ => None,
    });
    assert_eq!(connections[0], 1);
    assert!(connections.iter().max() > Some(&1), "after a success more are opened: {connections:?}");
}

#[tokio::test]
async fn no_more_than_max_connections_are_in_flight() {
    let telegram = Telegram::start().await;
    let hook = Hook::start(|received| if received.number == 0 { Reply::ok() } else { Reply::Gated }).await;
    telegram.point_to(&hook, json!({"max_connections": 3})).await;
    telegram.start_bot(100);
    telegram.first(1, acknowledged).await;
    for user in 1..=9 {
        telegram.start_bot(user);
    }
    telegram.first(4, sent).await;
    assert_eq!(telegram.simulator.status().webhooks_in_flight, 3);
    hook.open_gate();
    telegram.first(10, acknowledged).await;
    let most = hook.received().iter().map(|one| one.connection).max().unwrap();
    assert!(most < 3, "{most}");
}

#[tokio::test]
async fn lines_behind_two_failing_ones_wait_when_there_is_one_connection() {
    let telegram = Telegram::start().await;
    let hook = Hook::start(|received| match received.text() {
        "bad" => Reply::status("500 Internal Server Error", "Retry-After: 3600\r\n"),
        _ => Reply::ok(),
    })
    .await;
    telegram.point_to(&hook, json!({"max_connections": 1})).await;
    for user in 1..=3 {
        telegram.start_bot(user);
    }
    telegram.first(3, acknowledged).await;
    telegram.writes(1, "bad");
    telegram.writes(2, "bad");
    telegram.first(5, answers).await;
    telegram.writes(3, "good");
    telegram.writes(3, "better");
    assert_eq!(telegram.simulator.status().pending_updates, 4);
    assert_eq!(telegram.simulator.status().webhooks_in_flight, 0, "the whole bot is stalled");
}

#[tokio::test]
async fn whatever_begins_with_2_delivers_and_nothing_else_does() {
    let telegram = Telegram::faster(1000.0).await;
    let hook = Hook::start(|received| match received.number {
        0 => Reply::status("301 Moved Permanently", "Location: http://127.0.0.1/\r\n"),
        1 => Reply::status("404 Not Found", ""),
        2 => Reply::status("502 Bad Gateway", ""),
        3 => Reply::Close,
        4 => Reply::Bytes("SSH-2.0-x\r\n\r\n".to_owned()),
        5 => Reply::Bytes("HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
        6 => Reply::Bytes(
            "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".to_owned(),
        ),
        _ => Reply::ok(),
    })
    .await;
    telegram.point_to(&hook, json!({})).await;
    telegram.start_bot(7);
    telegram.writes(7, "second");
    telegram.writes(7, "third");
    telegram.first(3, acknowledged).await;
    assert_eq!(hook.texts()[5..], ["/start", "second", "third"]);
    let answers = telegram.all(answers);
    let statuses = [301, 404, 502].map(WebhookAnswer::Status);
    assert_eq!(answers[..3], statuses);
    assert_eq!(answers[3], WebhookAnswer::Failed("Webhook connection closed"));
    assert!(matches!(answers[4], WebhookAnswer::Failed(_)));
    assert_eq!(answers[5..], [204, 202, 200].map(WebhookAnswer::Status));
    let attempts = telegram.all(|what| match what {
        What::WebhookSent { attempt, .. } => Some(*attempt),
        _ => None,
    });
    assert_eq!(attempts, [1, 2, 3, 4, 5, 6, 1, 1]);
}

#[tokio::test]
async fn a_connection_that_is_to_be_closed_is_closed() {
    let (telegram, hook) = warm(|received| match received.number {
        1 => Reply::status("200 OK", "Connection: close\r\n"),
        _ => Reply::ok(),
    })
    .await;
    telegram.writes(1, "closes");
    telegram.first(2, acknowledged).await;
    telegram.writes(1, "next");
    telegram.first(3, acknowledged).await;
    let connections: Vec<_> = hook.received().iter().map(|one| one.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
}

#[tokio::test]
async fn an_answer_that_never_comes_is_given_up_and_asked_for_again() {
    let telegram = Telegram::faster(300.0).await;
    let hook = Hook::start(|received| if received.number == 0 { Reply::Silence } else { Reply::ok() }).await;
    telegram.point_to(&hook, json!({})).await;
    telegram.start_bot(7);
    telegram.first(1, acknowledged).await;
    assert_eq!(telegram.all(answers)[0], WebhookAnswer::Failed("Read timeout expired"));
    let info = telegram.good("getWebhookInfo", json!({})).await;
    assert_eq!(info["last_error_message"], "Read timeout expired");
}

#[tokio::test]
async fn the_last_error_is_remembered_and_what_is_in_flight_is_pending() {
    let (telegram, hook) = warm(|received| match received.text() {
        "bad" => Reply::status("502 Bad Gateway", "Retry-After: 3600\r\n"),
        "slow" => Reply::Gated,
        _ => Reply::ok(),
    })
    .await;
    telegram.writes(1, "bad");
    telegram.writes(1, "behind");
    telegram.start_bot(2);
    telegram.writes(2, "slow");
    telegram.first(3, answers).await;
    telegram.first(4, sent).await;
    let info = telegram.good("getWebhookInfo", json!({})).await;
    assert_eq!(info["pending_update_count"], 3, "{info}");
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 502 Bad Gateway");
    assert!(info["last_error_date"].is_i64());
    super::specification::assert_is("WebhookInfo", &info);
    hook.open_gate();
    telegram.first(3, acknowledged).await;
    let info = telegram.good("getWebhookInfo", json!({})).await;
    assert_eq!(info["pending_update_count"], 2);
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 502 Bad Gateway");
}

#[tokio::test]
async fn nobody_listening_is_an_error_and_nothing_is_lost() {
    let telegram = Telegram::faster(50.0).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    telegram.good("setWebhook", json!({"url": url})).await;
    telegram.start_bot(7);
    telegram.first(2, answers).await;
    let info = telegram.good("getWebhookInfo", json!({})).await;
    assert_eq!(info["last_error_message"], "Connection refused");
    assert_eq!(info["pending_update_count"], 1);
}

#[tokio::test]
async fn presses_expire_long_before_messages() {
    let telegram = Telegram::faster(2000.0).await;
    let hook = Hook::start(|received| match &received.body["callback_query"] {
        Value::Null => Reply::ok(),
        _ => Reply::status("503 Service Unavailable", ""),
    })
    .await;
    telegram.point_to(&hook, json!({})).await;
    telegram.start_bot(7);
    let markup = json!({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]});
    let sent =
        telegram.good("sendMessage", json!({"chat_id": 7, "text": "Ready?", "reply_markup": markup})).await;
    let press = Action::Press { message_id: sent["message_id"].as_i64().unwrap(), data: "go".to_owned() };
    let update = telegram.act(7, press).update_id;
    let expired =
        |what: &What| if let What::UpdateExpired { update_id, .. } = what { Some(*update_id) } else { None };
    assert_eq!(telegram.first(1, expired).await, [update.unwrap()]);
    assert!(hook.received().len() > 5, "it was retried meanwhile");
}

#[tokio::test]
async fn a_call_in_the_answer_is_carried_out_and_its_result_thrown_away() {
    let (telegram, _hook) = warm(|received| match received.text() {
        "ask" => Reply::json(&json!({"method": "sendMessage", "chat_id": 1, "text": "answer"})),
        "who" => Reply::json(&json!({"method": "getMe"})),
        "off" => Reply::json(&json!({"method": "deleteWebhook"})),
        "bad" => Reply::json(&json!({"method": "sendMessage", "chat_id": 1, "txt": "answer"})),
        _ => Reply::json(&json!({"no": "method"})),
    })
    .await;
    for text in ["ask", "who", "off", "plain", "bad"] {
        telegram.writes(1, text);
    }
    telegram.first(6, acknowledged).await;
    telegram
        .until(|events| events.iter().filter(|what| matches!(what, What::CallAnswered { .. })).count() >= 3)
        .await;
    let calls = telegram.all(|what| match what {
        What::CallReceived { method, peer: None, bot, .. } => Some((*bot, method.to_string())),
        _ => None,
    });
    assert_eq!(calls, [(Some(BOT), "sendMessage".to_owned()), (Some(BOT), "sendMessage".to_owned())]);
    assert_eq!(telegram.origins(), [Origin::Sent]);
    assert_eq!(telegram.invalid(), [r#"unknown parameter "txt""#]);
}

#[tokio::test]
async fn what_is_pushed_twice_comes_on_two_connections_and_is_acknowledged_once() {
    let (telegram, hook) = warm(|_| Reply::ok()).await;
    telegram.simulator.push_twice(true);
    telegram.writes(1, "twice");
    telegram.first(2, acknowledged).await;
    let connections = hamdam_testbed::poll("both to come", || async {
        let received = hook.received();
        let twice: Vec<_> = received.iter().filter(|one| one.text() == "twice").collect();
        anyhow::ensure!(twice.len() == 2);
        Ok([twice[0].connection, twice[1].connection])
    })
    .await
    .unwrap();
    assert_ne!(connections[0], connections[1]);
    telegram.simulator.push_twice(false);
    telegram.writes(1, "once");
    assert_eq!(telegram.first(3, acknowledged).await.len(), 3);
    assert_eq!(hook.texts().iter().filter(|text| *text == "once").count(), 1);
}

#[tokio::test]
async fn what_is_no_update_stands_in_its_line_like_any_other() {
    let (telegram, hook) = warm(|_| Reply::ok()).await;
    let spoiled = telegram.simulator.spoil(BOT, 1).unwrap();
    telegram.writes(1, "after it");
    assert_eq!(telegram.first(3, acknowledged).await[1], spoiled);
    let received = hook.received();
    assert!(received[1].body["update_id"].is_string(), "{}", received[1].body);
    assert_eq!(received[2].text(), "after it");
    assert!(telegram.simulator.spoil(BOT, 2).is_err(), "somebody without a chat writes nothing");
}
