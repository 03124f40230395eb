//! `POST /telegram/{bot_id}`: one update.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use hamdam_domain::id::BotId;
use hamdam_fleet::metrics::UNREAD;
use tokio::time::Instant;

use super::LARGEST_BODY;
use super::door::{Door, Receipt};

/// A question about a payment is shorter.
const SHORT_BODY: usize = 4 * 1024;
/// Where the summary lines stand in the log.
const TARGET: &str = "hamdam::update";
/// So much of a refused body is read, and for so long.
const DISCARDED_BODY: usize = 8 * LARGEST_BODY;
const DISCARDING: Duration = Duration::from_secs(1);
/// Under which the balancer's lines stand, too.
const REQUEST_ID: &str = "x-request-id";
/// A longer one is none of our balancers'.
const LONGEST_REQUEST_ID: usize = 64;
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

/// Checks in the order the design fixes: bot, secret, size; only then is the body read.
pub(super) async fn receive(
    State(door): State<Arc<Door>>,
    Path(path): Path<String>,
    request: Request,
) -> Response {
    let begun = Instant::now();
    let Some(keys) = door.keys(&path) else { return StatusCode::NOT_FOUND.into_response() };
    door.knocks.fetch_add(1, Ordering::Relaxed);
    // Shared with the request, not copied.
    let request_id = request.headers().get(REQUEST_ID).cloned();
    let secret = request.headers().get(SECRET_HEADER).map_or(&[][..], |value| value.as_bytes());
    let taken = if keys.admit(secret) {
        let whole = tokio::time::timeout_at(begun + door.patience, take(&door, keys.bot, request));
        whole.await.unwrap_or(Err(Refusal::LATE))
    } else {
        Err(Refusal::UNAUTHORIZED)
    };
    let status = match &taken {
        Ok(Receipt { error: None, .. }) => StatusCode::OK,
        Ok(_) => StatusCode::SERVICE_UNAVAILABLE,
        Err(refusal) => refusal.status,
    };
    note(&door, keys.bot, taken, status, begun.elapsed(), request_id.as_ref());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return (status, [(header::RETRY_AFTER, "1")]).into_response();
    }
    status.into_response()
}

async fn take(door: &Door, bot: BotId, request: Request) -> Result<Receipt, Refusal> {
    let length = announced_length(request.headers());
    let place = door.places.try_acquire().ok();
    // In a crowd what is short may be urgent, and only its body tells.
    let spare = if place.is_none() && (1..=SHORT_BODY).contains(&length) {
        door.spare.try_acquire().ok()
    } else {
        None
    };
    if place.is_none() && spare.is_none() {
        return Err(Refusal::SHED);
    }
    if length > LARGEST_BODY {
        discard(request.into_body()).await;
        return Err(Refusal::TOO_LARGE);
    }
    let body = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TOO_LARGE,
        _ => Refusal::BROKEN_OFF,
    })?;
    if spare.is_some() && !door.inbox.is_urgent(&body) {
        return Err(Refusal::SHED);
    }
    Ok(door.inbox.take(bot, body).await)
}

fn announced_length(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// Reads what is refused anyway, within bounds: a connection closed on unread data is reset, and its other side may
/// never see the answer.
async fn discard(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut left = DISCARDED_BODY;
    let reading = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(DISCARDING, reading).await;
}

/// Says in one line what became of the update: no content, nobody's name.
fn note(
    door: &Door,
    bot: BotId,
    taken: Result<Receipt, Refusal>,
    status: StatusCode,
    took: Duration,
    request_id: Option<&HeaderValue>,
) {
    let Receipt { update, kind, outcome, error, steps } = taken.unwrap_or_else(|refusal| {
        // What never reached the inbox is counted here.
        door.metrics.count_update(bot, UNREAD, refusal.outcome);
        Receipt { update: None, kind: UNREAD, outcome: refusal.outcome, error: None, steps: 0 }
    });
    door.metrics.webhook_seconds.observe(took.as_secs_f64());
    let (bot, update, status) = (bot.0, update.map(|id| id.0), status.as_u16());
    let ms = took.as_secs_f64() * 1_000.0;
    let request_id = request_id.and_then(|id| id.to_str().ok()).filter(|id| id.len() <= LONGEST_REQUEST_ID);
    if let Some(error) = error {
        tracing::warn!(target: TARGET, bot, update, kind, outcome, status, steps, ms, request_id, error, "update");
    } else {
        tracing::info!(target: TARGET, bot, update, kind, outcome, status, steps, ms, request_id, "update");
    }
}
