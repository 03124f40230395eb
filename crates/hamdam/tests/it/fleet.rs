//! An instance on a real Redis, with a database of its own and no Telegram.

use std::time::Duration;

use hamdam::config::{Config, Inputs};
use hamdam::serve::{Parts, Running, name, start};
use hamdam_archive::Archive;
use hamdam_domain::id::BotId;
use hamdam_testbed::Redis;
use reqwest::{Response, StatusCode};

pub(crate) const BOT: BotId = BotId(123_456_789);
/// The design promises every answer within this.
const PROMISED: Duration = Duration::from_secs(2);

pub(crate) struct Fleet {
    pub(crate) running: Running,
    pub(crate) http: reqwest::Client,
    secret: String,
    _folder: tempfile::TempDir,
}

impl Fleet {
    /// One instance on this Redis.
    pub(crate) async fn start(redis: &Redis) -> Self {
        Self::start_with(redis, "all").await
    }

    /// The same, with these roles.
    pub(crate) async fn start_with(redis: &Redis, roles: &str) -> Self {
        Self::start_by(redis, &[("ROLES", roles)]).await
    }

    /// The same, with these settings beside the least.
    pub(crate) async fn start_by(redis: &Redis, more: &[(&str, &str)]) -> Self {
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
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let environment = environment.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value));
        let environment = environment.collect();
        let config = Config::read(&Inputs { environment, ..Inputs::default() }, false).unwrap();
        Archive::open(config.database.settings()).migrate().await.unwrap();
        let parts = Parts::of(&config).await.unwrap();
        let running = start(&config, parts, name()).await.unwrap();
        let http = hamdam_telegram::http::client(None).unwrap();
        Self { running, http, secret: config.secrets().unwrap().header(BOT), _folder: folder }
    }

    /// A user writes a text, or a command.
    pub(crate) async fn hears(&self, user: i64, update: i64, text: &str) -> Response {
        let body = format!(
            r#"{{"update_id":{update},"message":{{"message_id":{update},"date":1,"text":"{text}",
            "chat":{{"id":{user},"type":"private"}},"from":{{"id":{user},"is_bot":false,"first_name":"A"}}}}}}"#
        );
        self.takes(body).await
    }

    /// A user presses a button.
    pub(crate) async fn sees_pressed(&self, user: i64, update: i64, data: &str) -> Response {
        let body = format!(
            r#"{{"update_id":{update},"callback_query":{{"id":"{update}","chat_instance":"1","data":"{data}",
            "message":{{"message_id":1,"date":1,"text":"A","chat":{{"id":{user},"type":"private"}}}},
            "from":{{"id":{user},"is_bot":false,"first_name":"A"}}}}}}"#
        );
        self.takes(body).await
    }

    async fn takes(&self, body: String) -> Response {
        let url = format!("http://{}/telegram/{BOT}", self.running.address());
        let request = self.http.post(url).header("X-Telegram-Bot-Api-Secret-Token", &self.secret).body(body);
        request.timeout(PROMISED).send().await.expect("an answer within the promised time")
    }

    pub(crate) async fn health(&self) -> (StatusCode, serde_json::Value) {
        let url = format!("http://{}/health/ready", self.running.address());
        let answer = self.http.get(url).timeout(PROMISED).send().await.expect("an answer in time");
        (answer.status(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
    }
}
