//! The judge is judged: a right bot comes out clean, and every way of being wrong is caught in its own count.

pub(crate) mod bot;
mod model;

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::thread;

use loadtest::oracle::Fault;
use loadtest::report::Verdict;
use loadtest::run::{conduct, gallery};
use loadtest::telegram::{Settings, Simulator};
use loadtest::users::{Habits, Plan};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Duration, interval, timeout};

pub(crate) const TOKEN: &str = "77:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A short run with a bot that is wrong in this way, or right.
async fn verdict(sabotage: Option<Fault>) -> Verdict {
    let mut tasks = JoinSet::new();
    let (witness, events) = gallery();
    let settings = Settings { bot_rate: None, chat_rate: None, ..Settings::default() };
    let simulator = Simulator::new(settings, witness);
    let id = simulator.add_bot(TOKEN).unwrap();
    let api = listener().await;
    let api_url = format!("http://{}/bot{TOKEN}", api.local_addr().unwrap());
    let server = simulator.clone();
    tasks.spawn(async move { server.serve(api, axum::Router::new()).await });
    let webhook = listener().await;
    let webhook_url = format!("http://{}/telegram/{id}", webhook.local_addr().unwrap());
    tasks.spawn(bot::serve(webhook, api_url.clone(), id, sabotage));
    let set = bot::client().post(format!("{api_url}/setWebhook")).json(&json!({ "url": webhook_url }));
    let set: Value = set.send().await.unwrap().json().await.unwrap();
    assert_eq!(set["ok"], true, "{set}");

    let (conducting, conductor) = conduct(simulator, events);
    tasks.spawn(conductor);
    let run = conducting.begin(plan(id)).await.unwrap();
    let mut look = interval(Duration::from_millis(50));
    let verdict = async {
        loop {
            look.tick().await;
            if let Some(verdict) = conducting.verdict(run) {
                return verdict;
            }
        }
    };
    timeout(Duration::from_mins(2), verdict).await.expect("a run of some seconds ends").judged(None)
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// Two dozen lively people.
fn plan(bot: i64) -> Plan {
    let habits = Habits {
        stay_at_least: 1.5,
        stay: 3.0,
        joins_per_second: 50.0,
        uncopyable: 0.03,
        replies: 0.3,
        edits: 0.3,
        ..Habits::default()
    };
    Plan {
        bots: vec![bot],
        first_user: 0,
        users: 24,
        messages_per_minute: 20.0,
        seconds: 20,
        seed: 5,
        drain_seconds: 20,
        habits,
        patience_seconds: Some(4.0),
    }
}

/// Runs all of them side by side, because they mostly wait, and answers the one asked for.
fn verdict_of(sabotage: Option<Fault>) -> Verdict {
    static RUNS: OnceLock<Mutex<HashMap<Option<Fault>, Receiver<Verdict>>>> = OnceLock::new();
    let runs = RUNS.get_or_init(|| {
        let (mut sabotages, mut verdicts) = (Vec::new(), HashMap::new());
        for sabotage in Fault::ALL.map(Some).into_iter().chain([None]) {
            let (told, verdict) = channel();
            sabotages.push((sabotage, told));
            verdicts.insert(sabotage, verdict);
        }
        thread::spawn(move || run_all(sabotages));
        Mutex::new(verdicts)
    });
    let verdict = runs.lock().unwrap().remove(&sabotage).expect("each run is asked for once");
    verdict.recv().expect("the run came to a verdict")
}

#[tokio::main]
async fn run_all(sabotages: Vec<(Option<Fault>, Sender<Verdict>)>) {
    let mut runs = JoinSet::new();
    for (sabotage, told) in sabotages {
        // A test that is filtered out does not listen.
        runs.spawn(async move { drop(told.send(verdict(sabotage).await)) });
    }
    while let Some(run) = runs.join_next().await {
        run.unwrap();
    }
}

#[test]
fn a_right_bot_comes_out_clean() {
    let verdict = verdict_of(None);
    assert!(verdict.good, "{verdict:#?}");
    assert!(verdict.rooms > 24 && verdict.replies_landed > 0 && verdict.edits_relayed > 0, "{verdict:#?}");
}

macro_rules! caught {
    ($($name:ident: $fault:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            let verdict = verdict_of(Some(Fault::$fault));
            assert!(verdict.counts.get(Fault::$fault) > 0, "{verdict:#?}");
            assert!(!verdict.good);
        }
    )*};
}

caught! {
    losing_is_caught: Lost,
    sending_twice_is_caught: Duplicated,
    sending_to_a_stranger_is_caught: Misdelivered,
    sending_after_the_end_is_caught: DeliveredAfterLeave,
    sending_out_of_order_is_caught: Reordered,
    matching_somebody_in_a_room_is_caught: DoubleMatched,
    matching_somebody_with_themselves_is_caught: SelfMatched,
    letting_people_wait_is_caught: StuckWaiting,
    wrong_calls_are_caught: InvalidCalls,
}
