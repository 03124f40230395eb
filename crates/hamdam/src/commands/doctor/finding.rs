//! What was found, and what mends it.

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in super::super) enum Level {
    /// Nothing is wrong.
    Fine,
    /// It works, and somebody should know.
    Warning,
    /// Something is lost or stands still by it, now or at the next failure.
    Problem,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in super::super) struct Finding {
    pub(in super::super) level: Level,
    /// The part: `redis 10.0.0.5:6379`, `database`, `bot 123`.
    pub(in super::super) about: String,
    /// What was looked at: from a closed set, for programs.
    pub(in super::super) what: &'static str,
    /// What was found, for people.
    pub(in super::super) found: String,
    /// What mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) mend: Option<String>,
}

impl Finding {
    pub(in super::super) fn line(&self) -> String {
        let Self { level, about, found, mend, .. } = self;
        let level = match level {
            Level::Fine => "fine",
            Level::Warning => "warning",
            Level::Problem => "problem",
        };
        let mend = mend.as_ref().map(|mend| format!("\n{:<9}{mend}", "")).unwrap_or_default();
        format!("{level:<9}{about}: {found}{mend}")
    }
}

/// Collects what is found of one part.
pub(in super::super) struct Part {
    about: String,
    found: Vec<Finding>,
}

impl Part {
    pub(in super::super) fn new(about: impl Into<String>) -> Self {
        Self { about: about.into(), found: Vec::new() }
    }

    pub(in super::super) fn problem(
        &mut self,
        what: &'static str,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.note(Level::Problem, what, found.into(), Some(mend.into()));
    }

    pub(in super::super) fn warning(
        &mut self,
        what: &'static str,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.note(Level::Warning, what, found.into(), Some(mend.into()));
    }

    fn note(&mut self, level: Level, what: &'static str, found: String, mend: Option<String>) {
        self.found.push(Finding { level, about: self.about.clone(), what, found, mend });
    }

    /// All that was found; `well` describes a part of which nothing bad was.
    pub(in super::super) fn end(mut self, well: impl Into<String>) -> Vec<Finding> {
        if self.found.is_empty() {
            self.note(Level::Fine, "all", well.into(), None);
        }
        self.found
    }
}
