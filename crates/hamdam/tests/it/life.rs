//! An instance from start to end, over real connections.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use hamdam::config::{Config, Inputs};
use hamdam::serve::{Parts, Running, name, start};
use hamdam_archive::Archive;
use hamdam_domain::clock::SystemClock;
use hamdam_domain::id::BotId;
use hamdam_fleet::metrics::Metrics;
use hamdam_state::memory::MemoryState;
use reqwest::StatusCode;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

const BOT: BotId = BotId(123_456_789);
const TOKEN: &str = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";
const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// Nobody listens there, so nothing is ever sent.
const NO_TELEGRAM: &str = "http://127.0.0.1:9";

/// What an instance of its own needs; every port is the system's choice.
const ALONE: [(&str, &str); 6] = [
    ("BOT_TOKENS", TOKEN),
    ("WEBHOOK_SECRET", SECRET),
    ("TELEGRAM_API_URL", NO_TELEGRAM),
    ("DATABASE_URL", "sqlite::memory:"),
    ("LISTEN", "127.0.0.1:0"),
    ("ADMIN_LISTEN", "127.0.0.1:0"),
];

struct Instance {
    running: Running,
    state: Arc<MemoryState>,
    http: reqwest::Client,
    secret: String,
}

impl Instance {
    async fn start() -> Self {
        let environment = ALONE.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let config = Config::read(&Inputs { environment, ..Inputs::default() }, true).unwrap();
        let clock = Arc::new(SystemClock::new());
        let state = Arc::new(MemoryState::new(config.instance.shards, clock.clone()));
        let archive = Archive::open(config.database.settings());
        archive.migrate().await.unwrap();
        let parts = Parts {
            state: state.clone(),
            redis: None,
            archive: Arc::new(archive),
            client: config.telegram.client(&config.bots).unwrap(),
            clock,
            metrics: Arc::new(Metrics::new()),
            posted: Arc::default(),
        };
        let running = start(&config, parts, name()).await.unwrap();
        let http = hamdam_telegram::http::client(None).unwrap();
        Self { running, state, http, secret: config.secrets().unwrap().header(BOT) }
    }

    async fn post(&self, bot: &str, secret: &str, body: impl Into<reqwest::Body>) -> StatusCode {
        let url = format!("http://{}/telegram/{bot}", self.running.address());
        let request = self.http.post(url).header("X-Telegram-Bot-Api-Secret-Token", secret).body(body);
        request.send().await.unwrap().status()
    }

    fn letters(&self) -> usize {
        self.state.inspect(|world| world.bots.get(&BOT).map_or(0, |bot| bot.letters.len()))
    }

    async fn metrics(&self) -> String {
        let url = format!("http://{}/metrics", self.running.admin_address());
        self.http.get(url).send().await.unwrap().text().await.unwrap()
    }
}

