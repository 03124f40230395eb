//! How many people chat and how much, as the command line says it.

use super::{Habits, Plan};

/// People who chat.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct People {
    /// Where all randomness comes from: the same seed does the same things in the same order.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Virtual users.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(20..=20_000))]
    pub users: u32,
    /// Messages each of them writes per minute, on average.
    #[arg(long, default_value_t = 6.0, value_parser = rate)]
    pub messages_per_minute: f64,
}

impl People {
    /// They chat for so long, as people usually do.
    pub fn plan(&self, seconds: u64) -> Plan {
        Plan {
            bots: Vec::new(),
            first_user: 0,
            users: self.users as usize,
            messages_per_minute: self.messages_per_minute,
            seconds,
            seed: self.seed,
            drain_seconds: 30,
            habits: Habits::default(),
            patience_seconds: None,
        }
    }
}

/// Reads messages per minute of one user.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 60.0 => Ok(rate),
        _ => Err("more than 0 and at most 60: a chat takes a message a second".to_owned()),
    }
}
