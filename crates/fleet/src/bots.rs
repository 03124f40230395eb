//! The bots of the fleet, as this instance knows them. They may change while it runs: each instance is told by itself, so
//! for a while one knows a bot that another does not know yet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use hamdam_domain::id::BotId;

/// A bot that is not known here may be about to be told to this instance, too, but not for ever: what is for it waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Bots with their eras ([`hamdam_state::State::era`]), and those that were taken out.
#[derive(Debug, Default)]
pub struct Bots(RwLock<Roll>);

#[derive(Debug, Default)]
struct Roll {
    eras: BTreeMap<BotId, u16>,
    left: BTreeSet<BotId>,
}

impl Bots {
    /// These bots.
    pub fn new(eras: impl IntoIterator<Item = (BotId, u16)>) -> Self {
        Self(RwLock::new(Roll { eras: eras.into_iter().collect(), left: BTreeSet::new() }))
    }

    /// From now on these. Those that were and are no more have left.
    pub fn change(&self, eras: impl IntoIterator<Item = (BotId, u16)>) {
        let mut roll = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut roll.eras, eras.into_iter().collect());
        roll.left.extend(before.into_keys());
        let Roll { eras, left } = &mut *roll;
        left.retain(|bot| !eras.contains_key(bot));
    }

    /// The era of a bot of ours.
    pub fn era(&self, bot: BotId) -> Option<u16> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).eras.get(&bot).copied()
    }

    /// Their ids, in ascending order.
    pub fn ids(&self) -> Vec<BotId> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).eras.keys().copied().collect()
    }

    /// Whether the bot was ours, and is no more.
    pub fn has_left(&self, bot: BotId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).left.contains(&bot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_that_is_taken_out_has_left_until_it_comes_back() {
        let (one, two, three) = (BotId(1), BotId(2), BotId(3));
        let bots = Bots::new([(one, 0), (two, 4)]);
        assert!(!bots.has_left(three), "nobody knew it");
        bots.change([(one, 0), (three, 1)]);
        assert_eq!((bots.ids(), bots.era(two), bots.era(three)), (vec![one, three], None, Some(1)));
        assert!(bots.has_left(two) && !bots.has_left(three));
        bots.change([(one, 0)]);
        assert!(bots.has_left(two) && bots.has_left(three));
        bots.change([(one, 0), (two, 4)]);
        assert!(!bots.has_left(two) && bots.has_left(three));
    }
}
