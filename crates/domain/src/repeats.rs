//! Texts that somebody writes in one room after the other, as advertising does.
//!
//! Of a text nothing is kept but a short hash, and that for some minutes.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Millis;
use crate::id::RoomId;

/// A hash of a text, as much of it as is kept: 24 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextHash(u32);

impl TextHash {
    /// As much of this hash as is kept.
    #[must_use]
    pub fn new(hash: u32) -> Self {
        Self(hash & 0xff_ffff)
    }

    /// Its part of the stored form.
    #[must_use]
    pub fn to_text(self) -> String {
        format!("{:06x}", self.0)
    }
}

/// A text, and where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Repeat {
    text: TextHash,
    /// The last six digits of the last room's id.
    room: u32,
    /// In so many rooms so far; 15 at most.
    rooms: u8,
    /// The minute in which it was last written, modulo 2^16.
    minute: u16,
}

/// What somebody wrote lately that could be advertising.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Repeats(VecDeque<Repeat>);

fn minute(at: Millis) -> u16 {
    u16::try_from(at.0.div_euclid(60_000).rem_euclid(1 << 16)).unwrap_or_default()
}

impl Repeats {
    /// So many texts are remembered, those that were written last.
    pub const MOST: usize = 3;
    /// A text that was not written for so long is forgotten.
    pub const KEPT: Duration = Duration::from_mins(10);
    const ROOMS_MOST: u8 = 15;

    fn is_kept(minute: u16, now: u16) -> bool {
        u64::from(now.wrapping_sub(minute)) * 60 < Self::KEPT.as_secs()
    }

    /// Notes that a text was written in a room.
    pub fn said(&mut self, text: TextHash, room: RoomId, at: Millis) {
        let now = minute(at);
        let room = u32::try_from(room.0.unsigned_abs() % 1_000_000).unwrap_or_default();
        self.0.retain(|known| Self::is_kept(known.minute, now));
        let place = self.0.iter().position(|known| known.text == text);
        let known = place.and_then(|place| self.0.remove(place));
        let rooms = match known {
            Some(known) if known.room == room => known.rooms,
            Some(known) => (known.rooms + 1).min(Self::ROOMS_MOST),
            None => 1,
        };
        self.0.push_back(Repeat { text, room, rooms, minute: now });
        let over = self.0.len().saturating_sub(Self::MOST);
        self.0.drain(..over);
    }

    /// In how many rooms a text was written lately.
    #[must_use]
    pub fn rooms(&self, text: TextHash, now: Millis) -> u8 {
        let now = minute(now);
        let known = self.0.iter().find(|known| known.text == text && Self::is_kept(known.minute, now));
        known.map_or(0, |known| known.rooms)
    }

    /// Whether nothing of it counts any more.
    #[must_use]
    pub fn are_forgotten(&self, now: Millis) -> bool {
        let now = minute(now);
        !self.0.iter().any(|known| Self::is_kept(known.minute, now))
    }

    /// The stored form, oldest first: of each text six hexadecimal digits of its hash, five of its room, one of the number
    /// of rooms, four of its minute. 64 bytes at most.
    #[must_use]
    pub fn to_text(&self) -> String {
        let texts = self.0.iter().map(|known| {
            format!("{}{:05x}{:x}{:04x}", known.text.to_text(), known.room, known.rooms, known.minute)
        });
        texts.collect::<Vec<_>>().join(" ")
    }

    /// Reads the stored form.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let read = |word: &str| {
            let hex = |digits: Option<&str>| u32::from_str_radix(digits?, 16).ok();
            (word.len() == 16).then_some(())?;
            Some(Repeat {
                text: TextHash(hex(word.get(..6))?),
                room: hex(word.get(6..11))?,
                rooms: u8::try_from(hex(word.get(11..12))?).ok()?,
                minute: u16::try_from(hex(word.get(12..))?).ok()?,
            })
        };
        text.split(' ').map(read).collect::<Option<_>>().map(Self)
    }
}

/// What an operator decides about texts that go from room to room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatRules {
    /// In so many rooms its writer is asked whether they mean it; 0: never.
    pub ask: u8,
    /// In so many it goes to nobody; 0: never.
    pub hold: u8,
}

impl Default for RepeatRules {
    fn default() -> Self {
        Self { ask: 4, hold: 6 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn later(minutes: u64) -> Millis {
        NOW.after(Duration::from_mins(minutes))
    }

    #[test]
    fn rooms_are_counted_and_not_how_often_it_is_said_in_one() {
        let (text, mut repeats) = (TextHash::new(7), Repeats::default());
        for room in [1, 1, 2, 2, 3] {
            repeats.said(text, RoomId(room), NOW);
        }
        assert_eq!((repeats.rooms(text, NOW), repeats.rooms(TextHash::new(8), NOW)), (3, 0));
        assert_eq!(repeats.rooms(text, later(9)), 3);
        assert_eq!(repeats.rooms(text, later(10)), 0);
        assert!(!repeats.are_forgotten(later(9)) && repeats.are_forgotten(later(10)));
        repeats.said(text, RoomId(4), later(9));
        assert_eq!(repeats.rooms(text, later(18)), 4, "it counts from the last time");
        repeats.said(text, RoomId(5), later(28));
        assert_eq!(repeats.rooms(text, later(28)), 1);
    }

    #[test]
    fn the_newest_texts_are_remembered() {
        let mut repeats = Repeats::default();
        for text in [1, 2, 3, 1, 4] {
            repeats.said(TextHash::new(text), RoomId(i64::from(text)), NOW);
        }
        let known: Vec<_> = (1..5).map(|text| repeats.rooms(TextHash::new(text), NOW)).collect();
        assert_eq!(known, [1, 0, 1, 1]);
    }

    #[test]
    fn the_most_fits_and_reads_back() {
        let mut repeats = Repeats::default();
        for n in 0..90 {
            repeats.said(TextHash::new(u32::MAX - n % 3), RoomId(i64::MAX - i64::from(n)), NOW);
        }
        let text = repeats.to_text();
        assert!(text.len() <= 64, "{text}");
        assert_eq!(Repeats::from_text(&text), Some(repeats));
        for rubbish in ["", "0", "0123456789abcde", "0123456789abcdeg", "0123456789abcdef "] {
            assert_eq!(Repeats::from_text(rubbish), None, "{rubbish}");
        }
    }
}
