//! What can be chosen at start, and what can be broken while it runs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A bucket of permits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Permits per second.
    pub per_second: f64,
    /// Permits a full bucket holds.
    pub burst: f64,
}

/// How the simulated server behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where all randomness comes from.
    pub seed: u64,
    /// Telegram's seconds per real second: retry delays, deadlines, expiry, connection ramp and the life of
    /// callback queries shrink by it. Rates and `date` fields stay real.
    pub time_scale: f64,
    /// Messages one token may send; none: any number.
    pub bot_rate: Option<Rate>,
    /// Messages one chat may receive from one bot; none: any number.
    pub chat_rate: Option<Rate>,
    /// Waits for a permit up to this long are served as latency instead of a 429, as the real server does
    /// with short flood waits (8 s or less). Zero, the default, is stricter: every wait is a 429.
    pub absorb: Duration,
    /// How long after a press its query may be answered (Telegram's own limit is not established).
    pub press_lives: Duration,
    /// Whether the server was started with `--local`: webhooks may be plain HTTP, on any port and address.
    /// It speaks no TLS to webhooks, so without it no webhook can be served, only refused.
    pub local: bool,
    /// Messages remembered per chat. Older ones are as good as deleted; that they existed is known for ever.
    pub history: usize,
    /// Whether every update is pushed twice at once, on two connections; what the second is answered counts for nothing.
    pub twice: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            time_scale: 1.0,
            bot_rate: Some(Rate { per_second: 30.0, burst: 30.0 }),
            chat_rate: Some(Rate { per_second: 1.0, burst: 8.0 }),
            absorb: Duration::ZERO,
            press_lives: Duration::from_mins(1),
            local: true,
            history: 1000,
            twice: false,
        }
    }
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429 with this many seconds; nothing executed.
    TooMany(u32),
    /// 502 without JSON, as a proxy answers; nothing executed.
    BadGateway,
    /// 500 `Internal Server Error`; nothing executed.
    Internal,
    /// The connection closes without an answer; nothing executed.
    Close,
    /// No answer for this many milliseconds, then the connection closes; nothing executed.
    Hang(u64),
    /// Executed, then the connection closes without an answer.
    CloseAfter,
    /// Executed, then no answer for this many milliseconds, then the connection closes.
    HangAfter(u64),
    /// Executed and answered, but only after this many milliseconds.
    Slow(u64),
}

/// A fault and when it strikes. Several may be in force; the first that matches strikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRule {
    /// What happens.
    pub fault: Fault,
    /// The share of matching calls it strikes, 0 to 1, drawn from the seed.
    #[serde(default = "always")]
    pub share: f64,
    /// Only this bot.
    #[serde(default)]
    pub bot: Option<i64>,
    /// Only calls to this chat.
    #[serde(default)]
    pub chat: Option<i64>,
    /// Only methods that begin so (`send`, `copyMessage`); empty: all.
    #[serde(default)]
    pub method: String,
    /// Strikes this many times, then is gone; none: until removed.
    #[serde(default)]
    pub times: Option<u64>,
}

fn always() -> f64 {
    1.0
}

impl FaultRule {
    /// Strikes every call.
    pub fn every(fault: Fault) -> Self {
        Self { fault, share: 1.0, bot: None, chat: None, method: String::new(), times: None }
    }
}
