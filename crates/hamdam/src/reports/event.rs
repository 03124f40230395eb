//! What a report says.

use std::fmt;
use std::panic::PanicHookInfo;

use sentry::Level;
use sentry::protocol::Event;
use tracing::field::{Field, Visit};

use super::mask::masked;

/// What a field may hold to be passed on. What does not look like it is left out.
#[derive(Clone, Copy)]
enum Form {
    /// A number.
    Number,
    /// One of our own names, such as a method's.
    Word,
    /// What an error says, masked.
    Text,
}

/// The fields that may leave the house, by which reports are sorted and searched.
const TAGS: &[(&str, Form)] = &[
    ("bot", Form::Number),
    ("shard", Form::Number),
    ("status", Form::Number),
    ("method", Form::Word),
    ("kind", Form::Word),
    ("outcome", Form::Word),
];

/// And those that differ from report to report. Everything else stays in the log.
const DETAILS: &[(&str, Form)] = &[
    ("update", Form::Number),
    ("request_id", Form::Word),
    ("ms", Form::Number),
    ("sequence", Form::Number),
    ("error", Form::Text),
    ("source", Form::Text),
    ("reason", Form::Text),
];

/// A longer word is none of ours.
const LONGEST_WORD: usize = 64;

/// The report of a log line.
pub(super) fn of_line(line: &tracing::Event<'_>) -> Event<'static> {
    let mut event = Event::new();
    event.level = Level::Error;
    event.logger = Some(line.metadata().target().to_owned());
    line.record(&mut Fields(&mut event));
    event
}

/// The report of a panic: where it was, and what it says if that is a literal of the source. What was put together when
/// it happened may name somebody.
pub(super) fn of_panic(panic: &PanicHookInfo<'_>) -> Event<'static> {
    let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    let said = panic.payload().downcast_ref::<&'static str>().map(|said| format!(": {said}"));
    let mut event = Event::new();
    event.level = Level::Fatal;
    event.logger = Some("panic".to_owned());
    event.message = Some(format!("panicked{place}{}", said.unwrap_or_default()));
    event
}

/// Puts the fields of a line where they belong in a report.
struct Fields<'a>(&'a mut Event<'static>);

impl Fields<'_> {
    fn put(&mut self, name: &'static str, value: &str) {
        if name == "message" {
            self.0.message = Some(masked(value));
        } else if let Some(form) = form(TAGS, name) {
            self.0.tags.extend(form.pass(value).map(|value| (name.to_owned(), value)));
        } else if let Some(form) = form(DETAILS, name) {
            self.0.extra.extend(form.pass(value).map(|value| (name.to_owned(), value.into())));
        }
    }
}

fn form(fields: &[(&str, Form)], name: &str) -> Option<Form> {
    fields.iter().find(|(field, _)| *field == name).map(|(_, form)| *form)
}

impl Form {
    fn pass(self, value: &str) -> Option<String> {
        let passes = match self {
            Self::Number => value.parse::<f64>().is_ok(),
            Self::Word => {
                value.len() <= LONGEST_WORD
                    && value.chars().all(|c| c.is_ascii_alphanumeric() || "_- ".contains(c))
            }
            Self::Text => return Some(masked(value)),
        };
        passes.then(|| value.to_owned())
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), &format!("{value:?}"));
    }
}
