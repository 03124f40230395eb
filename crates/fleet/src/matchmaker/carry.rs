//! Carrying stored intents out: hold, attach, open; or release both.

use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::outbox::Notice;
use hamdam_domain::ticket::{Claimant, Intent, Ticket};
use hamdam_state::Result;
use hamdam_state::step::Fenced;
use hamdam_state::step::matching::{Released, Seat, Seated};
use hamdam_state::step::pool::Settlement;

use super::{Led, Lost, Matchmaker, PassReport};

/// What became of an intent.
struct Carried {
    settlement: Settlement,
    /// How long the two had waited, if they met.
    waited: Option<[Duration; 2]>,
}

impl Matchmaker {
    /// Carries out every stored intent, ours and those of holders before us.
    pub(super) async fn finish(
        &self,
        led: &mut Led,
        report: &mut PassReport,
    ) -> Result<std::result::Result<(), Lost>> {
        let page = u32::try_from(self.settings.chunk.max(1)).unwrap_or(u32::MAX);
        loop {
            if let Err(lost) = self.keep_lock(led).await? {
                return Ok(Err(lost));
            }
            let Fenced::Held(intents) = self.state.intents(&self.pool, &led.holder, page).await? else {
                return Ok(Err(Lost));
            };
            if intents.is_empty() {
                return Ok(Ok(()));
            }
            // Boxed, so that the compiler sees that a pass can be spawned.
            let carrying: Vec<BoxFuture<'_, _>> =
                intents.iter().map(|intent| self.carry_out(intent).boxed()).collect();
            let carried: Vec<Result<Carried>> =
                futures::stream::iter(carrying).buffer_unordered(self.settings.width.max(1)).collect().await;
            let (mut settlements, mut failed) = (Vec::with_capacity(carried.len()), None);
            for one in carried {
                match one {
                    Ok(Carried { settlement, waited }) => {
                        settlements.push(settlement);
                        report.opened += usize::from(waited.is_some());
                        report.given_up += usize::from(waited.is_none());
                        report.waited.extend(waited.into_iter().flatten());
                    }
                    Err(error) => failed = Some(error),
                }
            }
            if let Fenced::Lost = self.state.settle(&self.pool, &led.holder, &settlements).await? {
                return Ok(Err(Lost));
            }
            if let Some(error) = failed {
                return Err(error);
            }
        }
    }

    /// One intent. Every step succeeds if it was done before, so an intent begun by another holder is simply
    /// carried out again. A refusal is final for the room.
    async fn carry_out(&self, intent: &Intent) -> Result<Carried> {
        let Intent { room, first, second } = intent;
        if self.seat_both(intent).await? {
            let now = self.clock.unix();
            let waited = [first, second].map(|ticket| now.since(ticket.waiting_since));
            let settlement = Settlement { room: *room, readd: Vec::new() };
            return Ok(Carried { settlement, waited: Some(waited) });
        }
        let mut readd = Vec::new();
        for ticket in [first, second] {
            readd.extend(self.release(intent, ticket).await?);
        }
        Ok(Carried { settlement: Settlement { room: *room, readd }, waited: None })
    }

    /// `first` is held until `second` is in, so nobody is in the room alone.
    async fn seat_both(&self, intent: &Intent) -> Result<bool> {
        let Intent { room, first, second } = intent;
        let found = Notice::Found { room: *room }.entry();
        let opened = Fact::RoomOpened(room_of(intent));
        let state = &self.state;
        Ok(state.hold(&seat(intent, first, second)).await? != Seated::Refused
            && state.attach(&seat(intent, second, first), &found, &opened).await? != Seated::Refused
            && state.open(first.claimant.user, *room, &found).await? != Seated::Refused)
    }

    /// Undoes one side. Answers the ticket that goes back to the pool, if its user still waits by it: with their
    /// present wishes, because a block that the old ticket did not name may be why they did not meet.
    async fn release(&self, intent: &Intent, ticket: &Ticket) -> Result<Option<Ticket>> {
        let room = intent.room;
        let notice = Notice::PartnerLeft { room }.entry();
        let closed = Fact::RoomClosed {
            room: room_of(intent),
            ended_at: self.clock.unix(),
            end: RoomEnd::Released,
            ended_by: None,
        };
        let released = self.state.release(room, &ticket.claimant, &notice, &closed).await?;
        Ok(match released {
            Released::Waiting(stub) => {
                let claimant = Claimant { attempt: stub.attempt, ..ticket.claimant };
                let record = self.state.read(ticket.claimant.user).await?.record;
                let wishes = record.map_or_else(|| ticket.wishes.clone(), |record| record.wishes());
                Some(Ticket { claimant, wishes, ..ticket.clone() })
            }
            Released::Ended | Released::Elsewhere => None,
        })
    }
}

fn seat(intent: &Intent, me: &Ticket, partner: &Ticket) -> Seat {
    Seat {
        room: intent.room,
        me: me.claimant,
        partner: partner.claimant.user,
        partner_ticket: partner.claimant.ticket,
        partner_era: partner.era,
    }
}

fn room_of(intent: &Intent) -> RoomFact {
    RoomFact::new(intent.room, intent.first.claimant.user, intent.second.claimant.user)
}
