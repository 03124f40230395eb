//! What is said about it all.

use std::sync::Arc;

use anyhow::Context;
use hamdam_fleet::metrics::Metrics;
use secrecy::{ExposeSecret, SecretString};
use sentry::types::Dsn;

use super::Settings;
use crate::reports::Reports;

/// Logs and reports.
#[derive(Clone, Debug)]
pub struct Log {
    /// For whom.
    pub format: LogFormat,
    /// Where errors are reported: an address that Sentry's own reading of it has approved.
    pub sentry_dsn: Option<SecretString>,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal.
    Pretty,
    /// One JSON object per line, in the names of the Elastic Common Schema.
    Json,
}

impl Log {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let format = settings.with_default("LOG_FORMAT", "Give pretty or json.", |text| match text {
            "pretty" => Some(LogFormat::Pretty),
            "json" => Some(LogFormat::Json),
            _ => None,
        });
        let mend = "Give the https address Sentry shows for the project.";
        let dsn = settings.parsed("SENTRY_DSN", mend, |text| text.parse::<Dsn>().ok());
        Self { format, sentry_dsn: dsn.map(|dsn| dsn.to_string().into()) }
    }
    /// Where errors are reported, if that is wished; what becomes of them is counted in `metrics`.
    pub fn reports(&self, metrics: &Arc<Metrics>) -> anyhow::Result<Option<Reports>> {
        let Some(dsn) = &self.sentry_dsn else { return Ok(None) };
        let dsn: Dsn = dsn.expose_secret().parse().context("SENTRY_DSN")?;
        Reports::to(dsn, Arc::clone(metrics)).map(Some).context("SENTRY_DSN")
    }
}
