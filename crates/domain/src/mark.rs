//! "Done" marks: one integer per (user, bot, queue) instead of one key per update.

use crate::clock::Millis;
use crate::id::{BotId, UpdateId};

/// One of the update queues Telegram keeps per chat or user. Within a queue updates come in order, the next only
/// after the one before was acknowledged; queues overtake one another (source: the public Bot API server).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// Messages, edited messages and payments of a chat.
    Message,
    /// Button presses.
    Callback,
    /// `pre_checkout_query`.
    PreCheckout,
    /// `shipping_query`.
    Shipping,
    /// Message reactions.
    Reaction,
    /// `my_chat_member`: the user blocked or unblocked the bot.
    Member,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 6] =
        [Self::Message, Self::Callback, Self::PreCheckout, Self::Shipping, Self::Reaction, Self::Member];

    /// One letter, for stored field names.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Message => 'm',
            Self::Callback => 'c',
            Self::PreCheckout => 'p',
            Self::Shipping => 's',
            Self::Reaction => 'r',
            Self::Member => 'b',
        }
    }

    /// The queue of a stored letter.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.letter() == letter)
    }
}

/// An update as the protocol sees it: where it came from and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UpdateRef {
    /// The bot it came through.
    pub bot: BotId,
    /// How often the bot's token has moved to another API server: its ids start anew then.
    pub era: u16,
    /// Its queue.
    pub queue: Queue,
    /// Its id.
    pub id: UpdateId,
}

/// The highest update of a queue that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Every id up to this one is done.
    pub update: UpdateId,
    /// The hour (since the Unix epoch) in which the mark was set.
    pub hour: u32,
    /// The bot's era then.
    pub era: u16,
}

/// Telegram keeps an undelivered update for 24 h; twice that, and a mark says nothing about a new id any more.
pub const MARK_HOURS: u32 = 48;

impl Mark {
    /// The mark that says `update` is done, set at `now`.
    #[must_use]
    pub fn of(update: &UpdateRef, now: Millis) -> Self {
        Self { update: update.id, hour: now.hour(), era: update.era }
    }

    /// Whether `update` was done before. A mark older than [`MARK_HOURS`] or of another era counts as none.
    #[must_use]
    pub fn covers(&self, update: &UpdateRef, now: Millis) -> bool {
        self.counts(update.era, now) && update.id <= self.update
    }

    /// Whether the mark still says anything about ids of `era` at `now`.
    #[must_use]
    pub fn counts(&self, era: u16, now: Millis) -> bool {
        self.era == era && now.hour().saturating_sub(self.hour) <= MARK_HOURS
    }
}

/// The actor's own update that began the present session state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Since {
    /// The bot of that update. Ids of different bots cannot be compared.
    pub bot: BotId,
    /// Its id, hour and era.
    pub mark: Mark,
}

impl Since {
    /// Whether `update` was written before the present state began: it is done, moves nothing, and does not
    /// speak in the present room.
    #[must_use]
    pub fn precedes_state(&self, update: &UpdateRef, now: Millis) -> bool {
        self.bot == update.bot && self.mark.counts(update.era, now) && update.id < self.mark.update
    }
}
