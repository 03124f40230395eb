//! Who met whom: pairs, what kept others apart, and how long people of each class waited.

use hamdam_domain::id::PoolId;
use prometheus::{HistogramVec, IntCounterVec};

use super::{LONG, Make};
use crate::matchmaker::PassReport;

/// Metrics of pairs. Pairs a second are the rate of [`Pairing::pairs`], its label tells how many came by different bots.
#[derive(Debug)]
pub struct Pairing {
    /// How long tickets of a pool waited until they were matched.
    pub wait_seconds: HistogramVec,
    /// The same by priority class; the last one stands for every higher one.
    pub class_wait_seconds: HistogramVec,
    /// Pairs that met, by whether they came by the same bot.
    pub pairs: IntCounterVec,
    /// Pairs that came to nothing, by the step that refused them: somebody left, moved on, or blocks the other.
    pub refused: IntCounterVec,
    /// Tickets that went on from a pool to a wider one.
    pub moved_on: IntCounterVec,
}

/// Labels of classes.
const CLASSES: [&str; 3] = ["0", "1", "2"];

impl Pairing {
    pub(super) fn new(make: &Make<'_>) -> Self {
        Self {
            wait_seconds: make.histograms(
                "hamdam_match_wait_seconds",
                "How long tickets waited until they were matched.",
                "pool",
                LONG,
            ),
            class_wait_seconds: make.histograms(
                "hamdam_match_wait_class_seconds",
                "How long tickets of a priority class waited until they were matched.",
                "class",
                LONG,
            ),
            pairs: make.counters(
                "hamdam_pairs_total",
                "Pairs that met, by whether they came by the same bot.",
                &["pool", "bots"],
            ),
            refused: make.counters(
                "hamdam_pairs_refused_total",
                "Pairs that came to nothing, by the step that refused them.",
                &["pool", "why"],
            ),
            moved_on: make.counters(
                "hamdam_tickets_moved_on_total",
                "Tickets that went on from a pool to a wider one.",
                &["pool"],
            ),
        }
    }

    /// A batch of `pool` is over.
    pub fn observe(&self, pool: &PoolId, report: &PassReport) {
        let pool = pool.0.as_str();
        for (class, waited) in &report.waited {
            let class = CLASSES[usize::from(class.0).min(CLASSES.len() - 1)];
            self.wait_seconds.with_label_values(&[pool]).observe(waited.as_secs_f64());
            self.class_wait_seconds.with_label_values(&[class]).observe(waited.as_secs_f64());
        }
        let same = report.opened - report.across_bots;
        for (bots, pairs) in [("same", same), ("different", report.across_bots)] {
            self.pairs.with_label_values(&[pool, bots]).inc_by(pairs as u64);
        }
        for (step, pairs) in &report.refused {
            self.refused.with_label_values(&[pool, step]).inc_by(*pairs as u64);
        }
        self.moved_on.with_label_values(&[pool]).inc_by(report.moved_on as u64);
    }
}
