//! Short versions of what proves the fleet: a profile with its counts, and faults. Times are printed, never asserted.

use loadtest::bench::count;
use loadtest::chaos::{Fault, Plan, Staged, Stroke, suffer};
use loadtest::profile::{Profile, measure};

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
    assert!(measured.session_bytes < 400.0, "{} bytes a session", measured.session_bytes);
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

/// The token takes a hundred a second, of which nobody told the fleet. It begins with thirty, which is too few here.
#[tokio::test]
async fn the_budget_of_a_token_is_learned() {
    let mut stage = Stage::start(|options| {
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
