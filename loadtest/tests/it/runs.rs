//! `loadtest run` from outside: the simulator as a process of its own, a bot that is right or wrong, exit codes and JSON.

use std::path::Path;
use std::process::Stdio;

use loadtest::oracle::Fault;
use loadtest::report::{Phase, Verdict};
use loadtest::run::Control;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::{Duration, interval, timeout};

use crate::saboteur::{TOKEN, bot};

const LOADTEST: &str = env!("CARGO_BIN_EXE_loadtest");
const BOT: i64 = 77;

/// A simulator in a process of its own.
struct Server {
    url: String,
    folder: TempDir,
    _process: Child,
}

impl Server {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("bots"), format!("{TOKEN}\n")).unwrap();
        let mut process = Command::new(LOADTEST)
            .args(["telegram", "--bot-rate", "none", "--chat-rate", "none", "--bots"])
            .arg(folder.path().join("bots"))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.next_line().await.unwrap().expect("the simulator tells its address");
        Self { url, folder, _process: process }
    }

    fn api(&self) -> String {
        format!("{}/bot{TOKEN}", self.url)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

#[tokio::test]
async fn a_run_that_is_broken_off_makes_room_for_the_next() {
    let (server, mut tasks) = (Server::start().await, JoinSet::new());
    let webhook = bot_at(&server, None, &mut tasks).await;
    let mut process = Command::new(LOADTEST)
        .args(["run", "--telegram", &server.url, "--target", &webhook, "--bots", &server.path("bots")])
        .args(["--users", "12", "--seconds", "3600"])
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let control = Control::new(&server.url).unwrap();
    until(&control, Phase::Talking).await;
    let interrupted =
        Command::new("kill").args(["-INT", &process.id().unwrap().to_string()]).status().await.unwrap();
    assert!(interrupted.success());
    assert_eq!(process.wait().await.unwrap().code(), Some(1));
    until(&control, Phase::Resting).await;
    assert_eq!(control.live().await.unwrap().seated, 0);
}

async fn until(control: &Control, phase: Phase) {
    let mut look = interval(Duration::from_millis(50));
    let reached = async {
        loop {
            look.tick().await;
            if control.live().await.unwrap().phase == phase {
                return;
            }
        }
    };
    timeout(Duration::from_secs(50), reached).await.unwrap();
}

/// Runs `loadtest run` against a bot at this webhook; its exit code, and the verdict it wrote.
async fn run(server: &Server, webhook: &str) -> (Option<i32>, Verdict) {
    let (bots, out) = (server.path("bots"), server.path("verdict.json"));
    let arguments = ["run", "--telegram", &server.url, "--target", webhook, "--bots", &bots, "--json", &out];
    let output = Command::new(LOADTEST)
        .args(arguments)
        .args(["--users", "12", "--messages-per-minute", "20", "--seconds", "5", "--drain-seconds", "20"])
        .args(["--habits", r#"{"stay_at_least": 2, "stay": 3, "joins_per_second": 100}"#])
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.contains("delivered_after_leave"),
        "{printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let verdict = std::fs::read(Path::new(&out)).unwrap();
    (output.status.code(), serde_json::from_slice(&verdict).unwrap())
}

async fn bot_at(server: &Server, sabotage: Option<Fault>, tasks: &mut JoinSet<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let webhook = format!("http://{}", listener.local_addr().unwrap());
    tasks.spawn(bot::serve(listener, server.api(), BOT, sabotage));
    webhook
}

#[tokio::test]
async fn good_runs_end_with_0_one_after_the_other_and_bad_ones_with_1() {
    let (server, mut tasks) = (Server::start().await, JoinSet::new());
    let right = bot_at(&server, None, &mut tasks).await;
    for _ in 0..2 {
        let (code, verdict) = run(&server, &right).await;
        assert_eq!(code, Some(0), "{verdict:#?}");
        assert!(verdict.good && verdict.relayed > 0, "{verdict:#?}");
    }
    let wrong = bot_at(&server, Some(Fault::Duplicated), &mut tasks).await;
    let (code, verdict) = run(&server, &wrong).await;
    assert_eq!(code, Some(1), "{verdict:#?}");
    assert!(verdict.counts.duplicated > 0 && !verdict.good, "{verdict:#?}");
}

#[tokio::test]
async fn wrong_usage_ends_with_2() {
    for arguments in [
        &["run"][..],
        &["run", "--fleet", "/nowhere/fleet.json"],
        &["run", "--telegram", "http://127.0.0.1:1"],
        &["run", "--fleet", "f", "--users", "1"],
        &["run", "--fleet", "f", "--messages-per-minute", "61"],
        &["run", "--fleet", "f", "--habits", r#"{"sleep": 1}"#],
    ] {
        let output = Command::new(LOADTEST).args(arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[tokio::test]
async fn calls_of_an_interrupted_process_are_found_by_its_connections() {
    let server = Server::start().await;
    let control = Control::new(&server.url).unwrap();
    let this = [std::process::id()];
    assert_eq!(control.interrupt(&this).await.unwrap().attempts, 0);
    control.resume(&this).await.unwrap();

    // A call of ours that hangs, and one of somebody else's.
    let http = bot::client();
    let faults = json!([{ "fault": { "hang": 60_000 } }]);
    let set =
        http.post(format!("{}/control/telegram/faults", server.url)).json(&faults).send().await.unwrap();
    assert!(set.status().is_success(), "{set:?}");
    let mut calls = JoinSet::new();
    calls.spawn(
        http.post(format!("{}/sendMessage", server.api())).json(&json!({ "chat_id": 1, "text": "x" })).send(),
    );
    let mut theirs = Command::new(LOADTEST)
        .args(["run", "--telegram", &server.url, "--target", &server.url, "--bots", &server.path("bots")])
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut look = interval(Duration::from_millis(20));
    let found = async {
        loop {
            look.tick().await;
            let found = control.interrupt(&this).await.unwrap();
            if found.attempts > 0 {
                return (found.attempts, found.unanswered);
            }
        }
    };
    assert_eq!(timeout(Duration::from_secs(20), found).await.unwrap(), (1, 1));
    let others = control.interrupt(&[theirs.id().unwrap()]).await.unwrap();
    assert_eq!(others.attempts, 0, "asking for the webhook places no message");
    theirs.kill().await.unwrap();
    assert!(control.interrupt(&[u32::MAX]).await.is_err(), "who is gone cannot be looked at");
}
