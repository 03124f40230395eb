//! Where a test stands between a caller and the world: it decides when a step happens, how often, and whether its
//! answer arrives.

use std::fmt::Debug;

use async_trait::async_trait;

/// What becomes of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pass {
    /// It happens once and answers.
    Once,
    /// The client library sends it twice; the second answer is the one that arrives.
    Twice,
    /// It happens, and the answer is lost: the caller sees `Unavailable`.
    Unheard,
    /// It does not happen: the caller sees `Unavailable`.
    Unsent,
}

/// Stands before every step of a [`super::MemoryState`].
#[async_trait]
pub trait Gate: Send + Sync + 'static {
    /// Awaited before the step `name` touches the world. Dropping the caller here is a crash before the step.
    async fn enter(&self, name: &'static str) -> Pass;

    /// Told what the step answered, before the caller learns it.
    fn leave(&self, name: &'static str, answer: &dyn Debug);
}
