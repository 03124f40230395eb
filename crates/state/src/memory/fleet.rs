//! Steps that make instances a fleet.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{InstanceId, PoolId};
use hamdam_domain::pools::Pools;

use super::world::World;
use crate::error::Result;
use crate::step::TimeToLive;
use crate::step::instance::{self, Instance, Meta};

impl World {
    pub(super) fn heartbeat(&mut self, instance: &Instance, ttl: TimeToLive, now: Millis) -> Vec<Instance> {
        self.instances.retain(|_, (_, until)| *until > now);
        self.instances.insert(instance.id.clone(), (instance.clone(), now.after(ttl)));
        self.sweep(now);
        self.instances.values().map(|(instance, _)| instance.clone()).collect()
    }

    pub(super) fn retire(&mut self, instance: &InstanceId) {
        self.instances.remove(instance);
    }

    pub(super) fn join(&mut self, meta: &Meta) -> Result<()> {
        let Some(founded) = &mut self.meta else {
            self.meta = Some(meta.clone());
            return Ok(());
        };
        founded.admits(meta)?;
        founded.version = founded.version.max(meta.version);
        Ok(())
    }

    pub(super) fn number_pools(&mut self, pools: &[PoolId]) -> Result<Vec<u8>> {
        let mut numbers = self.pool_numbers.clone();
        for pool in pools {
            let free = (0..=u8::MAX).find(|number| numbers.values().all(|taken| taken != number));
            let free = free.expect("no more than a few are ever given");
            numbers.entry(pool.clone()).or_insert(free);
            if numbers.len() > Pools::MOST {
                return Err(instance::numbers_are_used_up());
            }
        }
        self.pool_numbers = numbers;
        Ok(pools.iter().map(|pool| self.pool_numbers[pool]).collect())
    }
}
