//! Writes JSON straight into a string: updates and answers are made thousands of times a second.

use std::fmt::Write;

/// JSON under construction. The caller opens, fills and closes in order.
#[derive(Debug, Default)]
pub(super) struct Json(String);

impl Json {
    /// Begins with an object; [`end`](Self::end) closes it.
    pub(super) fn object() -> Self {
        let mut text = String::with_capacity(512);
        text.push('{');
        Self(text)
    }

    /// Closes what [`object`](Self::object) began.
    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    /// A field that is a number.
    pub(super) fn int(&mut self, key: &str, value: impl Into<i64>) -> &mut Self {
        self.key(key);
        write!(self.0, "{}", value.into()).expect("a string takes every write");
        self
    }

    /// A field that is `true` or `false`.
    pub(super) fn bool(&mut self, key: &str, value: bool) -> &mut Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// A field that is text.
    pub(super) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        quote(&mut self.0, value);
        self
    }

    /// A field that is text, if there is one.
    pub(super) fn maybe(&mut self, key: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.text(key, value);
        }
        self
    }

    /// A field that is JSON already.
    pub(super) fn raw(&mut self, key: &str, json: &str) -> &mut Self {
        self.key(key);
        self.0.push_str(json);
        self
    }

    /// A field that is an object.
    pub(super) fn nest(&mut self, key: &str, fill: impl FnOnce(&mut Self)) -> &mut Self {
        self.key(key);
        self.0.push('{');
        fill(self);
        self.0.push('}');
        self
    }

    /// A field that is an array of objects.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.key(key);
        self.0.push('[');
        for item in items {
            if !self.0.ends_with('[') {
                self.0.push(',');
            }
            self.0.push('{');
            fill(self, item);
            self.0.push('}');
        }
        self.0.push(']');
        self
    }

    fn key(&mut self, key: &str) {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
    }
}

/// Text as a JSON string.
pub(super) fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    quote(&mut text, value);
    text
}

fn quote(out: &mut String, value: &str) {
    out.push('"');
    let mut clean = 0;
    for (at, byte) in value.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(&value[clean..at]);
        if escape.is_empty() {
            write!(out, "\\u{byte:04x}").expect("a string takes every write");
        } else {
            out.push_str(escape);
        }
        clean = at + 1;
    }
    out.push_str(&value[clean..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let awkward = "a\"b\\c\n\u{1}\u{7f} سلام 🎲";
        let mut json = Json::object();
        json.text("t", awkward).int("n", -5).nest("o", |o| {
            o.bool("b", true);
        });
        json.list("l", [1, 2], |item, n| {
            item.int("i", n);
        });
        let value: serde_json::Value = serde_json::from_str(&json.end()).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"t": awkward, "n": -5, "o": {"b": true}, "l": [{"i": 1}, {"i": 2}]})
        );
    }
}
