//! How entries become methods.

use hamdam_bot::reference;
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::Tried;
use hamdam_domain::id::{MessageId, TicketId, UpdateId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Copy, Edit, Entry, Notice, Reference};
use hamdam_domain::profile::Language;
use hamdam_telegram::Call;
use hamdam_telegram::markup::ReplyParameters;
use hamdam_telegram::method::{CopyMessage, EditMessageCaption, EditMessageText, SendMessage};

use crate::stage::{BOT, ME, PARTNER, ROOM};
use crate::voice::{does, text_of, voice};

fn copy(reply: Option<Reference>) -> Entry {
    let copy = Copy {
        from: PARTNER,
        bot: BOT,
        update: UpdateId(4),
        message: MessageId(40),
        kind: MessageKind::Text,
        reply,
        album: None,
        protect: false,
        at: Millis(0),
    };
    Entry { room: Some(ROOM), content: Content::Copy(copy) }
}

fn edit(change: Change) -> Entry {
    let edit = Edit { from: PARTNER, bot: BOT, update: UpdateId(4), message: MessageId(40), change };
    Entry { room: Some(ROOM), content: Content::Edit(edit) }
}

fn call(entry: &Entry, known: Option<i64>) -> Option<Call> {
    voice().render(entry, Language::En, ME, known.map(MessageId))
}

#[test]
fn a_redrawn_notice_brings_its_buttons_along() {
    let ticket = TicketId { bot: BOT, update: UpdateId(9) };
    let notice = Notice::SearchGoesOn { ticket, tried: Tried::default(), half_within: None, can_widen: true };
    let Some(Call::EditMessageText(call)) = call(&notice.clone().instead_of(MessageId(5)), None) else {
        panic!()
    };
    assert_eq!((call.chat_id, call.message_id, call.text), (ME.0, 5, text_of(&notice, Language::En)));
    let keys = call.reply_markup.unwrap().inline_keyboard;
    let data: Vec<_> = keys.iter().flatten().map(does).collect();
    assert_eq!(data, [format!("widen:{ticket}"), format!("cancel:{ticket}")]);
}

#[test]
fn a_copy_replies_where_the_message_is_known_and_goes_plain_where_not() {
    let plain = CopyMessage {
        chat_id: ME.0,
        from_chat_id: PARTNER.0,
        message_id: 40,
        reply_parameters: None,
        protect_content: false,
    };
    assert_eq!(call(&copy(None), None), Some(plain.clone().into()));
    assert_eq!(call(&copy(Some(Reference::Own(MessageId(3)))), None), Some(plain.clone().into()));
    let reply = ReplyParameters { message_id: 77, allow_sending_without_reply: true };
    let replying = CopyMessage { reply_parameters: Some(reply), ..plain };
    assert_eq!(call(&copy(Some(Reference::There(MessageId(77)))), Some(77)), Some(replying.into()));
}

#[test]
fn an_edit_changes_the_copy_or_nothing() {
    let entities = Some(r#"[{"type":"bold","offset":0,"length":1}]"#.to_owned());
    let text = edit(Change::Text { text: "b".into(), entities });
    assert_eq!(call(&text, None), None);
    let Some(Call::EditMessageText(EditMessageText { chat_id, message_id, text, entities, .. })) =
        call(&text, Some(77))
    else {
        panic!()
    };
    assert_eq!((chat_id, message_id, text.as_str()), (ME.0, 77, "b"));
    assert_eq!(entities.unwrap().get(), r#"[{"type":"bold","offset":0,"length":1}]"#);

    let caption = edit(Change::Caption { caption: String::new(), entities: None });
    let wanted =
        EditMessageCaption { chat_id: ME.0, message_id: 77, caption: String::new(), caption_entities: None };
    assert_eq!(call(&caption, Some(77)), Some(wanted.into()));

    let media = edit(Change::Media { media: r#"{"type":"photo","media":"id"}"#.into() });
    assert!(matches!(call(&media, Some(77)), Some(Call::EditMessageMedia(_))));
    let broken = edit(Change::Media { media: "{".into() });
    assert_eq!(call(&broken, Some(77)), None);
}

#[test]
fn what_became_of_a_message_is_said_as_a_reply_to_it() {
    let Some(Call::SendMessage(SendMessage { reply_parameters, .. })) =
        call(&Notice::SlowDown.about(MessageId(12)), None)
    else {
        panic!()
    };
    assert_eq!(reply_parameters, Some(ReplyParameters { message_id: 12, allow_sending_without_reply: true }));
}

#[test]
fn references_say_what_must_be_looked_up() {
    assert_eq!(reference(&copy(None)), None);
    assert_eq!(reference(&copy(Some(Reference::There(MessageId(1))))), Some(Reference::There(MessageId(1))));
    let change = Change::Caption { caption: String::new(), entities: None };
    assert_eq!(reference(&edit(change)), Some(Reference::Own(MessageId(40))));
    assert_eq!(reference(&Notice::Help.entry()), None);
}
