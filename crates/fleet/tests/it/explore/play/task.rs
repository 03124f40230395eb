//! What is under way: the handler of an update, or a matchmaker.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::task::noop_waker;
use hamdam_bot::Outcome;
use hamdam_fleet::intake::IntakeError;

pub(super) type Work = Pin<Box<dyn Future<Output = Result<Outcome, IntakeError>> + Send>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Handler { user: usize, index: usize },
    Matchmaker { number: u64, pool: usize, epoch: u64 },
}

/// Something under way. It stands before a step.
pub(super) struct Task {
    pub role: Role,
    pub work: Work,
    pub before: &'static str,
    /// Digest of what it saw.
    pub history: u64,
    /// Steps taken.
    pub steps: u32,
}

impl Task {
    /// The pool whose leader it is, or was.
    pub(super) fn pool(&self) -> Option<usize> {
        match self.role {
            Role::Matchmaker { pool, .. } => Some(pool),
            Role::Handler { .. } => None,
        }
    }

    pub(super) fn holds(&self, pool: usize, lock: u64) -> bool {
        matches!(self.role, Role::Matchmaker { pool: of, epoch, .. } if of == pool && epoch == lock)
    }
}

pub(super) fn poll(work: &mut Work) -> Poll<Result<Outcome, IntakeError>> {
    let waker = noop_waker();
    work.as_mut().poll(&mut Context::from_waker(&waker))
}
