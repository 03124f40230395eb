//! Elastic Common Schema 8: <https://www.elastic.co/guide/en/ecs/current/index.html>.

use std::fmt;

use serde_json::{Map, Value};
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
        let mut fields = Fields(Map::new());
        fields.put("@timestamp", time.into());
        fields.put("log.level", level(*metadata.level()).into());
        fields.put("log.logger", metadata.target().into());
        fields.put("ecs.version", ECS_VERSION.into());
        fields.put("service.name", "hamdam".into());
        fields.put("service.version", env!("CARGO_PKG_VERSION").into());
        event.record(&mut fields);
        writeln!(writer, "{}", Value::Object(fields.0))
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

/// Collects an event's fields under their names in the schema. What the schema has no name for stands under
/// `hamdam`, as it asks of an application's own fields.
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    fn put_field(&mut self, field: &Field, value: Value) {
        match field.name() {
            "message" => self.put("message", value),
            "error" => self.put("error.message", value),
            "status" => self.put("http.response.status_code", value),
            "ms" => self.put("event.duration", nanoseconds(&value)),
            other => self.put(&format!("hamdam.{other}"), value),
        }
    }
}

/// `event.duration` is in nanoseconds.
fn nanoseconds(ms: &Value) -> Value {
    ms.as_f64().map_or(Value::Null, |ms| Value::from((ms * 1e6).round()))
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put_field(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put_field(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put_field(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put_field(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_field(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_field(field, format!("{value:?}").into());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

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
            tracing::warn!(target: "hamdam::update", bot = 7_i64, update, status = 503_u16, ms = 1.5, "update");
        });
        let line: Map<String, Value> = serde_json::from_slice(&sink.0.lock().unwrap()).unwrap();
        for (name, value) in [
            ("log.level", Value::from("warn")),
            ("log.logger", "hamdam::update".into()),
            ("message", "update".into()),
            ("hamdam.bot", 7.into()),
            ("http.response.status_code", 503.into()),
            ("event.duration", 1_500_000.0.into()),
        ] {
            assert_eq!(line.get(name), Some(&value), "{name} in {line:?}");
        }
        assert!(line["@timestamp"].as_str().unwrap().ends_with('Z'), "{line:?}");
        assert!(!line.contains_key("hamdam.update"), "an absent value has no field: {line:?}");
    }
}
