//! Who waits, laid out so that a search meets few whom it may not take.
//!
//! Tickets of one *group* are alike in what never bends: mode, conduct, bot, gender and wished genders, and whether
//! they ask for nearness. Within a group they lie by [`Cell`], and there on one [`Shelf`] for each band of ages. A
//! search skips whole groups, cells and shelves by what it wants and by what is wanted there, and compares cards with
//! the rest.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::card::Card;
use super::cell::{Around, Cell};
use super::shelf::{Alike, Band, Bands, Shelf, Slot, band};
use crate::id::BotId;
use crate::wish::{Country, Gender, Genders, Kilometres, Mode, Reach, Trust};

/// A shelf's number.
pub(super) type ShelfId = u32;

/// What never bends. Ordered so that one bot's groups, and all bots' of one mode, are one range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    mode: Mode,
    reported: bool,
    bot: BotId,
    gender: Option<Gender>,
    genders: Genders,
    rooted: bool,
}

impl Group {
    fn of(card: &Card) -> Self {
        Self {
            mode: card.wants.mode,
            reported: card.facts.trust == Trust::Reported,
            bot: card.bot,
            gender: card.facts.gender,
            genders: card.wants.genders,
            rooted: card.wants.reach != Reach::Anywhere,
        }
    }

    fn may_hold_one_for(&self, card: &Card) -> bool {
        card.wants.genders.takes(self.gender) && self.genders.takes(card.facts.gender)
    }
}

/// The shelves of one cell.
type Bandwise = Vec<(Band, ShelfId)>;

/// The tickets of one group.
#[derive(Debug, Default)]
struct Yard {
    cells: BTreeMap<Cell, Bandwise>,
    /// The furthest reach in kilometres that anybody had since the yard was empty.
    furthest: Option<Kilometres>,
}

/// Who waits.
#[derive(Debug, Default)]
pub(super) struct Index {
    yards: BTreeMap<Group, Yard>,
    shelves: Vec<Shelf>,
    /// Where each shelf stands.
    stands: Vec<(Group, Cell, Band)>,
    /// Shelves that stand nowhere.
    spare: Vec<ShelfId>,
    /// Shelves with notes to work in.
    untidy: Vec<ShelfId>,
}

impl Index {
    /// Puts a ticket on its shelf.
    pub(super) fn put(&mut self, slot: Slot, card: &Card, seed: u64) -> ShelfId {
        let (group, cell, band) = (Group::of(card), Cell::of(&card.facts.place), band(card.facts.age));
        let yard = self.yards.entry(group).or_default();
        if let Reach::Within(distance) = card.wants.reach {
            yard.furthest = yard.furthest.max(Some(distance));
        }
        let bands = yard.cells.entry(cell).or_default();
        let id = match bands.binary_search_by_key(&band, |(band, _)| *band) {
            Ok(found) => bands[found].1,
            Err(at) => {
                let id = self.spare.pop().unwrap_or_else(|| {
                    self.shelves.push(Shelf::default());
                    self.stands.push((group, cell, band));
                    ShelfId::try_from(self.shelves.len() - 1).expect("fewer shelves than tickets")
                });
                self.stands[id as usize] = (group, cell, band);
                bands.insert(at, (band, id));
                id
            }
        };
        self.change(id, |shelf| shelf.put(Alike::new(card, slot, seed), card));
        id
    }

    fn change(&mut self, id: ShelfId, change: impl FnOnce(&mut Shelf)) {
        let changed = &mut self.shelves[id as usize];
        if changed.is_tidy() {
            self.untidy.push(id);
        }
        change(changed);
    }

    /// Notes that a batch left a ticket waiting.
    pub(super) fn linger(&mut self, id: ShelfId, slot: Slot) {
        self.change(id, |shelf| shelf.linger(slot));
    }

    /// Notes that somebody left a shelf.
    pub(super) fn take(&mut self, id: ShelfId, slot: Slot) {
        self.change(id, |shelf| shelf.take(slot));
    }

    /// Works the notes in. Costs what the shelves with notes hold.
    pub(super) fn tidy(&mut self, cards: &[Card]) {
        for id in std::mem::take(&mut self.untidy) {
            let noted = &mut self.shelves[id as usize];
            noted.tidy(cards);
            // Notes that took each other back can name a shelf twice.
            if noted.is_empty() && self.stands_somewhere(id) {
                self.dismantle(id);
            }
        }
    }

    /// The most senior of each shelf's who were left waiting.
    pub(super) fn most_senior(&self) -> impl Iterator<Item = Slot> {
        self.shelves.iter().filter_map(|shelf| shelf.seniors().first().copied())
    }

    fn stands_somewhere(&self, id: ShelfId) -> bool {
        let (group, cell, band) = &self.stands[id as usize];
        let bands = self.yards.get(group).and_then(|yard| yard.cells.get(cell));
        bands.is_some_and(|bands| bands.contains(&(*band, id)))
    }

