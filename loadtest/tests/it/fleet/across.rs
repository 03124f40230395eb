//! Users of different bots meet, talk in every kind of message, and part.

use std::time::Duration;

use loadtest::users::Habits;

use super::records;
use super::stage::{Size, Stage};

/// Pairs of people of different bots, over all instances.
async fn pairs_across(stage: &Stage) -> f64 {
    #[expect(clippy::disallowed_methods, reason = "it shares nothing with the fleet")]
    let http = reqwest::Client::new();
    let mut pairs = 0.0;
    for instance in &stage.fleet.file().instances {
        let url = format!("http://{}/metrics", instance.admin);
        let page = http.get(url).send().await.unwrap().text().await.unwrap();
        let series = page.lines().filter(|line| line.starts_with("hamdam_pairs_total{bots=\"different\""));
        pairs += series.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>();
    }
    pairs
}

#[tokio::test]
async fn bots_mix_on_three_instances() {
    let mut stage = Stage::start(|options| {
        // Whoever is free meets somebody of another bot more often than not.
        options.bots = 6;
        options.environment = vec![
            ("ACROSS_BOTS_SECONDS".to_owned(), "1".to_owned()),
            // Who has just parted waits for somebody new.
            ("NOT_AGAIN_HOURS".to_owned(), "1".to_owned()),
        ];
    })
    .await
    .unwrap();
    let size = Size { users: 60, seconds: 40 };
    let habits = Habits { media: 0.5, stay: 12.0, ..Habits::default() };
    let verdict = stage.run_with(size, habits, async |_, _| {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
    assert_eq!(verdict.counts.duplicated, 0);
    let pairs = pairs_across(&stage).await;
    println!("{pairs} of {} rooms across bots", verdict.rooms);
    assert!(pairs >= 10.0, "{pairs} pairs of different bots");
    records::complete(&stage.fleet.mariadb, &verdict).await;
}
