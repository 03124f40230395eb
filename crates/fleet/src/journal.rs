//! Turns facts into rows: many per statement, each at least once, none twice.
//!
//! A pass takes what lies in the journals of this instance's shards, writes it all together (the number of statements
//! does not grow with the number of shards) and drops it from live state. Whoever dies in between leaves it to the
//! next owner, who writes it again: rows do not tell. Passes are the caller's to time; after an error it waits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hamdam_archive::{ArchiveError, Ledger};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{Epoch, Shard};
use hamdam_domain::outbox::EntryId;
use hamdam_state::step::journal::Noted;
use hamdam_state::step::{Fenced, Holder};
use hamdam_state::{State, StateError};

use crate::erasure::Erasure;
use crate::metrics::Metrics;

/// Facts taken from one shard in one pass.
const PAGE: u32 = 1_000;
/// The label under which `hamdam_dead_letters_total{bot}` counts facts: they belong to no bot.
pub(crate) const LABEL: &str = "journal";

/// A pass that could not do all. What it did not write and drop is still in the journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The database did not take the facts.
    #[error("facts wait in the journal: {0}")]
    Archive(#[from] ArchiveError),
    /// Live state did not answer.
    #[error("the journal cannot be read: {0}")]
    State(#[from] StateError),
}

/// What a pass did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Facts that are in the database and no longer in the journal.
    pub written: usize,
    /// Facts newly kept aside: unreadable, or refused by the database for good. They stay in the journal, where a newer
    /// release or an operator finds them, and hold nothing else up.
    pub aside: usize,
    /// Shards whose lease is no longer this holder's.
    pub lost: Vec<Shard>,
    /// More lies there: another pass is worth its while at once.
    pub more: bool,
}

/// The journal writer of one instance.
pub struct Journal {
    state: Arc<dyn State>,
    ledger: Arc<dyn Ledger>,
    metrics: Arc<Metrics>,
    erasure: Option<Erasure>,
    /// Per shard, under the epoch it was last read in.
    places: BTreeMap<Shard, (Epoch, Place)>,
}

/// How far a shard was read.
#[derive(Debug, Default)]
struct Place {
    /// Facts after this one come next.
    after: EntryId,
    /// Facts that are left where they are.
    aside: BTreeSet<EntryId>,
}

/// What was read of one shard.
struct Taken {
    shard: Shard,
    holder: Holder,
    ids: Vec<EntryId>,
    facts: Vec<Fact>,
    /// Where reading goes on once these are written.
    next: EntryId,
}

impl Journal {
    /// A writer from `state` to `ledger`.
    pub fn new(state: Arc<dyn State>, ledger: Arc<dyn Ledger>, metrics: Arc<Metrics>) -> Self {
        Self { state, ledger, metrics, erasure: None, places: BTreeMap::new() }
    }

    /// The same, which forgets whom facts say is forgotten.
    #[must_use]
    pub fn forgetting(self, erasure: Erasure) -> Self {
        Self { erasure: Some(erasure), ..self }
    }

    /// Takes what lies in the journals of `shards`, which these holders lead, writes it and drops it.
    pub async fn pass(&mut self, shards: &[(Shard, Holder)]) -> Result<Passed, JournalError> {
        let mut passed = Passed::default();
        // One part of live state may be away while the others work: their shards go on.
        let mut trouble = None;
        let taken = self.take(shards, &mut passed, &mut trouble).await;
        let facts: Vec<Fact> = taken.iter().flat_map(|taken| taken.facts.iter().cloned()).collect();
        if let Some(erasure) = &self.erasure {
            erasure.before(&facts).await?;
        }
        let refused = self.write(&taken, &facts).await?;
        if let Some(erasure) = &self.erasure {
            erasure.behind(&facts).await?;
        }
        for (taken, refused) in taken.into_iter().zip(refused) {
            if let Err(error) = self.settle(taken, refused, &mut passed).await {
                trouble = Some(error);
            }
        }
        trouble.map_or(Ok(passed), |error| Err(error.into()))
    }

