//! Errors for Sentry: log lines of level ERROR, and panics.
//!
//! Nobody's data leaves the house with them: of a line only the fields in a list pass, and texts only masked
//! (`event`, `mask`). Reporting never holds up the work: a report waits in a short queue, or is dropped and counted
//! (`post`).

mod event;
mod mask;
mod post;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hamdam_domain::id::InstanceId;
use hamdam_fleet::metrics::Metrics;
use hamdam_telegram::http::{self, HttpError};
use sentry::protocol::Event;
use sentry::types::Dsn;
use sentry::{Client, ClientOptions};
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use post::PostOffice;

/// Reports errors. Clones report to the same place.
#[derive(Clone)]
pub struct Reports(Arc<Inner>);

struct Inner {
    client: Client,
    instance: OnceLock<String>,
}

impl Reports {
    /// Begins to report there, and counts what becomes of it.
    ///
    /// # Errors
    /// There can be no client, mostly for want of root certificates.
    pub fn to(dsn: Dsn, metrics: Arc<Metrics>) -> Result<Self, HttpError> {
        let way = PostOffice { http: http::client(None)?, metrics };
        let mut options = ClientOptions::new().release(release()).transport(way);
        options.dsn = Some(dsn);
        options.server_name = machine().map(Into::into);
        Ok(Self(Arc::new(Inner { client: Client::with_options(options), instance: OnceLock::new() })))
    }

    /// From now on reports say which instance of the fleet they come from, by the name it has in live state.
    pub fn come_from(&self, instance: &InstanceId) {
        // An instance is named once in its life.
        let _ = self.0.instance.set(instance.0.clone());
    }

    /// Reports panics, too, of every thread, before whatever else is done about them.
    pub fn watch_panics(&self) {
        let (reports, before) = (self.clone(), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |panic| {
            reports.report(event::of_panic(panic));
            before(panic);
        }));
    }

    fn report(&self, mut event: Event<'static>) {
        if let Some(instance) = self.0.instance.get() {
            event.tags.insert("instance".to_owned(), instance.clone());
        }
        // Without a scope: what is on the way besides is nothing of Sentry's.
        self.0.client.capture_event(event, None);
    }

    /// Takes no more reports, and waits for those on their way, for `limit` at most. Answers whether none was left.
    pub fn close(&self, limit: Duration) -> bool {
        self.0.client.close(Some(limit))
    }
}

impl<S: Subscriber> Layer<S> for Reports {
    fn on_event(&self, event: &tracing::Event<'_>, _context: Context<'_, S>) {
        if *event.metadata().level() == Level::ERROR {
            self.report(event::of_line(event));
        }
    }
}

/// In Sentry's form: the package, its version, and where the build was told it (`HAMDAM_COMMIT`) the commit.
fn release() -> String {
    let commit = option_env!("HAMDAM_COMMIT").filter(|commit| !commit.is_empty());
    let build = commit.map(|commit| format!("+{commit}")).unwrap_or_default();
    format!("hamdam@{}{build}", env!("CARGO_PKG_VERSION"))
}

/// The name of the machine, container or pod.
fn machine() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
