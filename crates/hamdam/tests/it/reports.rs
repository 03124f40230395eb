//! Errors that are reported to Sentry: what they say, what they never say, and what becomes of them where Sentry is slow,
//! away, or wants no more.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hamdam::http::{Listening, listen};
use hamdam::reports::Reports;
use hamdam_domain::id::InstanceId;
use hamdam_fleet::metrics::Metrics;
use hamdam_testbed::poll;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::watch;
use tracing_subscriber::layer::SubscriberExt;

const TOKEN: &str = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";
/// What stands in errors here, and is nobody's business.
const PRIVATE: [&str; 8] =
    ["7000000042", "salaam", "سلام", "AAEhBOweik6ad9r", "hunter2", "db.example", "mina", "Mina"];
/// So many reports wait at most.
const WAITING: usize = 64;

/// A Sentry of our own: keeps what it gets, and answers as it is told.
struct Sentry {
    kept: Arc<Kept>,
    listening: Listening,
}

struct Kept {
    envelopes: Mutex<Vec<(HeaderMap, String)>>,
    answer: Mutex<(StatusCode, Vec<(&'static str, &'static str)>)>,
    /// Nothing is answered while this is closed.
    open: watch::Sender<bool>,
}

async fn take(State(kept): State<Arc<Kept>>, headers: HeaderMap, body: String) -> (StatusCode, HeaderMap) {
    kept.envelopes.lock().unwrap().push((headers, body));
    let _ = kept.open.subscribe().wait_for(|open| *open).await;
    let (status, headers) = kept.answer.lock().unwrap().clone();
    let read = |(name, value): (&str, &str)| (name.parse().unwrap(), value.parse().unwrap());
    (status, headers.into_iter().map(read).collect())
}

/// What a stand-in for Telegram answers to a bot whose updates somebody else fetches.
async fn telegram(Path((_, method)): Path<(String, String)>) -> (StatusCode, String) {
    if method == "getUpdates" {
        let description = "Conflict: user 7000000042 said \"salaam\" \u{633}\u{644}\u{627}\u{645} at https://mina:hunter2@db.example";
        let answer = json!({"ok": false, "error_code": 409, "description": description});
        return (StatusCode::CONFLICT, answer.to_string());
    }
    let result = match method.as_str() {
        "getMe" => json!({"id": 123_456_789, "is_bot": true, "first_name": "A", "username": "a_bot"}),
        "getWebhookInfo" => json!({"url": "", "has_custom_certificate": false, "pending_update_count": 0}),
        _ => json!(true),
    };
    (StatusCode::OK, json!({"ok": true, "result": result}).to_string())
}

impl Sentry {
    async fn start() -> Self {
        let kept = Arc::new(Kept {
            envelopes: Mutex::default(),
            answer: Mutex::new((StatusCode::OK, Vec::new())),
            open: watch::Sender::new(true),
        });
        let router = Router::new()
            .route("/api/42/envelope/", post(take))
            .with_state(Arc::clone(&kept))
            .route("/{token}/{method}", post(telegram));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { kept, listening: listen(listener, router).unwrap() }
    }

    fn dsn(&self) -> String {
        format!("http://key@{}/42", self.listening.address)
    }

    fn reports(&self) -> (Reports, Arc<Metrics>) {
        let metrics = Arc::new(Metrics::new());
        (Reports::to(self.dsn().parse().unwrap(), Arc::clone(&metrics)).unwrap(), metrics)
    }

    fn answers(&self, status: StatusCode, headers: &[(&'static str, &'static str)]) {
        *self.kept.answer.lock().unwrap() = (status, headers.to_vec());
    }

    fn opens(&self, open: bool) {
        self.kept.open.send_replace(open);
    }

    /// All it got, as text.
    fn heard(&self) -> Vec<String> {
        self.kept.envelopes.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }

    /// The items of all envelopes: their types, and what they say.
    fn items(&self) -> Vec<(String, Value)> {
        let heard = self.heard();
        heard.iter().flat_map(|envelope| items(envelope)).collect()
    }

    async fn hears(&self, count: usize) {
        poll("reports to come", || async {
            let heard = self.heard().len();
            anyhow::ensure!(heard >= count, "{heard} of {count}");
            Ok(())
        })
        .await
        .unwrap();
    }
}

/// An envelope is lines of JSON: a head, and then two for each item.
fn items(envelope: &str) -> Vec<(String, Value)> {
    let lines: Vec<Value> = envelope.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[1..].chunks(2).map(|item| (item[0]["type"].as_str().unwrap().to_owned(), item[1].clone())).collect()
}

/// What became of reports.
fn counted(metrics: &Metrics) -> BTreeMap<&'static str, u64> {
    let outcomes = ["sent", "refused", "unreachable", "limited", "overflow"];
    let count = |outcome| metrics.error_reports.with_label_values(&[outcome]).get();
    outcomes.into_iter().map(|outcome| (outcome, count(outcome))).filter(|(_, count)| *count > 0).collect()
}

