//! Reads a call: its parameters, from wherever they may come, and whether the specification takes them.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::super::spec::{self, Method, SPEC};
use super::Refusal;

/// A call as it was sent.
#[derive(Debug)]
pub(in super::super) struct Request {
    /// The method, spelled as in the documentation if it exists.
    pub(in super::super) name: Arc<str>,
    /// Its parameters.
    pub(in super::super) args: Args,
    /// Why it is refused before anything else is looked at.
    pub(in super::super) wrong: Option<Refusal>,
}

/// The parameters of a call.
#[derive(Debug, Default)]
pub(in super::super) struct Args {
    /// Values by name, each of its type.
    pub(in super::super) values: Map<String, Value>,
    /// Files of a multipart body.
    pub(in super::super) files: Vec<Upload>,
}

/// A file of a multipart body.
#[derive(Debug)]
pub(in super::super) struct Upload {
    /// The name of its part.
    pub(in super::super) name: String,
    /// What is in it.
    pub(in super::super) content: Bytes,
}

impl Args {
    /// A number.
    pub(in super::super) fn int(&self, name: &str) -> Option<i64> {
        self.values.get(name)?.as_i64()
    }

    /// A text.
    pub(in super::super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str()
    }

    /// Whether it is there and true.
    pub(in super::super) fn is(&self, name: &str) -> bool {
        self.values.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// An array; empty if it is not there.
    pub(in super::super) fn list(&self, name: &str) -> &[Value] {
        self.values.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The file under this name.
    pub(in super::super) fn upload(&self, name: &str) -> Option<&Upload> {
        self.files.iter().find(|file| file.name == name)
    }
}

impl Request {
    /// A call whose parameters have their types already.
    pub(super) fn of(name: &str, method: Option<&Method>, args: Args) -> Self {
        let Some(method) = method else {
            let refusal = Refusal::other(404, "Not Found");
            let invalid = Some("no such method in the specification, or none the simulator knows".to_owned());
            return Self { name: name.into(), args, wrong: Some(Refusal { invalid, ..refusal }) };
        };
        let attached = |name: &str| args.upload(name).is_some();
        let wrong = spec::check(method, &args.values, &attached).err().map(Refusal::wrong);
        Self { name: Arc::clone(&method.name), args, wrong }
    }

    /// Reads a call from its HTTP request.
    pub(in super::super) fn read(
        name: &str,
        query: Option<&str>,
        content_type: Option<&str>,
        body: &Bytes,
    ) -> Self {
        let Some(method) = SPEC.method(name) else { return Self::of(name, None, Args::default()) };
        let mut args = Args::default();
        let read = read_query(method, query, &mut args)
            .and_then(|()| read_body(method, content_type, body, &mut args));
        match read {
            Ok(()) => Self::of(name, Some(method), args),
            Err(why) => Self { name: Arc::clone(&method.name), args, wrong: Some(Refusal::wrong(why)) },
        }
    }
}

fn read_query(method: &Method, query: Option<&str>, args: &mut Args) -> Result<(), String> {
    read_form(method, query.unwrap_or_default().as_bytes(), args)
}

fn read_body(
    method: &Method,
    content_type: Option<&str>,
    body: &Bytes,
    args: &mut Args,
) -> Result<(), String> {
    let (kind, rest) = content_type.map_or(("", ""), |text| text.split_once(';').unwrap_or((text, "")));
    match kind.trim().to_ascii_lowercase().as_str() {
        _ if body.is_empty() => Ok(()),
        "application/json" => {
            let Ok(Value::Object(values)) = serde_json::from_slice(body) else {
                return Err("can't parse JSON object".to_owned());
            };
            args.values.extend(values);
            Ok(())
        }
        "application/x-www-form-urlencoded" => read_form(method, body, args),
        "multipart/form-data" => read_multipart(method, rest, body, args),
        _ => Err(format!("a body of type {kind:?}, which the Bot API does not read")),
    }
}

/// Notes a parameter that came as text.
fn put(method: &Method, args: &mut Args, name: &str, text: String) -> Result<(), String> {
    let param = method.params.iter().find(|param| param.name == name);
    let param = param.ok_or_else(|| format!("unknown parameter {name:?}"))?;
    args.values.insert(name.to_owned(), spec::from_text(param, text)?);
    Ok(())
}

fn read_form(method: &Method, form: &[u8], args: &mut Args) -> Result<(), String> {
    for pair in form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let name = unescape(&pair[..at])?;
        let value = unescape(pair.get(at + 1..).unwrap_or_default())?;
        put(method, args, &name, value)?;
    }
    Ok(())
}

fn unescape(text: &[u8]) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex =
                    [rest.next(), rest.next()].map(|digit| char::from(*digit.unwrap_or(&b'-')).to_digit(16));
                let [Some(high), Some(low)] = hex else { return Err("a broken percent escape".to_owned()) };
                u8::try_from(high * 16 + low).unwrap_or_default()
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).map_err(|_| "strings must be encoded in UTF-8".to_owned())
}

