//! The parts of the protocol that no test may find superfluous.

/// A part of the protocol. Each mends a fault that a model of the protocol found; with the feature `sabotage` a test
/// turns one off and must see the fault again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// `held(R)`: the first user of a match is not in the room before the second is.
    Held,
    /// `since`: what was written before the present state began moves nothing.
    Since,
    /// The mark that is set in the same step as the move.
    Mark,
    /// The attempt number `n`, raised whenever a ticket goes back to the pool.
    Attempt,
    /// The relay mark of a room starts at the sender's ticket.
    Floor,
    /// A send is claimed before the call is made.
    Claim,
    /// The pool remembers tickets that left.
    PoolMemory,
    /// Nobody is heard in a room by what they wrote before the notice that it began stood in their chat.
    Announced,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 8] = [
        Self::Held,
        Self::Since,
        Self::Mark,
        Self::Attempt,
        Self::Floor,
        Self::Claim,
        Self::PoolMemory,
        Self::Announced,
    ];
}

/// Which parts are on: all of them, save those a test took out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parts {
    #[cfg(feature = "sabotage")]
    off: u8,
}

impl Parts {
    /// The same parts but `part`.
    #[cfg(feature = "sabotage")]
    #[must_use]
    pub fn without(self, part: Part) -> Self {
        Self { off: self.off | 1 << part as u8 }
    }

    /// Whether `part` is on.
    #[cfg(feature = "sabotage")]
    pub(super) fn has(self, part: Part) -> bool {
        self.off & (1 << part as u8) == 0
    }

    /// Whether `part` is on: always, outside of tests that take one out.
    #[cfg(not(feature = "sabotage"))]
    #[expect(clippy::unused_self, reason = "the same call as under the feature")]
    pub(super) fn has(self, _part: Part) -> bool {
        true
    }
}
