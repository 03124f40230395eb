//! Words a house does not want, and one text that goes from room to room.

use hamdam_bot::{First, Heard, Membership, Plan, Settings, WordLists, decide, understand};
use hamdam_domain::conduct::{Complaint, Judgement};
use hamdam_domain::id::RoomId;
use hamdam_domain::outbox::Notice;
use hamdam_domain::record::{Asked, Record};
use hamdam_domain::reveal::Concern;
use hamdam_domain::wish::{Tongue, Tongues};
use hamdam_telegram::Update;
use serde_json::json;

use crate::stage::{BOT, ME, MESSAGE, NEXT, NOW, PRESSED, ROOM, chatting, line, record, update};

fn house() -> Settings {
    let lists = "[en]\nhold damn\nask silly\ncount shoes\n[tr]\nhold am";
    Settings { words: WordLists::read(lists).unwrap(), ..Settings::default() }
}

fn message(text: &str) -> serde_json::Value {
    json!({
        "message_id": MESSAGE.0, "date": 1, "text": text, "chat": {"id": ME.0, "type": "private"},
        "from": {"id": ME.0, "is_bot": false, "first_name": "x", "language_code": "en"},
    })
}

/// What is decided about an update, with all that is heard of it.
fn plan(record: &Record, settings: &Settings, event: &serde_json::Value) -> Plan {
    let mut json = event.clone();
    json["update_id"] = json!(NEXT.0);
    let read = Update::from_json(json.to_string().as_bytes()).unwrap();
    let said = understand(&read).unwrap();
    let by = update(said.queue, BOT, NEXT);
    decide(&hamdam_bot::Scene {
        said: &said,
        heard: Heard::of(&read, &said, settings),
        membership: Membership::default(),
        message: read.event.message(),
        update: &by,
        record,
        now: NOW,
        settings,
        invited: None,
        elsewhere: None,
        link: None,
        maintenance: None,
    })
}

fn says(record: &Record, settings: &Settings, text: &str) -> Plan {
    plan(record, settings, &json!({"message": message(text)}))
}

/// What a plan holds against its user before all else.
fn against(plan: &Plan) -> Option<Complaint> {
    let first = match plan {
        Plan::Act { first, .. } => first,
        Plan::Relay(relaying) => &relaying.first,
        other => panic!("{other:?}"),
    };
    first.as_ref().map(|first| match first {
        First::Judge(user, Judgement::Against(complaint)) if *user == ME => *complaint,
        other => panic!("{other:?}"),
    })
}

#[test]
fn words_are_held_back_asked_about_or_counted() {
    let (talk, house) = (record(chatting()), house());
    let held = says(&talk, &house, "D@MN it");
    assert_eq!(line(&held), "judge > stay: ~HeldBack");
    assert_eq!(against(&held), Some(Complaint::of_words(NOW)));
    let asked = says(&talk, &house, "silly you");
    assert_eq!((line(&asked), against(&asked)), ("stay: ~SendAnyway".into(), None));
    let counted = says(&talk, &house, "nice shoes");
    assert_eq!((line(&counted), against(&counted)), ("relay copy".into(), Some(Complaint::of_words(NOW))));
    let harmless = says(&talk, &house, "I am here");
    assert_eq!((line(&harmless), against(&harmless)), ("relay copy".into(), None));
    let mut known = talk.clone();
    known.conduct.complain(Complaint::of_words(NOW));
    assert_eq!(against(&says(&known, &house, "damn")), None, "once a day");
    let edited = json!({"edited_message": message("damn")});
    assert_eq!(line(&plan(&talk, &house, &edited)), "stay: ~ChangeHeldBack");
    assert_eq!(line(&says(&talk, &Settings::default(), "damn")), "relay copy", "no lists");
}

#[test]
fn a_list_counts_for_whoever_speaks_its_language() {
    let mut turkish = record(chatting());
    turkish.profile.facts.languages = Tongues::new(&[Tongue::new("tr").unwrap()]).unwrap();
    assert_eq!(line(&says(&turkish, &house(), "I am here")), "judge > stay: ~HeldBack");
}

#[test]
fn what_the_message_says_when_it_is_sent_anyway_counts() {
    let asked = Some(Asked { room: ROOM, messages: vec![MESSAGE] });
    let talk = Record { asked, ..record(chatting()) };
    let press = |text: &str| {
        json!({"callback_query": {
            "id": "q", "from": {"id": ME.0, "language_code": "en"}, "data": format!("send:{ROOM}:{MESSAGE}"),
            "message": {
                "message_id": PRESSED.0, "date": 0, "chat": {"id": ME.0, "type": "private"},
                "reply_to_message": message(text),
            },
        }})
    };
    assert_eq!(line(&plan(&talk, &house(), &press("silly you"))), "relay copy");
    assert_eq!(
        line(&plan(&talk, &house(), &press("damn you"))),
        "stay: press =HeldBack",
        "an edit slips nothing past"
    );
}

const ADVERTISEMENT: &str = "all the best shoes of the town for half of the price, today only";

/// Somebody who wrote it in so many rooms, this one among them.
fn spreading(rooms: i64) -> Record {
    let mut talk = record(chatting());
    let read = json!({"update_id": 1, "message": message(ADVERTISEMENT)}).to_string();
    let read = Update::from_json(read.as_bytes()).unwrap();
    let heard = Heard::of(&read, &understand(&read).unwrap(), &Settings::default());
    for room in 0..rooms {
        talk.repeats.said(heard.spreads.unwrap(), RoomId(room), NOW);
    }
    talk
}

#[test]
fn one_text_in_many_rooms_is_asked_about_then_held_back_and_counts() {
    let settings = Settings::default();
    for (rooms, becomes) in [
        (3, "relay copy"),
        (4, "stay: ~SendAnyway"),
        (5, "stay: ~SendAnyway"),
        (6, "judge > stay: ~HeldBack"),
    ] {
        let plan = says(&spreading(rooms), &settings, ADVERTISEMENT);
        assert_eq!(line(&plan), becomes, "{rooms} rooms");
        let counts = (rooms == 6).then(|| Complaint::of_repeats(NOW));
        assert_eq!(against(&plan), counts, "{rooms} rooms");
    }
    let Plan::Act { act, .. } = says(&spreading(6), &settings, ADVERTISEMENT) else { panic!() };
    let notice = Notice::HeldBack { what: Concern::Repeat, new: false };
    assert_eq!(act.entries[0].1, notice.about(MESSAGE));
    assert_eq!(line(&says(&spreading(9), &settings, "something else")), "relay copy");
    let mut off = Settings::default();
    (off.repeats.ask, off.repeats.hold) = (0, 0);
    assert_eq!(line(&says(&spreading(15), &off, ADVERTISEMENT)), "relay copy");
}

#[test]
fn held_words_of_a_flood_are_not_answered_one_by_one() {
    let mut flooding = record(chatting());
    flooding.brakes.quiet_until = Some(NOW.after(std::time::Duration::from_secs(9)));
    assert_eq!(line(&says(&flooding, &house(), "damn")), "stay: -");
}