    fn dismantle(&mut self, id: ShelfId) {
        self.shelves[id as usize] = Shelf::default();
        self.spare.push(id);
        let (group, cell, band) = self.stands[id as usize];
        let yard = self.yards.get_mut(&group).expect("a shelf stands in a yard");
        let bands = yard.cells.get_mut(&cell).expect("a shelf stands in a cell");
        bands.retain(|(stands, _)| *stands != band);
        if bands.is_empty() {
            yard.cells.remove(&cell);
        }
        if yard.cells.is_empty() {
            self.yards.remove(&group);
        }
    }

    /// Shows every shelf that may hold somebody for `card`: first those of its own cell, then the others; its own bot's
    /// before those of other bots.
    pub(super) fn search(
        &self,
        card: &Card,
        mut look: impl FnMut(&Shelf) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let home = Cell::of(&card.facts.place);
        let bands = Bands::of(card.wants.ages);
        let mut show = |shelves: &[(Band, ShelfId)]| {
            for (band, id) in shelves {
                let there = &self.shelves[*id as usize];
                if bands.has(*band) && there.may_hold_one_for(card) {
                    look(there)?;
                }
            }
            ControlFlow::Continue(())
        };
        for (_, yard) in self.yards_for(card) {
            if let Some(shelves) = yard.cells.get(&home) {
                show(shelves)?;
            }
        }
        for (group, yard) in self.yards_for(card) {
            let Some(bounds) = Bounds::new(card, group, yard) else { continue };
            for (cell, shelves) in bounds.cells(yard, home) {
                if *cell != home && bounds.hold(*cell) {
                    show(shelves)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn yards_for(&self, card: &Card) -> impl Iterator<Item = (&Group, &Yard)> {
        let reported = card.facts.trust == Trust::Reported;
        let of = |bot, last: bool| Group {
            mode: card.wants.mode,
            reported,
            bot,
            gender: if last { Gender::ALL.last().copied() } else { None },
            genders: if last { Genders::ALL } else { Genders::LEAST },
            rooted: last,
        };
        let bot = card.bot;
        let of_bots = |least, most| self.yards.range(of(least, false)..=of(most, true));
        let all = card.any_bot.then(|| of_bots(BotId(i64::MIN), BotId(i64::MAX)));
        let own = of_bots(bot, bot);
        let others = all.into_iter().flatten().filter(move |(group, _)| group.bot != bot);
        own.chain(others).filter(|(group, _)| group.may_hold_one_for(card))
    }
}

/// Which cells of a yard may hold somebody for a ticket.
struct Bounds {
    /// The ticket wishes a distance.
    mine: Option<Around>,
    /// The ticket wishes its own country, or a part of it.
    country: Option<Country>,
    /// Those in the yard wish nearness: some a distance from themselves, some their own country.
    theirs: Option<(Option<Around>, Option<Country>)>,
}

impl Bounds {
    /// `None` if no cell does.
    fn new(card: &Card, group: &Group, yard: &Yard) -> Option<Self> {
        let place = &card.facts.place;
        let (mut mine, mut country) = (None, None);
        match card.wants.reach {
            Reach::Anywhere => {}
            Reach::Within(distance) => mine = Some(Around::new(place.spot?, distance)),
            Reach::Country | Reach::Region | Reach::City => country = Some(place.country?),
        }
        let around = || Some(Around::new(place.spot?, yard.furthest?));
        let theirs = group.rooted.then(|| (around(), place.country));
        if let Some((None, None)) = theirs { None } else { Some(Self { mine, country, theirs }) }
    }

    fn hold(&self, cell: Cell) -> bool {
        self.mine.is_none_or(|around| around.holds(cell))
            && self.country.is_none_or(|country| cell.is_in(country))
            && self.theirs.is_none_or(|(around, country)| {
                around.is_some_and(|around| around.holds(cell))
                    || country.is_some_and(|country| cell.is_in(country))
            })
    }

    /// A range of cells that holds all of them, from home on and around.
    fn cells<'y>(&self, yard: &'y Yard, home: Cell) -> impl Iterator<Item = (&'y Cell, &'y Bandwise)> {
        let near = self.mine.map(|around| yard.cells.range(around.range()));
        let all = self.mine.is_none().then(|| yard.cells.range(home..).chain(yard.cells.range(..home)));
        near.into_iter().flatten().chain(all.into_iter().flatten())
    }
}

#[cfg(test)]
impl Index {
    /// Everything on every shelf, in a form in which two indexes of the same tickets are equal.
    pub(super) fn listed<T: Ord + std::fmt::Debug>(&self, name: impl Fn(Slot) -> T) -> Vec<String> {
        let mut lines = Vec::new();
        for (group, yard) in &self.yards {
            for (cell, bands) in &yard.cells {
                for (band, id) in bands {
                    let mut all: Vec<T> = self.shelves[*id as usize].everybody().map(&name).collect();
                    all.sort();
                    lines.push(format!("{group:?} {cell:?} {band} {all:?}"));
                }
            }
        }
        lines
    }

    /// Whether each shelf knows at least what its tickets take and speak.
    pub(super) fn knows_enough(&self, cards: &[Card]) -> bool {
        self.shelves.iter().all(|shelf| shelf.knows_enough(cards))
    }
}
