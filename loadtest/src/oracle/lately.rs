//! What was written lately, by what it says: a message that another bot says again names no original.

use std::collections::{HashMap, VecDeque};

use super::chat::ChatIndex;
use super::log::Says;

/// So many messages are remembered.
const KEPT: usize = 100_000;

/// Chats by what was written in them lately.
#[derive(Debug, Default)]
pub(super) struct Lately {
    chats: HashMap<Says, ChatIndex>,
    order: VecDeque<Says>,
}

impl Lately {
    /// Somebody wrote this in a chat.
    pub(super) fn write(&mut self, says: Says, chat: ChatIndex) {
        if self.chats.insert(says, chat).is_none() {
            self.order.push_back(says);
        }
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.chats.remove(&oldest);
        }
    }

    /// The chat in which this was written last.
    pub(super) fn chat(&self, says: Says) -> Option<ChatIndex> {
        self.chats.get(&says).copied()
    }
}
