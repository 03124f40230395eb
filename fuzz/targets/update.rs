//! The body of a webhook request, and all that is made of it without state: read, understood, decided upon, queued,
//! rendered.
//!
//! Whatever the body holds: nothing panics, an unknown kind of update is `Other`, an optional field of a wrong type
//! kills nothing, the order of fields says nothing, what is queued comes back from its stored form, and what is
//! rendered can be posted.

#![no_main]

use std::sync::LazyLock;

use hamdam_bot::{
    Button, Heard, Input, Membership, Move, Plan, Scene, Settings, Understood, Unrelayed, Voice,
};
use hamdam_bot::{decide, understand, unrelayed};
use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Conduct;
use hamdam_domain::haste::Brakes;
use hamdam_domain::id::{BotId, MessageId, PoolId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Since, UpdateRef};
use hamdam_domain::outbox::Entry;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Record;
use hamdam_domain::repeats::Repeats;
use hamdam_domain::session::{Session, Stub};
use hamdam_telegram::{Event, Update};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

const NOW: Millis = Millis(1_800_000_000_000);
const BOT: BotId = BotId(100);
const OTHER_BOT: BotId = BotId(200);
const ROOM: RoomId = RoomId(55);
const PARTNER: UserId = UserId(8);
const TICKET: TicketId = TicketId { bot: BOT, update: UpdateId(0) };

/// Fields of a message that may hold anything.
const OPTIONAL: [&str; 13] = [
    "text",
    "entities",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "photo",
    "voice",
    "giveaway_winners",
    "pinned_message",
    "video",
    "document",
    "media_group_id",
];
const KINDS: [&str; 5] =
    ["message", "edited_message", "callback_query", "my_chat_member", "message_reaction"];

static VOICE: LazyLock<Voice> = LazyLock::new(Voice::default);

fuzz_target!(|body: &[u8]| {
    if let Ok(update) = Update::from_json(body) {
        follow(&update);
    }
    let Ok(json) = serde_json::from_slice::<Value>(body) else { return };
    assert_eq!(read(&json!({"update_id": 1, "brand_new": json})).event, Event::Other);
    let field = OPTIONAL[body.len() % OPTIONAL.len()];
    let message = json!({"message_id": 5, "chat": {"id": 7, "type": "private"}, field: json});
    follow(&read(&json!({"update_id": 1, "edited_message": message})));
    if let Value::Object(fields) = json {
        reorder(&fields);
    }
});

fn read(json: &Value) -> Update {
    Update::from_json(json.to_string().as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Reads the update with its fields, and those of the object in it, the other way round.
fn reorder(fields: &Map<String, Value>) {
    let known = fields.keys().filter(|key| KINDS.contains(&key.as_str())).count();
    // Fields of one sort: the first of them counts.
    let services = |object: &Map<String, Value>| {
        object.contains_key("giveaway") && object.contains_key("giveaway_winners")
    };
    if known > 1 || fields.values().any(|value| value.as_object().is_some_and(services)) {
        return;
    }
    let forth = Update::from_json(Value::Object(fields.clone()).to_string().as_bytes());
    let inner = |value: &Value| match value {
        Value::Object(object) => backwards(object, Value::to_string),
        other => other.to_string(),
    };
    let back = Update::from_json(backwards(fields, inner).as_bytes());
    match (forth, back) {
        (Ok(forth), Ok(back)) => assert_eq!(understand(&forth), understand(&back)),
        (Err(_), Err(_)) => {}
        (forth, back) => panic!("the order of fields matters: {forth:?}, {back:?}"),
    }
}

fn backwards(object: &Map<String, Value>, write: impl Fn(&Value) -> String) -> String {
    let fields =
        object.iter().rev().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), write(value)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

/// All that comes of an update, wherever its user stands.
fn follow(update: &Update) {
    assert!(!update.kind().is_empty());
    let Some(said) = understand(update) else { return };
    if let Input::Press { button: Some(button), .. } = &said.input {
        assert_eq!(Button::parse(&button.to_string()).as_ref(), Some(button));
    }
    let stub = Stub { ticket: TICKET, attempt: 2, pool: PoolId("main".into()), waiting_since: NOW };
    let chatting = |ticket| Session::Chatting { room: ROOM, partner: PARTNER, ticket };
    for session in [
        Session::Idle,
        Session::Waiting(stub.clone()),
        Session::Held { room: ROOM, partner: PARTNER, stub },
        chatting(TICKET),
        chatting(TicketId { bot: OTHER_BOT, ..TICKET }),
    ] {
        at(&record(session), &said, update);
    }
}

fn record(session: Session) -> Record {
    Record {
        announcement: None,
        search_notice: None,
        across: None,
        last_room: None,
        dialogue: None,
        asked: None,
        forgotten: None,
        conduct: Conduct::default(),
        pace: None,
        brakes: Brakes::default(),
        repeats: Repeats::default(),
        joined: None,
        premium_until: None,
        new_since: Some(NOW),
        version: 3,
        session,
        since: Some(Since { bot: BOT, mark: Mark { update: UpdateId(0), hour: NOW.hour(), era: 1 } }),
        marks: Vec::new(),
        profile: Profile::new(Language::En, BOT),
        blocked: vec![UserId(66)],
        recent: Vec::new(),
        active_at: NOW,
    }
}

fn at(record: &Record, said: &Understood, update: &Update) {
    let settings = Settings::default();
    let (message, heard) = (update.event.message(), Heard::of(update, said, &settings));
    let update = UpdateRef { bot: BOT, era: 1, queue: said.queue, id: UpdateId(update.update_id) };
    let scene = Scene {
        said,
        message,
        heard,
        membership: Membership::default(),
        update: &update,
        record,
        now: NOW,
        settings: &settings,
        invited: None,
        link: None,
        maintenance: None,
    };
    match decide(&scene) {
        Plan::Nothing | Plan::Readd(_) | Plan::Clear(_) => {}
        Plan::Act { act, .. } | Plan::Forget { act, .. } => queue(&act, said.user),
        Plan::Relay(relaying) => {
            speak(&relaying.entry, PARTNER);
            speak(&relaying.found, PARTNER);
            if let Some(then) = &relaying.then {
                queue(then, said.user);
            }
            for why in [Unrelayed::NotInRoom, Unrelayed::Backlogged, Unrelayed::Full] {
                queue(&unrelayed(&scene, why), said.user);
            }
        }
    }
}

fn queue(act: &Move, user: UserId) {
    for (_, entry) in &act.entries {
        speak(entry, user);
    }
    if let Some(instead) = &act.if_full {
        queue(instead, user);
    }
}

fn speak(entry: &Entry, chat: UserId) {
    let stored = entry.to_json();
    assert_eq!(&Entry::from_json(&stored).unwrap_or_else(|error| panic!("{stored}: {error}")), entry);
    let call = VOICE.render(entry, Language::En, chat, Some(MessageId(3)));
    let call = call.unwrap_or_else(|| panic!("cannot be rendered: {stored}"));
    let posted = call.body().unwrap_or_else(|error| panic!("{stored}: {error}"));
    serde_json::from_slice::<Value>(&posted).unwrap_or_else(|error| panic!("{stored}: {error}"));
}
