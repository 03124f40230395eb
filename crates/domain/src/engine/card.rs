//! A ticket as a search looks at it: its facts, and its wishes as they stand at its stage, in a hundred bytes and
//! without a pointer. Block lists are looked at last, and are not here.

use crate::id::{BotId, UserId};
use crate::rules::Ease;
use crate::ticket::{Claimant, Wishes};
use crate::wish::{Facts, Tongue, Tongues, Trust, Wants};

use super::priority::Seniority;
use super::relax;

/// What two tickets show each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) user: UserId,
    pub(super) bot: BotId,
    /// With the languages they surely speak.
    pub(super) facts: Facts,
    /// As eased.
    pub(super) wants: Wants,
    /// By the rules of the last batch.
    pub(super) seniority: Seniority,
    /// Users of other bots will do.
    pub(super) any_bot: bool,
    /// Of what common interests count, so many per cent do still.
    pub(super) interests_percent: u8,
    /// There are users it may not meet.
    pub(super) has_lists: bool,
}

impl Card {
    pub(super) fn new(claimant: &Claimant, wishes: &Wishes, ease: &Ease, across_bots: bool) -> Self {
        let mut facts = wishes.facts;
        if facts.languages.is_empty() {
            let read = Tongue::new(wishes.language.code()).expect("our languages have two letters");
            facts.languages = Tongues::new(&[read]).expect("one is not too many");
        }
        Self {
            user: claimant.user,
            bot: claimant.ticket.bot,
            facts,
            wants: relax::eased(&wishes.wants, ease),
            seniority: Seniority::NONE,
            any_bot: across_bots && ease.any_bot,
            interests_percent: ease.interests_percent,
            has_lists: !wishes.blocked.is_empty() || !wishes.recent.is_empty(),
        }
    }

    /// Whether both take each other. Symmetric.
    pub(super) fn may_meet(&self, other: &Self) -> bool {
        self.takes(other) && other.takes(self)
    }

    /// Whether the other is what this one wishes for, cheapest question first.
    pub(super) fn takes(&self, other: &Self) -> bool {
        self.takes_gender(other)
            && self.takes_age(other)
            && self.takes_bot(other)
            && self.takes_mode(other)
            && self.takes_trust(other)
            && self.takes_language(other)
            && self.takes_distance(other)
    }

    pub(super) fn takes_gender(&self, other: &Self) -> bool {
        self.wants.genders.takes(other.facts.gender)
    }

    pub(super) fn takes_age(&self, other: &Self) -> bool {
        self.wants.ages.takes(other.facts.age)
    }

    pub(super) fn takes_bot(&self, other: &Self) -> bool {
        self.any_bot || self.bot == other.bot
    }

    pub(super) fn takes_mode(&self, other: &Self) -> bool {
        self.wants.mode == other.wants.mode
    }

    /// Those who are often reported meet each other.
    pub(super) fn takes_trust(&self, other: &Self) -> bool {
        (self.facts.trust == Trust::Reported) == (other.facts.trust == Trust::Reported)
    }

    pub(super) fn takes_language(&self, other: &Self) -> bool {
        !self.wants.same_language || self.facts.languages.meet(&other.facts.languages)
    }

    pub(super) fn takes_distance(&self, other: &Self) -> bool {
        self.wants.reach.gets(&self.facts.place, &other.facts.place)
    }
}
