//! Elastic Common Schema 8: <https://www.elastic.co/guide/en/ecs/current/index.html>.

use std::fmt;

use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

const ECS_VERSION: &str = "8.17.0";

/// Writes an event as one JSON object.
pub(super) struct Ecs;

impl<S, N> FormatEvent<S, N> for Ecs
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut time = String::with_capacity(32);
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let metadata = event.metadata();
        let mut fields = Fields(Vec::with_capacity(512));
        fields.put("", "@timestamp", &time);
        fields.put("", "log.level", level(*metadata.level()));
        fields.put("", "log.logger", metadata.target());
        fields.put("", "ecs.version", ECS_VERSION);
        fields.put("", "service.name", "hamdam");
        fields.put("", "service.version", env!("CARGO_PKG_VERSION"));
        event.record(&mut fields);
        writeln!(writer, "{}}}", std::str::from_utf8(&fields.0).map_err(|_| fmt::Error)?)
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// Writes an event's fields under their names in the schema. What the schema has no name for stands under `hamdam`,
/// as it asks of an application's own fields.
struct Fields(Vec<u8>);

impl Fields {
    /// Writes one field. Names come from the source code and need no escaping.
    fn put<V: Serialize + ?Sized>(&mut self, prefix: &str, name: &str, value: &V) {
        self.0.extend_from_slice(if self.0.is_empty() { b"{\"" } else { b",\"" });
        self.0.extend_from_slice(prefix.as_bytes());
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        serde_json::to_writer(&mut self.0, value).expect("strings and numbers are written to memory");
    }

    fn put_field<V: Serialize + ?Sized>(&mut self, field: &Field, value: &V) {
        match field.name() {
            "message" => self.put("", "message", value),
            "error" => self.put("", "error.message", value),
            "request_id" => self.put("", "http.request.id", value),
            "status" => self.put("", "http.response.status_code", value),
            other => self.put("hamdam.", other, value),
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "ms" {
            // In nanoseconds.
            return self.put("", "event.duration", &(value * 1e6).round());
        }
        self.put_field(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put_field(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put_field(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put_field(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_field(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_field(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::{Map, Value};
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_update_line_has_the_names_of_the_schema() {
        let sink = Sink::default();
        let writer = sink.clone();
        let layer = tracing_subscriber::fmt::layer().event_format(Ecs).with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let update: Option<i64> = None;
            let error = "no \"Redis\"\nat all";
            tracing::warn!(target: "hamdam::update", bot = 7_i64, update, status = 503_u16, ms = 1.5,
                request_id = Some("4f0c"), error, "update");
        });
        let line: Map<String, Value> = serde_json::from_slice(&sink.0.lock().unwrap()).unwrap();
        for (name, value) in [
            ("log.level", Value::from("warn")),
            ("log.logger", "hamdam::update".into()),
            ("message", "update".into()),
            ("hamdam.bot", 7.into()),
            ("http.response.status_code", 503.into()),
            ("http.request.id", "4f0c".into()),
            ("event.duration", 1_500_000.0.into()),
            ("error.message", "no \"Redis\"\nat all".into()),
        ] {
            assert_eq!(line.get(name), Some(&value), "{name} in {line:?}");
        }
        assert!(line["@timestamp"].as_str().unwrap().ends_with('Z'), "{line:?}");
        assert!(!line.contains_key("hamdam.update"), "an absent value has no field: {line:?}");
    }
}
