//! A reaction on its way to the other side of its message.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::outbox::Reference;

/// A reaction, held only until it is put.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct React {
    /// Who reacts.
    pub from: UserId,
    /// On which message. Unknown ones are dropped.
    pub message: Reference,
    /// With which emoji; none takes the reaction away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}
