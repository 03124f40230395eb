//! Premium: what somebody's payments come to.

use hamdam_domain::clock::Millis;

/// Answer of `credit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credited {
    /// Until when the user has premium now, by all that is known of their payments; it may be over.
    pub until: Option<Millis>,
    /// It was not known before.
    pub news: bool,
}
