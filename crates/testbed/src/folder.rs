//! Folders that vanish, even if this process is killed.

use std::io::Write;
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

/// The process's own folder and the shell that sweeps up after it. The shell reads from a pipe whose other end only
/// this process holds; the read ends when the process does.
struct Root {
    path: PathBuf,
    sweeper: Child,
}

/// Notes process groups that come (`+`) and go (`-`); at the end of the input kills those that are left, and removes
/// the folder. A server's workers outlive it if it is killed, and nobody else would know them. What was killed may
/// still write for an instant: hence a few passes.
const SWEEP: &str = r#"
groups=
while read -r sign group; do
  rest=
  for known in $groups; do [ "$known" = "$group" ] || rest="$rest $known"; done
  groups=$rest
  [ "$sign" = - ] || groups="$groups $group"
done
for group in $groups; do kill -s KILL -- "-$group"; done
for pass in 1 2 3 4 5; do rm -rf -- "$0" && exit; sleep 0.2; done
"#;

static ROOT: Mutex<Option<Root>> = Mutex::new(None);

fn root() -> Result<PathBuf> {
    with_root(|root| Ok(root.path.clone()))
}

/// Tells the sweeper of a process group that is to die with this process, or of one that has ended.
pub(crate) fn note_group(leader: u32, lives: bool) -> Result<()> {
    with_root(|root| {
        let pipe = root.sweeper.stdin.as_mut().context("the sweeper has a pipe")?;
        writeln!(pipe, "{} {leader}", if lives { '+' } else { '-' }).context("the sweeper is gone")
    })
}

fn with_root<T>(what: impl FnOnce(&mut Root) -> Result<T>) -> Result<T> {
    let mut root = ROOT.lock().unwrap_or_else(PoisonError::into_inner);
    let root = match &mut *root {
        Some(root) => root,
        none => none.insert(found()?),
    };
    what(root)
}

fn found() -> Result<Root> {
    let path = tempfile::Builder::new().prefix("hamdam-testbed-").tempdir()?.keep();
    let sweeper = Command::new("sh")
        .args(["-c", SWEEP])
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("cannot start sh")?;
    Ok(Root { path, sweeper })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leader() -> Child {
        let mut command = Command::new("sleep");
        command.arg("60").process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    #[test]
    fn the_sweeper_kills_who_is_left_and_removes_the_folder() {
        let dir = tempfile::tempdir().unwrap().keep();
        std::fs::write(dir.join("file"), "x").unwrap();
        let (mut left, mut gone) = (leader(), leader());
        let mut sweeper =
            Command::new("sh").args(["-c", SWEEP]).arg(&dir).stdin(Stdio::piped()).spawn().unwrap();
        let mut pipe = sweeper.stdin.take().unwrap();
        writeln!(pipe, "+ {}\n+ {}\n- {}", left.id(), gone.id(), gone.id()).unwrap();
        drop(pipe);
        assert!(sweeper.wait().unwrap().success());
        assert!(!dir.exists());
        // Ended by a signal: no exit code.
        assert_eq!(left.wait().unwrap().code(), None);
        assert!(gone.try_wait().unwrap().is_none(), "it was taken off the list");
        gone.kill().unwrap();
        gone.wait().unwrap();
    }
}
