//! What people write.

use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;

use crate::telegram::{Kind, MessageId, Writing};

const LINES: &[&str] = &[
    "hi",
    "hello there, how are you?",
    "سلام، خوبی؟",
    "where are you from?",
    "از کجایی؟",
    "just finished work, and the rain will not stop",
    "what music do you listen to these days?",
    "امروز هوا خیلی خوب بود، رفتیم کوه",
    "haha 😂",
    "❤️",
    "no way",
    "tell me something nobody knows about you",
    "یه فیلم خوب معرفی کن",
    "I have a cat, two dogs and a parrot that swears. The parrot came with the flat, and nobody told us.",
    "ok",
    "k",
    "<b>not a tag</b> & neither is <i>this",
    "one\ntwo\n\nthree",
    "100% sure? yes / no",
    "بله 👍🏽",
];

/// Kinds that can be copied, the frequent ones more often.
const MEDIA: &[Kind] = &[
    Kind::Photo,
    Kind::Photo,
    Kind::Photo,
    Kind::Photo,
    Kind::Sticker,
    Kind::Sticker,
    Kind::Sticker,
    Kind::Voice,
    Kind::Voice,
    Kind::Voice,
    Kind::Video,
    Kind::Video,
    Kind::Animation,
    Kind::Animation,
    Kind::Audio,
    Kind::VideoNote,
    Kind::Document,
    Kind::Contact,
    Kind::Location,
    Kind::Venue,
    Kind::Poll,
    Kind::Dice,
    Kind::Game,
];

/// A line of talk.
pub(super) fn line(rng: &mut SmallRng) -> String {
    let line = LINES.choose(rng).copied().unwrap_or("hi");
    if rng.random_bool(0.02) { line.repeat(20) } else { line.to_owned() }
}

/// What tells every text from every other one, where bots mix: what another bot says again is known by what it says.
pub(super) fn marked(text: &str, number: u64) -> String {
    format!("{text} {MARK}{number}")
}

/// Whether somebody of the crowd wrote this.
pub(super) fn is_marked(text: &str) -> bool {
    let number = text.rsplit_once(MARK).map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Stands before the number of a text.
const MARK: char = '№';

/// A text message.
pub(super) fn text(rng: &mut SmallRng, reply_to: Option<MessageId>) -> Writing {
    Writing { text: Some(line(rng)), reply_to, ..Writing::of(Kind::Text) }
}

/// A message that is no text.
pub(super) fn media(rng: &mut SmallRng, reply_to: Option<MessageId>) -> Writing {
    let kind = MEDIA.choose(rng).copied().unwrap_or(Kind::Photo);
    let caption = (kind.has_caption() && rng.random_bool(0.3)).then(|| line(rng));
    Writing { text: caption, reply_to, ..Writing::of(kind) }
}

/// A photo or video of an album.
pub(super) fn photo(rng: &mut SmallRng, album: &str, has_words: bool) -> Writing {
    let kind = if rng.random_bool(0.8) { Kind::Photo } else { Kind::Video };
    let caption = has_words.then(|| line(rng));
    Writing { text: caption, album: Some(album.to_owned()), ..Writing::of(kind) }
}

/// What is put on a message; none takes it away.
pub(super) fn reaction(rng: &mut SmallRng) -> Option<String> {
    ["👍", "❤", "🔥", "😁", ""].choose(rng).filter(|emoji| !emoji.is_empty()).map(|emoji| (*emoji).to_owned())
}

/// A message that Telegram lets nobody copy.
pub(super) fn uncopyable(rng: &mut SmallRng) -> Writing {
    // Nobody writes that they paid.
    let written = |kind: &Kind| !matches!(kind, Kind::Payment | Kind::Refund);
    let kinds: Vec<Kind> =
        Kind::ALL.iter().copied().filter(|kind| !kind.copyable() && written(kind)).collect();
    Writing::of(kinds.choose(rng).copied().unwrap_or(Kind::Quiz))
}
