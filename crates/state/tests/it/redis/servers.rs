//! States in real servers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hamdam_state::State;
use hamdam_state::redis::{RedisServers, RedisSettings, RedisState};
use hamdam_testbed::{Redis, RedisCluster};

use crate::conformance::Subject;

/// Shards of every state under test.
pub(crate) const SHARDS: u16 = 4;
/// The longest time that is waited for in earnest.
const PATIENCE: Duration = Duration::from_secs(3);

/// Settings for one server.
pub(crate) fn single(redis: &Redis) -> RedisSettings {
    let server = ("127.0.0.1".to_owned(), redis.port());
    RedisSettings { shards: SHARDS, ..RedisSettings::new(RedisServers::Single { server, database: 0 }) }
}

/// Settings for a Cluster.
pub(crate) fn clustered(cluster: &RedisCluster) -> RedisSettings {
    let nodes = cluster.ports().into_iter().map(|port| ("127.0.0.1".to_owned(), port)).collect();
    RedisSettings { shards: SHARDS, ..RedisSettings::new(RedisServers::Cluster { nodes }) }
}

pub(crate) async fn connect(settings: &RedisSettings) -> Arc<RedisState> {
    Arc::new(RedisState::connect(settings).await.unwrap())
}

/// A state whose clock is the server's.
pub(crate) struct InRedis(pub(crate) Arc<RedisState>);

#[async_trait]
impl Subject for InRedis {
    fn state(&self) -> Arc<dyn State> {
        self.0.clone()
    }

    async fn pass(&self, time: Duration) -> bool {
        let short = time <= PATIENCE;
        if short {
            tokio::time::sleep(time).await;
        }
        short
    }
}
