//! Deletes what is older than the operator keeps it (`RETENTION_DAYS`), in small steps that hold no lock for long.
//!
//! A pass is one step for each table. Before it comes a turn, where the database has partitions: whole ones that are too
//! old go, and those of the next days are made. When to take the next, and which instance does, is the caller's affair.

use std::sync::Arc;
use std::time::Duration;

use hamdam_archive::{Aging, ArchiveError, Keeping, Shelves};
use hamdam_domain::id::{Shard, UserId};
use hamdam_state::{State, StateError};

use crate::metrics::Metrics;

/// Rows of a table deleted in one pass.
const BATCH: u32 = 1_000;

/// A pass that could not do all. What it did not delete is found again.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The database did not answer.
    #[error("old rows stay: {0}")]
    Archive(#[from] ArchiveError),
    /// Live state, whose clock counts, did not answer.
    #[error("nobody tells the time: {0}")]
    State(#[from] StateError),
}

/// Deletes old rows.
pub struct Retention {
    state: Arc<dyn State>,
    shelves: Arc<dyn Shelves>,
    kept: Duration,
    metrics: Arc<Metrics>,
}

impl Retention {
    /// Deletes from `shelves` what is older than `kept`.
    pub fn new(
        state: Arc<dyn State>,
        shelves: Arc<dyn Shelves>,
        kept: Duration,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { state, shelves, kept, metrics }
    }

    /// Drops and makes partitions. Rows that went count as the server estimates them.
    pub async fn turn(&self) -> Result<(), RetentionError> {
        let turned = self.shelves.turn(self.keeping().await?).await?;
        if turned.made > 0 || turned.dropped > 0 {
            tracing::info!(
                made = turned.made,
                dropped = turned.dropped,
                rows = turned.rows,
                "partitions of messages were turned over"
            );
        }
        self.metrics.rows_expired.with_label_values(&[Aging::Messages.table()]).inc_by(turned.rows);
        Ok(())
    }

    /// Deletes the oldest rows of every table. Answers whether more may be left: another pass is worth its while soon.
    pub async fn pass(&self) -> Result<bool, RetentionError> {
        let keeping = self.keeping().await?;
        let mut more = false;
        for table in Aging::ALL {
            let rows = self.shelves.clear(table, keeping, BATCH).await?;
            self.metrics.rows_expired.with_label_values(&[table.table()]).inc_by(rows);
            more |= rows >= u64::from(BATCH);
        }
        Ok(more)
    }

    /// The state's time, by which rows were written: an instance's own clock may be wrong by any amount, and what is
    /// deleted is gone.
    async fn keeping(&self) -> Result<Keeping, StateError> {
        // Nobody has this id, and nothing is changed by looking.
        let nobody = UserId(0);
        let now = self.state.look(Shard::of(nobody, self.state.shards()), &[nobody]).await?.now;
        Ok(Keeping { now, kept: self.kept })
    }
}
