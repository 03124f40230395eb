//! What is said, in every language, and how entries become methods.

use std::collections::HashMap;
use std::fmt::Write as _;

use hamdam_bot::{Voice, reference};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Copy, Edit, Entry, Notice, Reference, Toast};
use hamdam_domain::profile::Language;
use hamdam_telegram::Call;
use hamdam_telegram::markup::ReplyParameters;
use hamdam_telegram::method::{CopyMessage, EditMessageCaption, EditMessageText, SendMessage};

use crate::stage::{BOT, ME, NOW, OTHER_BOT, PARTNER, ROOM};

fn voice() -> Voice {
    Voice::new(HashMap::from([(BOT, "hamdam_bot".to_owned())]))
}

/// Every notice, and every form a notice takes by its arguments.
fn notices() -> Vec<Notice> {
    let (room, ticket) = (RoomId(55), TicketId { bot: BOT, update: UpdateId(9) });
    let cannot = |kind, reason: Option<&str>| Notice::NotCopyable { kind, reason: reason.map(str::to_owned) };
    let mut all = vec![
        Notice::Welcome,
        Notice::Help,
        Notice::Searching { ticket },
        Notice::AlreadySearching { ticket },
        Notice::AlreadyChatting { room },
        Notice::Found { room },
        Notice::SearchCancelled,
        Notice::PartnerLeft { room },
        Notice::YouLeft { room, searching: None },
        Notice::YouLeft { room, searching: Some(ticket) },
        Notice::RoomClosed { room },
        Notice::NothingToStop,
        Notice::NobodyListens,
        Notice::StillSearching { ticket },
        Notice::SlowDown,
        Notice::TooEarly,
        Notice::Busy,
        Notice::OtherBot { bot: BOT },
        Notice::OtherBot { bot: OTHER_BOT },
        Notice::UnknownCommand,
        Notice::Banned { until: NOW },
        cannot(MessageKind::Voice, Some("VOICE_MESSAGES_FORBIDDEN")),
        cannot(MessageKind::VideoNote, Some("user restricted receiving of video messages")),
        cannot(MessageKind::Sticker, Some("user restricted receiving of stickers")),
        cannot(MessageKind::Text, Some("message to copy not found")),
    ];
    let uncopyable = MessageKind::ALL.iter().filter(|kind| !kind.copyable());
    all.extend(uncopyable.chain([&MessageKind::Poll]).map(|kind| cannot(*kind, None)));
    all
}

/// All that is said in a language: the text, and under it the buttons with their data.
fn spoken(language: Language) -> String {
    let mut out = String::new();
    for notice in notices() {
        let Some(Call::SendMessage(call)) = voice().render(&notice.clone().entry(), language, ME, None)
        else {
            panic!("{notice:?}")
        };
        assert!(call.text.chars().count() <= 4_096);
        writeln!(out, "— {notice:?}\n{}", call.text).unwrap();
        for row in call.reply_markup.iter().flat_map(|markup| &markup.inline_keyboard) {
            let buttons: Vec<_> = row.iter().map(|b| format!("[{} | {}]", b.text, b.callback_data)).collect();
            writeln!(out, "    {}", buttons.join(" ")).unwrap();
        }
    }
    let toast = Content::AnswerCallback { query: "q".into(), toast: Some(Toast::Over) };
    let Some(Call::AnswerCallbackQuery(call)) =
        voice().render(&Entry { room: None, content: toast }, language, ME, None)
    else {
        panic!("no answer")
    };
    writeln!(out, "— Toast\n{}", call.text.unwrap()).unwrap();
    for command in voice().commands(language).commands {
        writeln!(out, "/{}: {}", command.command, command.description).unwrap();
    }
    out
}

#[test]
fn english() {
    insta::assert_snapshot!(spoken(Language::En));
}

#[test]
fn persian() {
    insta::assert_snapshot!(spoken(Language::Fa));
}

/// The outside contract the load tool reads rooms by.
#[test]
fn buttons_mark_where_a_room_begins_and_ends_in_a_chat() {
    let data = |notice: &Notice| -> Vec<String> {
        match voice().render(&notice.clone().entry(), Language::En, ME, None) {
            Some(Call::SendMessage(call)) => call
                .reply_markup
                .into_iter()
                .flat_map(|markup| markup.inline_keyboard.into_iter().flatten())
                .map(|button| button.callback_data)
                .collect(),
            other => panic!("{other:?}"),
        }
    };
    for notice in notices() {
        let begins = matches!(notice, Notice::Found { .. });
        let has = |prefix: &str| data(&notice).iter().any(|data| data.starts_with(prefix));
        assert_eq!(data(&notice).contains(&format!("next:{ROOM}")), begins, "{notice:?}");
        assert_eq!((has("next:"), has("stop:")), (begins, begins), "{notice:?}");
        let ends = notice.ends().map(|room| format!("search:{room}"));
        assert_eq!(has("search:") && !has("search:0"), ends.is_some(), "{notice:?}");
        if let Some(end) = ends {
            assert!(data(&notice).contains(&end), "{notice:?}");
        }
    }
}

fn copy(reply: Option<Reference>) -> Entry {
    let copy = Copy {
        from: PARTNER,
        bot: BOT,
        update: UpdateId(4),
        message: MessageId(40),
        kind: MessageKind::Text,
        reply,
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
fn a_copy_replies_where_the_message_is_known_and_goes_plain_where_not() {
    let plain =
        CopyMessage { chat_id: ME.0, from_chat_id: PARTNER.0, message_id: 40, reply_parameters: None };
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
    let Some(Call::EditMessageText(EditMessageText { chat_id, message_id, text, entities })) =
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

#[test]
fn a_ban_is_told_by_date() {
    for (at, date) in [
        (0, "1970-01-01 00:00"),
        (951_782_400_000, "2000-02-29 00:00"),
        (1_767_225_599_000, "2025-12-31 23:59"),
        (1_800_000_000_000, "2027-01-15 08:00"),
    ] {
        let notice = Notice::Banned { until: Millis(at) }.entry();
        let Some(Call::SendMessage(call)) = voice().render(&notice, Language::Fa, UserId(1), None) else {
            panic!()
        };
        assert!(call.text.contains(date), "{}", call.text);
    }
}
