//! `POST /telegram/{bot_id}`: one update.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hamdam_domain::id::BotId;
use tokio::time::Instant;

use super::LARGEST_BODY;
use super::door::{Door, Receipt};

const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// Why an update never reached the inbox.
#[derive(Clone, Copy)]
struct Refusal {
    status: StatusCode,
    outcome: &'static str,
}

impl Refusal {
    const UNAUTHORIZED: Self = Self { status: StatusCode::UNAUTHORIZED, outcome: "unauthorized" };
    const TOO_LARGE: Self = Self { status: StatusCode::PAYLOAD_TOO_LARGE, outcome: "too large" };
    const SHED: Self = Self { status: StatusCode::SERVICE_UNAVAILABLE, outcome: "shed" };
    const LATE: Self = Self { status: StatusCode::SERVICE_UNAVAILABLE, outcome: "late" };
    const BROKEN_OFF: Self = Self { status: StatusCode::BAD_REQUEST, outcome: "broken off" };
}

impl From<Refusal> for Receipt {
    fn from(refusal: Refusal) -> Self {
        Self { acknowledge: false, update: None, kind: "unread", outcome: refusal.outcome, steps: 0 }
    }
}

/// Checks in the order the design fixes: bot, secret, size; only then is the body read.
pub(super) async fn receive(
    State(door): State<Arc<Door>>,
    Path(path): Path<String>,
    request: Request,
) -> Response {
    let begun = Instant::now();
    let Some(keys) = door.keys(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let secret = request.headers().get(SECRET_HEADER).map_or(&[][..], |value| value.as_bytes());
    let taken = if keys.admit(secret) {
        let whole = tokio::time::timeout_at(begun + door.patience, take(&door, keys.bot, request));
        whole.await.unwrap_or(Err(Refusal::LATE))
    } else {
        Err(Refusal::UNAUTHORIZED)
    };
    let receipt = taken.unwrap_or_else(Receipt::from);
    let status = match taken {
        Ok(Receipt { acknowledge: true, .. }) => StatusCode::OK,
        Ok(_) => StatusCode::SERVICE_UNAVAILABLE,
        Err(refusal) => refusal.status,
    };
    note(&door, keys.bot, &receipt, status, begun.elapsed());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return (status, [(header::RETRY_AFTER, "1")]).into_response();
    }
    status.into_response()
}

async fn take(door: &Door, bot: BotId, request: Request) -> Result<Receipt, Refusal> {
    if announced_length(request.headers()) > LARGEST_BODY {
        return Err(Refusal::TOO_LARGE);
    }
    let _place = door.places.try_acquire().map_err(|_| Refusal::SHED)?;
    let body = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TOO_LARGE,
        _ => Refusal::BROKEN_OFF,
    })?;
    Ok(door.inbox.take(bot, body).await)
}

fn announced_length(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// Counts, and says in one line what became of the update: no content, nobody's name.
fn note(door: &Door, bot: BotId, receipt: &Receipt, status: StatusCode, took: Duration) {
    let Receipt { update, kind, outcome, steps, .. } = *receipt;
    door.metrics.count_update(bot, kind, outcome);
    door.metrics.webhook_seconds.observe(took.as_secs_f64());
    let (update, status) = (update.map(|id| id.0), status.as_u16());
    let ms = took.as_secs_f64() * 1_000.0;
    tracing::info!(target: "hamdam::update", bot = bot.0, update, kind, outcome, status, steps, ms, "update");
}
