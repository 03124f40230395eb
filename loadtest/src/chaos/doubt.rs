//! What makes instances doubt each other: updates that come to two of them at once, and clocks that go apart.

use std::time::Duration;

use anyhow::{Context, ensure};
use rand::Rng;
use tokio::time::sleep;

use super::inject::Injector;
use crate::gauge::series::total;

const DAY: u32 = 24 * 3600;

impl Injector<'_> {
    /// nginx gives every instance one request in turn, so the two of a pair go to two instances.
    pub(super) async fn push_twice(&self, time: Duration) -> anyhow::Result<()> {
        let before = self.repeated().await;
        self.control.push_twice(true).await?;
        sleep(time).await;
        self.control.push_twice(false).await?;
        ensure!(self.repeated().await > before, "no instance met an update that another had");
        Ok(())
    }

    /// Updates that instances found done.
    async fn repeated(&self) -> f64 {
        let mut sum = 0.0;
        for instance in &self.ground.fleet.instances {
            let page = instance.metrics().await.unwrap_or_default();
            sum += total(&page, "hamdam_updates_total", "outcome=\"duplicate\"");
        }
        sum
    }

    /// One keeps the time, one is minutes early, the others are minutes late.
    pub(super) async fn set_clocks_apart(&mut self, time: Duration) -> anyhow::Result<()> {
        let count = self.ground.fleet.clocks.len();
        ensure!(count > 1, "this fault wants a fleet with clocks");
        let right = self.any_instance();
        let early = (right + 1) % count;
        for (index, clock) in self.ground.fleet.clocks.iter().enumerate() {
            let minutes = if index == right { 0 } else { self.dice.random_range(2..=10) };
            clock.set(if index == early { minutes * 60 } else { minutes * -60 })?;
        }
        sleep(time).await;
        // Those that went back cannot be asked: an HTTP server keeps a date that it wrote until the next second comes.
        let [right, early] = [self.told_by(right).await?, self.told_by(early).await?];
        self.ground.fleet.clocks.iter().try_for_each(|clock| clock.set(0))?;
        ensure!(apart(right, early) > 60, "the clocks of instances are only {} s apart", apart(right, early));
        Ok(())
    }

    /// The time of the day as an instance tells it.
    async fn told_by(&self, index: usize) -> anyhow::Result<u32> {
        time_of_day(&self.ground.fleet.instances[index].metrics().await?)
    }
}

/// Seconds between two times of a day, the shorter way round.
fn apart(one: u32, other: u32) -> u32 {
    let apart = one.abs_diff(other);
    apart.min(DAY - apart)
}

/// Seconds since midnight, from the head `date: Sat, 28 Nov 2026 19:43:01 GMT` of an answer.
fn time_of_day(answer: &str) -> anyhow::Result<u32> {
    let date =
        answer.lines().find_map(|line| line.strip_prefix("date: ")).context("an answer has no date")?;
    let time = date.split_whitespace().nth(4).context("a date has a time")?;
    let parts: Vec<u32> = time.split(':').map(str::parse).collect::<Result<_, _>>()?;
    Ok(parts.iter().fold(0, |seconds, part| seconds * 60 + part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_over_midnight() {
        let of =
            |time: &str| time_of_day(&format!("HTTP/1.1 200 OK\r\ndate: Sat, 28 Nov 2026 {time} GMT\r\n"));
        assert_eq!(apart(of("19:43:01").unwrap(), of("19:46:01").unwrap()), 180);
        assert_eq!(apart(of("23:59:00").unwrap(), of("00:02:00").unwrap()), 180);
        assert!(time_of_day("HTTP/1.1 200 OK\r\n").is_err());
    }
}
