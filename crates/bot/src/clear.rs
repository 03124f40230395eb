//! Clearing a finished room. Each may take away what they themselves wrote, in both chats, and everything in their own
//! chat. What the partner wrote stays with the partner: it is theirs, and nobody else's to take.

use std::collections::BTreeSet;

use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::outbox::{Content, Entry, Notice};

use crate::decide::Scene;
use crate::plan::{Move, Outcome, Plan};

/// What is known of a room that has ended, as far as its messages can still be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The room.
    pub room: RoomId,
    /// The bot of whoever clears, in that room.
    pub bot: BotId,
    /// The other user.
    pub partner: UserId,
    /// The bot in whose chat with the partner the room was, if that is known.
    pub partner_bot: Option<BotId>,
    /// Messages in the chat of whoever clears.
    pub here: BTreeSet<MessageId>,
    /// Copies, in the partner's chat, of what whoever clears wrote.
    pub there: BTreeSet<MessageId>,
}

/// What is done to clear a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// First: deletions in the partner's chat with this bot.
    pub there: Vec<(BotId, Entry)>,
    /// Then: those in one's own chat, and the answer.
    pub act: Move,
}

/// Clears `past`; `None`: there is no such room.
#[must_use]
pub fn clear(scene: &Scene<'_>, past: Option<&Past>) -> Cleared {
    let Some(past) = past else {
        return Cleared { there: Vec::new(), act: scene.says(Notice::NothingToClear) };
    };
    let mut act = scene.quiet(Outcome::Answered);
    act.entries.extend(removals(&past.here).map(|entry| (past.bot, entry)));
    let both = past.there.is_empty() || past.partner_bot.is_some();
    act.entries.push((scene.update.bot, Notice::Cleared { both }.entry()));
    let there = past.partner_bot.map(|bot| removals(&past.there).map(move |entry| (bot, entry)));
    Cleared { there: there.into_iter().flatten().collect(), act }
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

impl Scene<'_> {
    /// `/clear`: the room that ended last. One that goes on has no end to clear behind.
    pub(crate) fn clears_last(&self) -> Plan {
        match self.talk() {
            Some(_) => Plan::just(self.says(Notice::ClearRunning)),
            None => Plan::Clear(self.record.last_room.map(|last| last.room)),
        }
    }
}
