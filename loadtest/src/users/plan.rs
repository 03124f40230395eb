//! Who takes part in a run and how they behave.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::telegram::{BotId, UserId};

/// A run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The bots they use, evenly.
    pub bots: Vec<BotId>,
    /// The first user's id; the others follow. A user who was in an earlier run is still known to the fleet, so the
    /// simulator chooses it.
    #[serde(default)]
    pub first_user: UserId,
    /// How many users.
    pub users: usize,
    /// Messages each of them writes in rooms, on average over the time.
    pub messages_per_minute: f64,
    /// How long they chat, once everybody is seated.
    pub seconds: u64,
    /// Where all randomness comes from.
    pub seed: u64,
    /// How long everything may take to arrive afterwards.
    pub drain_seconds: u64,
    /// How they behave.
    #[serde(default)]
    pub habits: Habits,
    /// How long two may wait beside each other before they are stuck, if not as long as the oracle thinks right.
    #[serde(default)]
    pub patience_seconds: Option<f64>,
}

impl Plan {
    /// Messages that must be written at least for the run to mean anything: nine tenths of users x rate x time.
    pub fn least_sent(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "users and seconds are small")]
        let all = self.users as f64 * self.messages_per_minute / 60.0 * self.seconds as f64;
        0.9 * all
    }

    /// How far apart one user's messages are.
    pub fn pace(&self) -> Duration {
        Duration::from_secs_f64(60.0 / self.messages_per_minute)
    }
}

/// How virtual users behave. Shares are between 0 and 1.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Habits {
    /// How long a user stays in a room at least.
    pub stay_at_least: f64,
    /// How much longer on average.
    pub stay: f64,
    /// Users that join per second; 0: as many as seat everybody within a minute, and at least 200.
    pub joins_per_second: f64,
    /// Messages that are no text.
    pub media: f64,
    /// Turns in which an album of two to five is sent. 0 by default: it takes as much of a chat's pace as five messages.
    pub albums: f64,
    /// Messages that Telegram lets nobody copy.
    pub uncopyable: f64,
    /// Messages that answer an earlier one.
    pub replies: f64,
    /// Turns in which the last own message is edited instead.
    pub edits: f64,
    /// Turns in which the last message of either gets a reaction instead.
    pub reactions: f64,
    /// Turns in which the last own message is taken back instead. 0 by default.
    pub deletions: f64,
    /// Rooms that are cleared when they are over. 0 by default: it reads the database.
    pub clears: f64,
    /// Turns in which something odd is done instead: an old button, a search in the middle of a talk, help.
    pub oddities: f64,
    /// Leaves that come in one breath with a last message.
    pub parting_words: f64,
    /// Searches that are called off and begun again, and texts written while waiting.
    pub restless: f64,
    /// Searches that go on through another bot.
    pub wandering: f64,
    /// Leaves by blocking the bot, with a return some seconds later. 0 by default: what is under way to somebody who
    /// blocks and comes back at once may rightly arrive or be dropped.
    pub blocks: f64,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            stay_at_least: 4.0,
            stay: 45.0,
            joins_per_second: 0.0,
            media: 0.25,
            albums: 0.0,
            uncopyable: 0.005,
            replies: 0.15,
            edits: 0.04,
            reactions: 0.02,
            deletions: 0.0,
            clears: 0.0,
            oddities: 0.01,
            parting_words: 0.3,
            restless: 0.03,
            wandering: 0.02,
            blocks: 0.0,
        }
    }
}

/// Ways to behave that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mix {
    /// What people mostly do: [`Habits::default`].
    Plain,
    /// All that a chat knows, and much of it: media, albums, replies, edits, reactions, messages taken back, chats cleared.
    Everything,
}

impl From<Mix> for Habits {
    fn from(mix: Mix) -> Self {
        match mix {
            Mix::Plain => Self::default(),
            Mix::Everything => Self {
                media: 0.4,
                albums: 0.06,
                uncopyable: 0.01,
                replies: 0.3,
                edits: 0.1,
                reactions: 0.1,
                deletions: 0.03,
                clears: 0.2,
                ..Self::default()
            },
        }
    }
}

impl Habits {
    /// How long the joining of so many users takes.
    pub fn ramp(&self, users: usize) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "users are few")]
        let users = users as f64;
        let per_second =
            if self.joins_per_second > 0.0 { self.joins_per_second } else { (users / 60.0).max(200.0) };
        Duration::from_secs_f64(users / per_second)
    }
}
