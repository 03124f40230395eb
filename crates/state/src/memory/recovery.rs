//! The step that brings a room back.

use std::collections::BTreeMap;

use hamdam_domain::clock::Millis;
use hamdam_domain::session::Session;

use super::world::{RelayMarks, World};
use crate::step::recovery::{Revival, Revived};

impl World {
    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn revive(&mut self, revival: &Revival, now: Millis) -> (Revived, bool) {
        if let Some(user) = self.users.get(&revival.user) {
            if user.session.room() == Some(revival.room) {
                return (Revived::Already, false);
            }
            if user.session != Session::Idle || user.since.is_some() || user.profile.banned(now).is_some() {
                return (Revived::Elsewhere, false);
            }
        }
        self.enroll(revival.user, &revival.profile, &revival.blocked, &[], now);
        let chatting =
            Session::Chatting { room: revival.room, partner: revival.partner, ticket: revival.ticket };
        self.shift(revival.user, chatting, now);
        let user = self.users.get_mut(&revival.user).expect("enrolled above");
        user.relayed = Some(RelayMarks {
            room: revival.room,
            floor: Some(revival.floor),
            queues: BTreeMap::new(),
            across: revival.across,
            sequence: revival.messages,
        });
        let notice = revival.notice.as_ref();
        let ring = notice.is_some_and(|notice| self.announce(revival.user, revival.ticket.bot, notice, now));
        (Revived::Done, ring)
    }
}
