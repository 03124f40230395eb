//! What an instance answers while a real Redis is away, and that it comes back by itself.

use std::time::Duration;

use hamdam::config::{Config, Inputs};
use hamdam::serve::{Parts, Running, start};
use hamdam_archive::Archive;
use hamdam_domain::id::BotId;
use hamdam_testbed::{Redis, Signal, poll};
use reqwest::{Response, StatusCode};

const BOT: BotId = BotId(123_456_789);
/// The design promises every answer within this.
const PROMISED: Duration = Duration::from_secs(2);

struct Fleet {
    running: Running,
    http: reqwest::Client,
    secret: String,
    _folder: tempfile::TempDir,
}

impl Fleet {
    /// One instance on this Redis.
    async fn start(redis: &Redis) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let environment = [
            ("BOT_TOKENS", "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc".to_owned()),
            ("WEBHOOK_SECRET", "0123456789abcdef0123456789abcdef".to_owned()),
            ("TELEGRAM_API_URL", "http://127.0.0.1:9".to_owned()),
            ("REDIS_URL", redis.url()),
            ("DATABASE_URL", format!("sqlite:{}", folder.path().join("record.db").display())),
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
        let config = Config::read(&Inputs { environment, ..Inputs::default() }, false).unwrap();
        Archive::open(config.database.settings()).migrate().await.unwrap();
        let parts = Parts::of(&config).await.unwrap();
        let running = start(&config, parts).await.unwrap();
        let http = hamdam_telegram::http::client(None).unwrap();
        Self { running, http, secret: config.secrets.header(BOT), _folder: folder }
    }

    async fn search(&self, update: i64) -> Response {
        let body = format!(
            r#"{{"update_id":{update},"message":{{"message_id":{update},"date":1,"text":"/search",
            "chat":{{"id":5,"type":"private"}},"from":{{"id":5,"is_bot":false,"first_name":"A"}}}}}}"#
        );
        let url = format!("http://{}/telegram/{BOT}", self.running.address());
        let request = self.http.post(url).header("X-Telegram-Bot-Api-Secret-Token", &self.secret).body(body);
        request.timeout(PROMISED).send().await.expect("an answer within the promised time")
    }

    async fn health(&self) -> (StatusCode, serde_json::Value) {
        let url = format!("http://{}/health/ready", self.running.address());
        let answer = self.http.get(url).timeout(PROMISED).send().await.expect("an answer in time");
        (answer.status(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
    }

    async fn is_turned_away(&self, update: i64) {
        let answer = self.search(update).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["retry-after"], "1");
        let (status, health) = self.health().await;
        assert_eq!((status, &health["status"]), (StatusCode::SERVICE_UNAVAILABLE, &"unavailable".into()));
        assert_eq!(health["redis"], "unreachable", "{health}");
    }

    async fn recovers(&self, update: i64) {
        let taken = || async {
            let answer = self.search(update).await.status();
            anyhow::ensure!(answer == StatusCode::OK, "answered {answer}");
            Ok(())
        };
        poll("the instance to take updates again", taken).await.unwrap();
        assert_eq!(self.health().await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn redis_away_is_503_with_retry_after_and_then_all_is_well_again() {
    let mut redis = Redis::start().await.unwrap();
    let fleet = Fleet::start(&redis).await;
    assert_eq!(fleet.search(1).await.status(), StatusCode::OK);
    redis.kill().unwrap();
    fleet.is_turned_away(2).await;
    redis.start_again().await.unwrap();
    fleet.recovers(2).await;
    fleet.running.drain().await;
}

#[tokio::test]
async fn redis_that_hangs_is_503_in_time() {
    let mut redis = Redis::start().await.unwrap();
    let fleet = Fleet::start(&redis).await;
    redis.process().signal(Signal::STOP).unwrap();
    fleet.is_turned_away(1).await;
    redis.process().signal(Signal::CONT).unwrap();
    fleet.recovers(1).await;
    fleet.running.drain().await;
}

#[tokio::test]
async fn steps_and_connections_are_measured() {
    let redis = Redis::start().await.unwrap();
    let fleet = Fleet::start(&redis).await;
    assert_eq!(fleet.search(1).await.status(), StatusCode::OK);
    let url = format!("http://{}/metrics", fleet.running.admin_address());
    let metrics = fleet.http.get(url).send().await.unwrap().text().await.unwrap();
    for line in [
        r#"hamdam_redis_command_seconds_count{step="arrive"} 1"#,
        r#"hamdam_redis_command_seconds_count{step="add_ticket"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
    assert!(!metrics.contains("hamdam_redis_pool_connections 0\n"), "{metrics}");
    fleet.running.drain().await;
}
