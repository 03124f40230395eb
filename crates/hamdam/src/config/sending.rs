//! How fast to send.

use hamdam_fleet::run::{BotRate, ChatRate};

use super::Settings;

/// Send budgets.
#[derive(Clone, Debug)]
pub struct Sending {
    /// Of one token, fleet-wide.
    pub bot_rate: BotRate,
    /// Broadcasts of one token per second, within that.
    pub broadcast_rate: f64,
    /// Of one chat.
    pub chat_rate: ChatRate,
}

impl Sending {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let mend = "Give auto, none, or a number of messages per second.";
        let bot_rate = settings.with_default("BOT_RATE_LIMIT", mend, |text| text.parse().ok());
        let broadcast_rate = settings.number("BROADCAST_RATE_LIMIT", 0.1..=100_000.0);
        if let BotRate::PerSecond(rate) = bot_rate
            && settings.has("BROADCAST_RATE_LIMIT")
            && broadcast_rate > rate
        {
            let mend = format!("Broadcasts share the token's budget: stay below BOT_RATE_LIMIT, {rate}.");
            settings.wrong("BROADCAST_RATE_LIMIT", mend);
        }
        let per_second = settings.number("CHAT_RATE_LIMIT", 0.1..=1_000.0);
        Self { bot_rate, broadcast_rate, chat_rate: ChatRate { per_second, ..ChatRate::default() } }
    }
}
