//! Moving on to a wider pool whom this one could not serve.
//!
//! Three steps, in this order, so that nobody is lost and no ticket is in two leaders' hands: the session names the wider
//! pool at the next attempt ([`State::bump`]), which fences whatever is still under way here; the ticket leaves this pool;
//! it is added to the wider one. Who comes after a crash between the first two finds the ticket here and does the same
//! again; a crash between the last two leaves a waiter without a ticket, whom the audit mends. None of the steps needs the
//! lock: each is conditional on a ticket at an attempt, which never comes twice.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::PoolId;
use hamdam_domain::pools::WayOn;
use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_state::Result;

use super::{Index, Matchmaker, PassReport};

/// When whose patience with this pool ends. Who left meanwhile is found gone when it does.
#[derive(Debug, Default)]
pub(super) struct Patience(BinaryHeap<Reverse<(Millis, Claimant)>>);

impl Patience {
    pub(super) fn note(&mut self, ticket: &Ticket, after: Duration) {
        self.0.push(Reverse((ticket.waiting_since.after(after), ticket.claimant)));
    }

    /// Whose patience has ended, at most so many.
    fn ended(&mut self, now: Millis, most: usize) -> Vec<(Millis, Claimant)> {
        let mut ended = Vec::new();
        while ended.len() < most && self.0.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            ended.extend(self.0.pop().map(|Reverse(due)| due));
        }
        ended
    }
}

impl Matchmaker {
    /// Moves on whoever has waited long enough; as many as a batch has matches, so that it stays short.
    pub(super) async fn move_on(&self, index: &mut Index, report: &mut PassReport) -> Result<()> {
        let Some(way) = &self.settings.way_on else { return Ok(()) };
        let ended = index.patience.ended(self.clock.unix(), self.settings.rules.batch_size);
        // Boxed, so that the compiler sees that a pass can be spawned.
        let moving: Vec<BoxFuture<'_, _>> = ended
            .into_iter()
            .map(|due| async move { (due, self.move_one(&due.1, way).await) }.boxed())
            .collect();
        let width = self.settings.width.max(1);
        let moved: Vec<_> = futures::stream::iter(moving).buffer_unordered(width).collect().await;
        let mut failed = None;
        for (due, outcome) in moved {
            match outcome {
                Ok(moved) => report.moved_on += usize::from(moved),
                Err(error) => {
                    index.patience.0.push(Reverse(due));
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Answers whether they went.
    async fn move_one(&self, who: &Claimant, way: &WayOn) -> Result<bool> {
        let Some(stub) = self.state.bump(who, &way.to).await? else { return Ok(false) };
        self.state.remove_ticket(&self.pool, who.user, who.ticket).await?;
        let reading = self.state.read(who.user).await?;
        let Some(record) = reading.record else { return Ok(false) };
        self.state.add_ticket(&crate::audit::ticket(who.user, &stub, &record, reading.now)).await?;
        Ok(true)
    }

    /// Adds a ticket that goes back to another pool than this: it was moved on before it was matched here.
    pub(super) async fn is_elsewhere(&self, pool: &PoolId, ticket: &Ticket) -> Result<bool> {
        let elsewhere = *pool != self.pool;
        if elsewhere {
            self.state.add_ticket(ticket).await?;
        }
        Ok(elsewhere)
    }
}
