//! Random steps with the same answers on every implementation.
//!
//! A [`Step`] is a choice in small numbers; a [`Play`] turns it into a call on its state, by what that state answered
//! before. Answers are compared as text in which what may differ (times, stream ids) is replaced by its order of
//! appearance.

mod bulk;
mod others;
mod pools;
mod rooms;
mod sending;
mod step;
mod users;

pub(crate) use self::bulk::Bulk;
pub(crate) use self::step::{Step, steps};

use std::fmt::Write as _;
use std::sync::Arc;

use hamdam_domain::broadcast::BroadcastId;
use hamdam_domain::id::{BotId, InstanceId, RoomId, Shard, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Queue, UpdateRef};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_state::State;
use hamdam_state::step::Holder;
use hamdam_state::step::pool::FeedCursor;

use super::scene::{BOT, pool};

const USERS: [UserId; 4] = [UserId(1_001), UserId(1_002), UserId(1_003), UserId(1_004)];
const OWNERS: [&str; 2] = ["one", "two"];

fn user(n: u8) -> UserId {
    USERS[usize::from(n) % USERS.len()]
}

fn owner(n: u8) -> InstanceId {
    InstanceId(OWNERS[usize::from(n) % OWNERS.len()].into())
}

/// A room that was thought of, with its two tickets.
#[derive(Clone)]
struct Couple {
    room: RoomId,
    sides: [Claimant; 2],
}

/// One state under random steps, and what is remembered of its answers.
pub(crate) struct Play {
    state: Arc<dyn State>,
    last_update: i64,
    rooms: Vec<Couple>,
    pool_epochs: [u64; 2],
    shard_epochs: std::collections::BTreeMap<(Shard, InstanceId), u64>,
    entries: Vec<(EntryId, Shard, UserId, BotId)>,
    read_to: std::collections::BTreeMap<Shard, EntryId>,
    facts: Vec<EntryId>,
    bulk_epochs: [u64; 2],
    parts: Vec<(EntryId, Shard, BroadcastId)>,
    feed: FeedCursor,
    told: i64,
}

impl Play {
    pub(crate) fn new(state: Arc<dyn State>) -> Self {
        Self {
            state,
            last_update: 100,
            rooms: Vec::new(),
            pool_epochs: [0; 2],
            shard_epochs: std::collections::BTreeMap::new(),
            entries: Vec::new(),
            read_to: std::collections::BTreeMap::new(),
            facts: Vec::new(),
            bulk_epochs: [0; 2],
            parts: Vec::new(),
            feed: FeedCursor::default(),
            told: 0,
        }
    }

    /// Takes the step and answers what can be compared.
    pub(crate) async fn take(&mut self, step: &Step) -> String {
        match step {
            Step::Arrive(..)
            | Step::Enroll { .. }
            | Step::Act { .. }
            | Step::Forget { .. }
            | Step::Rename { .. }
            | Step::Lookup { .. }
            | Step::Tell { .. }
            | Step::TellWaiting { .. }
            | Step::GiveUpSearch { .. }
            | Step::Judge { .. }
            | Step::Bump(..)
            | Step::Live(..) => self.user_step(step).await,
            Step::Match { .. }
            | Step::Hold(..)
            | Step::Attach(..)
            | Step::Open(..)
            | Step::Release { .. }
            | Step::Relay { .. }
            | Step::End { .. } => self.room_step(step).await,
            Step::AddTicket { .. }
            | Step::RemoveTicket(..)
            | Step::Lead(..)
            | Step::GiveUp(..)
            | Step::Stock(..)
            | Step::Changes(..)
            | Step::Commit { .. }
            | Step::Intents(..)
            | Step::Settle { .. }
            | Step::Standing(..) => self.pool_step(step).await,
            Step::Lease { .. }
            | Step::ReleaseLease { .. }
            | Step::Inherit { .. }
            | Step::Turn { .. }
            | Step::Facts { .. } => self.shard_step(step).await,
            Step::Permits { .. }
            | Step::Credit { .. }
            | Step::Pause
            | Step::Era(..)
            | Step::Strike(..)
            | Step::Heartbeat(..)
            | Step::Retire(..) => self.other_step(step).await,
            Step::Bulk(step) => self.bulk_step(step).await,
        }
    }

