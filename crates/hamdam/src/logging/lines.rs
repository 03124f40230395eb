//! Log lines on their way to standard output: gathered, because one system call per update costs more than the line.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// Lines are written at the latest after this long.
const DELAY: Duration = Duration::from_millis(100);
/// And as soon as so many bytes wait.
const ENOUGH: usize = 32 * 1024;

/// Gathers lines.
pub(super) struct Lines {
    waiting: Mutex<Vec<u8>>,
    filled: Condvar,
    closed: AtomicBool,
    out: Mutex<Box<dyn Write + Send>>,
}

impl Lines {
    pub(super) fn to_stdout() -> Self {
        Self::to(Box::new(io::stdout()))
    }

    fn to(out: Box<dyn Write + Send>) -> Self {
        let waiting = Mutex::new(Vec::with_capacity(ENOUGH));
        Self { waiting, filled: Condvar::new(), closed: AtomicBool::new(false), out: Mutex::new(out) }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<u8>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits. Taking the output first keeps lines in order.
    fn flush(&self) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = std::mem::replace(&mut *self.waiting(), Vec::with_capacity(ENOUGH));
        // Nobody is left to tell when standard output is gone.
        let _ = out.write_all(&lines).and_then(|()| out.flush());
    }

    /// Runs on a thread of its own: sleeps while nothing is logged.
    fn run(&self) {
        while !self.closed.load(Ordering::Acquire) {
            let waiting = self.waiting();
            let idle = |lines: &mut Vec<u8>| lines.is_empty() && !self.closed.load(Ordering::Acquire);
            drop(self.filled.wait_while(waiting, idle).unwrap_or_else(PoisonError::into_inner));
            std::thread::sleep(DELAY);
            self.flush();
        }
    }
}

/// Takes one line. A warning, or anything worse, does not wait: what follows may be the end of the process.
pub(super) struct Line<'a> {
    lines: &'a Lines,
    urgent: bool,
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.lines.waiting();
        let first = waiting.is_empty();
        waiting.extend_from_slice(line);
        let enough = waiting.len() >= ENOUGH;
        drop(waiting);
        if self.urgent || enough {
            self.lines.flush();
        } else if first {
            self.lines.filled.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the formatter is given.
pub(super) struct Shared(pub(super) Arc<Lines>);

impl<'a> MakeWriter<'a> for Shared {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { lines: &self.0, urgent: true }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Line<'a> {
        Line { lines: &self.0, urgent: *meta.level() <= Level::WARN }
    }
}

/// Writes what is gathered when dropped.
pub struct Flush {
    lines: Arc<Lines>,
    thread: Option<JoinHandle<()>>,
}

impl Flush {
    pub(super) fn of(lines: Arc<Lines>) -> Self {
        let writer = Arc::clone(&lines);
        let thread = std::thread::Builder::new().name("log".into()).spawn(move || writer.run()).ok();
        Self { lines, thread }
    }
}

impl Drop for Flush {
    fn drop(&mut self) {
        {
            // Under the lock, so that the thread is either asleep or yet to look.
            let _waiting = self.lines.waiting();
            self.lines.closed.store(true, Ordering::Release);
            self.lines.filled.notify_one();
        }
        self.lines.flush();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_wait_for_the_end_and_warnings_do_not() {
        let sink = Sink::default();
        let lines = Arc::new(Lines::to(Box::new(sink.clone())));
        let text = || String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        Line { lines: &lines, urgent: false }.write_all(b"one\n").unwrap();
        assert_eq!(text(), "");
        Line { lines: &lines, urgent: true }.write_all(b"two\n").unwrap();
        assert_eq!(text(), "one\ntwo\n");
        Line { lines: &lines, urgent: false }.write_all(b"three\n").unwrap();
        drop(Flush::of(lines));
        assert_eq!(text(), "one\ntwo\nthree\n");
    }
}
