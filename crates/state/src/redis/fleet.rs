//! Steps that make instances a fleet.

use fred::interfaces::{ClientLike, HashesInterface};
use fred::types::{InfoKind, Value};
use hamdam_domain::id::{InstanceId, PoolId};
use hamdam_domain::pools::Pools;

use super::RedisState;
use super::keys;
use super::link::misread;
use super::pool::millis;
use super::reply::Parts;
use crate::error::{Result, StateError};
use crate::step::TimeToLive;
use crate::step::instance::{self, Instance, Memory, Meta};

impl RedisState {
    pub(super) async fn beat(&self, instance: &Instance, ttl: TimeToLive) -> Result<Vec<Instance>> {
        let script = &self.link.scripts.heartbeat;
        let life = keys::life(&instance.id);
        let listens = self.rings.live(&life).await;
        let args = vec![
            instance.id.0.clone().into(),
            millis(ttl),
            instance.roles.clone().into(),
            instance.address.clone().into(),
            instance.version.clone().into(),
            if listens { life } else { String::new() }.into(),
            i64::from(self.rings.hears_who_is_gone()).into(),
        ];
        let answer = self.link.run(script, vec![keys::instances()], args).await?;
        let instances = Parts::of(answer).and_then(|parts| parts.rest(read_instance));
        let mut instances =
            instances.ok_or_else(|| misread(script, &keys::instances(), "instances", &Value::Null))?;
        instances.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Ok(instances)
    }

    /// One command, without a script. Who is not on the list is not gone, and hands over what is theirs in good order.
    pub(super) async fn take_off(&self, instance: &InstanceId) -> Result<()> {
        let key = keys::instances();
        let removed = self.link.client().hdel::<u32, _, _>(key.clone(), instance.0.clone());
        self.link.single("retire", Some(&key), removed).await?;
        self.rings.forget(&keys::life(instance).into()).await;
        Ok(())
    }

    pub(super) async fn found(&self, meta: &Meta) -> Result<()> {
        let script = &self.link.scripts.join;
        let args = vec![
            i64::from(meta.shards).into(),
            i64::from(meta.version).into(),
            i64::from(Meta::VERSIONS_APART).into(),
        ];
        let answer = self.link.run(script, vec![keys::meta()], args).await?;
        let founded = Parts::of(answer)
            .and_then(|mut parts| Some(Meta { shards: parts.number()?, version: parts.number()? }))
            .ok_or_else(|| misread(script, &keys::meta(), "shards and version", &Value::Null))?;
        founded.admits(meta)
    }

    pub(super) async fn numbers_of(&self, pools: &[PoolId]) -> Result<Vec<u8>> {
        let (script, key) = (&self.link.scripts.number_pools, keys::pool_numbers());
        let most = i64::try_from(Pools::MOST).expect("few");
        let names = pools.iter().map(|pool| Value::from(pool.0.clone()));
        let args = std::iter::once(Value::from(most)).chain(names).collect();
        let answer = self.link.run(script, vec![key.clone()], args).await?;
        let read = |number: Value| number.as_i64().and_then(|number| u8::try_from(number).ok());
        let numbers = Parts::of(answer).and_then(|parts| parts.rest(read));
        let numbers = numbers.ok_or_else(|| misread(script, &key, "numbers of pools", &Value::Null))?;
        if numbers.len() == pools.len() { Ok(numbers) } else { Err(instance::numbers_are_used_up()) }
    }

    /// Asks every server that holds a part of the state, so that one missing is noticed.
    pub(super) async fn memory(&self) -> Result<Memory> {
        let client = self.link.client();
        let masters = self.link.masters();
        let info = async {
            if masters.is_empty() {
                return Ok(vec![client.info::<String>(Some(InfoKind::Memory)).await?]);
            }
            let asked = masters.iter().map(|master| {
                let node = client.with_cluster_node(master);
                async move { node.info::<String>(Some(InfoKind::Memory)).await }
            });
            futures::future::try_join_all(asked).await
        };
        let answers = self.link.single("ping", None, info).await?;
        let read =
            |name: &str| -> Option<Vec<u64>> { answers.iter().map(|info| number(info, name)).collect() };
        let (Some(used), Some(limits)) = (read("used_memory:"), read("maxmemory:")) else {
            return Err(StateError::Corrupt {
                key: "INFO memory".to_owned(),
                wanted: "used_memory and maxmemory",
                found: answers.concat().chars().take(100).collect(),
            });
        };
        // 0 is no limit.
        let limited = limits.iter().all(|limit| *limit > 0);
        Ok(Memory { used: used.iter().sum(), limit: limited.then(|| limits.iter().sum()) })
    }
}

fn number(info: &str, name: &str) -> Option<u64> {
    info.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
}

fn read_instance(value: Value) -> Option<Instance> {
    let mut parts = Parts::of(value)?;
    Some(Instance {
        id: InstanceId(parts.text()?.to_string()),
        roles: parts.text()?.to_string(),
        address: parts.text()?.to_string(),
        version: parts.text()?.to_string(),
    })
}
