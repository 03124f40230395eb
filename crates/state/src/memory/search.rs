//! Steps about a search that lasts.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, TicketId, UserId};
use hamdam_domain::outbox::Entry;
use hamdam_domain::session::Session;

use super::world::World;
use crate::step::search::GaveUp;

impl World {
    /// Answers whether a sleeping sender is to be rung.
    pub(super) fn tell_waiting(
        &mut self,
        id: UserId,
        ticket: TicketId,
        entry: &Entry,
        once: &str,
        now: Millis,
    ) -> bool {
        let waits = |session: &Session| matches!(session, Session::Waiting(stub) if stub.ticket == ticket);
        self.users.get(&id).is_some_and(|user| waits(&user.session)) && self.tell(id, None, entry, once, now)
    }

    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn give_up(
        &mut self,
        id: UserId,
        ticket: TicketId,
        notice: &Entry,
        now: Millis,
    ) -> (GaveUp, bool) {
        match self.users.get(&id).map(|user| &user.session) {
            Some(Session::Waiting(stub)) if stub.ticket == ticket => {
                self.shift(id, Session::Idle, now);
                (GaveUp::Done, self.append(id, ticket.bot, notice, 0, now))
            }
            Some(Session::Held { stub, .. }) if stub.ticket == ticket => (GaveUp::Held, false),
            _ => (GaveUp::Elsewhere, false),
        }
    }

    /// The message that tells of a search is known, if the search goes on.
    pub(super) fn search_shown(&mut self, id: UserId, ticket: TicketId, message: MessageId) {
        if let Some(user) = self.users.get_mut(&id)
            && by_ticket(&user.session) == Some(ticket)
        {
            user.search_notice = Some(message);
        }
    }
}

/// The ticket of a search that goes on.
pub(super) fn by_ticket(session: &Session) -> Option<TicketId> {
    match session {
        Session::Waiting(stub) | Session::Held { stub, .. } => Some(stub.ticket),
        Session::Idle | Session::Chatting { .. } => None,
    }
}
