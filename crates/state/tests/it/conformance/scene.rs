//! People, tickets and rooms for the cases.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, InstanceId, MessageId, PoolId, RoomId, Shard, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Queue, UpdateRef};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Copy, Entry, EntryId, Notice};
use hamdam_domain::panel::Asking;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Record;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::{Claimant, Intent, Ticket, Wishes};
use hamdam_domain::wish::{Age, Facts, Gender, Genders, Interests, Wants};
use hamdam_state::State;
use hamdam_state::step::Holder;
use hamdam_state::step::matching::{End, Relay, Relayed, Seat, Seated};
use hamdam_state::step::pool::Settlement;
use hamdam_state::step::sending::{Queued, Turn};
use hamdam_state::step::user::{Act, Acted};

use super::Subject;

pub(crate) const BOT: BotId = BotId(7_001);
pub(crate) const OTHER_BOT: BotId = BotId(7_002);
pub(crate) const ANN: UserId = UserId(1_001);
pub(crate) const BEN: UserId = UserId(1_002);
pub(crate) const CYD: UserId = UserId(1_003);
pub(crate) const R: RoomId = RoomId(900_001);
pub(crate) const S: RoomId = RoomId(900_002);
/// Longer than any case runs.
pub(crate) const LONG: Duration = Duration::from_mins(5);

pub(crate) fn pool() -> PoolId {
    PoolId("main".into())
}

pub(crate) fn instance(name: &str) -> InstanceId {
    InstanceId(name.into())
}

pub(crate) fn update(id: i64) -> UpdateRef {
    UpdateRef { bot: BOT, era: 0, queue: Queue::Message, id: UpdateId(id) }
}

pub(crate) fn press(id: i64) -> UpdateRef {
    UpdateRef { queue: Queue::Callback, ..update(id) }
}

pub(crate) fn profile() -> Profile {
    Profile::new(Language::En, BOT)
}

/// Somebody who told something of themselves.
pub(crate) fn telling() -> Profile {
    let facts = Facts {
        gender: Some(Gender::Female),
        age: Age::new(30).ok(),
        interests: Interests::of_texts(["music", "chess"]).unwrap(),
        ..Facts::default()
    };
    let wants = Wants { genders: Genders::only(Gender::Male), same_language: true, ..Wants::default() };
    Profile { facts, wants, ..profile() }
}

pub(crate) fn ticket_id(id: i64) -> TicketId {
    TicketId { bot: BOT, update: UpdateId(id) }
}

pub(crate) fn claimant(user: UserId, id: i64, attempt: u32) -> Claimant {
    Claimant { user, ticket: ticket_id(id), attempt }
}

pub(crate) fn stub(id: i64, attempt: u32) -> Stub {
    Stub { ticket: ticket_id(id), attempt, pool: pool(), waiting_since: Millis(1_000 + id) }
}

pub(crate) fn ticket(user: UserId, id: i64, attempt: u32) -> Ticket {
    Ticket {
        claimant: claimant(user, id, attempt),
        era: 0,
        pool: pool(),
        waiting_since: Millis(1_000 + id),
        wishes: Wishes::default(),
    }
}

pub(crate) fn found(room: RoomId) -> Entry {
    Notice::Found { room }.entry()
}

pub(crate) fn left(room: RoomId) -> Entry {
    Notice::PartnerLeft { room }.entry()
}

pub(crate) fn opened(room: RoomId) -> Fact {
    Fact::RoomOpened(RoomFact::new(room, ANN, BEN))
}

pub(crate) fn closed(room: RoomId) -> Fact {
    Fact::RoomClosed {
        room: RoomFact::new(room, ANN, BEN),
        ended_at: Millis(5_000),
        end: RoomEnd::Left,
        ended_by: None,
    }
}

pub(crate) fn intent(room: RoomId, first: Ticket, second: Ticket) -> Intent {
    Intent { room, first, second }
}

pub(crate) fn settlement(room: RoomId, readd: Vec<Ticket>) -> Settlement {
    Settlement { room, readd }
}

/// `user`'s seat in `room`; tickets are update ids.
pub(crate) fn seat(room: RoomId, user: UserId, id: i64, partner: UserId, partner_id: i64) -> Seat {
    Seat { room, me: claimant(user, id, 0), partner, partner_ticket: ticket_id(partner_id), partner_era: 0 }
}

/// An act that only marks.
pub(crate) fn bare(user: UserId, by: UpdateRef, expect: u64) -> Act {
    Act {
        user,
        update: by,
        expect,
        session: None,
        begins: false,
        profile: None,
        blocks: None,
        asks: Asking::AsBefore,
        asked: None,
        brakes: None,
        joined: None,
        entries: Vec::new(),
        facts: Vec::new(),
        grows: false,
    }
}

