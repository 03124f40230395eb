//! Forgets people who asked for it: what live state holds of them elsewhere than in their own record, then their rows, then
//! what is left of the record.
//!
//! It hangs on a fact in the journal of their shard, which is dropped only when all is done: whoever dies in between leaves
//! it to the next owner of the shard, who begins again, and every step finds done what is done. Facts from before that come
//! later are swept behind (`archive::Forgetting`), and what live state knew by them with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use hamdam_archive::{Forgetting, Traces};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, PoolId, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::pseudonym::{NOBODY, Pseudonyms};
use hamdam_domain::safety::{CaseId, Report};
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Claimant;
use hamdam_state::step::erasure::Erase;
use hamdam_state::{State, StateError};

use crate::audit::ticket;
use crate::bots::Bots;
use crate::journal::JournalError;

/// Others' records that are looked into at once.
const AT_ONCE: usize = 32;

/// Forgets people.
pub struct Erasure {
    state: Arc<dyn State>,
    record: Arc<dyn Forgetting>,
    pseudonyms: Pseudonyms,
    bots: Arc<Bots>,
    pools: Vec<PoolId>,
}

impl Erasure {
    /// For a fleet of these bots and pools.
    pub fn new(
        state: Arc<dyn State>,
        record: Arc<dyn Forgetting>,
        pseudonyms: Pseudonyms,
        bots: Arc<Bots>,
        pools: Vec<PoolId>,
    ) -> Self {
        Self { state, record, pseudonyms, bots, pools }
    }

    /// Before `facts` are written: while the record still tells where live state names whom they say is forgotten.
    pub(crate) async fn before(&self, facts: &[Fact]) -> Result<(), JournalError> {
        for fact in facts {
            let Fact::Forgotten(forgotten) = fact else { continue };
            let (user, at) = (forgotten.user, forgotten.at);
            // Those they met need not wait for the record.
            let told = Traces::in_facts(user, facts);
            self.rename(user, &told).await?;
            let mut traces = self.record.traces(user, at).await?;
            traces.others.retain(|other| !told.others.contains(other));
            traces.rooms.extend(&told.rooms);
            traces.cases.extend(&told.cases);
            self.clean(user, &traces).await?;
            for bot in self.bots.ids() {
                self.sweep_letters(bot, user).await?;
            }
            for pool in &self.pools {
                self.state.pass_over(pool).await?;
            }
        }
        Ok(())
    }

    /// Behind it: nothing about them is left in rows, of these facts or of others, and nothing in live state.
    pub(crate) async fn behind(&self, facts: &[Fact]) -> Result<(), JournalError> {
        let now = |fact: &Fact| match fact {
            Fact::Forgotten(forgotten) => Some((forgotten.user, forgotten.at)),
            _ => None,
        };
        let now: BTreeMap<UserId, Millis> = facts.iter().filter_map(now).collect();
        for (user, _) in self.record.sweep_behind(facts).await? {
            if !now.contains_key(&user) {
                self.clean(user, &Traces::in_facts(user, facts)).await?;
            }
        }
        for (user, at) in now {
            self.erase(user, at).await?;
        }
        Ok(())
    }

    async fn erase(&self, user: UserId, at: Millis) -> Result<(), JournalError> {
        let blocked_by = self.record.blockers(user).await?;
        self.state.erase(&Erase { user, at, blocked_by }).await?;
        Ok(())
    }

    async fn clean(&self, user: UserId, traces: &Traces) -> Result<(), JournalError> {
        let rooms: Vec<_> = traces.rooms.iter().copied().collect();
        self.state.drop_ids(user, &rooms).await?;
        self.rename(user, traces).await?;
        for case in &traces.cases {
            self.rewrite(*case, user).await?;
        }
        Ok(())
    }

    async fn rename(&self, user: UserId, traces: &Traces) -> Result<(), StateError> {
        let pseudonym = self.pseudonyms.of(user);
        let others: Vec<_> = traces.others.iter().copied().collect();
        for some in others.chunks(AT_ONCE) {
            let renaming: Vec<_> = some.iter().map(|other| self.rename_in(*other, user, pseudonym)).collect();
            futures::future::try_join_all(renaming).await?;
        }
        Ok(())
    }

    /// A ticket of the other's may name them, too: it comes back to its pool with what the record says now, whether that was
    /// changed just now or before a crash.
    async fn rename_in(&self, other: UserId, user: UserId, pseudonym: UserId) -> Result<(), StateError> {
        match self.state.rename(other, user, pseudonym).await {
            // No retry mends it, and nobody's rows are to wait for it: the audit of records heals it when it is read.
            Err(error @ StateError::Corrupt { .. }) => {
                tracing::warn!(%error, "a record that may name somebody cannot be read");
                return Ok(());
            }
            renamed => renamed?,
        };
        let reading = self.state.read(other).await?;
        let Some(record) = reading.record else { return Ok(()) };
        let Session::Waiting(stub) = &record.session else { return Ok(()) };
        let who = Claimant { user: other, ticket: stub.ticket, attempt: stub.attempt };
        if let Some(stub) = self.state.bump(&who, &stub.pool).await? {
            self.state.add_ticket(&ticket(other, &stub, &record, reading.now)).await?;
        }
        Ok(())
    }

    async fn rewrite(&self, case: CaseId, user: UserId) -> Result<(), StateError> {
        let Some(report) = self.state.case(case).await? else { return Ok(()) };
        let mut told: Report = report.clone();
        if told.reporter == user {
            told.reporter = NOBODY;
        }
        if told.reported == user {
            told.reported = self.pseudonyms.of(user);
        }
        if told != report {
            self.state.rewrite_case(&report, &told).await?;
        }
        Ok(())
    }

    async fn sweep_letters(&self, bot: BotId, user: UserId) -> Result<(), StateError> {
        let mut place = Some(EntryId::default());
        while let Some(after) = place {
            place = self.state.sweep_letters(bot, user, after).await?.next;
        }
        Ok(())
    }
}
