//! A page of the settings as its reader sees it: text and buttons.

use hamdam_domain::filter::Filter;
use hamdam_domain::panel::{Page, Panel, Spotted};
use hamdam_domain::profile::Language;
use hamdam_domain::wish::{
    Age, AgeRange, Gender, Genders, Interests, Kilometres, Mode, Place, Reach, Tongue, Tongues,
};

use super::catalogue::CATALOGUE;
use super::choice::Choice;
use crate::button::Button;
use crate::texts::Speech;

/// A label and what it does.
type Key = (String, Button);

/// Languages to choose from, each by its own name.
const SPOKEN: [(&str, &str); 24] = [
    ("fa", "فارسی"),
    ("en", "English"),
    ("ar", "العربية"),
    ("tr", "Türkçe"),
    ("ru", "Русский"),
    ("es", "Español"),
    ("ku", "Kurdî"),
    ("az", "Azərbaycanca"),
    ("ps", "پښتو"),
    ("ur", "اردو"),
    ("hi", "हिन्दी"),
    ("tg", "Тоҷикӣ"),
    ("uz", "Oʻzbekcha"),
    ("kk", "Қазақша"),
    ("uk", "Українська"),
    ("hy", "Հայերեն"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("pt", "Português"),
    ("id", "Indonesia"),
    ("zh", "中文"),
    ("ja", "日本語"),
    ("ko", "한국어"),
];

/// Ranges of ages to choose from.
const RANGES: [(u8, u8); 6] = [(18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 99)];

/// Distances to choose from, in kilometres.
const DISTANCES: [u32; 4] = [20, 50, 100, 300];
/// Those that come with premium where it is sold.
const NEAR: [u32; 2] = [5, 10];

/// The text of a page.
pub(crate) fn text(panel: &Panel, speech: &Speech<'_>) -> String {
    let body = match panel.page {
        Page::Home => {
            format!(
                "{}\n\n{}\n\n{}",
                speech.say("panel-home"),
                known(panel, speech),
                speech.say("panel-hint")
            )
        }
        Page::Profile => format!("{}\n\n{}", speech.say("panel-profile"), known(panel, speech)),
        Page::Gender => speech.say("ask-gender"),
        Page::Age => speech.with("ask-age", &[("least", Age::LEAST.years()), ("most", Age::MOST.years())]),
        Page::Languages => speech.with("ask-languages", &[("most", Tongues::MOST)]),
        Page::Place if panel.places.is_empty() => speech.say("ask-place"),
        Page::Place => speech.say("ask-place-which"),
        Page::Interests => speech.with("ask-interests", &[("most", Interests::MOST)]),
        Page::Wanted => speech.say("ask-wanted"),
        Page::Ages => speech.with("ask-ages", &[("least", Age::LEAST.years()), ("most", Age::MOST.years())]),
        Page::Reach if panel.facts.place == Place::default() => speech.say("ask-reach-placeless"),
        Page::Reach => speech.say("ask-reach"),
        Page::Yields => speech.say("ask-yields"),
        Page::Texts => speech.say("ask-texts"),
    };
    let required = panel.required.then(|| speech.say("required"));
    let later = (panel.page.asks().is_some() && !panel.typing).then(|| speech.say("ask-later"));
    [required, Some(body), later].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// The buttons of a page, by rows.
pub(crate) fn rows(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let mut rows = match panel.page {
        Page::Home => return home(panel, speech),
        Page::Profile => return vec![vec![(speech.say("button-settings"), Button::Page(Page::Home))]],
        Page::Gender => genders(panel, speech),
        Page::Age => optional(panel, panel.facts.age.is_some(), Choice::NoAge, speech),
        Page::Languages => languages(panel, speech),
        Page::Place => places(panel, speech),
        Page::Interests => interests(panel, speech),
        Page::Wanted => wanted(panel, speech),
        Page::Ages => ages(panel, speech),
        Page::Reach => reaches(panel, speech),
        Page::Yields => yields(panel, speech),
        Page::Texts => texts(panel, speech),
    };
    if !panel.required {
        rows.push(vec![(speech.say("button-back"), Button::Page(Page::Home))]);
    }
    rows
}

/// All that is known, line by line.
fn known(panel: &Panel, speech: &Speech<'_>) -> String {
    let (facts, wants) = (&panel.facts, &panel.wants);
    let unsaid = || speech.say("not-said");
    let spoken: Vec<_> = facts.languages.iter().map(spoken).collect();
    let liked: Vec<_> = CATALOGUE
        .tags()
        .iter()
        .filter(|tag| facts.interests.iter().any(|known| known == tag.interest))
        .map(|tag| tag.names.in_language(speech.language).to_owned())
        .collect();
    let listed = |list: &[String]| if list.is_empty() { unsaid() } else { list.join(&speech.say("comma")) };
    let yielding = [wants.yields.gender.then_some("yield-gender"), wants.yields.age.then_some("yield-age")];
    let yielding: Vec<_> = yielding.into_iter().flatten().map(|id| speech.say(id)).collect();
    let lines = [
        ("line-gender", facts.gender.map_or_else(unsaid, |gender| speech.say(gender_id(gender)))),
        ("line-age", facts.age.map_or_else(unsaid, |age| speech.number(age.years()))),
        ("line-place", place(&facts.place, speech).unwrap_or_else(unsaid)),
        ("line-languages", listed(&spoken)),
        ("line-interests", listed(&liked)),
        ("line-wanted", wanted_text(wants.genders, speech)),
        ("line-ages", ages_text(wants.ages, speech)),
        ("line-reach", reach(wants.reach, speech)),
        (
            "line-yields",
            if yielding.is_empty() { speech.say("nothing") } else { yielding.join(&speech.say("comma")) },
        ),
        ("line-protected", speech.say(if wants.mode == Mode::Protected { "on" } else { "off" })),
    ];
    let lines = lines.map(|(id, value)| speech.with(id, &[("value", value.as_str())]));
    let same = wants.same_language.then(|| speech.say("line-same-language"));
    lines.into_iter().chain(same).collect::<Vec<_>>().join("\n")
}

fn home(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let page = |id: &str, page| (speech.say(id), Button::Page(page));
    let protect = panel.wants.mode != Mode::Protected;
    let protection = if protect { "button-protect" } else { "button-unprotect" };
    vec![
        vec![page("button-gender", Page::Gender), page("button-age", Page::Age)],
        vec![page("button-place", Page::Place), page("button-languages", Page::Languages)],
        vec![page("button-interests", Page::Interests)],
        vec![page("button-wanted", Page::Wanted), page("button-ages", Page::Ages)],
        vec![page("button-reach", Page::Reach), page("button-yields", Page::Yields)],
        vec![(speech.say(protection), Button::Choose(Choice::Protected(protect)))],
        vec![page("button-texts", Page::Texts)],
        vec![(speech.say("button-search"), Button::Search(None))],
    ]
}

fn genders(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let key = |gender| {
        ticked(
            panel.facts.gender == Some(gender),
            &speech.say(gender_id(gender)),
            Choice::Gender(Some(gender)),
        )
    };
    let mut rows = vec![Gender::ALL.map(key).to_vec()];
    rows.extend(optional(panel, panel.facts.gender.is_some(), Choice::Gender(None), speech));
    rows
}

fn languages(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let key = |(code, name): &(&str, &str)| {
        let tongue = Tongue::new(code).expect("the table has language codes");
        let on = panel.facts.languages.iter().any(|known| known == tongue);
        ticked(on, name, Choice::Speaks(tongue, !on))
    };
    let mut rows: Vec<_> = SPOKEN.chunks(3).map(|row| row.iter().map(key).collect()).collect();
    let same = panel.wants.same_language;
    rows.push(vec![ticked(same, &speech.say("button-same-language"), Choice::SameLanguage(!same))]);
    rows
}

fn places(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let key = |what: &Spotted| {
        let label = spotted(*what, speech)?;
        Some(vec![(label, Button::Choose(Choice::Place(Some(*what))))])
    };
    let mut rows: Vec<_> = panel.places.iter().filter_map(key).collect();
    let known = panel.places.is_empty() && panel.facts.place != Place::default();
    rows.extend(optional(panel, known, Choice::Place(None), speech));
    rows
}

fn interests(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let keys: Vec<Key> = CATALOGUE
        .tags()
        .iter()
        .map(|tag| {
            let on = panel.facts.interests.iter().any(|known| known == tag.interest);
            let label = tag.names.in_language(speech.language);
            ticked(on, label, Choice::Interest(tag.interest, !on))
        })
        .collect();
    keys.chunks(3).map(<[Key]>::to_vec).collect()
}

fn wanted(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let all = panel.wants.genders == Genders::ALL;
    let key = |gender| {
        let on = !all && panel.wants.genders.takes(Some(gender));
        let label = starred(panel.kept.has(Filter::Gender), speech.say(wanted_id(gender)));
        ticked(on, &label, Choice::Wants(gender, !on))
    };
    vec![Gender::ALL.map(key).to_vec(), vec![ticked(all, &speech.say("wanted-all"), Choice::WantsAll)]]
}

fn ages(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let key = |(from, to): &(u8, u8)| {
        let ages = AgeRange::new(*from, *to).expect("the table has ranges of ages");
        let label = starred(panel.kept.has(Filter::Ages), ages_text(ages, speech));
        ticked(panel.wants.ages == ages, &label, Choice::Ages(ages))
    };
    let mut rows: Vec<_> = RANGES.chunks(3).map(|row| row.iter().map(key).collect()).collect();
    let any = panel.wants.ages == AgeRange::ANY;
    rows.push(vec![ticked(any, &speech.say("ages-any"), Choice::Ages(AgeRange::ANY))]);
    rows
}

/// Only what says something to somebody who is there.
fn reaches(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let place = &panel.facts.place;
    if *place == Place::default() {
        return vec![vec![(speech.say("button-place"), Button::Page(Page::Place))]];
    }
    let key = |level| {
        let label = starred(panel.kept.keep(level), reach(level, speech));
        ticked(panel.wants.reach == level, &label, Choice::Reach(level))
    };
    let levels =
        [Some(Reach::Anywhere), place.country.map(|_| Reach::Country), place.city.map(|_| Reach::City)];
    let mut rows: Vec<Vec<Key>> = levels.into_iter().flatten().map(|level| vec![key(level)]).collect();
    if place.spot.is_some() {
        let within = |km: u32| key(Reach::Within(Kilometres::new(km).expect("the table has distances")));
        let near: &[u32] = if panel.kept.has(Filter::Near) { &NEAR } else { &[] };
        let chunks = near.chunks(2).chain(DISTANCES.chunks(2));
        rows.extend(chunks.map(|row| row.iter().map(|km| within(*km)).collect()));
    }
    rows
}

fn yields(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let yields = panel.wants.yields;
    vec![
        vec![ticked(yields.gender, &speech.say("yield-gender"), Choice::YieldsGender(!yields.gender))],
        vec![ticked(yields.age, &speech.say("yield-age"), Choice::YieldsAge(!yields.age))],
    ]
}

/// Each language by its own name, whatever is spoken now.
fn texts(panel: &Panel, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    let chosen = panel.wants.texts;
    let key = |language: &Language| {
        let own = Tongue::new(language.code()).expect("languages have codes");
        ticked(chosen == Some(*language), &spoken(own), Choice::Texts(Some(*language)))
    };
    let mut rows: Vec<_> = Language::ALL.chunks(3).map(|row| row.iter().map(key).collect()).collect();
    rows.push(vec![ticked(chosen.is_none(), &speech.say("texts-of-telegram"), Choice::Texts(None))]);
    rows
}

/// The way to take back what was said, where it was said and need not be.
fn optional(panel: &Panel, said: bool, back: Choice, speech: &Speech<'_>) -> Vec<Vec<Key>> {
    if said && !panel.required {
        vec![vec![(speech.say("button-rather-not"), Button::Choose(back))]]
    } else {
        Vec::new()
    }
}

/// What comes with premium.
fn starred(kept: bool, label: String) -> String {
    if kept { format!("⭐ {label}") } else { label }
}

fn ticked(on: bool, label: &str, choice: Choice) -> Key {
    (if on { format!("✅ {label}") } else { label.to_owned() }, Button::Choose(choice))
}

pub(crate) fn gender_id(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "gender-female",
        Gender::Male => "gender-male",
        Gender::Other => "gender-other",
    }
}

fn wanted_id(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "wanted-female",
        Gender::Male => "wanted-male",
        Gender::Other => "wanted-other",
    }
}

