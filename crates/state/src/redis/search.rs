//! Steps about a search that lasts.

use fred::types::Value;
use hamdam_domain::id::{TicketId, UserId};
use hamdam_domain::outbox::Entry;

use super::RedisState;
use super::link::misread;
use crate::error::Result;
use crate::step::search::GaveUp;

impl RedisState {
    pub(super) async fn tell_waiter(
        &self,
        user: UserId,
        ticket: TicketId,
        entry: &Entry,
        once: &str,
    ) -> Result<()> {
        let mut keys = self.user_keys(user);
        keys.truncate(4);
        keys.push(self.keys.told(user, once));
        let args = vec![user.0.into(), entry.to_json().into(), ticket.to_string().into()];
        self.link.run(&self.link.scripts.tell_waiting, keys, args).await.map(drop)
    }

    pub(super) async fn end_search(&self, user: UserId, ticket: TicketId, notice: &Entry) -> Result<GaveUp> {
        let script = &self.link.scripts.give_up;
        let mut keys = self.user_keys(user);
        keys.truncate(6);
        let key = keys[0].clone();
        let args: Vec<Value> = vec![user.0.into(), ticket.to_string().into(), notice.to_json().into()];
        match self.link.run(script, keys, args).await?.as_i64() {
            Some(0) => Ok(GaveUp::Done),
            Some(1) => Ok(GaveUp::Held),
            Some(2) => Ok(GaveUp::Elsewhere),
            _ => Err(misread(script, &key, "0, 1 or 2", &Value::Null)),
        }
    }
}
