//! Whether the instance is fit: for load balancers, orchestrators and people.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

/// Examines the instance.
#[async_trait]
pub trait Checkup: Send + Sync + 'static {
    /// How it is now; answers within a second or two.
    async fn health(&self) -> Health;
}

/// How the instance is: the body of `GET /health/ready`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// What follows from the parts.
    pub status: Status,
    /// Live state.
    pub redis: Part,
    /// The durable record.
    pub database: Part,
}

/// Whether updates should come here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Yes.
    Ready,
    /// Yes; the database is away, and the journal waits for it.
    Degraded,
    /// No: the instance is leaving.
    Draining,
    /// No: live state is away.
    Unavailable,
}

/// How one part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// It answers.
    Ok,
    /// It does not.
    Unreachable,
    /// It lives in this process.
    Embedded,
}

impl Health {
    /// What follows from the parts.
    #[must_use]
    pub fn of(draining: bool, redis: Part, database: Part) -> Self {
        let status = match (draining, redis, database) {
            (true, ..) => Status::Draining,
            (_, Part::Unreachable, _) => Status::Unavailable,
            (_, _, Part::Unreachable) => Status::Degraded,
            _ => Status::Ready,
        };
        Self { status, redis, database }
    }
}

/// The process runs: nothing is asked that an outage elsewhere could answer wrongly.
pub(super) async fn live() -> StatusCode {
    StatusCode::OK
}

pub(super) async fn ready(State(checkup): State<Arc<dyn Checkup>>) -> impl IntoResponse {
    let health = checkup.health().await;
    let code = match health.status {
        Status::Ready | Status::Degraded => StatusCode::OK,
        Status::Draining | Status::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let body = serde_json::to_string(&health).expect("three names are written to memory");
    (code, [(header::CONTENT_TYPE, "application/json")], body)
}
