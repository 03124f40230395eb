//! `BOT_TOKENS`: one or many.

use std::collections::BTreeSet;

use hamdam_domain::id::BotId;
use hamdam_telegram::Tokens;
use hamdam_telegram::tokens::bot_id;

use super::Settings;

/// The bots of the fleet.
#[derive(Clone, Debug)]
pub struct Bots {
    /// Their tokens.
    pub tokens: Tokens,
}

const MEND: &str =
    "Write tokens as @BotFather gave them, such as 123456789:AAE…, separated by commas or line ends.";

impl Bots {
    /// Reads the tokens: at least one, each well formed, no bot twice.
    pub fn read(settings: &mut Settings) -> Self {
        let text = settings.text("BOT_TOKENS").unwrap_or_default();
        if text.is_empty() {
            settings.wrong("BOT_TOKENS", MEND);
        }
        let (mut good, mut seen) = (Vec::new(), BTreeSet::new());
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
        for (at, token) in parts.enumerate() {
            match bot_id(token) {
                None => settings.mistake(
                    "BOT_TOKENS",
                    format!("holds a malformed token (number {})", at + 1),
                    MEND,
                ),
                Some(bot) if !seen.insert(bot) => settings.mistake(
                    "BOT_TOKENS",
                    format!("names bot {bot} more than once"),
                    "Keep its newest token: a bot has only one at a time.",
                ),
                Some(_) => good.push(token),
            }
        }
        Self { tokens: Tokens::parse(&good.join(",")).unwrap_or_default() }
    }

    /// Their ids, in ascending order.
    pub fn ids(&self) -> impl Iterator<Item = BotId> + '_ {
        self.tokens.bots().map(BotId)
    }
}
