//! News of searches that last: the notice of a search is redrawn with what is tried now and how long it may take, and
//! after long enough the search ends with a friendly word.
//!
//! Nobody is told anything in the first seconds, when most have found each other, and later ever more rarely. Who is to be
//! told is known from the feed; what, from the user's own record at that moment. The step that queues the news looks once
//! more whether the user still waits, so none comes behind what ended the search.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, Tried};
use hamdam_domain::id::{PoolId, TicketId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::record::Record;
use hamdam_domain::rules::Schedule;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_state::step::search::GaveUp;
use hamdam_state::{Result, StateError};

use super::Matchmaker;

/// When news are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Not before so long a wait.
    pub first: Duration,
    /// At least so far apart.
    pub apart: Duration,
    /// A search without a partner ends after so long; `None`: never.
    pub give_up: Option<Duration>,
    /// So many are told in one batch at most; the others in the next.
    pub at_once: usize,
}

impl Default for Pace {
    /// From a quarter of a minute on, twenty seconds apart, for half an hour.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(15),
            apart: Duration::from_secs(20),
            give_up: Some(Duration::from_mins(30)),
            at_once: 20,
        }
    }
}

impl Pace {
    /// After how long a wait news are due next: when something gives way, then each time twice as late, and at the end.
    fn next(&self, told: Option<Duration>, schedule: &Schedule) -> Duration {
        let due = told.map_or(self.first, |told| {
            let apart = told + self.apart;
            let step = schedule.steps().iter().map(|step| step.after).find(|after| *after >= apart);
            step.unwrap_or_else(|| apart.max(told * 2))
        });
        self.give_up.map_or(due, |give_up| due.min(give_up.max(self.first)))
    }

    /// Of the news that are due by now the last: what was missed meanwhile is not told any more.
    fn latest(&self, due: Duration, waited: Duration, schedule: &Schedule) -> Duration {
        let next = self.next(Some(due), schedule);
        if due < next && next <= waited { self.latest(next, waited, schedule) } else { due }
    }
}

type Wait = (UserId, TicketId);

/// Who is to be told when.
#[derive(Debug, Default)]
pub(super) struct News {
    waiting: HashMap<Wait, Due>,
    due: BinaryHeap<Reverse<(Millis, Wait)>>,
}

/// What is known of a search.
#[derive(Clone, Copy, Debug)]
struct Due {
    attempt: u32,
    since: Millis,
    /// After so long a wait.
    after: Duration,
    /// Then, or later if it could not be told then.
    at: Millis,
}

impl News {
    /// A ticket waits. One that came back goes on where it was.
    pub(super) fn waits(&mut self, ticket: &Ticket, pace: &Pace, schedule: &Schedule) {
        let Claimant { user, ticket: id, attempt } = ticket.claimant;
        let wait = (user, id);
        if let Some(known) = self.waiting.get_mut(&wait) {
            known.attempt = known.attempt.max(attempt);
            return;
        }
        let (since, after) = (ticket.waiting_since, pace.next(None, schedule));
        let at = since.after(after);
        self.waiting.insert(wait, Due { attempt, since, after, at });
        self.due.push(Reverse((at, wait)));
    }

    /// A ticket left at this attempt.
    pub(super) fn left(&mut self, claimant: &Claimant) {
        let wait = (claimant.user, claimant.ticket);
        if self.waiting.get(&wait).is_some_and(|known| known.attempt <= claimant.attempt) {
            self.waiting.remove(&wait);
        }
    }

    /// Those who are to be told now, each with the wait that was due and how long it has been.
    fn take_due(&mut self, now: Millis, most: usize) -> Vec<(Wait, Duration, Duration)> {
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some(Reverse((at, wait))) = self.due.peek().copied()
            && at <= now
        {
            self.due.pop();
            // Of those who left, and of what is due later by now, nothing is to be told.
            if let Some(known) = self.waiting.get(&wait).filter(|known| known.at == at) {
                taken.push((wait, known.after, now.since(known.since)));
            }
        }
        taken
    }

    /// The next are due after so long a wait.
    fn told(&mut self, wait: Wait, next: Duration) {
        if let Some(known) = self.waiting.get_mut(&wait) {
            (known.after, known.at) = (next, known.since.after(next));
            self.due.push(Reverse((known.at, wait)));
        }
    }

    /// The same are tried again.
    fn put_off(&mut self, wait: Wait, at: Millis) {
        if let Some(known) = self.waiting.get_mut(&wait) {
            known.at = at;
            self.due.push(Reverse((at, wait)));
        }
    }
}

/// What came of telling.
enum Told {
    /// Nothing more before the next time.
    Yes,
    /// Again in a moment: they are held, or the state did not answer.
    Later,
    /// The search has ended, or was over.
    Over,
}

/// Before what could not be told is tried again.
const AGAIN: Duration = Duration::from_secs(5);

