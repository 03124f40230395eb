//! Word lists as an operator writes them.

use std::collections::BTreeMap;

use hamdam_domain::profile::Language;

use super::fold::fold;
use super::{Doing, Entry, Tongues, WordLists};

/// Entries at most.
const MOST: usize = 20_000;
/// Letters of an entry at most.
const LONGEST: usize = 100;
/// Letters of an open entry at least: one letter with anything around it is in nearly every text.
const OPEN_AT_LEAST: usize = 2;

/// A mistake in the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordMistake {
    /// The line, from 1; 0: the lists as a whole.
    pub line: usize,
    /// What was found there.
    pub found: String,
    /// What mends it: a sentence.
    pub mend: String,
}

impl WordLists {
    /// Reads lists. Each begins with a line `[xx]`, a language the bot speaks or `all`; each line of it says what is done
    /// (`hold`, `ask`, `count`), then a word or several that stand behind one another. A `*` before or behind them lets
    /// letters stand there. Empty lines and lines that begin with `#` say nothing. All mistakes are told at once.
    pub fn read(text: &str) -> Result<Self, Vec<WordMistake>> {
        let mut reader = Reader::default();
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            if let Err((found, mend)) = reader.line(line.trim(), number + 1) {
                reader.mistakes.push(WordMistake { line: number + 1, found, mend: mend.to_owned() });
            }
        }
        if reader.entries.len() > MOST {
            let found = format!("there are {} entries", reader.entries.len());
            let mend = format!("Keep {MOST} of them at most.");
            reader.mistakes.push(WordMistake { line: 0, found, mend });
        }
        if !reader.mistakes.is_empty() {
            return Err(reader.mistakes);
        }
        Self::new(reader.entries).map_err(|error| {
            let mend = "Take some of the longest away.".to_owned();
            vec![WordMistake { line: 0, found: format!("the entries are too much: {error}"), mend }]
        })
    }
}

#[derive(Default)]
struct Reader {
    list: Option<Tongues>,
    entries: Vec<Entry>,
    /// Where each word of each list stands, with what is open about it.
    known: BTreeMap<(String, u8, bool, bool), usize>,
    mistakes: Vec<WordMistake>,
}

/// What was found, and what mends it.
type Wrong = (String, &'static str);

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Result<(), Wrong> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(name) = line.strip_prefix('[') {
            self.list = Some(list(name).ok_or_else(|| {
                (
                    format!("{line:?} begins no list"),
                    "Write [all], or one of [en], [fa], [ru], [ar], [tr], [es].",
                )
            })?);
            return Ok(());
        }
        let entry = self.entry(line)?;
        let key = (entry.word.clone(), entry.tongues.0, entry.open_before, entry.open_behind);
        if let Some(before) = self.known.insert(key, number) {
            return Err((format!("{line:?} says again what line {before} said"), "Keep one of the two."));
        }
        self.entries.push(entry);
        Ok(())
    }

    fn entry(&self, line: &str) -> Result<Entry, Wrong> {
        let Some(tongues) = self.list else {
            return Err((
                format!("{line:?} belongs to no list"),
                "Put a line such as [en] or [all] before it.",
            ));
        };
        let (doing, words) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let doing = match doing {
            "hold" => Doing::Hold,
            "ask" => Doing::Ask,
            "count" => Doing::Count,
            _ => {
                return Err((
                    format!("{doing:?} is nothing that can be done"),
                    "Begin the line with hold, ask or count.",
                ));
            }
        };
        let words = words.trim();
        let (open_before, words) = words.strip_prefix('*').map_or((false, words), |rest| (true, rest));
        let (open_behind, words) = words.strip_suffix('*').map_or((false, words), |rest| (true, rest));
        if words.contains('*') {
            return Err((format!("{line:?} has a * within"), "Put it before or behind the words."));
        }
        let word = fold(words);
        let letters = word.chars().count();
        if letters == 0 {
            return Err((format!("{line:?} names no word"), "Write letters or digits behind it."));
        }
        if letters > LONGEST {
            return Err((format!("an entry has {letters} letters"), "Write 100 at most."));
        }
        if (open_before || open_behind) && letters < OPEN_AT_LEAST {
            return Err((
                format!("{line:?} would be found in nearly every text"),
                "Write two letters at least beside a *.",
            ));
        }
        Ok(Entry { word, tongues, doing, open_before, open_behind })
    }
}

/// `xx]`.
fn list(name: &str) -> Option<Tongues> {
    let name = name.strip_suffix(']')?.trim();
    if name == "all" {
        return Some(Tongues::ALL);
    }
    Language::ALL.into_iter().find(|language| language.code() == name).map(Tongues::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_named_with_its_line_and_mend() {
        let text = "hold early\n[xx]\n[en]\nhold\nhold **\nask a*\nban word\ncount two * words\nask Damn\n\nhold d@mn\n";
        let mistakes = WordLists::read(text).unwrap_err();
        let told: Vec<_> = mistakes.iter().map(|mistake| (mistake.line, mistake.found.as_str())).collect();
        assert_eq!(
            told,
            [
                (1, "\"hold early\" belongs to no list"),
                (2, "\"[xx]\" begins no list"),
                (4, "\"hold\" names no word"),
                (5, "\"hold **\" names no word"),
                (6, "\"ask a*\" would be found in nearly every text"),
                (7, "\"ban\" is nothing that can be done"),
                (8, "\"count two * words\" has a * within"),
                (11, "\"hold d@mn\" says again what line 9 said"),
            ]
        );
        assert!(mistakes.iter().all(|mistake| mistake.mend.ends_with('.')));
        let long = format!("[all]\nhold {}", "ab".repeat(51));
        assert_eq!(WordLists::read(&long).unwrap_err()[0].found, "an entry has 102 letters");
        let letter = |n: usize| char::from(b"abcdefghij"[n % 10]);
        let many = (0..=MOST).map(|n| [1, 10, 100, 1_000, 10_000].map(|place| letter(n / place)));
        let many: Vec<_> = many.map(|[a, b, c, d, e]| format!("hold {a}z{b}y{c}x{d}w{e}\n")).collect();
        let many = WordLists::read(&format!("[all]\n{}", many.concat())).unwrap_err();
        assert_eq!((many.len(), many[0].line), (1, 0));
    }
}
