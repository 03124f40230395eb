//! `loadtest population` from outside.

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Few people on one morning, beside these arguments.
fn population(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadtest"));
    command.current_dir(folder.path()).arg("population").args(arguments);
    command.args(["--users", "400", "--hours", "6"]).output().unwrap()
}

fn written(folder: &TempDir, name: &str, text: &str) {
    std::fs::write(folder.path().join(name), text).unwrap();
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn rules_are_set_side_by_side_in_a_table_a_page_and_a_file() {
    let folder = TempDir::new().unwrap();
    written(&folder, "never.json", r#"{"schedule": []}"#);
    let rules = ["--rules", "default", "--rules", "never.json", "--json", "out.json"];
    let output = population(&folder, &rules);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let table = text(&output.stdout);
    for said in [
        "everybody",
        "gender female",
        "place village",
        "country IR",
        "class 0",
        "hour 05",
        "default:",
        "never:",
    ] {
        assert!(table.contains(said), "{said} is missing in\n{table}");
    }
    let json: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!((&json["people"], &json["hours"], &json["seed"]), (&400.into(), &6.into(), &1.into()));
    let outcomes = json["outcomes"].as_array().unwrap();
    let names: Vec<_> = outcomes.iter().map(|outcome| outcome["rules"].as_str().unwrap()).collect();
    assert_eq!(names, ["default", "never"]);
    assert!(outcomes[0]["groups"]["gender"]["male"]["wait_ms"]["p95"].is_number(), "{json}");
    let page = std::fs::read_to_string(folder.path().join("target/population/index.html")).unwrap();
    assert_eq!(page.matches("<svg").count(), 6);
    assert!(page.contains("never") && page.contains("everybody"));
}

#[test]
fn the_printed_rules_are_the_default_ones_and_read_back() {
    let folder = TempDir::new().unwrap();
    let printed = population(&folder, &["--print-rules"]);
    assert_eq!(printed.status.code(), Some(0));
    written(&folder, "mine.json", &text(&printed.stdout));
    let figures = |rules: &str| text(&population(&folder, &["--rules", rules]).stdout);
    let words = |text: String| {
        text.split_whitespace().map(|word| word.replace("mine", "default")).collect::<Vec<_>>()
    };
    assert_eq!(words(figures("mine.json")), words(figures("default")));
}

#[test]
fn every_mistake_of_every_file_is_named_with_its_mend() {
    let folder = TempDir::new().unwrap();
    written(&folder, "one.json", r#"{"batch_size": 0, "schedule": [{"after_seconds": "soon"}]}"#);
    written(&folder, "two.json", "{");
    let output = population(&folder, &["--rules", "one.json", "--rules", "two.json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let error = text(&output.stderr);
    for said in [
        "one.json: the rules have these mistakes:",
        "batch_size is 0",
        "Give a whole number from 1 to 100000.",
        "schedule[1].after_seconds is \"soon\"",
        "two.json: the rules have one mistake:",
        "the file is no JSON",
    ] {
        assert!(error.contains(said), "{said} is missing in\n{error}");
    }
    let missing = population(&folder, &["--rules", "three.json"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot read the rules three.json"), "{missing:?}");
}

#[test]
fn what_is_no_number_of_people_or_hours_is_wrong_usage() {
    for wrong in [["--users", "1"], ["--interval", "0"], ["--visits", "-1"], ["--men", "101"]] {
        let wrong = [wrong[0], "=", wrong[1]].concat();
        let output =
            Command::new(env!("CARGO_BIN_EXE_loadtest")).args(["population", &wrong]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}: {output:?}");
    }
}
