//! Steps on one bot's shared keys.

use std::time::Duration;

use hamdam_domain::id::UpdateId;
use hamdam_state::step::bot::{Budget, DeadLetter, Kept};

use super::Subject;
use super::scene::*;

/// Refills so slowly that a case does not notice.
const SLOW: Budget = Budget { per_second: 0.001, burst: 5, learns: false };

pub(super) async fn permits_are_bounded_by_the_bucket(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let ask = async |bot, want| scene.state.permits(bot, want, &SLOW).await.unwrap();
    let some = ask(BOT, 3).await;
    assert_eq!((some.permits, some.wait, some.paused), (3, Duration::ZERO, false));
    let rest = ask(BOT, 3).await;
    assert_eq!((rest.permits, rest.paused), (2, false));
    assert!(rest.wait > Duration::from_mins(10), "{:?}", rest.wait);
    assert_eq!(ask(BOT, 1).await.permits, 0);
    assert_eq!(ask(OTHER_BOT, 1).await.permits, 1, "another token");
}

pub(super) async fn the_bucket_refills(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let budget = Budget { per_second: 10.0, burst: 4, learns: false };
    let ask = async |want| scene.state.permits(BOT, want, &budget).await.unwrap();
    assert_eq!(ask(10).await.permits, 4);
    let dry = ask(1).await;
    if dry.permits > 0 || !subject.pass(dry.wait + Duration::from_millis(5)).await {
        return;
    }
    assert!(dry.wait <= Duration::from_millis(101), "{:?}", dry.wait);
    assert_eq!(ask(1).await.permits, 1);
    subject.pass(Duration::from_secs(2)).await;
    assert_eq!(ask(10).await.permits, 4, "never more than the burst");
}

pub(super) async fn what_was_used_of_a_budget_lately_is_known(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let busy = async |bot| scene.state.busy(bot).await.unwrap();
    let budget = Budget { per_second: 10.0, burst: 100, learns: false };
    assert_eq!(busy(BOT).await, 0);
    assert_eq!(scene.state.permits(BOT, 50, &budget).await.unwrap().permits, 50);
    // Half of ten seconds, less what of that is ten seconds ago by now.
    let half = busy(BOT).await;
    assert!((1..=500).contains(&half), "{half}");
    assert_eq!(scene.state.permits(BOT, 50, &budget).await.unwrap().permits, 50);
    let whole = busy(BOT).await;
    assert!(half < whole && whole <= 1_000, "{half}, then {whole}");
    assert_eq!(busy(OTHER_BOT).await, 0, "another token");
    let learning = Budget { per_second: 8.0, burst: 2, learns: true };
    assert_eq!(scene.state.permits(OTHER_BOT, 1, &learning).await.unwrap().permits, 1);
    let little = busy(OTHER_BOT).await;
    assert!((1..=12).contains(&little), "{little}");
    scene.state.pause(OTHER_BOT, Duration::from_mins(1)).await.unwrap();
    assert_eq!(busy(OTHER_BOT).await, 1_000, "nothing can be sent");
    if subject.pass(Duration::from_secs(61)).await {
        assert_eq!((busy(BOT).await, busy(OTHER_BOT).await), (0, 0), "long ago");
    }
}

pub(super) async fn a_bucket_that_learns_falls_after_a_pause_and_rises_on_demand(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let budget = Budget { per_second: 30.0, burst: 8, learns: true };
    let ask = async |want| scene.state.permits(BOT, want, &budget).await.unwrap();
    let rate = |per_second: f64, wanted: f64| {
        assert!((per_second - wanted).abs() < 1e-9, "{per_second}, not {wanted}");
    };
    let first = ask(100).await;
    assert_eq!(first.permits, 8);
    rate(first.per_second, 30.0);
    for _ in 0..3 {
        scene.state.pause(BOT, Duration::from_secs(3)).await.unwrap();
    }
    let paused = ask(1).await;
    assert!(paused.paused);
    rate(paused.per_second, 15.0);
    if !subject.pass(Duration::from_millis(5_200)).await {
        return;
    }
    let full = ask(100).await;
    assert_eq!(full.permits, 4, "a quarter of a second's permits at the rate by now");
    rate(full.per_second, 15.0);
    rate(ask(1).await.per_second, 15.0);
    // Five seconds' permits overflowed: it grows once it was emptied for a second, however long this machine takes.
    let mut grown = ask(100).await.per_second;
    while grown < 15.5 {
        subject.pass(Duration::from_millis(50)).await;
        grown = ask(100).await.per_second;
    }
    rate(grown, 16.5);
    let fixed = Budget { learns: false, ..budget };
    rate(scene.state.permits(BOT, 1, &fixed).await.unwrap().per_second, 30.0);
}

