//! A session by its fields, and the letter it begins with.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{PoolId, TicketId};
use hamdam_domain::session::{Session, Stub};

/// The fields of a session.
#[derive(Clone, Copy, Default)]
pub(in super::super) struct StoredSession<'a> {
    pub(in super::super) state: Option<&'a str>,
    pub(in super::super) ticket: Option<&'a str>,
    pub(in super::super) attempt: Option<&'a str>,
    pub(in super::super) pool: Option<&'a str>,
    pub(in super::super) waiting_since: Option<&'a str>,
}

impl StoredSession<'_> {
    /// The session, if every field it needs can be read and, while idle, none is there.
    pub(in super::super) fn read(&self) -> Option<Session> {
        let Some(state) = self.state else {
            let fields = [self.ticket, self.attempt, self.pool, self.waiting_since];
            return fields.iter().all(Option::is_none).then_some(Session::Idle);
        };
        let ticket: TicketId = self.ticket?.parse().ok()?;
        if state == "w" {
            return self.stub(ticket).map(Session::Waiting);
        }
        let mut parts = state.split(' ');
        let (letter, room, partner) =
            (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        match (letter, parts.next()) {
            ("h", None) => Some(Session::Held { room, partner, stub: self.stub(ticket)? }),
            ("c", None) => Some(Session::Chatting { room, partner, ticket }),
            _ => None,
        }
    }

    fn stub(&self, ticket: TicketId) -> Option<Stub> {
        let attempt = self.attempt?.parse().ok()?;
        let waiting_since = Millis(self.waiting_since?.parse().ok()?);
        Some(Stub { ticket, attempt, pool: PoolId(self.pool?.to_owned()), waiting_since })
    }
}

/// The letter `s` begins with; empty while idle.
pub(in super::super) fn state_letter(session: &Session) -> &'static str {
    match session {
        Session::Idle => "",
        Session::Waiting(_) => "w",
        Session::Held { .. } => "h",
        Session::Chatting { .. } => "c",
    }
}
