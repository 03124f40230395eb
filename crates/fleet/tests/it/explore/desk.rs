//! The scheduler's desk: every step of every task waits here until it is let through.

use std::fmt::{Debug, Write};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard};
use std::task::Poll;

use async_trait::async_trait;
use hamdam_state::memory::{Gate, Pass};

/// The gate of the explorer. One task is polled at a time.
#[derive(Default)]
pub(super) struct Desk(Mutex<Papers>);

#[derive(Default)]
struct Papers {
    /// How the step of the task that is polled now passes.
    grant: Option<Pass>,
    /// The step the task that was polled stands before.
    before: Option<&'static str>,
    /// The step that was taken, and a digest of its answer.
    left: Option<Left>,
    /// Which pair the engine makes next, of those that are possible.
    pick: usize,
    /// Whether answers are digested: only where states are compared.
    digests: bool,
}

/// A step that was taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub step: &'static str,
    /// Digest of the answer.
    pub digest: u64,
    /// The answer says that it happened now and not before.
    pub fresh: bool,
}

impl Desk {
    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.0.lock().unwrap()
    }

    /// The next task to be polled takes one step like this.
    pub(super) fn grant(&self, pass: Pass, pick: usize) {
        let mut papers = self.papers();
        papers.grant = Some(pass);
        papers.pick = pick;
    }

    /// The step that was taken, if one was.
    pub(super) fn take_left(&self) -> Option<Left> {
        self.papers().left.take()
    }

    /// The step the polled task stands before now.
    pub(super) fn take_before(&self) -> Option<&'static str> {
        self.papers().before.take()
    }

    /// Forgets whatever was under way.
    pub(super) fn clear(&self) {
        let digests = self.papers().digests;
        *self.papers() = Papers { digests, ..Papers::default() };
    }

    /// Whether answers are digested from now on.
    pub(super) fn set_digests(&self, digests: bool) {
        self.papers().digests = digests;
    }

    pub(super) fn pick(&self) -> usize {
        self.papers().pick
    }
}

#[async_trait]
impl Gate for Desk {
    async fn enter(&self, name: &'static str) -> Pass {
        std::future::poll_fn(|context| {
            let mut papers = self.papers();
            if let Some(pass) = papers.grant.take() {
                return Poll::Ready(pass);
            }
            papers.before = Some(name);
            // Streams of futures poll only who is awake.
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }

    fn leave(&self, name: &'static str, answer: &dyn Debug) {
        let mut papers = self.papers();
        let mut digest = Digest::default();
        if papers.digests || matches!(name, "act" | "relay") {
            write!(digest, "{answer:?}").unwrap();
        }
        let fresh = matches!(&digest.start[..digest.length], b"Ok(Done)" | b"Ok(Queued)");
        papers.left = Some(Left { step: name, digest: digest.hasher.finish(), fresh });
    }
}

/// Hashes text as it is written, and keeps its first bytes.
#[derive(Default)]
struct Digest {
    hasher: DefaultHasher,
    start: [u8; 12],
    length: usize,
}

impl Write for Digest {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.hash(&mut self.hasher);
        for byte in text.bytes().take(self.start.len() - self.length) {
            self.start[self.length] = byte;
            self.length += 1;
        }
        Ok(())
    }
}
