//! The limits a sender works in.

use std::time::Duration;

use crate::run::{ChatRate, Settings};

/// What a [`super::ShardSender`] keeps to. See [`crate::run::Timing`] for the times.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Life of the lease without renewal.
    pub lease: Duration,
    /// No call lives longer.
    pub longest_call: Duration,
    /// No call that brings a file along lives longer.
    pub longest_transfer: Duration,
    /// A call starts within this time of its claim.
    pub start_limit: Duration,
    /// A turn comes at least so often.
    pub poll: Duration,
    /// Two turns are at least so far apart.
    pub turn_gap: Duration,
    /// How long an acknowledgement waits for company.
    pub ack_linger: Duration,
    /// The pace of a chat.
    pub chat_rate: ChatRate,
}

impl Limits {
    /// Entries read per turn.
    pub(super) const READ: u32 = 256;
    /// Claims asked for per turn.
    pub(super) const CLAIMS: usize = 256;
    /// Entries held in memory; above it nothing more is read until some are out.
    pub(super) const HELD: usize = 10_000;
    /// New entries of one bot that may be claimed in one turn, at most.
    pub(super) const NEW: u32 = Self::READ;
    /// A bot without entries for so long gets no permits in advance.
    pub(super) const QUIET_BOT: Duration = Duration::from_secs(10);
    /// How long a chat waits after the state refused a claim, or did not answer.
    pub(super) const RETRY_STATE: Duration = Duration::from_millis(500);
    /// How often it is tried whether this instance was told of a bot meanwhile.
    pub(super) const RETRY_STRANGER: Duration = Duration::from_secs(1);
    /// How often it is tried whether Telegram takes a bot's token again: what an operator who has put the new one in waits
    /// at most.
    pub(super) const RETRY_REVOKED: Duration = Duration::from_secs(10);
    /// How long content is held for a chat that cannot be sent to.
    pub(super) const CONTENT_STAYS: Duration = Duration::from_hours(1);
    /// Failed tries to fetch a file after which its writer is told.
    pub(super) const FETCHES: u32 = 3;
    /// How long an album waits for more of it after its newest message, by the state's clock. Telegram pushes its messages
    /// one by one, each when the one before was acknowledged, and nothing says which is the last.
    pub(super) const GATHER: Duration = Duration::from_millis(500);
    /// Messages of an album at most (source: Bot API, `sendMediaGroup`).
    pub(super) const ALBUM: usize = 10;
    /// Refused claims in a row after which the shard is read afresh under a new lease.
    pub(super) const REFUSALS: u32 = 30;

    /// The limits of an instance.
    pub fn new(settings: &Settings) -> Self {
        let timing = &settings.timing;
        Self {
            lease: timing.lease,
            longest_call: timing.longest_call,
            longest_transfer: timing.longest_transfer,
            start_limit: timing.start_limit,
            poll: timing.poll,
            turn_gap: timing.turn_gap,
            ack_linger: timing.ack_linger,
            chat_rate: settings.chat_rate,
        }
    }

    /// How old a claim must be before nobody can still be making its call.
    pub fn claim_life(&self) -> Duration {
        // One millisecond more than the sum, because claims carry whole milliseconds.
        self.start_limit + self.longest_call + Duration::from_millis(1)
    }

    /// Within what time of its claim a call that brings a file along may start: its fetch begins before.
    pub(super) fn transfer_start_limit(&self) -> Duration {
        4 * self.start_limit
    }

    /// How much older a claim must be whose call brings a file along.
    pub(super) fn transfer_life(&self) -> Duration {
        let later = self.transfer_start_limit().saturating_sub(self.start_limit);
        later + self.longest_transfer.saturating_sub(self.longest_call)
    }

    /// How long to wait before the `attempt`th repetition of a call that met a server error: 0.5 s, doubled up to 60 s.
    pub(super) fn backoff(attempt: u32) -> Duration {
        Duration::from_millis(500)
            .saturating_mul(1 << attempt.saturating_sub(1).min(10))
            .min(Duration::from_mins(1))
    }
}
