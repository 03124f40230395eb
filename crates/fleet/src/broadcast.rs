//! Queues broadcasts piece by piece, from the durable record of users, and says when they are over.
//!
//! [`Filler::pass`] does one piece. It awaits steps and the record only; whoever drops it anywhere has crashed there. One
//! instance does it, under a lease; but what makes it safe lies in the steps: a shard notes in the step that queues a piece
//! how far it has come, so that a piece may be brought again, by whomever, and nobody is queued twice. How far all shards
//! have come is noted behind that, so that nobody is left out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use hamdam_archive::{ArchiveError, Audience, Ledger, Member};
use hamdam_domain::broadcast::{BroadcastId, Course, Plan, Tally};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::desk::{Desk, Progress};
use hamdam_domain::fact::{BroadcastFact, Fact};
use hamdam_domain::id::{InstanceId, Shard, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_state::step::Holder;
use hamdam_state::step::broadcast::{Addressee, Broadcast, Piece, PieceQueued};
use hamdam_state::{State, StateError};

use crate::desk::progress;
use crate::posted::Airing;

/// Users of the record that one pass looks at.
const PAGE: u32 = 1_000;
/// Users that one step queues, so that no step holds the state up for more than a millisecond.
const AT_ONCE: usize = 200;
/// Its author is told so often how a broadcast goes.
const NEWS: Duration = Duration::from_secs(4);
/// So many parts may wait on a shard.
const WAITING: u32 = 200;
const DAY: Duration = Duration::from_hours(24);

/// A pass that could not do its piece. The next one does it.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// Live state did not answer, or is full.
    #[error("live state failed: {0}")]
    State(#[from] StateError),
    /// The record of users did not answer.
    #[error("the record of users failed: {0}")]
    Archive(#[from] ArchiveError),
}

/// What a pass came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// There is nothing to do.
    Idle,
    /// Another instance does it.
    StandsBy,
    /// A piece is done, and the next may be at once.
    Done,
    /// What is queued has to go out first.
    Waits,
}

/// One instance's part in queueing broadcasts: doing it, or standing by.
pub struct Filler {
    state: Arc<dyn State>,
    audience: Arc<dyn Audience>,
    ledger: Arc<dyn Ledger>,
    clock: Arc<dyn Clock>,
    owner: InstanceId,
    lease: Duration,
    held: Option<Holder>,
    /// The page that was read last: a piece that had to wait is not read again.
    page: Option<Page>,
    /// What the author of a broadcast was told last, and when.
    told: Option<(Progress, Duration)>,
}

/// Users of the record behind a position.
struct Page {
    of: (BroadcastId, UserId),
    members: Vec<Member>,
}

impl Filler {
    /// Stands by. `lease`: life of the lease without renewal.
    pub fn new(
        state: Arc<dyn State>,
        audience: Arc<dyn Audience>,
        ledger: Arc<dyn Ledger>,
        clock: Arc<dyn Clock>,
        owner: InstanceId,
        lease: Duration,
    ) -> Self {
        Self { state, audience, ledger, clock, owner, lease, held: None, page: None, told: None }
    }

    /// Whether the last pass ended with the lease held.
    pub fn leads(&self) -> bool {
        self.held.is_some()
    }

    /// One piece of the oldest broadcast that has one left, or the end of those of which nothing is left.
    pub async fn pass(&mut self, airing: &Airing) -> Result<Pass, FillError> {
        if airing.under_way().next().is_none() {
            self.leave().await?;
            return Ok(Pass::Idle);
        }
        let Some(epoch) = self.state.lead_broadcasts(&self.owner, self.lease).await? else {
            self.held = None;
            return Ok(Pass::StandsBy);
        };
        let holder = Holder { owner: self.owner.clone(), epoch };
        self.held = Some(holder.clone());
        for (number, _) in airing.under_way() {
            let Some(broadcast) = self.state.broadcast(number).await? else { continue };
            if broadcast.over_at.is_some() {
                continue;
            }
            self.tell(number, &broadcast).await?;
            if broadcast.course == Course::Running && !broadcast.all_queued {
                return self.piece(number, &broadcast, &holder).await;
            }
            if broadcast.course == Course::Cancelled || broadcast.all_queued {
                self.conclude(number, &broadcast, &holder).await?;
            }
        }
        Ok(Pass::Waits)
    }

    /// Gives the lease back, so that another instance need not wait for its end.
    pub async fn leave(&mut self) -> Result<(), StateError> {
        self.page = None;
        match self.held.take() {
            Some(holder) => self.state.leave_broadcasts(&holder).await,
            None => Ok(()),
        }
    }

    async fn piece(
        &mut self,
        number: BroadcastId,
        broadcast: &Broadcast,
        holder: &Holder,
    ) -> Result<Pass, FillError> {
        let position = broadcast.position;
        if position == UserId(0) {
            self.note(number, broadcast, None, Tally::default()).await?;
        }
        let page = if let Some(page) = self.page.take().filter(|page| page.of == (number, position)) {
            page
        } else {
            let members = self.audience.members(position, PAGE).await?;
            Page { of: (number, position), members }
        };
        let is_last = page.members.len() < PAGE as usize;
        let up_to = page.members.last().map_or(position, |member| member.user);
        let queued = self.bring(number, broadcast, up_to, &page.members).await;
        if queued.as_ref().ok() != Some(&PieceQueued::Done) {
            self.page = Some(page);
        }
        match queued? {
            PieceQueued::Later => Ok(Pass::Waits),
            PieceQueued::Done => {
                // Whoever lost the lease leaves the rest to another.
                let advanced = self.state.advance_broadcast(number, holder, up_to, is_last).await?;
                Ok(advanced.held().map_or(Pass::StandsBy, |()| Pass::Done))
            }
        }
    }

    /// Queues a page for all shards it has users of.
    async fn bring(
        &self,
        number: BroadcastId,
        broadcast: &Broadcast,
        up_to: UserId,
        members: &[Member],
    ) -> Result<PieceQueued, StateError> {
        let mut shards: BTreeMap<Shard, Vec<Addressee>> = BTreeMap::new();
        for member in members.iter().filter(|member| admits(broadcast, member)) {
            let shard = Shard::of(member.user, self.state.shards());
            let (bot, language) = (member.profile.bot, member.profile.language);
            shards.entry(shard).or_default().push(Addressee { user: member.user, bot, language });
        }
        let pieces = shards.into_iter().map(|(shard, users)| {
            let plan = &broadcast.plan;
            let piece = Piece {
                broadcast: number,
                shard,
                up_to,
                users,
                active_since: plan
                    .to
                    .active_days
                    .map(|days| broadcast.begun_at.before(u32::from(days) * DAY).whole_seconds()),
                language: plan.to.language,
                bot: plan.to.bot,
                most_waiting: WAITING,
            };
            self.queue(piece)
        });
        let queued = try_join_all(pieces).await?;
        let later = queued.contains(&PieceQueued::Later);
        Ok(if later { PieceQueued::Later } else { PieceQueued::Done })
    }

    /// Queues users of one shard, a few at once.
    async fn queue(&self, mut piece: Piece) -> Result<PieceQueued, StateError> {
        let (mut rest, up_to) = (std::mem::take(&mut piece.users), piece.up_to);
        while !rest.is_empty() {
            let later = rest.split_off(rest.len().min(AT_ONCE));
            piece.users = std::mem::replace(&mut rest, later);
            piece.up_to = match piece.users.last() {
                Some(last) if !rest.is_empty() => last.user,
                _ => up_to,
            };
            if self.state.queue_piece(&piece).await? == PieceQueued::Later {
                return Ok(PieceQueued::Later);
            }
        }
        Ok(PieceQueued::Done)
    }

    /// Ends a broadcast of which nothing more will be queued, once something became of every part of it. First the record
    /// has it, then live state: whoever comes in between does it again.
    async fn conclude(
        &mut self,
        number: BroadcastId,
        broadcast: &Broadcast,
        holder: &Holder,
    ) -> Result<(), FillError> {
        let tally = tally(&*self.state, number).await?;
        if !tally.is_settled() {
            return Ok(());
        }
        self.note(number, broadcast, Some(self.clock.unix()), tally).await?;
        if self.state.conclude_broadcast(number, holder).await?.held().is_some()
            && let Some(over) = self.state.broadcast(number).await?
        {
            self.told = None;
            self.tell(number, &over).await?;
        }
        Ok(())
    }

    /// Redraws the message that tells the author how the broadcast goes, now and then.
    async fn tell(&mut self, number: BroadcastId, broadcast: &Broadcast) -> Result<(), FillError> {
        let Some(author) = broadcast.plan.by else { return Ok(()) };
        let now = self.clock.monotonic();
        if self.told.is_some_and(|(_, at)| now.saturating_sub(at) < NEWS) {
            return Ok(());
        }
        let progress = progress(&*self.state, number, broadcast).await?;
        if self.told.is_none_or(|(told, _)| told != progress) {
            let Tally { queued, sent, unreachable, failed, dropped } = progress.tally;
            let done = sent + unreachable + failed + dropped;
            let once =
                format!("broadcast:{number}:{queued}:{done}:{}:{}", progress.course.word(), progress.over);
            let entry = Notice::Desk(Box::new(Desk::Broadcast(progress))).instead_of(author.message);
            self.state.post(author.user, author.bot, &entry, &once).await?;
        }
        self.told = Some((progress, now));
        Ok(())
    }

    async fn note(
        &self,
        number: BroadcastId,
        broadcast: &Broadcast,
        over_at: Option<Millis>,
        tally: Tally,
    ) -> Result<(), FillError> {
        let Plan { message, to, by } = &broadcast.plan;
        let fact = BroadcastFact {
            number,
            begun_at: broadcast.begun_at,
            by: by.map(|author| author.user),
            to: *to,
            kind: message.kind(),
            course: broadcast.course,
            over_at,
            tally,
        };
        Ok(self.ledger.write(&[Fact::Broadcast(fact)]).await?)
    }
}

/// How far a broadcast has come, over all shards.
pub async fn tally(state: &dyn State, broadcast: BroadcastId) -> Result<Tally, StateError> {
    let shards = (0..state.shards()).map(|shard| state.broadcast_tally(Shard(shard), broadcast));
    let tallies = try_join_all(shards).await?;
    Ok(tallies.into_iter().fold(Tally::default(), Tally::with))
}

/// Whether a broadcast is for somebody, as far as the record tells. Who appeared since it began was not meant.
fn admits(broadcast: &Broadcast, member: &Member) -> bool {
    let Member { profile, created_at, .. } = member;
    let away = profile.unreachable || profile.banned(broadcast.begun_at).is_some();
    !away && *created_at <= broadcast.begun_at && broadcast.plan.to.admits(profile)
}
