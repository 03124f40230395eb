//! The tokens of a fleet's bots.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

/// Bot id -> token. Prints ids only.
#[derive(Clone, Default)]
pub struct Tokens(BTreeMap<i64, SecretString>);

/// A list of tokens that cannot be used. Names positions, never a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokensError {
    /// Nothing in it.
    #[error("no bot token")]
    Empty,
    /// Not of the form `digits:secret`.
    #[error("bot token number {0} is not of the form 123456:AAAA…")]
    Malformed(usize),
    /// One bot twice.
    #[error("bot {0} is named twice")]
    Twice(i64),
}

impl Tokens {
    /// Reads tokens separated by commas or white space.
    pub fn parse(text: &str) -> Result<Self, TokensError> {
        let mut tokens = BTreeMap::new();
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
        for (index, token) in parts.enumerate() {
            let id = bot_id(token).ok_or(TokensError::Malformed(index + 1))?;
            if tokens.insert(id, SecretString::from(token)).is_some() {
                return Err(TokensError::Twice(id));
            }
        }
        if tokens.is_empty() { Err(TokensError::Empty) } else { Ok(Self(tokens)) }
    }

    /// The bots, in ascending order.
    pub fn bots(&self) -> impl Iterator<Item = i64> + '_ {
        self.0.keys().copied()
    }

    /// Whether this is one of ours.
    #[must_use]
    pub fn knows(&self, bot: i64) -> bool {
        self.0.contains_key(&bot)
    }

    /// A bot's token.
    pub(crate) fn of(&self, bot: i64) -> Option<&str> {
        self.0.get(&bot).map(ExposeSecret::expose_secret)
    }
}

/// The bot of a well-formed token: the digits before `:`. The secret behind it must be safe in a URL path.
#[must_use]
pub fn bot_id(token: &str) -> Option<i64> {
    let (digits, secret) = token.split_once(':')?;
    let safe = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (digits.bytes().all(|b| b.is_ascii_digit()) && !secret.is_empty() && secret.bytes().all(safe))
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|id| *id > 0)
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
