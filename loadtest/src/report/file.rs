//! A report for programs.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

/// Writes it as JSON, if a file is wanted.
pub fn write_json(path: Option<&Path>, report: &impl Serialize) -> anyhow::Result<()> {
    let Some(path) = path else { return Ok(()) };
    std::fs::write(path, serde_json::to_vec_pretty(report)?)
        .with_context(|| format!("cannot write {}", path.display()))
}
