//! One shelf of the index: tickets alike in their hard wishes, their place and the band of their age.
//!
//! Putting and taking cost next to nothing: both only leave a note, and [`Shelf::tidy`] puts the shelf in order once
//! before a batch searches it.

use super::card::Card;
use crate::wish::{Age, AgeRange};

/// A waiting ticket's place in the hall; another's once it has left.
pub(super) type Slot = u32;

/// An age, coarsely. The last band is of those who did not say.
pub(super) type Band = u8;

/// Where each band but the first begins.
const BANDS: [u8; 7] = [21, 24, 28, 33, 40, 50, 65];
const UNKNOWN: Band = 8;

/// The band of an age.
pub(super) fn band(age: Option<Age>) -> Band {
    age.map_or(UNKNOWN, |age| {
        Band::try_from(BANDS.partition_point(|begin| *begin <= age.years())).expect("there are eight")
    })
}

/// A set of bands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bands(u16);

impl Bands {
    /// Those in which somebody may be whom this range takes.
    pub(super) fn of(range: AgeRange) -> Self {
        let known = (1_u16 << (band(Some(range.to())) + 1)) - (1 << band(Some(range.from())));
        Self(known | (u16::from(range.takes(None)) << UNKNOWN))
    }

    pub(super) fn has(self, band: Band) -> bool {
        self.0 & (1 << band) != 0
    }
}

/// A ticket's place among its like: who has the same best language and shares a tag stands near. The slot is in the low
/// half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alike(u64);

impl Alike {
    pub(super) fn new(card: &Card, slot: Slot, seed: u64) -> Self {
        let best = card.facts.languages.iter().next();
        let language = best.map_or(0, |best| u64::from(u16::from_be_bytes(best.letters())));
        // The least of the hashes of one's tags: two sets have the same least one as often as they overlap (Broder).
        let hash = |tag: u16| (u64::from(tag) ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48;
        let tag = card.facts.interests.iter().map(|interest| hash(interest.0)).min();
        Self((language << 48) | (tag.unwrap_or(0) << 32) | u64::from(slot))
    }

    pub(super) fn slot(self) -> Slot {
        u32::try_from(self.0 & 0xFFFF_FFFF).expect("the low half")
    }
}

/// Tickets side by side.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// In order of likeness, once tidy.
    alike: Vec<Alike>,
    /// Those that a batch has left waiting, the most senior first.
    seniors: Vec<Slot>,
    /// Those to come among them.
    lingering: Vec<Slot>,
    /// Who left, and is among them until tidied.
    gone: Vec<Slot>,
    /// Of whom anybody here takes somebody; may hold one too many.
    takes: Bands,
    /// The marks of every language spoken here; may hold one too many.
    marks: u64,
    /// How many left since these two were made anew.
    left: u32,
    came: bool,
}

impl Shelf {
    /// Adds a ticket.
    pub(super) fn put(&mut self, alike: Alike, card: &Card) {
        self.gone.retain(|gone| *gone != alike.slot());
        self.alike.push(alike);
        self.came = true;
        self.note(card);
    }

    /// Marks a ticket as one that was left waiting.
    pub(super) fn linger(&mut self, slot: Slot) {
        self.lingering.push(slot);
    }

    /// Notes that a ticket left.
    pub(super) fn take(&mut self, slot: Slot) {
        self.gone.push(slot);
    }

    /// Whether there are notes to work in.
    pub(super) fn is_tidy(&self) -> bool {
        self.gone.is_empty() && self.lingering.is_empty() && !self.came
    }

    fn note(&mut self, card: &Card) {
        self.takes.0 |= Bands::of(card.wants.ages).0;
        self.marks |= card.facts.languages.marks();
    }

    /// Forgets who left, and brings the others in order.
    pub(super) fn tidy(&mut self, cards: &[Card]) {
        if !self.gone.is_empty() {
            self.forget(cards);
        }
        // Stable sorts see that most of it is in order already.
        if std::mem::take(&mut self.came) {
            self.alike.sort();
            self.alike.dedup();
        }
        self.rank(cards);
    }

    /// Gives those who linger their place. A few are put in one by one: sorting would ask for everybody's card.
    fn rank(&mut self, cards: &[Card]) {
        let key = |slot: &Slot| (cards[*slot as usize].seniority, *slot);
        let lingering = std::mem::take(&mut self.lingering);
        if lingering.len() > self.seniors.len() / 16 {
            self.seniors.extend(lingering);
            self.seniors.sort_by_key(key);
            self.seniors.dedup();
        } else {
            for slot in lingering {
                if let Err(place) = self.seniors.binary_search_by_key(&key(&slot), key) {
                    self.seniors.insert(place, slot);
                }
            }
        }
    }

    fn forget(&mut self, cards: &[Card]) {
        let mut gone = std::mem::take(&mut self.gone);
        gone.sort_unstable();
        self.alike.retain(|alike| gone.binary_search(&alike.slot()).is_err());
        self.seniors.retain(|slot| gone.binary_search(slot).is_err());
        self.lingering.retain(|slot| gone.binary_search(slot).is_err());
        self.left = self.left.saturating_add(u32::try_from(gone.len()).unwrap_or(u32::MAX));
        if self.left as usize > self.alike.len() {
            (self.takes, self.marks, self.left) = (Bands::default(), 0, 0);
            for at in 0..self.alike.len() {
                let slot = self.alike[at].slot();
                self.note(&cards[slot as usize]);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.alike.is_empty()
    }

    /// Whether there may be somebody here whom `card` may meet.
    pub(super) fn may_hold_one_for(&self, card: &Card) -> bool {
        self.takes.has(band(card.facts.age))
            && (!card.wants.same_language || self.marks & card.facts.languages.marks() != 0)
    }

    /// Everybody, from the place of one's like outwards.
    pub(super) fn around(&self, like: Alike) -> impl Iterator<Item = Slot> {
        let (before, after) = self.alike.split_at(self.alike.partition_point(|alike| *alike < like));
        let (mut before, mut after) = (before.iter().rev(), after.iter());
        let mut turn = false;
        std::iter::from_fn(move || {
            turn = !turn;
            let next = if turn {
                after.next().or_else(|| before.next())
            } else {
                before.next().or_else(|| after.next())
            };
            next.map(|alike| alike.slot())
        })
    }

    /// Those who were left waiting, the most senior first.
    pub(super) fn seniors(&self) -> &[Slot] {
        &self.seniors
    }
}

#[cfg(test)]
impl Shelf {
    pub(super) fn everybody(&self) -> impl Iterator<Item = Slot> {
        self.alike.iter().map(|alike| alike.slot())
    }

    pub(super) fn knows_enough(&self, cards: &[Card]) -> bool {
        self.everybody().map(|slot| &cards[slot as usize]).all(|card| {
            let takes = Bands::of(card.wants.ages);
            let marks = card.facts.languages.marks();
            self.takes.0 & takes.0 == takes.0 && self.marks & marks == marks
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_reaches_every_band_it_overlaps_and_no_other() {
        for from in 18..=99 {
            for to in from..=99 {
                let range = AgeRange::new(from, to).unwrap();
                let taken: Vec<Band> = (0..=UNKNOWN).filter(|band| Bands::of(range).has(*band)).collect();
                let mut wanted: Vec<Band> = (from..=to).map(|years| band(Age::new(years).ok())).collect();
                wanted.extend(range.takes(None).then_some(UNKNOWN));
                wanted.dedup();
                assert_eq!(taken, wanted, "{from} to {to}");
            }
        }
    }
}
