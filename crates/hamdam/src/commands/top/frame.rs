//! One look at the fleet, and how it is written.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use hamdam_domain::id::InstanceId;
use hamdam_state::redis::{Survey, SurveyedShard};
use serde::Serialize;

/// What is shown. Times are seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Frame {
    /// Milliseconds since 1970, by Redis.
    at: i64,
    chatting: u64,
    waiting: u64,
    outbox: Queue,
    journal: Queue,
    redis_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    redis_limit_bytes: Option<u64>,
    instances: Vec<Instance>,
    /// Shards that nobody sends for.
    unowned_shards: usize,
    pools: Vec<Pool>,
    bots: Vec<Bot>,
}

/// Something that is appended to and worked off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
struct Queue {
    waiting: u64,
    oldest_seconds: f64,
    /// Appended since the look before.
    #[serde(skip_serializing_if = "Option::is_none")]
    per_second: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Instance {
    id: String,
    address: String,
    roles: String,
    version: String,
    /// Shards it sends for.
    shards: usize,
    /// Pools it leads.
    leads: Vec<String>,
    /// It holds something and is not on the list: killed a moment ago, or paused.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gone: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON")]
struct Pool {
    pool: String,
    leader: Option<String>,
    tickets: u64,
    oldest_seconds: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON")]
struct Bot {
    bot: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    learned_per_second: Option<f64>,
    paused_seconds: f64,
}

impl Frame {
    /// What a survey shows; rates since the one before, if there was one.
    pub(super) fn of(survey: &Survey, before: Option<&Survey>) -> Self {
        let sum = |of: fn(&SurveyedShard) -> u64| survey.shards.iter().map(of).sum();
        let most = |of: fn(&SurveyedShard) -> u64| survey.shards.iter().map(of).max().unwrap_or_default();
        let rate = |of: fn(&SurveyedShard) -> u64| rate(survey, before?, of);
        Self {
            at: survey.at.0,
            chatting: sum(|shard| shard.depth.chatting),
            waiting: sum(|shard| shard.depth.waiting),
            outbox: Queue {
                waiting: sum(|shard| shard.depth.outbox),
                oldest_seconds: seconds(most(|shard| shard.depth.outbox_oldest_ms)),
                per_second: rate(|shard| shard.appended),
            },
            journal: Queue {
                waiting: sum(|shard| shard.depth.journal),
                oldest_seconds: seconds(most(|shard| shard.depth.journal_oldest_ms)),
                per_second: rate(|shard| shard.noted),
            },
            redis_bytes: survey.memory.used,
            redis_limit_bytes: survey.memory.limit,
            instances: instances(survey),
            unowned_shards: survey.shards.iter().filter(|shard| shard.owner.is_none()).count(),
            pools: survey
                .pools
                .iter()
                .map(|pool| Pool {
                    pool: pool.pool.0.clone(),
                    leader: pool.leader.as_ref().map(|leader| leader.0.clone()),
                    tickets: pool.tickets,
                    oldest_seconds: seconds(pool.oldest_ms),
                })
                .collect(),
            bots: survey
                .bots
                .iter()
                .map(|bot| Bot {
                    bot: bot.bot.0,
                    learned_per_second: bot.learned,
                    paused_seconds: seconds(bot.paused_ms),
                })
                .collect(),
        }
    }
}

/// `None` where a stream began anew in between.
fn rate(survey: &Survey, before: &Survey, of: fn(&SurveyedShard) -> u64) -> Option<f64> {
    let total = |survey: &Survey| survey.shards.iter().map(of).sum::<u64>();
    let more = total(survey).checked_sub(total(before))?;
    let time = u64::try_from(survey.at.0 - before.at.0).ok().filter(|time| *time > 0)?;
    Some(seconds(more * 1_000) / seconds(time))
}

/// Of milliseconds.
fn seconds(ms: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let ms = ms as f64;
    ms / 1_000.0
}

/// Those on the list, and those that hold something without being there.
fn instances(survey: &Survey) -> Vec<Instance> {
    let mut held: BTreeMap<&InstanceId, (usize, Vec<String>)> = BTreeMap::new();
    for owner in survey.shards.iter().filter_map(|shard| shard.owner.as_ref()) {
        held.entry(owner).or_default().0 += 1;
    }
    for pool in &survey.pools {
        if let Some(leader) = &pool.leader {
            held.entry(leader).or_default().1.push(pool.pool.0.clone());
        }
    }
    let known = survey.instances.iter().map(|instance| {
        let (shards, leads) = held.remove(&instance.id).unwrap_or_default();
        Instance {
            id: instance.id.0.clone(),
            address: instance.address.clone(),
            roles: instance.roles.clone(),
            version: instance.version.clone(),
            shards,
            leads,
            gone: false,
        }
    });
    let mut all: Vec<Instance> = known.collect();
    all.extend(held.into_iter().map(|(id, (shards, leads))| Instance {
        id: id.0.clone(),
        address: String::new(),
        roles: String::new(),
        version: String::new(),
        shards,
        leads,
        gone: true,
    }));
    all
}

impl Display for Frame {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let live = self.instances.iter().filter(|instance| !instance.gone).count();
        let noun = if live == 1 { "instance" } else { "instances" };
        let limit =
            self.redis_limit_bytes.map_or("no limit".to_owned(), |limit| format!("of {}", megabytes(limit)));
        writeln!(
            f,
            "{}   {live} {noun}   {} chatting   {} waiting   Redis {} {limit}",
            hamdam_bot::date(hamdam_domain::clock::Millis(self.at)),
            self.chatting,
            self.waiting,
            megabytes(self.redis_bytes),
        )?;
        writeln!(f, "outbox {}", self.outbox)?;
        writeln!(f, "journal {}\n", self.journal)?;
        writeln!(
            f,
            "{:<28} {:<22} {:>6}  {:<9} {:<16} ROLES",
            "INSTANCE", "ADDRESS", "SHARDS", "VERSION", "LEADS"
        )?;
        for Instance { id, address, roles, version, shards, leads, gone } in &self.instances {
            let leads = if leads.is_empty() { "-".to_owned() } else { leads.join(",") };
            let roles = if *gone { "not on the list, its leases run out" } else { roles };
            writeln!(f, "{id:<28} {address:<22} {shards:>6}  {version:<9} {leads:<16} {roles}")?;
        }
        if self.unowned_shards > 0 {
            writeln!(f, "{:<28} {:<22} {:>6}", "nobody", "", self.unowned_shards)?;
        }
        writeln!(f, "\n{:<16} {:<28} {:>8} {:>12}", "POOL", "LEADER", "TICKETS", "LONGEST WAIT")?;
        for pool in &self.pools {
            let leader = pool.leader.as_deref().unwrap_or("nobody");
            writeln!(
                f,
                "{:<16} {leader:<28} {:>8} {:>10.1} s",
                pool.pool, pool.tickets, pool.oldest_seconds
            )?;
        }
        writeln!(f, "\n{:<16} {:>12} {:>10}", "BOT", "LEARNED/S", "PAUSED")?;
        for bot in &self.bots {
            let learned = bot.learned_per_second.map_or("-".to_owned(), |rate| format!("{rate:.1}"));
            let paused = if bot.paused_seconds > 0.0 {
                format!("{:.1} s", bot.paused_seconds)
            } else {
                "-".to_owned()
            };
            writeln!(f, "{:<16} {learned:>12} {paused:>10}", bot.bot)?;
        }
        Ok(())
    }
}

impl Display for Queue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rate = self.per_second.map_or(String::new(), |rate| format!(", {rate:.0} a second come in"));
        write!(f, "{} waiting, the oldest for {:.1} s{rate}", self.waiting, self.oldest_seconds)
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

#[cfg(test)]
mod tests {
    use hamdam_domain::clock::Millis;
    use hamdam_domain::id::{BotId, PoolId};
    use hamdam_state::redis::{SurveyedBot, SurveyedPool};
    use hamdam_state::step::instance::{Instance as Beating, Memory};
    use hamdam_state::step::sending::Depth;

    use super::*;

    fn shard(owner: Option<&str>, appended: u64) -> SurveyedShard {
        let depth = Depth {
            outbox: 3,
            outbox_oldest_ms: 1_500,
            journal: 1,
            journal_oldest_ms: 100,
            waiting: 2,
            chatting: 10,
        };
        SurveyedShard { depth, appended, noted: appended, owner: owner.map(|owner| InstanceId(owner.into())) }
    }

    fn survey(at: i64, appended: u64) -> Survey {
        let id = InstanceId("one".into());
        Survey {
            at: Millis(at),
            instances: vec![Beating {
                id: id.clone(),
                roles: "webhook".into(),
                address: "h:1".into(),
                version: "1".into(),
            }],
            shards: vec![shard(Some("one"), appended), shard(Some("two"), 0), shard(None, 0)],
            pools: vec![SurveyedPool {
                pool: PoolId("main".into()),
                tickets: 2,
                oldest_ms: 4_000,
                leader: Some(id),
            }],
            bots: vec![SurveyedBot { bot: BotId(7), learned: Some(28.5), paused_ms: 3_000 }],
            memory: Memory { used: 5_000_000, limit: None },
        }
    }

    #[test]
    fn sums_rates_and_who_holds_what() {
        let (before, now) = (survey(1_000, 100), survey(3_000, 400));
        let frame = Frame::of(&now, Some(&before));
        assert_eq!((frame.chatting, frame.waiting, frame.unowned_shards), (30, 6, 1));
        assert_eq!((frame.outbox.waiting, frame.outbox.per_second), (9, Some(150.0)));
        assert_eq!(Frame::of(&now, None).outbox.per_second, None);
        assert_eq!(Frame::of(&before, Some(&now)).outbox.per_second, None, "a stream that began anew");
        let held: Vec<_> = frame
            .instances
            .iter()
            .map(|one| (one.id.as_str(), one.shards, one.leads.len(), one.gone))
            .collect();
        assert_eq!(held, [("one", 1, 1, false), ("two", 1, 0, true)]);
        let text = frame.to_string();
        for said in ["150 a second", "1 instance ", "nobody", "main", "28.5", "3.0 s", "no limit"] {
            assert!(text.contains(said), "{said} is missing in\n{text}");
        }
    }
}
