//! Two people of different bots: what crosses, and what is said of what does not.

use hamdam_bot::{
    Heard, Incoming, Input, Membership, Plan, Policies, Policy, Replied, Reveals, Scene, Settings, Voice,
    decide, understand,
};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, UpdateId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Entry, Notice, Reference};
use hamdam_domain::parcel::{Carry, Parcel};
use hamdam_domain::profile::Language;
use hamdam_domain::record::{Asked, Record};
use hamdam_domain::wish::Mode;
use hamdam_telegram::files::InputFile;
use hamdam_telegram::{Call, Update};
use serde_json::{Value, json};

use crate::stage::{BOT, ME, NEXT, NOW, OTHER_BOT, PARTNER, chatting, of_move, record, update};

fn talk() -> Record {
    Record { across: Some(OTHER_BOT), ..record(chatting()) }
}

/// What is decided about a message of these fields.
pub(crate) fn written(record: &Record, event: &str, fields: &Value) -> Plan {
    let mut message = json!({"message_id": 31, "date": 1, "chat": {"id": ME.0, "type": "private"},
        "from": {"id": ME.0, "is_bot": false, "first_name": "A", "language_code": "en"}});
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let json = json!({"update_id": 1, event: message}).to_string();
    let read = Update::from_json(json.as_bytes()).unwrap();
    let said = understand(&read).unwrap();
    let by = update(said.queue, BOT, NEXT);
    // What a message reveals is another matter.
    let policies = Policies {
        contacts: Policy::Allow,
        mentions: Policy::Allow,
        phones: Policy::Allow,
        emails: Policy::Allow,
        links: Policy::Allow,
    };
    let settings = Settings { policies, ..Settings::default() };
    decide(&Scene {
        said: &said,
        heard: Heard::default(),
        membership: Membership::default(),
        message: read.event.message(),
        update: &by,
        record,
        now: NOW,
        settings: &settings,
        invited: None,
        elsewhere: None,
        link: None,
        maintenance: None,
    })
}

fn entry(plan: Plan) -> Entry {
    match plan {
        Plan::Relay(relaying) => {
            assert_eq!((relaying.to, relaying.entry.room), (PARTNER, talk().session.room()));
            relaying.entry
        }
        other => panic!("{other:?}"),
    }
}

fn crosses(fields: &Value) -> Entry {
    entry(written(&talk(), "message", fields))
}

/// The parameters of the call that another bot makes of it.
fn call(entry: &Entry, known: Option<i64>, file: Option<InputFile>) -> (&'static str, Value) {
    let (voice, known) = (Voice::default(), known.map(MessageId));
    let call: Call = match file {
        None => voice.render(entry, Language::En, PARTNER, known),
        Some(file) => voice.render_file(entry, PARTNER, known, file),
    }
    .expect("it can be said");
    (call.method(), serde_json::from_slice(&call.body().unwrap()).unwrap())
}

#[test]
fn a_text_crosses_with_its_formatting_and_without_who_cannot_be_named() {
    let entities = json!([
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_mention", "offset": 3, "length": 2, "user": {"id": 5, "is_bot": false, "first_name": "Al"}},
        {"type": "custom_emoji", "offset": 6, "length": 2, "custom_emoji_id": "77"},
    ]);
    let entry = crosses(&json!({"text": "hi Al 🙂", "entities": entities}));
    let Content::Carry(Carry { copy, parcel: Parcel::Text { .. } }) = &entry.content else {
        panic!("{entry:?}")
    };
    assert_eq!((copy.from, copy.bot, copy.update, copy.message), (ME, BOT, NEXT, MessageId(31)));
    let said = json!({"chat_id": PARTNER.0, "text": "hi Al 🙂", "entities": [entities[0], entities[2]]});
    assert_eq!(call(&entry, None, None), ("sendMessage", said));
    assert!(!format!("{entry:?}").contains("Al"), "content does not print");
}

