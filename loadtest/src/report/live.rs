//! A run while it goes on.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Deserialize, Serialize};

use crate::oracle::{Counts, Fault};

/// What a run is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// No run goes on.
    #[default]
    Resting,
    /// Users come in and look for partners; nobody writes yet.
    Joining,
    /// They talk, leave and come back.
    Talking,
    /// Nobody does anything any more; what is under way arrives.
    Draining,
    /// The verdict is there; the users go home.
    Closing,
}

/// How a run goes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Live {
    /// Counts runs; the verdict of this one is asked for by it.
    pub run: u64,
    /// What it is at.
    pub phase: Phase,
    /// How long it has been at that.
    pub elapsed: Duration,
    /// How long that takes at most.
    pub limit: Duration,
    /// Users.
    pub users: usize,
    /// Of these, in a room.
    pub seated: usize,
    /// Of these, waiting.
    pub searching: usize,
    /// The nine, as far as they are known.
    pub counts: Counts,
    /// Messages written in rooms.
    pub sent: u64,
    /// Delivered.
    pub relayed: u64,
    /// Rooms that both sides saw open.
    #[serde(default)]
    pub rooms: u64,
    /// Not known yet.
    pub pending: u64,
    /// Updates not taken.
    pub webhooks_pending: u64,
    /// Delivered per second lately.
    pub relayed_per_second: f64,
    /// 99 of 100 messages took less, in milliseconds.
    pub relay_p99_ms: f64,
}

/// The line on the screen.
#[derive(Debug)]
pub struct Line {
    bar: ProgressBar,
    /// The last phase that was told, where there is no screen to keep a line on.
    told: Mutex<Phase>,
}

impl Line {
    /// A line on standard error; one line per phase where that is no terminal.
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
        let style =
            ProgressStyle::with_template("{prefix:>8} {bar:24} {msg}").expect("the template is well formed");
        bar.set_style(style);
        Self { bar, told: Mutex::default() }
    }

    /// Shows how it goes.
    pub fn show(&self, live: &Live) {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.bar.set_length(millis(live.limit).max(1));
        self.bar.set_position(millis(live.elapsed).min(millis(live.limit)));
        let phase = match live.phase {
            Phase::Resting => "resting",
            Phase::Joining => "joining",
            Phase::Talking => "talking",
            Phase::Draining => "draining",
            Phase::Closing => "closing",
        };
        self.bar.set_prefix(phase);
        let faults: u64 = Fault::ALL.iter().map(|fault| live.counts.get(*fault)).sum();
        let message = format!(
            "{:.0}/{:.0} s · {}/{} in rooms, {} waiting · sent {}, relayed {} ({:.0}/s), under way {} · \
             p99 {:.0} ms · faults {faults}",
            live.elapsed.as_secs_f64(),
            live.limit.as_secs_f64(),
            live.seated,
            live.users,
            live.searching,
            live.sent,
            live.relayed,
            live.relayed_per_second,
            live.pending,
            live.relay_p99_ms,
        );
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if self.bar.is_hidden() && *told != live.phase {
            *told = live.phase;
            eprintln!("{phase:>8} {message}");
        }
        self.bar.set_message(message);
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}
