//! What it costs to understand, to decide and to speak.

use std::hint::black_box;

use criterion::Criterion;
use hamdam_bot::{
    Heard, Membership, Plan, Policies, Policy, Scene, Settings, Voice, decide, reveals, understand,
};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Since, UpdateRef};
use hamdam_domain::outbox::Notice;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Record;
use hamdam_domain::session::Session;
use hamdam_telegram::{Message, Update};

const NOW: Millis = Millis(1_800_000_000_000);
const BOT: BotId = BotId(7);
const ROOM: RoomId = RoomId(55);

fn record() -> Record {
    let mark = Mark { update: UpdateId(0), hour: NOW.hour(), era: 1 };
    Record {
        version: 3,
        session: Session::Chatting {
            room: ROOM,
            partner: UserId(8),
            ticket: TicketId { bot: BOT, update: UpdateId(0) },
        },
        since: Some(Since { bot: BOT, mark }),
        marks: Vec::new(),
        profile: Profile::new(Language::En, BOT),
        blocked: Vec::new(),
        recent: Vec::new(),
        active_at: NOW,
        announcement: None,
        search_notice: None,
        across: None,
        last_room: None,
        dialogue: None,
        asked: None,
        forgotten: None,
        new_since: None,
        conduct: hamdam_domain::conduct::Conduct::default(),
        pace: None,
        brakes: hamdam_domain::haste::Brakes::default(),
        repeats: hamdam_domain::repeats::Repeats::default(),
        joined: None,
        premium_until: None,
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let body = include_bytes!("../../../fuzz/seeds/update/text");
    let update = Update::from_json(body).expect("a seed is an update");
    criterion.bench_function("understand a text", |b| b.iter(|| understand(black_box(&update))));

    let said = understand(&update).expect("a text is understood");
    let reference = UpdateRef { bot: BOT, era: 1, queue: said.queue, id: UpdateId(update.update_id) };
    // The seed names somebody.
    let policies = Policies { mentions: Policy::Allow, ..Policies::default() };
    let (record, settings) = (record(), Settings { policies, ..Settings::default() });
    let invited = None;
    let scene = Scene {
        said: &said,
        heard: Heard::default(),
        membership: Membership::default(),
        message: None,
        update: &reference,
        record: &record,
        now: NOW,
        settings: &settings,
        invited,
        elsewhere: None,
        link: None,
        maintenance: None,
    };
    let Plan::Relay(relaying) = decide(&scene) else { panic!("who chats is relayed") };
    criterion.bench_function("decide about a text in a room", |b| b.iter(|| decide(black_box(&scene))));

    for (name, text) in [
        ("a short text", "hello there, how are you today?".to_owned()),
        ("a short Persian text", "امروز هوا خیلی خوب بود، رفتیم کوه".to_owned()),
        ("4,096 letters", "a".repeat(4_096)),
        ("4,096 emoji", "😂".repeat(4_096)),
        ("4,096 marks nobody sees", "\u{200b}".repeat(4_096)),
        ("4,096 digits apart", "1 ".repeat(2_048)),
        ("4,096 halves of addresses", "a@b.".repeat(1_024)),
    ] {
        let message = Message { text: Some(text), ..Message::default() };
        criterion
            .bench_function(&format!("look through {name}"), |b| b.iter(|| reveals(black_box(&message))));
    }

    let (voice, chat) = (Voice::default(), UserId(8));
    let found = Notice::Found { room: ROOM }.entry();
    for (name, entry) in [("a copy", &relaying.entry), ("a notice with buttons", &found)] {
        criterion.bench_function(&format!("render {name}"), |b| {
            b.iter(|| voice.render(black_box(entry), Language::Fa, chat, None));
        });
        let call = voice.render(entry, Language::Fa, chat, None).expect("it can be rendered");
        criterion.bench_function(&format!("write {name}"), |b| b.iter(|| black_box(&call).body()));
    }
    criterion.final_summary();
}