async fn comes_to(metrics: &Metrics, wanted: &[(&'static str, u64)]) {
    let wanted: BTreeMap<_, _> = wanted.iter().copied().collect();
    poll("reports to be counted", || async {
        let counted = counted(metrics);
        anyhow::ensure!(counted == wanted, "{counted:?}");
        Ok(())
    })
    .await
    .unwrap();
}

/// Logs where `reports` listen.
fn logging<T>(reports: &Reports, log: impl FnOnce() -> T) -> T {
    tracing::subscriber::with_default(tracing_subscriber::registry().with(reports.clone()), log)
}

fn nothing_private(sentry: &Sentry) {
    for said in sentry.heard() {
        for private in PRIVATE {
            assert!(!said.contains(private), "{private} in {said}");
        }
    }
}

#[tokio::test]
async fn the_program_reports_what_breaks_it_before_it_ends() {
    let sentry = Sentry::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
    command.args(["serve", "--embedded", "--poll"]).env_clear().current_dir(folder.path());
    command.env("BOT_TOKENS", TOKEN).env("SENTRY_DSN", sentry.dsn()).env("DATABASE_URL", "sqlite:hunter2.db");
    command.env("TELEGRAM_API_URL", format!("http://{}", sentry.listening.address));
    command.env("LISTEN", "127.0.0.1:0").env("ADMIN_LISTEN", "127.0.0.1:0").env("LOG_FORMAT", "json");
    let output = command.kill_on_drop(true).output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");

    let mut lines = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let instance = lines.find_map(|line| line["hamdam.instance"].as_str().map(str::to_owned)).unwrap();
    let items = sentry.items();
    let reports: Vec<_> = items.iter().map(|(_, report)| report["message"].as_str().unwrap()).collect();
    assert_eq!(
        reports,
        [
            "updates cannot be fetched",
            "a part of this instance has broken down; it ends, and others take over"
        ]
    );
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let (kind, report) = &items[0];
    assert_eq!(kind, "event");
    for (place, value) in [
        ("/release", json!(format!("hamdam@{}", env!("CARGO_PKG_VERSION")))),
        ("/server_name", json!(machine.trim())),
        ("/logger", json!("hamdam::serve::poll")),
        ("/tags", json!({"bot": "123456789", "instance": instance})),
    ] {
        assert_eq!(report.pointer(place), Some(&value), "{place} of {report:#}");
    }
    assert!(report["extra"]["error"].as_str().unwrap().contains("Conflict: user […]"), "{report:#}");
    nothing_private(&sentry);
    let authorization =
        sentry.kept.envelopes.lock().unwrap()[0].0["x-sentry-auth"].to_str().unwrap().to_owned();
    assert!(authorization.contains("sentry_key=key"), "{authorization}");
}

#[tokio::test]
async fn only_fields_of_the_list_pass_and_only_if_they_look_like_it() {
    let sentry = Sentry::start().await;
    let (reports, metrics) = sentry.reports();
    reports.come_from(&InstanceId("4f0c".to_owned()));
    logging(&reports, || {
        tracing::warn!(bot = 7, "no error");
        let source = Some("Duplicate entry 'salaam 7000000042' for key 'people.PRIMARY'");
        tracing::error!(target: "hamdam::journal", bot = 7_i64, shard = 3_u16, method = "copyMessage", update = 991,
            request_id = "4f0c-11", user = 7_000_000_042_i64, text = "salaam", name = "Mina", source,
            error = %std::io::Error::other("mysql://mina:hunter2@db.example is away"), "it broke");
        tracing::error!(bot = TOKEN, method = "mina@db.example", status = "salaam", kind = "\u{633}\u{644}\u{627}\u{645}",
            outcome = ?Some("hunter2"), "user 7000000042 wrote \"salaam\" with {TOKEN}");
    });
    comes_to(&metrics, &[("sent", 2)]).await;
    let items = sentry.items();
    let of = |at: usize, part: &str| items[at].1[part].clone();
    assert_eq!(of(0, "message"), "it broke");
    assert_eq!(of(0, "logger"), "hamdam::journal");
    assert_eq!(of(0, "tags"), json!({"bot": "7", "shard": "3", "method": "copyMessage", "instance": "4f0c"}));
    let (error, source) = ("[…] is away", "Duplicate entry […]");
    assert_eq!(
        of(0, "extra"),
        json!({"update": "991", "request_id": "4f0c-11", "error": error, "source": source})
    );
    assert_eq!(of(1, "message"), "user […] wrote […] with […]");
    assert_eq!((of(1, "tags"), of(1, "extra")), (json!({"instance": "4f0c"}), Value::Null));
    for part in ["user", "request", "breadcrumbs", "contexts", "threads", "exception"] {
        assert_eq!((of(0, part), of(1, part)), (Value::Null, Value::Null), "{part}");
    }
    nothing_private(&sentry);
}

#[tokio::test]
async fn a_panic_is_reported_by_its_place_and_by_no_word_that_was_not_in_the_source() {
    let sentry = Sentry::start().await;
    let (reports, _) = sentry.reports();
    reports.watch_panics();
    for panics in [|| panic!("a shard has two owners"), || panic!("nobody expected {}", PRIVATE[1])] {
        assert!(std::thread::spawn(panics).join().is_err());
    }
    // Other tests of this process may panic, too.
    let ours = || {
        sentry.items().into_iter().filter(|(_, report)| report["message"].to_string().contains("reports.rs"))
    };
    poll("both panics to be reported", || async {
        anyhow::ensure!(ours().count() == 2, "{:?}", sentry.heard());
        Ok(())
    })
    .await
    .unwrap();
    let said: Vec<_> = ours().map(|(_, report)| report["message"].as_str().unwrap().to_owned()).collect();
    assert!(said[0].starts_with("panicked at ") && said[0].ends_with(": a shard has two owners"), "{said:?}");
    assert!(said[1].rsplit(':').next().unwrap().parse::<u32>().is_ok(), "ends with its line: {said:?}");
    assert!(ours().all(|(_, report)| report["level"] == "fatal"));
    nothing_private(&sentry);
}

#[tokio::test]
async fn a_slow_sentry_holds_up_nobody_and_what_is_too_much_is_counted() {
    let sentry = Sentry::start().await;
    let (reports, metrics) = sentry.reports();
    sentry.opens(false);
    logging(&reports, || tracing::error!("the first, under way"));
    sentry.hears(1).await;
    logging(&reports, || {
        for _ in 0..WAITING + 3 {
            tracing::error!("another");
        }
    });
    assert_eq!(counted(&metrics), BTreeMap::from([("overflow", 3)]), "the rest waits");
    sentry.opens(true);
    comes_to(&metrics, &[("sent", 1 + WAITING as u64), ("overflow", 3)]).await;
    // The next one tells Sentry, too.
    logging(&reports, || tracing::error!("the last"));
    sentry.hears(2 + WAITING).await;
    let next = items(sentry.heard().last().unwrap());
    let lost =
        next.iter().find(|(kind, _)| kind == "client_report").map(|(_, report)| &report["discarded_events"]);
    assert_eq!(
        lost,
        Some(&json!([{"reason": "queue_overflow", "category": "error", "quantity": 3}])),
        "{next:?}"
    );
}

#[tokio::test]
async fn sentry_is_left_alone_for_as_long_as_it_says() {
    for (status, headers, first) in [
        (StatusCode::TOO_MANY_REQUESTS, &[("retry-after", "3600")][..], ("limited", 1)),
        (StatusCode::TOO_MANY_REQUESTS, &[], ("limited", 1)),
        (StatusCode::OK, &[("x-sentry-rate-limits", "3600:error:organization")], ("sent", 1)),
    ] {
        let sentry = Sentry::start().await;
        let (reports, metrics) = sentry.reports();
        sentry.answers(status, headers);
        logging(&reports, || tracing::error!("once"));
        comes_to(&metrics, &[first]).await;
        logging(&reports, || tracing::error!("again"));
        let limited = if first.0 == "limited" { &[("limited", 2)][..] } else { &[first, ("limited", 1)] };
        comes_to(&metrics, limited).await;
        assert_eq!(sentry.heard().len(), 1, "{status} {headers:?}");
    }
    let sentry = Sentry::start().await;
    let (reports, metrics) = sentry.reports();
    sentry.answers(StatusCode::OK, &[("x-sentry-rate-limits", "3600:transaction:organization")]);
    for count in 1..=2 {
        logging(&reports, || tracing::error!("of another kind"));
        comes_to(&metrics, &[("sent", count)]).await;
    }
    sentry.answers(StatusCode::BAD_REQUEST, &[]);
    logging(&reports, || tracing::error!("refused"));
    comes_to(&metrics, &[("sent", 2), ("refused", 1)]).await;
}

#[tokio::test]
async fn the_end_waits_for_reports_and_not_for_ever() {
    let sentry = Sentry::start().await;
    let (reports, metrics) = sentry.reports();
    sentry.opens(false);
    logging(&reports, || tracing::error!("under way"));
    sentry.hears(1).await;
    assert!(!reports.close(Duration::from_millis(10)), "Sentry has not answered");
    logging(&reports, || tracing::error!("too late"));
    sentry.opens(true);
    comes_to(&metrics, &[("sent", 1)]).await;

    let (reports, metrics) = sentry.reports();
    logging(&reports, || tracing::error!("the last word"));
    let closed = tokio::task::spawn_blocking(move || reports.close(Duration::from_mins(1))).await.unwrap();
    assert!(closed && sentry.heard().last().unwrap().contains("the last word"));
    assert_eq!(counted(&metrics), BTreeMap::from([("sent", 1)]));

    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nowhere.local_addr().unwrap();
    drop(nowhere);
    let metrics = Arc::new(Metrics::new());
    let reports =
        Reports::to(format!("http://key@{address}/42").parse().unwrap(), Arc::clone(&metrics)).unwrap();
    logging(&reports, || tracing::error!("to nobody"));
    comes_to(&metrics, &[("unreachable", 1)]).await;
}
