//! `hamdam import` brings people over, once, and names what it cannot read.

use std::path::Path;
use std::process::{Command, Output};

use hamdam_archive::{Address, Archive, Directory, Settings};
use hamdam_domain::id::UserId;
use hamdam_domain::profile::Language;
use hamdam_domain::safety::FOR_EVER;
use serde_json::{Value, json};

fn hamdam(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
    let url = format!("sqlite:{}", folder.join("record.db").display());
    command.args(arguments).env_clear().env("DATABASE_URL", url).current_dir(folder).output().unwrap()
}

#[tokio::test]
async fn people_bans_and_blocks_come_over_and_nobody_is_changed_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.csv");
    std::fs::write(
        &file,
        "telegram_id,language,age,banned_until,ban_reason,blocked\n\
         5,fa,30,,,6;7\n\
         6,ru,,forever,spam,\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let importing = ["import", "--users", file, "--bot", "9", "--json"];
    let early = hamdam(folder.path(), &importing);
    assert_eq!(early.status.code(), Some(1), "there are no tables yet: {early:?}");
    assert!(hamdam(folder.path(), &["migrate"]).status.success());
    let dry = hamdam(folder.path(), &["import", "--users", file, "--bot", "9", "--json", "--dry-run"]);
    let counted = json!({"users": 2, "bans": 1, "blocks": 2, "imported": false});
    assert_eq!(serde_json::from_slice::<Value>(&dry.stdout).unwrap()[0], counted);
    let archive = Archive::open(Settings::new(
        format!("sqlite:{}", folder.path().join("record.db").display()).parse::<Address>().unwrap(),
    ));
    assert_eq!(archive.counts().await.unwrap().users, 0);
    for _ in 0..2 {
        let output = hamdam(folder.path(), &importing);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let fifth = archive.user(UserId(5)).await.unwrap().unwrap();
    assert_eq!((fifth.profile.language, fifth.profile.bot.0), (Language::Fa, 9));
    assert_eq!(fifth.profile.facts.age.map(|age| age.to_string()), Some("30".to_owned()));
    assert_eq!(fifth.blocked, [UserId(6), UserId(7)]);
    let sixth = archive.user(UserId(6)).await.unwrap().unwrap();
    assert_eq!(sixth.profile.banned_until, Some(FOR_EVER));
    assert_eq!(archive.decisions(UserId(6)).await.unwrap().len(), 1, "one ban, imported twice");
    archive.close().await;

    let wrong = folder.path().join("wrong.csv");
    std::fs::write(&wrong, "telegram_id,age\n5,4\nx,30\n").unwrap();
    let output = hamdam(folder.path(), &["import", "--users", wrong.to_str().unwrap(), "--bot", "9"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("line 2: age: ") && told.contains("line 3: telegram_id: "), "{told}");
    assert_eq!(hamdam(folder.path(), &["import"]).status.code(), Some(2));
}
