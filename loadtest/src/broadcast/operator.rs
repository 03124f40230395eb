//! An operator at the command line, who begins a broadcast and looks how it goes.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use hamdam_testbed::fleet::Fleet;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

/// How often is looked.
const LOOK: Duration = Duration::from_millis(500);

/// What `hamdam admin broadcast` prints of one.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Progress {
    pub broadcast: u32,
    pub over: bool,
    pub sent: u64,
    pub unreachable: u64,
    pub failed: u64,
    pub dropped: u64,
}

/// Begins one to everybody.
pub(super) async fn start(hamdam: &Path, fleet: &Fleet, text: &str) -> anyhow::Result<Progress> {
    ask(hamdam, fleet, &["start", "--text", &format!("en={text}")]).await
}

/// How it goes.
pub(super) async fn show(hamdam: &Path, fleet: &Fleet, broadcast: u32) -> anyhow::Result<Progress> {
    ask(hamdam, fleet, &["show", &broadcast.to_string()]).await
}

/// Waits until it is over.
pub(super) async fn until_over(
    hamdam: &Path,
    fleet: &Fleet,
    broadcast: u32,
    longest: Duration,
) -> anyhow::Result<Progress> {
    let begun = Instant::now();
    loop {
        let progress = show(hamdam, fleet, broadcast).await?;
        if progress.over {
            return Ok(progress);
        }
        ensure!(begun.elapsed() < longest, "not over after {longest:?}: {progress:?}");
        sleep(LOOK).await;
    }
}

async fn ask(hamdam: &Path, fleet: &Fleet, args: &[&str]) -> anyhow::Result<Progress> {
    let file = fleet.file();
    let output = tokio::process::Command::new(hamdam)
        .args(["admin", "broadcast"])
        .args(args)
        .arg("--json")
        .env("REDIS_URL", &file.redis_url)
        .env("DATABASE_URL", &file.database_url)
        .kill_on_drop(true)
        .output()
        .await
        .context("hamdam cannot be started")?;
    if !output.status.success() {
        bail!("hamdam admin broadcast {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let rows: Vec<Progress> = serde_json::from_slice(&output.stdout).context("hamdam prints JSON")?;
    rows.first().copied().context("hamdam prints a row")
}
