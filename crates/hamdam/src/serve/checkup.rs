//! Whether this instance is fit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use hamdam_archive::Archive;
use hamdam_state::State;

use crate::http::{Checkup, Health, Part};

/// Who asks waits for the answer, and asks again soon.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks the parts.
pub(super) struct Examiner {
    pub(super) state: Arc<dyn State>,
    pub(super) archive: Arc<Archive>,
    pub(super) embedded: bool,
    pub(super) draining: AtomicBool,
}

#[async_trait]
impl Checkup for Examiner {
    async fn health(&self) -> Health {
        let (state, archive) = tokio::join!(
            tokio::time::timeout(PATIENCE, self.state.ping()),
            tokio::time::timeout(PATIENCE, self.archive.ping()),
        );
        let redis = match (self.embedded, state) {
            (true, _) => Part::Embedded,
            (false, Ok(Ok(_))) => Part::Ok,
            (false, _) => Part::Unreachable,
        };
        let database = if matches!(archive, Ok(Ok(()))) { Part::Ok } else { Part::Unreachable };
        Health::of(self.draining.load(Ordering::Acquire), redis, database)
    }
}
