//! A page of the desk as its reader sees it: text and buttons.

use std::collections::HashMap;

use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::{Course, Order, Segment};
use hamdam_domain::clock::Millis;
use hamdam_domain::desk::{Choosing, Desk, Figures, Person, Progress};
use hamdam_domain::id::BotId;
use hamdam_domain::profile::Language;
use hamdam_domain::safety::{FOR_EVER, Verdict};
use hamdam_domain::wish::{Country, Gender};

use super::button::{DECIDED, DeskButton};
use crate::button::Button;
use crate::render::date;
use crate::settings::catalogue::CATALOGUE;
use crate::settings::view::gender_id;
use crate::texts::Speech;

/// A label and what it does.
type Key = (String, Button);
/// The `@names` of bots.
type Names = HashMap<BotId, String>;

/// Days to choose from.
const DAYS: [u8; 4] = [1, 3, 7, 30];
/// Countries on a page, and in a row.
const COUNTRIES: usize = 24;
const ROW: usize = 3;
/// Each language by its own name.
const LANGUAGES: [(Language, &str); 6] = [
    (Language::En, "English"),
    (Language::Fa, "فارسی"),
    (Language::Ru, "Русский"),
    (Language::Ar, "العربية"),
    (Language::Tr, "Türkçe"),
    (Language::Es, "Español"),
];

/// The text of a page.
pub(crate) fn text(desk: &Desk, speech: &Speech<'_>, names: &Names) -> String {
    match desk {
        Desk::Fleet(figures) => fleet(figures, speech),
        Desk::Person(person) => of_person(person, speech),
        Desk::HowToBroadcast => speech.say("desk-how-to-broadcast"),
        Desk::Compose { choosing, to, .. } => {
            let asked = match choosing {
                Choosing::Part => "desk-compose",
                _ => "desk-choose",
            };
            format!("{}\n\n{}", speech.say(asked), segment(to, speech, names))
        }
        Desk::Broadcast(progress) => of_progress(progress, speech),
        Desk::NoBroadcast => speech.say("desk-no-broadcast"),
    }
}

/// The buttons of a page, by rows.
pub(crate) fn rows(desk: &Desk, speech: &Speech<'_>, names: &Names) -> Vec<Vec<Key>> {
    match desk {
        Desk::Fleet(figures) => of_fleet(figures, speech),
        Desk::Person(person) => {
            let decide = |verdict: Verdict| {
                let label = match verdict {
                    Verdict::BanDay => "button-ban-day",
                    Verdict::BanWeek => "button-ban-week",
                    Verdict::BanForEver => "button-ban-for-ever",
                    _ => "button-undo",
                };
                key(speech, label, DeskButton::Decide(person.user, verdict))
            };
            let mut rows: Vec<Vec<Key>> =
                DECIDED.chunks(2).map(|pair| pair.iter().map(|verdict| decide(*verdict)).collect()).collect();
            rows.push(vec![key(speech, "button-back", DeskButton::Fleet)]);
            rows
        }
        Desk::HowToBroadcast => Vec::new(),
        Desk::Compose { choosing, to, bots } => compose(*choosing, to, bots, speech, names),
        Desk::Broadcast(progress) => steering(progress, speech),
        Desk::NoBroadcast => vec![vec![key(speech, "button-back", DeskButton::Fleet)]],
    }
}

fn key(speech: &Speech<'_>, label: &str, button: DeskButton) -> Key {
    (speech.say(label), Button::Desk(button))
}

/// A number, or that nobody can tell now.
fn counted(number: Option<u64>, speech: &Speech<'_>) -> String {
    number.map_or_else(|| "…".to_owned(), |number| speech.number(number))
}

fn fleet(figures: &Figures, speech: &Speech<'_>) -> String {
    let Figures { users, waiting, chatting, queued, unsent, reports, maintenance, broadcast } = figures;
    let line = |id: &str, value: String| speech.with(id, &[("value", value)]);
    let number = |number: &u64| speech.number(*number);
    let mut lines = vec![
        speech.say("desk-fleet"),
        line("desk-users", counted(*users, speech)),
        line("desk-chatting", number(chatting)),
        line("desk-rooms", number(&(chatting / 2))),
        line("desk-waiting", number(waiting)),
        line("desk-queued", number(queued)),
        line("desk-unsent", number(unsent)),
        line("desk-reports", counted(*reports, speech)),
    ];
    lines.extend(broadcast.map(|broadcast| line("desk-broadcast", speech.number(broadcast.0))));
    lines.extend(maintenance.map(|way| {
        speech.say(match way {
            Maintenance::RoomsGoOn => "desk-closed",
            Maintenance::RoomsRest => "desk-closed-rooms",
        })
    }));
    lines.push(speech.say("desk-hint"));
    lines.join("\n")
}

