//! What a text reveals, in one pass over it and without memory of its own.
//!
//! The text is taken sign by sign, as a reader sees it ([`super::fold`]). Digits go to [`Phone`]; letters and digits form
//! words, and what stands between two words tells whether they are an address. Of a word only what fits into a few bytes is
//! kept, so however long the text, the work is the same for each of its signs.

use hamdam_domain::reveal::Reveal;

use super::Reveals;
use super::fold::{Sign, sign};
use super::phone::{Care, Phone};

/// As much of a word as is compared: no word that means anything here is longer.
const KEPT: usize = 24;

/// Endings of addresses that are no words of talk: `name.com` is one wherever it stands.
const ENDINGS: &[&str] = &[
    "com",
    "net",
    "org",
    "info",
    "biz",
    "xyz",
    "online",
    "site",
    "shop",
    "store",
    "app",
    "dev",
    "io",
    "ir",
    "ru",
    "рф",
    "su",
    "ua",
    "uk",
    "eu",
    "tv",
    "cc",
    "gg",
    "ly",
    "ai",
    "ml",
    "tk",
    "gq",
    "cf",
    "ae",
    "sa",
    "pk",
    "af",
    "iq",
    "kz",
    "uz",
    "az",
    "tj",
    "club",
    "link",
    "click",
    "top",
    "vip",
    "icu",
    "space",
    "website",
    "ایران",
];

/// Whose letters are read by many.
const MAILS: &[&str] = &[
    "gmail",
    "yahoo",
    "ymail",
    "hotmail",
    "outlook",
    "icloud",
    "mail",
    "email",
    "protonmail",
    "proton",
    "yandex",
    "gmx",
    "aol",
    "live",
    "rambler",
    "chmail",
];

/// "Dot", "at" and "slash", spelled out.
const DOTS: &[&str] = &["dot", "نقطه", "دات", "نقطة", "точка", "punto", "nokta"];
const ATS: &[&str] = &["at", "ات", "ادساین", "اتساین", "собака", "arroba", "kuyruklu"];
const SLASHES: &[&str] = &["slash", "اسلش", "слэш", "слеш"];

/// What a text reveals.
pub(super) fn scan(text: &str, care: Care) -> Reveals {
    let mut scanner = Scanner::new(care);
    for letter in text.chars() {
        scanner.take(sign(letter));
    }
    scanner.end()
}

/// A word, or its beginning.
#[derive(Clone, Copy, Debug)]
struct Word {
    kept: [u8; KEPT],
    /// Bytes of the whole word.
    length: usize,
    /// Every letter can stand in a name on Telegram or in an address.
    plain: bool,
    /// Has a digit or an underscore.
    odd: bool,
}

impl Word {
    const NONE: Self = Self { kept: [0; KEPT], length: 0, plain: true, odd: false };

    fn push(&mut self, letter: char) {
        let mut bytes = [0; 4];
        let bytes = letter.encode_utf8(&mut bytes).as_bytes();
        if let Some(place) = self.kept.get_mut(self.length..self.length + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        self.length += bytes.len();
        self.plain &= letter.is_ascii();
        self.odd |= !letter.is_alphabetic();
    }

    fn is(&self, word: &str) -> bool {
        self.length == word.len() && self.kept.get(..self.length) == Some(word.as_bytes())
    }

    fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// A name on Telegram: Latin letters, digits and `_`, a letter first.
    fn is_name(&self) -> bool {
        self.plain && (4..=32).contains(&self.length) && self.kept[0].is_ascii_lowercase()
    }
}

/// What joins two words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Joint {
    at: Option<At>,
    dots: u8,
    marks: u8,
}

const SLASH: u8 = 1;
const COLON: u8 = 2;
const SPACE: u8 = 4;
const BRACKET: u8 = 8;
const OTHER: u8 = 16;
/// White space stands behind the dot and none before it, as at the end of a sentence.
const SENTENCE: u8 = 32;

/// How an `@` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    /// It touches the word before.
    touches: bool,
    /// White space stands behind it.
    apart: bool,
}

impl Joint {
    /// Whether any of these marks stands here.
    fn has(self, marks: u8) -> bool {
        self.marks & marks != 0
    }

    /// A dot as in an address, in brackets too, but not at the end of a sentence.
    fn is_dot(self) -> bool {
        self.dots == 1 && self.at.is_none() && !self.has(SLASH | COLON | OTHER | SENTENCE)
    }

    /// Nothing stands here.
    fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// What the words before the present one may be the beginning of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hope {
    /// Nothing.
    Nothing,
    /// `name@`: an address, if a dot and an ending follow; else perhaps a name.
    Mailbox,
    /// `name@host`, whose host could also be somebody's name.
    Host { name: bool },
    /// `word.` in any spelling.
    Dotted { mail: bool },
    /// `t.me`, or `telegram.me`.
    Telegram,
    /// `word.xx`, an address if a path follows.
    Weak,
}

struct Scanner {
    care: Care,
    phone: Phone,
    found: Reveals,
    word: Word,
    /// The word before.
    last: Word,
    joint: Joint,
    hope: Hope,
}

