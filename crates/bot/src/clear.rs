//! Clearing a finished room. Each may take away what they themselves wrote, in both chats, and everything in their own
//! chat. What the partner wrote stays with the partner: it is theirs, and nobody else's to take.

use std::collections::BTreeSet;

use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::outbox::{Content, Entry, Notice};

use crate::decide::Scene;
use crate::plan::{Move, Outcome};

/// What is known of a room that has ended, as far as its messages can still be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The room.
    pub room: RoomId,
    /// The other user.
    pub partner: UserId,
    /// The bot in whose chat with the partner the room was.
    pub partner_bot: BotId,
    /// Messages in the chat of whoever clears.
    pub here: BTreeSet<MessageId>,
    /// Copies, in the partner's chat, of what whoever clears wrote.
    pub there: BTreeSet<MessageId>,
}

/// What is done to clear a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// First: deletions in the partner's chat.
    pub there: Vec<Entry>,
    /// Then: those in one's own chat, and the answer.
    pub act: Move,
}

/// Clears `past`; `None`: there is no such room.
#[must_use]
pub fn clear(scene: &Scene<'_>, past: Option<&Past>) -> Cleared {
    let Some(past) = past else {
        let act = scene.says(Notice::NothingToClear);
        return Cleared { there: Vec::new(), act };
    };
    let mut act = scene.quiet(Outcome::Answered);
    let bot = scene.update.bot;
    act.entries.extend(removals(&past.here).map(|entry| (bot, entry)));
    act.entries.push((bot, Notice::Cleared.entry()));
    Cleared { there: removals(&past.there).collect(), act }
}

/// The answer while nothing can be looked up.
#[must_use]
pub fn clear_later(scene: &Scene<'_>) -> Move {
    scene.says(Notice::ClearLater)
}

fn removals(messages: &BTreeSet<MessageId>) -> impl Iterator<Item = Entry> {
    let all: Vec<MessageId> = messages.iter().copied().collect();
    let parts: Vec<_> = all.chunks(Content::REMOVED_AT_ONCE).map(<[_]>::to_vec).collect();
    parts.into_iter().map(|messages| Entry { room: None, content: Content::Remove { messages } })
}
