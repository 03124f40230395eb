//! A child process with a guard.

use std::fs::File;
use std::future::Future;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use rustix::io::Errno;
use rustix::process::{Pid, kill_process, kill_process_group};

use crate::folder::note_group;

pub use rustix::process::Signal;

/// How long a service may take until it answers, or until it has stopped.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often is asked.
const INTERVAL: Duration = Duration::from_millis(10);
/// How much of a log an error quotes.
const LOG_TAIL: usize = 4_000;

/// A running child. Dropping it kills it; so does the end of this process, whatever way it ends.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    /// The program has ended, and whatever it left of its group was killed.
    swept: bool,
}

impl Process {
    /// Starts `command` with both outputs appended to `log`.
    ///
    /// It runs in a process group of its own, so that Ctrl-C in a terminal reaches only this process, which then
    /// stops its services in good order.
    pub fn start(name: impl Into<String>, command: &Command, log: impl Into<PathBuf>) -> Result<Self> {
        let (name, log) = (name.into(), log.into());
        let output = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .with_context(|| format!("cannot open {}", log.display()))?;
        let mut guarded = dying_with_us(command);
        guarded.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).process_group(0);
        let child = spawn(guarded).with_context(|| format!("cannot start {name}"))?;
        let process = Self { name, child, log, swept: false };
        note_group(process.pid(), true)?;
        Ok(process)
    }

    /// What it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id: that of the program itself.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The process ids of its own children: the workers of a server that has some.
    pub fn children(&self) -> Result<Vec<u32>> {
        let pid = self.pid();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        Ok(children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect())
    }

    /// Where its outputs go.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The end of its outputs, for messages.
    pub fn log_tail(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(LOG_TAIL)..]).into_owned()
    }

    /// Waits until `probe` succeeds. Fails as soon as the process has ended, or after a minute; the error quotes the
    /// last probe's error and the log.
    pub async fn answers<F, Fut>(&mut self, mut probe: F) -> Result<()>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<()>>,
    {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let Err(error) = probe().await else { return Ok(()) };
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status} before it answered; its log:\n{}", self.name, self.log_tail());
            }
            if tokio::time::Instant::now() >= deadline {
                let context = format!("{} did not answer; its log:\n{}", self.name, self.log_tail());
                return Err(error.context(context));
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Whether it runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal. `Signal::STOP` pauses the process, `Signal::CONT` wakes it.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(self.id()?, signal).with_context(|| format!("cannot signal {}", self.name))
    }

    /// Sends a signal to it and to its children.
    pub fn signal_all(&self, signal: Signal) -> Result<()> {
        for child in self.children()? {
            let child = i32::try_from(child).ok().and_then(Pid::from_raw).context("a pid is positive")?;
            kill_process(child, signal).with_context(|| format!("cannot signal a child of {}", self.name))?;
        }
        self.signal(signal)
    }

    /// Stands still for so long (SIGSTOP, SIGCONT).
    pub async fn stand_still(&self, time: Duration) -> Result<()> {
        self.signal(Signal::STOP)?;
        tokio::time::sleep(time).await;
        self.signal(Signal::CONT)
    }

    /// Kills it and its whole group (SIGKILL) and waits for its end.
    pub fn kill(&mut self) -> Result<ExitStatus> {
        self.sweep()?;
        Ok(self.child.wait()?)
    }

    /// Kills it and its whole group (SIGKILL) and waits until its children have ended too: what they listen on is free then.
    pub async fn kill_all(&mut self) -> Result<()> {
        let children = self.children()?;
        self.kill()?;
        poll("the children of a killed process end", || async {
            match children.iter().find(|child| is_alive(**child)) {
                Some(child) => bail!("{child} lives"),
                None => Ok(()),
            }
        })
        .await
    }

    /// Kills what is left of its process group: a server's workers outlive it.
    fn sweep(&mut self) -> Result<()> {
        if self.swept {
            return Ok(());
        }
        match kill_process_group(self.id()?, Signal::KILL) {
            // Nobody is left.
            Ok(()) | Err(Errno::SRCH) => {}
            Err(error) => return Err(error).with_context(|| format!("cannot kill {}", self.name)),
        }
        self.swept = true;
        note_group(self.child.id(), false)
    }

    fn id(&self) -> Result<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("a pid is positive")
    }

    /// Asks it to end (SIGTERM) and waits for that, a minute at most.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        if self.runs() {
            self.signal(Signal::TERM)?;
        }
        self.ended().await
    }

    /// Waits for its end, a minute at most.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                self.sweep()?;
                return Ok(status);
            }
            if tokio::time::Instant::now() >= deadline {
                bail!("{} does not end; its log:\n{}", self.name, self.log_tail());
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing is left to do with an error: the process is gone already, or dies with this one.
        let _ = self.kill();
    }
}

/// Whether a process lives. One that ended and was not waited for has a directory too, but no memory.
fn is_alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/statm")).is_ok_and(|statm| !statm.starts_with("0 "))
}

