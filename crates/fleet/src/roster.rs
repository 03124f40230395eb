//! Who is in the fleet, and who should do what: rendezvous hashing over the live instances, so that each instance
//! works out the same answer by itself, and a join or a leave moves only what it must.

use hamdam_domain::fnv;
use hamdam_domain::id::{InstanceId, PoolId, Shard};
use hamdam_state::step::instance::Instance;

/// The live instances, as of a heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    senders: Vec<InstanceId>,
    matchmakers: Vec<InstanceId>,
}

impl Roster {
    /// From the answer to a heartbeat.
    pub fn new(live: &[Instance]) -> Self {
        let with = |role: &str| -> Vec<InstanceId> {
            let has = |instance: &&Instance| instance.roles.split(',').any(|word| word == role);
            live.iter().filter(has).map(|instance| instance.id.clone()).collect()
        };
        Self { senders: with("sender"), matchmakers: with("matchmaker") }
    }

    /// Nobody: what an instance that hands everything over acts by.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Whether `me` should own `shard`.
    pub fn owns(&self, me: &InstanceId, shard: Shard) -> bool {
        best(&self.senders, &shard.0.to_le_bytes()) == Some(me)
    }

    /// The pools `me` should lead, if every instance leads at most `limit`. A pool goes to its best instance that has
    /// room; when all are full it waits.
    pub fn leads(&self, me: &InstanceId, pools: &[PoolId], limit: usize) -> Vec<PoolId> {
        let mut pools: Vec<_> = pools.to_vec();
        pools.sort();
        let mut load = vec![0_usize; self.matchmakers.len()];
        let mut mine = Vec::new();
        for pool in pools {
            let free = self.matchmakers.iter().enumerate().filter(|(index, _)| load[*index] < limit);
            let Some((index, leader)) = free.max_by_key(|(_, id)| (score(id, pool.0.as_bytes()), *id)) else {
                break;
            };
            load[index] += 1;
            if leader == me {
                mine.push(pool);
            }
        }
        mine
    }
}

/// The instance with the highest score for `what`. The id decides between equals.
fn best<'a>(instances: &'a [InstanceId], what: &[u8]) -> Option<&'a InstanceId> {
    instances.iter().max_by_key(|id| (score(id, what), *id))
}

/// The same on every instance of every version: FNV-1a over both, then the finalizer of SplitMix64, since FNV alone
/// leaves ids that differ in their last letters close together.
fn score(instance: &InstanceId, what: &[u8]) -> u64 {
    let bytes = instance.0.as_bytes().iter().chain([&0xFF]).chain(what);
    let fnv = fnv::hash(bytes.copied());
    let mixed = (fnv ^ (fnv >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(id: &str, roles: &str) -> Instance {
        let (address, version) = (String::new(), String::new());
        Instance { id: InstanceId(id.into()), roles: roles.into(), address, version }
    }

    fn roster(ids: &[&str]) -> Roster {
        let live: Vec<_> = ids.iter().map(|id| instance(id, "webhook,matchmaker,sender,journal")).collect();
        Roster::new(&live)
    }

    fn owned(roster: &Roster, id: &str) -> Vec<u16> {
        let me = InstanceId(id.into());
        (0..64).filter(|shard| roster.owns(&me, Shard(*shard))).collect()
    }

    #[test]
    fn every_shard_has_one_owner_and_each_a_fair_share() {
        let ids = ["i-4fd1", "i-4fd2", "i-4fd3", "i-4fd4"];
        let fleet = roster(&ids);
        let shares: Vec<_> = ids.iter().map(|id| owned(&fleet, id)).collect();
        let mut all: Vec<_> = shares.concat();
        all.sort_unstable();
        assert_eq!(all, (0..64).collect::<Vec<_>>());
        assert!(shares.iter().all(|share| (6..=28).contains(&share.len())), "{shares:?}");
    }

    #[test]
    fn a_leave_moves_only_the_leavers_shards() {
        let (before, after) = (roster(&["a", "b", "c"]), roster(&["a", "c"]));
        let kept = owned(&before, "a");
        let now = owned(&after, "a");
        assert!(kept.iter().all(|shard| now.contains(shard)));
        assert_eq!(now.len() + owned(&after, "c").len(), 64);
    }

    #[test]
    fn only_those_with_the_role_take_part() {
        let fleet = Roster::new(&[instance("w", "webhook"), instance("s", "webhook,sender,journal")]);
        assert_eq!(owned(&fleet, "w").len(), 0);
        assert_eq!(owned(&fleet, "s").len(), 64);
        assert_eq!(owned(&Roster::nobody(), "s").len(), 0);
    }

    #[test]
    fn pools_spill_over_to_instances_with_room() {
        let pools: Vec<_> = (0..5).map(|number| PoolId(format!("p{number}"))).collect();
        let fleet = roster(&["a", "b"]);
        let led: Vec<_> =
            ["a", "b"].iter().map(|id| fleet.leads(&InstanceId((*id).into()), &pools, 3).len()).collect();
        assert_eq!(led.iter().sum::<usize>(), 5);
        assert!(led.iter().all(|count| *count <= 3), "{led:?}");
    }
}
