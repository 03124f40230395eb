//! Steps on one bot's shared keys: send budget, pause, era, dead letters.

use std::time::Duration;

use hamdam_domain::learned;

/// Asks for permits to send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Messages per second of this token, fleet-wide.
    pub per_second: f64,
    /// Permits that may be taken at once after a rest.
    pub burst: u32,
    /// Whether that is only where the bucket starts, and it learns better ([`hamdam_domain::learned`]): more while more is
    /// wanted, less after a pause. Its burst then follows its rate.
    pub learns: bool,
}

impl Budget {
    /// Where a bucket that learns starts, in thousandths.
    pub(crate) fn start(&self) -> i64 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "float casts saturate, and learned rates are bounded"
        )]
        let start = (self.per_second * 1_000.0) as i64;
        start.clamp(learned::LEAST, learned::MOST)
    }
}

/// Answer to a request for permits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Granted {
    /// Permits given; they are used within a second or not at all.
    pub permits: u32,
    /// When to ask again if fewer than wanted were given: the bucket's refill, or the rest of a pause after a 429.
    pub wait: Duration,
    /// The token is paused (429).
    pub paused: bool,
    /// The rate the bucket fills with; of one that learns, what it knows by now.
    pub per_second: f64,
}

/// When to ask again for what a token spares: it depends on what conversations take.
pub(crate) const SPARED_AGAIN: Duration = Duration::from_millis(100);

/// How long a bucket takes to fill by `missing` millionths of a permit.
pub(crate) fn time_to_fill(missing: u32, per_second: f64) -> Duration {
    if missing == 0 {
        return Duration::ZERO;
    }
    Duration::try_from_secs_f64(f64::from(missing) / (per_second * 1e6)).unwrap_or(Duration::MAX)
}

/// Thousandths per second.
pub(crate) fn of_thousandths(rate: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "learned rates are bounded")]
    let rate = rate as f64;
    rate / 1_000.0
}

/// A file as a bot knows it, remembered so that it need not be brought again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kept {
    /// Its `file_unique_id` where it came from, the same for every bot.
    pub unique: String,
    /// The `file_id` by which this bot can send it.
    pub id: String,
    /// So many files of a bot are remembered, the newest.
    pub most: u32,
    /// For so long it is remembered.
    pub life: Duration,
}

/// An update kept aside because no retry can mend it. The body is content: 24 h at most.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeadLetter {
    /// The raw body.
    pub body: Vec<u8>,
    /// Why it was kept aside.
    pub reason: String,
}
