//! A pool in two parts: connections kept open, and more under load that are closed again.
//!
//! One pool cannot do both: an idle limit that closes what a rush has opened also closes and reopens what should
//! stay, and as idle connections are handed out in turn, a trickle of queries would keep all of them fresh for ever.

use std::iter::Sum;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::{Connection, Database, Pool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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

impl Sum for Connections {
    fn sum<I: Iterator<Item = Self>>(pools: I) -> Self {
        pools.fold(Self::default(), |all, pool| Self {
            busy: all.busy + pool.busy,
            idle: all.idle + pool.idle,
            overflow: all.overflow + pool.overflow,
        })
    }
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

/// How long a statement that is under way may take at the end.
const CLOSING: Duration = Duration::from_secs(10);

/// The two parts.
pub(crate) struct TwoPart<D: Database> {
    kept: Part<D>,
    overflow: Option<Part<D>>,
}

/// A pool and as many permits as it may have connections. Who waits, waits for a permit: giving that up costs nothing,
/// while sqlx closes a connection that is taken from its pool and not waited for.
struct Part<D: Database> {
    pool: Pool<D>,
    permits: Arc<Semaphore>,
}

/// A connection in use.
pub(crate) struct Lent<D: Database> {
    connection: Option<PoolConnection<D>>,
    _permit: OwnedSemaphorePermit,
}

impl<D: Database> Lent<D> {
    /// The connection.
    pub(crate) fn inner(&mut self) -> &mut D::Connection {
        self.connection.as_mut().expect("held until it is given back")
    }

    /// Back to the pool: its statement was answered.
    pub(crate) fn give_back(mut self) {
        drop(self.connection.take());
    }
}

impl<D: Database> Drop for Lent<D> {
    /// A connection that was given up in the middle of a statement still has an answer coming, which the next user
    /// would wait for. It is closed instead.
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}

impl<D: Database> Part<D> {
    fn new(pool: Pool<D>) -> Self {
        let permits = usize::try_from(pool.options().get_max_connections()).expect("u32 fits usize");
        Self { pool, permits: Arc::new(Semaphore::new(permits)) }
    }

    async fn lend(&self, permit: Option<OwnedSemaphorePermit>) -> sqlx::Result<Lent<D>> {
        let permit = match permit {
            Some(permit) => permit,
            None => self.permit().await?,
        };
        Ok(Lent { connection: Some(self.pool.acquire().await?), _permit: permit })
    }

    fn free_permit(&self) -> Option<OwnedSemaphorePermit> {
        self.permits.clone().try_acquire_owned().ok()
    }

    async fn permit(&self) -> sqlx::Result<OwnedSemaphorePermit> {
        self.permits.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)
    }
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
            let pool = shape(PoolOptions::new())
                .acquire_timeout(sizes.wait)
                .max_connections(sizes.overflow)
                .idle_timeout(sizes.linger)
                .max_lifetime(None)
                .connect_lazy_with(options.clone());
            Part::new(pool)
        });
        let kept = shape(PoolOptions::new())
            .acquire_timeout(sizes.wait)
            .min_connections(sizes.kept)
            .max_connections(sizes.kept.max(1))
            .idle_timeout(None)
            // With neither limit sqlx opens them all at once, without being asked.
            .max_lifetime(None)
            .connect_lazy_with(options);
        Self { kept: Part::new(kept), overflow }
    }

    /// A connection: a kept one if any is free, else an overflow one, else whichever comes back first.
    pub(crate) async fn acquire(&self) -> sqlx::Result<Lent<D>> {
        let Some(overflow) = &self.overflow else { return self.kept.lend(None).await };
        if let Some(permit) = self.kept.free_permit() {
            return self.kept.lend(Some(permit)).await;
        }
        let permit = tokio::select! {
            biased;
            permit = self.kept.permit() => return self.kept.lend(Some(permit?)).await,
            permit = overflow.permit() => permit?,
        };
        match overflow.lend(Some(permit)).await {
            Ok(connection) => Ok(connection),
            // The server allows no more; a kept one will be free in a moment.
            Err(_) => self.kept.lend(None).await,
        }
    }

    /// How they stand.
    pub(crate) fn connections(&self) -> Connections {
        let count =
            |part: &Part<D>| (part.pool.size(), u32::try_from(part.pool.num_idle()).unwrap_or(u32::MAX));
        let (kept, kept_idle) = count(&self.kept);
        let (overflow, overflow_idle) = self.overflow.as_ref().map_or((0, 0), count);
        let idle = kept_idle + overflow_idle;
        Connections { busy: (kept + overflow).saturating_sub(idle), idle, overflow }
    }

    /// Closes both, waiting for what is under way, but not for ever: a pool that is opening a connection to a database that
    /// is away may not close before it is back.
    pub(crate) async fn close(&self) {
        let closing = async {
            if let Some(overflow) = &self.overflow {
                overflow.pool.close().await;
            }
            self.kept.pool.close().await;
        };
        // What is open still closes with the process.
        let _ = tokio::time::timeout(CLOSING, closing).await;
    }
}