pub(crate) fn message(from: UserId, id: i64, room: RoomId) -> Entry {
    Entry {
        room: Some(room),
        content: Content::Copy(Copy {
            from,
            bot: BOT,
            update: UpdateId(id),
            message: MessageId(id * 10),
            kind: MessageKind::Text,
            reply: None,
            album: None,
            protect: false,
            at: Millis(1),
        }),
    }
}

pub(crate) fn relay(to: UserId, from: UserId, room: RoomId, by: UpdateRef) -> Relay {
    Relay {
        to,
        room,
        from,
        update: by,
        entry: message(from, by.id.0, room),
        found: found(room),
        backlog_limit: 50,
    }
}

pub(crate) fn end(user: UserId, room: RoomId) -> End {
    End { user, room, notice: left(room), fact: closed(room), unless_active_since: None, unreachable: false }
}

/// A cast on one state: shortcuts that go through the trait.
pub(crate) struct Scene {
    pub(crate) state: Arc<dyn State>,
}

impl Scene {
    pub(crate) fn of(subject: &dyn Subject) -> Self {
        Self { state: subject.state() }
    }

    pub(crate) async fn record(&self, user: UserId) -> Record {
        self.state.read(user).await.unwrap().record.expect("an enrolled user")
    }

    pub(crate) async fn session(&self, user: UserId) -> Session {
        self.record(user).await.session
    }

    pub(crate) async fn enroll(&self, user: UserId) {
        self.state.enroll(user, &profile(), &[], &[]).await.unwrap();
    }

    /// An act on the record as it stands.
    pub(crate) async fn act(&self, act: Act) -> Acted {
        let expect = self.record(act.user).await.version;
        self.state.act(&Act { expect, ..act }).await.unwrap()
    }

    /// Enrolls somebody who waits since update `id`.
    pub(crate) async fn waiter(&self, user: UserId, id: i64) {
        self.enroll(user).await;
        let wait =
            Act { session: Some(Session::Waiting(stub(id, 0))), begins: true, ..bare(user, update(id), 0) };
        assert_eq!(self.act(wait).await, Acted::Done);
    }

    /// Ann (ticket 10) and Ben (ticket 20) chat in `R`.
    pub(crate) async fn room(&self) {
        self.waiter(ANN, 10).await;
        self.waiter(BEN, 20).await;
        assert_eq!(self.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap(), Seated::Done);
        let ben = seat(R, BEN, 20, ANN, 10);
        assert_eq!(self.state.attach(&ben, &found(R), &opened(R)).await.unwrap(), Seated::Done);
        assert_eq!(self.state.open(ANN, R, &found(R)).await.unwrap(), Seated::Done);
    }

    /// Ann writes update `id` to Ben in `R`.
    pub(crate) async fn ann_writes(&self, id: i64) -> Relayed {
        self.state.relay(&relay(BEN, ANN, R, update(id))).await.unwrap()
    }

    pub(crate) fn shard(&self, user: UserId) -> Shard {
        Shard::of(user, self.state.shards())
    }

    pub(crate) async fn leads(&self, owner: &str) -> Holder {
        let epoch = self.state.lead(&pool(), &instance(owner), LONG).await.unwrap().expect("a free lock");
        Holder { owner: instance(owner), epoch }
    }

    pub(crate) async fn sender(&self, user: UserId, owner: &str, ttl: Duration) -> Holder {
        let shard = self.shard(user);
        let epoch = self.state.lease(shard, &instance(owner), ttl).await.unwrap().expect("a free lease");
        Holder { owner: instance(owner), epoch }
    }

    pub(crate) fn turn(&self, user: UserId, holder: &Holder) -> Turn {
        Turn {
            shard: self.shard(user),
            holder: holder.clone(),
            ttl: LONG,
            acks: Vec::new(),
            claims: Vec::new(),
            after: EntryId::default(),
            limit: 100,
            permits: Vec::new(),
            deferred: Vec::new(),
            sleep: false,
        }
    }

    /// What lies in the outbox for `user`. Takes the shard's lease under the name `reader`.
    pub(crate) async fn outbox(&self, user: UserId) -> Vec<Queued> {
        let reader = self.sender(user, "reader", LONG).await;
        let turned = self.state.turn(&self.turn(user, &reader)).await.unwrap().held().expect("just taken");
        turned.entries.into_iter().filter(|entry| entry.user == user).collect()
    }

    /// The same as entries.
    pub(crate) async fn chat(&self, user: UserId) -> Vec<Entry> {
        let outbox = self.outbox(user).await;
        outbox.iter().map(|queued| Entry::from_json(&queued.body).unwrap()).collect()
    }

    /// The journal of `user`'s shard. Takes the shard's lease under the name `reader`.
    pub(crate) async fn journal(&self, user: UserId) -> Vec<Fact> {
        let reader = self.sender(user, "reader", LONG).await;
        let facts = self.state.facts(self.shard(user), &reader, EntryId::default(), 100).await.unwrap();
        facts.held().expect("just taken").iter().map(|noted| Fact::from_json(&noted.body).unwrap()).collect()
    }
}
