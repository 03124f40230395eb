//! Whoever came by a bot that is none of the fleet's any more: nothing reaches them there, so whatever they are in is over,
//! and whoever is in it with them learns that.

use std::collections::BTreeMap;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::RoomEnd;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::session::Session;
use hamdam_state::Result;
use hamdam_state::step::matching::End;

use super::{Audit, closed};
use crate::bots;

/// Bots by which somebody came and that this instance does not know, and since when they were met in every walk.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    before: BTreeMap<BotId, Millis>,
    met: BTreeMap<BotId, Millis>,
}

impl Strangers {
    pub(super) fn next_walk(&mut self) {
        self.before = std::mem::take(&mut self.met);
    }

    fn meet(&mut self, bot: BotId, now: Millis) -> Millis {
        *self.met.entry(bot).or_insert_with(|| self.before.get(&bot).copied().unwrap_or(now))
    }
}

impl Audit {
    /// Ends the search or room of a user of such a bot. Answers whether they are one. Who is held is let into the room first,
    /// by whoever carries the match out.
    pub(super) async fn part_with(&mut self, user: UserId, session: &Session, now: Millis) -> Result<bool> {
        let Some(ticket) = session.ticket() else { return Ok(false) };
        if !self.is_gone(ticket.bot, now) {
            return Ok(false);
        }
        match session {
            Session::Idle | Session::Held { .. } => return Ok(false),
            Session::Waiting(stub) => {
                self.state.give_up(user, ticket, &Notice::SearchGivenUp.entry()).await?;
                self.state.remove_ticket(&stub.pool, user, ticket).await?;
            }
            Session::Chatting { room, partner, .. } => {
                let fact = closed(*room, user, *partner, RoomEnd::Unreachable, now);
                let told = End {
                    user: *partner,
                    room: *room,
                    notice: Notice::PartnerLeft { room: *room }.entry(),
                    fact: fact.clone(),
                    unless_active_since: None,
                    unreachable: false,
                };
                self.state.end(&told).await?;
                let notice = Notice::RoomClosed { room: *room }.entry();
                self.state.end(&End { user, notice, fact, unreachable: true, ..told }).await?;
            }
        }
        Ok(true)
    }

    /// Whether a bot was taken out of the fleet: before the eyes of this instance, or so long before it started that it would
    /// have been told of the bot by now.
    fn is_gone(&mut self, bot: BotId, now: Millis) -> bool {
        if self.bots.era(bot).is_some() {
            return false;
        }
        let since = self.strangers.meet(bot, now);
        self.bots.has_left(bot) || now.since(since) >= bots::PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_who_was_away_for_a_walk_is_a_new_one() {
        let bot = BotId(1);
        let mut strangers = Strangers::default();
        assert_eq!(strangers.meet(bot, Millis(10)), Millis(10));
        strangers.next_walk();
        assert_eq!(strangers.meet(bot, Millis(20)), Millis(10));
        strangers.next_walk();
        strangers.next_walk();
        assert_eq!(strangers.meet(bot, Millis(40)), Millis(40));
    }
}
