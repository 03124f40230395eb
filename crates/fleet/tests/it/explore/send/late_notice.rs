//! One scenario that is played by hand: somebody writes by the notice of a room that they have left already.

use hamdam_domain::outbox::Content;

use super::choice::Choice;
use super::{Exchange, Traffic};
use crate::explore::chance::Landing;
use crate::explore::judge::Verdict;
use crate::explore::scenario::Deed;

/// How far the notice of the next room has come when a message is taken in that was written by the notice of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Lateness {
    /// It lies in the outbox.
    Queued,
    /// It is claimed, and its call under way.
    UnderWay,
    /// Its call met a 429; the claim stands.
    Limited,
    /// It stands in the chat, and nobody has heard so.
    Landed,
    /// It is acknowledged.
    Acknowledged,
}

impl Lateness {
    pub(in super::super) const ALL: [Self; 5] =
        [Self::Queued, Self::UnderWay, Self::Limited, Self::Landed, Self::Acknowledged];
}

impl Exchange {
    /// User 0 goes on to another partner while the notice of the first room is still in the air, and writes what they
    /// mean for the first one when they see it. The update comes in when the notice of the next room is so far on its way.
    pub(in super::super) fn writes_by_a_late_notice(&self, lateness: Lateness) -> Verdict {
        let mut traffic = Traffic::new(self);
        for user in [0, 1] {
            traffic.does(user, Deed::Search);
        }
        traffic.settle()?;
        traffic.take(Choice::Match)?;
        let first = traffic.sends_until_found(0)?;
        for (user, deed) in [(0, Deed::Next), (2, Deed::Search)] {
            traffic.does(user, deed);
            traffic.take(Choice::Push(user))?;
        }
        traffic.take(Choice::Match)?;
        traffic.take(Choice::Land { flight: first, how: Landing::Done })?;
        traffic.does(0, Deed::Message);
        if lateness != Lateness::Queued {
            traffic.take(Choice::Hear(0))?;
            let next = traffic.sends_until_found(0)?;
            assert_ne!(next, first, "the notice of the next room is in the air");
            match lateness {
                Lateness::Queued | Lateness::UnderWay => {}
                Lateness::Limited => {
                    traffic.take(Choice::Land { flight: next, how: Landing::Limited })?;
                    traffic.take(Choice::Hear(0))?;
                }
                Lateness::Landed => traffic.take(Choice::Land { flight: next, how: Landing::Done })?,
                Lateness::Acknowledged => traffic.sends_out()?,
            }
        }
        traffic.take(Choice::Push(0))?;
        traffic.settle()?;
        // By now they know of the room, and are heard in it.
        traffic.does(0, Deed::Message);
        traffic.settle()?;
        traffic.rest()?;
        let sent = traffic.delivered.iter().map(|id| &traffic.queued[id].1.content);
        assert_eq!(sent.filter(|content| matches!(content, Content::Copy(_))).count(), 1);
        Ok(())
    }
}
