//! A real Prometheus with the shipped rules looks on, and is asked all that the shipped dashboards ask.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, ensure};
use hamdam_testbed::fleet::Store;
use hamdam_testbed::{Prometheus, RedisOptions, poll};
use loadtest::run::Control;
use loadtest::telegram::{Fault, FaultRule};
use serde_json::Value;

use super::stage::{Size, Stage};

/// Nothing of this happens in a healthy fleet, and a series begins with its first event.
const MAY_BE_EMPTY: [&str; 2] = ["fleet:hamdam_send_bugs:rate5m", "hamdam_pairs_refused_total"];

#[tokio::test]
async fn dashboards_show_a_healthy_fleet_and_no_alert_is_raised() {
    let mut stage = Stage::start_alone(|options| {
        options.redis = RedisOptions::shipped();
        // Whatever has a panel is switched on. Nobody listens there, and a healthy fleet has nothing to report.
        options.environment.push(("SENTRY_DSN".to_owned(), "http://key@127.0.0.1:9/1".to_owned()));
    })
    .await
    .unwrap();
    let instances: Vec<String> =
        stage.fleet.file().instances.into_iter().map(|instance| instance.admin).collect();
    let mut prometheus = Prometheus::start(&instances).await.unwrap();
    let verdict = stage.run(Size { users: 100, seconds: 12 }, async |_, _| Ok(())).await.unwrap();
    stage.assert_good(&verdict);
    let url = prometheus.url();
    let up = poll("every instance to be seen", || async {
        let up = ask(&url, r#"up{job="hamdam"} == 1"#).await?;
        ensure!(up.len() == instances.len(), "{up:?}");
        Ok(up)
    });
    up.await.unwrap_or_else(|error| panic!("{error:#}\n{}", prometheus.process().log_tail()));
    let mut asked = 0;
    for expression in dashboards() {
        asked += 1;
        let found = ask(&url, &expression).await.unwrap_or_else(|error| panic!("{expression}: {error:#}"));
        let may_be_empty = MAY_BE_EMPTY.iter().any(|name| expression.contains(name));
        assert!(may_be_empty || !found.is_empty(), "{expression} shows nothing");
    }
    assert!(asked > 60, "only {asked} expressions");
    let alerts = ask(&url, r#"ALERTS{alertstate="firing"}"#).await.unwrap();
    assert_eq!(alerts, Vec::<Value>::new());
    // The rules are there, and each could be evaluated.
    let rules = get(&format!("{url}/api/v1/rules")).await.unwrap();
    let rules: Vec<&Value> = rules["data"]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|g| g["rules"].as_array().unwrap())
        .collect();
    assert!(rules.len() > 40, "only {} rules", rules.len());
    for rule in rules {
        assert_eq!(rule["health"], "ok", "{rule:#}");
    }
}

/// Each fault is seen by the alert that is meant for it, and the page to read is there.
#[tokio::test]
async fn faults_raise_their_alerts() {
    // A token is paused when several of its chats meet a 429 within two seconds on one instance: all chats have one token.
    let stage = Stage::start_alone(|options| {
        options.redis = RedisOptions::shipped();
        options.bots = 1;
    });
    let mut stage = stage.await.unwrap();
    let file = stage.fleet.file();
    let instances: Vec<String> = file.instances.into_iter().map(|instance| instance.admin).collect();
    let prometheus = Prometheus::start_hasty(&instances).await.unwrap();
    let url = prometheus.url();
    // Each fault lasts until Prometheus has evaluated its rules often enough.
    let verdict = stage.run_through(Size { users: 150, seconds: 40 }, 60, async |stage, _| {
        let control = Control::new(&file.telegram_url)?;
        ensure!(firing(&url).await?.is_empty(), "nothing is wrong yet");
        control.break_calls(&[FaultRule::every(Fault::TooMany(15))]).await?;
        raised(&url, &["HamdamTokenPaused", "HamdamOutboxGrows"]).await?;
        control.break_calls(&[]).await?;
        let Store::Single(redis) = &mut stage.fleet.store else { unreachable!("started single") };
        redis.stop().await?;
        raised(&url, &["HamdamUpdatesFail", "HamdamPoolsUnled"]).await?;
        redis.start_again().await
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
}

async fn raised(url: &str, alerts: &[&str]) -> Result<()> {
    for alert in alerts {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../deploy/runbook/{alert}.md"));
        ensure!(page.exists(), "{alert} has no page in the runbook");
        poll(alert, || async {
            let firing = firing(url).await?;
            ensure!(firing.contains(*alert), "only {firing:?}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// The names of the alerts that are raised.
async fn firing(url: &str) -> Result<BTreeSet<String>> {
    let alerts = ask(url, r#"ALERTS{alertstate="firing"}"#).await?;
    Ok(alerts.iter().filter_map(|alert| Some(alert["metric"]["alertname"].as_str()?.to_owned())).collect())
}

/// Every expression of every dashboard, with its variables filled in.
fn dashboards() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/grafana");
    let mut expressions = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let dashboard: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            for panel in dashboard["panels"].as_array().unwrap() {
                for target in panel["targets"].as_array().unwrap() {
                    let expression = target["expr"].as_str().unwrap();
                    expressions.insert(
                        expression
                            .replace("$__rate_interval", "30s")
                            .replace("$instance", ".*")
                            .replace("$bot", ".*"),
                    );
                }
            }
        }
    }
    expressions
}

async fn ask(url: &str, expression: &str) -> Result<Vec<Value>> {
    let mut address = reqwest::Url::parse(&format!("{url}/api/v1/query"))?;
    address.query_pairs_mut().append_pair("query", expression);
    let answer = get(address.as_str()).await?;
    ensure!(answer["status"] == "success", "{answer}");
    Ok(answer["data"]["result"].as_array().cloned().unwrap_or_default())
}

#[expect(clippy::disallowed_methods, reason = "Prometheus is no part of the fleet")]
async fn get(url: &str) -> Result<Value> {
    let text = reqwest::Client::new().get(url).send().await?.text().await?;
    Ok(serde_json::from_str(&text)?)
}
