//! The tickets themselves: each in a slot, small, and as it was added when it leaves.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::card::Card;
use super::index::ShelfId;
use super::priority::Seniority;
use super::relax;
use super::shelf::Slot;
use crate::clock::Millis;
use crate::id::{PoolId, TicketId, UpdateId, UserId};
use crate::profile::Language;
use crate::rules::{Ease, Rules};
use crate::ticket::{Claimant, Met, Ticket, Wishes};
use crate::wish::{Tongues, Wants};

/// Nobody's slot.
pub(super) const NOBODY: Slot = Slot::MAX;

/// A moment that does not come.
pub(super) const NEVER: Millis = Millis(i64::MAX);

/// A waiting ticket, without what its card shows; that is why whose it is, and by which bot, are not here.
#[derive(Debug)]
pub(super) struct Waiting {
    update: UpdateId,
    attempt: u32,
    pub(super) since: Millis,
    /// When its wish gives way next, or somebody it met may be met again; [`NEVER`], if not.
    pub(super) wakes: Millis,
    /// Whom it may not meet; both lists in order.
    lists: Option<Box<Lists>>,
    /// The wish as it was made.
    wants: Wants,
    /// What the user said they speak was nothing.
    silent: bool,
    language: Language,
    era: u16,
    /// Its pool, by number.
    pool: u16,
    /// Steps of the schedule that were taken; `None` before its first batch.
    pub(super) stage: Option<u8>,
    pub(super) standing: Standing,
    /// Where the index has it; `None` before its first batch.
    pub(super) shelf: Option<ShelfId>,
    /// Whom it may meet, the likeliest first, if a batch left it [`Standing::Likely`].
    pub(super) likely: Box<[Slot]>,
    /// Another ticket of the same user.
    sibling: Slot,
}

impl Waiting {
    /// The wish as it was made.
    pub(super) fn wants(&self) -> &Wants {
        &self.wants
    }
}

/// How far a ticket has been held against the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not at all, or not against all.
    New,
    /// Whom it may meet is known; `complete` if there is nobody else.
    Likely { complete: bool },
    /// It may meet no other settled ticket.
    Settled,
}

#[derive(Debug, Default)]
struct Lists {
    blocked: Vec<UserId>,
    recent: Vec<Met>,
}

impl Lists {
    fn of(mut blocked: Vec<UserId>, mut recent: Vec<Met>) -> Option<Box<Self>> {
        if blocked.is_empty() && recent.is_empty() {
            return None;
        }
        // The end of a list is the newest.
        blocked.drain(..blocked.len().saturating_sub(Wishes::LIST_MOST));
        recent.drain(..recent.len().saturating_sub(Wishes::LIST_MOST));
        blocked.sort_unstable();
        recent.sort_unstable();
        blocked.shrink_to_fit();
        recent.shrink_to_fit();
        Some(Box::new(Self { blocked, recent }))
    }

    fn forbid(&self, user: UserId, not_before: Millis) -> bool {
        self.blocks(user) || self.met(user, not_before)
    }

    fn blocks(&self, user: UserId) -> bool {
        self.blocked.binary_search(&user).is_ok()
    }

    /// Whether they met `user` after `not_before`.
    fn met(&self, user: UserId, not_before: Millis) -> bool {
        let from = self.recent.partition_point(|met| met.user < user);
        self.recent[from..].iter().take_while(|met| met.user == user).any(|met| met.at > not_before)
    }
}

/// Everybody who waits.
#[derive(Debug, Default)]
pub(super) struct Hall {
    cards: Vec<Card>,
    waiting: Vec<Option<Waiting>>,
    /// A user's last ticket, which leads to their others.
    users: HashMap<UserId, Slot>,
    /// Slots of tickets that left, not to be given again before the index was tidied.
    left: Vec<Slot>,
    free: Vec<Slot>,
    pools: Vec<PoolId>,
}

impl Hall {
    pub(super) fn len(&self) -> usize {
        self.waiting.len() - self.left.len() - self.free.len()
    }

