//! How a step is taken: past the gate, whole or not at all, and whom it rings.

use std::fmt::Debug;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{PoolId, Shard, UserId};

use super::MemoryState;
use super::gate::Pass;
use super::world::World;
use crate::error::{Result, StateError};
use crate::step::matching::Seated;
use crate::step::sending::Ring;

impl MemoryState {
    /// Every step goes through here: past the gate, once or twice, whole or not at all. `body` is idempotent, as
    /// every step of the protocol is.
    pub(super) async fn step<T: Debug + Send>(
        &self,
        name: &'static str,
        body: impl Fn(&mut World, Millis) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        let Some(gate) = &self.gate else { return self.run(&body) };
        let pass = gate.enter(name).await;
        let silence = |why: &'static str| StateError::Unavailable { step: name, source: why.into() };
        let answer = match pass {
            Pass::Once => self.run(&body),
            Pass::Twice => self.run(&body).and_then(|_| self.run(&body)),
            Pass::Unheard => self.run(&body).and_then(|_| Err(silence("the answer was lost"))),
            Pass::Unsent => Err(silence("the step was not sent")),
        };
        gate.leave(name, &answer);
        answer
    }

    fn run<T>(&self, body: &impl Fn(&mut World, Millis) -> Result<T>) -> Result<T> {
        let now = self.clock.unix();
        body(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    /// A step that may append to `user`'s outbox, and answers beside its result whether the sender sleeps there.
    pub(super) async fn ringing<T: Debug + Send>(
        &self,
        name: &'static str,
        user: UserId,
        body: impl Fn(&mut World, Millis) -> Result<(T, bool)> + Send + Sync,
    ) -> Result<T> {
        self.step(name, |world, now| {
            let (answer, ring) = body(world, now)?;
            if ring {
                self.ring(world.shard_of(user), false);
            }
            Ok(answer)
        })
        .await
    }

    /// A step that may announce a room to `user`: what they have been waiting for rings the sender, asleep or not.
    pub(super) async fn announcing(
        &self,
        name: &'static str,
        user: UserId,
        body: impl Fn(&mut World, Millis) -> (Seated, bool) + Send + Sync,
    ) -> Result<Seated> {
        self.step(name, |world, now| {
            let (seated, asleep) = body(world, now);
            let at_once = seated == Seated::Done;
            if asleep || at_once {
                self.ring(world.shard_of(user), at_once);
            }
            Ok(seated)
        })
        .await
    }

    fn ring(&self, shard: Shard, at_once: bool) {
        // Nobody listening is no error: the poll finds the entry.
        let _ = self.rings.send(Ring { shard, at_once });
    }

    /// A step that may add to a pool, and answers beside its result whether the pool's leader sleeps.
    pub(super) async fn adding<T: Debug + Send>(
        &self,
        name: &'static str,
        pool: &PoolId,
        body: impl Fn(&mut World, Millis) -> Result<(T, bool)> + Send + Sync,
    ) -> Result<T> {
        self.step(name, |world, now| {
            let (answer, ring) = body(world, now)?;
            if ring {
                // Nobody listening is no error: the next batch finds the ticket.
                let _ = self.pool_rings.send(pool.clone());
            }
            Ok(answer)
        })
        .await
    }

    /// Refuses a step that grows the state when it is full.
    pub(super) fn room_for(&self, world: &World, step: &'static str) -> Result<()> {
        if world.bytes() >= self.watermark.load(Ordering::Relaxed) {
            return Err(StateError::Full { step });
        }
        Ok(())
    }
}
