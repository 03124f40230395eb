//! What the rules cost: the matching engine beside many who wait, marks, and the stored form of an entry.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, FirstComeEngine, Rules};
use hamdam_domain::id::{BotId, MessageId, PoolId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Queue, Since, UpdateRef};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Copy, Entry};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Record;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::{Claimant, Ticket, Wishes};

const NOW: Millis = Millis(1_800_000_000_000);
const RULES: Rules = Rules { batch_size: 5_000, across_bots: false };

fn ticket(user: i64, bot: i64) -> Ticket {
    let id = TicketId { bot: BotId(bot), update: UpdateId(user) };
    Ticket {
        claimant: Claimant { user: UserId(user), ticket: id, attempt: 0 },
        era: 0,
        pool: PoolId("main".to_owned()),
        waiting_since: Millis(user),
        wishes: Wishes::default(),
    }
}

/// So many wait who can meet nobody: each is alone with their bot.
fn crowd(waiting: i64) -> FirstComeEngine {
    let mut engine = FirstComeEngine::new();
    for user in 0..waiting {
        engine.add(ticket(user, user + 1_000));
    }
    assert!(engine.pair(&RULES, NOW).is_empty());
    engine
}

fn engine(c: &mut Criterion) {
    for waiting in [0, 10_000, 100_000] {
        c.bench_function(&format!("engine: 200 come and meet, {waiting} wait on"), |b| {
            let mut engine = crowd(waiting);
            b.iter_batched(
                || (0..200).map(|user| ticket(1_000_000 + user, 7)).collect::<Vec<_>>(),
                |come| {
                    for ticket in come {
                        engine.add(ticket);
                    }
                    assert_eq!(engine.pair(&RULES, NOW).len(), 100);
                },
                BatchSize::SmallInput,
            );
        });
    }
    c.bench_function("engine: one comes and goes, 10000 wait on", |b| {
        let mut engine = crowd(10_000);
        let one = ticket(1_000_000, 7);
        b.iter(|| {
            engine.add(one.clone());
            engine.remove(&one.claimant);
        });
    });
}

fn session(c: &mut Criterion) {
    let update = UpdateRef { bot: BotId(7), era: 1, queue: Queue::Message, id: UpdateId(1_010) };
    let mark = Mark { update: UpdateId(1_000), hour: NOW.hour(), era: 1 };
    let record = Record {
        version: 3,
        session: Session::Chatting {
            room: RoomId(55),
            partner: UserId(8),
            ticket: TicketId { bot: BotId(7), update: UpdateId(1_000) },
        },
        since: Some(Since { bot: BotId(7), mark }),
        marks: vec![(BotId(7), Queue::Callback, mark), (BotId(7), Queue::Message, mark)],
        profile: Profile { language: Language::En, bot: BotId(7), unreachable: false, banned_until: None },
        blocked: Vec::new(),
        active_at: NOW,
        announcement: None,
    };
    c.bench_function("session: is an update new", |b| {
        b.iter(|| {
            let record = black_box(&record);
            let stale = record.since.is_some_and(|since| since.precedes_state(&update, NOW));
            (record.has_done(black_box(&update), NOW), stale)
        });
    });
}

fn outbox(c: &mut Criterion) {
    let copy = Copy {
        from: UserId(6_900_000_001),
        bot: BotId(7_123_456_789),
        update: UpdateId(412_345_678),
        message: MessageId(31),
        kind: MessageKind::Text,
        reply: None,
        at: NOW,
    };
    let entry = Entry { room: Some(RoomId(1 << 54)), content: Content::Copy(copy) };
    let stored = entry.to_json();
    c.bench_function("outbox: write an entry", |b| b.iter(|| black_box(&entry).to_json()));
    c.bench_function("outbox: read an entry", |b| b.iter(|| Entry::from_json(black_box(&stored))));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    engine(&mut criterion);
    session(&mut criterion);
    outbox(&mut criterion);
    criterion.final_summary();
}