pub(super) async fn a_pause_stops_the_whole_token(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.state.pause(BOT, Duration::from_mins(1)).await.unwrap();
    scene.state.pause(BOT, Duration::from_secs(10)).await.unwrap();
    let granted = scene.state.permits(BOT, 1, &SLOW).await.unwrap();
    assert!(granted.paused && granted.permits == 0);
    assert!(
        granted.wait > Duration::from_secs(50) && granted.wait <= Duration::from_mins(1),
        "a longer one stays"
    );
    assert_eq!(scene.state.permits(OTHER_BOT, 1, &SLOW).await.unwrap().permits, 1);
    scene.state.pause(OTHER_BOT, Duration::from_millis(100)).await.unwrap();
    if subject.pass(Duration::from_millis(150)).await {
        assert_eq!(scene.state.permits(OTHER_BOT, 1, &SLOW).await.unwrap().permits, 1);
    }
}

pub(super) async fn an_era_begins_with_another_server(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let era = async |server| scene.state.era(BOT, server).await.unwrap();
    assert_eq!(era("https://api.telegram.org").await, 0);
    assert_eq!(era("https://api.telegram.org").await, 0);
    assert_eq!(era("http://localhost:8081").await, 1);
    assert_eq!(era("http://localhost:8081").await, 1);
    assert_eq!(era("https://api.telegram.org").await, 2, "ids may have moved on there");
    assert_eq!(scene.state.era(OTHER_BOT, "http://localhost:8081").await.unwrap(), 0);
}

pub(super) async fn strikes_count_per_update(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let strike = async |bot, id| scene.state.strike(bot, UpdateId(id)).await.unwrap();
    assert_eq!(strike(BOT, 10).await, 1);
    assert_eq!(strike(BOT, 10).await, 2);
    assert_eq!(strike(BOT, 11).await, 1);
    assert_eq!(strike(OTHER_BOT, 10).await, 1);
    if subject.pass(Duration::from_mins(61)).await {
        assert_eq!(strike(BOT, 10).await, 1);
    }
}

pub(super) async fn letters_are_taken(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let letter = DeadLetter { body: vec![0, 255, 10, b'{'], reason: "no JSON".into() };
    scene.state.bury(BOT, &letter).await.unwrap();
    scene.state.bury(BOT, &letter).await.unwrap();
}

fn file(unique: &str, id: &str) -> Kept {
    Kept { unique: unique.into(), id: id.into(), most: 2, life: LONG }
}

pub(super) async fn a_file_is_remembered_for_its_bot(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    assert_eq!(scene.state.file(BOT, "one").await.unwrap(), None);
    scene.state.keep_file(BOT, &file("one", "a b")).await.unwrap();
    assert_eq!(scene.state.file(BOT, "one").await.unwrap().as_deref(), Some("a b"));
    assert_eq!(scene.state.file(OTHER_BOT, "one").await.unwrap(), None);
    scene.state.keep_file(BOT, &file("one", "c")).await.unwrap();
    assert_eq!(scene.state.file(BOT, "one").await.unwrap().as_deref(), Some("c"), "the newest word counts");
}

pub(super) async fn only_so_many_files_are_remembered(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    for (unique, more) in [("one", 0), ("two", 10), ("three", 20)] {
        let life = LONG + Duration::from_secs(more);
        scene.state.keep_file(BOT, &Kept { life, ..file(unique, "x") }).await.unwrap();
    }
    assert_eq!(scene.state.file(BOT, "one").await.unwrap(), None);
    assert!(scene.state.file(BOT, "two").await.unwrap().is_some());
    assert!(scene.state.file(BOT, "three").await.unwrap().is_some());
}

pub(super) async fn a_file_is_forgotten_in_time(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let short = Kept { life: Duration::from_millis(50), ..file("one", "x") };
    scene.state.keep_file(BOT, &short).await.unwrap();
    if subject.pass(Duration::from_millis(60)).await {
        assert_eq!(scene.state.file(BOT, "one").await.unwrap(), None);
    }
}
