//! Carrying stored intents out: hold, attach, open; or release both.

use std::time::Duration;

use futures::future::{BoxFuture, try_join_all};
use futures::{FutureExt, StreamExt};
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::outbox::Notice;
use hamdam_domain::ticket::{Claimant, Intent, Ticket};
use hamdam_domain::wish::Class;
use hamdam_state::Result;
use hamdam_state::step::Fenced;
use hamdam_state::step::matching::{Released, Seat, Seated};
use hamdam_state::step::pool::Settlement;

use super::{Led, Lost, Matchmaker, PassReport};

/// What became of an intent.
struct Carried {
    settlement: Settlement,
    outcome: Outcome,
}

#[derive(Clone, Copy)]
enum Outcome {
    /// They met, after so long a wait of each.
    Met { waited: [(Class, Duration); 2], across_bots: bool },
    /// This step refused.
    Refused(&'static str),
}

impl PassReport {
    fn note(&mut self, outcome: &Outcome) {
        match *outcome {
            Outcome::Met { waited, across_bots } => {
                self.opened += 1;
                self.across_bots += usize::from(across_bots);
                self.waited.extend(waited);
            }
            Outcome::Refused(step) => {
                self.given_up += 1;
                *self.refused.entry(step).or_default() += 1;
            }
        }
    }
}

impl Matchmaker {
    /// Carries out every stored intent, ours and those of holders before us.
    pub(super) async fn finish(
        &self,
        led: &mut Led,
        report: &mut PassReport,
    ) -> Result<std::result::Result<(), Lost>> {
        loop {
            if let Err(lost) = self.keep_lock(led).await? {
                return Ok(Err(lost));
            }
            let Fenced::Held(intents) =
                self.state.intents(&self.pool, &led.holder, self.settings.page).await?
            else {
                return Ok(Err(Lost));
            };
            if intents.is_empty() {
                led.settled = true;
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
                    Ok(Carried { settlement, outcome }) => {
                        settlements.push(settlement);
                        report.note(&outcome);
                    }
                    Err(error) => failed = Some(error),
                }
            }
            let chunks = settlements.chunks(self.settings.chunk.max(1));
            let settling = chunks.map(|chunk| self.state.settle(&self.pool, &led.holder, chunk));
            if try_join_all(settling).await?.contains(&Fenced::Lost) {
                return Ok(Err(Lost));
            }
            if let Some(error) = failed {
                return Err(error);
            }
            if intents.len() < self.settings.page as usize {
                // Nobody else stores any.
                led.settled = true;
                return Ok(Ok(()));
            }
        }
    }

    /// One intent. Every step succeeds if it was done before, so an intent begun by another holder is simply
    /// carried out again. A refusal is final for the room.
    async fn carry_out(&self, intent: &Intent) -> Result<Carried> {
        let Intent { room, first, second } = intent;
        let Some(step) = self.refusal(intent).await? else {
            let now = self.clock.unix();
            let waited =
                [first, second].map(|ticket| (ticket.wishes.facts.class, now.since(ticket.waiting_since)));
            let across_bots = first.claimant.ticket.bot != second.claimant.ticket.bot;
            let settlement = Settlement { room: *room, readd: Vec::new() };
            return Ok(Carried { settlement, outcome: Outcome::Met { waited, across_bots } });
        };
        let mut readd = Vec::new();
        for ticket in [first, second] {
            readd.extend(self.release(intent, ticket).await?);
        }
        let settlement = Settlement { room: *room, readd };
        Ok(Carried { settlement, outcome: Outcome::Refused(step) })
    }

    /// Seats both: `first` is held until `second` is in, so nobody is in the room alone. Answers the step that refused, if
    /// one did.
    async fn refusal(&self, intent: &Intent) -> Result<Option<&'static str>> {
        let Intent { room, first, second } = intent;
        let found = Notice::Found { room: *room }.entry();
        let opened = Fact::RoomOpened(room_of(intent));
        let state = &self.state;
        if state.hold(&seat(intent, first, second)).await? == Seated::Refused {
            return Ok(Some("hold"));
        }
        if state.attach(&seat(intent, second, first), &found, &opened).await? == Seated::Refused {
            return Ok(Some("attach"));
        }
        let opened = state.open(first.claimant.user, *room, &found).await?;
        Ok((opened == Seated::Refused).then_some("open"))
    }

    /// Undoes one side. Answers the ticket that goes back to this pool, if its user still waits by it: with their
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
                let reading = self.state.read(ticket.claimant.user).await?;
                let now = reading.now;
                let wishes =
                    reading.record.map_or_else(|| ticket.wishes.clone(), |record| record.wishes(now));
                let back = Ticket { claimant, wishes, pool: stub.pool.clone(), ..ticket.clone() };
                if self.is_elsewhere(&stub.pool, &back).await? { None } else { Some(back) }
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
