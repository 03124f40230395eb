//! What follows from a call that did not succeed.

use std::time::Duration;

/// Whether Telegram may have carried out a call whose answer we did not get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Executed {
    /// Surely not: no byte of the request reached Telegram. A repetition cannot be a duplicate.
    No,
    /// Perhaps: the connection broke, the time ran out, or a server error came back. A repetition may be a duplicate.
    Perhaps,
}

/// A call that did not succeed, told by what its caller does next. Descriptions are Telegram's own words; neither
/// they nor the sources hold a URL or a token.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Try the same call again later: 5xx, no connection, a broken one, or no answer in time.
    #[error("{method} is to be tried again: {reason}")]
    Retry {
        /// The method.
        method: &'static str,
        /// Whether it may have happened nevertheless.
        executed: Executed,
        /// What happened.
        reason: String,
        /// The HTTP client's error, without its URL.
        #[source]
        source: Option<reqwest::Error>,
    },
    /// Nothing happened; ask again after `seconds` (429). It concerns the chat, or the whole token if several chats
    /// meet it at once.
    #[error("{method} has to pause for {seconds} s")]
    Pause {
        /// The method.
        method: &'static str,
        /// How long.
        seconds: u32,
    },
    /// The user cannot be reached through this bot: blocked it, deleted the account, or never started it.
    #[error("{method} does not reach the user: {reason}")]
    Unreachable {
        /// The method.
        method: &'static str,
        /// Telegram's description.
        reason: String,
    },
    /// This message cannot be delivered, now or later; its writer should be told.
    #[error("{method} refuses this message: {reason}")]
    Explain {
        /// The method.
        method: &'static str,
        /// Telegram's description, without its `Bad Request: ` prefix.
        reason: String,
    },
    /// What was to be changed is not there any more, or is so already. Drop it.
    #[error("{method} has nothing to do: {reason}")]
    Gone {
        /// The method.
        method: &'static str,
        /// Telegram's description, without its prefix.
        reason: String,
    },
    /// This instance has no token of the bot.
    #[error("{method} is for a bot without a token here")]
    Stranger {
        /// The method.
        method: &'static str,
        /// It had one, and the bot was taken out of the fleet; otherwise others may know it already.
        left: bool,
    },
    /// Telegram does not know the token (401): it was revoked, or is wrong. Nothing happened, and nothing will until the
    /// operator puts the right one in.
    #[error(
        "{method} is refused, because Telegram does not know the token (401); put in the one that @BotFather shows \
         now (BOT_TOKENS, BOT_TOKENS_FILE)"
    )]
    Revoked {
        /// The method.
        method: &'static str,
    },
    /// Our own mistake, or the operator's: a call the specification does not take. No retry mends it.
    #[error("{method} was wrong ({code}): {description}")]
    Bug {
        /// The method.
        method: &'static str,
        /// Telegram's error code; 0 if it was found before the call.
        code: u16,
        /// Telegram's description.
        description: String,
    },
}

impl CallError {
    /// A label from a closed set, for `hamdam_send_total{outcome}`.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Retry { .. } => "retry",
            Self::Pause { .. } => "pause",
            Self::Unreachable { .. } => "unreachable",
            Self::Explain { .. } => "explain",
            Self::Gone { .. } => "gone",
            Self::Stranger { .. } => "stranger",
            Self::Revoked { .. } => "revoked",
            Self::Bug { .. } => "bug",
        }
    }

    /// The method that failed.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::Retry { method, .. }
            | Self::Pause { method, .. }
            | Self::Unreachable { method, .. }
            | Self::Explain { method, .. }
            | Self::Gone { method, .. }
            | Self::Stranger { method, .. }
            | Self::Revoked { method }
            | Self::Bug { method, .. } => method,
        }
    }

    /// How long Telegram asked us to wait, if it did.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Pause { seconds, .. } => Some(Duration::from_secs(u64::from(*seconds))),
            _ => None,
        }
    }
}
