//! The table from Telegram's refusals to what follows from them.
//!
//! Sources: the public Bot API server (`Client.cpp`, `fail_query_with_error`) and the texts its TDLib produces.
//! Texts are compared in lower case and by part, because the server changes details of them.

use crate::answer::Raw;
use crate::error::{CallError, Executed};

/// A refusal as Telegram put it.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// `error_code`, or the HTTP status.
    pub(crate) code: u16,
    /// `description`.
    pub(crate) description: String,
    /// `parameters.retry_after` or the header, in seconds.
    pub(crate) retry_after: Option<u32>,
}

/// What a 429 without a number means: long enough to calm down, short enough to go on.
const PAUSE_WITHOUT_NUMBER: u32 = 5;

/// 400s that say the chat is no longer there for us.
const UNREACHABLE: &[&str] = &[
    "chat not found",
    "user not found",
    "user is deactivated",
    "bot was blocked",
    "bot can't initiate conversation",
    "peer_id_invalid",
    "user_is_blocked",
    "input_user_deactivated",
];

/// 400s that say what we wanted is so already, or its object is gone.
const GONE: &[&str] = &[
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message to react not found",
    "message can't be deleted",
    "message_id_invalid",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
    "query is too old",
    "query_id_invalid",
];

/// 400s about the message itself: its writer is told.
const EXPLAIN: &[&str] = &[
    "message to copy not found",
    "there are no messages to copy",
    "message can't be copied",
    "message to be replied not found",
    "replied message not found",
    "user restricted receiving of",
    "wrong file identifier",
    "wrong file_id",
    "file is too big",
    "voice_messages_forbidden",
];

/// 400s that only a mistake of ours can bring about.
const BUG: &[&str] = &["can't parse", "is empty", "is too long", "button_", "must be", "wrong parameter"];

/// Methods that copy what people wrote: whatever Telegram has against it concerns that message.
const COPIES: &[&str] = &["copyMessage", "copyMessages"];

/// What follows from a refusal.
pub(crate) fn refusal(method: &'static str, refusal: &Refusal) -> CallError {
    let description = refusal.description.clone();
    match refusal.code {
        429 => CallError::Pause {
            method,
            seconds: refusal
                .retry_after
                .or_else(|| trailing_number(&description))
                .unwrap_or(PAUSE_WITHOUT_NUMBER)
                .max(1),
        },
        401 => CallError::Revoked { method },
        403 => CallError::Unreachable { method, reason: plain(&description) },
        400 => bad_request(method, description),
        500..=599 => CallError::Retry {
            method,
            executed: Executed::Perhaps,
            reason: format!("{} {}", refusal.code, description),
            source: None,
        },
        code => CallError::Bug { method, code, description },
    }
}

fn bad_request(method: &'static str, description: String) -> CallError {
    let reason = plain(&description);
    let text = reason.to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    if says(UNREACHABLE) {
        CallError::Unreachable { method, reason }
    } else if says(GONE) {
        CallError::Gone { method, reason }
    } else if says(EXPLAIN) {
        CallError::Explain { method, reason }
    } else if says(BUG) || !COPIES.contains(&method) && !is_code(&reason) {
        CallError::Bug { method, code: 400, description }
    } else {
        // What Telegram has against a copy, or an all-capitals code, concerns this message and this addressee.
        CallError::Explain { method, reason }
    }
}

/// A body that is no answer of a Bot API server: a proxy in between, or a cut-off answer.
pub(crate) fn unreadable(method: &'static str, raw: &Raw) -> CallError {
    match raw.status {
        429 => CallError::Pause { method, seconds: raw.retry_after.unwrap_or(PAUSE_WITHOUT_NUMBER).max(1) },
        status @ (200..=299 | 500..=599) => CallError::Retry {
            method,
            executed: Executed::Perhaps,
            reason: format!("status {status} with a body that is no Bot API answer"),
            source: None,
        },
        code => CallError::Bug {
            method,
            code,
            description: "no Bot API answer: is TELEGRAM_API_URL right?".to_owned(),
        },
    }
}

/// The description without `Bad Request: ` or `Forbidden: `.
fn plain(description: &str) -> String {
    description.split_once(": ").map_or(description, |(_, rest)| rest).to_owned()
}

/// An error code of Telegram's servers, passed on as it is: capitals, digits, underscores.
fn is_code(reason: &str) -> bool {
    !reason.is_empty() && reason.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// `N` of `Too Many Requests: retry after N`.
fn trailing_number(description: &str) -> Option<u32> {
    description.rsplit(' ').next()?.parse().ok()
}
