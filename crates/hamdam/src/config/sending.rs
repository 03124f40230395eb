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
    /// From so many thousandths of its budget on a bot points newcomers to one that has room; `None`: never.
    pub busy_from: Option<u16>,
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
        let chat_rate = ChatRate { per_second, ..ChatRate::default() };
        let busy_from = settings.with_default("BUSY_BOT_PERCENT", BUSY_MEND, busy_from);
        Self { bot_rate, broadcast_rate, chat_rate, busy_from }
    }
}

const BUSY_MEND: &str = "Give never, or a whole percentage from 10 to 100.";

#[expect(clippy::option_option, reason = "unreadable, and never")]
fn busy_from(text: &str) -> Option<Option<u16>> {
    if text == "never" {
        return Some(None);
    }
    let percent: u16 = text.parse().ok()?;
    (10..=100).contains(&percent).then_some(Some(percent * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_busy_is_busy_is_a_percentage() {
        let read = ["90", "10", "100", "never", "9", "101", "all"].map(busy_from);
        assert_eq!(read, [Some(Some(900)), Some(Some(100)), Some(Some(1_000)), Some(None), None, None, None]);
    }
}