#[test]
fn protection_and_replies_cross() {
    let mut talk = talk();
    talk.profile.wants.mode = Mode::Protected;
    let reply = json!({"text": "x", "reply_to_message": {"message_id": 3, "from": {"id": ME.0}}});
    let own = entry(written(&talk, "message", &reply));
    assert_eq!(hamdam_bot::reference(&own), Some(Reference::Own(MessageId(3))));
    let said = json!({"chat_id": PARTNER.0, "text": "x", "protect_content": true,
        "reply_parameters": {"message_id": 9, "allow_sending_without_reply": true}});
    assert_eq!(call(&own, Some(9), None), ("sendMessage", said));

    let reply = json!({"text": "x", "reply_to_message": {"message_id": 4, "from": {"id": 99}}});
    let Plan::Relay(mut relaying) = written(&talk, "message", &reply) else { panic!("it is relayed") };
    assert_eq!(relaying.lookup, Some(MessageId(4)));
    relaying.reply_to(MessageId(70));
    assert_eq!(hamdam_bot::reference(&relaying.entry), Some(Reference::There(MessageId(70))));
}

#[test]
fn contacts_and_places_are_said_again() {
    let contact = json!({"phone_number": "+1", "first_name": "Sam", "user_id": 5, "vcard": "V"});
    assert_eq!(
        call(&crosses(&json!({"contact": contact})), None, None),
        (
            "sendContact",
            json!({"chat_id": PARTNER.0, "phone_number": "+1", "first_name": "Sam", "vcard": "V"})
        )
    );
    let point = json!({"latitude": 35.7, "longitude": 51.4, "horizontal_accuracy": 12.5, "live_period": 60});
    assert_eq!(
        call(&crosses(&json!({"location": point})), None, None),
        (
            "sendLocation",
            json!({"chat_id": PARTNER.0, "latitude": 35.7, "longitude": 51.4, "horizontal_accuracy": 12.5})
        )
    );
    let venue = json!({"location": {"latitude": 1.5, "longitude": 2.5}, "title": "Park", "address": "Gate",
        "google_place_id": "g"});
    assert_eq!(
        call(&crosses(&json!({"venue": venue, "location": {"latitude": 1.5, "longitude": 2.5}})), None, None),
        (
            "sendVenue",
            json!({"chat_id": PARTNER.0, "latitude": 1.5, "longitude": 2.5, "title": "Park", "address": "Gate",
                "google_place_id": "g"})
        )
    );
}

#[test]
fn every_file_is_sent_by_its_own_method() {
    let file = |more: Value| {
        let mut file = json!({"file_id": "f", "file_unique_id": "u", "file_size": 9});
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        file
    };
    let kinds = [
        ("photo", json!([file(json!({})), file(json!({"file_id": "large"}))]), "sendPhoto", json!({})),
        (
            "video",
            file(json!({"duration": 1, "width": 2, "height": 3, "mime_type": "m"})),
            "sendVideo",
            json!({"duration": 1, "width": 2, "height": 3}),
        ),
        (
            "animation",
            file(json!({"duration": 1, "width": 2, "height": 3})),
            "sendAnimation",
            json!({"duration": 1, "width": 2, "height": 3}),
        ),
        (
            "audio",
            file(json!({"duration": 1, "title": "t", "performer": "p", "file_name": "n"})),
            "sendAudio",
            json!({"duration": 1, "title": "t", "performer": "p"}),
        ),
        ("voice", file(json!({"duration": 4})), "sendVoice", json!({"duration": 4})),
        (
            "video_note",
            file(json!({"duration": 4, "length": 240})),
            "sendVideoNote",
            json!({"duration": 4, "length": 240}),
        ),
        ("document", file(json!({"file_name": "n.pdf"})), "sendDocument", json!({})),
        (
            "sticker",
            file(json!({"emoji": "🙂", "width": 512, "height": 512})),
            "sendSticker",
            json!({"emoji": "🙂"}),
        ),
    ];
    for (field, value, method, more) in kinds {
        let entry = crosses(&json!({field: value}));
        let (from, medium) = entry.content.medium().expect("a file crosses");
        assert_eq!((from, medium.unique.as_str(), medium.size), (BOT, "u", Some(9)));
        assert_eq!(medium.id, if field == "photo" { "large" } else { "f" });
        let mut said = json!({"chat_id": PARTNER.0, field: "ours"});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(call(&entry, None, Some(InputFile::Known("ours".into()))), (method, said.clone()));
        said.as_object_mut().unwrap().remove(field);
        if field == "document" {
            said["disable_content_type_detection"] = true.into();
        }
        assert_eq!(call(&entry, None, Some(InputFile::Enclosed)), (method, said));
    }
}

