//! Steps on one bot's shared keys: send budget, pause, era, dead letters.

use std::time::Duration;

/// Asks for permits to send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Messages per second of this token, fleet-wide.
    pub per_second: f64,
    /// Permits that may be taken at once after a rest.
    pub burst: u32,
}

impl Budget {
    /// How long the bucket takes to fill by `missing` millionths of a permit.
    pub(crate) fn time_to_fill(&self, missing: u32) -> Duration {
        if missing == 0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(f64::from(missing) / (self.per_second * 1e6)).unwrap_or(Duration::MAX)
    }
}

/// Answer to a request for permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Permits given; they are used within a second or not at all.
    pub permits: u32,
    /// When to ask again if fewer than wanted were given: the bucket's refill, or the rest of a pause after a 429.
    pub wait: Duration,
    /// The token is paused (429).
    pub paused: bool,
}

/// An update kept aside because no retry can mend it. The body is content: 24 h at most.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeadLetter {
    /// The raw body.
    pub body: Vec<u8>,
    /// Why it was kept aside.
    pub reason: String,
}
