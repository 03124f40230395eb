//! Why somebody waits: how many of the others pass each wish, and what gives way when.

use std::time::Duration;

use super::card::Card;
use super::hall::Hall;
use super::relax;
use super::shelf::Slot;
use crate::clock::Millis;
use crate::rules::{Ease, Rules};

/// What can keep two people apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wish {
    /// The wished gender.
    Gender,
    /// The wished age.
    Age,
    /// The wished nearness.
    Distance,
    /// A common language.
    Language,
    /// The same bot.
    Bot,
    /// The same protection of content.
    Mode,
    /// Those who are often reported meet each other.
    Trust,
    /// Blocked users.
    Block,
    /// Recent partners.
    Recent,
}

impl Wish {
    /// Every wish.
    pub const ALL: [Self; 9] = [
        Self::Gender,
        Self::Age,
        Self::Distance,
        Self::Language,
        Self::Bot,
        Self::Mode,
        Self::Trust,
        Self::Block,
        Self::Recent,
    ];
}

/// How many of the others pass one wish, whatever the other wishes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passing {
    /// Which wish.
    pub wish: Wish,
    /// Who is what this user wishes.
    pub theirs: usize,
    /// Who wishes what this user is.
    pub mine: usize,
    /// Both.
    pub both: usize,
}

/// What gives way later, and what that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relaxation {
    /// From now.
    pub after: Duration,
    /// What holds from then on.
    pub ease: Ease,
    /// How many of the others this user could meet then, if these stayed as they are.
    pub may_meet: usize,
}

/// Why somebody waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// For how long they have waited.
    pub waited: Duration,
    /// What gave way already.
    pub ease: Ease,
    /// Tickets of other users that wait.
    pub others: usize,
    /// Of them, those more senior.
    pub seniors: usize,
    /// How many pass each wish, one after the other of [`Wish::ALL`].
    pub passing: Vec<Passing>,
    /// How many pass all: whom they may meet now.
    pub may_meet: usize,
    /// What gives way when.
    pub relaxations: Vec<Relaxation>,
}

/// Looks at everybody, which is slow and rarely asked for.
pub(super) fn explain(hall: &Hall, me: Slot, rules: &Rules, now: Millis) -> Explanation {
    let asking = Asking { hall, me, not_before: now.before(rules.not_again_for) };
    let waiting = hall.at(me);
    let waited = now.since(waiting.since);
    let stage = relax::stage(&rules.schedule, waiting.wants(), waited);
    let card_at = |stage| hall.card_at(me, &relax::ease(&rules.schedule, stage), rules.across_bots);
    let card = card_at(stage);
    let later = rules.schedule.steps().iter().zip(1..).skip(stage);
    Explanation {
        waited,
        ease: relax::ease(&rules.schedule, stage),
        others: asking.others().count(),
        seniors: asking.others().filter(|other| hall.card(*other).seniority < card.seniority).count(),
        passing: Wish::ALL.map(|wish| asking.passing(&card, wish)).to_vec(),
        may_meet: asking.may_meet(&card),
        relaxations: later
            .map(|(step, stage)| Relaxation {
                after: step.after.saturating_sub(waited),
                ease: step.ease,
                may_meet: asking.may_meet(&card_at(stage)),
            })
            .collect(),
    }
}

/// Who asks.
struct Asking<'a> {
    hall: &'a Hall,
    me: Slot,
    not_before: Millis,
}

impl Asking<'_> {
    fn others(&self) -> impl Iterator<Item = Slot> {
        let user = self.hall.card(self.me).user;
        (0..self.hall.slots())
            .filter(|slot| self.hall.get(*slot).is_some())
            .filter(move |slot| self.hall.card(*slot).user != user)
    }

    fn may_meet(&self, card: &Card) -> usize {
        let may = |other: &Slot| {
            card.may_meet(self.hall.card(*other)) && self.hall.are_strangers(self.me, *other, self.not_before)
        };
        self.others().filter(may).count()
    }

    fn passing(&self, card: &Card, wish: Wish) -> Passing {
        let mut passing = Passing { wish, theirs: 0, mine: 0, both: 0 };
        for other in self.others() {
            let theirs = self.hall.card(other);
            let (yes, they) =
                (self.takes(wish, (self.me, card), theirs), self.takes(wish, (other, theirs), card));
            passing.theirs += usize::from(yes);
            passing.mine += usize::from(they);
            passing.both += usize::from(yes && they);
        }
        passing
    }

    fn takes(&self, wish: Wish, (one, card): (Slot, &Card), other: &Card) -> bool {
        match wish {
            Wish::Gender => card.takes_gender(other),
            Wish::Age => card.takes_age(other),
            Wish::Distance => card.takes_distance(other),
            Wish::Language => card.takes_language(other),
            Wish::Bot => card.takes_bot(other),
            Wish::Mode => card.takes_mode(other),
            Wish::Trust => card.takes_trust(other),
            Wish::Block => !self.hall.blocks(one, other.user),
            Wish::Recent => !self.hall.has_met(one, other.user, self.not_before),
        }
    }
}
