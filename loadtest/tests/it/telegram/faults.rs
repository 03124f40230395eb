//! Calls that go wrong on purpose.

use loadtest::telegram::{Fault, FaultRule, Outcome, What};
use serde_json::json;

use super::support::{TOKEN, Telegram, request};

fn outcomes(telegram: &Telegram) -> Vec<Outcome> {
    telegram
        .all(|what| if let What::CallAnswered { outcome, .. } = what { Some(outcome.clone()) } else { None })
}

async fn send(telegram: &Telegram) -> Option<u16> {
    let body = json!({"chat_id": 7, "text": "x"}).to_string();
    let path = format!("/bot{TOKEN}/sendMessage");
    request(telegram.address, "POST", &path, "application/json", body.as_bytes())
        .await
        .map(|answer| answer.status)
}

/// One call under this fault: its status if it was answered, whether it took effect, and what was told.
async fn under(fault: Fault) -> (Option<u16>, bool, Outcome) {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    telegram.simulator.break_calls(vec![FaultRule { times: Some(1), ..FaultRule::every(fault) }]);
    let status = send(&telegram).await;
    telegram.until(|events| events.iter().any(|what| matches!(what, What::CallAnswered { .. }))).await;
    let result = (status, !telegram.origins().is_empty(), outcomes(&telegram).remove(0));
    assert_eq!(send(&telegram).await, Some(200), "the fault struck once");
    assert!(telegram.invalid().is_empty());
    result
}

#[tokio::test]
async fn answers_instead_of_execution() {
    let (status, executed, outcome) = under(Fault::TooMany(17)).await;
    assert_eq!((status, executed), (Some(429), false));
    assert!(matches!(outcome, Outcome::Refused { code: 429, retry_after: Some(17), .. }), "{outcome:?}");
    let (status, executed, _) = under(Fault::BadGateway).await;
    assert_eq!((status, executed), (Some(502), false));
    let (status, executed, _) = under(Fault::Internal).await;
    assert_eq!((status, executed), (Some(500), false));
}

#[tokio::test]
async fn silence_before_execution() {
    for fault in [Fault::Close, Fault::Hang(20)] {
        assert_eq!(under(fault).await, (None, false, Outcome::Unanswered { executed: false }), "{fault:?}");
    }
}

#[tokio::test]
async fn silence_after_execution() {
    for fault in [Fault::CloseAfter, Fault::HangAfter(20)] {
        assert_eq!(under(fault).await, (None, true, Outcome::Unanswered { executed: true }), "{fault:?}");
    }
}

#[tokio::test]
async fn a_slow_answer_is_an_answer() {
    assert_eq!(under(Fault::Slow(20)).await, (Some(200), true, Outcome::Done));
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_the_call_unanswered() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    telegram.simulator.break_calls(vec![FaultRule::every(Fault::Slow(3_600_000))]);
    let call = send(&telegram);
    let placed =
        telegram.until(|events| events.iter().any(|what| matches!(what, What::MessagePlaced { .. })));
    tokio::select! {
        _ = call => panic!("it was answered"),
        () = placed => {}
    }
    telegram.until(|events| events.iter().any(|what| matches!(what, What::CallAnswered { .. }))).await;
    assert_eq!(outcomes(&telegram), [Outcome::Unanswered { executed: true }]);
    assert_eq!(telegram.simulator.status().calls_in_flight, 0);
}

#[tokio::test]
async fn a_fault_strikes_only_what_it_is_for() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    telegram.start_bot(8);
    let rule = FaultRule::every(Fault::Internal);
    telegram.simulator.break_calls(vec![
        FaultRule { chat: Some(8), ..rule.clone() },
        FaultRule { method: "copy".to_owned(), ..rule.clone() },
        FaultRule { bot: Some(5002), ..rule.clone() },
        FaultRule { share: 0.0, ..rule },
    ]);
    telegram.good("sendMessage", json!({"chat_id": 7, "text": "x"})).await;
    assert_eq!(telegram.call("sendMessage", json!({"chat_id": 8, "text": "x"})).await.status, 500);
    let copy = json!({"chat_id": 7, "from_chat_id": 7, "message_id": 1});
    assert_eq!(telegram.call("copyMessage", copy).await.status, 500);
    assert_eq!(telegram.call_as(super::support::OTHER, "getMe", json!({})).await.status, 500);
    telegram.simulator.break_calls(Vec::new());
    telegram.good("sendMessage", json!({"chat_id": 8, "text": "x"})).await;
}

#[tokio::test]
async fn the_same_seed_strikes_the_same_calls() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let telegram = Telegram::start().await;
        telegram.start_bot(7);
        telegram.simulator.break_calls(vec![FaultRule { share: 0.5, ..FaultRule::every(Fault::Internal) }]);
        let mut statuses = Vec::new();
        for _ in 0..20 {
            statuses.push(send(&telegram).await);
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&Some(200)) && runs[0].contains(&Some(500)), "{:?}", runs[0]);
}
