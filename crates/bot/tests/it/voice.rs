//! What is said, in every language, and how entries become methods.

use std::collections::HashMap;
use std::fmt::Write as _;

use hamdam_bot::{Kept, Voice, reference};
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::Tried;
use hamdam_domain::filter::{Filter, Filters};
use hamdam_domain::id::{MessageId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Copy, Edit, Entry, Notice, Reference, Toast};
use hamdam_domain::panel::{Page, Panel, Refusal, Spotted};
use hamdam_domain::premium::{Offer, Sale};
use hamdam_domain::profile::Language;
use hamdam_domain::reveal::{Concern, Reveal};
use hamdam_domain::safety::{CaseId, FOR_EVER, Reason, Verdict};
use hamdam_domain::source::Source;
use hamdam_domain::wish::{
    Age, AgeRange, CityId, Country, Facts, Gender, Genders, Interests, Kilometres, Mode, Place, Reach, Spot,
    Tongue, Tongues, Wants, Yields,
};
use hamdam_telegram::Call;
use hamdam_telegram::markup::{InlineButton, Press, ReplyParameters};
use hamdam_telegram::method::{CopyMessage, EditMessageCaption, EditMessageText, SendMessage};

use crate::stage::{BOT, ME, MESSAGE, NOW, OTHER_BOT, PARTNER, ROOM};

fn voice() -> Voice {
    Voice::new(HashMap::from([(BOT, "hamdam_bot".to_owned())]))
}

/// What a button brings back, or opens.
fn does(button: &InlineButton) -> &str {
    match &button.does {
        Press::Data(data) => data,
        Press::Url(url) => url,
    }
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
        Notice::RoomBack { room },
        Notice::SearchCancelled,
        Notice::PartnerLeft { room },
        Notice::YouLeft { room, searching: None },
        Notice::YouLeft { room, searching: Some(ticket) },
        Notice::RoomClosed { room },
        Notice::YouBlocked { room },
        Notice::Blocked,
        Notice::NobodyToBlock,
        Notice::NothingToStop,
        Notice::NobodyListens,
        Notice::StillSearching { ticket },
        Notice::SlowDown,
        Notice::TooEarly,
        Notice::Busy,
        Notice::Flooded { seconds: 15 },
        Notice::NotSoFast { seconds: 1 },
        Notice::NotSoFast { seconds: 5 },
        Notice::NotSoFast { seconds: 20 },
        Notice::Maintenance,
        Notice::OtherBot { bot: BOT },
        Notice::OtherBot { bot: OTHER_BOT },
        Notice::UnknownCommand,
        Notice::Banned { until: NOW, room: None },
        Notice::Banned { until: FOR_EVER, room: Some(room) },
        Notice::Muted { until: NOW },
        Notice::Warned,
        Notice::Forgiven,
        Notice::NobodyToReport,
        Notice::ReportWhy { room, message: None },
        Notice::ReportWhy { room, message: Some(MessageId(31)) },
        Notice::Reported { room },
        cannot(MessageKind::Voice, Some("VOICE_MESSAGES_FORBIDDEN")),
        cannot(MessageKind::VideoNote, Some("user restricted receiving of video messages")),
        cannot(MessageKind::Sticker, Some("user restricted receiving of stickers")),
        cannot(MessageKind::Text, Some("message to copy not found")),
    ];
    let case = CaseId::of(BOT, UpdateId(9));
    for reason in Reason::ALL {
        all.push(Notice::Case { case, reason, message: reason == Reason::Spam, verdict: None });
    }
    for verdict in Verdict::OFFERED.into_iter().chain([Verdict::Ban]) {
        all.push(Notice::Case { case, reason: Reason::Other, message: false, verdict: Some(verdict) });
    }
    all.extend(lasting(ticket));
    all.extend([Notice::SearchWidened { ticket }, Notice::SearchGivenUp, Notice::Rules]);
    all.extend([BOT, OTHER_BOT].map(|bot| Notice::Elsewhere { bot }));
    all.push(Notice::JoinFirst { channel: "hamdam_news".to_owned() });
    let refusals = [
        Refusal::Age,
        Refusal::Ages,
        Refusal::UpsideDown { from: 40, to: 20 },
        Refusal::Place,
        Refusal::NoPlace,
        Refusal::TooManyInterests { given: 500 },
        Refusal::TooManyLanguages,
        Refusal::Interests,
        Refusal::ForPremium,
    ];
    all.extend(refusals.map(Notice::Refused));
    for what in Reveal::ALL.map(Concern::Reveals).into_iter().chain([Concern::Word, Concern::Repeat]) {
        all.push(Notice::SendAnyway { room: ROOM, message: MESSAGE, what });
        all.extend([true, false].map(|new| Notice::HeldBack { what, new }));
        all.push(Notice::ChangeHeldBack { what });
    }
    all.extend([Notice::SentAnyway, Notice::MyDataLater, Notice::ForgetMe { asked: NOW }]);
    all.extend([false, true].map(|ban_stays| Notice::Forgotten { ban_stays }));
    all.push(Notice::NotForgotten);
    all.push(Notice::AlbumInPart);
    all.extend(
        [MessageKind::Dice, MessageKind::Poll, MessageKind::Location].map(|kind| Notice::CopiedAnew { kind }),
    );
    all.extend([Notice::DeleteWhich, Notice::DeletedHere, Notice::ClearRunning]);
    all.extend([true, false].map(|both| Notice::Cleared { both }));
    all.extend([Notice::NothingToClear, Notice::ClearLater]);
    for (bot, invited) in [(BOT, None), (BOT, Some(0)), (BOT, Some(1)), (BOT, Some(12)), (OTHER_BOT, None)] {
        all.push(Notice::Invite { bot, source: Source::invitation("aB3"), invited });
    }
    all.extend(sales().map(Notice::Sale));
    all.extend(pages());
    let uncopyable = MessageKind::ALL.iter().filter(|kind| !kind.copyable());
    all.extend(uncopyable.chain([&MessageKind::Poll]).map(|kind| cannot(*kind, None)));
    all
}

