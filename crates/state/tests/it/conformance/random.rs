//! Random steps with the same answers on every implementation.
//!
//! A [`Step`] is a choice in small numbers; a [`Play`] turns it into a call on its state, by what that state answered
//! before. Answers are compared as text in which what may differ (times, stream ids) is replaced by its order of
//! appearance.

mod bulk;

pub(crate) use self::bulk::Bulk;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::broadcast::BroadcastId;
use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::{Complaint, Judgement, Origin};
use hamdam_domain::id::{BotId, InstanceId, MessageId, PoolId, RoomId, Shard, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Queue, UpdateRef};
use hamdam_domain::outbox::{Entry, EntryId, Notice};
use hamdam_domain::panel::{Asking, Dialogue};
use hamdam_domain::premium::{Charge, Credit, Grant};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Asked;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_state::State;
use hamdam_state::step::bot::Budget;
use hamdam_state::step::erasure::Forget;
use hamdam_state::step::instance::Instance;
use hamdam_state::step::matching::{End, Relay, Released, Seat};
use hamdam_state::step::pool::{Changes, FeedCursor};
use hamdam_state::step::sending::{Ack, IdPair, Keep, Known, Turn};
use hamdam_state::step::user::{Act, Arrival, Wrote};
use hamdam_state::step::{Fenced, Holder};
use proptest::prelude::*;

use super::scene::{
    BOT, LONG, OTHER_BOT, bare, closed, found, intent, left, opened, pool, profile, settlement, telling,
    ticket_id,
};

/// A step, as small numbers that a [`Play`] gives a meaning.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Arrive(u8),
    Enroll {
        user: u8,
        blocks: Option<u8>,
    },
    Act {
        user: u8,
        back: u8,
        press: bool,
        to: To,
        begins: bool,
        persian: Option<bool>,
        stale: bool,
        asks: u8,
    },
    Forget {
        user: u8,
        back: u8,
        stale: bool,
    },
    Rename {
        of: u8,
        from: u8,
    },
    Lookup {
        user: u8,
        room: u8,
        message: u8,
        here: bool,
    },
    Tell {
        user: u8,
        once: u8,
    },
    TellWaiting {
        user: u8,
        once: u8,
        old: bool,
    },
    GiveUpSearch {
        user: u8,
        old: bool,
    },
    Judge {
        user: u8,
        what: u8,
    },
    /// Makes a room of two waiting users, through the pool or past it.
    Match {
        one: u8,
        other: u8,
    },
    Hold(u8),
    Attach(u8),
    Open(u8),
    Release {
        room: u8,
        second: bool,
    },
    Relay {
        room: u8,
        second: bool,
        back: u8,
        press: bool,
        limit: u8,
    },
    End {
        room: u8,
        second: bool,
        active: Option<bool>,
        unreachable: bool,
    },
    Bump(u8),
    AddTicket {
        user: u8,
        attempt: u8,
    },
    RemoveTicket(u8),
    Lead(u8),
    GiveUp(u8),
    Stock(u8),
    Changes(u8),
    Commit {
        owner: u8,
        room: u8,
    },
    Intents(u8),
    Settle {
        owner: u8,
        room: u8,
        readd: bool,
    },
    Standing(u8),
    Lease {
        user: u8,
        owner: u8,
    },
    ReleaseLease {
        user: u8,
        owner: u8,
    },
    Inherit {
        user: u8,
        owner: u8,
    },
    Turn {
        user: u8,
        owner: u8,
        ack: Option<u8>,
        claim: Option<u8>,
        again: bool,
        limit: u8,
        permits: u8,
        defer: bool,
    },
    Facts {
        user: u8,
        owner: u8,
        forget: bool,
    },
    Live(u8),
    Permits {
        want: u8,
    },
    /// A payment of few days, or that it went back.
    Credit {
        user: u8,
        charge: u8,
        days: Option<u8>,
    },
    Pause,
    Era(bool),
    Strike(u8),
    Heartbeat(u8),
    Retire(u8),
    Bulk(Bulk),
}

/// Where an act moves the session.
#[derive(Clone, Copy, Debug)]
pub(crate) enum To {
    Stay,
    Idle,
    Wait,
    /// On, at the next attempt of the same ticket.
    Again,
}

