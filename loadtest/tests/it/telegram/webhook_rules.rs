//! `setWebhook` and its kin.

use loadtest::telegram::{Settings, What};
use serde_json::json;

use super::support::{Hook, Reply, Telegram};

#[tokio::test]
async fn the_public_server_refuses_plain_http() {
    let telegram = Telegram::with(Settings { local: false, ..Settings::default() }).await;
    let refusal = telegram.refused("setWebhook", json!({"url": "http://example.org/"})).await;
    assert_eq!(refusal, "400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
    let refusal = telegram.refused("setWebhook", json!({"url": "https://example.org:9000/"})).await;
    assert_eq!(
        refusal,
        "400 Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
    );
    assert_eq!(telegram.invalid().len(), 2);
}

#[tokio::test]
async fn what_a_webhook_may_be_given_is_checked() {
    let telegram = Telegram::start().await;
    let url = "http://127.0.0.1:1/";
    let refusals = [
        (json!({"url": url, "secret_token": "has space"}), "secret token contains unallowed characters"),
        (json!({"url": url, "secret_token": "x".repeat(257)}), "secret token is too long"),
        (json!({"url": url, "max_connections": 0}), "max_connections must be 1-100"),
        (json!({"url": url, "max_connections": 101}), "max_connections must be 1-100"),
        (json!({"url": url, "allowed_updates": ["mesage"]}), "there are no updates of kind \"mesage\""),
        (json!({"secret_token": "x"}), "parameter \"url\" is required"),
    ];
    for (body, text) in refusals {
        assert_eq!(telegram.refused("setWebhook", body).await, format!("400 Bad Request: {text}"));
    }
    assert_eq!(telegram.good("getWebhookInfo", json!({})).await["url"], "");
}

#[tokio::test]
async fn the_same_settings_change_nothing_and_once_per_second_is_enough() {
    let telegram = Telegram::start().await;
    let body = json!({"url": "http://127.0.0.1:1/x", "secret_token": "s", "max_connections": 7});
    let set = telegram.call("setWebhook", body.clone()).await;
    assert_eq!(set.json, json!({"ok": true, "result": true, "description": "Webhook was set"}));
    let again = telegram.call("setWebhook", body.clone()).await;
    assert_eq!(again.status, 429);
    assert_eq!(again.json["parameters"]["retry_after"], 1);
    assert_eq!(again.json["description"], "Too Many Requests: retry after 1");
    tokio::time::sleep(std::time::Duration::from_millis(1_010)).await;
    let again = telegram.call("setWebhook", body).await;
    assert_eq!(again.json["description"], "Webhook is already set");
    let info = telegram.good("getWebhookInfo", json!({})).await;
    assert_eq!(info["url"], "http://127.0.0.1:1/x");
    assert_eq!(info["max_connections"], 7);
    let deleted = telegram.call("deleteWebhook", json!({})).await;
    assert_eq!(deleted.json["description"], "Webhook was deleted");
    let deleted = telegram.call("deleteWebhook", json!({})).await;
    assert_eq!(deleted.json["description"], "Webhook is already deleted");
    assert!(telegram.invalid().is_empty(), "none of this is a mistake");
}

#[tokio::test]
async fn updates_outlive_the_webhook_unless_they_are_dropped() {
    let telegram = Telegram::start().await;
    let hook = Hook::start(|_| Reply::Gated).await;
    telegram.point_to(&hook, json!({})).await;
    telegram.start_bot(1);
    telegram.until(|events| events.iter().any(|what| matches!(what, What::WebhookSent { .. }))).await;
    telegram.good("deleteWebhook", json!({})).await;
    telegram.start_bot(2);
    let dropped = |what: &What| if let What::UpdateDropped { user, .. } = what { Some(*user) } else { None };
    assert_eq!(telegram.simulator.status().pending_updates, 2, "one was in flight");
    telegram.good("deleteWebhook", json!({"drop_pending_updates": true})).await;
    assert_eq!(telegram.all(dropped), [1, 2]);
    assert_eq!(telegram.simulator.status().pending_updates, 0);
    hook.open_gate();
    let late = |what: &What| matches!(what, What::Acknowledged { .. } | What::WebhookAnswered { .. });
    assert!(!telegram.events().iter().any(late), "an answer to a webhook that is gone counts for nothing");
}
