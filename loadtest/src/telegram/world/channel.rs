//! Public channels: who is in, and which bots look after them.

use std::collections::{HashMap, HashSet};

use super::super::event::{BotId, UserId};

/// A channel.
#[derive(Debug, Default)]
pub(in super::super) struct Channel {
    /// Bots that are administrators.
    pub(in super::super) admins: HashSet<BotId>,
    /// Users who are in.
    pub(in super::super) members: HashSet<UserId>,
}

/// Every channel, by its name in small letters, with `@`.
#[derive(Debug, Default)]
pub(in super::super) struct Channels(HashMap<String, Channel>);

impl Channels {
    /// Makes a channel, or changes who looks after it.
    pub(in super::super) fn found(&mut self, name: &str, admins: impl IntoIterator<Item = BotId>) {
        self.0.entry(name.to_ascii_lowercase()).or_default().admins = admins.into_iter().collect();
    }

    /// Somebody joins or leaves; `false` if there is no such channel.
    pub(in super::super) fn enter(&mut self, name: &str, user: UserId, joins: bool) -> bool {
        let Some(channel) = self.0.get_mut(&name.to_ascii_lowercase()) else { return false };
        if joins {
            channel.members.insert(user);
        } else {
            channel.members.remove(&user);
        }
        true
    }

    /// The channel of this name.
    pub(in super::super) fn get(&self, name: &str) -> Option<&Channel> {
        self.0.get(&name.to_ascii_lowercase())
    }
}
