//! What is said about it all.

use secrecy::SecretString;

use super::{Settings, url};

/// Logs and reports.
#[derive(Clone, Debug)]
pub struct Log {
    /// For whom.
    pub format: LogFormat,
    /// Where errors are reported.
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
        let dsn = settings.parsed("SENTRY_DSN", mend, |text| url::parse(text, &["http", "https"]));
        Self { format, sentry_dsn: dsn.map(|dsn| dsn.as_str().into()) }
    }
}
