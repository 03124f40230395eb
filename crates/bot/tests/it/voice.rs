//! What is said, in every language.

mod notices;

use std::collections::HashMap;
use std::fmt::Write as _;

use hamdam_bot::{Kept, Voice};
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::Tried;
use hamdam_domain::id::{TicketId, UpdateId, UserId};
use hamdam_domain::outbox::{Content, Entry, Notice, Toast};
use hamdam_domain::profile::Language;
use hamdam_telegram::Call;
use hamdam_telegram::markup::{InlineButton, Press};

use self::notices::notices;
use crate::stage::{BOT, ME, ROOM};

pub(crate) fn voice() -> Voice {
    Voice::new(HashMap::from([(BOT, "hamdam_bot".to_owned())]))
}

/// What a button brings back, or opens.
pub(crate) fn does(button: &InlineButton) -> &str {
    match &button.does {
        Press::Data(data) => data,
        Press::Url(url) => url,
    }
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

pub(crate) fn text_of(notice: &Notice, language: Language) -> String {
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
