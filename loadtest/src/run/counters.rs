//! The fleet's own counters, summed over instances that come, die and come back.

use std::collections::{HashMap, HashSet};

use crate::gauge::series::total;
use crate::report::FleetCounts;

/// Sums counters from reading to reading. A counter that fell was reset: its instance was started again.
#[derive(Debug, Default)]
pub(super) struct Counters {
    last: HashMap<String, FleetCounts>,
    /// Instances that were there before the run: what they counted until they are first read does not count.
    elders: HashSet<String>,
    sum: FleetCounts,
    read: bool,
}

impl Counters {
    /// These instances are there at the start; those that come later count from nothing.
    pub(super) fn start(&mut self, addresses: impl IntoIterator<Item = String>) {
        self.elders.extend(addresses);
    }

    /// Takes the metrics of all instances that answered, each with its address.
    pub(super) fn take(&mut self, pages: Vec<(String, String)>) {
        for (address, page) in pages {
            self.read = true;
            let now = counts(&page);
            let is_elder = self.elders.contains(&address);
            let before = match self.last.insert(address, now) {
                Some(before) => before,
                None if is_elder => now,
                None => FleetCounts::default(),
            };
            add(&mut self.sum.duplicate_sends, now.duplicate_sends, before.duplicate_sends);
            add(&mut self.sum.zombie_sends, now.zombie_sends, before.zombie_sends);
            add(&mut self.sum.dropped_by_leave, now.dropped_by_leave, before.dropped_by_leave);
        }
    }

    /// What was counted since the first reading; `None` if no instance ever answered.
    pub(super) fn sum(&self) -> Option<FleetCounts> {
        self.read.then_some(self.sum)
    }
}

fn add(sum: &mut f64, now: f64, before: f64) {
    *sum += if now < before { now } else { now - before };
}

fn counts(page: &str) -> FleetCounts {
    FleetCounts {
        duplicate_sends: total(page, "hamdam_duplicate_sends_total", ""),
        zombie_sends: total(page, "hamdam_zombie_sends_total", ""),
        dropped_by_leave: total(page, "hamdam_dropped_by_leave_total", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(duplicates: u32) -> String {
        format!(
            "# HELP hamdam_duplicate_sends_total x\n# TYPE hamdam_duplicate_sends_total counter\n\
             hamdam_duplicate_sends_total {duplicates}\nhamdam_zombie_sends_total{{a=\"b c\"}} 1\n\
             hamdam_zombie_sends_total{{a=\"}}\"}} 2\nhamdam_duplicate_sends_total_of_another 50\n"
        )
    }

    #[test]
    fn labels_are_summed_and_longer_names_left_alone() {
        let counts = counts(&page(4));
        let wanted = FleetCounts { duplicate_sends: 4.0, zombie_sends: 3.0, dropped_by_leave: 0.0 };
        assert_eq!(counts, wanted);
    }

    #[test]
    fn counts_go_on_over_restarts_and_newcomers() {
        let mut counters = Counters::default();
        let at = |address: &str, duplicates| (address.to_owned(), page(duplicates));
        assert!(counters.sum().is_none());
        counters.start(["a", "b"].map(str::to_owned));
        counters.take(vec![at("a", 10)]);
        counters.take(vec![at("a", 12), at("b", 1)]);
        counters.take(vec![at("a", 3), at("b", 1), at("new", 5)]);
        assert!((counters.sum().unwrap().duplicate_sends - 10.0).abs() < f64::EPSILON);
    }
}