    async fn take(
        &mut self,
        shards: &[(Shard, Holder)],
        passed: &mut Passed,
        trouble: &mut Option<StateError>,
    ) -> Vec<Taken> {
        self.places.retain(|shard, _| shards.iter().any(|(led, _)| led == shard));
        let mut all = Vec::new();
        for (shard, holder) in shards {
            let place = self.place(*shard, holder.epoch);
            let after = place.after;
            match self.state.facts(*shard, holder, after, PAGE).await {
                Err(error) => *trouble = Some(error),
                Ok(Fenced::Lost) => passed.lost.push(*shard),
                Ok(Fenced::Held(noted)) => {
                    let full = noted.len() >= PAGE as usize;
                    // Past the last page the next read starts over: an id may come that lies before what was read,
                    // when live state was restored from a copy. Only what was kept aside is met again then.
                    let next =
                        if full { noted.last().map_or(after, |last| last.id) } else { EntryId::default() };
                    passed.more |= full;
                    let taken = Taken {
                        shard: *shard,
                        holder: holder.clone(),
                        ids: Vec::new(),
                        facts: Vec::new(),
                        next,
                    };
                    all.push(self.parse(taken, noted, passed));
                }
            }
        }
        all
    }

    fn place(&mut self, shard: Shard, epoch: Epoch) -> &mut Place {
        let (read_under, place) = self.places.entry(shard).or_insert_with(|| (epoch, Place::default()));
        if *read_under != epoch {
            (*read_under, *place) = (epoch, Place::default());
        }
        place
    }

    fn parse(&mut self, mut taken: Taken, noted: Vec<Noted>, passed: &mut Passed) -> Taken {
        let mut unread = 0;
        let place = self.place(taken.shard, taken.holder.epoch);
        for Noted { id, body } in noted {
            if place.aside.contains(&id) {
                continue;
            }
            match Fact::from_json(&body) {
                Ok(fact) => {
                    taken.ids.push(id);
                    taken.facts.push(fact);
                }
                Err(error) => {
                    place.aside.insert(id);
                    unread += 1;
                    // Not the fact itself: it names users.
                    tracing::error!(shard = taken.shard.0, ms = id.ms, sequence = id.sequence, %error,
                        "a fact cannot be read and stays in the journal; a newer release may know it");
                }
            }
        }
        self.count_aside(unread, passed);
        taken
    }

    fn count_aside(&self, facts: usize, passed: &mut Passed) {
        passed.aside += facts;
        let counter = self.metrics.dead_letters.with_label_values(&[LABEL]);
        counter.inc_by(u64::try_from(facts).unwrap_or(u64::MAX));
    }

    /// Writes everything at once; answers per shard which facts the database refuses for good.
    async fn write(&self, taken: &[Taken], facts: &[Fact]) -> Result<Vec<BTreeSet<EntryId>>, ArchiveError> {
        let nothing = vec![BTreeSet::new(); taken.len()];
        if facts.is_empty() {
            return Ok(nothing);
        }
        match self.ledger.write(facts).await {
            Ok(()) => Ok(nothing),
            Err(ArchiveError::Rejected { .. }) => self.write_singly(taken).await,
            Err(error) => Err(error),
        }
    }

    async fn write_singly(&self, taken: &[Taken]) -> Result<Vec<BTreeSet<EntryId>>, ArchiveError> {
        let mut all = Vec::new();
        for taken in taken {
            let mut refused = BTreeSet::new();
            for (id, fact) in taken.ids.iter().zip(&taken.facts) {
                match self.ledger.write(std::slice::from_ref(fact)).await {
                    Ok(()) => {}
                    Err(error @ ArchiveError::Rejected { .. }) => {
                        refused.insert(*id);
                        let source = std::error::Error::source(&error).map(ToString::to_string);
                        tracing::error!(shard = taken.shard.0, ms = id.ms, sequence = id.sequence, %error, source,
                            "the database refuses a fact for good; it stays in the journal");
                    }
                    Err(error) => return Err(error),
                }
            }
            all.push(refused);
        }
        Ok(all)
    }

    /// Drops what was written.
    async fn settle(
        &mut self,
        taken: Taken,
        refused: BTreeSet<EntryId>,
        passed: &mut Passed,
    ) -> Result<(), StateError> {
        let Taken { shard, holder, mut ids, next, .. } = taken;
        ids.retain(|id| !refused.contains(id));
        if !ids.is_empty() && self.state.forget_facts(shard, &holder, &ids).await? == Fenced::Lost {
            self.places.remove(&shard);
            passed.lost.push(shard);
            return Ok(());
        }
        passed.written += ids.len();
        self.count_aside(refused.len(), passed);
        let place = self.place(shard, holder.epoch);
        place.aside.extend(refused);
        place.after = next;
        Ok(())
    }
}
