//! A wall clock of its own for a process, which can be set while it runs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::Folder;

/// The wall clock that processes started with [`Clock::environment`] see, by libfaketime. Their monotonic clocks, and so
/// their timers, go on as this machine's.
#[derive(Debug)]
pub struct Clock {
    library: PathBuf,
    folder: Folder,
}

impl Clock {
    /// A clock that is right.
    pub fn new() -> Result<Self> {
        let clock = Self { library: library()?, folder: Folder::new("clock")? };
        clock.set(0)?;
        Ok(clock)
    }

    /// Makes it differ from this machine's by so many seconds. Processes see it within a second.
    pub fn set(&self, seconds: i64) -> Result<()> {
        // Moved into place, so that nobody reads half of it.
        let (new, file) = (self.folder.path().join("new"), self.file());
        std::fs::write(&new, format!("{seconds:+}s\n"))?;
        std::fs::rename(new, file).context("cannot set a clock")
    }

    /// What a process needs to see it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        [
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file())),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("offset")
    }
}

/// libfaketime keeps a piece of shared memory for each process, named by its id, and one that is killed leaves it behind.
impl Drop for Clock {
    fn drop(&mut self) {
        for entry in std::fs::read_dir("/dev/shm").into_iter().flatten().flatten() {
            let name = entry.file_name();
            let of = |prefix| name.to_str()?.strip_prefix(prefix);
            let process = of("faketime_shm_").or_else(|| of("sem.faketime_sem_"));
            if process.is_some_and(|id| !Path::new("/proc").join(id).exists()) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// Debian keeps it in a folder per kind of machine.
fn library() -> Result<PathBuf> {
    for lib in ["/usr/lib", "/usr/lib64", "/usr/local/lib"].map(Path::new) {
        let below = std::fs::read_dir(lib).into_iter().flatten().flatten().map(|entry| entry.path());
        for folder in std::iter::once(lib.to_owned()).chain(below) {
            let library = folder.join("faketime/libfaketimeMT.so.1");
            if library.exists() {
                return Ok(library);
            }
        }
    }
    bail!("libfaketimeMT.so.1 is not there: install it (Debian package faketime)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Process, poll};

    #[tokio::test]
    async fn a_process_sees_its_own_clock_and_sees_it_change() {
        let clock = Clock::new().unwrap();
        let folder = Folder::new("date").unwrap();
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "while :; do date +%Y; sleep 0.1; done"]).envs(clock.environment());
        let process = Process::start("date", &command, folder.path().join("log")).unwrap();
        for (offset, years) in [(1_000_000_000, 2050..2100), (-1_000_000_000, 1970..2000)] {
            clock.set(offset).unwrap();
            poll("thirty years to pass", || async {
                let now: i32 = process.log_tail().split_whitespace().last().unwrap_or("0").parse()?;
                anyhow::ensure!(years.contains(&now), "{now}");
                Ok(())
            })
            .await
            .unwrap();
        }
        let left = Path::new("/dev/shm").join(format!("faketime_shm_{}", process.pid()));
        assert!(left.exists(), "nothing to be cleared away");
        drop(process);
        drop(clock);
        assert!(!left.exists());
    }
}
