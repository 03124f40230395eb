//! Steps on one bot's shared keys.

use std::time::Duration;

use fred::types::Value;
use hamdam_domain::id::{BotId, UpdateId};

use super::RedisState;
use super::keys;
use super::link::misread;
use super::pool::millis;
use super::reply::Parts;
use crate::error::Result;
use crate::step::bot::{Budget, DeadLetter, Granted, Kept, of_thousandths, time_to_fill};

impl Budget {
    /// As scripts take it: permits per second, burst, and where it starts if it learns.
    pub(super) fn args(&self) -> [Value; 3] {
        let start = if self.learns { self.start().into() } else { Value::from_static_str("") };
        [self.per_second.to_string().into(), i64::from(self.burst).into(), start]
    }
}

impl RedisState {
    pub(super) async fn take_permits(&self, bot: BotId, want: u32, budget: &Budget) -> Result<Granted> {
        let script = &self.link.scripts.permits;
        let key = keys::rate(bot);
        let mut args = vec![i64::from(want).into()];
        args.extend(budget.args());
        let answer = self.link.run(script, vec![key.clone()], args).await?;
        let granted = Parts::of(answer).and_then(|mut parts| {
            let (permits, missing, pause) = (parts.number()?, parts.number::<u32>()?, parts.number()?);
            let per_second = match parts.number()? {
                0 => budget.per_second,
                learned => of_thousandths(learned),
            };
            let until = match pause {
                0 => time_to_fill(missing, per_second),
                ms => Duration::from_millis(ms),
            };
            Some(Granted { permits, wait: until, paused: pause > 0, per_second })
        });
        granted.ok_or_else(|| misread(script, &key, "permits and waits", &Value::Null))
    }

    pub(super) async fn pause_bot(&self, bot: BotId, wait: Duration) -> Result<()> {
        self.link.run(&self.link.scripts.pause, vec![keys::rate(bot)], vec![millis(wait)]).await.map(drop)
    }

    pub(super) async fn busy_of(&self, bot: BotId) -> Result<u16> {
        let script = &self.link.scripts.busy;
        let key = keys::rate(bot);
        let answer = self.link.run(script, vec![key.clone()], Vec::new()).await?;
        let share = answer.as_i64().and_then(|share| u16::try_from(share).ok());
        share.ok_or_else(|| misread(script, &key, "a share", &answer))
    }

    pub(super) async fn era_of(&self, bot: BotId, server: &str) -> Result<u16> {
        let script = &self.link.scripts.era;
        let key = keys::era(bot);
        let answer = self.link.run(script, vec![key.clone()], vec![server.to_owned().into()]).await?;
        let era = answer.as_i64().and_then(|era| u16::try_from(era).ok());
        era.ok_or_else(|| misread(script, &key, "an era", &answer))
    }

    pub(super) async fn strike_update(&self, bot: BotId, update: UpdateId) -> Result<u32> {
        let script = &self.link.scripts.strike;
        let key = keys::strikes(bot, update);
        let answer = self.link.run(script, vec![key.clone()], vec![self.new_name().into()]).await?;
        let strikes = answer.as_i64().and_then(|count| u32::try_from(count).ok());
        strikes.ok_or_else(|| misread(script, &key, "a count", &answer))
    }

    pub(super) async fn file_of(&self, bot: BotId, unique: &str) -> Result<Option<String>> {
        let script = &self.link.scripts.file;
        let key = keys::files(bot);
        match self.link.run(script, vec![key.clone()], vec![unique.to_owned().into()]).await? {
            Value::Null => Ok(None),
            answer => match answer.as_string() {
                Some(id) => Ok(Some(id)),
                None => Err(misread(script, &key, "a file id", &answer)),
            },
        }
    }

    pub(super) async fn remember_file(&self, bot: BotId, file: &Kept) -> Result<()> {
        let keys = vec![keys::files(bot), keys::files_until(bot)];
        let args = vec![
            file.unique.clone().into(),
            file.id.clone().into(),
            i64::from(file.most).into(),
            millis(file.life),
        ];
        self.link.run(&self.link.scripts.keep_file, keys, args).await.map(drop)
    }

    pub(super) async fn bury_update(&self, bot: BotId, letter: &DeadLetter) -> Result<()> {
        let keys = vec![keys::dead(bot), keys::buried(bot, &self.new_name())];
        let args = vec![Value::Bytes(letter.body.clone().into()), letter.reason.clone().into()];
        self.link.run(&self.link.scripts.bury, keys, args).await.map(drop)
    }
}
