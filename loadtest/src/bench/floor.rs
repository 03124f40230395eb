//! The floor: what one relayed message costs an instance before any logic.
//!
//! The same axum, fred and reqwest as the fleet: accept a webhook, run one script, make one call, answer 200.
//! **Frozen**: the fleet is printed as a ratio of this, so a change here would move the yardstick. Compare only
//! runs whose floors agree.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use fred::prelude::{ClientLike, Config, LuaInterface, Pool, TcpConfig};
use fred::types::config::Server;
use fred::types::config::ServerConfig;
use serde::Deserialize;

/// The one script: a write of the size of a session and the time, as every step of the fleet does.
const SCRIPT: &str = "local t = redis.call('TIME') redis.call('HSET', KEYS[1], 's', ARGV[1]) return t[1]";

/// Connections of the pool, as many as an instance of the fleet opens under load.
const CONNECTIONS: usize = 4;

/// Where the floor listens and whom it calls.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Address to take webhooks on.
    #[arg(long)]
    pub listen: SocketAddr,
    /// Redis, `host:port`.
    #[arg(long)]
    pub redis: String,
    /// The simulator's address, `http://host:port`.
    #[arg(long)]
    pub telegram: String,
    /// The bot's token.
    #[arg(long)]
    pub token: String,
}

struct Floor {
    redis: Pool,
    digest: String,
    http: reqwest::Client,
    copy_url: String,
}

#[derive(Deserialize)]
struct Update {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    message_id: i64,
    chat: Chat,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
}

/// Serves until killed.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let floor = Arc::new(Floor::connect(&options).await?);
    let routes = Router::new().route("/telegram/{bot}", post(webhook)).with_state(floor);
    let listener = tokio::net::TcpListener::bind(options.listen).await.context("cannot listen")?;
    println!("floor listens on {}", options.listen);
    axum::serve(listener, routes).await.context("serving ended")
}

impl Floor {
    #[expect(
        clippy::disallowed_methods,
        reason = "the floor shares no code with the fleet, its client factory included"
    )]
    async fn connect(options: &Options) -> anyhow::Result<Self> {
        let (host, port) = options.redis.split_once(':').context("--redis wants host:port")?;
        let server = Server::new(host, port.parse().context("--redis wants a port number")?);
        let config = Config { server: ServerConfig::Centralized { server }, ..Config::default() };
        let connection = fred::types::config::ConnectionConfig {
            tcp: TcpConfig { nodelay: Some(true), ..TcpConfig::default() },
            ..Default::default()
        };
        let redis = Pool::new(config, None, Some(connection), None, CONNECTIONS)?;
        redis.init().await.context("cannot reach redis")?;
        let digest = redis.next().script_load(SCRIPT).await?;
        Ok(Self {
            redis,
            digest,
            http: reqwest::Client::builder().tcp_nodelay(true).build()?,
            copy_url: format!("{}/bot{}/copyMessage", options.telegram, options.token),
        })
    }

    async fn relay(&self, message: &Message) -> anyhow::Result<()> {
        let key = format!("floor:{}", message.chat.id);
        let _: String = self.redis.evalsha(self.digest.as_str(), key, message.message_id).await?;
        let copy = serde_json::json!({
            "chat_id": message.chat.id, "from_chat_id": message.chat.id, "message_id": message.message_id,
        });
        let answer = self.http.post(&self.copy_url).json(&copy).send().await?;
        answer.error_for_status()?.bytes().await?;
        Ok(())
    }
}

async fn webhook(State(floor): State<Arc<Floor>>, body: Bytes) -> StatusCode {
    let Ok(update) = serde_json::from_slice::<Update>(&body) else { return StatusCode::OK };
    match floor.relay(&update.message).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
