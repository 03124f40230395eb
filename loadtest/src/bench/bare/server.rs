//! axum takes an update, fred runs scripts, reqwest makes calls.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use fred::prelude::{ClientLike, Config, LuaInterface, Pool, TcpConfig};
use fred::types::config::{Server, ServerConfig};
use serde::Deserialize;

/// The least a step of the fleet does: the time, and a look at a record.
const SCRIPT: &str = "redis.call('TIME') return redis.call('HGET', KEYS[1], 's') or ''";

/// Connections of the pool, as many as an instance of the fleet opens under load.
const CONNECTIONS: usize = 4;

/// Where it listens and what it does for an update.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Address to take webhooks on.
    #[arg(long)]
    listen: SocketAddr,
    /// Redis, `host:port`.
    #[arg(long)]
    redis: String,
    /// Where calls go, `http://host:port/bot<token>/<method>`.
    #[arg(long)]
    call_url: String,
    /// Scripts for each update, one after another.
    #[arg(long)]
    scripts: u32,
    /// Calls for each update, after them.
    #[arg(long)]
    calls: u32,
}

struct Bare {
    options: Options,
    redis: Pool,
    digest: String,
    http: reqwest::Client,
}

#[derive(Deserialize)]
struct Update {
    #[serde(alias = "edited_message")]
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    chat: Chat,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
}

pub(super) async fn run(options: Options) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(options.listen).await.context("cannot listen")?;
    let routes = Router::new().route("/telegram/{bot}", post(webhook));
    let bare = Arc::new(Bare::connect(options).await?);
    axum::serve(listener, routes.with_state(bare)).await.context("serving ended")
}

impl Bare {
    async fn connect(options: Options) -> anyhow::Result<Self> {
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
        Ok(Self { redis, digest, http: super::calls::client()?, options })
    }

    async fn serve(&self, chat: i64) -> anyhow::Result<()> {
        for _ in 0..self.options.scripts {
            let _: String = self.redis.evalsha(self.digest.as_str(), format!("floor:{chat}"), "x").await?;
        }
        for _ in 0..self.options.calls {
            super::calls::say(&self.http, &self.options.call_url, chat).await?;
        }
        Ok(())
    }
}

async fn webhook(State(bare): State<Arc<Bare>>, body: Bytes) -> StatusCode {
    let Ok(update) = serde_json::from_slice::<Update>(&body) else { return StatusCode::OK };
    match bare.serve(update.message.chat.id).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
