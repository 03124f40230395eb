//! The step that brings a room back.

use fred::types::Value;
use hamdam_domain::outbox::Entry;

use super::RedisState;
use super::user::profile_args;
use crate::error::Result;
use crate::step::recovery::{Revival, Revived};

impl RedisState {
    pub(super) async fn revive_side(&self, revival: &Revival) -> Result<Revived> {
        let mut keys = self.user_keys(revival.user);
        keys.truncate(6);
        keys.push(self.keys.payments(revival.user));
        let floor = &revival.floor;
        let mut args: Vec<Value> = vec![
            revival.user.0.into(),
            revival.room.0.into(),
            revival.partner.0.into(),
            revival.ticket.to_string().into(),
            revival.across.map(|bot| bot.to_string()).unwrap_or_default().into(),
            format!("{} {} {}", floor.update.0, floor.hour, floor.era).into(),
            i64::from(revival.messages).into(),
            revival.notice.as_ref().map(Entry::to_json).unwrap_or_default().into(),
        ];
        args.extend(profile_args(Some(&revival.profile)));
        args.extend(revival.blocked.iter().map(|user| Value::from(user.0)));
        let answers = [Revived::Done, Revived::Already, Revived::Elsewhere];
        self.one_of(&self.link.scripts.revive, keys, args, &answers).await
    }
}
