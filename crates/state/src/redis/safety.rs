//! Steps of moderation.

use fred::interfaces::HashesInterface;
use fred::types::Value;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::Entry;
use hamdam_domain::safety::{CaseId, Report, Verdict};

use super::RedisState;
use super::keys;
use super::link::misread;
use super::user::{closed_room, count, profile_args};
use crate::error::Result;
use crate::step::safety::{Choice, Decided, Impose, Imposed};

impl RedisState {
    pub(super) async fn impose_on(&self, impose: &Impose) -> Result<Imposed> {
        let mut keys = self.user_keys(impose.user);
        keys.push(self.keys.told(impose.user, &impose.once));
        keys.extend(closed_room(&impose.facts).map(|room| self.keys.ids(room, impose.user)));
        let mut args: Vec<Value> = vec![
            impose.user.0.into(),
            impose.expect.to_string().into(),
            Value::from_static_str(if impose.ends { "1" } else { "" }),
        ];
        args.extend(profile_args(Some(&impose.profile)));
        args.push(self.remembered());
        args.push(count(&impose.entries));
        for (bot, entry) in &impose.entries {
            args.extend([bot.0.into(), entry.to_json().into()]);
        }
        args.extend(impose.facts.iter().map(|fact| Value::from(fact.to_json())));
        let script = &self.link.scripts.impose;
        let key = keys[0].clone();
        match self.link.run(script, keys, args).await?.as_i64() {
            Some(0 | 1) => Ok(Imposed::Done),
            Some(2) => Ok(Imposed::Changed),
            _ => Err(misread(script, &key, "0, 1 or 2", &Value::Null)),
        }
    }

    pub(super) async fn post_to(&self, chat: UserId, bot: BotId, entry: &Entry, once: &str) -> Result<()> {
        let mut keys = self.user_keys(chat);
        keys.truncate(4);
        keys.push(self.keys.told(chat, once));
        let args = vec![chat.0.into(), bot.0.into(), entry.to_json().into()];
        self.link.run(&self.link.scripts.post, keys, args).await.map(drop)
    }

    pub(super) async fn open_case_of(&self, report: &Report) -> Result<()> {
        let args = vec![report.to_json().into()];
        self.link.run(&self.link.scripts.open_case, vec![keys::case(report.case())], args).await.map(drop)
    }

    /// One command, without a script.
    pub(super) async fn read_case(&self, case: CaseId) -> Result<Option<Report>> {
        let key = keys::case(case);
        let stored = self.link.client().hget::<Option<String>, _, _>(key.clone(), "c");
        let stored = self.link.single("case", Some(&key), stored).await?;
        Ok(stored.and_then(|report| Report::from_json(&report).ok()))
    }

    pub(super) async fn choose(&self, case: CaseId, choice: &Choice) -> Result<Decided> {
        let script = &self.link.scripts.decide_case;
        let key = keys::case(case);
        let args = vec![choice.name.clone().into(), choice.verdict.word().into()];
        let answer = self.link.run(script, vec![key.clone()], args).await?;
        if answer.is_null() {
            return Ok(Decided::Unknown);
        }
        let parts = answer.clone().into_array();
        let wrong = || misread(script, &key, "nothing, or a choice and its report", &answer);
        let [kind, report, stands] = parts.as_slice() else { return Err(wrong()) };
        let report = report.as_str().and_then(|report| Report::from_json(&report).ok()).ok_or_else(wrong)?;
        match (kind.as_i64(), stands) {
            (Some(0), at) => {
                let at = Millis(at.as_i64().ok_or_else(wrong)?);
                Ok(Decided::Counts { report, at })
            }
            (Some(1), verdict) => {
                let word = verdict.as_str().unwrap_or_default();
                Ok(Decided::Before { report, verdict: Verdict::of_word(&word) })
            }
            _ => Err(wrong()),
        }
    }
}
