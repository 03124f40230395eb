//! What is said, in every language, and how entries become methods.

use std::collections::HashMap;
use std::fmt::Write as _;

use hamdam_bot::{Voice, reference};
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::Tried;
use hamdam_domain::id::{MessageId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Copy, Edit, Entry, Notice, React, Reference, Toast};
use hamdam_domain::panel::{Page, Panel, Refusal, Spotted};
use hamdam_domain::profile::Language;
use hamdam_domain::wish::{
    Age, AgeRange, CityId, Country, Facts, Gender, Genders, Interests, Kilometres, Mode, Place, Reach, Spot,
    Tongue, Tongues, Wants, Yields,
};
use hamdam_telegram::markup::ReplyParameters;
use hamdam_telegram::method::{
    CopyMessage, DeleteMessage, DeleteMessages, EditMessageCaption, EditMessageText, SendMessage,
    SetMessageReaction,
};
use hamdam_telegram::{Call, ReactionType};

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
        Notice::DeleteWhich,
        Notice::CopiedAnew { kind: MessageKind::Dice },
        Notice::CopiedAnew { kind: MessageKind::Poll },
        Notice::CopiedAnew { kind: MessageKind::Location },
        Notice::AlbumInPart,
        Notice::Cleared,
        Notice::NothingToClear,
        Notice::ClearLater,
        Notice::Banned { until: NOW },
        cannot(MessageKind::Voice, Some("VOICE_MESSAGES_FORBIDDEN")),
        cannot(MessageKind::VideoNote, Some("user restricted receiving of video messages")),
        cannot(MessageKind::Sticker, Some("user restricted receiving of stickers")),
        cannot(MessageKind::Text, Some("message to copy not found")),
    ];
    let tried = Tried {
        reach: Some(Reach::Anywhere),
        ages: AgeRange::new(20, 35).ok(),
        any_language: true,
        any_gender: true,
    };
    for (tried, half_within, can_widen) in [
        (Tried::default(), None, false),
        (tried, Some(30), true),
        (tried, Some(61), true),
        (tried, Some(60), true),
    ] {
        all.push(Notice::SearchGoesOn { ticket, tried, half_within, can_widen });
    }
    all.extend([Notice::SearchWidened { ticket }, Notice::SearchGivenUp, Notice::Rules]);
    let refusals = [
        Refusal::Age,
        Refusal::Ages,
        Refusal::UpsideDown { from: 40, to: 20 },
        Refusal::Place,
        Refusal::NoPlace,
        Refusal::TooManyInterests { given: 500 },
        Refusal::TooManyLanguages,
        Refusal::Interests,
    ];
    all.extend(refusals.map(Notice::Refused));
    all.extend(pages());
    let uncopyable = MessageKind::ALL.iter().filter(|kind| !kind.copyable());
    all.extend(uncopyable.chain([&MessageKind::Poll]).map(|kind| cannot(*kind, None)));
    all
}

