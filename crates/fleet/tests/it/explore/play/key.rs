//! By what two executions are found to be the same.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Play;

impl Play<'_> {
    /// A digest by which two executions that can only go on alike are found to be the same.
    pub(in super::super) fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.stage.state.inspect(|world| {
            for user in world.users.values() {
                (
                    &user.session,
                    &user.since,
                    &user.marks,
                    &user.relayed,
                    user.version,
                    &user.profile.unreachable,
                )
                    .hash(&mut hasher);
            }
            for pool in world.pools.values() {
                (&pool.tickets, &pool.gone, &pool.intents, pool.lock.epoch).hash(&mut hasher);
            }
        });
        let chats = self.logs.iter().map(|log| log.digest).collect::<Vec<_>>();
        let mut tasks: Vec<u64> = self
            .tasks
            .iter()
            .map(|task| digest_of(&(task.role, task.before, task.history, task.steps > 0)))
            .collect();
        tasks.sort_unstable();
        (
            chats,
            tasks,
            &self.done,
            &self.windows,
            &self.acknowledged,
            &self.effects,
            &self.began,
            self.faults,
        )
            .hash(&mut hasher);
        hasher.finish()
    }
}

pub(super) fn digest_of<T: Hash>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
