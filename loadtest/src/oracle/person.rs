//! One user, over all bots: what they asked for and whether they wait.

use std::collections::VecDeque;

use super::chat::ChatIndex;
use super::log::Micros;
use super::sign::Ticket;
use crate::telegram::UserId;

/// Requests for a partner remembered per user.
const ASKS: usize = 8;
/// Requests to leave remembered per user.
const LEAVES: usize = 8;
/// Spent tickets remembered per user.
const SPENT: usize = 4;

/// A search that runs, as the user sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search {
    pub(super) ticket: Ticket,
    /// When the user asked.
    pub(super) asked: Micros,
    /// When it was shown that the search runs: the user's place among those who wait. Not waiting: `None`, after
    /// they asked to call it off.
    pub(super) waits_since: Option<Micros>,
}

/// A user.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) chats: Vec<ChatIndex>,
    /// The search that runs.
    pub(super) search: Option<Search>,
    /// A request for a partner that nothing was said about yet.
    pub(super) unanswered: Option<Unanswered>,
    leaves: VecDeque<Micros>,
    asks: VecDeque<(Ticket, Micros)>,
    spent: VecDeque<Ticket>,
}

/// A request for a partner without an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unanswered {
    pub(super) ticket: Ticket,
    pub(super) chat: ChatIndex,
    pub(super) acked: bool,
}

impl Person {
    /// Somebody who did nothing yet.
    pub(super) fn new(id: UserId) -> Self {
        Self {
            id,
            chats: Vec::new(),
            search: None,
            unanswered: None,
            leaves: VecDeque::new(),
            asks: VecDeque::new(),
            spent: VecDeque::new(),
        }
    }

    /// Notes a request for a partner.
    pub(super) fn ask(&mut self, ticket: Ticket, chat: ChatIndex, at: Micros) {
        if self.asks.len() == ASKS {
            self.asks.pop_front();
        }
        self.asks.push_back((ticket, at));
        self.unanswered = Some(Unanswered { ticket, chat, acked: false });
    }

    /// Notes a request to leave or to stop.
    pub(super) fn leave(&mut self, at: Micros) {
        if self.leaves.len() == LEAVES {
            self.leaves.pop_front();
        }
        self.leaves.push_back(at);
    }

    /// The first request to leave after `asked`, the birth of a ticket, but not before `since`: the user may have left
    /// a room before it was shown to them.
    pub(super) fn left_after(&self, asked: Micros, since: Micros) -> Option<Micros> {
        self.leaves.iter().copied().find(|at| *at > asked && *at >= since)
    }

    /// When the user made this request, if it is remembered.
    pub(super) fn asked_at(&self, ticket: Ticket) -> Option<Micros> {
        self.asks.iter().rev().find(|(asked, _)| *asked == ticket).map(|(_, at)| *at)
    }

    /// Ends the search: its ticket is spent.
    pub(super) fn spend(&mut self) -> Option<Search> {
        let search = self.search.take()?;
        if self.spent.len() == SPENT {
            self.spent.pop_front();
        }
        self.spent.push_back(search.ticket);
        Some(search)
    }

    /// Whether this ticket was spent lately.
    pub(super) fn has_spent(&self, ticket: Ticket) -> bool {
        self.spent.contains(&ticket)
    }
}
