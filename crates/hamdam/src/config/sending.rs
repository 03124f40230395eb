//! How fast to send.

use super::Settings;

/// Send budgets, per second.
#[derive(Clone, Debug)]
pub struct Sending {
    /// Of one token, fleet-wide.
    pub bot_rate: BotRate,
    /// Broadcasts of one token, within that.
    pub broadcast_rate: f64,
    /// To one chat, bursts allowed.
    pub chat_rate: f64,
}

/// A token's budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BotRate {
    /// Learned from Telegram's answers.
    Auto,
    /// Messages per second.
    Fixed(f64),
}

impl Sending {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let mend = "Give auto, or a number of messages per second from 0.1 to 100000.";
        let bot_rate = settings.with_default("BOT_RATE_LIMIT", mend, |text| {
            if text.eq_ignore_ascii_case("auto") {
                return Some(BotRate::Auto);
            }
            text.parse().ok().filter(|rate| (0.1..=100_000.0).contains(rate)).map(BotRate::Fixed)
        });
        let broadcast_rate = settings.number("BROADCAST_RATE_LIMIT", 0.1..=100_000.0);
        if let BotRate::Fixed(rate) = bot_rate
            && settings.has("BROADCAST_RATE_LIMIT")
            && broadcast_rate > rate
        {
            settings.wrong(
                "BROADCAST_RATE_LIMIT",
                format!("Broadcasts share the token's budget: stay below BOT_RATE_LIMIT, {rate}."),
            );
        }
        Self { bot_rate, broadcast_rate, chat_rate: settings.number("CHAT_RATE_LIMIT", 0.1..=1_000.0) }
    }
}
