//! 429.

use std::time::Duration;

use loadtest::telegram::{Outcome, Rate, Settings, What};
use serde_json::json;

use super::support::{OTHER, OTHER_BOT, Telegram};

/// So slow that no test waits for a permit.
const SLOW: f64 = 0.001;

fn rate(burst: f64) -> Rate {
    Rate { per_second: SLOW, burst }
}

fn text(user: i64) -> serde_json::Value {
    json!({"chat_id": user, "text": "x"})
}

#[tokio::test]
async fn a_chat_takes_a_burst_and_then_waits_alone() {
    let telegram =
        Telegram::with(Settings { bot_rate: None, chat_rate: Some(rate(3.0)), ..Settings::default() }).await;
    telegram.start_bot(1);
    telegram.start_bot(2);
    for _ in 0..3 {
        telegram.good("sendMessage", text(1)).await;
    }
    let answer = telegram.call("sendMessage", text(1)).await;
    assert_eq!(answer.status, 429);
    let seconds = answer.json["parameters"]["retry_after"].as_u64().unwrap();
    assert!((900..=1000).contains(&seconds), "{seconds}");
    assert_eq!(answer.json["description"], format!("Too Many Requests: retry after {seconds}"));
    assert!(answer.head.contains(&format!("retry-after: {seconds}")), "{}", answer.head);
    telegram.good("sendMessage", text(2)).await;
    telegram.good("sendChatAction", json!({"chat_id": 1, "action": "typing"})).await;
    assert!(telegram.invalid().is_empty());
    assert_eq!(telegram.simulator.status().too_many, 1);
    assert_eq!(telegram.origins().len(), 4, "what is refused is not placed");
}

#[tokio::test]
async fn a_token_has_its_own_budget() {
    let telegram =
        Telegram::with(Settings { bot_rate: Some(rate(2.0)), chat_rate: None, ..Settings::default() }).await;
    telegram.start_bot(1);
    telegram.start_bot(2);
    telegram.simulator.act(OTHER_BOT, 1, loadtest::telegram::Action::Start { payload: None }).unwrap();
    telegram.good("sendMessage", text(1)).await;
    telegram.good("sendMessage", text(2)).await;
    assert_eq!(telegram.call("sendMessage", text(2)).await.status, 429);
    assert_eq!(telegram.call_as(OTHER, "sendMessage", text(1)).await.status, 200);
    telegram.simulator.limit(None, None);
    telegram.good("sendMessage", text(2)).await;
}

#[tokio::test]
async fn short_waits_may_be_served_as_latency() {
    let chat_rate = Some(Rate { per_second: 20.0, burst: 1.0 });
    let absorb = Duration::from_secs(8);
    let telegram =
        Telegram::with(Settings { bot_rate: None, chat_rate, absorb, ..Settings::default() }).await;
    telegram.start_bot(1);
    for _ in 0..3 {
        telegram.good("sendMessage", text(1)).await;
    }
    let took = telegram.all(|what| match what {
        What::CallAnswered { outcome: Outcome::Done, took, .. } => Some(*took),
        _ => None,
    });
    assert!(took[1] > Duration::from_millis(20) && took[2] > Duration::from_millis(20), "{took:?}");
    telegram.simulator.limit(Some(rate(1.0)), None);
    telegram.good("sendMessage", text(1)).await;
    assert_eq!(telegram.call("sendMessage", text(1)).await.status, 429, "not a wait of a quarter of an hour");
}
