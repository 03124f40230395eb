//! Sending scripts.

use std::time::Duration;

use fred::clients::Client;
use fred::error::Error;
use fred::interfaces::{ClientLike, ClusterInterface, LuaInterface};
use fred::types::config::Server;
use fred::types::{Builder, ClusterHash, ConnectHandle, CustomCommand, Key, Value};

use super::departures::Departures;
use super::keys;
use super::script::{Class, SCRIPTS, Script, Scripts};
use super::settings::{Observer, RedisSettings, reconnecting};
use crate::error::{Result, StateError};

/// The connections that commands go through: one to each server. Commands of all tasks share it; more connections only
/// cost system calls and wake-ups, since Redis runs one command at a time.
pub(super) struct Link {
    client: Client,
    departures: Departures,
    pub(super) scripts: &'static Scripts,
    wait_replicas: u32,
    timeout: Duration,
    observer: Option<Observer>,
    send_twice: bool,
    connection: ConnectHandle,
}

impl Link {
    /// Connects, and loads every script on every server.
    pub(super) async fn connect(settings: &RedisSettings) -> std::result::Result<Self, Error> {
        let mut builder = Builder::from_config(settings.config()?);
        builder
            .set_connection_config(settings.connection())
            .set_performance_config(settings.performance())
            .set_policy(reconnecting());
        let client = builder.build()?;
        let connection = client.init().await?;
        let link = Self {
            departures: Departures::by(client.clone()),
            client,
            scripts: &SCRIPTS,
            wait_replicas: settings.wait_replicas,
            timeout: settings.timeout,
            observer: settings.observer.clone(),
            send_twice: settings.send_twice,
            connection,
        };
        for script in link.scripts.all() {
            link.client.script_load_cluster::<Value, _>(script.text.clone()).await?;
        }
        Ok(link)
    }

    /// Runs a script. The keys all lie in one slot; the step may have happened if it answers `Unavailable`.
    pub(super) async fn run(
        &self,
        script: &'static Script,
        keys: Vec<Key>,
        args: Vec<Value>,
    ) -> Result<Value> {
        let begun = tokio::time::Instant::now();
        let waits = self.wait_replicas > 0 && matches!(script.class, Class::Grows | Class::Drains);
        let first = keys.first().cloned();
        if self.send_twice {
            // The answer that is not heard may be any.
            let _ = self.departures.run(script, keys.clone(), args.clone()).await;
        }
        let mut answer = self.departures.run(script, keys, args).await;
        // A command's future takes 7 kB: boxed where it is rare, so that the usual step's future stays small.
        if let (true, Some(key), Ok(_)) = (waits, &first, &answer)
            && let Err(error) = Box::pin(self.wait(key)).await
        {
            answer = Err(error);
        }
        if let Some(observer) = &self.observer {
            observer(script.step, begun.elapsed());
        }
        answer.map_err(|error| translate(script.step, first.as_ref(), error))
    }

    /// Waits until enough replicas have everything written up to now. `WAIT` counts from the last write of its own
    /// connection, and the step may have found its work done by another: hence a write of its own. What was written
    /// before it is then on the replicas too, since they follow in order.
    async fn wait(&self, key: &Key) -> std::result::Result<(), Error> {
        let fence = keys::replicated(key);
        let hash = ClusterHash::Custom(fence.cluster_hash());
        self.departures.run(&self.scripts.fence, vec![fence], Vec::new()).await?;
        let millis = u64::try_from(self.timeout.as_millis() / 2).unwrap_or(500).max(1);
        let command = CustomCommand::new("WAIT", hash, false);
        let replicas: u32 = self.client.custom(command, vec![u64::from(self.wait_replicas), millis]).await?;
        if replicas < self.wait_replicas {
            let missing = format!("{replicas} of {} replicas have the write", self.wait_replicas);
            return Err(Error::new(fred::error::ErrorKind::Timeout, missing));
        }
        Ok(())
    }

    /// A client for a single command.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Runs a single command, which needs no script to be one atomic step.
    pub(super) async fn single<T>(
        &self,
        step: &'static str,
        key: Option<&Key>,
        command: impl Future<Output = std::result::Result<T, Error>>,
    ) -> Result<T> {
        let begun = tokio::time::Instant::now();
        // As above, and unboxed it would stand in this one twice.
        let answer = Box::pin(command).await;
        if let Some(observer) = &self.observer {
            observer(step, begun.elapsed());
        }
        answer.map_err(|error| translate(step, key, error))
    }

    /// Every server that holds slots; none where there is but one server.
    pub(super) fn masters(&self) -> Vec<Server> {
        self.client.cached_cluster_state().map(|state| state.unique_primary_nodes()).unwrap_or_default()
    }

    /// Open connections of this kind.
    pub(super) fn connections(&self) -> usize {
        self.masters().len().max(1)
    }

    /// Closes the connections in good order.
    pub(super) async fn close(&self) {
        // What does not close now closes with the process.
        let _ = self.client.quit().await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// What a client's error means to a step.
pub(super) fn translate(step: &'static str, key: Option<&Key>, error: Error) -> StateError {
    let details = error.details();
    if details.starts_with("OOM") {
        return StateError::Full { step };
    }
    // A script that stumbles over what it reads does so every time: no outage that the caller could wait out.
    let stumbled = details.trim_start_matches("ERR ").starts_with("user_script:");
    if stumbled || details.starts_with("WRONGTYPE") || details.starts_with("CORRUPT") {
        return StateError::Corrupt {
            key: key.map(|key| key.as_str_lossy().into_owned()).unwrap_or_default(),
            wanted: "what this step reads",
            found: details.chars().take(100).collect(),
        };
    }
    StateError::Unavailable { step, source: Box::new(error) }
}

/// A script's name for errors that its caller finds in the answer.
pub(super) fn misread(script: &Script, keys: &Key, wanted: &'static str, found: &Value) -> StateError {
    StateError::Corrupt {
        key: format!("{} (asked by {})", keys.as_str_lossy(), script.step),
        wanted,
        found: format!("{found:?}").chars().take(100).collect(),
    }
}
