//! What must hold when everything is at rest.

use std::collections::BTreeSet;

use hamdam_domain::outbox::Content;
use hamdam_domain::session::Session;
use hamdam_fleet::sender::Chat;

use super::Traffic;
use crate::explore::judge::Verdict;

impl Traffic {
    /// What must hold at the end.
    pub(super) fn rest(&mut self) -> Verdict {
        let counted = self.metrics.duplicate_sends.get() - self.counted_before;
        if self.duplicates > counted {
            return Err(format!("{} sends came twice, {counted} were counted", self.duplicates));
        }
        let mut ends: BTreeSet<(Chat, i64)> = BTreeSet::new();
        for (id, (chat, entry)) in self.queued.iter().rev() {
            let over = entry.room.is_some_and(|room| ends.contains(&(*chat, room.0)));
            if !over && !self.delivered.contains(id) && !self.given_up.contains(id) {
                return Err(format!("{id:?} was never sent to {chat:?}: {entry:?}"));
            }
            ends.extend(entry.ends().map(|room| (*chat, room.0)));
        }
        let blocked: BTreeSet<Chat> = self.given_up.iter().map(|id| self.queued[id].0).collect();
        for id in &self.delivered {
            let (chat, entry) = &self.queued[id];
            if let Content::Copy(copy) = &entry.content
                && !self.written.contains_key(&(copy.from, copy.update.0))
                && !blocked.contains(&Chat { user: copy.from, bot: copy.bot })
            {
                return Err(format!("{chat:?}: what was written in no room goes to {:?}", entry.room));
            }
            let log = self.logs.entry(*chat).or_default();
            if !blocked.contains(chat) {
                let written = |user, update| self.written.get(&(user, update)).copied();
                log.read(entry, written).map_err(|broken| format!("{chat:?}: {broken}"))?;
            }
        }
        self.state.inspect(|world| {
            for (id, user) in &world.users {
                let Session::Chatting { room, partner, .. } = &user.session else { continue };
                if world.users[partner].session.room() != Some(*room) {
                    return Err(format!("lonely: {id} in room {room}"));
                }
            }
            Ok(())
        })
    }
}