impl Matchmaker {
    /// Tells those whose time has come. What fails is tried again: no batch fails for it.
    pub(super) async fn tell_news(&self, news: &mut News, engine: &dyn Engine) {
        let (pace, schedule) = (&self.settings.news, &self.settings.rules.schedule);
        let now = self.clock.unix();
        let due = news.take_due(now, pace.at_once);
        // Boxed, so that the compiler sees that a pass can be spawned.
        let telling: Vec<BoxFuture<'_, _>> = due
            .into_iter()
            .map(|(wait, due, waited)| {
                let after = pace.latest(due, waited, schedule);
                let half = engine.estimate(wait.0, now).and_then(|estimate| estimate.half);
                async move { (wait, after, self.tell_one(wait, after, half).await) }.boxed()
            })
            .collect();
        let width = self.settings.width.max(1);
        let told: Vec<_> = futures::stream::iter(telling).buffer_unordered(width).collect().await;
        for (wait, after, told) in told {
            match told {
                Ok(Told::Yes) | Err(StateError::Full { .. }) => {
                    news.told(wait, pace.next(Some(after), schedule));
                }
                Ok(Told::Over) => {
                    news.waiting.remove(&wait);
                }
                Ok(Told::Later) => news.put_off(wait, now.after(AGAIN)),
                Err(error) => {
                    tracing::debug!(%error, "news of a search are told later");
                    news.put_off(wait, now.after(AGAIN));
                }
            }
        }
    }

    async fn tell_one(&self, (user, ticket): Wait, after: Duration, half: Option<Duration>) -> Result<Told> {
        let Some(record) = self.state.read(user).await?.record else { return Ok(Told::Over) };
        if self.settings.news.give_up.is_some_and(|give_up| after >= give_up) {
            // They may just be on their way into another pool.
            let pool = match &record.session {
                Session::Waiting(stub) if stub.ticket == ticket => &stub.pool,
                _ => &self.pool,
            };
            return self.give_up(user, ticket, pool).await;
        }
        let Some(notice) = self.goes_on(&record, ticket, after, half) else { return Ok(Told::Later) };
        let entry = match record.search_notice {
            Some(message) => notice.instead_of(message),
            None => notice.entry(),
        };
        let once = format!("search:{ticket}:{}", after.as_secs());
        self.state.tell_waiting(user, ticket, &entry, &once).await?;
        Ok(Told::Yes)
    }

    /// What is to be said to somebody who waits by this ticket.
    fn goes_on(
        &self,
        record: &Record,
        ticket: TicketId,
        waited: Duration,
        half: Option<Duration>,
    ) -> Option<Notice> {
        if !matches!(&record.session, Session::Waiting(stub) if stub.ticket == ticket) {
            return None;
        }
        let (wants, schedule) = (&record.profile.wants, &self.settings.rules.schedule);
        let tried = Tried::after(waited, wants, schedule);
        Some(Notice::SearchGoesOn {
            ticket,
            tried,
            half_within: half.and_then(|half| u32::try_from(half.as_secs()).ok()),
            can_widen: tried != Tried::at_last(wants, schedule),
        })
    }

    /// The user's own shard first: if the pool is not told any more, the audit takes the ticket out, and nobody meets by
    /// it meanwhile.
    async fn give_up(&self, user: UserId, ticket: TicketId, pool: &PoolId) -> Result<Told> {
        match self.state.give_up(user, ticket, &Notice::SearchGivenUp.entry()).await? {
            GaveUp::Held => Ok(Told::Later),
            GaveUp::Done | GaveUp::Elsewhere => {
                self.state.remove_ticket(pool, user, ticket).await?;
                Ok(Told::Over)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(pace: &Pace, most: u64) -> Vec<u64> {
        let schedule = Schedule::default();
        let mut told = Vec::new();
        let mut next = pace.next(None, &schedule);
        while next.as_secs() <= most && told.last() != Some(&next.as_secs()) {
            told.push(next.as_secs());
            next = pace.next(Some(next), &schedule);
        }
        told
    }

    #[test]
    fn news_come_when_something_gives_way_and_then_ever_more_rarely() {
        assert_eq!(seconds(&Pace::default(), 7_200), [15, 40, 90, 120, 240, 480, 960, 1_800]);
        let short = Pace { give_up: Some(Duration::from_mins(1)), ..Pace::default() };
        assert_eq!(seconds(&short, 7_200), [15, 40, 60]);
        let never = Pace { give_up: None, ..Pace::default() };
        assert_eq!(seconds(&never, 4_000).last(), Some(&3_840));
        let latest =
            |waited| short.latest(short.first, Duration::from_secs(waited), &Schedule::default()).as_secs();
        assert_eq!([15, 39, 59, 60, 9_999].map(latest), [15, 15, 40, 60, 60]);
    }
}
