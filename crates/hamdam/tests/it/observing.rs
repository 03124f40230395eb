//! Rules, dashboards and runbook: whole, well formed, and about metrics that the program has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hamdam_fleet::metrics::{Metrics, Series};
use serde_json::Value;
use tokio::process::Command;

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy")
}

/// The files of a folder with this extension, by name.
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(deploy().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let wanted = entries.filter(|path| path.extension().is_some_and(|found| found == extension));
    let mut files: Vec<_> = wanted
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no {extension} in {folder}");
    files
}

#[tokio::test]
async fn rules_are_well_formed_and_every_alert_is_raised_by_its_trouble_alone() {
    for arguments in [
        &["check", "config", "prometheus.yml"][..],
        &["check", "rules", "rules/recording.yml", "rules/alerts.yml"],
        &["test", "rules", "tests/alerts.yml"],
    ] {
        let mut command = Command::new("promtool");
        command.args(arguments).current_dir(deploy().join("prometheus"));
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:#?}");
    }
}

/// `name{labels` or `by (labels)` of an expression.
struct Mentioned {
    names: BTreeSet<String>,
    selected: Vec<(String, String)>,
}

/// What an expression, or a file of them, mentions of ours. Words are read, and the labels in braces behind them.
fn mentioned(text: &str) -> Mentioned {
    let ours = ["hamdam_", "process_", "fleet:", "pool:", "step:", "query:"];
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut found = Mentioned { names: BTreeSet::new(), selected: Vec::new() };
    let mut rest = text;
    while let Some(start) = rest.find(word) {
        let length = rest[start..].find(|c| !word(c)).unwrap_or(rest.len() - start);
        let name = &rest[start..start + length];
        rest = &rest[start + length..];
        // In YAML a key ends with a colon.
        if !ours.iter().any(|prefix| name.starts_with(prefix)) || name.ends_with(':') {
            continue;
        }
        found.names.insert(name.to_owned());
        if let Some((inside, _)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            for part in inside.split("\",") {
                let label = part.split(['=', '!']).next().unwrap().trim();
                found.selected.push((name.to_owned(), label.to_owned()));
            }
        }
    }
    found
}

fn recorded() -> BTreeSet<String> {
    let rules = std::fs::read_to_string(deploy().join("prometheus/rules/recording.yml")).unwrap();
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- record: "));
    names.map(str::to_owned).collect()
}

#[test]
fn every_metric_of_a_rule_or_dashboard_is_one_the_program_has() {
    let metrics = Metrics::new();
    let recorded = recorded();
    let known = |name: &str| metrics.series().iter().find(|series| series.name == name);
    let mut texts = files("prometheus/rules", "yml");
    for (name, text) in files("grafana", "json") {
        let dashboard: Value = serde_json::from_str(&text).unwrap();
        let targets = dashboard["panels"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|panel| panel["targets"].as_array().unwrap());
        let expressions = targets.map(|target| target["expr"].as_str().unwrap());
        let variables = dashboard["templating"]["list"]
            .as_array()
            .unwrap()
            .iter()
            .map(|variable| variable["query"].as_str().unwrap());
        texts.push((name, expressions.chain(variables).collect::<Vec<_>>().join("\n")));
    }
    let mut seen = BTreeSet::new();
    for (file, text) in texts {
        let Mentioned { names, selected } = mentioned(&text);
        for name in &names {
            assert!(
                known(name).is_some() || recorded.contains(name),
                "{file} asks for {name}, which there is not"
            );
        }
        for (name, label) in selected {
            let Some(Series { labels, .. }) = known(&name) else { continue };
            let there = labels.contains(&label) || ["job", "instance"].contains(&label.as_str());
            assert!(there, "{file} asks for {name} by {label}, which it does not have");
        }
        seen.extend(names);
    }
    for name in recorded {
        assert!(seen.contains(&name), "{name} is recorded, and nobody asks for it");
    }
    // What is measured is shown: of a histogram any part will do.
    for Series { name, .. } in metrics.series() {
        let base =
            ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
        let shown = seen.iter().any(|seen| seen.starts_with(base)) || name.starts_with("process_");
        assert!(shown, "no dashboard or rule shows {name}");
    }
}

#[test]
fn every_alert_has_a_page_and_every_page_an_alert() {
    let rules = std::fs::read_to_string(deploy().join("prometheus/rules/alerts.yml")).unwrap();
    let alerts: BTreeSet<_> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).map(str::to_owned).collect();
    let pages = files("runbook", "md");
    assert!(pages.iter().map(|(name, _)| name.clone()).eq(alerts.iter().cloned()));
    for alert in &alerts {
        assert!(
            rules.contains(&format!("runbook_url: deploy/runbook/{alert}.md\n")),
            "{alert} names no page"
        );
    }
    for (name, text) in pages {
        for heading in [format!("# {name}\n"), "\n## What to look at\n".into(), "\n## What to do\n".into()] {
            assert!(text.contains(&heading), "{name} lacks {heading:?}");
        }
    }
}
