//! Which bot has room: newcomers of one that has none are pointed there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::try_join_all;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::BotId;
use hamdam_state::{Result, State};

use crate::bots::Bots;

/// What was seen of the bots' budgets is believed so long: in a crowd nobody asks for each newcomer.
const BELIEVED: Duration = Duration::from_secs(2);

/// How busy the bots are, as this instance saw it last.
#[derive(Debug, Default)]
pub(crate) struct Crowd(Mutex<Option<Seen>>);

#[derive(Debug)]
struct Seen {
    at: Millis,
    /// Thousandths of each budget.
    shares: Arc<BTreeMap<BotId, u16>>,
}

impl Crowd {
    /// The bot with most room, if this one uses `from` thousandths of its budget or more, and that one half of it at most.
    pub(crate) async fn elsewhere(
        &self,
        state: &dyn State,
        bots: &Bots,
        bot: BotId,
        from: u16,
        now: Millis,
    ) -> Result<Option<BotId>> {
        let all = bots.ids();
        if all.len() < 2 {
            return Ok(None);
        }
        let shares = match self.believed(&all, now) {
            Some(shares) => shares,
            None => self.look(state, &all, now).await?,
        };
        let share = |bot: &BotId| shares.get(bot).copied().unwrap_or(0);
        if share(&bot) < from {
            return Ok(None);
        }
        let others = all.into_iter().filter(|other| *other != bot);
        Ok(others.min_by_key(share).filter(|other| share(other) <= from / 2))
    }

    fn believed(&self, all: &[BotId], now: Millis) -> Option<Arc<BTreeMap<BotId, u16>>> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen { at, shares } = seen.as_ref()?;
        let holds = now.since(*at) < BELIEVED && all.iter().all(|bot| shares.contains_key(bot));
        holds.then(|| Arc::clone(shares))
    }

    async fn look(&self, state: &dyn State, all: &[BotId], now: Millis) -> Result<Arc<BTreeMap<BotId, u16>>> {
        let shares = try_join_all(all.iter().map(|bot| state.busy(*bot))).await?;
        let shares = Arc::new(all.iter().copied().zip(shares).collect());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Seen { at: now, shares: Arc::clone(&shares) });
        Ok(shares)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use hamdam_domain::clock::Clock;
    use hamdam_state::memory::MemoryState;
    use hamdam_state::step::bot::Budget;

    use super::*;

    /// A clock that stands.
    struct Still;

    impl Clock for Still {
        fn unix(&self) -> Millis {
            NOW
        }

        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }

    const NOW: Millis = Millis(1_800_000_000_000);
    const FROM: u16 = 900;

    /// A town of bots with these ids.
    struct Town(MemoryState, Bots, Crowd);

    impl Town {
        fn new(ids: &[i64]) -> Self {
            let state = MemoryState::builder(1, Arc::new(Still)).build();
            Self(state, Bots::new(ids.iter().map(|id| (BotId(*id), 0))), Crowd::default())
        }

        /// The bot sends what takes so many tenths of a second of its budget.
        fn sends(&self, bot: i64, tenths: u32) {
            let budget = Budget { per_second: 10.0, burst: 100, learns: false };
            self.0.permits(BotId(bot), tenths, &budget).now_or_never().unwrap().unwrap();
        }

        fn elsewhere(&self, bot: i64, now: Millis) -> Option<i64> {
            let Self(state, bots, crowd) = self;
            let found = crowd.elsewhere(state, bots, BotId(bot), FROM, now).now_or_never().unwrap();
            found.unwrap().map(|bot| bot.0)
        }
    }

    #[test]
    fn who_comes_to_a_bot_without_room_is_pointed_to_the_one_with_most() {
        let town = Town::new(&[1, 2, 3, 4]);
        for (bot, tenths) in [(1, 95), (2, 30), (3, 20), (4, 50)] {
            town.sends(bot, tenths);
        }
        assert_eq!(town.elsewhere(1, NOW), Some(3));
        assert_eq!([2, 3, 4].map(|bot| town.elsewhere(bot, NOW)), [None; 3], "these have some");
    }

    #[test]
    fn where_all_are_busy_or_there_is_only_one_nobody_is_sent_about() {
        let alone = Town::new(&[1]);
        alone.sends(1, 100);
        assert_eq!(alone.elsewhere(1, NOW), None);
        let busy = Town::new(&[1, 2]);
        busy.sends(1, 100);
        busy.sends(2, 60);
        assert_eq!(busy.elsewhere(1, NOW), None, "it would be there in a moment");
    }

    #[test]
    fn what_was_seen_is_believed_for_a_moment() {
        let town = Town::new(&[1, 2]);
        assert_eq!(town.elsewhere(1, NOW), None);
        town.sends(1, 100);
        assert_eq!(town.elsewhere(1, NOW.after(Duration::from_millis(1_900))), None, "not asked yet");
        assert_eq!(town.elsewhere(1, NOW.after(Duration::from_secs(2))), Some(2));
        town.1.change([(BotId(1), 0), (BotId(3), 0)]);
        assert_eq!(town.elsewhere(1, NOW.after(Duration::from_secs(2))), Some(3), "others are asked about");
    }
}
