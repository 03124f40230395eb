//! Bringing running rooms back after live state lost everything.
//!
//! The durable record knows every room that was opened and not closed, and what was relayed in it, as far as the journal
//! had come. From that each side is seated again, by a step that moves nobody who stands anywhere or began anything since,
//! and told: the record may not have heard any more that the room had ended, or of the one they were in after it.
//! So it may run while the fleet serves, and again if it broke off. What only live state knew is gone: searches, entries
//! on their way, questions asked.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use hamdam_archive::{ArchiveError, Directory, KnownUser, Ledger, Relayed, StoredRoom};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::Mark;
use hamdam_domain::outbox::Notice;
use hamdam_domain::session::Session;
use hamdam_state::step::matching::End;
use hamdam_state::step::recovery::{Revival, Revived};
use hamdam_state::{State, StateError};

use crate::credits;

/// Rooms under way at once.
const AT_ONCE: usize = 16;

/// Why a recovery broke off. Run again, it goes on.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// A step did not answer.
    #[error("live state failed")]
    State(#[from] StateError),
    /// The durable record did not answer.
    #[error("the durable record failed")]
    Record(#[from] ArchiveError),
}

/// What came of it, in rooms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Both sit in the room again, by this run.
    pub revived: usize,
    /// Both sat there already.
    pub running: usize,
    /// At least one of them is elsewhere by now, or unknown to the record, or nobody wrote for long: the room is over.
    pub over: usize,
}

/// Brings rooms back.
pub struct Recovery<A> {
    state: Arc<dyn State>,
    archive: Arc<A>,
    clock: Arc<dyn Clock>,
    idle: Duration,
}

/// One side of a room.
struct Side {
    known: KnownUser,
    bot: BotId,
    wrote: Option<Relayed>,
}

impl<A: Directory + Ledger> Recovery<A> {
    /// A recovery of this state from this record. `idle`: a room in which nobody wrote for so long is over. A record that
    /// was itself brought back, from a backup, has rooms as running that ended since.
    pub fn new(state: Arc<dyn State>, archive: Arc<A>, clock: Arc<dyn Clock>, idle: Duration) -> Self {
        Self { state, archive, clock, idle }
    }

    /// Every running room of the record, the newest first: if the record has somebody in two, the newer one counts.
    pub async fn rooms(&self) -> Result<Vec<StoredRoom>, RecoveryError> {
        let (mut rooms, mut seen, mut from) = (Vec::new(), HashSet::new(), UserId(0));
        loop {
            let page = self.archive.running_rooms(from).await?;
            let Some(last) = page.last().map(|room| room.users[0]) else { break };
            let before = rooms.len();
            rooms.extend(page.into_iter().filter(|room| seen.insert(room.room)));
            // A page that brought nothing new holds the rooms of one user alone.
            from = if rooms.len() == before { UserId(last.0 + 1) } else { last };
        }
        rooms.sort_by_key(|room| std::cmp::Reverse((room.started_at, room.room)));
        Ok(rooms)
    }

    /// Seats everybody.
    pub async fn run(&self, rooms: Vec<StoredRoom>) -> Result<Recovered, RecoveryError> {
        let outcomes = stream::iter(rooms).map(|room| self.revive(room)).buffered(AT_ONCE);
        outcomes
            .try_fold(Recovered::default(), |mut all, outcome| async move {
                match outcome {
                    Revived::Done => all.revived += 1,
                    Revived::Already => all.running += 1,
                    Revived::Elsewhere => all.over += 1,
                }
                Ok(all)
            })
            .await
    }