#[test]
fn a_caption_crosses_with_its_place_and_cover() {
    let photo = json!([{"file_id": "f", "file_unique_id": "u"}]);
    let entities = json!([{"type": "italic", "offset": 0, "length": 1}]);
    let entry = crosses(&json!({"photo": photo, "caption": "c", "caption_entities": entities,
        "show_caption_above_media": true, "has_media_spoiler": true}));
    let said = json!({"chat_id": PARTNER.0, "photo": "ours", "caption": "c", "caption_entities": entities,
        "show_caption_above_media": true, "has_spoiler": true});
    assert_eq!(call(&entry, None, Some(InputFile::Known("ours".into()))), ("sendPhoto", said));
}

#[test]
fn what_belongs_to_its_bot_is_explained() {
    for (field, value, kind) in [
        ("poll", json!({"id": "1"}), MessageKind::Poll),
        ("dice", json!({"emoji": "🎲", "value": 3}), MessageKind::Dice),
        ("game", json!({"title": "Chess"}), MessageKind::Game),
    ] {
        let Plan::Act { act, .. } = written(&talk(), "message", &json!({field: value})) else {
            panic!("{field}")
        };
        let notice = Notice::NotCopyable { kind, reason: Some(Notice::ACROSS.into()) };
        assert_eq!(act.entries, [(BOT, notice.about(MessageId(31)))]);
        let Plan::Relay(_) = written(&record(chatting()), "message", &json!({field: value})) else {
            panic!("{field} is copied within a bot")
        };
    }
}

#[test]
fn what_is_too_much_to_be_held_is_explained() {
    let link = format!("https://{}", "x".repeat(Parcel::MOST_BYTES));
    let entities = json!([{"type": "text_link", "offset": 0, "length": 1, "url": link}]);
    let plan = written(&talk(), "message", &json!({"text": "x", "entities": entities}));
    let Plan::Act { act, .. } = plan else { panic!("{plan:?}") };
    assert_eq!(of_move(&act), "stay: ~NotCopyable");
}

