//! Invariants 3 and 4 for one update: wherever its handling dies, Telegram's retry brings the same world about.

use hamdam_state::memory::Pass;
use serde_json::{Value, json};

use super::stage::{ANN, BEN, BOT, Stage, edits, member, press, says, sends_anyway, text};

/// Where the update comes in.
#[derive(Clone, Copy, Debug)]
enum Before {
    Nothing,
    Searching,
    Matched,
    Chatting,
    /// Ann was asked whether her message 31 is meant.
    Asked,
}

async fn stage(before: Before) -> Stage {
    match before {
        Before::Nothing => Stage::new(),
        Before::Searching => {
            let stage = Stage::new();
            stage.does(10, &text(ANN, "/search")).await;
            stage
        }
        Before::Matched => Stage::matched().await,
        Before::Chatting => Stage::chatting().await,
        Before::Asked => {
            let stage = Stage::chatting().await;
            stage.does(25, &says(ANN, &json!({"contact": {}}))).await;
            stage
        }
    }
}

fn cases() -> Vec<(Before, Value)> {
    vec![
        (Before::Nothing, text(ANN, "/start")),
        (Before::Nothing, text(ANN, "/search")),
        (Before::Nothing, text(ANN, "hi")),
        (Before::Nothing, text(ANN, "/stop")),
        (Before::Searching, text(ANN, "/stop")),
        (Before::Searching, text(ANN, "/search")),
        (Before::Searching, press(ANN, "cancel:100:10")),
        (Before::Searching, member(ANN, "kicked")),
        (Before::Matched, text(ANN, "/stop")),
        (Before::Matched, text(BEN, "/stop")),
        (Before::Matched, text(BEN, "/next")),
        (Before::Matched, text(BEN, "hi")),
        (Before::Chatting, text(ANN, "hi")),
        (Before::Chatting, says(ANN, &json!({"text": "x", "reply_to_message": {"message_id": 3}}))),
        (Before::Chatting, says(ANN, &json!({"story": {}}))),
        (Before::Chatting, edits(ANN, "better")),
        (Before::Chatting, text(ANN, "/stop")),
        (Before::Chatting, press(ANN, "next:9001")),
        (Before::Chatting, press(ANN, "next:1")),
        (Before::Chatting, member(ANN, "kicked")),
        (Before::Chatting, text(ANN, "/help")),
        (Before::Chatting, says(ANN, &json!({"contact": {}}))),
        (Before::Chatting, text(ANN, "https://example.com")),
        (Before::Chatting, edits(ANN, "@mina_k")),
        (Before::Asked, sends_anyway(ANN, "send:9001:31", &json!({"contact": {}}))),
        (Before::Asked, sends_anyway(ANN, "send:9001:31", &json!({"text": "https://example.com"}))),
    ]
}

/// Each step in turn is not sent, sent without an answer, or sent twice. After a failure the update comes again.
#[tokio::test]
async fn a_retry_mends_what_a_crash_at_any_step_left() {
    let mut tried = 0;
    for (before, event) in cases() {
        let calm = stage(before).await;
        calm.warden.trouble(0, 0, Pass::Once);
        calm.does(30, &event).await;
        let (steps, wanted) = (calm.warden.steps(), calm.world());
        assert!(steps >= 2, "{before:?} {event}");
        for step in 0..steps {
            for pass in [Pass::Unsent, Pass::Unheard, Pass::Twice] {
                let shaken = stage(before).await;
                shaken.warden.trouble(step, 1, pass);
                let first = shaken.handle(BOT, 30, &event).await;
                assert_eq!(first.is_ok(), pass == Pass::Twice, "{before:?} {event} step {step} {pass:?}");
                if first.is_err() {
                    shaken.does(30, &event).await;
                }
                assert_eq!(shaken.world(), wanted, "{before:?} {event} step {step} {pass:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "{tried}");
}
