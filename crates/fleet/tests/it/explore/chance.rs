//! What the senders' scenarios share: their limits, time that passes by hand, and what may become of a turn and of a
//! request.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::FutureExt;
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::id::Shard;
use hamdam_fleet::run::ChatRate;
use hamdam_fleet::sender::Limits;

pub(super) const SHARD: Shard = Shard(0);
pub(super) const LIMITS: Limits = Limits {
    lease: Duration::from_millis(4_500),
    longest_call: Duration::from_secs(6),
    longest_transfer: Duration::from_secs(10),
    start_limit: Duration::from_secs(1),
    poll: Duration::from_secs(1),
    turn_gap: Duration::from_millis(20),
    ack_linger: Duration::from_millis(30),
    chat_rate: ChatRate { per_second: 50.0, burst: 50 },
};

/// What becomes of a turn on its way to live state and back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    Once,
    Twice,
    Unheard,
    Unsent,
}

/// What Telegram makes of a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Landing {
    Done,
    DoneUnheard,
    Broken,
    Blocked,
    Limited,
}

/// Stands still until it is moved.
#[derive(Default)]
pub(super) struct HandClock(AtomicU64);

impl HandClock {
    /// Moves on to this time, never back.
    pub(super) fn set(&self, to: Duration) {
        self.0.fetch_max(u64::try_from(to.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000).after(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Takes a step that cannot wait.
pub(super) fn at_once<T>(step: impl Future<Output = T>) -> T {
    step.now_or_never().expect("memory answers at once")
}
