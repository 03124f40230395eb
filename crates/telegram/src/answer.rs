//! Reading answers: leniently, since a call that was carried out must not be repeated because its answer grew.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::{CallError, Executed};
use crate::lenient::{Lenient, Object};
use crate::verdict;

/// `result` of a method that places or changes messages: a `Message`, a `MessageId`, an array of either, or `true`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// The message's id, where there is one; of several messages the first's.
    pub message_id: Option<i64>,
    /// The ids of those behind it. Of several messages every id is known, or none.
    pub others: Vec<i64>,
}

#[derive(Deserialize)]
struct Id {
    #[serde(default)]
    message_id: Lenient<i64>,
}

impl<'de> Deserialize<'de> for Placed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Whatever it is, it is read whole, and what is none of these says nothing.
        let result = <&RawValue>::deserialize(deserializer)?.get();
        if result.starts_with('[') {
            let all = serde_json::from_str::<Vec<Object<Id>>>(result).unwrap_or_default();
            let ids: Option<Vec<i64>> = all.into_iter().map(|id| id.0?.message_id.0).collect();
            let mut ids = ids.unwrap_or_default().into_iter();
            return Ok(Self { message_id: ids.next(), others: ids.collect() });
        }
        let id = serde_json::from_str::<Object<Id>>(result).ok().and_then(|id| id.0);
        Ok(Self { message_id: id.and_then(|id| id.message_id.0), others: Vec::new() })
    }
}

/// The object around every answer.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    ok: bool,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error_code: Lenient<u16>,
    #[serde(default)]
    description: Lenient<String>,
    #[serde(default)]
    parameters: Object<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    retry_after: Lenient<u32>,
}

/// An answer as it came over HTTP.
#[derive(Debug)]
pub struct Raw {
    /// HTTP status.
    pub status: u16,
    /// The `Retry-After` header, in seconds.
    pub retry_after: Option<u32>,
    /// The body.
    pub body: Bytes,
}

/// Reads an answer; `Ok` holds the JSON of `result`.
fn result_of<'a>(method: &'static str, raw: &'a Raw) -> Result<&'a RawValue, CallError> {
    // An array is no answer, though serde would read one by position.
    let Ok(Object(Some(envelope))) = serde_json::from_slice::<Object<Envelope<'a>>>(&raw.body) else {
        return Err(verdict::unreadable(method, raw));
    };
    match envelope.result {
        Some(result) if envelope.ok => Ok(result),
        _ => Err(verdict::refusal(
            method,
            &verdict::Refusal {
                code: envelope.error_code.0.unwrap_or(raw.status),
                description: envelope.description.0.unwrap_or_default(),
                retry_after: envelope.parameters.0.and_then(|p| p.retry_after.0).or(raw.retry_after),
            },
        )),
    }
}

/// Reads the answer of a typed method.
pub fn read<T: DeserializeOwned>(method: &'static str, raw: &Raw) -> Result<T, CallError> {
    let result = result_of(method, raw)?;
    serde_json::from_str(result.get()).map_err(|error| CallError::Retry {
        method,
        executed: Executed::Perhaps,
        reason: format!("its result cannot be read: {error}"),
        source: None,
    })
}

/// Reads the answer of a call into a chat. It was carried out if Telegram says `ok`, whatever else it says.
pub fn placed(method: &'static str, raw: &Raw) -> Result<Placed, CallError> {
    let result = result_of(method, raw)?;
    Ok(serde_json::from_str(result.get()).unwrap_or_default())
}

/// The id of the file in a `Message` under the field of this `kind`, if it is there: of a photo's sizes the largest.
pub(crate) fn file_id(raw: &Raw, kind: &str) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_slice(&raw.body).ok()?;
    let field = answer.get("result")?.get(kind)?;
    let file = field.as_array().map_or(Some(field), |sizes| sizes.last())?;
    file.get("file_id")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &'static str) -> Raw {
        Raw { status: 200, retry_after: None, body: Bytes::from_static(body.as_bytes()) }
    }

    /// Found by the fuzz target `answer`: serde reads a struct from an array by position.
    #[test]
    fn an_array_is_no_answer() {
        let read = placed("copyMessage", &answer(r#"[true,{"message_id":5},null,"",{}]"#));
        assert!(matches!(read, Err(CallError::Retry { executed: Executed::Perhaps, .. })), "{read:?}");
    }

    #[test]
    fn an_answer_that_grew_is_read_all_the_same() {
        let read =
            placed("copyMessage", &answer(r#"{"new":[1],"result":{"message_id":5,"x":{}},"ok":true}"#));
        assert_eq!(read.unwrap(), Placed { message_id: Some(5), others: Vec::new() });
    }

    #[test]
    fn several_messages_have_every_id_or_none() {
        let read = |body| placed("copyMessages", &answer(body)).unwrap();
        let all = read(r#"{"ok":true,"result":[{"message_id":5},{"message_id":6,"x":1},{"message_id":9}]}"#);
        assert_eq!(all, Placed { message_id: Some(5), others: vec![6, 9] });
        for body in [
            r#"{"ok":true,"result":[{"message_id":5},{"id":6}]}"#,
            r#"{"ok":true,"result":[5,6]}"#,
            r#"{"ok":true,"result":[]}"#,
            r#"{"ok":true,"result":true}"#,
        ] {
            assert_eq!(read(body), Placed::default(), "{body}");
        }
    }
}
