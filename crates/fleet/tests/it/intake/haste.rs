//! Updates that come in too fast, through an intake.

use hamdam_bot::Outcome;
use hamdam_domain::outbox::Notice;
use serde_json::{Value, json};

use super::stage::{ANN, BEN, BOT, NOW, Stage, press, text};

/// Ann writes so many texts, one behind the other in one second; answers what came of them.
async fn writes(stage: &Stage, first: i64, texts: i64) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for n in 0..texts {
        outcomes.push(stage.does(first + n, &numbered(n)).await);
    }
    outcomes
}

fn numbered(n: i64) -> Value {
    let mut written = text(ANN, &format!("number {n}"));
    written["message"]["message_id"] = json!(31 + n);
    written
}

fn times(outcomes: &[Outcome], outcome: Outcome) -> usize {
    outcomes.iter().filter(|made| **made == outcome).count()
}

#[tokio::test]
async fn a_flood_is_told_once_and_reaches_nobody() {
    let stage = Stage::chatting_in_haste().await;
    // Her search was counted as well: everything of this stage happens in one second.
    let outcomes = writes(&stage, 30, 200).await;
    assert_eq!((times(&outcomes, Outcome::Relayed), times(&outcomes, Outcome::Slowed)), (30, 170));
    assert!(outcomes[..30].iter().all(|outcome| *outcome == Outcome::Relayed));
    let told = stage.told(ANN);
    let floods = told.iter().filter(|notice| matches!(notice, Notice::Flooded { .. })).count();
    assert_eq!((floods, told.len()), (1, 3), "{told:?}");
    for n in 0..50 {
        stage.does(1_000 + n, &press(ANN, "page:home")).await;
    }
    assert_eq!(stage.told(ANN).len(), 3, "nothing piles up for her chat");
    assert_eq!(stage.does(2_000, &text(BEN, "and I")).await, Outcome::Relayed, "nobody else notices");
    stage.does(2_001, &text(ANN, "/stop")).await;
    assert_eq!(stage.session(ANN).name(), "idle", "leaving always works");
    assert!(matches!(stage.told(BEN).last(), Some(Notice::PartnerLeft { .. })));
}

#[tokio::test]
async fn an_update_that_is_delivered_again_and_again_counts_once() {
    let stage = Stage::chatting_in_haste().await;
    for _ in 0..100 {
        stage.handle(BOT, 30, &numbered(0)).await.unwrap();
    }
    assert_eq!(stage.does(31, &numbered(1)).await, Outcome::Relayed);
    let pace = stage.world().users[&ANN].pace.unwrap();
    assert_eq!((pace.level, pace.second), (2_000, NOW.0 / 1_000));
}

#[tokio::test]
async fn the_same_text_again_and_again_is_a_flood_sooner() {
    let stage = Stage::chatting_in_haste().await;
    let mut relayed = 0;
    for n in 0..30 {
        relayed += usize::from(stage.does(30 + n, &text(ANN, "buy my shoes")).await == Outcome::Relayed);
    }
    assert_eq!(relayed, 6, "one, and five that weigh five times as much");
}
