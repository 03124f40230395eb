//! What passes is tried again for ever; what never passes is kept aside (invariant 8).

use futures::FutureExt;
use hamdam_bot::Outcome;
use hamdam_domain::id::BotId;
use hamdam_fleet::intake::{IntakeError, STRIKES};
use hamdam_state::memory::Pass;

use super::stage::{ANN, BOT, Stage, text};

fn body(id: i64) -> Vec<u8> {
    let mut update = text(ANN, "/help");
    update["update_id"] = id.into();
    update.to_string().into_bytes()
}

fn letters(stage: &Stage) -> Vec<String> {
    stage.state.inspect(|world| {
        world.bots.get(&BOT).map_or_else(Vec::new, |bot| {
            bot.letters.iter().map(|(_, letter)| letter.reason.clone()).collect()
        })
    })
}

/// Somebody else changes Ann's record before every step that compares it.
async fn restless() -> Stage {
    let stage = Stage::new();
    stage.does(1, &text(ANN, "/start")).await;
    stage.warden.before("act", usize::MAX, |state| {
        async move { state.tamper(|world| world.users.get_mut(&ANN).unwrap().version += 1) }.boxed()
    });
    stage
}

#[tokio::test]
async fn a_record_that_never_rests_is_an_error_and_not_a_loop() {
    let stage = restless().await;
    let error = stage.handle(BOT, 2, &text(ANN, "/help")).await.unwrap_err();
    assert!(matches!(error, IntakeError::Contended) && !error.passes(), "{error}");
}

#[tokio::test]
async fn an_update_that_fails_for_its_own_sake_is_kept_aside_in_the_end() {
    let stage = restless().await;
    for strike in 1..STRIKES {
        let received = stage.intake.receive(BOT, &body(2)).await;
        assert!(received.result.is_err(), "strike {strike}");
        assert_eq!(letters(&stage), Vec::<String>::new());
    }
    assert_eq!(stage.intake.receive(BOT, &body(2)).await.result.unwrap(), Outcome::Buried);
    let kept = letters(&stage);
    assert!(kept.len() == 1 && kept[0].contains("changed"), "{kept:?}");
    let counted = stage.metrics.encode();
    assert!(counted.contains(r#"hamdam_dead_letters_total{bot="100"} 1"#), "{counted}");
    assert!(counted.contains(r#"outcome="buried"} 1"#), "{counted}");
}

#[tokio::test]
async fn an_update_is_not_to_blame_for_a_state_that_is_away() {
    let stage = Stage::new();
    stage.warden.trouble(0, usize::MAX / 2, Pass::Unsent);
    for _ in 0..3 * STRIKES {
        let error = stage.intake.receive(BOT, &body(2)).await.result.unwrap_err();
        assert!(error.passes(), "{error}");
    }
    stage.warden.peace();
    assert_eq!(stage.intake.receive(BOT, &body(2)).await.result.unwrap(), Outcome::Answered);
    assert_eq!(letters(&stage), Vec::<String>::new());
}

#[tokio::test]
async fn what_passes_by_itself_is_no_strike_while_the_state_counts_strikes() {
    // One step alone stays unanswered.
    let shaky = Stage::new();
    shaky.does(1, &text(ANN, "/start")).await;
    // The durable record is away, and Ann is not known yet.
    let sleepy = Stage::new();
    *sleepy.record.away.lock().unwrap() = true;
    for _ in 0..3 * STRIKES {
        shaky.warden.trouble(1, 1, Pass::Unsent);
        for stage in [&shaky, &sleepy] {
            assert!(stage.intake.receive(BOT, &body(2)).await.result.unwrap_err().passes());
        }
    }
    for stage in [&shaky, &sleepy] {
        stage.warden.peace();
        *stage.record.away.lock().unwrap() = false;
        assert_eq!(stage.intake.receive(BOT, &body(2)).await.result.unwrap(), Outcome::Answered);
    }
}

#[tokio::test]
async fn garbage_is_kept_aside_at_once_and_its_reason_quotes_nothing() {
    let stage = Stage::new();
    for garbage in ["{\"update_id\":1,", r#"{"update_id":"my secret"}"#, "my secret", ""] {
        let received = stage.intake.receive(BOT, garbage.as_bytes()).await;
        assert_eq!((received.result.unwrap(), received.update), (Outcome::Buried, None), "{garbage}");
    }
    let kept = letters(&stage);
    assert_eq!(kept.len(), 4);
    assert!(kept.iter().all(|reason| reason.contains("column") && !reason.contains("secret")), "{kept:?}");
}

#[tokio::test]
async fn garbage_that_cannot_be_kept_is_not_acknowledged() {
    let stage = Stage::new();
    stage.warden.trouble(0, 1, Pass::Unsent);
    assert!(stage.intake.receive(BOT, b"{").await.result.is_err());
    assert_eq!(stage.intake.receive(BOT, b"{").await.result.unwrap(), Outcome::Buried);
}

#[tokio::test]
async fn an_update_for_a_strange_bot_is_refused() {
    let error = Stage::new().handle(BotId(5), 1, &text(ANN, "/help")).await.unwrap_err();
    assert!(matches!(error, IntakeError::UnknownBot(BotId(5))), "{error}");
}
