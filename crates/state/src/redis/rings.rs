//! Rings: an append that finds the sender asleep wakes it.
//!
//! A ring is published on a channel that only the holder of the shard's lease listens to, so it costs the others
//! nothing. On a Cluster a message reaches every node, so one connection hears all of this instance's shards wherever
//! they are. A ring may be missed while connections move; the sender's poll each second catches that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use fred::bytes_utils::Str;
use fred::clients::SubscriberClient;
use fred::error::Error;
use fred::interfaces::{ClientLike, EventInterface, PubsubInterface};
use fred::types::{Builder, ConnectHandle, Key};
use hamdam_domain::id::Shard;
use tokio::sync::broadcast;
use tokio::task::JoinSet;

use super::settings::{RINGS_KEPT, RedisSettings, reconnecting};

/// Listens for rings.
pub(super) struct Rings {
    client: SubscriberClient,
    shards: Channels,
    heard: broadcast::Sender<Shard>,
    connection: ConnectHandle,
    _tasks: JoinSet<()>,
}

/// What is listened to.
type Channels = Arc<Mutex<HashMap<Str, Shard>>>;

impl Rings {
    pub(super) async fn connect(settings: &RedisSettings) -> Result<Self, Error> {
        let mut builder = Builder::from_config(settings.config()?);
        builder
            .set_connection_config(settings.connection())
            .set_performance_config(settings.performance())
            .set_policy(reconnecting());
        let client = builder.build_subscriber_client()?;
        let connection = client.init().await?;
        let shards = Channels::default();
        let heard = broadcast::channel(RINGS_KEPT).0;
        let mut tasks = JoinSet::new();
        tasks.spawn(hear(client.clone(), Arc::clone(&shards), heard.clone()));
        tasks.spawn(listen_again(client.clone(), Arc::clone(&shards)));
        Ok(Self { client, shards, heard, connection, _tasks: tasks })
    }

    pub(super) fn heard(&self) -> broadcast::Receiver<Shard> {
        self.heard.subscribe()
    }

    /// Listens for a shard from now on.
    pub(super) async fn listen(&self, shard: Shard, channel: &Key) {
        let Some(channel) = channel.as_bytes_str() else { return };
        if lock(&self.shards).insert(channel.clone(), shard).is_none() {
            // If it fails the connection is down, and all channels are named anew when it is back.
            let _ = self.client.subscribe(channel).await;
        }
    }

    /// Listens for a shard no more.
    pub(super) async fn forget(&self, shard: Shard, channel: &Key) {
        let Some(channel) = channel.as_bytes_str() else { return };
        let known = lock(&self.shards).remove(&channel);
        if known == Some(shard) {
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

fn lock(channels: &Channels) -> std::sync::MutexGuard<'_, HashMap<Str, Shard>> {
    channels.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes rings on.
async fn hear(client: SubscriberClient, shards: Channels, heard: broadcast::Sender<Shard>) {
    let mut messages = client.message_rx();
    loop {
        match messages.recv().await {
            Ok(message) => {
                if let Some(shard) = lock(&shards).get(&message.channel) {
                    // Nobody listening is no error: the poll finds the entry.
                    let _ = heard.send(*shard);
                }
            }
            // Whose rings were lost cannot be told: everybody looks.
            Err(broadcast::error::RecvError::Lagged(_)) => {
                for shard in lock(&shards).values() {
                    let _ = heard.send(*shard);
                }
            }
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

/// Names every channel again whenever a connection is new.
async fn listen_again(client: SubscriberClient, shards: Channels) {
    let mut reconnections = client.reconnect_rx();
    loop {
        if let Err(broadcast::error::RecvError::Closed) = reconnections.recv().await {
            return;
        }
        let channels: Vec<Str> = lock(&shards).keys().cloned().collect();
        for channel in channels {
            if let Err(error) = client.subscribe(channel).await {
                tracing::debug!(%error, "a ring's channel is not listened to yet");
            }
        }
    }
}
