//! Which shards an instance owns, wants and gives up. The bookkeeping is here, free of time and tasks; the loop that
//! asks the state stands in [`crate::run`].

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hamdam_domain::id::{InstanceId, Shard};
use hamdam_state::step::Holder;

use crate::roster::Roster;

/// Where a shard stands with this instance.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// Not ours.
    Away,
    /// Its lease is being asked for.
    Asked,
    /// Ours.
    Held(Holder),
    /// Being handed over: its calls are waited for, then its lease is given back.
    Leaving,
}

/// The shards of one instance.
#[derive(Debug)]
pub struct Holdings {
    me: InstanceId,
    shards: Mutex<BTreeMap<Shard, (Standing, bool)>>,
}

impl Holdings {
    /// Nothing yet, of so many shards.
    pub fn new(me: InstanceId, shards: u16) -> Self {
        let shards = (0..shards).map(|shard| (Shard(shard), (Standing::Away, false))).collect();
        Self { me, shards: Mutex::new(shards) }
    }

    fn shards(&self) -> MutexGuard<'_, BTreeMap<Shard, (Standing, bool)>> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fleet changed. Answers what is to be handed over.
    pub fn follow(&self, roster: &Roster) -> Vec<Shard> {
        let mut leaving = Vec::new();
        for (shard, (standing, wanted)) in self.shards().iter_mut() {
            *wanted = roster.owns(&self.me, *shard);
            if !*wanted && matches!(standing, Standing::Held(_)) {
                *standing = Standing::Leaving;
                leaving.push(*shard);
            }
        }
        leaving
    }

    /// What should be ours and is not: to be asked for now. Every one is answered by [`Holdings::taken`] or
    /// [`Holdings::refused`].
    pub fn to_ask(&self) -> Vec<Shard> {
        let mut asked = Vec::new();
        for (shard, (standing, wanted)) in self.shards().iter_mut() {
            if *wanted && *standing == Standing::Away {
                *standing = Standing::Asked;
                asked.push(*shard);
            }
        }
        asked
    }

    /// The lease of a shard was taken. Answers whether it is wanted still; if not, it is to be handed over.
    pub fn taken(&self, shard: Shard, holder: Holder) -> bool {
        self.change(shard, |standing, wanted| {
            *standing = if wanted { Standing::Held(holder) } else { Standing::Leaving };
            wanted
        })
    }

    /// The lease of a shard is somebody else's, or the state did not answer.
    pub fn refused(&self, shard: Shard) {
        self.ended(shard);
    }

    /// A shard was handed over, or lost.
    pub fn ended(&self, shard: Shard) {
        self.change(shard, |standing, _| *standing = Standing::Away);
    }

    fn change<T>(&self, shard: Shard, change: impl FnOnce(&mut Standing, bool) -> T) -> T {
        let mut shards = self.shards();
        let (standing, wanted) = shards.get_mut(&shard).expect("shards are numbered from 0 to their count");
        change(standing, *wanted)
    }

    /// The shards that are ours, and by which lease.
    pub fn held(&self) -> Vec<(Shard, Holder)> {
        let shards = self.shards();
        let held = shards.iter().filter_map(|(shard, (standing, _))| match standing {
            Standing::Held(holder) => Some((*shard, holder.clone())),
            Standing::Away | Standing::Asked | Standing::Leaving => None,
        });
        held.collect()
    }

    /// Whether nothing is ours and nothing is being asked for or handed over.
    pub fn is_clear(&self) -> bool {
        self.shards().values().all(|(standing, _)| *standing == Standing::Away)
    }
}

#[cfg(test)]
mod tests {
    use hamdam_domain::id::Epoch;
    use hamdam_state::step::instance::Instance;

    use super::*;

    fn roster(ids: &[&str]) -> Roster {
        let instance = |id: &&str| Instance {
            id: InstanceId((*id).into()),
            roles: "sender,journal".into(),
            address: String::new(),
            version: String::new(),
        };
        Roster::new(&ids.iter().map(instance).collect::<Vec<_>>())
    }

    fn holder() -> Holder {
        Holder { owner: InstanceId("a".into()), epoch: Epoch(1) }
    }

    #[test]
    fn what_is_wanted_is_asked_for_once_and_again_after_a_refusal() {
        let holdings = Holdings::new(InstanceId("a".into()), 8);
        assert_eq!(holdings.to_ask(), [], "no roster yet");
        holdings.follow(&roster(&["a"]));
        assert_eq!(holdings.to_ask().len(), 8);
        assert_eq!(holdings.to_ask(), []);
        holdings.refused(Shard(3));
        assert_eq!(holdings.to_ask(), [Shard(3)]);
        assert!(holdings.taken(Shard(3), holder()));
        assert_eq!(holdings.held(), [(Shard(3), holder())]);
    }

    #[test]
    fn a_join_hands_over_and_nothing_is_asked_back_before_it_ended() {
        let holdings = Holdings::new(InstanceId("a".into()), 8);
        holdings.follow(&roster(&["a"]));
        for shard in holdings.to_ask() {
            holdings.taken(shard, holder());
        }
        let leaving = holdings.follow(&roster(&["a", "b"]));
        assert!(!leaving.is_empty() && leaving.len() < 8);
        assert_eq!(holdings.held().len(), 8 - leaving.len());
        assert_eq!(holdings.follow(&roster(&["a"])), []);
        assert_eq!(holdings.to_ask(), [], "they are still on their way out");
        holdings.ended(leaving[0]);
        assert_eq!(holdings.to_ask(), [leaving[0]]);
        assert!(!holdings.is_clear());
    }

    #[test]
    fn a_lease_that_comes_too_late_is_handed_over() {
        let holdings = Holdings::new(InstanceId("a".into()), 1);
        holdings.follow(&roster(&["a"]));
        assert_eq!(holdings.to_ask(), [Shard(0)]);
        holdings.follow(&Roster::nobody());
        assert!(!holdings.taken(Shard(0), holder()));
        assert_eq!(holdings.held(), []);
        holdings.ended(Shard(0));
        assert!(holdings.is_clear());
    }
}