impl Scanner {
    fn new(care: Care) -> Self {
        Self {
            care,
            phone: Phone::default(),
            found: Reveals::default(),
            word: Word::NONE,
            last: Word::NONE,
            joint: Joint::default(),
            hope: Hope::Nothing,
        }
    }

    fn take(&mut self, sign: Sign) {
        if self.phone.take(sign, self.care) {
            self.found.add(Reveal::Phone);
        }
        match sign {
            Sign::Nothing => {}
            Sign::Letter(letter) => {
                // Names and addresses end where the script changes.
                if self.word.length > 0 && self.word.plain != letter.is_ascii() {
                    self.word_ends();
                }
                self.word.push(letter);
            }
            Sign::Digit(digit) => self.word.push(char::from(b'0' + digit)),
            // Within a word it belongs to it, as in addresses.
            Sign::Dash if self.word.length > 0 => self.word.push('-'),
            between => {
                self.word_ends();
                self.join(between);
            }
        }
    }

    fn end(mut self) -> Reveals {
        if self.phone.end(self.care) {
            self.found.add(Reveal::Phone);
        }
        self.word_ends();
        // Whatever was hoped for does not come any more.
        self.give_up();
        self.found
    }

    fn join(&mut self, between: Sign) {
        let empty = self.joint.is_empty();
        let joint = &mut self.joint;
        match between {
            Sign::At => joint.at = Some(At { touches: empty && self.last.length > 0, apart: false }),
            Sign::Dot => joint.dots = joint.dots.saturating_add(1),
            Sign::Slash => {
                if joint.has(COLON) {
                    self.found.add(if self.last.is("tg") { Reveal::Mention } else { Reveal::Link });
                }
                if empty && self.hope == Hope::Weak {
                    self.found.add(Reveal::Link);
                }
                joint.marks |= SLASH;
            }
            Sign::Colon => joint.marks |= COLON,
            Sign::Space => {
                if joint.dots > 0 && !joint.has(SPACE | BRACKET) {
                    joint.marks |= SENTENCE;
                }
                joint.marks |= SPACE;
                if let Some(at) = &mut joint.at {
                    at.apart = true;
                }
            }
            Sign::Bracket => joint.marks |= BRACKET,
            _ => joint.marks |= OTHER,
        }
    }

    /// A word has ended: what is it to the one before?
    fn word_ends(&mut self) {
        if self.word.length == 0 {
            return;
        }
        let (word, joint) = (std::mem::replace(&mut self.word, Word::NONE), std::mem::take(&mut self.joint));
        self.hope = self.follow(&word, joint);
        // A dot that is spelled out stands between its neighbours like any other.
        if !matches!(self.hope, Hope::Dotted { .. }) {
            self.last = word;
        }
    }

    fn follow(&mut self, word: &Word, joint: Joint) -> Hope {
        let hope = self.hope;
        if let Some(at) = joint.at {
            return self.behind_at(word, at);
        }
        if hope == Hope::Telegram && (joint.has(SLASH) || word.is_one_of(SLASHES)) {
            self.found.add(Reveal::Mention);
            self.found.add(Reveal::Link);
            return Hope::Nothing;
        }
        let parted = joint.has(SPACE | BRACKET);
        if parted && self.last.length > 0 && word.is_one_of(DOTS) {
            return Hope::Dotted { mail: matches!(hope, Hope::Host { .. }) };
        }
        if hope == Hope::Mailbox && parted && (word.is_one_of(MAILS) || joint.has(BRACKET)) {
            return Hope::Host { name: false };
        }
        let telegram = (self.last.is("t") || self.last.is("telegram")) && (word.is("me") || word.is("dog"));
        let dotted = match hope {
            Hope::Dotted { .. } => parted,
            _ => joint.is_dot() || (telegram && joint.dots == 1),
        };
        if dotted && telegram {
            return Hope::Telegram;
        }
        if dotted && self.last.length > 0 {
            return self.behind_dot(word, matches!(hope, Hope::Host { .. } | Hope::Dotted { mail: true }));
        }
        self.give_up();
        if parted && self.last.length > 0 && word.is_one_of(ATS) { Hope::Mailbox } else { Hope::Nothing }
    }

    fn behind_at(&mut self, word: &Word, at: At) -> Hope {
        self.give_up();
        if at.touches && !at.apart {
            return Hope::Host { name: word.is_name() };
        }
        // "Come @ nine" is no name, "@ mina_83" is one.
        if word.is_name() && (!at.apart || word.odd) {
            self.found.add(Reveal::Mention);
        }
        Hope::Nothing
    }

    fn behind_dot(&mut self, word: &Word, mail: bool) -> Hope {
        if mail && word.length >= 2 {
            self.found.add(Reveal::Email);
            // Its host may have more parts.
            return Hope::Host { name: false };
        }
        if self.last.is("www") || word.is_one_of(ENDINGS) {
            self.found.add(Reveal::Link);
            return Hope::Nothing;
        }
        if word.plain && !word.odd && word.length >= 2 { Hope::Weak } else { Hope::Nothing }
    }

    /// What was hoped for did not come. `name@host` without a dot may still be somebody's name.
    fn give_up(&mut self) {
        if self.hope == (Hope::Host { name: true }) {
            self.found.add(Reveal::Mention);
        }
    }
}
