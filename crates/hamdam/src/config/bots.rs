//! `BOT_TOKENS`: one or many.

use std::collections::BTreeSet;

use hamdam_domain::id::BotId;
use secrecy::SecretString;

use super::Settings;

/// One bot of the fleet.
#[derive(Clone, Debug)]
pub struct Bot {
    /// The digits before `:` in the token.
    pub id: BotId,
    /// The token.
    pub token: SecretString,
}

const MEND: &str = "Write tokens as @BotFather gave them (digits, a colon, then 35 letters, digits, - or _), \
                    separated by commas or line ends.";

impl Bot {
    /// Reads the tokens: at least one, each well formed, no bot twice.
    pub fn read(settings: &mut Settings) -> Vec<Self> {
        let Some(text) = settings.text("BOT_TOKENS") else {
            settings.wrong("BOT_TOKENS", MEND);
            return Vec::new();
        };
        let (mut bots, mut seen) = (Vec::new(), BTreeSet::new());
        let tokens = text.split([',', '\n', '\r']).map(str::trim).filter(|token| !token.is_empty());
        for (at, token) in tokens.enumerate() {
            match Self::parse(token) {
                None => {
                    settings.mistake(
                        "BOT_TOKENS",
                        format!("holds a malformed token (number {})", at + 1),
                        MEND,
                    );
                }
                Some(bot) if !seen.insert(bot.id) => settings.mistake(
                    "BOT_TOKENS",
                    format!("names bot {} more than once", bot.id),
                    "Keep its newest token: a bot has only one at a time.",
                ),
                Some(bot) => bots.push(bot),
            }
        }
        bots
    }

    /// Reads one token. Telegram issues 35 characters after the colon; a few more or less are not ours to refuse.
    fn parse(token: &str) -> Option<Self> {
        let (id, rest) = token.split_once(':')?;
        let digits =
            (1..=16).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0');
        let characters = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !digits || !characters || !(30..=64).contains(&rest.len()) {
            return None;
        }
        Some(Self { id: id.parse().ok()?, token: token.into() })
    }
}
