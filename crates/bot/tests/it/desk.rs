//! The administrators' desk: who may ask what, and how its pages look in every language.

use std::collections::HashMap;

use hamdam_bot::desk::{Asks, By, DeskButton, Request, request};
use hamdam_bot::safety::Moderators;
use hamdam_bot::{Button, Command, Input, Voice};
use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::{BroadcastId, Course, Original, Segment, Tally};
use hamdam_domain::clock::Millis;
use hamdam_domain::desk::{Choosing, Desk, Figures, Person, Progress};
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Notice;
use hamdam_domain::parcel::Parcel;
use hamdam_domain::profile::Language;
use hamdam_domain::safety::{FOR_EVER, Verdict};
use hamdam_telegram::Call;
use hamdam_telegram::markup::{InlineButton, Press};
use serde_json::{Value, json};

use crate::stage::{BOT, ME, MESSAGE, NOW, OTHER_BOT, idle, line, plan, press, record};

const ADMIN: UserId = UserId(31);

fn asked(event: Value) -> Option<Request> {
    let moderators = Moderators { group: None, admins: vec![ADMIN] };
    let mut update = json!({"update_id": 5});
    let Value::Object(event) = event else { panic!("what happened is an object") };
    update.as_object_mut().unwrap().extend(event);
    request(&serde_json::from_value(update).unwrap(), BOT, &moderators)
}

fn chat_of(user: UserId) -> Value {
    json!({"id": user.0, "type": "private"})
}

fn writes(user: UserId, text: &str) -> Value {
    json!({"message": {"message_id": 4, "date": 0, "chat": chat_of(user), "from": {"id": user.0}, "text": text}})
}

fn presses(user: UserId, data: &str, above: Option<Value>) -> Value {
    let mut message = json!({"message_id": 6, "date": 0, "chat": chat_of(user)});
    if let Some(above) = above {
        message["reply_to_message"] = above;
    }
    json!({"callback_query": {"id": "q", "from": {"id": user.0}, "data": data, "message": message}})
}

fn asks(event: Value) -> Option<Asks> {
    asked(event).map(|request| request.asks)
}

#[test]
fn administrators_ask_by_commands_and_by_buttons() {
    for (text, what) in [
        ("/admin", Asks::Fleet),
        ("/ADMIN@hamdam_bot", Asks::Fleet),
        ("/admin 1001", Asks::Person(UserId(1_001))),
        ("/broadcast", Asks::HowToBroadcast),
    ] {
        assert_eq!(asked(writes(ADMIN, text)), Some(Request { by: ADMIN, how: By::Command, asks: what }));
    }
    let mut reply = writes(ADMIN, "/broadcast");
    reply["message"]["reply_to_message"] = json!({"message_id": 3, "date": 0, "chat": chat_of(ADMIN)});
    assert_eq!(asks(reply), Some(Asks::Preview(MessageId(3))));
    let by = By::Press { query: "q".into(), message: MessageId(6) };
    let close = Asks::Maintain(Some(Maintenance::RoomsRest));
    assert_eq!(
        asked(presses(ADMIN, "desk:close:rooms-rest", None)),
        Some(Request { by: ADMIN, how: by, asks: close })
    );
    let ban = Asks::Decide(UserId(7), Verdict::BanWeek);
    assert_eq!(asks(presses(ADMIN, "desk:ban7:7", None)), Some(ban));
}

#[test]
fn the_message_above_the_button_is_what_is_sent() {
    let above = json!({"message_id": 3, "date": 0, "chat": chat_of(ADMIN), "text": "hello"});
    let to: Segment = "fa,,,,".parse().unwrap();
    let original = Original {
        from: ADMIN,
        bot: BOT,
        message: MessageId(3),
        kind: MessageKind::Text,
        parcel: Some(Parcel::Text { text: "hello".into(), entities: None }),
    };
    assert_eq!(asks(presses(ADMIN, "cast:go:fa,,,,", Some(above))), Some(Asks::Begin(to, original)));
    assert_eq!(asks(presses(ADMIN, "cast:go:fa,,,,", None)), Some(Asks::HowToBroadcast), "it was deleted");
}

