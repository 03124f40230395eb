//! Short versions of what proves the fleet: a profile with its counts, and faults. Times are printed, never asserted.

use std::time::Duration;

use hamdam_testbed::fleet::Binaries;
use loadtest::bench::count;
use loadtest::chaos::{Fault, Plan, Staged, Stroke, suffer};
use loadtest::profile::{Measured, Profile, measure, measure_among};
use loadtest::report::Phase;
use loadtest::run::Control;
use loadtest::rush::{self, rush};
use loadtest::telegram::{Limits, Rate};
use serde_json::Value;
use tokio::time::interval;

use super::stage::{Size, Stage, alone};

#[tokio::test]
async fn a_small_profile_stays_within_its_counts() {
    let _alone = alone().await;
    let measured = measure(Profile::Tiny, 15, None, None).await.unwrap();
    let verdict = &measured.verdict;
    assert!(verdict.good, "{:#?}\n{:#?}", verdict.reasons, verdict.findings);
    assert_eq!(verdict.counts.duplicated, 0);
    println!("{measured:#?}");
    assert!(measured.db_connections_peak < 20.0, "{} database connections", measured.db_connections_peak);
    assert!(measured.redis_connections_peak <= 2.0 * 2.0, "one to Redis and one for rings, of two instances");
    // Everybody has just come, and whoever pressed and wrote within a second has how much they sent in their record until
    // they next take their time: some 20 bytes that people who have sat down do not have.
    assert!(measured.session_bytes < 420.0, "{} bytes a session", measured.session_bytes);
    agrees_with_the_plan(&measured).await;
}

/// What `hamdam plan` reckons with is what was measured, as far as it is the same in every build on every machine.
async fn agrees_with_the_plan(measured: &Measured) {
    let mut command = tokio::process::Command::new(Binaries::beside_this().unwrap().hamdam);
    command.args(["plan", "--json", "--users", &measured.users.to_string()]);
    let output = command.output().await.unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let (plan, costs) = (&answer[0]["plan"], answer[0]["costs"].as_array().unwrap());
    let session =
        costs.iter().find(|cost| cost["name"] == "Redis, a chatting session").unwrap()["value"].as_f64();
    let ratio = measured.session_bytes / session.unwrap();
    assert!((0.85..1.15).contains(&ratio), "{ratio} of the planned bytes a session");
    // Planned are three instances at least, and two are measured.
    let each = |name: &str| plan[name].as_f64().unwrap() / plan["instances"].as_f64().unwrap();
    let instances = f64::from(u32::try_from(measured.instances).unwrap());
    for (name, peak) in [
        ("redis_connections", measured.redis_connections_peak),
        ("database_connections", measured.db_open_peak),
    ] {
        assert!(peak <= each(name) * instances, "{name}: {peak} at the peak, {plan}");
    }
    let messages = plan["messages_per_second"].as_f64().unwrap();
    let relayed = measured.relayed_per_second / messages;
    assert!((0.5..1.5).contains(&relayed), "{relayed} of the planned messages");
}

/// As loaded as each shard is at 2,900 messages a second over 64 of them.
#[tokio::test]
async fn a_relayed_message_stays_within_its_counts() {
    let _alone = alone().await;
    let counts = count(2, 45.0, 6).await.unwrap();
    println!("{counts:?}");
    assert!(counts.redis_commands > 0.0 && counts.redis_commands <= 4.0, "{counts:?}");
    assert!(counts.sql_statements <= 0.05, "{counts:?}");
}

#[tokio::test]
async fn a_small_crowd_that_does_nothing_takes_little() {
    let _alone = alone().await;
    let measured = measure_among(20_000, Profile::Tiny, 10, None, None).await.unwrap();
    let verdict = &measured.verdict;
    assert!(verdict.good, "{:#?}\n{:#?}", verdict.reasons, verdict.findings);
    let idle = measured.idle.unwrap();
    assert_eq!(idle.sessions, 20_000);
    // A million of these: below 400 MB. Less than a record can take would mean that they are not there.
    assert!((100.0..400.0).contains(&idle.bytes_each()), "{} bytes each", idle.bytes_each());
    println!("{} bytes each", idle.bytes_each());
}

