//! `hamdam plan`: its `.env` is one that an instance starts with.

use std::collections::BTreeMap;
use std::process::Stdio;

use hamdam::config::{Config, Inputs};
use serde_json::Value;
use tokio::process::Command;

async fn plan(arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
    command.arg("plan").args(arguments).env_clear().current_dir(folder.path());
    let output = command.output().await.unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn the_planned_configuration_has_no_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let secret = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    for users in ["1000", "100000", "5000000"] {
        let (code, text) = plan(&["--users", users, "--messages-per-minute", "3", "--json"]).await;
        assert_eq!(code, Some(0), "{text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        let environment = answer[0]["environment"].as_object().unwrap();
        let mut environment: BTreeMap<String, String> = environment
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        for (name, value) in [
            ("BOT_TOKENS_FILE", secret("tokens", "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc")),
            ("WEBHOOK_SECRET_FILE", secret("webhook", "0123456789abcdef0123456789abcdef")),
            ("REDIS_PASSWORD_FILE", secret("redis", "password")),
            ("DATABASE_URL_FILE", secret("database", "mysql://hamdam:password@db/hamdam")),
        ] {
            assert!(environment.insert(name.to_owned(), value).is_some(), "{name} is not planned");
        }
        // What is no setting of ours but the runtime's.
        assert!(environment.remove("TOKIO_WORKER_THREADS").is_some());
        let config = Config::read(&Inputs { environment, ..Inputs::default() }, false);
        let config = config.unwrap_or_else(|mistakes| panic!("{users}: {mistakes}"));
        assert_eq!(config.warnings, Vec::<String>::new());
    }
}

#[tokio::test]
async fn whoever_has_read_enough_is_told_nothing_more() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
    command.args(["plan", "--users", "1000"]).env_clear().stdout(writer).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().await.unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

#[tokio::test]
async fn people_see_what_was_measured_and_what_was_assumed() {
    let (code, text) = plan(&["--users", "100000"]).await;
    assert_eq!(code, Some(0));
    for part in ["5000 messages a second", "Measured:", "Assumed:", "130 microseconds", "BOT_TOKENS_FILE="] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert_eq!(plan(&[]).await.0, Some(2));
    assert_eq!(plan(&["--users", "0"]).await.0, Some(2));
    assert_eq!(plan(&["--users", "10", "--messages-per-minute", "nan"]).await.0, Some(2));
}
