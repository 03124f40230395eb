//! Folders that vanish, even if this process is killed.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// A folder for one service. It is removed with this value; all folders of a process are also removed by a small
/// shell that waits for the process to end, so tests that are killed leave nothing behind.
#[derive(Debug)]
pub struct Folder {
    dir: TempDir,
}

impl Folder {
    /// A new, empty folder whose name begins with `name`.
    pub fn new(name: &str) -> Result<Self> {
        let root = root()?;
        let dir = tempfile::Builder::new()
            .prefix(&format!("{name}-"))
            .tempdir_in(&root)
            .with_context(|| format!("cannot make a folder in {}", root.display()))?;
        Ok(Self { dir })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// The process's own folder and the shell that removes it. The shell reads from a pipe whose other end only this
/// process holds; the read ends when the process does.
struct Root {
    path: PathBuf,
    _sweeper: Child,
}

fn root() -> Result<PathBuf> {
    static ROOT: Mutex<Option<Root>> = Mutex::new(None);
    let mut root = ROOT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(root) = &*root {
        return Ok(root.path.clone());
    }
    let path = tempfile::Builder::new().prefix("hamdam-testbed-").tempdir()?.keep();
    // Services die at the same moment and may still write: hence a few passes.
    let script = r#"cat >/dev/null; for pass in 1 2 3 4 5; do rm -rf -- "$0" && exit; sleep 0.2; done"#;
    let sweeper = Command::new("sh")
        .args(["-c", script])
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("cannot start sh")?;
    *root = Some(Root { path: path.clone(), _sweeper: sweeper });
    Ok(path)
}
