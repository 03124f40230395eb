//! Payments.

use fred::types::Value;
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_domain::premium::Credit;

use super::RedisState;
use super::link::misread;
use crate::error::Result;
use crate::step::premium::Credited;

impl RedisState {
    pub(super) async fn note_credit(
        &self,
        user: UserId,
        credit: &Credit,
        facts: &[Fact],
    ) -> Result<Credited> {
        let keys = vec![self.keys.user(user), self.keys.of(user).journal.clone(), self.keys.payments(user)];
        let grant = credit.grant.map_or_else(String::new, |grant| format!("{} {}", grant.at.0, grant.days));
        let mut args: Vec<Value> = vec![credit.charge.as_str().to_owned().into(), grant.into()];
        args.extend(facts.iter().map(|fact| Value::from(fact.to_json())));
        let script = &self.link.scripts.credit;
        let key = keys[0].clone();
        let answer = self.link.run(script, keys, args).await?;
        let wrong = || misread(script, &key, "the end of premium, and whether it is news", &answer);
        let parts = answer.clone().into_array();
        let [until, news] = parts.as_slice() else { return Err(wrong()) };
        let until = until.as_string().ok_or_else(wrong)?;
        let until = match &*until {
            "" => None,
            until => Some(Millis(until.parse().map_err(|_| wrong())?)),
        };
        Ok(Credited { until, news: news.as_i64() == Some(1) })
    }
}