/// Sequences of steps that get somewhere: waiting, matching and relaying come often.
pub(crate) fn steps(length: usize) -> impl Strategy<Value = Vec<Step>> {
    let to = prop_oneof![3 => Just(To::Stay), 2 => Just(To::Idle), 5 => Just(To::Wait), 1 => Just(To::Again)];
    let back = prop_oneof![6 => Just(0_u8), 1 => 1_u8..4];
    let rarely = prop::bool::weighted(0.1);
    let act = (
        any::<u8>(),
        back.clone(),
        any::<bool>(),
        to,
        prop::bool::weighted(0.8),
        prop::option::weighted(0.2, any::<bool>()),
        rarely,
        0_u8..12,
    )
        .prop_map(|(user, back, press, to, begins, persian, stale, asks)| Step::Act {
            user,
            back,
            press,
            to,
            begins,
            persian,
            stale,
            asks,
        });
    let relay = (any::<u8>(), any::<bool>(), back, any::<bool>(), 2_u8..9)
        .prop_map(|(room, second, back, press, limit)| Step::Relay { room, second, back, press, limit });
    let end = (any::<u8>(), any::<bool>(), prop::option::weighted(0.3, any::<bool>()), rarely)
        .prop_map(|(room, second, active, unreachable)| Step::End { room, second, active, unreachable });
    let users = prop_oneof![
        2 => any::<u8>().prop_map(Step::Arrive),
        3 => (any::<u8>(), prop::option::weighted(0.2, any::<u8>())).prop_map(|(user, blocks)| Step::Enroll { user, blocks }),
        9 => act,
        1 => (any::<u8>(), 0_u8..2, rarely).prop_map(|(user, back, stale)| Step::Forget { user, back, stale }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(of, from)| Step::Rename { of, from }),
        1 => (any::<u8>(), any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(user, room, message, here)| Step::Lookup { user, room, message, here }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(user, once)| Step::Tell { user, once }),
        1 => (any::<u8>(), any::<u8>(), rarely).prop_map(|(user, once, old)| Step::TellWaiting { user, once, old }),
        1 => (any::<u8>(), rarely).prop_map(|(user, old)| Step::GiveUpSearch { user, old }),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(user, what)| Step::Judge { user, what }),
    ];
    let rooms = prop_oneof![
        4 => (any::<u8>(), any::<u8>()).prop_map(|(one, other)| Step::Match { one, other }),
        4 => any::<u8>().prop_map(Step::Hold),
        4 => any::<u8>().prop_map(Step::Attach),
        4 => any::<u8>().prop_map(Step::Open),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(room, second)| Step::Release { room, second }),
        8 => relay,
        2 => end,
        1 => any::<u8>().prop_map(Step::Bump),
    ];
    let pools = prop_oneof![
        5 => (any::<u8>(), 0_u8..2).prop_map(|(user, attempt)| Step::AddTicket { user, attempt }),
        1 => any::<u8>().prop_map(Step::RemoveTicket),
        2 => any::<u8>().prop_map(Step::Lead),
        1 => any::<u8>().prop_map(Step::GiveUp),
        1 => any::<u8>().prop_map(Step::Stock),
        2 => any::<u8>().prop_map(Step::Changes),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(owner, room)| Step::Commit { owner, room }),
        1 => any::<u8>().prop_map(Step::Intents),
        2 => (any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(owner, room, readd)| Step::Settle { owner, room, readd }),
        1 => any::<u8>().prop_map(Step::Standing),
    ];
    let sending = prop_oneof![
        3 => (any::<u8>(), any::<u8>()).prop_map(|(user, owner)| Step::Lease { user, owner }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(user, owner)| Step::ReleaseLease { user, owner }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(user, owner)| Step::Inherit { user, owner }),
        8 => turns(),
        2 => (any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(user, owner, forget)| Step::Facts { user, owner, forget }),
        1 => any::<u8>().prop_map(Step::Live),
    ];
    let rest = prop_oneof![
        4 => (0_u8..6).prop_map(|want| Step::Permits { want }),
        2 => (any::<u8>(), 0_u8..3, prop::option::of(0_u8..9)).prop_map(|(user, charge, days)| Step::Credit { user, charge, days }),
        1 => Just(Step::Pause),
        1 => any::<bool>().prop_map(Step::Era),
        1 => any::<u8>().prop_map(Step::Strike),
        1 => any::<u8>().prop_map(Step::Heartbeat),
        1 => any::<u8>().prop_map(Step::Retire),
    ];
    let bulk = bulk::steps().prop_map(Step::Bulk);
    let step = prop_oneof![6 => users, 7 => rooms, 4 => pools, 4 => sending, 3 => bulk, 1 => rest];
    prop::collection::vec(step, length / 2..=length)
}