    /// All that can be seen of the state at the end.
    pub(crate) async fn survey(&mut self) -> String {
        let mut seen = String::new();
        for id in USERS {
            let _ = writeln!(seen, "{}", self.record(id).await);
        }
        let shards = self.state.shards();
        for shard in (0..shards).map(Shard) {
            let depth = self.state.depth(shard).await.unwrap();
            let _ = writeln!(
                seen,
                "{shard:?} out {} journal {} waiting {} chatting {}",
                depth.outbox, depth.journal, depth.waiting, depth.chatting
            );
        }
        let _ = writeln!(seen, "queue {}", self.state.queue_length(&pool()).await.unwrap());
        seen
    }

    async fn record(&self, id: UserId) -> String {
        let reading = self.state.read(id).await.unwrap();
        let Some(mut record) = reading.record else { return format!("{id} unknown") };
        record.marks.sort_by_key(|(bot, queue, _)| (*bot, *queue));
        let mark = |mark: &Mark| (mark.update.0, mark.era);
        let marks: Vec<_> = record.marks.iter().map(|(bot, queue, m)| (bot.0, *queue, mark(m))).collect();
        let mut met: Vec<_> = record.recent.iter().map(|met| met.user).collect();
        met.sort_unstable();
        record.blocked.sort_unstable();
        let last = record.last_room.map(|last| (last.room, last.partner));
        let since = record.since.map(|since| (since.bot.0, mark(&since.mark)));
        format!(
            "{id} v{} premium {:?} {:?} {:?} shown {:?} asks {:?} asked {:?} forgotten {:?} new {} conduct {:?} since {since:?} marks {marks:?} {:?} blocks {:?} met {met:?} last {last:?} healed {}",
            record.version,
            record.premium_until,
            record.session,
            record.announcement,
            record.search_notice,
            record.dialogue,
            record.asked,
            record.forgotten,
            record.new_since.is_some(),
            record.conduct.to_text(),
            record.profile,
            record.blocked,
            reading.healed
        )
    }

    async fn version(&self, id: UserId) -> u64 {
        self.state.read(id).await.unwrap().record.map_or(0, |record| record.version)
    }

    async fn session(&self, id: UserId) -> Session {
        self.state.read(id).await.unwrap().record.map(|record| record.session).unwrap_or_default()
    }

    /// Update ids differ between queues, so that no ticket comes twice.
    fn update(&mut self, back: u8, press: bool) -> UpdateRef {
        if back == 0 {
            self.last_update += 1;
        }
        let id = (self.last_update - i64::from(back)) * 2 + i64::from(press);
        let queue = if press { Queue::Callback } else { Queue::Message };
        UpdateRef { bot: BOT, era: 0, queue, id: UpdateId(id) }
    }

    fn room(&self, n: u8) -> Option<Couple> {
        (!self.rooms.is_empty()).then(|| self.rooms[usize::from(n) % self.rooms.len()].clone())
    }

    fn pool_holder(&self, n: u8) -> Holder {
        let epoch = hamdam_domain::id::Epoch(self.pool_epochs[usize::from(n) % OWNERS.len()]);
        Holder { owner: owner(n), epoch }
    }

    fn shard_holder(&self, shard: Shard, n: u8) -> Holder {
        let epoch = self.shard_epochs.get(&(shard, owner(n))).copied().unwrap_or(0);
        Holder { owner: owner(n), epoch: hamdam_domain::id::Epoch(epoch) }
    }

    /// The stub of a waiting user, or one nobody has.
    async fn waiting(&self, id: UserId) -> Stub {
        match self.session(id).await {
            Session::Waiting(stub) | Session::Held { stub, .. } => stub,
            Session::Idle | Session::Chatting { .. } => super::scene::stub(1, 0),
        }
    }

    async fn ticket(&self, id: UserId, more: u8) -> Ticket {
        let stub = self.waiting(id).await;
        let claimant = Claimant { user: id, ticket: stub.ticket, attempt: stub.attempt + u32::from(more) };
        Ticket {
            claimant,
            era: 0,
            pool: pool(),
            waiting_since: stub.waiting_since,
            wishes: hamdam_domain::ticket::Wishes::default(),
        }
    }
}

/// Plays `steps` on both states and panics at the first answer that differs.
pub(crate) async fn compare(one: Arc<dyn State>, other: Arc<dyn State>, steps: &[Step]) {
    let (mut one, mut other) = (Play::new(one), Play::new(other));
    for (at, step) in steps.iter().enumerate() {
        let (a, b) = (one.take(step).await, other.take(step).await);
        assert_eq!(a, b, "step {at}: {step:?}");
    }
    assert_eq!(one.survey().await, other.survey().await);
}
