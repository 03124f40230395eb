//! Steps by which a user is forgotten.

use fred::interfaces::KeysInterface;
use fred::types::{Key, Value};
use hamdam_domain::id::{BotId, PoolId, RoomId, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::safety::Report;

use super::keys::{self, PoolKeys};
use super::link::misread;
use super::reply::{Parts, entry_id, entry_name};
use super::user::{closed_room, count, profile_args};
use super::{RedisState, record};
use crate::error::Result;
use crate::step::erasure::{Erase, Erased, Forget, SweptLetters};
use crate::step::user::Acted;

/// Letters looked at in one run: some may be a megabyte long.
const LETTERS: i64 = 20;

impl RedisState {
    pub(super) async fn forget_user(&self, forget: &Forget) -> Result<Acted> {
        let mut keys = self.user_keys(forget.user);
        keys.push(self.keys.payments(forget.user));
        keys.extend(closed_room(&forget.facts).map(|room| self.keys.ids(room, forget.user)));
        let update = &forget.update;
        let mut args: Vec<Value> = vec![
            forget.user.0.into(),
            forget.expect.to_string().into(),
            record::mark_field(update.bot, update.queue).into(),
            update.id.0.into(),
            i64::from(update.era).into(),
            update.bot.0.into(),
            forget.at.0.into(),
        ];
        args.extend(profile_args(Some(&forget.left)));
        args.push(count(&forget.entries));
        for (bot, entry) in &forget.entries {
            args.extend([bot.0.into(), entry.to_json().into()]);
        }
        args.extend(forget.facts.iter().map(|fact| Value::from(fact.to_json())));
        let script = &self.link.scripts.forget;
        let key = keys[0].clone();
        match self.link.run(script, keys, args).await?.as_i64() {
            Some(0) => Ok(Acted::Done),
            Some(1) => Ok(Acted::Duplicate),
            Some(2) => Ok(Acted::Changed),
            _ => Err(misread(script, &key, "0, 1 or 2", &Value::Null)),
        }
    }

    pub(super) async fn erase_user(&self, erase: &Erase) -> Result<Erased> {
        let mut args: Vec<Value> = vec![erase.at.0.into()];
        args.extend(erase.blocked_by.iter().map(|user| Value::from(user.0)));
        let keys = vec![self.keys.user(erase.user)];
        let answer = self.link.run(&self.link.scripts.erase, keys, args).await?;
        Ok(if answer.as_i64() == Some(1) { Erased::Gone } else { Erased::Back })
    }

    /// One command, without a script.
    pub(super) async fn drop_ids_of(&self, user: UserId, rooms: &[RoomId]) -> Result<()> {
        let keys: Vec<Key> = rooms.iter().map(|room| self.keys.ids(*room, user)).collect();
        let Some(first) = keys.first().cloned() else { return Ok(()) };
        let dropped = self.link.client().unlink::<i64, _>(keys);
        self.link.single("drop_ids", Some(&first), dropped).await.map(drop)
    }

    pub(super) async fn rename_in(&self, of: UserId, from: UserId, to: UserId) -> Result<bool> {
        let args = vec![from.0.into(), to.0.into()];
        let answer = self.link.run(&self.link.scripts.rename, vec![self.keys.user(of)], args).await?;
        Ok(answer.as_i64() == Some(1))
    }

    pub(super) async fn rewrite_case_of(&self, before: &Report, after: &Report) -> Result<()> {
        let args = vec![before.to_json().into(), after.to_json().into()];
        let keys = vec![keys::case(before.case())];
        self.link.run(&self.link.scripts.rewrite_case, keys, args).await.map(drop)
    }

    pub(super) async fn sweep_letters_of(
        &self,
        bot: BotId,
        about: UserId,
        after: EntryId,
    ) -> Result<SweptLetters> {
        let script = &self.link.scripts.sweep_letters;
        let key = keys::dead(bot);
        let args = vec![entry_name(after).into(), about.0.to_string().into(), LETTERS.into()];
        let answer = self.link.run(script, vec![key.clone()], args).await?;
        let swept = Parts::of(answer).and_then(|mut parts| {
            let (dropped, place) = (parts.number()?, parts.text()?);
            let next = if place.is_empty() { None } else { Some(entry_id(&place)?) };
            Some(SweptLetters { dropped, next })
        });
        swept.ok_or_else(|| misread(script, &key, "a number of letters and a place", &Value::Null))
    }

    pub(super) async fn pass_over_feed(&self, pool: &PoolId) -> Result<()> {
        let keys = vec![PoolKeys::new(pool).changes];
        self.link.run(&self.link.scripts.pass_over, keys, Vec::new()).await.map(drop)
    }
}