/// All that is said while a search goes on.
fn lasting(ticket: TicketId) -> [Notice; 4] {
    let tried = Tried {
        reach: Some(Reach::Anywhere),
        ages: AgeRange::new(20, 35).ok(),
        any_language: true,
        any_gender: true,
    };
    [
        (Tried::default(), None, false),
        (tried, Some(30), true),
        (tried, Some(61), true),
        (tried, Some(60), true),
    ]
    .map(|(tried, half_within, can_widen)| Notice::SearchGoesOn {
        ticket,
        tried,
        half_within,
        can_widen,
    })
}

/// All that is said about premium.
fn sales() -> [Sale; 12] {
    let offers = [1, 2, 7, 21, 90]
        .map(|days| Offer::Days { days, stars: 150 })
        .into_iter()
        .chain([Offer::Monthly { stars: 120 }]);
    let offers: Vec<_> = offers.collect();
    let link = Some("https://t.me/$invoice".to_owned());
    [
        Sale::Offers { offers: offers.clone(), kept: Filter::ALL.into_iter().collect(), until: None },
        Sale::Offers { offers: offers[..1].to_vec(), kept: Filters::default(), until: Some(NOW) },
        Sale::Subscribe { stars: 120, link },
        Sale::Subscribe { stars: 120, link: None },
        Sale::Paid { until: NOW },
        Sale::Unclear,
        Sale::Lapsed,
        Sale::Returned { until: None },
        Sale::Returned { until: Some(NOW) },
        Sale::Support { contact: "@somebody".to_owned() },
        Sale::Terms { own: None },
        Sale::Terms { own: Some("https://example.org/terms".to_owned()) },
    ]
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
        Panel { page, facts, wants, typing: true, required: false, kept: Filters::default(), places }
    };
    let mut panels: Vec<_> = Page::ALL.map(plain).to_vec();
    panels.extend(Page::ALL.map(|page| Panel { facts, wants, typing: false, ..plain(page) }));
    panels.extend([Page::Gender, Page::Age].map(|page| Panel { required: true, ..plain(page) }));
    let places = vec![Spotted::City(CityId(2)), Spotted::Country(Country::new("TR").unwrap())];
    panels.push(Panel { places, ..plain(Page::Place) });
    let kept: Filters = [Filter::Near, Filter::City, Filter::Gender, Filter::Ages].into_iter().collect();
    panels.extend([Page::Wanted, Page::Ages, Page::Reach].map(|page| Panel {
        facts,
        wants,
        kept,
        ..plain(page)
    }));
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
            assert!(row.iter().all(|button| (1..=64).contains(&does(button).len())));
            let buttons: Vec<_> = row.iter().map(|b| format!("[{} | {}]", b.text, does(b))).collect();
            writeln!(out, "    {}", buttons.join(" ")).unwrap();
        }
    }
    for (what, said) in about_itself(language) {
        writeln!(out, "— {what}\n{said}").unwrap();
    }
    let Call::SendDocument(file) = voice().my_data(language, ME) else { panic!("no document") };
    writeln!(out, "— my_data\n{}", file.under.caption.unwrap()).unwrap();
    for toast in [Toast::Over, Toast::NotJoined, Toast::Rated { up: true }, Toast::Rated { up: false }] {
        let content = Content::AnswerCallback { query: "q".into(), toast: Some(toast) };
        let Some(Call::AnswerCallbackQuery(call)) =
            voice().render(&Entry { room: None, content }, language, ME, None)
        else {
            panic!("no answer")
        };
        let text = call.text.unwrap();
        assert!(text.chars().count() <= 200, "{text}");
        writeln!(out, "— {toast:?}\n{text}").unwrap();
    }
    for command in voice().commands(language, true).commands {
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
        for command in voice().commands(language, true).commands {
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
    let data: Vec<_> = keys.iter().flatten().map(does).collect();
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
                .map(|button| does(&button).to_owned())
                .collect(),
            other => panic!("{other:?}"),
        }
    };
    for notice in notices() {
        let begins = notice.opens().is_some();
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
fn help_tells_what_is_kept_and_for_how_long() {
    let help = |kept: Kept, language| match voice().telling(kept).render(
        &Notice::Help.entry(),
        language,
        ME,
        None,
    ) {
        Some(Call::SendMessage(call)) => call.text,
        other => panic!("{other:?}"),
    };
    for (days, language, said) in [
        (1, Language::En, "For 1 day also"),
        (30, Language::En, "For 30 days also"),
        (30, Language::Fa, "۳۰ روز"),
        (1, Language::Ru, "1 день"),
        (3, Language::Ru, "3 дня"),
        (30, Language::Ru, "30 дней"),
        (2, Language::Ar, "يومين"),
        (7, Language::Ar, "7 أيام"),
        (30, Language::Ar, "30 يومًا"),
        (100, Language::Ar, "100 يوم "),
    ] {
        let text = help(Kept { days, evidence: false }, language);
        assert!(text.contains(said) && text.contains("/mydata"), "{text}");
    }
    let (without, with) = (
        help(Kept { days: 90, evidence: false }, Language::En),
        help(Kept { days: 90, evidence: true }, Language::En),
    );
    assert!(without.contains("What you write is not kept.\n"), "{without}");
    assert!(with.contains("except for the text of a message that was reported"), "{with}");
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
        let notice = Notice::Banned { until: Millis(at), room: None }.entry();
        let Some(Call::SendMessage(call)) = voice().render(&notice, Language::Fa, UserId(1), None) else {
            panic!()
        };
        assert!(call.text.contains(date), "{}", call.text);
    }
}