/// Every page, of somebody who told nothing and of somebody who told all.
fn pages() -> Vec<Notice> {
    let place = Place {
        country: Country::new("IR").ok(),
        city: Some(CityId(1)),
        spot: Spot::new(35.7, 51.4).ok(),
        ..Place::default()
    };
    let facts = Facts {
        gender: Some(Gender::Female),
        age: Age::new(30).ok(),
        languages: Tongues::new(&["fa", "en"].map(|code| Tongue::new(code).unwrap())).unwrap(),
        place,
        interests: Interests::of_texts(["music", "books"]).unwrap(),
        ..Facts::default()
    };
    let wants = Wants {
        genders: Genders::only(Gender::Male).with(Gender::Other),
        ages: AgeRange::new(25, 34).unwrap(),
        reach: Reach::Within(Kilometres::new(50).unwrap()),
        same_language: true,
        mode: Mode::Protected,
        yields: Yields { gender: true, age: true },
        ..Wants::default()
    };
    let plain = |page| {
        let (facts, wants, places) = (Facts::default(), Wants::default(), Vec::new());
        Panel { page, facts, wants, typing: true, required: false, places }
    };
    let mut panels: Vec<_> = Page::ALL.map(plain).to_vec();
    panels.extend(Page::ALL.map(|page| Panel { facts, wants, typing: false, ..plain(page) }));
    panels.extend([Page::Gender, Page::Age].map(|page| Panel { required: true, ..plain(page) }));
    let places = vec![Spotted::City(CityId(2)), Spotted::Country(Country::new("TR").unwrap())];
    panels.push(Panel { places, ..plain(Page::Place) });
    panels.into_iter().map(Notice::Settings).collect()
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
        let name = match &notice {
            Notice::Settings(panel) => format!("Settings {:?}", panel.page),
            notice => format!("{notice:?}"),
        };
        writeln!(out, "— {name}\n{}", call.text).unwrap();
        for row in call.reply_markup.iter().flat_map(|markup| &markup.inline_keyboard) {
            assert!(row.iter().all(|button| (1..=64).contains(&button.callback_data.len())));
            let buttons: Vec<_> = row.iter().map(|b| format!("[{} | {}]", b.text, b.callback_data)).collect();
            writeln!(out, "    {}", buttons.join(" ")).unwrap();
        }
    }
    for (what, said) in about_itself(language) {
        writeln!(out, "— {what}\n{said}").unwrap();
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

/// What a bot says about itself, by the name of its method.
fn about_itself(language: Language) -> [(&'static str, String); 3] {
    [
        ("setMyName", voice().name(language).name),
        ("setMyDescription", voice().description(language).description),
        ("setMyShortDescription", voice().short_description(language).short_description),
    ]
}

#[test]
fn what_a_bot_says_about_itself_fits() {
    for language in Language::ALL {
        let [name, description, short] = about_itself(language).map(|(_, said)| said.chars().count());
        assert!(name <= 64 && description <= 512 && short <= 120, "{language:?}");
        for command in voice().commands(language).commands {
            assert!((1..=256).contains(&command.description.chars().count()));
        }
    }
}

/// Telegram sets a paragraph by its first letter: one of ours that began with a name or a number would stand the wrong
/// way round.
#[test]
fn every_paragraph_from_right_to_left_begins_so() {
    let arabic = |letter: char| ('\u{600}'..='\u{6ff}').contains(&letter);
    for language in [Language::Fa, Language::Ar] {
        let texts = notices().into_iter().map(|notice| text_of(&notice, language));
        for text in texts.chain(about_itself(language).map(|(_, said)| said)) {
            for line in text.lines() {
                assert!(line.chars().find(|letter| letter.is_alphabetic()).is_none_or(arabic), "{line}");
            }
        }
    }
}

fn text_of(notice: &Notice, language: Language) -> String {
    match voice().render(&notice.clone().entry(), language, ME, None) {
        Some(Call::SendMessage(call)) => call.text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn plurals_are_right_where_they_are_hard() {
    let within = |language, minutes: u32| {
        let ticket = TicketId { bot: BOT, update: UpdateId(9) };
        let tried = Tried::default();
        let half_within = Some(minutes * 60);
        text_of(&Notice::SearchGoesOn { ticket, tried, half_within, can_widen: false }, language)
    };
    for (minutes, words) in
        [(1, "1 минуту"), (3, "3 минуты"), (5, "5 минут."), (21, "21 минуту"), (12, "12 минут.")]
    {
        assert!(within(Language::Ru, minutes).contains(words), "{}", within(Language::Ru, minutes));
    }
    for (minutes, words) in
        [(1, "دقيقة واحدة"), (2, "دقيقتين"), (3, "3 دقائق"), (11, "11 دقيقة"), (100, "100 دقيقة")]
    {
        assert!(within(Language::Ar, minutes).contains(words), "{}", within(Language::Ar, minutes));
    }
    assert!(within(Language::Es, 1).contains("1 minuto ") && within(Language::Es, 2).contains("2 minutos "));
    assert!(within(Language::Fa, 12).contains("۱۲ دقیقه"), "in Persian digits");
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
    let data: Vec<_> = keys.iter().flatten().map(|key| key.callback_data.as_str()).collect();
    assert_eq!(data, [format!("widen:{ticket}"), format!("cancel:{ticket}")]);
}

#[test]
fn russian() {
    insta::assert_snapshot!(spoken(Language::Ru));
}

#[test]
fn arabic() {
    insta::assert_snapshot!(spoken(Language::Ar));
}

#[test]
fn turkish() {
    insta::assert_snapshot!(spoken(Language::Tr));
}

#[test]
fn spanish() {
    insta::assert_snapshot!(spoken(Language::Es));
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

#[test]
fn reactions_and_deletions_name_the_message_they_concern() {
    let said = |content| {
        let entry = Entry { room: Some(ROOM), content };
        let asked = reference(&entry);
        (asked, voice().render(&entry, Language::En, ME, Some(MessageId(70))), entry)
    };
    let react = |emoji: Option<&str>| {
        let message = Reference::Own(MessageId(40));
        Content::React(React { from: PARTNER, message, emoji: emoji.map(Into::into) })
    };
    let heart = ReactionType::Emoji { emoji: "❤".into() };
    for (emoji, reaction) in [(Some("❤"), vec![heart]), (None, vec![])] {
        let (asked, call, entry) = said(react(emoji));
        assert_eq!(asked, Some(Reference::Own(MessageId(40))));
        assert_eq!(call, Some(SetMessageReaction { chat_id: ME.0, message_id: 70, reaction }.into()));
        assert_eq!(voice().render(&entry, Language::En, ME, None), None, "unknown here");
    }
    let (asked, call, entry) = said(Content::Retract { from: PARTNER, message: MessageId(40) });
    assert_eq!(asked, Some(Reference::Own(MessageId(40))));
    assert_eq!(call, Some(DeleteMessage { chat_id: ME.0, message_id: 70 }.into()));
    assert_eq!(voice().render(&entry, Language::En, ME, None), None);
    let (asked, call, _) = said(Content::Remove { messages: vec![MessageId(3), MessageId(4)] });
    assert_eq!(asked, None);
    assert_eq!(call, Some(DeleteMessages { chat_id: ME.0, message_ids: vec![3, 4] }.into()));
}
