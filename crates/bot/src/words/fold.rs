//! One spelling for what reads the same: words of small letters and digits, with one space between them.
//!
//! What nobody sees is left out, letters in disguise are letters (`anonymity::fold`), variants of a letter are one
//! (`settings::fold`). Beyond that, modestly: digits and signs that stand for letters within a word of Latin letters are
//! those letters ("b00k", "f@ke"), so are Cyrillic ones that look like them there, three times the same letter or more is
//! that letter once ("nooooo"), and letters that stand alone, three or more in a row, are one word ("s p a m", "s.p.a.m").
//! Lists and texts are folded alike, so a list may be written as its author likes.

use crate::anonymity::fold::{Sign, sign};
use crate::settings::fold::{Folded, folded_letter};

/// Folds a text.
pub(crate) fn fold(text: &str) -> String {
    let mut folding = Folding::default();
    for letter in text.chars() {
        folding.take(letter);
    }
    folding.word_ends();
    spelled(&folding.words)
}

#[derive(Default)]
struct Folding {
    /// Words so far, each with whether white space stands before it.
    words: Vec<(bool, String)>,
    /// White space stands behind the last of them.
    spaced: bool,
    /// The word that is read now.
    word: Vec<char>,
    /// A sign behind it that stands for this letter if one more follows, and else ends it.
    sign: Option<char>,
    latin: bool,
    cyrillic: bool,
}

impl Folding {
    fn take(&mut self, letter: char) {
        match sign(letter) {
            Sign::Nothing => {}
            Sign::Letter(letter) => {
                for letter in letter.to_lowercase() {
                    match folded_letter(letter) {
                        Folded::Letter(letter) => self.push(letter),
                        Folded::Space => self.word_ends(),
                        Folded::Nothing => {}
                    }
                }
            }
            Sign::Digit(digit) => self.push(char::from(b'0' + digit)),
            Sign::At => self.stands_for('a'),
            Sign::Space => {
                self.word_ends();
                self.spaced = true;
            }
            _ => match letter {
                '$' => self.stands_for('s'),
                '!' => self.stands_for('i'),
                _ => self.word_ends(),
            },
        }
    }

    fn push(&mut self, letter: char) {
        self.word.extend(self.sign.take());
        self.latin |= letter.is_ascii_lowercase();
        self.cyrillic |= ('\u{430}'..='\u{45f}').contains(&letter);
        self.word.push(letter);
    }

    fn stands_for(&mut self, letter: char) {
        if self.word.is_empty() || self.sign.is_some() {
            self.word_ends();
        } else {
            self.sign = Some(letter);
        }
    }

    fn word_ends(&mut self) {
        self.sign = None;
        let (latin, mixed) = (self.latin, self.latin && self.cyrillic);
        (self.latin, self.cyrillic) = (false, false);
        if self.word.is_empty() {
            return;
        }
        for letter in &mut self.word {
            if latin {
                *letter = digit_as_letter(*letter);
            }
            if mixed {
                *letter = cyrillic_as_latin(*letter);
            }
        }
        let runs = self.word.chunk_by(|one, other| one == other);
        let kept = runs.flat_map(|run| if run.len() > 2 { &run[..1] } else { run });
        self.words.push((self.spaced, kept.collect()));
        self.spaced = false;
        self.word.clear();
    }
}

fn digit_as_letter(letter: char) -> char {
    match letter {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    }
}

fn cyrillic_as_latin(letter: char) -> char {
    match letter {
        'а' => 'a',
        'в' => 'b',
        'е' => 'e',
        'і' => 'i',
        'к' => 'k',
        'м' => 'm',
        'н' => 'h',
        'о' => 'o',
        'р' => 'p',
        'с' => 'c',
        'т' => 't',
        'у' => 'y',
        'х' => 'x',
        other => other,
    }
}

/// Letters that stand alone, so many in a row, are a word that is spelled out.
const SPELLED: usize = 3;

/// The words with one space between them, and what is spelled out as one. All that is between letters of one such word is
/// of one kind, so a short word before it is none of its letters.
fn spelled(words: &[(bool, String)]) -> String {
    let alone = |word: &(bool, String)| word.1.chars().nth(1).is_none();
    let mut out = String::new();
    let mut rest = words;
    while let Some((first, behind)) = rest.split_first() {
        let kind = behind.first().map(|(spaced, _)| *spaced);
        let run = behind.iter().take_while(|word| alone(word) && Some(word.0) == kind).count();
        let letters = if alone(first) && run + 1 >= SPELLED { run + 1 } else { 1 };
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(rest[..letters].iter().map(|(_, word)| word.as_str()));
        rest = &rest[letters..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_is_the_same() {
        for (one, other) in [
            ("Buy  now!", "buy now"),
            ("b\u{200b}u\u{ad}y", "buy"),
            ("\u{202e}buy\u{202c}", "buy"),
            ("𝐛𝓾𝔂 ｎｏｗ", "buy now"),
            ("BUY", "buy"),
            ("b00k f@ke sh!p", "book fake ship"),
            ("nooooooo", "no"),
            ("s p a m", "spam"),
            ("s.p-a_m now", "spam now"),
            ("and I s.p.a.m a lot", "and i spam a lot"),
            ("gооd", "good"),
            ("كتاب", "کتاب"),
            ("کِتاب", "کتاب"),
            ("کتـــاب", "کتاب"),
            ("می\u{200c}خرم", "میخرم"),
            ("خر۱۲", "خر12"),
            ("ДУРАК", "дурак"),
            ("ёлка", "елка"),
            ("İSTANBUL", "istanbul"),
            ("año", "ano"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
        assert_eq!(fold("  hello,   world \n"), "hello world");
        assert_eq!(fold("wait! what"), "wait what", "a sign at the end of a word is none of its letters");
        assert_eq!(fold("call 0912 345"), "call 0912 345", "numbers stay");
        assert_eq!(fold("дура4ок 100"), "дура4ок 100");
        assert_eq!(fold("good"), "good");
        assert_eq!(fold("I a cat"), "i a cat");
        assert_eq!(fold(""), "");
        assert_eq!(fold(&"😀".repeat(4_096)), "");
    }
}