fn wanted_text(genders: Genders, speech: &Speech<'_>) -> String {
    if genders == Genders::ALL {
        return speech.say("wanted-all");
    }
    let names: Vec<_> = Vec::from(genders).into_iter().map(|gender| speech.say(wanted_id(gender))).collect();
    names.join(&speech.say("comma"))
}

fn spoken(tongue: Tongue) -> String {
    let code = tongue.to_string();
    SPOKEN.iter().find(|(known, _)| *known == code).map_or(code.clone(), |(_, name)| (*name).to_owned())
}

pub(crate) fn ages_text(ages: AgeRange, speech: &Speech<'_>) -> String {
    if ages == AgeRange::ANY {
        return speech.say("ages-any");
    }
    speech.with("ages-between", &[("from", ages.from().years()), ("to", ages.to().years())])
}

pub(crate) fn reach(reach: Reach, speech: &Speech<'_>) -> String {
    match reach {
        Reach::Anywhere => speech.say("reach-anywhere"),
        Reach::Country | Reach::Region => speech.say("reach-country"),
        Reach::City => speech.say("reach-city"),
        Reach::Within(km) => speech.with("reach-within", &[("km", km.get())]),
    }
}

/// A city with its country, or a country.
fn spotted(what: Spotted, speech: &Speech<'_>) -> Option<String> {
    let country = |country| Some(CATALOGUE.country(country)?.in_language(speech.language));
    match what {
        Spotted::Country(known) => country(known).map(str::to_owned),
        Spotted::City(id) => {
            let city = CATALOGUE.city(id)?;
            let (city, country) = (city.names.in_language(speech.language), country(city.country)?);
            Some(format!("{city}{}{country}", speech.say("comma")))
        }
    }
}

fn place(place: &Place, speech: &Speech<'_>) -> Option<String> {
    let city = place.city.and_then(|city| spotted(Spotted::City(city), speech));
    let country = || place.country.and_then(|country| spotted(Spotted::Country(country), speech));
    city.or_else(country).or_else(|| place.spot.map(|_| speech.say("place-shared")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_offered_has_a_code_and_every_range_is_one() {
        for (code, _) in SPOKEN {
            assert_eq!(Tongue::new(code).unwrap().to_string(), code);
        }
        for (from, to) in RANGES {
            assert!(AgeRange::new(from, to).is_ok());
        }
        for km in DISTANCES.into_iter().chain(NEAR) {
            assert!(Kilometres::new(km).is_ok());
        }
        assert_eq!(spoken(Tongue::new("fa").unwrap()), "فارسی");
        assert_eq!(spoken(Tongue::new("xx").unwrap()), "xx");
    }
}
