//! Reading what scripts answer. A shape that no script of ours answers is `None`.

use std::str::FromStr;

use fred::bytes_utils::Str;
use fred::types::Value;
use hamdam_domain::clock::Millis;
use hamdam_domain::outbox::EntryId;

use crate::step::pool::FeedCursor;

/// A reply's parts, taken one after another.
pub(super) struct Parts(std::vec::IntoIter<Value>);

impl Parts {
    /// The parts of an array; anything else has none.
    pub(super) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Array(parts) => Some(Self(parts.into_iter())),
            _ => None,
        }
    }

    pub(super) fn text(&mut self) -> Option<Str> {
        self.0.next()?.into_bytes_str()
    }

    pub(super) fn number<T: TryFrom<i64>>(&mut self) -> Option<T> {
        T::try_from(self.0.next()?.as_i64()?).ok()
    }

    pub(super) fn parsed<T: FromStr>(&mut self) -> Option<T> {
        self.text()?.parse().ok()
    }

    pub(super) fn array(&mut self) -> Option<Self> {
        Self::of(self.0.next()?)
    }

    /// The rest, each read by `read`; `None` if one of them cannot be read.
    pub(super) fn rest<T>(self, read: impl FnMut(Value) -> Option<T>) -> Option<Vec<T>> {
        self.0.map(read).collect()
    }

    pub(super) fn left(&self) -> usize {
        self.0.len()
    }
}

/// An entry of a stream: its place, and the values of its fields in the order they were written.
pub(super) fn stream_entry(value: Value) -> Option<(EntryId, Vec<(Str, Str)>)> {
    let mut entry = Parts::of(value)?;
    let id = entry_id(&entry.text()?)?;
    let mut pairs = entry.array()?;
    let mut fields = Vec::with_capacity(pairs.left() / 2);
    while let Some(name) = pairs.text() {
        fields.push((name, pairs.text()?));
    }
    Some((id, fields))
}

/// `milliseconds-sequence`, the name of a stream's entry.
pub(super) fn entry_id(text: &str) -> Option<EntryId> {
    let (ms, sequence) = text.split_once('-')?;
    Some(EntryId { ms: ms.parse().ok()?, sequence: sequence.parse().ok()? })
}

pub(super) fn entry_name(id: EntryId) -> String {
    format!("{}-{}", id.ms, id.sequence)
}

pub(super) fn cursor(id: EntryId) -> FeedCursor {
    FeedCursor { ms: id.ms, sequence: id.sequence }
}

/// The two parts of Redis's `TIME`.
pub(super) fn time(seconds: &str, micros: &str) -> Option<Millis> {
    let (seconds, micros): (i64, i64) = (seconds.parse().ok()?, micros.parse().ok()?);
    Some(Millis(seconds * 1_000 + micros / 1_000))
}
