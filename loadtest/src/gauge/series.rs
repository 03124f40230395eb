//! What instances show at `/metrics`: single values and histograms, summed over instances.

/// Sum of every series of this name whose labels contain `labels` (`state="busy"`, or empty for all).
pub(crate) fn total(page: &str, name: &str, labels: &str) -> f64 {
    rows(page, name).filter(|(own, _)| own.contains(labels)).map(|(_, value)| value).sum()
}

/// A histogram's cumulative buckets: upper bound and count, in rising order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Histogram(Vec<(f64, f64)>);

impl Histogram {
    /// The histogram of this name, its label sets added up.
    pub(crate) fn read(page: &str, name: &str) -> Self {
        let mut buckets: Vec<(f64, f64)> = Vec::new();
        for (labels, count) in rows(page, &format!("{name}_bucket")) {
            let Some(bound) = labels.split("le=\"").nth(1).and_then(|rest| rest.split('"').next()) else {
                continue;
            };
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().unwrap_or(f64::INFINITY) };
            match buckets.iter_mut().find(|(known, _)| known.total_cmp(&bound).is_eq()) {
                Some((_, sum)) => *sum += count,
                None => buckets.push((bound, count)),
            }
        }
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(buckets)
    }

    /// Adds another instance's.
    pub(crate) fn add(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
        } else {
            for ((_, sum), (_, more)) in self.0.iter_mut().zip(&other.0) {
                *sum += more;
            }
        }
    }

    /// What came since an earlier reading.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let earlier = |bound: f64| {
            before
                .0
                .iter()
                .find(|(known, _)| known.total_cmp(&bound).is_eq())
                .map_or(0.0, |(_, count)| *count)
        };
        Self(self.0.iter().map(|(bound, count)| (*bound, (count - earlier(*bound)).max(0.0))).collect())
    }

    /// How many values there are.
    pub(crate) fn count(&self) -> f64 {
        self.0.last().map_or(0.0, |(_, count)| *count)
    }

    /// The upper bound of the bucket that this share of the values does not exceed; nothing without values.
    pub(crate) fn bound_of(&self, share: f64) -> Option<f64> {
        let wanted = share * self.count();
        let bucket = self.0.iter().find(|(_, count)| *count >= wanted);
        bucket.filter(|_| self.count() > 0.0).map(|(bound, _)| *bound)
    }
}

/// Labels and values of every line of one series.
fn rows<'a>(page: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, f64)> {
    page.lines().filter_map(move |line| {
        let rest = line.strip_prefix(name)?;
        let (labels, value) = match rest.strip_prefix('{') {
            Some(rest) => rest.rsplit_once('}')?,
            None => ("", rest.strip_prefix(' ')?),
        };
        // A time may follow the value.
        Some((labels, value.split_whitespace().next()?.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# TYPE wait histogram
wait_bucket{pool=\"a\",le=\"0.1\"} 2
wait_bucket{pool=\"a\",le=\"1\"} 3
wait_bucket{pool=\"a\",le=\"+Inf\"} 4
wait_bucket{pool=\"b\",le=\"0.1\"} 0
wait_bucket{pool=\"b\",le=\"1\"} 6
wait_bucket{pool=\"b\",le=\"+Inf\"} 6
open{state=\"busy\"} 3
open{state=\"idle\"} 4
open_more 9
plain 7
";

    #[test]
    fn values_are_summed_over_labels() {
        for (name, labels, wanted) in
            [("open", "", 7.0), ("open", "state=\"busy\"", 3.0), ("plain", "", 7.0), ("missing", "", 0.0)]
        {
            let sum = total(PAGE, name, labels);
            assert!((sum - wanted).abs() < f64::EPSILON, "{name} {labels}: {sum}");
        }
    }

    #[test]
    fn histograms_are_added_subtracted_and_asked() {
        let mut wait = Histogram::read(PAGE, "wait");
        assert_eq!(wait, Histogram(vec![(0.1, 2.0), (1.0, 9.0), (f64::INFINITY, 10.0)]));
        assert_eq!(
            (wait.bound_of(0.2), wait.bound_of(0.9), wait.bound_of(0.91)),
            (Some(0.1), Some(1.0), Some(f64::INFINITY))
        );
        let before = wait.clone();
        wait.add(&before);
        assert_eq!(wait.since(&before), before);
        assert_eq!(before.since(&before).bound_of(0.5), None);
    }
}