#[tokio::test]
async fn everybody_who_searches_in_one_moment_sits_in_a_room() {
    let _alone = alone().await;
    let options = rush::Options { users: 200, bots: 2, instances: 2, kill_leader: false, json: None };
    let rushed = rush(&options).await.unwrap();
    let verdict = &rushed.verdict;
    assert!(verdict.good, "{:#?}\n{:#?}", verdict.reasons, verdict.findings);
    assert!((198..=200).contains(&rushed.seated), "{} of 200 sit", rushed.seated);
    println!("{} s after the last webhook", rushed.seated_after_seconds);
}

/// The token takes a hundred a second, of which nobody told the fleet. It begins with thirty, which is too few here.
#[tokio::test]
async fn the_budget_of_a_token_is_learned() {
    let mut stage = Stage::start_alone(|options| {
        options.bots = 1;
        options.bot_rate = "100".to_owned();
        options.environment = vec![("BOT_RATE_LIMIT".to_owned(), "auto".to_owned())];
    })
    .await
    .unwrap();
    let size = Size { users: 400, seconds: 30 };
    let verdict = stage.run(size, async |_, _| Ok(())).await.unwrap();
    stage.assert_good(&verdict);
    assert!(
        verdict.too_many * 50 < verdict.calls,
        "{} of {} calls met a 429",
        verdict.too_many,
        verdict.calls
    );
}

/// The limit that nobody told of falls below what people write, and rises above it. It changes when so many messages
/// have arrived, not when so much time has passed.
#[tokio::test]
async fn the_budget_of_a_token_follows_a_limit_that_changes() {
    let mut stage = Stage::start_alone(|options| {
        options.bots = 1;
        options.bot_rate = "100".to_owned();
        options.environment = vec![("BOT_RATE_LIMIT".to_owned(), "auto".to_owned())];
    })
    .await
    .unwrap();
    let size = Size { users: 240, seconds: 60 };
    let control = Control::new(&stage.fleet.file().telegram_url).unwrap();
    let verdict = stage.run(size, async |_, _| {
        for (relayed, limit) in [(400, 40.0), (700, 150.0)] {
            until_relayed(&control, relayed).await?;
            let bot_rate = Some(Rate { per_second: limit, burst: limit });
            control.limit(Limits { bot_rate, chat_rate: Some(Rate { per_second: 1.0, burst: 8.0 }) }).await?;
        }
        Ok(())
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
    assert!(
        verdict.too_many * 50 < verdict.calls,
        "{} of {} calls met a 429",
        verdict.too_many,
        verdict.calls
    );
    // Who waits too long leaves, and what was not begun by then is dropped: a budget that stays low shows here.
    assert!(
        verdict.relayed * 10 >= verdict.sent * 6,
        "{} of {} messages arrived before their writer or reader left",
        verdict.relayed,
        verdict.sent
    );
}

async fn until_relayed(control: &Control, messages: u64) -> anyhow::Result<()> {
    let mut look = interval(Duration::from_millis(100));
    loop {
        look.tick().await;
        let live = control.live().await?;
        if live.relayed >= messages || matches!(live.phase, Phase::Draining | Phase::Closing) {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn faults_lose_nothing() {
    let _alone = alone().await;
    let stroke = |fault| Stroke { fault, after: 2.0, lasts: None };
    let faults = [
        Fault::KillLeader,
        Fault::KillSender,
        Fault::RedisKill,
        Fault::TelegramCloseAfter,
        Fault::NginxReload,
        Fault::NginxKill,
        Fault::UpdatesTwice,
        Fault::PoisonUpdate,
    ];
    let plan = Plan { faults: faults.map(stroke).to_vec() };
    let outcome = suffer(&plan, 1, 200, 6.0, None).await.unwrap();
    for Staged { faults, verdict, .. } in &outcome.stages {
        println!("{faults:#?}");
        assert!(verdict.good, "{:#?}\n{:#?}", verdict.reasons, verdict.findings);
        // How soon is for a quiet machine to say; that it happens is for every machine.
        assert!(faults.iter().all(|suffered| suffered.recovered_after.is_some()), "{faults:#?}");
    }
}
