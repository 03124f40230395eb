//! The walk of a pool: tickets whose user does not wait by them.

use std::collections::BTreeMap;

use hamdam_domain::id::{PoolId, Shard};
use hamdam_domain::ticket::Ticket;
use hamdam_state::Result;

use super::{Audit, Mend, PAGE, Suspect, Walk};

impl Audit {
    pub(super) async fn walk_pool(&mut self, pool: &PoolId, walk: &mut Walk) -> Result<()> {
        let mut page = Some(0);
        while let Some(from) = page {
            let stock = self.state.stock(pool, from, PAGE).await?;
            page = stock.next;
            let mut by_shard: BTreeMap<Shard, Vec<Ticket>> = BTreeMap::new();
            for ticket in stock.tickets {
                let shard = Shard::of(ticket.claimant.user, self.state.shards());
                by_shard.entry(shard).or_default().push(ticket);
            }
            for (shard, tickets) in by_shard {
                self.check_tickets(pool, shard, &tickets, walk).await?;
            }
        }
        Ok(())
    }

    /// A session that has left a ticket, or moved on to a wider pool with it, never comes back to it here, so removing is
    /// always safe; seen twice, because the removal may be under way.
    async fn check_tickets(
        &mut self,
        pool: &PoolId,
        shard: Shard,
        tickets: &[Ticket],
        walk: &mut Walk,
    ) -> Result<()> {
        let users: Vec<_> = tickets.iter().map(|ticket| ticket.claimant.user).collect();
        let look = self.state.look(shard, &users).await?;
        walk.looked += users.len();
        for (ticket, seen) in tickets.iter().zip(look.seen) {
            let who = ticket.claimant;
            let waits = seen.is_some_and(|seen| {
                super::stub(&seen.session).is_some_and(|here| here.ticket == who.ticket && here.pool == *pool)
            });
            if !waits && self.again(Suspect::Ticket(who.user, who.ticket)) {
                self.state.remove_ticket(pool, who.user, who.ticket).await?;
                walk.mended(Mend::StrayTicket);
            }
        }
        Ok(())
    }
}
