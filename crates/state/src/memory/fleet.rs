//! Steps that make instances a fleet.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::InstanceId;

use super::world::World;
use crate::error::Result;
use crate::step::TimeToLive;
use crate::step::instance::{Instance, Meta};

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
}
