//! A pool in two parts: connections kept open, and more under load that are closed again.
//!
//! One pool cannot do both: an idle limit that closes what a rush has opened also closes and reopens what should
//! stay, and as idle connections are handed out in turn, a trickle of queries would keep all of them fresh for ever.

use std::time::Duration;

use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::{Connection, Database, Pool};

/// How the connections stand: `hamdam_db_pool_connections{state}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Running a statement.
    pub busy: u32,
    /// Open and waiting for one.
    pub idle: u32,
    /// Of both, those that are closed again after the rush.
    pub overflow: u32,
}

/// How many connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// Kept open (`DB_POOL_SIZE`).
    pub(crate) kept: u32,
    /// Opened beyond that under load (`DB_MAX_OVERFLOW`).
    pub(crate) overflow: u32,
    /// How long an overflow connection stays open without work.
    pub(crate) linger: Duration,
    /// How long to wait for a connection.
    pub(crate) wait: Duration,
}

/// The two parts.
pub(crate) struct TwoPart<D: Database> {
    kept: Pool<D>,
    overflow: Option<Pool<D>>,
}

impl<D: Database> TwoPart<D> {
    /// Begins to open the kept part, on the tokio runtime this needs; a database that is away is tried again when
    /// somebody asks.
    pub(crate) fn new(
        sizes: Sizes,
        options: <D::Connection as Connection>::Options,
        shape: impl Fn(PoolOptions<D>) -> PoolOptions<D>,
    ) -> Self {
        let overflow = (sizes.overflow > 0).then(|| {
            shape(PoolOptions::new())
                .acquire_timeout(sizes.wait)
                .max_connections(sizes.overflow)
                .idle_timeout(sizes.linger)
                .max_lifetime(None)
                .connect_lazy_with(options.clone())
        });
        let kept = shape(PoolOptions::new())
            .acquire_timeout(sizes.wait)
            .min_connections(sizes.kept)
            .max_connections(sizes.kept.max(1))
            .idle_timeout(None)
            // With neither limit sqlx opens them all at once, without being asked.
            .max_lifetime(None)
            .connect_lazy_with(options);
        Self { kept, overflow }
    }

    /// A connection: a kept one if any is free, else an overflow one, else whichever comes back first.
    pub(crate) async fn acquire(&self) -> sqlx::Result<PoolConnection<D>> {
        let Some(overflow) = &self.overflow else { return self.kept.acquire().await };
        if self.kept.num_idle() > 0 || self.kept.size() < self.kept.options().get_max_connections() {
            return self.kept.acquire().await;
        }
        let kept = self.kept.acquire();
        tokio::pin!(kept);
        tokio::select! {
            biased;
            connection = &mut kept => connection,
            connection = overflow.acquire() => match connection {
                Ok(connection) => Ok(connection),
                // The server allows no more; a kept one will be free in a moment.
                Err(_) => kept.await,
            },
        }
    }

    /// How they stand.
    pub(crate) fn connections(&self) -> Connections {
        let count = |pool: &Pool<D>| (pool.size(), u32::try_from(pool.num_idle()).unwrap_or(u32::MAX));
        let (kept, kept_idle) = count(&self.kept);
        let (overflow, overflow_idle) = self.overflow.as_ref().map_or((0, 0), count);
        let idle = kept_idle + overflow_idle;
        Connections { busy: (kept + overflow).saturating_sub(idle), idle, overflow }
    }

    /// Closes both, waiting for what is under way.
    pub(crate) async fn close(&self) {
        if let Some(overflow) = &self.overflow {
            overflow.close().await;
        }
        self.kept.close().await;
    }
}