fn of_fleet(figures: &Figures, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let mut rows = vec![vec![key(speech, "button-refresh", DeskButton::Fleet)]];
    if let Some(broadcast) = figures.broadcast {
        rows.push(vec![key(speech, "button-broadcast", DeskButton::Progress(broadcast))]);
    }
    rows.push(match figures.maintenance {
        Some(_) => vec![key(speech, "button-open", DeskButton::Maintain(None))],
        None => vec![
            key(speech, "button-close", DeskButton::Maintain(Some(Maintenance::RoomsGoOn))),
            key(speech, "button-close-rooms", DeskButton::Maintain(Some(Maintenance::RoomsRest))),
        ],
    });
    rows
}

fn of_person(person: &Person, speech: &Speech<'_>) -> String {
    let user = person.user.to_string();
    if !person.known {
        return speech.with("desk-nobody", &[("user", user)]);
    }
    let line = |id: &str, value: String| speech.with(id, &[("value", value)]);
    let until = |until: Millis| if until >= FOR_EVER { "∞".to_owned() } else { date(until) };
    let stands = person.stands.as_deref().unwrap_or("away");
    let mut lines = vec![
        speech.with("desk-person", &[("user", user)]),
        speech.with("desk-stands", &[("stands", stands)]),
    ];
    lines.extend(person.language.map(|language| line("desk-language", own_name(language).to_owned())));
    lines.extend(person.unreachable.then(|| speech.say("desk-unreachable")));
    lines.extend(person.banned_until.map(|at| line("desk-banned", until(at))));
    lines.extend(person.muted_until.map(|at| line("desk-muted", until(at))));
    lines.push(line("desk-reported", counted(person.reports, speech)));
    lines.push(line("desk-blocks", speech.number(person.blocks)));
    lines.extend(person.decisions.iter().map(|(verdict, at)| {
        speech.with("desk-decision", &[("verdict", verdict.clone()), ("date", date(*at))])
    }));
    lines.join("\n")
}

fn own_name(language: Language) -> &'static str {
    LANGUAGES.into_iter().find(|(known, _)| *known == language).map_or("", |(_, name)| name)
}

fn bot_name(bot: BotId, names: &Names) -> String {
    names.get(&bot).map_or_else(|| bot.to_string(), |name| format!("@{name}"))
}

fn country(country: Country, speech: &Speech<'_>) -> String {
    CATALOGUE
        .country(country)
        .map_or_else(|| country.to_string(), |names| names.in_language(speech.language).to_owned())
}

/// To whom, line by line.
fn segment(to: &Segment, speech: &Speech<'_>, names: &Names) -> String {
    let everybody = || speech.say("desk-all");
    let line =
        |id: &str, value: Option<String>| speech.with(id, &[("value", value.unwrap_or_else(everybody))]);
    let days = to.active_days.map(|days| speech.with("desk-days", &[("days", days)]));
    [
        line("desk-to-language", to.language.map(|language| own_name(language).to_owned())),
        line("desk-to-bot", to.bot.map(|bot| bot_name(bot, names))),
        line("desk-to-gender", to.gender.map(|gender| speech.say(gender_id(gender)))),
        line("desk-to-country", to.country.map(|known| country(known, speech))),
        line("desk-to-active", days),
    ]
    .join("\n")
}

