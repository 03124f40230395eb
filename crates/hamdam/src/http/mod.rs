//! The two listeners: updates and health for the world, metrics for the operator.
//!
//! Handlers check, read, hand over and answer. What an update means is the [`Inbox`]'s; whether the instance is fit
//! is the [`Checkup`]'s. Neither Redis nor SQL is known here.

mod admin;
mod door;
mod health;
mod listen;
mod webhook;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::sync::Arc;

pub use admin::router as admin;
pub use door::{Door, Inbox, Limits, Receipt};
pub use health::{Checkup, Health, Part, Status};
pub use listen::{Listening, listen};

/// Larger bodies are refused (Telegram's own limit for one event is 512 KiB).
const LARGEST_BODY: usize = 1024 * 1024;

/// What the load balancer reaches: `POST /telegram/{bot_id}`, `GET /health/live`, `GET /health/ready`.
pub fn public(door: Arc<Door>, checkup: Arc<dyn Checkup>) -> Router {
    let updates = Router::new()
        .route("/telegram/{bot_id}", post(webhook::receive))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(door);
    updates.merge(health(checkup))
}

/// What an instance without the webhook role serves: health alone.
pub fn health(checkup: Arc<dyn Checkup>) -> Router {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(checkup)
}
