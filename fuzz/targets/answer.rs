//! An answer of the Bot API, or of whatever stands in between.
//!
//! The first three bytes of an input choose the HTTP status, the `Retry-After` header and the method; the rest is the
//! body. Whatever it holds: nothing panics, a 429 pauses, and a call that Telegram says it carried out was carried
//! out, whatever else the answer says.

#![no_main]

use bytes::Bytes;
use hamdam_telegram::CallError;
use hamdam_telegram::answer::{self, Raw};
use hamdam_telegram::method::{GetMe, GetUpdates, GetWebhookInfo, Method};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const STATUSES: [u16; 12] = [200, 201, 301, 400, 401, 403, 404, 409, 429, 500, 502, 504];
const METHODS: [&str; 6] = [
    "sendMessage",
    "copyMessage",
    "editMessageText",
    "answerCallbackQuery",
    "copyMessages",
    "setMessageReaction",
];

fuzz_target!(|input: &[u8]| {
    let [status, retry_after, method, body @ ..] = input else { return };
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let retry_after = (retry_after % 4 != 0).then(|| u32::from(*retry_after));
    let method = METHODS[usize::from(*method) % METHODS.len()];
    let raw = Raw { status, retry_after, body: Bytes::copy_from_slice(body) };
    look(method, &raw);
    // Written again, no field stands twice: then a second reading can say what must come out.
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        compare(method, &Raw { body: json.to_string().into(), ..raw }, &json);
    }
});

fn look(method: &'static str, raw: &Raw) {
    let _ = answer::read::<<GetMe as Method>::Answer>(GetMe::NAME, raw);
    let _ = answer::read::<<GetUpdates as Method>::Answer>(GetUpdates::NAME, raw);
    let _ = answer::read::<<GetWebhookInfo as Method>::Answer>(GetWebhookInfo::NAME, raw);
    if let Err(error) = answer::placed(method, raw) {
        assert_eq!(error.method(), method);
        assert!(!error.to_string().is_empty() && !error.label().is_empty());
        if let CallError::Pause { seconds, .. } = error {
            assert!(seconds > 0, "a pause of nothing asks again at once");
        }
    }
}

fn compare(method: &'static str, raw: &Raw, json: &Value) {
    let carried_out = json["ok"] == Value::Bool(true) && !json["result"].is_null();
    match answer::placed(method, raw) {
        Ok(placed) => {
            assert!(carried_out, "a call that was refused counts as carried out");
            let result = &json["result"];
            let all: Option<Vec<i64>> = result
                .as_array()
                .and_then(|placed| placed.iter().map(|one| one["message_id"].as_i64()).collect());
            let mut ids =
                all.unwrap_or_else(|| result["message_id"].as_i64().into_iter().collect()).into_iter();
            assert_eq!(placed.message_id, ids.next());
            assert_eq!(placed.others, ids.collect::<Vec<_>>());
        }
        Err(error) => {
            assert!(!carried_out, "a call that was carried out would be made again: {error}");
            let is_answer = json.is_object() && json.get("ok").is_none_or(Value::is_boolean);
            let code = json["error_code"].as_u64().filter(|code| *code <= u64::from(u16::MAX));
            if is_answer && code.unwrap_or(u64::from(raw.status)) == 429 {
                assert!(matches!(error, CallError::Pause { .. }), "no pause: {error}");
            }
        }
    }
}
