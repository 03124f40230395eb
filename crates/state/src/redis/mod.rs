//! Live state in Redis: one server, one with Sentinels, or a Cluster.
//!
//! Every step is one script on the keys of one slot ([`keys`] has the table, `scripts/` the scripts), sent by its
//! hash; a few are one plain command. So the same code runs on one server and on a Cluster, and a step is atomic on
//! both. The client may send a script twice: each finds its own work done.

mod board;
mod bot;
mod bulk;
mod conduct;
mod departures;
mod erasure;
mod examine;
mod fleet;
mod keys;
mod link;
mod matching;
mod pool;
mod premium;
mod record;
mod recovery;
mod reply;
mod rings;
mod safety;
mod script;
mod search;
mod sending;
mod settings;
mod state;
mod survey;
mod told;
mod user;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use self::examine::{Examination, Examined, examine};
use self::keys::{Keys, SLOTS};
use self::link::{Link, misread, translate};
use self::rings::Rings;
pub use self::settings::{Observer, RedisServers, RedisSettings};
pub use self::survey::{Survey, SurveyedBot, SurveyedPool, SurveyedShard};
use crate::error::{Result, StateError};

/// [`State`](crate::State) in Redis.
pub struct RedisState {
    link: Link,
    rings: Rings,
    keys: Keys,
    not_again_for: Duration,
    /// This client's number, which no other has: the first half of the names it gives.
    number: u64,
    names: AtomicU64,
}

impl RedisState {
    /// Connects and loads the scripts. Fails at once where no server answers; later a server may come and go, and
    /// steps answer `Unavailable` in between.
    pub async fn connect(settings: &RedisSettings) -> Result<Self> {
        const STEP: &str = "connect";
        if !(1..=SLOTS).contains(&settings.shards) {
            let refused = format!("STATE_SHARDS must lie between 1 and {SLOTS}, not at {}", settings.shards);
            return Err(StateError::Mismatch(refused));
        }
        let unavailable = |error| translate(STEP, None, error);
        let link = Link::connect(settings).await.map_err(unavailable)?;
        let rings = Rings::connect(settings).await.map_err(unavailable)?;
        if link.connections() + 1 > settings.max_connections {
            let (allowed, needed) = (settings.max_connections, link.connections() + 1);
            let few = format!(
                "REDIS_MAX_CONNECTIONS allows {allowed} connections, and this Redis needs {needed}: one to each \
                 master and one for rings"
            );
            return Err(StateError::Mismatch(few));
        }
        let (enlist, clients) = (&link.scripts.enlist, keys::clients());
        let answer = link.run(enlist, vec![clients.clone()], Vec::new()).await?;
        let number = answer.as_u64().ok_or_else(|| misread(enlist, &clients, "a number", &answer))?;
        Ok(Self {
            link,
            rings,
            keys: Keys::new(settings.shards),
            not_again_for: settings.not_again_for,
            number,
            names: AtomicU64::new(0),
        })
    }

    /// Open connections to Redis: what `hamdam_redis_pool_connections` shows.
    pub fn connections(&self) -> usize {
        self.link.connections() + 1
    }

    /// Closes the connections in good order. Without it they close when the state is dropped.
    pub async fn close(&self) {
        self.link.close().await;
        self.rings.close().await;
    }

    /// A name that was never given before.
    fn new_name(&self) -> String {
        format!("{}-{}", self.number, self.names.fetch_add(1, Ordering::Relaxed))
    }
}

impl std::fmt::Debug for RedisState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisState")
            .field("shards", &self.keys.shards())
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