#[test]
fn to_everybody_else_there_is_no_desk() {
    for text in ["/admin", "/admin 7", "/broadcast"] {
        assert_eq!(asked(writes(ME, text)), None);
    }
    assert_eq!(asked(presses(ME, "desk:fleet", None)), None);
    for text in ["/admin seven", "/admin -7", "/admins", "admin", "/search"] {
        assert_eq!(asked(writes(ADMIN, text)), None, "{text}");
    }
    let mut group = presses(ADMIN, "desk:fleet", None);
    group["callback_query"]["message"]["chat"]["type"] = "supergroup".into();
    assert_eq!(asked(group), None, "not where others read along");

    let unknown = Input::Command { command: Command::Unknown, message: MESSAGE };
    assert_eq!(line(&plan(&record(idle()), unknown)), "stay: ~UnknownCommand");
    let button = press(Button::Desk(DeskButton::Maintain(Some(Maintenance::RoomsRest))));
    assert_eq!(line(&plan(&record(idle()), button)), "stay: over");
}

/// Every page, and every form a page takes.
fn pages() -> Vec<Desk> {
    let figures = Figures {
        users: Some(1_234_567),
        waiting: 12,
        chatting: 4_000,
        queued: 13,
        unsent: 5,
        reports: Some(2),
        maintenance: None,
        broadcast: Some(BroadcastId(3)),
    };
    let decided = Verdict::OFFERED.into_iter().chain([Verdict::Ban, Verdict::Undo]);
    let closed =
        |way| Desk::Fleet(Figures { maintenance: Some(way), users: None, reports: None, ..figures.clone() });
    let person = Person {
        user: UserId(1_001),
        known: true,
        stands: None,
        language: Some(Language::Fa),
        unreachable: true,
        banned_until: Some(NOW),
        muted_until: Some(FOR_EVER),
        blocks: 3,
        reports: Some(4),
        decisions: decided.map(|verdict| (verdict.word().to_owned(), NOW)).collect(),
    };
    let mut all = vec![
        closed(Maintenance::RoomsGoOn),
        closed(Maintenance::RoomsRest),
        Desk::Fleet(figures),
        Desk::Person(Person { known: false, ..person.clone() }),
        Desk::HowToBroadcast,
        Desk::NoBroadcast,
    ];
    for stands in ["idle", "waiting", "held", "chatting", "left"] {
        all.push(Desk::Person(Person { stands: Some(stands.into()), ..person.clone() }));
    }
    all.push(Desk::Person(person));
    let chosen: Segment = "fa,9223372036854775807,f,IR,30".parse().unwrap();
    let bots = vec![BOT, OTHER_BOT];
    for choosing in [
        Choosing::Part,
        Choosing::Language,
        Choosing::Bot,
        Choosing::Gender,
        Choosing::Country(0),
        Choosing::Country(1),
        Choosing::Country(9),
        Choosing::Days,
    ] {
        for to in [Segment::default(), chosen] {
            all.push(Desk::Compose { choosing, to, bots: bots.clone() });
        }
    }
    let tally = Tally { queued: 100_000, sent: 50_000, unreachable: 20, failed: 3, dropped: 7 };
    for course in Course::ALL {
        for (over, all_queued) in [(false, false), (false, true), (true, true)] {
            all.push(Desk::Broadcast(Progress {
                broadcast: BroadcastId(3),
                course,
                over,
                all_queued,
                tally,
            }));
        }
    }
    all
}

