//! The whole fleet at a glance, as live state has it: for `hamdam top`. Changes nothing.

use fred::interfaces::HashesInterface;
use fred::types::Value;
use futures::future::try_join_all;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, InstanceId, PoolId, Shard};

use super::RedisState;
use super::keys::{self, PoolKeys};
use super::link::misread;
use super::reply::Parts;
use crate::error::Result;
use crate::step::bot::of_thousandths;
use crate::step::instance::{Instance, Memory};
use crate::step::sending::Depth;

/// How everything stands.
#[derive(Clone, Debug)]
pub struct Survey {
    /// By the state's own clock.
    pub at: Millis,
    /// Instances whose heartbeat counts, by id.
    pub instances: Vec<Instance>,
    /// The shards, by number.
    pub shards: Vec<SurveyedShard>,
    /// Every pool that ever had a number, by name.
    pub pools: Vec<SurveyedPool>,
    /// The bots that were asked about.
    pub bots: Vec<SurveyedBot>,
    /// Memory of all servers.
    pub memory: Memory,
}

/// One shard.
#[derive(Clone, Debug)]
pub struct SurveyedShard {
    /// How full it is.
    pub depth: Depth,
    /// Entries ever appended to its outbox.
    pub appended: u64,
    /// Facts ever noted in its journal.
    pub noted: u64,
    /// Who sends for it.
    pub owner: Option<InstanceId>,
}

/// One pool.
#[derive(Clone, Debug)]
pub struct SurveyedPool {
    /// Its name.
    pub pool: PoolId,
    /// Tickets that wait.
    pub tickets: u64,
    /// For how long the oldest waits, in milliseconds.
    pub oldest_ms: u64,
    /// Who pairs there.
    pub leader: Option<InstanceId>,
}

/// One bot.
#[derive(Clone, Copy, Debug)]
pub struct SurveyedBot {
    /// Which.
    pub bot: BotId,
    /// Messages per second its token learned to send, if it learns.
    pub learned: Option<f64>,
    /// For how long Telegram wants nothing of it, in milliseconds; 0 if it may send.
    pub paused_ms: u64,
}

impl RedisState {
    /// Asks for everything: one script for each shard and pool, one command for each bot.
    pub async fn survey(&self, bots: &[BotId]) -> Result<Survey> {
        const STEP: &str = "survey";
        let (instances, numbers) = (keys::instances(), keys::pool_numbers());
        let client = self.link.client();
        let heartbeats = self.link.single(
            STEP,
            Some(&instances),
            client.hgetall::<Vec<(String, String)>, _>(instances.clone()),
        );
        let names = self.link.single(STEP, Some(&numbers), client.hkeys::<Vec<String>, _>(numbers.clone()));
        let shards = try_join_all((0..self.keys.shards()).map(|shard| self.survey_shard(Shard(shard))));
        let (heartbeats, mut names, shards) = futures::try_join!(heartbeats, names, shards)?;
        names.sort_unstable();
        // On a Cluster servers answer, each by its clock.
        let at = shards.iter().map(|(at, _)| *at).max().unwrap_or_default();
        let shards = shards.into_iter().map(|(_, shard)| shard).collect();
        let pools = try_join_all(names.into_iter().map(|name| self.survey_pool(PoolId(name))));
        let bots = try_join_all(bots.iter().map(|bot| self.survey_bot(*bot, at)));
        let (pools, bots, memory) = futures::try_join!(pools, bots, self.memory())?;
        let mut instances: Vec<Instance> =
            heartbeats.into_iter().filter_map(|(id, told)| instance(id, &told, at)).collect();
        instances.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Ok(Survey { at, instances, shards, pools, bots, memory })
    }

    async fn survey_shard(&self, shard: Shard) -> Result<(Millis, SurveyedShard)> {
        let script = &self.link.scripts.survey_shard;
        let of = self.keys.shard(shard);
        let keys = vec![of.out.clone(), of.journal.clone(), of.count.clone(), of.lease.clone()];
        let answer = self.link.run(script, keys, Vec::new()).await?;
        let read = |mut parts: Parts| {
            let now = Millis(parts.number()?);
            let (outbox, outbox_oldest_ms, appended) = (parts.number()?, parts.number()?, parts.number()?);
            let (journal, journal_oldest_ms, noted) = (parts.number()?, parts.number()?, parts.number()?);
            let (waiting, chatting) = (parts.number()?, parts.number()?);
            let depth = Depth { outbox, outbox_oldest_ms, journal, journal_oldest_ms, waiting, chatting };
            Some((now, SurveyedShard { depth, appended, noted, owner: holder(&parts.text()?) }))
        };
        Parts::of(answer)
            .and_then(read)
            .ok_or_else(|| misread(script, &of.out, "how the shard stands", &Value::Null))
    }

    async fn survey_pool(&self, pool: PoolId) -> Result<SurveyedPool> {
        let script = &self.link.scripts.survey_pool;
        let keys = PoolKeys::new(&pool);
        let answer = self.link.run(script, vec![keys.order.clone(), keys.lock], Vec::new()).await?;
        let read = |mut parts: Parts| {
            let (tickets, oldest_ms) = (parts.number()?, parts.number()?);
            Some(SurveyedPool { pool, tickets, oldest_ms, leader: holder(&parts.text()?) })
        };
        Parts::of(answer)
            .and_then(read)
            .ok_or_else(|| misread(script, &keys.order, "how the pool stands", &Value::Null))
    }

    async fn survey_bot(&self, bot: BotId, now: Millis) -> Result<SurveyedBot> {
        let key = keys::rate(bot);
        let fields = vec!["paused", "learned"];
        let asked = self.link.client().hmget::<Vec<Option<i64>>, _, _>(key.clone(), fields);
        let told = self.link.single("survey", Some(&key), asked).await?;
        let field = |at: usize| told.get(at).copied().flatten();
        Ok(SurveyedBot {
            bot,
            learned: field(1).map(of_thousandths),
            paused_ms: field(0).map_or(0, |until| u64::try_from(until - now.0).unwrap_or_default()),
        })
    }
}

/// A lease or lock is stored as "epoch owner".
fn holder(stored: &str) -> Option<InstanceId> {
    let (_, owner) = stored.split_once(' ')?;
    Some(InstanceId(owner.to_owned()))
}

/// A heartbeat, if it still counts: until when it does stands first.
pub(super) fn instance(id: String, told: &str, now: Millis) -> Option<Instance> {
    let mut lines = told.splitn(4, '\n');
    lines.next()?.parse::<i64>().ok().filter(|until| *until > now.0)?;
    let mut next = || lines.next().map(str::to_owned);
    Some(Instance { id: InstanceId(id), roles: next()?, address: next()?, version: next()? })
}
