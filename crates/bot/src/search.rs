//! A search begins, goes on wider, and ends; and so does a room.

use hamdam_domain::fact::RoomEnd;
use hamdam_domain::id::TicketId;
use hamdam_domain::outbox::Notice;
use hamdam_domain::premium::Sale;
use hamdam_domain::session::{Session, Stub};

use crate::decide::Scene;
use crate::moves::Talk;
use crate::plan::{First, Move, Outcome, Plan};

impl Scene<'_> {
    pub(crate) fn search(&self) -> Plan {
        match &self.record.session {
            Session::Idle => self.begin_search(None),
            Session::Waiting(stub) | Session::Held { stub, .. } => {
                Plan::just(self.says(Notice::AlreadySearching { ticket: stub.ticket }))
            }
            Session::Chatting { ticket, .. } if ticket.bot != self.update.bot => {
                Plan::just(self.says(Notice::OtherBot { bot: ticket.bot }))
            }
            Session::Chatting { room, .. } => Plan::just(self.says(Notice::AlreadyChatting { room: *room })),
        }
    }

    /// Leave and search in one.
    pub(crate) fn next(&self) -> Plan {
        match self.talk() {
            Some(talk) => self.begin_search(Some(talk)),
            None => self.search(),
        }
    }

    pub(crate) fn stop(&self) -> Plan {
        match &self.record.session {
            Session::Idle => Plan::just(Move { begins: true, ..self.says(Notice::NothingToStop) }),
            Session::Waiting(stub) => Plan::Act {
                first: Some(First::RemoveTicket { pool: stub.pool.clone(), ticket: stub.ticket }),
                act: self.idles(vec![(self.update.bot, Notice::SearchCancelled.entry())]),
                then: None,
            },
            Session::Held { room, partner, .. } => Plan::Act {
                first: Some(self.end_partner(*room, *partner, RoomEnd::Left)),
                act: self.idles(vec![(self.update.bot, Notice::SearchCancelled.entry())]),
                then: None,
            },
            Session::Chatting { room, partner, ticket } => {
                let talk = Talk { room: *room, partner: *partner, bot: ticket.bot };
                Plan::Act {
                    first: Some(self.end_partner(talk.room, talk.partner, RoomEnd::Left)),
                    act: self.leaves(talk),
                    then: None,
                }
            }
        }
    }

    /// What somebody idle is greeted with: newcomers of a house with rules are shown these first, and then its channel; where
    /// there is no room, where there is some.
    pub(crate) fn welcome(&self) -> Move {
        if let Some(elsewhere) = self.points_elsewhere() {
            return self.says(elsewhere);
        }
        match self.owes(&self.profile()) {
            Some(Notice::Rules) => self.says(Notice::Rules),
            _ => self.says(self.join_first().unwrap_or(Notice::Welcome)),
        }
    }

    /// The running search goes on with all that may give way given up, at the next attempt of its ticket.
    pub(crate) fn widen(&self, of: TicketId) -> Plan {
        match &self.record.session {
            Session::Waiting(stub) | Session::Held { stub, .. } if stub.ticket == of => {
                let mut profile = self.profile();
                profile.wants.widened = true;
                self.searching_on(
                    self.with_profile(self.redraws(Notice::SearchWidened { ticket: of }), profile),
                )
            }
            _ => Plan::just(self.over()),
        }
    }

    /// From idle, or out of a room.
    fn begin_search(&self, leaving: Option<Talk>) -> Plan {
        if self.maintenance.is_some() {
            // A room is not left for a search that does not begin.
            return Plan::just(self.says(Notice::Maintenance));
        }
        let first = leaving.map(|talk| self.end_partner(talk.room, talk.partner, RoomEnd::Left));
        if let Some(until) = self.record.profile.banned(self.now) {
            let banned = Notice::Banned { until, room: None };
            return Plan::Act { first, act: self.stays_out(leaving, banned), then: None };
        }
        if let Some(act) = self.too_soon(leaving) {
            return Plan::Act { first, act, then: None };
        }
        // What gave way in an earlier search is wished again.
        let mut profile = self.profile();
        profile.wants.widened = false;
        profile.facts.trust = self.settings.trust.trust(&self.record.conduct, self.now);
        let lapsed = self.lapse(&mut profile);
        if let Some(owed) = self.owes(&profile) {
            let asks = self.asks_for(&owed);
            return Plan::Act { first, act: Move { asks, ..self.stays_out(leaving, owed) }, then: None };
        }
        if let Some(join) = self.join_first() {
            return Plan::Act { first, act: self.stays_out(leaving, join), then: None };
        }
        let ticket = self.ticket();
        let pool = self.settings.pools.choose(&self.record.profile.facts.place).clone();
        let stub = Stub { ticket, attempt: 0, pool, waiting_since: self.now };
        let then = Some(self.ticket_with(&stub, &profile));
        let mut act = self.with_profile(self.quiet(Outcome::Moved), profile);
        act.session = Some(Session::Waiting(stub));
        act.begins = true;
        match leaving {
            None => act.entries.push((self.update.bot, Notice::Searching { ticket }.entry())),
            Some(talk) => {
                act.brakes = self.brakes_changed_by(talk);
                act.entries.extend(self.farewell(talk, Some(ticket)));
                act.facts.push(self.closed(talk, RoomEnd::Left, self.said.user));
            }
        }
        if lapsed {
            act = self.also_says(act, Notice::Sale(Sale::Lapsed));
        }
        act.if_full = Some(Box::new(self.stays_out(leaving, Notice::Busy)));
        Plan::Act { first, act, then }
    }

    /// What a search that cannot begin comes to: a room that was to be left is left, and `why` is said.
    pub(crate) fn stays_out(&self, leaving: Option<Talk>, why: Notice) -> Move {
        let Some(talk) = leaving else {
            return self.says(why);
        };
        self.also_says(self.leaves(talk), why)
    }
}
