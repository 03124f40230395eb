//! What the instances count of broadcasts, through their restarts.

use std::collections::HashMap;

use crate::gauge::series::{Histogram, total};

/// What one instance showed.
#[derive(Clone, Debug, Default)]
struct Shown {
    seconds: Histogram,
    overtakes: f64,
}

/// Sums what instances show from reading to reading. A counter that fell was reset: its instance was started again.
#[derive(Debug, Default)]
pub(super) struct Readings {
    last: HashMap<String, Shown>,
    /// From queueing a part to its call's answer.
    pub seconds: Histogram,
    /// Conversations' entries that waited behind a broadcast's.
    pub overtakes: f64,
}

impl Readings {
    /// Readings that count from these pages on, each with its instance's address.
    pub(super) fn from(pages: Vec<(String, String)>) -> Self {
        let last = pages.into_iter().map(|(address, page)| (address, Shown::read(&page))).collect();
        Self { last, ..Self::default() }
    }

    /// Takes the pages of all instances that answered.
    pub(super) fn take(&mut self, pages: Vec<(String, String)>) {
        for (address, page) in pages {
            let now = Shown::read(&page);
            let before = self.last.insert(address, now.clone()).unwrap_or_default();
            let was_reset = now.overtakes < before.overtakes || now.seconds.count() < before.seconds.count();
            let before = if was_reset { Shown::default() } else { before };
            self.overtakes += now.overtakes - before.overtakes;
            self.seconds.add(&now.seconds.since(&before.seconds));
        }
    }
}

impl Shown {
    fn read(page: &str) -> Self {
        Self {
            seconds: Histogram::read(page, "hamdam_broadcast_seconds"),
            overtakes: total(page, "hamdam_broadcast_overtakes_total", ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: &str, count: u32, overtakes: u32) -> (String, String) {
        let page = format!(
            "hamdam_broadcast_seconds_bucket{{le=\"1\"}} {count}\n\
             hamdam_broadcast_seconds_bucket{{le=\"+Inf\"}} {count}\n\
             hamdam_broadcast_overtakes_total {overtakes}\n"
        );
        (address.to_owned(), page)
    }

    #[test]
    fn counts_go_on_over_restarts_and_newcomers() {
        let mut readings = Readings::from(vec![page("a", 10, 1)]);
        readings.take(vec![page("a", 12, 1)]);
        // Killed, and started again.
        readings.take(vec![page("a", 3, 0), page("b", 5, 2)]);
        assert!((readings.seconds.count() - 10.0).abs() < f64::EPSILON);
        assert!((readings.overtakes - 2.0).abs() < f64::EPSILON);
    }
}
