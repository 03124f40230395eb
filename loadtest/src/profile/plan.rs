//! The profiles: how many people, how they behave, and what stands against them.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::users::{Habits, Plan};

/// What Telegram takes from one token per second (telegram.md), and the simulator too.
pub(super) const BOT_RATE: u32 = 30;
/// What the database needs of connections: some are in use now and then, so that three instances open 18 at most.
pub(super) const DATABASE: [(&str, &str); 2] = [("DB_POOL_SIZE", "4"), ("DB_MAX_OVERFLOW", "2")];
/// Messages each of them writes per minute.
const MESSAGES_PER_MINUTE: f64 = 3.0;
/// People who come in per second: more at once is no arrival but a stampede.
const JOINS_PER_SECOND: f64 = 400.0;

/// So many people chat at once, at three messages a minute each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub enum Profile {
    /// 400: what a test can afford.
    #[value(name = "tiny")]
    #[serde(rename = "tiny")]
    Tiny,
    /// 10,000.
    #[value(name = "10k")]
    #[serde(rename = "10k")]
    K10,
    /// 20,000.
    #[value(name = "20k")]
    #[serde(rename = "20k")]
    K20,
    /// 50,000.
    #[value(name = "50k")]
    #[serde(rename = "50k")]
    K50,
    /// 100,000.
    #[value(name = "100k")]
    #[serde(rename = "100k")]
    K100,
    /// 20,000, beside 980,000 who are known and in no room.
    #[value(name = "1m-idle")]
    #[serde(rename = "1m-idle")]
    Idle,
}

impl Profile {
    /// Those of the old scaling guide.
    pub const GUIDE: [Self; 4] = [Self::K10, Self::K20, Self::K50, Self::K100];

    /// As it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::K10 => "10k",
            Self::K20 => "20k",
            Self::K50 => "50k",
            Self::K100 => "100k",
            Self::Idle => "1m-idle",
        }
    }

    /// How many people chat.
    #[must_use]
    pub fn users(self) -> u32 {
        match self {
            Self::Tiny => 400,
            Self::K10 => 10_000,
            Self::K20 | Self::Idle => 20_000,
            Self::K50 => 50_000,
            Self::K100 => 100_000,
        }
    }

    /// How many more are known and in no room.
    #[must_use]
    pub fn idle(self) -> u32 {
        if self == Self::Idle { 1_000_000 - self.users() } else { 0 }
    }

    /// Instances behind nginx: enough that one may die, and no more than two cores can feed.
    #[must_use]
    pub fn instances(self) -> usize {
        match self {
            Self::Tiny | Self::K10 | Self::K20 | Self::Idle => 2,
            Self::K50 | Self::K100 => 3,
        }
    }

    /// Bot tokens, each with what Telegram takes from it, so that half of that suffices: people come in waves, and
    /// notices are sent too.
    #[must_use]
    pub fn bots(self) -> usize {
        let per_second = f64::from(self.users()) * MESSAGES_PER_MINUTE / 60.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundreds at most")]
        let bots = (per_second * 2.0 / f64::from(BOT_RATE)).ceil() as usize;
        bots.max(2)
    }

    pub(super) fn plan(self, seconds: u64) -> Plan {
        let users = f64::from(self.users());
        Plan {
            bots: Vec::new(),
            first_user: 0,
            users: self.users() as usize,
            messages_per_minute: MESSAGES_PER_MINUTE,
            seconds,
            seed: 1,
            drain_seconds: 30,
            // A talk of some minutes, as people have them once somebody answered at all.
            habits: Habits {
                stay_at_least: 20.0,
                stay: 220.0,
                joins_per_second: (users / 30.0).min(JOINS_PER_SECOND),
                ..Habits::default()
            },
            patience_seconds: None,
        }
    }
}
