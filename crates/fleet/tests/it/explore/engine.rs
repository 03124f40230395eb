//! A matching engine that pairs whom the scheduler picks.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, Pair, Rules};
use hamdam_domain::id::{PoolId, TicketId, UserId};
use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_state::memory::{MemoryState, World};

use super::desk::Desk;

/// Any pair, in any order: what the engine prefers is no part of the protocol.
pub(super) struct PickedEngine {
    desk: Arc<Desk>,
    state: Weak<MemoryState>,
    pool: PoolId,
    tickets: BTreeMap<(UserId, TicketId), Ticket>,
}

impl PickedEngine {
    pub(super) fn new(desk: Arc<Desk>, state: Weak<MemoryState>, pool: PoolId) -> Self {
        Self { desk, state, pool, tickets: BTreeMap::new() }
    }
}

/// How many ordered pairs a pool's tickets can make.
pub(super) fn pairs(world: &World, pool: &PoolId) -> usize {
    let Some(pool) = world.pools.get(pool) else { return 0 };
    let tickets = pool.tickets.values();
    let others = |one: &Ticket| pool.tickets.values().filter(|two| apart(one, two)).count();
    tickets.map(others).sum()
}

fn apart(one: &Ticket, two: &Ticket) -> bool {
    one.claimant.user != two.claimant.user
}

impl Engine for PickedEngine {
    fn add(&mut self, ticket: Ticket) {
        let key = (ticket.claimant.user, ticket.claimant.ticket);
        let known = self.tickets.get(&key).map(|known| known.claimant.attempt);
        if known.is_none_or(|known| known < ticket.claimant.attempt) {
            self.tickets.insert(key, ticket);
        }
    }

    fn remove(&mut self, claimant: &Claimant) {
        let key = (claimant.user, claimant.ticket);
        if self.tickets.get(&key).is_some_and(|known| known.claimant.attempt <= claimant.attempt) {
            self.tickets.remove(&key);
        }
    }

    fn len(&self) -> usize {
        self.tickets.len()
    }

    /// At most one pair: the one the scheduler picked. The index was brought up to date in the step before, so it must
    /// hold what the pool holds.
    fn pair(&mut self, _: &Rules, _: Millis) -> Vec<Pair> {
        let state = self.state.upgrade().expect("the state outlives its matchmakers");
        state.inspect(|world| {
            let pool = world.pools.get(&self.pool).map(|pool| &pool.tickets);
            assert!(pool.is_none_or(|pool| *pool == self.tickets), "the index lost track of the feed");
        });
        let tickets: Vec<Ticket> = self.tickets.values().cloned().collect();
        let both = tickets.iter().flat_map(|one| tickets.iter().map(move |two| (one, two)));
        let Some((first, second)) = both.filter(|(one, two)| apart(one, two)).nth(self.desk.pick()) else {
            return Vec::new();
        };
        for ticket in [first, second] {
            self.tickets.remove(&(ticket.claimant.user, ticket.claimant.ticket));
        }
        vec![Pair { first: first.clone(), second: second.clone() }]
    }
}