#[tokio::test]
async fn bad_input_is_answered_as_designed() {
    let instance = Instance::start().await;
    let (bot, secret) = (BOT.to_string(), instance.secret.clone());
    assert_eq!(instance.post("42", &secret, "{}").await, StatusCode::NOT_FOUND);
    assert_eq!(instance.post(&bot, "wrong", "{}").await, StatusCode::UNAUTHORIZED);
    assert_eq!(instance.post(&bot, &secret, vec![b' '; 2 << 20]).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(instance.letters(), 0);
    for (garbage, letters) in [("not json", 1), ("[1,2]", 2), (r#"{"update_id":"#, 3)] {
        assert_eq!(instance.post(&bot, &secret, garbage).await, StatusCode::OK, "{garbage}");
        assert_eq!(instance.letters(), letters, "{garbage}");
    }
    // None of ours, and no reason to keep it.
    assert_eq!(instance.post(&bot, &secret, r#"{"update_id":1,"poll":{"id":"1"}}"#).await, StatusCode::OK);
    assert_eq!(instance.letters(), 3);
    let metrics = instance.metrics().await;
    for line in [
        r#"hamdam_dead_letters_total{bot="123456789"} 3"#,
        r#"hamdam_updates_total{bot="123456789",kind="other",outcome="buried"} 3"#,
        r#"hamdam_updates_total{bot="123456789",kind="unread",outcome="unauthorized"} 1"#,
        r#"hamdam_updates_total{bot="123456789",kind="unread",outcome="too large"} 1"#,
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is missing in\n{metrics}");
    }
    instance.running.drain().await;
}

#[tokio::test]
async fn an_update_is_durable_when_it_is_answered_and_a_duplicate_is_known() {
    let instance = Instance::start().await;
    let update = r#"{"update_id":7,"message":{"message_id":1,"date":1,"text":"/search",
        "entities":[{"type":"bot_command","offset":0,"length":7}],
        "chat":{"id":5,"type":"private"},"from":{"id":5,"is_bot":false,"first_name":"A"}}}"#;
    for _ in 0..2 {
        assert_eq!(instance.post(&BOT.to_string(), &instance.secret, update).await, StatusCode::OK);
    }
    let tickets =
        instance.state.inspect(|world| world.pools.values().map(|pool| pool.tickets.len()).sum::<usize>());
    assert_eq!(tickets, 1);
    instance.running.drain().await;
}

/// `hamdam serve --embedded` as a process of its own.
struct Process {
    child: Child,
    public: String,
    _reader: JoinSet<()>,
}

impl Process {
    async fn start(folder: &std::path::Path) -> Self {
        Self::start_with(folder, &[]).await
    }

    async fn start_with(folder: &std::path::Path, more: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hamdam"))
            .args(["serve", "--embedded", "--log-format", "json"])
            .env_clear()
            .envs(ALONE)
            .envs(more.iter().copied())
            .current_dir(folder)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let public = loop {
            let line = lines.next_line().await.unwrap().expect("it serves before it ends");
            let line: serde_json::Value = serde_json::from_str(&line).unwrap();
            if line["message"] == "serving" {
                break line["hamdam.listen"].as_str().unwrap().to_owned();
            }
        };
        // Somebody has to read on, or the process waits for its log.
        let mut reader = JoinSet::new();
        reader.spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, public, _reader: reader }
    }

    async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().await.unwrap().success());
    }

    /// Asks until the answer's status is `wanted`.
    async fn until_ready_is(&self, http: &reqwest::Client, wanted: &str) {
        let url = format!("http://{}/health/ready", self.public);
        loop {
            let body = http.get(&url).send().await.unwrap().text().await.unwrap();
            let health: serde_json::Value = serde_json::from_str(&body).unwrap();
            if health["status"] == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn sigterm_drains_and_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let http = hamdam_telegram::http::client(None).unwrap();
    let mut process = Process::start(folder.path()).await;
    process.until_ready_is(&http, "ready").await;
    process.signal("TERM").await;
    process.until_ready_is(&http, "draining").await;
    assert_eq!(process.child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_service_manager_is_told_from_start_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = tokio::net::UnixDatagram::bind(&path).unwrap();
    let told = async || {
        let mut buffer = [0; 256];
        let length = socket.recv(&mut buffer).await.unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    let until = async |wanted: &str| while !told().await.starts_with(wanted) {};
    let more = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "300000")];
    let mut process = Process::start_with(folder.path(), &more).await;
    until("READY=1").await;
    until("WATCHDOG=1").await;
    process.signal("TERM").await;
    until("STOPPING=1").await;
    // Draining is work, too.
    until("WATCHDOG=1").await;
    assert_eq!(process.child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_second_signal_exits_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let http = hamdam_telegram::http::client(None).unwrap();
    let mut process = Process::start(folder.path()).await;
    // A stranger who keeps knocking keeps it from being done: without a second signal it would drain for long.
    let url = format!("http://{}/telegram/{BOT}", process.public);
    let knocking = async { while http.post(&url).send().await.is_ok() {} };
    let ending = async {
        process.signal("TERM").await;
        process.until_ready_is(&http, "draining").await;
        process.signal("TERM").await;
        std::future::pending::<()>().await;
    };
    tokio::select! { () = knocking => {}, () = ending => {} }
    assert_eq!(process.child.wait().await.unwrap().code(), Some(128 + 15));
}

#[tokio::test]
async fn exit_codes_tell_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |args: &[&str], database: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
        command.args(args).env_clear().env("DATABASE_URL", database).current_dir(folder.path());
        let output = command.output().await.unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(run(&["migrate"], "sqlite:a.db").await.0, Some(0));
    let (code, text) = run(&["migrate"], "mysql://u:hunter2@127.0.0.1:9/x").await;
    assert_eq!(code, Some(1));
    assert!(text.contains("mysql://127.0.0.1:9/x") && !text.contains("hunter2"), "{text}");
    assert_eq!(run(&["serve", "--nonsense"], "").await.0, Some(2));
    let (code, text) = run(&["serve"], "mongodb://u:hunter2@x/y").await;
    assert_eq!(code, Some(64));
    assert!(
        text.contains("BOT_TOKENS") && text.contains("DATABASE_URL") && text.contains("REDIS_URL"),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}