/// A page's text and its buttons, by rows.
fn drawn(desk: Desk, language: Language) -> (String, Vec<Vec<(String, String)>>) {
    let names: HashMap<BotId, String> = [(BOT, "hamdam_bot".to_owned())].into();
    match Voice::new(names).render(&Notice::Desk(Box::new(desk)).entry(), language, ADMIN, None) {
        Some(Call::SendMessage(call)) => {
            let rows = call.reply_markup.into_iter().flat_map(|markup| markup.inline_keyboard);
            let data = |key: InlineButton| match key.does {
                Press::Data(data) => (key.text, data),
                Press::Url(url) => panic!("the desk links to {url}"),
            };
            let keys = rows.map(|row| row.into_iter().map(data).collect::<Vec<_>>());
            (call.text, keys.collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_page_can_be_drawn_in_every_language() {
    let arabic = |letter: char| ('\u{600}'..='\u{6ff}').contains(&letter);
    for language in Language::ALL {
        for page in pages() {
            let (text, rows) = drawn(page.clone(), language);
            assert!((1..=4_096).contains(&text.chars().count()), "{page:?}");
            assert!(!text.contains("{$") && !text.contains("desk-"), "{text}");
            if matches!(language, Language::Fa | Language::Ar) {
                for line in text.lines() {
                    assert!(line.chars().find(|letter| letter.is_alphabetic()).is_none_or(arabic), "{line}");
                }
            }
            assert!(rows.iter().flatten().count() <= 100, "{page:?}");
            for (label, data) in rows.into_iter().flatten() {
                assert!((1..=64).contains(&label.chars().count()), "{label}");
                assert!((1..=64).contains(&data.len()), "{data}");
                let button = Button::parse(&data);
                assert!(matches!(button, Some(Button::Desk(_))), "{data}");
            }
        }
    }
}

#[test]
fn every_country_is_on_a_page_and_every_choice_leads_back() {
    let (mut countries, mut page) = (Vec::new(), 0);
    loop {
        let desk = Desk::Compose { choosing: Choosing::Country(page), to: Segment::default(), bots: vec![] };
        let keys: Vec<_> = drawn(desk, Language::En).1.into_iter().flatten().collect();
        let chosen = keys.iter().filter_map(|(_, data)| match Button::parse(data) {
            Some(Button::Desk(DeskButton::Compose(Choosing::Part, to))) => to.country,
            _ => None,
        });
        countries.extend(chosen);
        page += 1;
        if !keys.iter().any(|(_, data)| data.starts_with(&format!("cast:land{page}:"))) {
            break;
        }
    }
    let listed = countries.len();
    countries.sort_unstable();
    countries.dedup();
    assert_eq!(countries.len(), listed, "none stands there twice");
    assert!(listed > 190, "{listed}");
}

#[test]
fn a_broadcast_is_steered_by_its_page() {
    let steers = |course, over| {
        let progress =
            Progress { broadcast: BroadcastId(3), course, over, all_queued: false, tally: Tally::default() };
        let keys = drawn(Desk::Broadcast(progress), Language::En).1.into_iter().flatten();
        keys.map(|(_, data)| data).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(steers(Course::Running, false), "desk:pause:3 desk:cancel:3 desk:cast:3 desk:fleet");
    assert_eq!(steers(Course::Paused, false), "desk:resume:3 desk:cancel:3 desk:cast:3 desk:fleet");
    assert_eq!(steers(Course::Cancelled, false), "desk:cast:3 desk:fleet");
    assert_eq!(steers(Course::Running, true), "desk:fleet");
}

#[test]
fn what_is_known_of_somebody_is_told() {
    let person = Person {
        user: UserId(1_001),
        known: true,
        stands: Some("chatting".into()),
        language: Some(Language::Tr),
        unreachable: false,
        banned_until: Some(Millis(1_767_225_599_000)),
        muted_until: None,
        blocks: 3,
        reports: None,
        decisions: vec![("ban7".into(), NOW)],
    };
    let text = drawn(Desk::Person(person), Language::En).0;
    for part in ["1001", "Türkçe", "2025-12-31 23:59", "Reports: …", "Blocked others: 3", "2027-01-15"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("Muted"), "{text}");
}
