//! A lock with a time limit.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{Epoch, InstanceId};

use crate::step::Holder;

/// A lock with a time limit. The epoch outlives every owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The highest epoch ever given.
    pub epoch: u64,
    /// Who has it and until when; past that instant nobody has.
    pub owner: Option<(InstanceId, Millis)>,
}

impl Lease {
    /// Takes a free lease under a new epoch or renews one's own.
    pub(in super::super) fn take(&mut self, owner: &InstanceId, until: Millis, now: Millis) -> Option<Epoch> {
        match &self.owner {
            Some((holder, end)) if *end > now && holder != owner => return None,
            Some((holder, end)) if *end > now && holder == owner => {}
            _ => self.epoch += 1,
        }
        self.owner = Some((owner.clone(), until));
        Some(Epoch(self.epoch))
    }

    /// Whether `holder` has it at `now`.
    pub fn is_held(&self, holder: &Holder, now: Millis) -> bool {
        let owned = self.owner.as_ref().is_some_and(|(owner, end)| *owner == holder.owner && *end > now);
        owned && self.epoch == holder.epoch.0
    }

    pub(in super::super) fn give_back(&mut self, holder: &Holder, now: Millis) {
        if self.is_held(holder, now) {
            self.owner = None;
        }
    }
}