/// Turns of a shard's sender, of which few are asked to defer.
fn turns() -> impl Strategy<Value = Step> {
    (
        any::<u8>(),
        any::<u8>(),
        prop::option::of(any::<u8>()),
        prop::option::of(any::<u8>()),
        any::<bool>(),
        1_u8..6,
        0_u8..4,
        prop::bool::weighted(0.1),
    )
        .prop_map(|(user, owner, ack, claim, again, limit, permits, defer)| Step::Turn {
            user,
            owner,
            ack,
            claim,
            again,
            limit,
            permits,
            defer,
        })
}

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

    async fn user_step(&mut self, step: &Step) -> String {
        match *step {
            Step::Arrive(n) => {
                let bot = if n & 8 == 0 { BOT } else { OTHER_BOT };
                let message = MessageId(self.told + i64::from(n & 16 != 0));
                let wrote = (n & 4 == 0).then_some(Wrote { bot, message });
                let arrival = Arrival { wrote, ..Arrival::default() };
                let known = self.state.arrive(user(n), arrival).await.unwrap().record.is_some();
                format!("{known} {}", self.record(user(n)).await)
            }
            Step::Enroll { user: n, blocks } => {
                let blocked: Vec<_> = blocks.into_iter().map(user).collect();
                let answer = self.state.enroll(user(n), &profile(), &blocked, &[opened(RoomId(1))]).await;
                format!("{:?} {}", answer.is_ok(), self.record(user(n)).await)
            }
            Step::Act { .. } => self.act_step(step).await,
            Step::Forget { user: n, back, stale } => {
                let update = self.update(back, true);
                let left = Profile { language: Language::Fa, ..profile() };
                let forget = Forget {
                    user: user(n),
                    update,
                    expect: self.version(user(n)).await + u64::from(stale),
                    at: Millis(update.id.0),
                    left,
                    entries: vec![(BOT, Notice::NotForgotten.entry())],
                    facts: vec![closed(RoomId(2))],
                };
                let answer = self.state.forget(&forget).await.unwrap();
                format!("{answer:?} {}", self.record(user(n)).await)
            }
            Step::Rename { of, from } => {
                let named = self.state.rename(user(of), user(from), UserId(-1_001)).await.unwrap();
                format!("{named} {}", self.record(user(of)).await)
            }
            Step::Lookup { user: n, room, message, here } => {
                let Some(couple) = self.room(room) else { return "no room".into() };
                let id = MessageId(i64::from(message) % (self.told + 1));
                let known = if here { Known::Here(id) } else { Known::There(MessageId(id.0 + 10_000)) };
                let known = self.state.lookup(user(n), couple.room, known).await.unwrap();
                format!("{known:?} of {:?}", self.state.ids(user(n), couple.room).await.unwrap())
            }
            Step::Tell { user: n, once } => {
                let name = format!("name {}", once % 3);
                format!("{:?}", self.state.tell(user(n), &Notice::SlowDown.entry(), &name).await.is_ok())
            }
            Step::TellWaiting { user: n, old, .. } | Step::GiveUpSearch { user: n, old } => {
                let ticket = self.waiting(user(n)).await.ticket;
                self.lasting(step, user(n), if old { ticket_id(1) } else { ticket }).await
            }
            Step::Judge { user: n, what } => {
                // Far ahead, so that it counts whatever the time is.
                let (origin, week) = (Origin(u16::from(what / 4 % 7)), 9_000 + u16::from(what / 64));
                let judgement = match what % 4 {
                    0 | 1 => {
                        Judgement::Rated { room: RoomId(i64::from(what / 4 % 3)), up: what % 2 == 0, week }
                    }
                    2 => Judgement::Against(Complaint { origin, weight: 1 + what % 9, day: 60_000 }),
                    _ => Judgement::Withdrawn(origin),
                };
                self.state.judge(user(n), &judgement).await.unwrap();
                self.record(user(n)).await
            }
            Step::Bump(n) => {
                let stub = self.waiting(user(n)).await;
                let who = Claimant { user: user(n), ticket: stub.ticket, attempt: stub.attempt };
                let to = if n & 4 == 0 { stub.pool } else { PoolId("wider".into()) };
                let once = self.state.bump(&who, &to).await.unwrap();
                format!("{once:?} {:?}", self.state.bump(&who, &to).await.unwrap())
            }
            Step::Live(n) => {
                let shard = Shard::of(user(n), self.state.shards());
                let mut live = self.state.live(shard, Millis(i64::MAX / 4), 0, 100).await.unwrap();
                live.sort();
                let none = self.state.live(shard, Millis(1), 0, 100).await.unwrap();
                format!("{live:?} {none:?}")
            }
            _ => unreachable!("sorted by `take`"),
        }
    }

    async fn act_step(&mut self, step: &Step) -> String {
        let Step::Act { user: n, back, press, to, begins, persian, stale, asks } = *step else {
            unreachable!("asked by `user_step`")
        };
        let update = self.update(back, press);
        let version = self.version(user(n)).await;
        let stub = if let To::Again = to {
            let stub = self.waiting(user(n)).await;
            Stub { attempt: stub.attempt + 1, ..stub }
        } else {
            Stub {
                ticket: TicketId { bot: BOT, update: update.id },
                attempt: 0,
                pool: pool(),
                waiting_since: Millis(update.id.0),
            }
        };
        let answer = match to {
            To::Stay | To::Again => vec![],
            To::Idle => vec![(BOT, Notice::SearchCancelled.entry())],
            To::Wait => vec![
                (BOT, Notice::Searching { ticket: stub.ticket }.entry()),
                (OTHER_BOT, Notice::Help.entry()),
            ],
        };
        let act = Act {
            session: match to {
                To::Stay => None,
                To::Idle => Some(Session::Idle),
                To::Wait | To::Again => Some(Session::Waiting(stub)),
            },
            begins,
            profile: persian.map(|persian| {
                let language = if persian { Language::Fa } else { Language::En };
                Profile { language, ..if begins { telling() } else { profile() } }
            }),
            asks: match Dialogue::ALL.get(usize::from(asks)) {
                Some(dialogue) => Asking::For(*dialogue),
                None if asks == 7 => Asking::Nothing,
                None => Asking::AsBefore,
            },
            asked: asks.checked_sub(9).map(|messages| Asked {
                room: self.rooms.first().map_or(RoomId(1), |couple| couple.room),
                messages: (0..messages).map(|id| MessageId(i64::from(id))).collect(),
            }),
            entries: answer,
            facts: if begins { vec![closed(RoomId(2))] } else { vec![] },
            ..bare(user(n), update, version + u64::from(stale))
        };
        let acted = self.state.act(&act).await.unwrap();
        format!("{acted:?} {}", self.record(user(n)).await)
    }

    /// A step of a search that lasts, by this ticket.
    async fn lasting(&self, step: &Step, who: UserId, ticket: TicketId) -> String {
        if let Step::TellWaiting { once, .. } = *step {
            let (entry, name) = (Notice::SlowDown.entry(), format!("news {}", once % 3));
            return format!("{:?}", self.state.tell_waiting(who, ticket, &entry, &name).await.is_ok());
        }
        let answer = self.state.give_up(who, ticket, &Notice::SearchCancelled.entry()).await.unwrap();
        format!("{answer:?} {}", self.record(who).await)
    }

    async fn room_step(&mut self, step: &Step) -> String {
        if let Step::Match { one, other } = *step {
            let (one, other) = (user(one), user(other));
            let couple = Couple {
                room: RoomId(900_001 + i64::try_from(self.rooms.len()).unwrap()),
                sides: [self.ticket(one, 0).await.claimant, self.ticket(other, 0).await.claimant],
            };
            if one != other {
                self.rooms.push(couple);
            }
            return String::new();
        }
        let (Step::Hold(n)
        | Step::Attach(n)
        | Step::Open(n)
        | Step::Release { room: n, .. }
        | Step::Relay { room: n, .. }
        | Step::End { room: n, .. }) = *step
        else {
            unreachable!("sorted by `take`")
        };
        let Some(Couple { room, sides }) = self.room(n) else { return "no room".into() };
        let seat = |me: usize| Seat {
            room,
            me: sides[me],
            partner: sides[1 - me].user,
            partner_ticket: sides[1 - me].ticket,
            partner_era: 0,
        };
        let answer = match *step {
            Step::Hold(_) => format!("{:?}", self.state.hold(&seat(0)).await.unwrap()),
            Step::Attach(_) => {
                format!("{:?}", self.state.attach(&seat(1), &found(room), &opened(room)).await.unwrap())
            }
            Step::Open(_) => {
                format!("{:?}", self.state.open(sides[0].user, room, &found(room)).await.unwrap())
            }
            Step::Release { second, .. } => {
                let who = sides[usize::from(second)];
                let answer = self.state.release(room, &who, &left(room), &closed(room)).await.unwrap();
                if let Released::Waiting(stub) = &answer {
                    assert_eq!(stub.ticket, who.ticket);
                }
                format!("{answer:?}")
            }
            Step::Relay { second, back, press, limit, .. } => {
                let update = self.update(back, press);
                let (to, from) = (sides[usize::from(second)].user, sides[1 - usize::from(second)].user);
                let relay = Relay {
                    to,
                    room,
                    from,
                    update,
                    entry: super::scene::message(from, update.id.0, room),
                    found: found(room),
                    backlog_limit: u32::from(limit),
                };
                format!("{:?}", self.state.relay(&relay).await.unwrap())
            }
            Step::End { second, active, unreachable, .. } => {
                let end = End {
                    unless_active_since: active.map(|active| Millis(if active { 0 } else { i64::MAX / 4 })),
                    unreachable,
                    ..super::scene::end(sides[usize::from(second)].user, room)
                };
                format!("{:?}", self.state.end(&end).await.unwrap())
            }
            _ => unreachable!("matched above"),
        };
        format!("{answer} {} {}", self.record(sides[0].user).await, self.record(sides[1].user).await)
    }

    async fn pool_step(&mut self, step: &Step) -> String {
        let main = pool();
        match *step {
            Step::AddTicket { user: n, attempt } => {
                let ticket = self.ticket(user(n), attempt).await;
                format!("{:?}", self.state.add_ticket(&ticket).await.unwrap())
            }
            Step::RemoveTicket(n) => {
                let ticket = self.waiting(user(n)).await.ticket;
                format!("{:?}", self.state.remove_ticket(&main, user(n), ticket).await.is_ok())
            }
            Step::Lead(n) => {
                let epoch = self.state.lead(&main, &owner(n), LONG).await.unwrap();
                if let Some(epoch) = epoch {
                    self.pool_epochs[usize::from(n) % OWNERS.len()] = epoch.0;
                }
                format!("{epoch:?}")
            }
            Step::GiveUp(n) => {
                format!("{:?}", self.state.step_down(&main, &self.pool_holder(n)).await.is_ok())
            }
            Step::Stock(limit) => {
                let (mut tickets, mut page) = (Vec::new(), Some(0));
                while let Some(from) = page {
                    let stock = self.state.stock(&main, from, u32::from(limit % 3) + 1).await.unwrap();
                    tickets.extend(stock.tickets);
                    page = stock.next;
                }
                tickets.sort_by_key(|ticket| ticket.claimant);
                tickets.dedup();
                format!("{tickets:?}")
            }
            Step::Changes(limit) => {
                let limit = u32::from(limit % 4) + 1;
                match self.state.changes(&main, self.feed, limit, true).await.unwrap() {
                    Changes::Feed { changes, cursor, more } => {
                        self.feed = cursor;
                        format!("{changes:?} {more}")
                    }
                    Changes::TooOld => "too old".into(),
                }
            }
            Step::Commit { owner, room } => {
                let Some(Couple { room, sides }) = self.room(room) else { return "no room".into() };
                let ticket =
                    async |side: Claimant| Ticket { claimant: side, ..self.ticket(side.user, 0).await };
                let proposal = intent(room, ticket(sides[0]).await, ticket(sides[1]).await);
                let holder = self.pool_holder(owner);
                format!(
                    "{:?}",
                    self.state.commit(&main, &holder, &[proposal.clone(), proposal]).await.unwrap()
                )
            }
            Step::Intents(n) => {
                format!("{:?}", self.state.intents(&main, &self.pool_holder(n), 3).await.unwrap())
            }
            Step::Settle { owner, room, readd } => {
                let Some(Couple { room, sides }) = self.room(room) else { return "no room".into() };
                let mut back = Vec::new();
                for side in sides.into_iter().filter(|_| readd) {
                    let claimant = Claimant { attempt: side.attempt + 1, ..side };
                    back.push(Ticket { claimant, ..self.ticket(side.user, 0).await });
                }
                let holder = self.pool_holder(owner);
                format!("{:?}", self.state.settle(&main, &holder, &[settlement(room, back)]).await.unwrap())
            }
            Step::Standing(n) => {
                let now = self.ticket(user(n), 0).await.claimant;
                let next = Claimant { attempt: now.attempt + 1, ..now };
                format!("{:?}", self.state.standing(&main, &[now, next]).await.unwrap())
            }
            _ => unreachable!("sorted by `take`"),
        }
    }

    async fn shard_step(&mut self, step: &Step) -> String {
        match *step {
            Step::Lease { user: n, owner: o } => {
                let shard = Shard::of(user(n), self.state.shards());
                let epoch = self.state.lease(shard, &owner(o), LONG).await.unwrap();
                if let Some(epoch) = epoch {
                    self.shard_epochs.insert((shard, owner(o)), epoch.0);
                }
                format!("{epoch:?}")
            }
            Step::ReleaseLease { user: n, owner: o } => {
                let shard = Shard::of(user(n), self.state.shards());
                let holder = self.shard_holder(shard, o);
                format!("{:?}", self.state.release_lease(shard, &holder).await.is_ok())
            }
            Step::Inherit { user: n, owner: o } => {
                let shard = Shard::of(user(n), self.state.shards());
                let answer = self.state.inherit(shard, &self.shard_holder(shard, o)).await.unwrap();
                let Fenced::Held(heritage) = answer else { return "lost".into() };
                let mut claims: Vec<_> = heritage
                    .claims
                    .iter()
                    .map(|claim| (self.order(claim.entry, shard), claim.user, claim.bot))
                    .collect();
                claims.sort();
                format!("{claims:?}")
            }
            Step::Turn { .. } => self.turn(step).await,
            Step::Facts { user: n, owner: o, forget } => {
                let shard = Shard::of(user(n), self.state.shards());
                let holder = self.shard_holder(shard, o);
                let answer = self.state.facts(shard, &holder, EntryId::default(), 3).await.unwrap();
                let Fenced::Held(noted) = answer else { return "lost".into() };
                if let Some(first) = noted.first().filter(|_| forget) {
                    self.facts.push(first.id);
                    self.state.forget_facts(shard, &holder, &self.facts).await.unwrap().held().expect("held");
                }
                format!("{:?}", noted.iter().map(|noted| &noted.body).collect::<Vec<_>>())
            }
            _ => unreachable!("sorted by `take`"),
        }
    }

    async fn turn(&mut self, step: &Step) -> String {
        let Step::Turn { user: n, owner: o, ack, claim, again, limit, permits, defer } = *step else {
            unreachable!("asked by `shard_step`")
        };
        let shard = Shard::of(user(n), self.state.shards());
        let known: Vec<_> = self.entries.iter().filter(|(_, s, ..)| *s == shard).copied().collect();
        let pick = |n: u8| known.get(usize::from(n) % known.len().max(1)).copied();
        let room = self.rooms.last().map(|couple| couple.room);
        let searching = self.waiting(user(n)).await.ticket;
        let acks = ack.and_then(pick).map(|(entry, _, user, bot)| {
            self.told += 1;
            let here = MessageId(self.told);
            let ids = |room| Keep::Ids(IdPair { room, here, there: MessageId(self.told + 10_000) });
            let keep = match self.told % 6 {
                0 => None,
                1 => room.map(ids),
                2 | 3 => Some(Keep::Search { ticket: searching, message: here }),
                _ => Some(Keep::Announcement(here)),
            };
            Ack { entry, user, bot, keep, facts: vec![closed(RoomId(self.told))] }
        });
        let turn = Turn {
            shard,
            holder: self.shard_holder(shard, o),
            ttl: LONG,
            acks: acks.into_iter().collect(),
            claims: claim.and_then(pick).into_iter().map(|(entry, ..)| entry).collect(),
            after: if again {
                EntryId::default()
            } else {
                self.read_to.get(&shard).copied().unwrap_or_default()
            },
            limit: u32::from(limit),
            permits: vec![(BOT, u32::from(permits)), (OTHER_BOT, 1)],
            deferred: if defer { vec![(user(n), BOT)] } else { vec![] },
            sleep: false,
        };
        let Fenced::Held(turned) = self.state.turn(&turn).await.unwrap() else { return "lost".into() };
        for entry in &turned.entries {
            if !self.entries.iter().any(|(id, s, ..)| (*id, *s) == (entry.id, shard)) {
                self.entries.push((entry.id, shard, entry.user, entry.bot));
            }
        }
        if let Some(last) = turned.entries.last() {
            self.read_to.insert(shard, last.id);
        }
        let read: Vec<_> = turned
            .entries
            .iter()
            .map(|entry| {
                let body = Entry::from_json(&entry.body).unwrap();
                (self.order(entry.id, shard), entry.user, entry.bot, entry.language, entry.sequence, body)
            })
            .collect();
        let mut claimed: Vec<_> = turned.claimed.iter().map(|id| self.order(*id, shard)).collect();
        claimed.sort();
        format!("{read:?} claimed {claimed:?} more {}", turned.more)
    }

    /// An entry's number in order of appearance.
    fn order(&self, id: EntryId, shard: Shard) -> Option<usize> {
        self.entries.iter().position(|(known, s, ..)| (*known, *s) == (id, shard))
    }

    async fn other_step(&mut self, step: &Step) -> String {
        match *step {
            Step::Permits { want } => {
                // Refills so slowly that no test notices.
                let budget = Budget { per_second: 0.000_1, burst: 7, learns: false };
                let granted = self.state.permits(BOT, u32::from(want), &budget).await.unwrap();
                format!("{} {} {}", granted.permits, granted.paused, granted.wait > Duration::ZERO)
            }
            Step::Credit { user: n, charge, days } => {
                let at = |days: u8| Millis(1_800_000_000_000 + i64::from(days % 3) * 86_400_000);
                let grant = days.map(|days| Grant { at: at(days), days: days.into() });
                let credit = Credit { charge: Charge::new(&format!("c{charge}")).unwrap(), grant };
                let credited = self.state.credit(user(n), &credit, &[opened(RoomId(1))]).await;
                format!("{credited:?} {}", self.record(user(n)).await)
            }
            Step::Pause => format!("{:?}", self.state.pause(BOT, LONG).await.is_ok()),
            Step::Era(home) => {
                let server = if home { "https://api.telegram.org" } else { "http://localhost" };
                format!("{}", self.state.era(BOT, server).await.unwrap())
            }
            Step::Strike(n) => {
                format!("{}", self.state.strike(BOT, UpdateId(i64::from(n % 3))).await.unwrap())
            }
            Step::Heartbeat(n) => {
                let me = Instance {
                    id: owner(n),
                    roles: "all".into(),
                    address: "127.0.0.1:1".into(),
                    version: "0.1.0".into(),
                };
                let mut alive = self.state.heartbeat(&me, LONG).await.unwrap();
                alive.sort_by(|a, b| a.id.cmp(&b.id));
                format!("{alive:?}")
            }
            Step::Retire(n) => format!("{:?}", self.state.retire(&owner(n)).await.is_ok()),
            _ => unreachable!("sorted by `take`"),
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
