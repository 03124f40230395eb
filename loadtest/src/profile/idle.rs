//! People who are known to the fleet and in no room. They are made by the steps that the fleet itself takes when
//! somebody new comes, acts and is done, so what is stored of them is what a fleet stores.

use std::time::Duration;

use anyhow::{Context, ensure};
use fred::prelude::ClientLike;
use fred::types::InfoKind;
use futures::{StreamExt, TryStreamExt, stream};
use hamdam_domain::id::{BotId, UpdateId, UserId};
use hamdam_domain::mark::{Queue, UpdateRef};
use hamdam_domain::profile::{Language, Profile};
use hamdam_state::State;
use hamdam_state::redis::{RedisServers, RedisSettings, RedisState};
use hamdam_state::step::user::{Act, Acted};
use hamdam_testbed::fleet::{Bot, Fleet, Store};
use serde::Serialize;

use crate::gauge::store::{connect, info};
use crate::report::Percentiles;

/// The first id: as long as those that Telegram gives today, and nobody who chats has one.
const FIRST: i64 = 6_000_000_000;
/// Update ids are as long as Telegram's.
const FIRST_UPDATE: i64 = 400_000_000;
/// Steps under way at once.
const AT_ONCE: usize = 512;
/// A step of these may wait that long: nobody waits for it, and the machine is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// What they took.
#[derive(Clone, Debug, Serialize)]
pub struct Idle {
    /// How many.
    pub sessions: u32,
    /// By how much they made `used_memory` of Redis grow.
    pub bytes: u64,
    /// Latency of those who chat, before they were there.
    pub relay_ms_without: Percentiles,
    /// The same of webhooks.
    pub webhook_ms_without: Percentiles,
}

impl Idle {
    /// Bytes of each.
    pub fn bytes_each(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "some hundred megabytes")]
        let bytes = self.bytes as f64;
        bytes / f64::from(self.sessions.max(1))
    }
}

/// Makes so many of them, spread over the fleet's bots, and answers by how much Redis grew.
pub(super) async fn settle(fleet: &Fleet, sessions: u32) -> anyhow::Result<u64> {
    let state = RedisState::connect(&settings(&fleet.store)?).await?;
    let addresses = fleet.store.addresses();
    let before = used(&addresses).await?;
    let bots = fleet.file().bots;
    stream::iter(0..i64::from(sessions))
        .map(|number| one(&state, number, &bots))
        .buffer_unordered(AT_ONCE)
        .try_for_each(|()| std::future::ready(Ok(())))
        .await?;
    let after = used(&addresses).await?;
    state.close().await;
    Ok(after.saturating_sub(before))
}

/// Somebody who came, wrote, pressed a button and chats no more: a profile, two marks, and what began their state.
async fn one(state: &RedisState, number: i64, bots: &[Bot]) -> anyhow::Result<()> {
    let user = UserId(FIRST + number);
    let place = usize::try_from(number)? % bots.len();
    let bot = BotId(bots[place].id);
    let language = if number % 2 == 0 { Language::Fa } else { Language::En };
    let profile = Profile::new(language, bot);
    state.enroll(user, &profile, &[], &[]).await?;
    let updates = [(Queue::Message, false), (Queue::Callback, true)];
    for (after, (queue, begins)) in updates.into_iter().enumerate() {
        let id = UpdateId(FIRST_UPDATE + 2 * number + i64::try_from(after)?);
        let act = Act {
            user,
            update: UpdateRef { bot, era: 0, queue, id },
            // A new record's version, which a mark alone does not move.
            expect: 1,
            session: None,
            begins,
            profile: None,
            blocks: None,
            asks: hamdam_domain::panel::Asking::AsBefore,
            asked: None,
            brakes: None,
            joined: None,
            entries: Vec::new(),
            facts: Vec::new(),
            grows: false,
        };
        let acted = state.act(&act).await?;
        // Whoever's answer was lost asks again, and has done it.
        ensure!(acted != Acted::Changed, "user {user} is not as they were made");
    }
    Ok(())
}

fn settings(store: &Store) -> anyhow::Result<RedisSettings> {
    let nodes = store.addresses().into_iter().map(|address| {
        let (host, port) = address.split_once(':').context("an address has a port")?;
        Ok((host.to_owned(), port.parse()?))
    });
    let mut nodes = nodes.collect::<anyhow::Result<Vec<(String, u16)>>>()?;
    let servers = match store {
        // Of servers that Sentinels watch, the first is the master until a fail-over.
        Store::Single(_) | Store::Sentinels(_) => {
            RedisServers::Single { server: nodes.remove(0), database: 0 }
        }
        Store::Cluster(_) => RedisServers::Cluster { nodes },
    };
    Ok(RedisSettings { timeout: PATIENCE, ..RedisSettings::new(servers) })
}

async fn used(addresses: &[String]) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for address in addresses {
        let client = connect(address).await?;
        bytes += info(&client, InfoKind::Memory, "used_memory").await?;
        client.quit().await?;
    }
    Ok(bytes)
}
