//! A pool, looked at from outside: an engine of our own in which everybody waits who waits there. What it pairs is paired
//! nowhere else.

use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, Estimate, Explanation, Matcher, Rules};
use hamdam_domain::id::{PoolId, UserId};
use hamdam_domain::ticket::Ticket;
use hamdam_state::step::pool::{Change, Changes, FeedCursor};
use hamdam_state::{Result, State};

/// Tickets or changes read in one step.
const PAGE: u32 = 1_000;

pub(super) struct Shadow<'a> {
    state: &'a dyn State,
    pool: PoolId,
    rules: Rules,
    engine: Matcher,
    cursor: FeedCursor,
    user: UserId,
    /// The ticket that is asked about, as long as the pool has it.
    ticket: Option<Ticket>,
}

impl<'a> Shadow<'a> {
    /// The pool as it is now. The feed's end is taken first, so that no change falls between the two.
    pub(super) async fn of(state: &'a dyn State, pool: &PoolId, rules: Rules, user: UserId) -> Result<Self> {
        let cursor = state.feed_end(pool).await?;
        let (engine, pool) = (Matcher::new(), pool.clone());
        let mut shadow = Self { state, pool, rules, engine, cursor, user, ticket: None };
        let mut page = Some(0);
        while let Some(from) = page {
            let stock = state.stock(&shadow.pool, from, PAGE).await?;
            stock.tickets.into_iter().for_each(|ticket| shadow.add(ticket));
            page = stock.next;
        }
        Ok(shadow)
    }

    fn add(&mut self, ticket: Ticket) {
        if ticket.claimant.user == self.user {
            self.ticket = Some(ticket.clone());
        }
        self.engine.add(ticket);
    }

    /// Whether the user waits here.
    pub(super) fn has_user(&self) -> bool {
        self.ticket.is_some()
    }

    /// Why the user waits, if they do.
    pub(super) fn explain(&mut self, now: Millis) -> Option<Explanation> {
        self.bring_to(now);
        self.engine.explain(self.user, &self.rules, now)
    }

    /// A batch of no pairs shows every wish as it stands by now.
    fn bring_to(&mut self, now: Millis) {
        self.engine.pair(&Rules { batch_size: 0, ..self.rules.clone() }, now);
    }

    /// Reads what changed, and pairs as the pool's leader does. Those who came are here before others leave: a leader who
    /// matches at once puts both into one page. A feed that was cut is followed from where it is now.
    pub(super) async fn follow(&mut self, now: Millis) -> Result<()> {
        loop {
            let Changes::Feed { changes, cursor, more } =
                self.state.changes(&self.pool, self.cursor, PAGE, false).await?
            else {
                self.cursor = self.state.feed_end(&self.pool).await?;
                return Ok(());
            };
            self.cursor = cursor;
            let mut left = Vec::new();
            for change in changes {
                match change {
                    Change::Added(ticket) => self.add(ticket),
                    Change::Removed(claimant) => left.push(claimant),
                }
            }
            self.pair(now);
            for claimant in left {
                self.engine.remove(&claimant);
                let mine = self.ticket.as_ref().map(|ticket| ticket.claimant);
                if mine.is_some_and(|mine| mine.ticket == claimant.ticket && mine.attempt <= claimant.attempt)
                {
                    self.ticket = None;
                }
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// The user stays, though this engine has found them a partner: theirs has not.
    fn pair(&mut self, now: Millis) {
        let pairs = self.engine.pair(&self.rules, now);
        let mut both = pairs.iter().flat_map(|pair| [&pair.first, &pair.second]);
        if both.any(|ticket| ticket.claimant.user == self.user) {
            self.engine.add(self.ticket.clone().expect("who was paired had a ticket"));
        }
    }

    /// How long the user will wait yet, by what was paired since the pool is followed.
    pub(super) fn estimate(&mut self, now: Millis) -> Option<Estimate> {
        self.bring_to(now);
        self.engine.estimate(self.user, now)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use hamdam_domain::clock::{Clock, SystemClock};
    use hamdam_domain::id::{BotId, TicketId, UpdateId};
    use hamdam_domain::ticket::{Claimant, Wishes};
    use hamdam_state::memory::MemoryState;

    use super::*;

    const ASKED: UserId = UserId(1);

    fn ticket(user: i64, bot: i64, now: Millis) -> Ticket {
        let ticket = TicketId { bot: BotId(bot), update: UpdateId(user) };
        let claimant = Claimant { user: UserId(user), ticket, attempt: 0 };
        let pool = PoolId("main".into());
        Ticket { claimant, era: 0, pool, waiting_since: now, wishes: Wishes::default() }
    }

    #[tokio::test]
    async fn a_pool_is_followed_until_the_user_leaves_it() {
        let clock = Arc::new(SystemClock::new());
        let (state, now) = (MemoryState::new(4, clock.clone()), clock.unix());
        let mine = ticket(ASKED.0, 7, now);
        state.add_ticket(&mine).await.unwrap();
        let rules = Rules::default();
        let mut shadow = Shadow::of(&state, &mine.pool, rules, ASKED).await.unwrap();
        let explanation = shadow.explain(now).unwrap();
        assert_eq!((explanation.others, explanation.may_meet), (0, 0));
        assert_eq!(shadow.estimate(now), None);

        // Others of their kind meet at once, through another bot; two of them left before anybody looked.
        let others: Vec<Ticket> = (10..20).map(|user| ticket(user, 9, now)).collect();
        for other in &others {
            state.add_ticket(other).await.unwrap();
        }
        for gone in &others[..2] {
            state.remove_ticket(&gone.pool, gone.claimant.user, gone.claimant.ticket).await.unwrap();
        }
        // And one who suits the user: theirs is the only wait that goes on.
        state.add_ticket(&ticket(30, 7, now)).await.unwrap();
        let later = now.after(Duration::from_secs(1));
        shadow.follow(later).await.unwrap();
        assert!(shadow.has_user());
        assert_eq!(shadow.estimate(later).map(|estimate| estimate.pairs), Some(12));

        let Claimant { user, ticket, .. } = mine.claimant;
        state.remove_ticket(&mine.pool, user, ticket).await.unwrap();
        shadow.follow(later).await.unwrap();
        assert!(!shadow.has_user());
        assert_eq!((shadow.estimate(later), shadow.explain(later)), (None, None));
    }
}