#[test]
fn edits_cross_as_what_the_other_bot_can_change() {
    let edited = |fields: Value| match entry(written(&talk(), "edited_message", &fields)).content {
        Content::Edit(edit) => edit.change,
        other => panic!("{other:?}"),
    };
    let mention = json!([{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": 5}}]);
    assert_eq!(
        edited(json!({"text": "x", "entities": mention})),
        Change::Text { text: "x".into(), entities: None }
    );
    assert_eq!(
        edited(json!({"voice": {"file_id": "f", "file_unique_id": "u"}, "caption": "c"})),
        Change::Caption { caption: "c".into(), entities: None }
    );
    let photo = json!({"photo": [{"file_id": "f", "file_unique_id": "u"}], "caption": "c"});
    let entry = entry(written(&talk(), "edited_message", &photo));
    assert_eq!(entry.content.medium().map(|(bot, medium)| (bot, medium.id.as_str())), Some((BOT, "f")));
    for (file, media) in [(InputFile::Known("ours".into()), "ours"), (InputFile::Enclosed, "attach://file")] {
        let said = json!({"chat_id": PARTNER.0, "message_id": 40,
            "media": {"type": "photo", "media": media, "caption": "c"}});
        assert_eq!(call(&entry, Some(40), Some(file)), ("editMessageMedia", said));
    }
    let plan = written(&talk(), "edited_message", &json!({"location": {"latitude": 1.0, "longitude": 2.0}}));
    let Plan::Act { act, .. } = plan else { panic!("{plan:?}") };
    assert_eq!(of_move(&act), "stay: -");
}

#[test]
fn within_a_bot_nothing_is_held() {
    let talk = record(chatting());
    let entry = entry(written(&talk, "message", &json!({"text": "hi"})));
    assert!(matches!(entry.content, Content::Copy(_)), "{entry:?}");
}

#[test]
fn an_entry_across_bots_can_be_made_of_nothing_but_a_message() {
    let said = crate::stage::said(Input::Message(Incoming {
        message: MessageId(31),
        kind: MessageKind::Text,
        reply: Some(Replied::Mine(MessageId(1))),
        answer: None,
        reveals: Reveals::default(),
    }));
    let by = update(said.queue, BOT, UpdateId(NEXT.0));
    let (record, settings) = (talk(), Settings::default());
    let scene = Scene {
        said: &said,
        heard: Heard::default(),
        membership: Membership::default(),
        message: None,
        update: &by,
        record: &record,
        now: NOW,
        settings: &settings,
        invited: None,
        elsewhere: None,
        link: None,
        maintenance: None,
    };
    let Plan::Act { act, .. } = decide(&scene) else { panic!("nothing to carry") };
    assert_eq!(of_move(&act), "stay: ~NotCopyable");
}

/// A press of "Send it anyway" under the question about the message 31, as that stands now.
fn sends_anyway(record: &Record) -> Plan {
    let (chat, me) = (json!({"id": ME.0, "type": "private"}), json!({"id": ME.0, "is_bot": false}));
    let own = json!({"message_id": 31, "date": 1, "chat": chat, "from": me, "text": "I am @samira"});
    let place = json!({"message_id": 40, "date": 1, "chat": chat, "reply_to_message": own});
    let room = talk().session.room().unwrap();
    let press = json!({"id": "q", "from": me, "data": format!("send:{room}:31"), "message": place});
    let read =
        Update::from_json(json!({"update_id": 1, "callback_query": press}).to_string().as_bytes()).unwrap();
    let said = understand(&read).unwrap();
    let by = update(said.queue, BOT, NEXT);
    decide(&Scene {
        said: &said,
        heard: Heard::default(),
        membership: Membership::default(),
        message: read.event.message(),
        update: &by,
        record,
        now: NOW,
        settings: &Settings::default(),
        invited: None,
        elsewhere: None,
        link: None,
        maintenance: None,
    })
}

#[test]
fn what_is_sent_anyway_crosses_with_its_content_unless_its_writer_is_muted() {
    let room = talk().session.room().unwrap();
    let mut asked = Record { asked: Some(Asked { room, messages: vec![MessageId(31)] }), ..talk() };
    let Plan::Relay(relaying) = sends_anyway(&asked) else { panic!("it is sent") };
    let Content::Carry(Carry { copy, parcel: Parcel::Text { text, .. } }) = &relaying.entry.content else {
        panic!("{:?}", relaying.entry)
    };
    assert_eq!((copy.message, &**text), (MessageId(31), "I am @samira"));
    assert!(relaying.then.is_some(), "the question is taken away");

    assert!(matches!(sends_anyway(&talk()), Plan::Act { .. }), "nobody asked");
    asked.profile.facts.muted_until = Some(Millis(NOW.0 + 1));
    assert!(matches!(sends_anyway(&asked), Plan::Act { .. }), "a button is no way around a mute");
}
