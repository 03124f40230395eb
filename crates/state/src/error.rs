//! What can go wrong with a step, told by what follows from it.

/// Result of a step.
pub type Result<T> = std::result::Result<T, StateError>;

/// A step that did not answer. Refusals that belong to the protocol (changed, fenced, not in the room) are
/// answers, not errors.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The state cannot be reached, or did not answer in time. The step may have happened. Answer 503 and let the
    /// caller's retry find out: every step can be repeated.
    #[error("live state is unavailable at {step}")]
    Unavailable {
        /// The step.
        step: &'static str,
        /// What the client said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Memory is at its watermark: nothing was written. Steps that drain still work.
    #[error("live state is full: {step} was refused; raise maxmemory or add nodes")]
    Full {
        /// The step.
        step: &'static str,
    },
    /// A stored value is not what was written there. Nothing was changed.
    #[error("{key} holds {found:?}, not {wanted}; it is healed when its user acts next")]
    Corrupt {
        /// The key.
        key: String,
        /// What should stand there.
        wanted: &'static str,
        /// What stands there, cut to 100 characters.
        found: String,
    },
    /// The state belongs to a fleet with other settings; starting would tear it apart.
    #[error("{0}")]
    Mismatch(String),
}
