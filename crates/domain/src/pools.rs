//! Which pool a ticket waits in: the narrowest that fits, and after a while the next wider one.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::id::PoolId;
use crate::wish::{Country, Place};

/// A pool for the people of some countries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its name.
    pub pool: PoolId,
    /// Whose people begin their search here.
    pub countries: Vec<Country>,
    /// Where those go on whom this pool could not serve: a region further down, or the widest pool.
    pub wider: PoolId,
    /// After so long a wait.
    pub after: Duration,
}

/// Where people go on from a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOn {
    /// The wider pool.
    pub to: PoolId,
    /// After so long a wait.
    pub after: Duration,
}

/// All pools of a fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pools {
    regions: Vec<Region>,
    widest: PoolId,
}

/// Pools that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolsError {
    /// Two of one name would be one queue.
    #[error("there are two pools named {0}; give each its own name")]
    Twice(PoolId),
    /// A ticket must not move in circles.
    #[error("pool {pool} goes on to {wider}, which is no pool further down the list; put wider pools last")]
    NotWider {
        /// The pool.
        pool: PoolId,
        /// Where it goes on.
        wider: PoolId,
    },
}

impl Default for Pools {
    /// One pool for everybody.
    fn default() -> Self {
        Self { regions: Vec::new(), widest: PoolId("main".to_owned()) }
    }
}

impl Pools {
    /// So many pools and no more: room ids tell that many apart.
    pub const MOST: usize = 64;

    /// These regions, the narrowest first, and a pool for everybody.
    pub fn new(regions: Vec<Region>, widest: PoolId) -> Result<Self, PoolsError> {
        let mut names = BTreeSet::from([widest.clone()]);
        for region in regions.iter().rev() {
            if !names.contains(&region.wider) {
                return Err(PoolsError::NotWider { pool: region.pool.clone(), wider: region.wider.clone() });
            }
            if !names.insert(region.pool.clone()) {
                return Err(PoolsError::Twice(region.pool.clone()));
            }
        }
        Ok(Self { regions, widest })
    }

    /// Every pool, the widest first.
    pub fn all(&self) -> impl Iterator<Item = &PoolId> {
        [&self.widest].into_iter().chain(self.regions.iter().rev().map(|region| &region.pool))
    }

    /// Where the search of somebody in this place begins.
    #[must_use]
    pub fn choose(&self, place: &Place) -> &PoolId {
        let in_it = |region: &&Region| place.country.is_some_and(|code| region.countries.contains(&code));
        let home = self.regions.iter().find(in_it);
        home.map_or(&self.widest, |region| &region.pool)
    }

    /// Where those go on whom a pool could not serve, and when. Whose pool is no longer there goes on to the widest at
    /// once.
    #[must_use]
    pub fn way_on(&self, pool: &PoolId) -> Option<WayOn> {
        if *pool == self.widest {
            return None;
        }
        let region = self.regions.iter().find(|region| region.pool == *pool);
        let (to, after) =
            region.map_or((&self.widest, Duration::ZERO), |region| (&region.wider, region.after));
        Some(WayOn { to: to.clone(), after })
    }

    /// Whether there is such a pool.
    #[must_use]
    pub fn has(&self, pool: &PoolId) -> bool {
        self.all().any(|known| known == pool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::tests::people::open;

    fn pool(name: &str) -> PoolId {
        PoolId(name.into())
    }

    fn region(name: &str, countries: &[&str], wider: &str, seconds: u64) -> Region {
        let countries = countries.iter().map(|code| Country::new(code).unwrap()).collect();
        Region { pool: pool(name), countries, wider: pool(wider), after: Duration::from_secs(seconds) }
    }

    #[test]
    fn a_search_begins_at_home_and_goes_on_further_out() {
        let regions = vec![region("ir", &["IR"], "asia", 10), region("asia", &["AF", "TJ"], "main", 30)];
        let pools = Pools::new(regions, pool("main")).unwrap();
        let mut ticket = open(1, 0);
        assert_eq!(pools.choose(&ticket.wishes.facts.place), &pool("main"));
        ticket.wishes.facts.place.country = Country::new("IR").ok();
        ticket.pool = pools.choose(&ticket.wishes.facts.place).clone();
        let mut path = Vec::new();
        while let Some(WayOn { to, after }) = pools.way_on(&ticket.pool) {
            path.push((after.as_secs(), to.0.clone()));
            ticket.pool = to;
        }
        assert_eq!(path, [(10, "asia".to_owned()), (30, "main".to_owned())]);
        assert_eq!(pools.way_on(&pool("gone")), Some(WayOn { to: pool("main"), after: Duration::ZERO }));
        assert_eq!(pools.all().map(|pool| &*pool.0).collect::<Vec<_>>(), ["main", "asia", "ir"]);
        assert!(pools.has(&pool("asia")) && !pools.has(&pool("gone")));
    }

    #[test]
    fn pools_in_a_circle_or_of_one_name_are_refused() {
        let circle = vec![region("a", &[], "b", 1), region("b", &[], "a", 1)];
        let wrong = PoolsError::NotWider { pool: pool("b"), wider: pool("a") };
        assert_eq!(Pools::new(circle, pool("main")), Err(wrong));
        let twice = vec![region("a", &[], "main", 1), region("a", &[], "main", 1)];
        assert_eq!(Pools::new(twice, pool("main")), Err(PoolsError::Twice(pool("a"))));
    }
}