fn read_multipart(method: &Method, header: &str, body: &Bytes, args: &mut Args) -> Result<(), String> {
    let boundary = header.split(';').find_map(|part| part.trim().strip_prefix("boundary="));
    let boundary = boundary.ok_or("a multipart body without boundary")?.trim_matches('"');
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = find(body, &delimiter.as_bytes()[2..], 0)
        .filter(|at| *at == 0)
        .map(|_| body.slice(delimiter.len() - 2..))
        .ok_or("a multipart body that does not begin with its boundary")?;
    while !rest.starts_with(b"--") {
        let part_begins = rest.starts_with(b"\r\n").then_some(2).ok_or("a broken multipart body")?;
        let head_ends = find(&rest, b"\r\n\r\n", 0).ok_or("a multipart part without end of its head")?;
        let part_ends = find(&rest, delimiter.as_bytes(), head_ends).ok_or("a multipart body without end")?;
        let head = String::from_utf8_lossy(&rest[part_begins..head_ends]).into_owned();
        let content = rest.slice((head_ends + 4).min(part_ends)..part_ends);
        let (name, is_file) = disposition(&head).ok_or("a multipart part without name")?;
        if is_file {
            args.files.push(Upload { name, content });
        } else {
            let text = String::from_utf8(content.to_vec()).map_err(|_| "strings must be encoded in UTF-8")?;
            put(method, args, &name, text)?;
        }
        rest = rest.slice(part_ends + delimiter.len()..);
    }
    stray_file(method, args)
}

/// A file must be a parameter, or what an `attach://` refers to.
fn stray_file(method: &Method, args: &Args) -> Result<(), String> {
    let refers = |text: &str, name: &str| text.contains(&format!("attach://{name}"));
    let mentioned = |name: &str| args.values.values().any(|value| refers(&value.to_string(), name));
    let known = |name: &str| method.params.iter().any(|param| param.name == name);
    match args.files.iter().find(|file| !known(&file.name) && !mentioned(&file.name)) {
        Some(file) => Err(format!("a file {:?} that no parameter refers to", file.name)),
        None => Ok(()),
    }
}

fn disposition(head: &str) -> Option<(String, bool)> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let field = |field: &str| {
        line.split(';')
            .find_map(|part| part.trim().strip_prefix(field))
            .map(|value| value.trim_matches('"').to_owned())
    };
    Some((field("name=")?, field("filename=").is_some()))
}

fn find(text: &[u8], what: &[u8], from: usize) -> Option<usize> {
    text.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| at + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_says_the_same() {
        let json = Bytes::from_static(r#"{"chat_id":5,"text":"a b","disable_notification":true}"#.as_bytes());
        let form = Bytes::from_static(b"chat_id=5&text=a+%62&disable_notification=true");
        let multipart = Bytes::from_static(
            b"--X\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n5\r\n\
              --X\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na b\r\n\
              --X\r\nContent-Disposition: form-data; name=\"disable_notification\"\r\n\r\ntrue\r\n--X--\r\n",
        );
        let read = |kind: &str, body: &Bytes| Request::read("sendmessage", None, Some(kind), body);
        for request in [
            read("application/json; charset=utf-8", &json),
            read("application/x-www-form-urlencoded", &form),
            read("multipart/form-data; boundary=X", &multipart),
            Request::read(
                "sendMessage",
                Some("chat_id=5&text=a+b&disable_notification=true"),
                None,
                &Bytes::new(),
            ),
        ] {
            assert!(request.wrong.is_none(), "{:?}", request.wrong);
            assert_eq!(&*request.name, "sendMessage");
            assert_eq!(request.args.int("chat_id"), Some(5));
            assert_eq!(request.args.text("text"), Some("a b"));
            assert!(request.args.is("disable_notification"));
        }
    }

    #[test]
    fn what_the_specification_does_not_take_is_named() {
        let wrong = |method: &str, body: &'static str| {
            let request =
                Request::read(method, None, Some("application/json"), &Bytes::from_static(body.as_bytes()));
            request.wrong.and_then(|wrong| wrong.invalid).unwrap_or_default()
        };
        assert_eq!(wrong("sendMessage", r#"{"chat_id":5}"#), r#"parameter "text" is required"#);
        assert_eq!(wrong("sendMessage", r#"{"chat_id":5,"text":7}"#), r#"parameter "text" must be a String"#);
        assert_eq!(
            wrong("sendMessage", r#"{"chat_id":5,"text":"x","silent":true}"#),
            r#"unknown parameter "silent""#
        );
        assert_eq!(wrong("sendMessage", r#"{"chat_id":5,"#), "can't parse JSON object");
        assert_eq!(
            wrong("sendMesage", "{}"),
            "no such method in the specification, or none the simulator knows"
        );
        assert_eq!(
            wrong("copyMessage", r#"{"chat_id":5,"from_chat_id":6,"message_id":"7"}"#),
            r#"parameter "message_id" must be an Integer"#
        );
        assert_eq!(
            wrong(
                "sendMessage",
                r#"{"chat_id":5,"text":"x","reply_markup":{"inline_keyboard":[[{"txt":"a"}]]}}"#
            ),
            r#"parameter "reply_markup" .inline_keyboard [0] [0] has "txt", which InlineKeyboardButton lacks"#
        );
        assert_eq!(
            wrong("sendMessage", r#"{"chat_id":5,"text":"x","reply_parameters":{"message":3}}"#),
            r#"parameter "reply_parameters" has "message", which ReplyParameters lacks"#
        );
    }
}
