//! What the rules cost: marks, and the stored form of an entry. The matching engine has a bench of its own.

use std::hint::black_box;

use criterion::Criterion;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, MessageId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Queue, Since, UpdateRef};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Copy, Entry};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Record;
use hamdam_domain::session::Session;

const NOW: Millis = Millis(1_800_000_000_000);

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
        profile: Profile::new(Language::En, BotId(7)),
        blocked: Vec::new(),
        recent: Vec::new(),
        active_at: NOW,
        announcement: None,
        search_notice: None,
        across: None,
        last_room: None,
        asked: None,
        forgotten: None,
        new_since: None,
        premium_until: None,
        dialogue: None,
        conduct: hamdam_domain::conduct::Conduct::default(),
        pace: None,
        brakes: hamdam_domain::haste::Brakes::default(),
        repeats: hamdam_domain::repeats::Repeats::default(),
        joined: None,
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
        album: None,
        protect: false,
        at: NOW,
    };
    let entry = Entry { room: Some(RoomId(1 << 54)), content: Content::Copy(copy) };
    let stored = entry.to_json();
    c.bench_function("outbox: write an entry", |b| b.iter(|| black_box(&entry).to_json()));
    c.bench_function("outbox: read an entry", |b| b.iter(|| Entry::from_json(black_box(&stored))));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    session(&mut criterion);
    outbox(&mut criterion);
    criterion.final_summary();
}