/// Waits until `probe` succeeds, a minute at most; for conditions that are not a process's own.
pub async fn poll<T, F, Fut>(what: &str, mut probe: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        match probe().await {
            Ok(value) => return Ok(value),
            Err(error) if tokio::time::Instant::now() >= deadline => {
                return Err(error.context(format!("waited in vain: {what}")));
            }
            Err(_) => tokio::time::sleep(INTERVAL).await,
        }
    }
}

/// The same command behind `setpriv` (util-linux), which asks the kernel for SIGKILL at the parent's end and then
/// becomes the program, keeping its pid.
fn dying_with_us(command: &Command) -> Command {
    let mut guarded = Command::new("setpriv");
    guarded.args(["--pdeathsig", "KILL", "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => guarded.env(name, value),
            None => guarded.env_remove(name),
        };
    }
    if let Some(dir) = command.get_current_dir() {
        guarded.current_dir(dir);
    }
    guarded
}

type Order = (Command, mpsc::Sender<std::io::Result<Child>>);

/// Spawns on a thread that lives as long as the process: to the kernel the "parent" whose end kills the child is the
/// thread that started it, and a test's threads end before the process does.
fn spawn(command: Command) -> Result<Child> {
    static SPAWNER: Mutex<Option<mpsc::Sender<Order>>> = Mutex::new(None);
    let spawner = {
        let mut spawner = SPAWNER.lock().unwrap_or_else(PoisonError::into_inner);
        if spawner.is_none() {
            let (orders, inbox) = mpsc::channel::<Order>();
            std::thread::Builder::new().name("testbed-spawner".to_owned()).spawn(move || {
                for (mut command, answer) in inbox {
                    // The one who asked has gone: the child it would have guarded is dropped and must not live on.
                    if let Err(mpsc::SendError(Ok(mut child))) = answer.send(command.spawn()) {
                        let _ = child.kill();
                    }
                }
            })?;
            *spawner = Some(orders);
        }
        spawner.clone().ok_or_else(|| anyhow!("the spawner was just made"))?
    };
    let (answer, child) = mpsc::channel();
    spawner.send((command, answer)).map_err(|_| anyhow!("the spawner thread ended"))?;
    Ok(child.recv()??)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Folder;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn contains(log: &Path, text: &str) -> Result<()> {
        if std::fs::read_to_string(log)?.contains(text) { Ok(()) } else { bail!("nothing yet") }
    }

    #[tokio::test]
    async fn a_process_that_ends_early_is_reported_with_its_log() {
        let folder = Folder::new("early").unwrap();
        let command = shell("echo cannot bind; exit 3");
        let mut process = Process::start("early", &command, folder.path().join("log")).unwrap();
        let error = process.answers(|| async { bail!("no answer yet") }).await.unwrap_err().to_string();
        assert!(error.contains("cannot bind") && error.contains('3'), "{error}");
    }

    #[tokio::test]
    async fn a_dropped_guard_kills() {
        let folder = Folder::new("drop").unwrap();
        let process = Process::start("sleep", &shell("exec sleep 600"), folder.path().join("log")).unwrap();
        let pid = process.pid();
        assert!(is_alive(pid));
        drop(process);
        assert!(!is_alive(pid));
    }

    #[tokio::test]
    async fn what_it_started_dies_with_it() {
        let folder = Folder::new("group").unwrap();
        let log = folder.path().join("log");
        let script = "sleep 600 & echo worker $!; wait";
        let mut process = Process::start("group", &shell(script), &log).unwrap();
        process.answers(|| std::future::ready(contains(&log, "worker"))).await.unwrap();
        let text = std::fs::read_to_string(&log).unwrap();
        let worker: u32 = text.trim().rsplit(' ').next().unwrap().parse().unwrap();
        assert!(is_alive(worker));
        drop(process);
        poll("the worker to die", || async move {
            if is_alive(worker) {
                bail!("worker {worker} lives")
            }
            Ok(())
        })
        .await
        .unwrap();
    }

    #[tokio::test]
    async fn a_child_outlives_the_thread_that_asked_for_it() {
        let folder = Folder::new("thread").unwrap();
        let log = folder.path().join("log");
        let mut process = std::thread::spawn({
            let log = log.clone();
            move || Process::start("late", &shell("sleep 0.3; echo still here; exec sleep 600"), log)
        })
        .join()
        .unwrap()
        .unwrap();
        process.answers(|| std::future::ready(contains(&log, "still here"))).await.unwrap();
    }

    #[tokio::test]
    async fn a_signal_stops_it_and_environment_and_folder_reach_it() {
        let folder = Folder::new("signal").unwrap();
        let mut command = shell("pwd; echo $WORD; exec sleep 600");
        command.env("WORD", "companion").current_dir(folder.path());
        let mut process = Process::start("sleep", &command, folder.path().join("log")).unwrap();
        let log = process.log().to_owned();
        process.answers(|| std::future::ready(contains(&log, "companion"))).await.unwrap();
        assert!(process.log_tail().contains(&*folder.path().to_string_lossy()));
        assert!(!process.stop().await.unwrap().success());
    }
}
