//! Which pool a ticket waits in: the narrowest that fits, and after a while the next wider one.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::clock::Millis;
use crate::id::PoolId;
use crate::ticket::{Ticket, Wishes};
use crate::wish::Country;

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

impl Pools {
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

    /// Every pool, the widest last.
    pub fn all(&self) -> impl Iterator<Item = &PoolId> {
        self.regions.iter().map(|region| &region.pool).chain([&self.widest])
    }

    /// Where somebody's search begins.
    #[must_use]
    pub fn choose(&self, wishes: &Wishes) -> &PoolId {
        let country = wishes.facts.place.country;
        let home =
            self.regions.iter().find(|region| country.is_some_and(|code| region.countries.contains(&code)));
        home.map_or(&self.widest, |region| &region.pool)
    }

    /// Where a ticket goes on now, if its pool could not serve it. One whose pool is no longer there goes on to the
    /// widest.
    #[must_use]
    pub fn moves_on(&self, ticket: &Ticket, now: Millis) -> Option<&PoolId> {
        if ticket.pool == self.widest {
            return None;
        }
        match self.regions.iter().find(|region| region.pool == ticket.pool) {
            Some(region) => (now.since(ticket.waiting_since) >= region.after).then_some(&region.wider),
            None => Some(&self.widest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::tests::people::{NOW, open};

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
        assert_eq!(pools.choose(&ticket.wishes), &pool("main"));
        ticket.wishes.facts.place.country = Country::new("IR").ok();
        ticket.pool = pools.choose(&ticket.wishes).clone();
        let mut path = Vec::new();
        for second in 0..60 {
            if let Some(next) = pools.moves_on(&ticket, Millis(NOW.0 + second * 1_000)).cloned() {
                path.push((second, next.0.clone()));
                ticket.pool = next;
            }
        }
        assert_eq!(path, [(10, "asia".to_owned()), (30, "main".to_owned())]);
        ticket.pool = pool("gone");
        assert_eq!(pools.moves_on(&ticket, NOW), Some(&pool("main")));
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
