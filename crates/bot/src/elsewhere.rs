//! Newcomers to a bot that has much to do are pointed to one that has room, by a link that carries over what they wished: there it
//! begins the search. Who came by which link was noted where they came first, and what they told is known everywhere.

use hamdam_domain::outbox::Notice;

use crate::decide::Scene;

/// What stands behind `/start` in such a link.
pub(crate) const SEARCH: &str = "search";

/// The link to the bot of that name.
pub(crate) fn link_to(name: &str) -> String {
    format!("https://t.me/{name}?start={SEARCH}")
}

impl Scene<'_> {
    /// What greets somebody new whose bot has no room.
    pub(crate) fn points_elsewhere(&self) -> Option<Notice> {
        let bot = self.elsewhere.filter(|_| self.record.new_since.is_some())?;
        Some(Notice::Elsewhere { bot })
    }
}
