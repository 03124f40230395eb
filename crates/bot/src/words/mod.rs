//! Words a house does not want: lists of an operator's own, per language, and what is done about a message that has one.
//!
//! A list counts for whoever reads or speaks its language, because what is an insult in one is a harmless word in another;
//! the list of all languages counts for everybody. Text and lists are folded alike ([`fold`]), then all lists are looked
//! for in one pass, however many words they have (Aho-Corasick).

pub(crate) mod fold;
mod written;

use std::fmt;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use hamdam_domain::profile::Language;

use self::fold::fold;
pub use self::written::WordMistake;

/// What is done about a message with a word in it. Ordered: of several the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Doing {
    /// It passes, and is held against its writer.
    Count,
    /// Its writer is asked whether they mean it.
    Ask,
    /// It goes to nobody, and is held against its writer.
    Hold,
}

/// A set of languages, of lists or of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Tongues(u8);

impl Tongues {
    /// The list that counts for everybody.
    const ALL: Self = Self(1 << Language::ALL.len());

    fn of(language: Language) -> Self {
        Self(1 << language as u8)
    }

    /// What counts for somebody with these languages.
    pub(crate) fn of_person(languages: impl IntoIterator<Item = Language>) -> Self {
        languages.into_iter().fold(Self::ALL, |set, language| set.and(Self::of(language)))
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Words of the lists that a message has: in which languages there is something to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Unwanted([Tongues; 3]);

impl Unwanted {
    fn add(&mut self, entry: &Entry) {
        let place = &mut self.0[entry.doing as usize];
        *place = place.and(entry.tongues);
    }

    /// The strictest that is to be done about a message of somebody with these languages.
    pub(crate) fn doing(self, tongues: Tongues) -> Option<Doing> {
        let known = [Doing::Hold, Doing::Ask, Doing::Count];
        known.into_iter().find(|doing| self.0[*doing as usize].meets(tongues))
    }
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The word, or words, folded.
    word: String,
    tongues: Tongues,
    doing: Doing,
    /// Letters may stand before it.
    open_before: bool,
    /// Letters may stand behind it.
    open_behind: bool,
}

/// The lists, ready to be looked for. Cloning them counts a reference.
#[derive(Clone, Default)]
pub struct WordLists(Option<Arc<Lists>>);

struct Lists {
    entries: Vec<Entry>,
    automaton: AhoCorasick,
}

impl fmt::Debug for WordLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WordLists({})", self.len())
    }
}

impl PartialEq for WordLists {
    fn eq(&self, other: &Self) -> bool {
        self.entries() == other.entries()
    }
}

impl Eq for WordLists {}

impl WordLists {
    fn new(entries: Vec<Entry>) -> Result<Self, aho_corasick::BuildError> {
        if entries.is_empty() {
            return Ok(Self::default());
        }
        let automaton = AhoCorasick::new(entries.iter().map(|entry| &entry.word))?;
        Ok(Self(Some(Arc::new(Lists { entries, automaton }))))
    }

    fn entries(&self) -> &[Entry] {
        self.0.as_ref().map_or(&[], |lists| &lists.entries)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Notes which unwanted words a text has.
    pub(crate) fn find(&self, text: &str, unwanted: &mut Unwanted) {
        let Some(lists) = &self.0 else { return };
        let folded = fold(text);
        let is_space = |at: usize| folded.as_bytes().get(at).is_none_or(|byte| *byte == b' ');
        for hit in lists.automaton.find_overlapping_iter(&folded) {
            let entry = &lists.entries[hit.pattern()];
            let begins = hit.start() == 0 || is_space(hit.start() - 1);
            if (begins || entry.open_before) && (is_space(hit.end()) || entry.open_behind) {
                unwanted.add(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = "
# A house's own.
[en]
hold   damn
ask    go away
count  shut*
hold   *spam*
[tr]
hold   am
[fa]
ask    کتاب
[all]
count  free money
";

    fn doing(text: &str, languages: &[Language]) -> Option<Doing> {
        let lists = WordLists::read(LISTS).unwrap();
        let mut unwanted = Unwanted::default();
        lists.find(text, &mut unwanted);
        unwanted.doing(Tongues::of_person(languages.iter().copied()))
    }

    #[test]
    fn words_are_found_whole_or_open_however_they_are_dressed_up() {
        for (text, found) in [
            ("damn it", Some(Doing::Hold)),
            ("D A M N", Some(Doing::Hold)),
            ("d\u{200b}@mn!", Some(Doing::Hold)),
            ("daaaamn", Some(Doing::Hold)),
            ("amsterdamn", None),
            ("damned", None),
            ("go   away, please", Some(Doing::Ask)),
            ("ago away", None),
            ("shutter", Some(Doing::Count)),
            ("the shutter of a damn camera", Some(Doing::Hold)),
            ("eshut", None),
            ("antispammer", Some(Doing::Hold)),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(doing(text, &[Language::En]), found, "{text}");
        }
    }

    #[test]
    fn a_list_counts_for_whoever_has_its_language() {
        assert_eq!(doing("I am here", &[Language::En]), None);
        assert_eq!(doing("I am here", &[Language::En, Language::Tr]), Some(Doing::Hold));
        assert_eq!(doing("كِتاب", &[Language::Fa]), Some(Doing::Ask));
        assert_eq!(doing("كِتاب", &[Language::Ru]), None);
        assert_eq!(doing("FREE m0ney", &[Language::Ru]), Some(Doing::Count), "everybody's list");
        assert_eq!(doing("anything", &[]), None);
    }

    #[test]
    fn lists_that_say_the_same_are_the_same() {
        let read = |text| WordLists::read(text).unwrap();
        assert_eq!(read("[en]\nhold damn"), read("# x\n[en]\n  hold   DAMN\n"));
        assert_ne!(read("[en]\nhold damn"), read("[en]\nask damn"));
        assert_eq!(read(""), WordLists::default());
        assert_eq!(format!("{:?}", read(LISTS)), "WordLists(7)", "logs show no words");
    }
}
