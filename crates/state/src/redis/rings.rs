//! Rings: an append that finds the sender asleep wakes it, and so does a ticket that finds its pool's leader asleep.
//!
//! A ring is published on a channel that only the holder of the shard's lease or the pool's lock listens to, so it costs
//! the others nothing. On a Cluster a message reaches every node, so one connection hears all of this instance's shards
//! and pools wherever they are. A ring may be missed while connections move; the sender's poll each second and the
//! interval of batches catch that.
//!
//! The same connection tells the others that this instance lives: it listens on a channel of its own, which nobody rings.
//! Redis hears that connection end when the process dies, and whoever asks who listens there knows at once, long before
//! the time of heartbeat and leases is over. On a Cluster each node knows its own listeners alone, so there time decides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fred::bytes_utils::Str;
use fred::clients::SubscriberClient;
use fred::error::Error;
use fred::interfaces::{ClientLike, EventInterface, PubsubInterface};
use fred::types::{Builder, ConnectHandle, Key};
use hamdam_domain::id::{PoolId, Shard};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::step::sending::Ring;

use super::settings::{RINGS_KEPT, RedisServers, RedisSettings, reconnecting};

/// Listens for rings.
pub(super) struct Rings {
    client: SubscriberClient,
    bells: Channels,
    heard: Heard,
    /// Since when the connection stands; nothing on a Cluster.
    stands: Option<Since>,
    believes_after: Duration,
    connection: ConnectHandle,
    _tasks: JoinSet<()>,
}

/// Who is rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bell {
    /// A shard's sender.
    Shard(Shard),
    /// A pool's leader.
    Pool(PoolId),
    /// Nobody: an instance listens there to be heard.
    Life,
}

/// What is listened to.
type Channels = Arc<Mutex<HashMap<Str, Bell>>>;

/// Since when something is so.
type Since = Arc<Mutex<Instant>>;

/// Where rings are passed on.
#[derive(Clone)]
struct Heard {
    shards: broadcast::Sender<Ring>,
    pools: broadcast::Sender<PoolId>,
}

impl Heard {
    fn pass(&self, bell: &Bell, at_once: bool) {
        // Nobody listening is no error: whoever is rung looks by themselves soon.
        match bell {
            Bell::Shard(shard) => drop(self.shards.send(Ring { shard: *shard, at_once })),
            Bell::Pool(pool) => drop(self.pools.send(pool.clone())),
            Bell::Life => {}
        }
    }
}

impl Rings {
    pub(super) async fn connect(settings: &RedisSettings) -> Result<Self, Error> {
        let mut builder = Builder::from_config(settings.config()?);
        builder
            .set_connection_config(settings.connection())
            .set_performance_config(settings.performance())
            .set_policy(reconnecting());
        let client = builder.build_subscriber_client()?;
        let connection = client.init().await?;
        let bells = Channels::default();
        let heard =
            Heard { shards: broadcast::channel(RINGS_KEPT).0, pools: broadcast::channel(RINGS_KEPT).0 };
        let since = Since::new(Mutex::new(Instant::now()));
        let mut tasks = JoinSet::new();
        tasks.spawn(hear(client.clone(), Arc::clone(&bells), heard.clone()));
        tasks.spawn(listen_again(client.clone(), Arc::clone(&bells), Arc::clone(&since)));
        let one_server = !matches!(settings.servers, RedisServers::Cluster { .. });
        let (stands, believes_after) = (one_server.then_some(since), settings.believes_after);
        Ok(Self { client, bells, heard, stands, believes_after, connection, _tasks: tasks })
    }

    /// Listens on the channel of an instance that lives. Answers whether that can be heard.
    pub(super) async fn live(&self, channel: &str) -> bool {
        if self.stands.is_some() {
            self.listen(Bell::Life, &channel.into()).await;
        }
        self.stands.is_some()
    }

    /// Whether it can be believed that somebody is gone who is not heard. Not at once after the connection was made: if the
    /// server has just come back, the others may be on their way.
    pub(super) fn hears_who_is_gone(&self) -> bool {
        self.stands.as_ref().is_some_and(|since| lock(since).elapsed() >= self.believes_after)
    }

    pub(super) fn of_shards(&self) -> broadcast::Receiver<Ring> {
        self.heard.shards.subscribe()
    }

    pub(super) fn of_pools(&self) -> broadcast::Receiver<PoolId> {
        self.heard.pools.subscribe()
    }

    /// Listens for rings on this channel from now on.
    pub(super) async fn listen(&self, bell: Bell, channel: &Key) {
        let Some(channel) = channel.as_bytes_str() else { return };
        if lock(&self.bells).insert(channel.clone(), bell).is_none() {
            // If it fails the connection is down, and all channels are named anew when it is back.
            let _ = self.client.subscribe(channel).await;
        }
    }

    /// Listens there no more.
    pub(super) async fn forget(&self, channel: &Key) {
        let Some(channel) = channel.as_bytes_str() else { return };
        let known = lock(&self.bells).remove(&channel);
        if known.is_some() {
            let _ = self.client.unsubscribe(channel).await;
        }
    }

    pub(super) async fn close(&self) {
        let _ = self.client.quit().await;
    }
}

impl Drop for Rings {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes rings on.
async fn hear(client: SubscriberClient, bells: Channels, heard: Heard) {
    let mut messages = client.message_rx();
    loop {
        match messages.recv().await {
            Ok(message) => {
                if let Some(bell) = lock(&bells).get(&message.channel) {
                    // What is to go at once says so, in whatever words.
                    let at_once = message.value.as_bytes().is_some_and(|said| !said.is_empty());
                    heard.pass(bell, at_once);
                }
            }
            // Whose rings were lost cannot be told: everybody looks.
            Err(broadcast::error::RecvError::Lagged(_)) => {
                lock(&bells).values().for_each(|bell| heard.pass(bell, false));
            }
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

/// Names every channel again whenever a connection is new.
async fn listen_again(client: SubscriberClient, bells: Channels, since: Since) {
    let mut reconnections = client.reconnect_rx();
    loop {
        if let Err(broadcast::error::RecvError::Closed) = reconnections.recv().await {
            return;
        }
        *lock(&since) = Instant::now();
        let channels: Vec<Str> = lock(&bells).keys().cloned().collect();
        for channel in channels {
            if let Err(error) = client.subscribe(channel).await {
                tracing::debug!(%error, "a ring's channel is not listened to yet");
            }
        }
    }
}