    async fn revive(&self, room: StoredRoom) -> Result<Revived, RecoveryError> {
        let now = self.clock.unix();
        let relayed = self.archive.relayed_in(room.room).await?;
        let last = relayed.iter().map(|relayed| relayed.at).fold(room.started_at, Millis::max);
        if now.since(last) > self.idle {
            self.archive.write(&[closed(&room, now)]).await?;
            return Ok(Revived::Elsewhere);
        }
        let [one, other] = room.users;
        let one = (one, self.side(one, &relayed, now).await?);
        let other = (other, self.side(other, &relayed, now).await?);
        let free = self.is_free(one.0, room.room).await? && self.is_free(other.0, room.room).await?;
        let notice = free.then(|| Notice::RoomBack { room: room.room }.entry());
        let (mut seated, mut complete) = (Vec::new(), true);
        for (me, partner) in [(&one, &other), (&other, &one)] {
            let Some(side) = &me.1 else {
                complete = false;
                continue;
            };
            credits::tell(&*self.state, me.0, &side.known.credits).await?;
            let revival = Revival { notice: notice.clone(), ..revival(room.room, me.0, side, partner, now) };
            match self.state.revive(&revival).await? {
                Revived::Done => seated.push(me.0),
                Revived::Already => {}
                Revived::Elsewhere => complete = false,
            }
        }
        if complete {
            return Ok(if seated.is_empty() { Revived::Already } else { Revived::Done });
        }
        // Who is alone there learns that it is over, in place of a silence.
        for user in seated {
            self.end(&room, user, now).await?;
        }
        self.archive.write(&[closed(&room, now)]).await?;
        Ok(Revived::Elsewhere)
    }

    /// Whether nothing is known that keeps somebody out of a room. Only the step that seats them is sure.
    async fn is_free(&self, user: UserId, room: RoomId) -> Result<bool, RecoveryError> {
        let record = self.state.read(user).await?.record;
        Ok(record.is_none_or(|record| record.session == Session::Idle || record.session.room() == Some(room)))
    }

    async fn side(
        &self,
        user: UserId,
        relayed: &[Relayed],
        now: Millis,
    ) -> Result<Option<Side>, RecoveryError> {
        let Some(known) = self.archive.user(user).await? else { return Ok(None) };
        if known.forgotten || known.profile.unreachable || known.profile.banned(now).is_some() {
            return Ok(None);
        }
        let wrote =
            relayed.iter().filter(|relayed| relayed.sender == user).max_by_key(|relayed| relayed.at).copied();
        // Who wrote nothing yet sits there by the bot they used last.
        let bot = wrote.map_or(known.profile.bot, |wrote| wrote.bot);
        Ok(Some(Side { known, bot, wrote }))
    }

    /// Takes somebody out of a room that is over for the other, and tells them. Had it ended before, the record keeps the
    /// earlier end.
    async fn end(&self, room: &StoredRoom, user: UserId, now: Millis) -> Result<(), RecoveryError> {
        let end = End {
            user,
            room: room.room,
            notice: Notice::RoomClosed { room: room.room }.entry(),
            fact: closed(room, now),
            unless_active_since: None,
            unreachable: false,
        };
        self.state.end(&end).await?;
        Ok(())
    }
}

fn revival(
    room: RoomId,
    user: UserId,
    me: &Side,
    (partner, theirs): &(UserId, Option<Side>),
    now: Millis,
) -> Revival {
    let wrote = theirs.as_ref().and_then(|side| side.wrote);
    // Eras begin anew with the state that counted them.
    let floor = wrote.map_or(Mark { update: UpdateId(0), hour: now.hour(), era: 0 }, |wrote| Mark {
        update: wrote.update,
        hour: wrote.at.hour(),
        era: 0,
    });
    Revival {
        user,
        profile: me.known.profile.clone(),
        blocked: me.known.blocked.clone(),
        room,
        partner: *partner,
        ticket: TicketId { bot: me.bot, update: me.wrote.map_or(UpdateId(0), |wrote| wrote.update) },
        across: theirs.as_ref().map(|side| side.bot).filter(|bot| *bot != me.bot),
        floor,
        messages: wrote.map_or(0, |wrote| wrote.messages),
        notice: None,
    }
}

fn closed(room: &StoredRoom, now: Millis) -> Fact {
    let [one, other] = room.users;
    Fact::RoomClosed {
        room: RoomFact::new(room.room, one, other),
        ended_at: now,
        end: RoomEnd::Mended,
        ended_by: None,
    }
}
