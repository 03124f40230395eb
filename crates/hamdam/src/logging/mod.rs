//! Logs: for people at a terminal, or one JSON object per line in the names of the Elastic Common Schema.

mod ecs;
mod lines;

use std::io::IsTerminal;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;
use crate::reports::Reports;
pub use lines::Flush;
use lines::{Lines, Shared};

/// Begins to log to standard output, and errors to `reports`, too. `RUST_LOG` sets the levels (`info` without it). The
/// rest is written when the returned value is dropped.
///
/// # Errors
/// A logger is set already: a process has one.
pub fn start(
    format: LogFormat,
    reports: Option<Reports>,
) -> Result<Flush, tracing_subscriber::util::TryInitError> {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let lines = Arc::new(Lines::to_stdout());
    let writer = Shared(Arc::clone(&lines));
    let registry = tracing_subscriber::registry().with(filter).with(reports);
    match format {
        LogFormat::Pretty => {
            let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let layer = tracing_subscriber::fmt::layer().with_ansi(colour).with_writer(writer);
            registry.with(layer).try_init()?;
        }
        LogFormat::Json => {
            let layer = tracing_subscriber::fmt::layer().event_format(ecs::Ecs).with_writer(writer);
            registry.with(layer).try_init()?;
        }
    }
    Ok(Flush::of(lines))
}
