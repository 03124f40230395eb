//! A fleet of this machine and the file that describes it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::ensure;
use hamdam_testbed::fleet::{Fleet, FleetOptions};

use tokio::time::{Instant, sleep};

use super::target::Target;
use crate::gauge::series::total;

/// Some instance leads within that time, or something else is wrong.
const ELECTION: Duration = Duration::from_secs(15);

/// A running fleet with a description that lasts as long as it does.
#[derive(Debug)]
pub struct Ground {
    /// The fleet.
    pub fleet: Fleet,
    description: Description,
}

/// The file, while it is there.
#[derive(Debug)]
struct Description(PathBuf);

impl Ground {
    /// Starts a fleet and describes it.
    pub async fn start(options: &FleetOptions) -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let fleet = Fleet::start(options).await?;
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("hamdam-fleet-{}-{number}.json", std::process::id());
        let ground = Self { fleet, description: Description(std::env::temp_dir().join(name)) };
        ground.describe()?;
        Ok(ground)
    }

    /// Instances changed: whoever reads the file is to know.
    pub fn describe(&self) -> anyhow::Result<()> {
        self.fleet.file().write(&self.description.0)
    }

    /// What a run is aimed at.
    pub fn target(&self) -> anyhow::Result<Target> {
        Target::of_fleet(&self.description.0)
    }

    /// The instance that leads the pool.
    pub(crate) async fn leader(&self) -> anyhow::Result<usize> {
        self.holder("pool").await
    }

    /// The instance that holds a lease of this kind; the first, if several do.
    pub(crate) async fn holder(&self, kind: &str) -> anyhow::Result<usize> {
        let label = format!("kind=\"{kind}\"");
        let deadline = Instant::now() + ELECTION;
        loop {
            for (index, instance) in self.fleet.instances.iter().enumerate() {
                let Ok(page) = instance.metrics().await else { continue };
                if total(&page, "hamdam_leases", &label) > 0.0 {
                    return Ok(index);
                }
            }
            ensure!(Instant::now() < deadline, "nobody holds a lease of {kind}");
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Drains the instances; the rest needs no goodbye.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.fleet.stop().await
    }
}

impl Drop for Description {
    fn drop(&mut self) {
        // A file that is gone needs no removing.
        let _ = std::fs::remove_file(&self.0);
    }
}
