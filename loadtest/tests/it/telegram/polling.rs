//! `getUpdates`.

use loadtest::telegram::What;
use serde_json::json;

use super::support::Telegram;

#[tokio::test]
async fn updates_are_given_until_they_are_confirmed() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    telegram.writes(7, "second");
    let updates = telegram.good("getUpdates", json!({})).await;
    assert_eq!(updates.as_array().unwrap().len(), 2);
    super::specification::assert_is("Array of Update", &updates);
    let first = telegram.good("getUpdates", json!({"limit": 1})).await;
    assert_eq!(first[0], updates[0]);
    let offset = updates[0]["update_id"].as_i64().unwrap() + 1;
    let rest = telegram.good("getUpdates", json!({"offset": offset})).await;
    assert_eq!(rest.as_array().unwrap().len(), 1);
    assert_eq!(rest[0]["message"]["text"], "second");
    let confirmed = telegram.all(|what| match what {
        What::Acknowledged { update_id, .. } => Some(*update_id),
        _ => None,
    });
    assert_eq!(confirmed, [offset - 1]);
    telegram.writes(7, "third");
    let last = telegram.good("getUpdates", json!({"offset": -1})).await;
    assert_eq!(last[0]["message"]["text"], "third");
    assert_eq!(telegram.simulator.status().pending_updates, 1);
}

#[tokio::test]
async fn a_long_poll_ends_with_the_first_update() {
    let telegram = Telegram::start().await;
    let poll = telegram.good("getUpdates", json!({"timeout": 50}));
    let write = async {
        telegram.until(|events| events.iter().any(|what| matches!(what, What::CallReceived { .. }))).await;
        telegram.start_bot(7);
    };
    let (updates, ()) = tokio::join!(poll, write);
    assert_eq!(updates[0]["message"]["text"], "/start");
}

#[tokio::test]
async fn a_second_poll_ends_the_first_and_a_webhook_ends_both() {
    let telegram = Telegram::start().await;
    let first = telegram.refused("getUpdates", json!({"timeout": 50}));
    let second = async {
        telegram.until(|events| events.iter().any(|what| matches!(what, What::CallReceived { .. }))).await;
        telegram.good("getUpdates", json!({"timeout": 0})).await
    };
    let (first, second) = tokio::join!(first, second);
    assert!(first.starts_with("409 Conflict: terminated by other getUpdates request"), "{first}");
    assert_eq!(second, json!([]));
    telegram.good("setWebhook", json!({"url": "http://127.0.0.1:1/"})).await;
    let beside = telegram.refused("getUpdates", json!({})).await;
    assert!(
        beside.starts_with("409 Conflict: can't use getUpdates method while webhook is active"),
        "{beside}"
    );
    assert_eq!(
        telegram.refused("getUpdates", json!({"limit": 0})).await.split(':').next(),
        Some("409 Conflict")
    );
}
