//! What is checked after a step, and at rest.

use hamdam_domain::id::UserId;
use hamdam_domain::outbox::Entry;

use super::Play;
use crate::explore::judge::{Verdict, check_rest};
use crate::explore::stage::{update_id, user_id};

impl Play<'_> {
    /// What was done before the present state began moves nobody any more.
    pub(super) fn check_age(&mut self, user: usize, index: usize) -> Verdict {
        if index < self.began[user] && !self.forgetful {
            return Err(format!(
                "deed {index} of user {user} moved a state that deed {} began",
                self.began[user]
            ));
        }
        self.began[user] = self.began[user].max(index);
        Ok(())
    }

    /// Each update moves its own user once at most, and reaches the partner once at most (invariant 4).
    pub(super) fn count_effect(&mut self, user: usize, index: usize, step: &str) -> Verdict {
        let which = usize::from(step == "relay");
        let count = &mut self.effects[user][index][which];
        *count += 1;
        if *count > 1 {
            Err(format!("update {index} of user {user} had its effect twice ({step})"))
        } else {
            Ok(())
        }
    }

    /// Reads what was queued since, in everybody's chat.
    pub(super) fn read_chats(&mut self) -> Verdict {
        let (windows, logs) = (&self.windows, &mut self.logs);
        let window = |from: UserId, update: i64| {
            (0..windows.len())
                .find(|user| user_id(*user) == from)
                .and_then(|user| {
                    (0..windows[user].len())
                        .find(|index| update_id(user, *index) == update)
                        .map(|index| (user, index))
                })
                .and_then(|(user, index)| windows[user][index])
        };
        self.stage.state.inspect(|world| {
            for (user, log) in logs.iter_mut().enumerate() {
                let outbox = &world.shard(world.shard_of(user_id(user))).outbox;
                if outbox.len() == log.length {
                    continue;
                }
                for stored in outbox.values().skip(log.length) {
                    let entry = Entry::from_json(&stored.body).expect("entries are written by us");
                    log.read(&entry, window).map_err(|broken| format!("chat of user {user}: {broken}"))?;
                }
            }
            Ok(())
        })
    }

    /// Nothing is left to happen: what must hold then.
    pub(in super::super) fn rest(&self) -> Verdict {
        let log = |id: UserId| {
            let user = (0..self.logs.len()).find(|user| user_id(*user) == id);
            user.map(|user| self.logs[user].clone()).unwrap_or_default()
        };
        self.stage.state.inspect(|world| check_rest(world, log))
    }
}
