//! What Telegram pushes: as another implementation writes it, and in forms nobody has promised.

use frankenstein::types::{Chat, ChatType, Message, User};
use frankenstein::updates::{Update as TheirUpdate, UpdateContent};
use hamdam_telegram::update::ChatKind;
use hamdam_telegram::{CallbackQuery, ContentKind, Event, Update};
use serde_json::{Value, json};

fn read(json: &Value) -> Update {
    Update::from_json(json.to_string().as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn message_of(update: Update) -> hamdam_telegram::Message {
    match update.event {
        Event::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

fn with(fields: &Value) -> Value {
    let mut message = json!({
        "message_id": 5, "date": 1, "chat": {"id": 7, "type": "private", "first_name": "A"},
        "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "fa"},
    });
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({"update_id": 9, "message": message})
}

#[test]
fn an_update_written_by_another_implementation_is_read_alike() {
    let user = User::builder().id(7).is_bot(false).first_name("A").language_code("fa").build();
    let chat = Chat::builder().id(7).type_field(ChatType::Private).first_name("A").build();
    let replied = Message::builder()
        .message_id(4)
        .date(1)
        .chat(chat.clone())
        .from(user.clone())
        .text("earlier")
        .build();
    let message = Message::builder()
        .message_id(5)
        .date(2)
        .chat(chat)
        .from(user)
        .text("hello")
        .reply_to_message(replied)
        .build();
    let update = TheirUpdate { update_id: 9, content: UpdateContent::EditedMessage(Box::new(message)) };
    let ours = Update::from_json(&serde_json::to_vec(&update).unwrap()).unwrap();
    assert_eq!((ours.update_id, ours.kind()), (9, "edited_message"));
    let Event::EditedMessage(message) = ours.event else { panic!() };
    assert_eq!((message.message_id, message.chat.id, message.chat.kind), (5, 7, ChatKind::Private));
    assert_eq!(message.text.as_deref(), Some("hello"));
    let from = message.from.unwrap();
    assert_eq!((from.id, from.language_code.as_deref()), (7, Some("fa")));
    let reply = message.reply_to_message.unwrap();
    assert_eq!((reply.message_id, reply.from.unwrap().id), (4, 7));
}

#[test]
fn the_same_samples_are_understood_by_both() {
    let place = json!({"message_id": 3, "date": 0, "chat": {"id": 7, "type": "private", "first_name": "A"}});
    let user = json!({"id": 7, "is_bot": false, "first_name": "A"});
    let bot = json!({"id": 1, "is_bot": true, "first_name": "B"});
    for (sample, kind) in [
        (with(&json!({"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 1}]})), "message"),
        (with(&json!({"voice": {"file_id": "f", "file_unique_id": "u", "duration": 1}})), "message"),
        (
            json!({"update_id": 9, "callback_query": {
                "id": "q", "from": user, "chat_instance": "c", "data": "help", "message": place}}),
            "callback_query",
        ),
        (
            json!({"update_id": 9, "my_chat_member": {
                "chat": {"id": 7, "type": "private", "first_name": "A"}, "from": user, "date": 1,
                "old_chat_member": {"status": "member", "user": bot},
                "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0}}}),
            "my_chat_member",
        ),
        (
            json!({"update_id": 9, "pre_checkout_query": {
                "id": "q", "from": user, "currency": "XTR", "total_amount": 5, "invoice_payload": "premium:30:5"}}),
            "pre_checkout_query",
        ),
    ] {
        let theirs: TheirUpdate =
            serde_json::from_value(sample.clone()).unwrap_or_else(|e| panic!("{sample}: {e}"));
        let again = serde_json::to_value(theirs).unwrap();
        assert_eq!(read(&again).kind(), kind);
        assert_eq!(read(&again), read(&sample));
    }
}

#[test]
fn unknown_kinds_and_fields_are_no_errors() {
    assert_eq!(read(&json!({"update_id": 9, "telepathy": {"x": [1, {"y": null}]}})).event, Event::Other);
    assert_eq!(read(&json!({"update_id": 9})).event, Event::Other);
    let message = message_of(read(&with(&json!({"hologram": {"a": [1, 2]}, "text": "x"}))));
    assert_eq!(message.text.as_deref(), Some("x"));
}

#[test]
fn an_optional_field_of_another_type_counts_as_absent() {
    for wrong in
        [json!(null), json!(5), json!(true), json!(1.5), json!("s"), json!([1, [2]]), json!({"a": {"b": 1}})]
    {
        let fields = json!({
            "text": wrong, "caption": wrong, "has_media_spoiler": wrong, "show_caption_above_media": wrong,
            "entities": wrong, "photo": wrong,
        });
        let message = message_of(read(&with(&fields)));
        assert_eq!(message.text.as_deref(), wrong.as_str());
        assert_eq!(message.has_media_spoiler, wrong == json!(true));
        if !wrong.is_object() {
            let message = message_of(read(&with(&json!({"from": wrong, "reply_to_message": wrong}))));
            assert_eq!((message.from, message.reply_to_message), (None, None));
        }
        let user = json!({"id": 7, "language_code": wrong});
        let message = message_of(read(&with(&json!({"from": user}))));
        assert_eq!(message.from.unwrap().language_code.as_deref(), wrong.as_str());
    }
}

#[test]
fn what_cannot_be_done_without_is_an_error() {
    for json in [
        r#"{"message":{"message_id":1,"chat":{"id":7,"type":"private"}}}"#,
        r#"{"update_id":"9"}"#,
        r#"{"update_id":9,"message":{"chat":{"id":7,"type":"private"}}}"#,
        r#"{"update_id":9,"message":{"message_id":1}}"#,
        "[1]",
        "9",
        "{",
        "",
    ] {
        assert!(Update::from_json(json.as_bytes()).is_err(), "{json}");
    }
}

#[test]
fn the_more_telling_of_two_contents_is_taken_in_any_order() {
    for (fields, wanted) in [
        (r#""animation":{},"document":{}"#, ContentKind::Animation),
        (r#""document":{},"animation":{}"#, ContentKind::Animation),
        (r#""venue":{},"location":{}"#, ContentKind::Venue),
        (r#""photo":[],"live_photo":{}"#, ContentKind::LivePhoto),
        (r#""giveaway_winners":{}"#, ContentKind::Giveaway),
        (r#""new_chat_participant":{},"new_chat_member":{},"new_chat_members":[]"#, ContentKind::Service),
        (r#""photo":[],"pinned_message":{}"#, ContentKind::Service),
        (r#""successful_payment":{}"#, ContentKind::Payment),
        (r#""refunded_payment":{}"#, ContentKind::Refund),
    ] {
        let json = format!(
            r#"{{"update_id":1,"message":{{"message_id":5,"chat":{{"id":7,"type":"x"}},{fields}}}}}"#
        );
        let message = message_of(Update::from_json(json.as_bytes()).unwrap());
        assert_eq!(message.content.unwrap().kind, wanted, "{fields}");
        assert_eq!(message.chat.kind, ChatKind::Other);
    }
}

#[test]
fn a_payment_is_read_whole_or_not_at_all() {
    let paid = json!({"currency": "XTR", "total_amount": 5, "invoice_payload": "premium:30:5",
        "telegram_payment_charge_id": "c", "provider_payment_charge_id": "p", "is_recurring": true});
    for (field, back) in [("successful_payment", false), ("refunded_payment", true)] {
        let message = message_of(read(&with(&json!({field: paid}))));
        let (receipt, given_back) = message.receipt().unwrap();
        let receipt = receipt.unwrap();
        assert_eq!((receipt.total_amount, receipt.telegram_payment_charge_id.as_str()), (5, "c"));
        assert_eq!((receipt.invoice_payload.as_str(), given_back), ("premium:30:5", back));
        let message = message_of(read(&with(&json!({field: {"currency": "XTR"}}))));
        assert!(message.receipt().unwrap().0.is_err());
    }
    assert!(message_of(read(&with(&json!({"text": "x"})))).receipt().is_none());
}

#[test]
fn escaped_keys_and_texts_are_read() {
    let json = r#"{"update\u005fid":9,"message":{"message_id":5,"chat":{"id":7,"type":"private"},"text":"\u0633\u0644\u0627\u0645 \"x\""}}"#;
    let message = message_of(Update::from_json(json.as_bytes()).unwrap());
    assert_eq!(message.text.as_deref(), Some("سلام \"x\""));
}

#[test]
fn a_message_does_not_print_what_people_wrote() {
    let fields = json!({"text": "a secret", "caption": "a secret", "voice": {"file_id": "a secret"}});
    let shown = format!("{:?}", read(&with(&fields)));
    assert!(shown.contains("Voice") && !shown.contains("a secret"), "{shown}");
}

#[test]
fn a_press_without_data_or_place_is_read() {
    let update = read(&json!({"update_id": 9, "callback_query": {"id": "q", "from": {"id": 7}, "data": 5}}));
    let Event::CallbackQuery(CallbackQuery { data: None, message: None, .. }) = update.event else {
        panic!()
    };
}