    /// Takes in a ticket that is not here at any attempt. Answers where.
    pub(super) fn admit(&mut self, ticket: Ticket) -> Slot {
        let Ticket { claimant, era, pool, waiting_since, wishes } = ticket;
        let card = Card::new(&claimant, &wishes, &Ease::NONE, false);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.waiting.push(None);
            self.cards.push(card);
            Slot::try_from(self.cards.len() - 1).expect("four billion do not wait")
        });
        self.cards[slot as usize] = card;
        let sibling = match self.users.entry(claimant.user) {
            Entry::Occupied(mut last) => last.insert(slot),
            Entry::Vacant(none) => {
                none.insert(slot);
                NOBODY
            }
        };
        self.waiting[slot as usize] = Some(Waiting {
            update: claimant.ticket.update,
            attempt: claimant.attempt,
            since: waiting_since,
            wakes: NEVER,
            silent: wishes.facts.languages.is_empty(),
            wants: wishes.wants,
            language: wishes.language,
            lists: Lists::of(wishes.blocked, wishes.recent),
            era,
            pool: self.pool_number(pool),
            stage: None,
            standing: Standing::New,
            shelf: None,
            likely: Box::default(),
            sibling,
        });
        slot
    }

    fn pool_number(&mut self, pool: PoolId) -> u16 {
        let number = self.pools.iter().position(|known| *known == pool).unwrap_or_else(|| {
            self.pools.push(pool);
            self.pools.len() - 1
        });
        u16::try_from(number).expect("an index is of one pool, and a pool has few narrower ones")
    }

    /// The slot of a ticket, whatever its attempt.
    pub(super) fn find(&self, claimant: &Claimant) -> Option<Slot> {
        self.of_user(claimant.user).find(|slot| self.claimant(*slot).ticket == claimant.ticket)
    }

    /// A user's tickets, the last one first.
    pub(super) fn of_user(&self, user: UserId) -> impl Iterator<Item = Slot> {
        let mut next = self.users.get(&user).copied().unwrap_or(NOBODY);
        std::iter::from_fn(move || {
            let slot = (next != NOBODY).then_some(next)?;
            next = self.at(slot).sibling;
            Some(slot)
        })
    }

    /// Whether a user has another ticket beside this one.
    pub(super) fn has_siblings(&self, slot: Slot) -> bool {
        self.at(slot).sibling != NOBODY || self.users[&self.card(slot).user] != slot
    }

    /// Lets a ticket go.
    pub(super) fn dismiss(&mut self, slot: Slot) -> Waiting {
        let gone = self.waiting[slot as usize].take().expect("only who waits is let go");
        let user = self.card(slot).user;
        let last = self.users.get_mut(&user).expect("who waits is known by user");
        if *last == slot {
            *last = gone.sibling;
            if gone.sibling == NOBODY {
                self.users.remove(&user);
            }
        } else {
            let mut before = *last;
            while self.at(before).sibling != slot {
                before = self.at(before).sibling;
            }
            self.at_mut(before).sibling = gone.sibling;
        }
        self.left.push(slot);
        gone
    }

    /// The ticket as it was added, but for the order of its lists and their cap.
    pub(super) fn ticket(&self, slot: Slot, gone: Waiting) -> Ticket {
        let card = self.card(slot);
        let (claimant, mut facts) = (claimant_of(card, &gone), card.facts);
        if gone.silent {
            facts.languages = Tongues::default();
        }
        let Lists { blocked, recent } = gone.lists.map(|lists| *lists).unwrap_or_default();
        Ticket {
            claimant,
            era: gone.era,
            pool: self.pools[usize::from(gone.pool)].clone(),
            waiting_since: gone.since,
            wishes: Wishes { language: gone.language, facts, wants: gone.wants, blocked, recent },
        }
    }

    /// Slots of those who left may be given again.
    pub(super) fn recycle(&mut self) {
        self.free.append(&mut self.left);
    }

    pub(super) fn at(&self, slot: Slot) -> &Waiting {
        self.get(slot).expect("somebody waits in this slot")
    }

    pub(super) fn at_mut(&mut self, slot: Slot) -> &mut Waiting {
        self.waiting[slot as usize].as_mut().expect("somebody waits in this slot")
    }

    /// Who waits in a slot, if anybody does.
    pub(super) fn get(&self, slot: Slot) -> Option<&Waiting> {
        self.waiting.get(slot as usize)?.as_ref()
    }

    /// Whose ticket waits in a slot, and which.
    pub(super) fn claimant(&self, slot: Slot) -> Claimant {
        claimant_of(self.card(slot), self.at(slot))
    }

    pub(super) fn card(&self, slot: Slot) -> &Card {
        &self.cards[slot as usize]
    }

    /// What a ticket's card would show if so much had given way.
    pub(super) fn card_at(&self, slot: Slot, eased: &Ease, across_bots: bool) -> Card {
        let mut card = *self.card(slot);
        ease(&mut card, &self.at(slot).wants, eased, across_bots);
        card
    }

    pub(super) fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// Slots there are, empty ones too.
    pub(super) fn slots(&self) -> Slot {
        Slot::try_from(self.waiting.len()).expect("four billion do not wait")
    }

    /// Brings a ticket's card to `now`, and notes when to do so again.
    pub(super) fn bring_to(&mut self, slot: Slot, rules: &Rules, now: Millis) {
        let waiting = self.waiting[slot as usize].as_mut().expect("somebody waits in this slot");
        let card = &mut self.cards[slot as usize];
        let stage = relax::stage(&rules.schedule, &waiting.wants, now.since(waiting.since));
        ease(card, &waiting.wants, &relax::ease(&rules.schedule, stage), rules.across_bots);
        waiting.stage = Some(u8::try_from(stage).expect("schedules have few steps"));
        card.seniority = Seniority::of(waiting.since, card.facts.class, &rules.priority);
        let step = rules.schedule.steps().get(stage).map(|step| waiting.since.after(step.after));
        let lists = waiting.lists.as_deref();
        let again = lists.into_iter().flat_map(|lists| &lists.recent);
        let again = again.map(|met| met.at.after(rules.not_again_for)).filter(|until| *until > now).min();
        waiting.wakes = step.into_iter().chain(again).min().unwrap_or(NEVER);
    }

    /// Whether two may meet: by their cards, not oneself, neither named in the other's lists.
    pub(super) fn may_meet(&self, one: Slot, other: Slot, not_before: Millis) -> bool {
        self.card(one).may_meet(self.card(other)) && self.are_strangers(one, other, not_before)
    }

    /// Whether two are not the same, do not block one another and did not meet after `not_before`.
    pub(super) fn are_strangers(&self, one: Slot, other: Slot, not_before: Millis) -> bool {
        let forbids = |by: Slot, user| {
            let lists = || self.at(by).lists.as_ref();
            self.card(by).has_lists && lists().is_some_and(|lists| lists.forbid(user, not_before))
        };
        let (a, b) = (self.card(one).user, self.card(other).user);
        a != b && !forbids(one, b) && !forbids(other, a)
    }

    /// Whether `slot` blocks `user`.
    pub(super) fn blocks(&self, slot: Slot, user: UserId) -> bool {
        self.at(slot).lists.as_ref().is_some_and(|lists| lists.blocks(user))
    }

    /// Whether `slot` met `user` after `not_before`.
    pub(super) fn has_met(&self, slot: Slot, user: UserId, not_before: Millis) -> bool {
        self.at(slot).lists.as_ref().is_some_and(|lists| lists.met(user, not_before))
    }
}

fn claimant_of(card: &Card, waiting: &Waiting) -> Claimant {
    let ticket = TicketId { bot: card.bot, update: waiting.update };
    Claimant { user: card.user, ticket, attempt: waiting.attempt }
}

/// Shows on a card what has given way of a wish.
fn ease(card: &mut Card, wants: &Wants, ease: &Ease, across_bots: bool) {
    card.wants = relax::eased(wants, ease);
    card.any_bot = across_bots && ease.any_bot;
    card.interests_percent = ease.interests_percent;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bench says what a ticket takes with its places on the shelf, among its user's tickets and among those that
    /// wake: below 300 bytes. This is all of it that grows with what tickets tell.
    #[test]
    fn a_ticket_does_not_grow_unseen() {
        let each = size_of::<Card>() + size_of::<Option<Waiting>>();
        assert!(each <= 208, "{each} bytes");
    }
}