/// Every choice leads back to the parts.
fn compose(
    choosing: Choosing,
    to: &Segment,
    bots: &[BotId],
    speech: &Speech<'_>,
    names: &Names,
) -> Vec<Vec<Key>> {
    let part = |to: Segment| Button::Desk(DeskButton::Compose(Choosing::Part, to));
    let of = |choosing| Button::Desk(DeskButton::Compose(choosing, *to));
    let all = |to: Segment| vec![(speech.say("desk-all"), part(to))];
    let back = vec![(speech.say("button-back"), part(*to))];
    let in_rows =
        |keys: Vec<Key>, width: usize| -> Vec<Vec<Key>> { keys.chunks(width).map(<[Key]>::to_vec).collect() };
    let (keys, width, anybody) = match choosing {
        Choosing::Part => {
            let choose = |label: &str, choosing| (speech.say(label), of(choosing));
            return vec![
                vec![
                    choose("button-to-language", Choosing::Language),
                    choose("button-to-bot", Choosing::Bot),
                ],
                vec![
                    choose("button-to-gender", Choosing::Gender),
                    choose("button-to-country", Choosing::Country(0)),
                ],
                vec![choose("button-to-active", Choosing::Days)],
                vec![key(speech, "button-send", DeskButton::Begin(*to))],
            ];
        }
        Choosing::Language => {
            let keys = LANGUAGES
                .map(|(language, name)| (name.to_owned(), part(Segment { language: Some(language), ..*to })));
            (keys.to_vec(), 2, Segment { language: None, ..*to })
        }
        Choosing::Bot => {
            let keys =
                bots.iter().map(|bot| (bot_name(*bot, names), part(Segment { bot: Some(*bot), ..*to })));
            (keys.collect(), 1, Segment { bot: None, ..*to })
        }
        Choosing::Gender => {
            let keys = Gender::ALL
                .map(|gender| (speech.say(gender_id(gender)), part(Segment { gender: Some(gender), ..*to })));
            (keys.to_vec(), 3, Segment { gender: None, ..*to })
        }
        Choosing::Days => {
            let keys = DAYS.map(|days| {
                let label = speech.with("desk-days", &[("days", days)]);
                (label, part(Segment { active_days: Some(days), ..*to }))
            });
            (keys.to_vec(), 2, Segment { active_days: None, ..*to })
        }
        Choosing::Country(page) => {
            let mut rows = in_rows(countries(page, to, speech), ROW);
            rows.push(turning(page, to));
            rows.extend([all(Segment { country: None, ..*to }), back]);
            return rows;
        }
    };
    let mut rows = in_rows(keys, width);
    rows.extend([all(anybody), back]);
    rows
}

/// A page of all countries, in the order of their names.
fn countries(page: u8, to: &Segment, speech: &Speech<'_>) -> Vec<Key> {
    let mut named: Vec<(&str, Country)> =
        CATALOGUE.countries().map(|(country, names)| (names.in_language(speech.language), country)).collect();
    named.sort_unstable();
    let shown = named.into_iter().skip(usize::from(page) * COUNTRIES).take(COUNTRIES);
    let choose = |country| {
        let to = Segment { country: Some(country), ..*to };
        Button::Desk(DeskButton::Compose(Choosing::Part, to))
    };
    shown.map(|(name, country)| (name.to_owned(), choose(country))).collect()
}

/// The pages before and behind.
fn turning(page: u8, to: &Segment) -> Vec<Key> {
    let last = CATALOGUE.countries().count().saturating_sub(1) / COUNTRIES;
    let turn = |label: &str, page: u8| {
        (label.to_owned(), Button::Desk(DeskButton::Compose(Choosing::Country(page), *to)))
    };
    let before = page.checked_sub(1).map(|page| turn("◀", page));
    let behind = (usize::from(page) < last).then(|| turn("▶", page.saturating_add(1)));
    before.into_iter().chain(behind).collect()
}

fn of_progress(progress: &Progress, speech: &Speech<'_>) -> String {
    let Progress { broadcast, course, over, all_queued, tally } = progress;
    let stands = match (over, course) {
        (true, Course::Cancelled) => "cancelled",
        (true, _) => "over",
        (false, Course::Cancelled) => "stopping",
        (false, course) => course.word(),
    };
    let title =
        speech.with("desk-progress", &[("broadcast", broadcast.to_string()), ("stands", stands.to_owned())]);
    let line = |id: &str, number: u64| speech.with(id, &[("value", speech.number(number))]);
    let queued = if *all_queued || *over { "desk-queued-all" } else { "desk-queued-so-far" };
    let mut lines = vec![title, line("desk-sent", tally.sent), line(queued, tally.queued)];
    for (id, number) in
        [("desk-missed", tally.unreachable), ("desk-failed", tally.failed), ("desk-dropped", tally.dropped)]
    {
        lines.extend((number > 0).then(|| line(id, number)));
    }
    lines.join("\n")
}

fn steering(progress: &Progress, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let steer = |label: &str, order| key(speech, label, DeskButton::Steer(progress.broadcast, order));
    let refresh = key(speech, "button-refresh", DeskButton::Progress(progress.broadcast));
    let back = vec![key(speech, "button-back", DeskButton::Fleet)];
    match (progress.over, progress.course) {
        (true, _) => vec![back],
        (false, Course::Cancelled) => vec![vec![refresh], back],
        (false, Course::Running) => vec![
            vec![steer("button-pause", Order::Pause), steer("button-cancel-broadcast", Order::Cancel)],
            vec![refresh],
            back,
        ],
        (false, Course::Paused) => vec![
            vec![steer("button-resume", Order::Resume), steer("button-cancel-broadcast", Order::Cancel)],
            vec![refresh],
            back,
        ],
    }
}
