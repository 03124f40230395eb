//! Texts in Fluent files, compiled in. Every language has every message; tests see to it.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::memoizer::MemoizerKind;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use hamdam_domain::profile::Language;
use unic_langid::LanguageIdentifier;

const SOURCES: [(Language, &str); 6] = [
    (Language::En, include_str!("../texts/en.ftl")),
    (Language::Fa, include_str!("../texts/fa.ftl")),
    (Language::Ru, include_str!("../texts/ru.ftl")),
    (Language::Ar, include_str!("../texts/ar.ftl")),
    (Language::Tr, include_str!("../texts/tr.ftl")),
    (Language::Es, include_str!("../texts/es.ftl")),
];

/// Read once: every voice speaks by the same texts.
static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts(SOURCES.iter().map(|(language, source)| (*language, bundle(*language, source))).collect())
});

/// The texts of every language.
pub(crate) struct Texts(Vec<(Language, FluentBundle<FluentResource>)>);

impl Texts {
    /// Those of the embedded files.
    pub(crate) fn embedded() -> &'static Self {
        &TEXTS
    }

    /// A message in a language, with Fluent's plural rules of that language.
    pub(crate) fn say(&self, language: Language, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        self.try_say(language, id, args).expect("every text stands in every language; tests format them all")
    }

    fn try_say(&self, language: Language, id: &str, args: Option<&FluentArgs<'_>>) -> Result<String, String> {
        let (_, bundle) = self.0.iter().find(|(has, _)| *has == language).ok_or("no such language")?;
        let pattern = bundle
            .get_message(id)
            .and_then(|message| message.value())
            .ok_or_else(|| format!("{} has no text {id}", language.code()))?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
        if errors.is_empty() { Ok(text) } else { Err(format!("{} {id}: {errors:?}", language.code())) }
    }
}

/// Speaks one language.
#[derive(Clone, Copy)]
pub(crate) struct Speech<'t> {
    texts: &'t Texts,
    pub(crate) language: Language,
}

impl<'t> Speech<'t> {
    pub(crate) fn new(texts: &'t Texts, language: Language) -> Self {
        Self { texts, language }
    }

    /// A text without arguments.
    pub(crate) fn say(&self, id: &str) -> String {
        self.texts.say(self.language, id, None)
    }

    /// A text with arguments, words or numbers.
    pub(crate) fn with<'v, V: Into<FluentValue<'v>> + Clone>(
        &self,
        id: &str,
        values: &[(&'static str, V)],
    ) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        self.texts.say(self.language, id, Some(&args))
    }

    /// A number as its reader writes it.
    pub(crate) fn number(&self, number: impl Into<FluentValue<'static>> + Clone) -> String {
        self.with("number", &[("n", number)])
    }
}

/// Numbers in Persian are written with Persian digits.
fn persian_digits<M: MemoizerKind>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digit = |letter: char| letter.to_digit(10).and_then(|digit| char::from_u32(0x6f0 + digit));
    Some(number.as_string().chars().map(|letter| digit(letter).unwrap_or(letter)).collect())
}

fn bundle(language: Language, source: &str) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.code().parse().expect("two letters are a language tag");
    let resource = FluentResource::try_new(source.to_owned()).expect("embedded texts parse; tests read them");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Isolation marks would stand in copied text and around @names.
    bundle.set_use_isolating(false);
    if language == Language::Fa {
        bundle.set_formatter(Some(persian_digits));
    }
    bundle.add_resource(resource).expect("no text stands twice in a file; tests read them");
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ids(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once('='))
            .map(|(id, _)| id.trim())
            .collect()
    }

    #[test]
    fn every_language_has_every_text() {
        let english = ids(SOURCES[0].1);
        assert!(english.len() > 20);
        for (language, source) in SOURCES {
            assert_eq!(ids(source), english, "{}", language.code());
        }
        assert_eq!(SOURCES.map(|(language, _)| language), Language::ALL);
    }

    #[test]
    fn plurals_follow_the_language() {
        let source = "waiting = { $n ->\n    [one] one waits\n   *[other] { $n } wait\n }\n";
        let texts = Texts(vec![(Language::En, bundle(Language::En, source))]);
        let say = |n: i64| {
            let mut args = FluentArgs::new();
            args.set("n", n);
            texts.say(Language::En, "waiting", Some(&args))
        };
        assert_eq!((say(1).as_str(), say(2).as_str()), ("one waits", "2 wait"));
    }

    #[test]
    fn a_missing_argument_is_noticed() {
        let texts = Texts::embedded();
        let error = texts.try_say(Language::Fa, "banned", None).unwrap_err();
        assert!(error.contains("until"), "{error}");
    }

    #[test]
    fn persian_is_written_with_persian_letters() {
        // Arabic yeh and kaf look the same in many fonts, but cannot be searched for; Latin marks break the line.
        assert_eq!(SOURCES[1].0, Language::Fa);
        for (number, line) in SOURCES[1].1.lines().enumerate() {
            let spoken: String = line.split(['{', '}']).step_by(2).collect();
            for wrong in ['\u{64a}', '\u{643}', '?', ',', ';'] {
                assert!(!spoken.contains(wrong), "line {}: {wrong:?} in {line}", number + 1);
            }
        }
    }
}
