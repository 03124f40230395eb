//! How soon after a fault everything is as it was before.

use std::time::Duration;

use hamdam_testbed::fleet::Store;
use tokio::time::{Instant, sleep};

use crate::gauge::series::{Histogram, total};
use crate::run::Drive;

/// Latency is measured over so long.
const WINDOW: Duration = Duration::from_secs(1);
/// So many messages in a window make a percentile.
const ENOUGH: f64 = 5.0;
/// A fleet that has not recovered by then never does.
const NEVER: Duration = Duration::from_mins(1);
/// An instance that takes longer to show its metrics is away.
const READING: Duration = Duration::from_secs(2);
/// Counts the entries that wait to be sent, whoever holds their shard, besides those of a chat where an earlier holder of
/// its lease left a call under way: nobody learns what became of it, so that chat is left alone for as long as such a call
/// may live (design: send), while all others go on.
const WAITING: &str = "
local waiting = 0
for _, backlog in ipairs(redis.call('KEYS', 'hd:{*}:backlog')) do
  local shard = string.match(backlog, '^(.*:)backlog$')
  local epoch = string.match(redis.call('GET', shard .. 'lease') or '', '^%d+')
  local chats = redis.call('HGETALL', backlog)
  for i = 1, #chats, 2 do
    local claim = redis.call('HGET', shard .. 'claims', chats[i])
    if not claim or string.match(claim, '%S+$') == epoch then
      waiting = waiting + chats[i + 1]
    end
  end
end
return waiting";

/// How things go when nothing is wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Normal {
    /// The bucket in which 95 of 100 relays lie, in seconds.
    p95: f64,
}

impl Default for Normal {
    /// Anything below a tenth of a second.
    fn default() -> Self {
        Self { p95: 0.1 }
    }
}

impl Normal {
    /// Looks for so long.
    pub(super) async fn observe(drive: &Drive, time: Duration) -> Self {
        let before = relays(drive).await;
        sleep(time).await;
        let after = relays(drive).await;
        let usual = Self::default().p95;
        Self { p95: after.since(&before).bound_of(0.95).map_or(usual, |p95| p95.max(usual)) }
    }

    /// Waits until latency is normal and the outbox holds no more than a second's messages; answers how long that
    /// took since `ended`. `None`: it did not come about.
    pub(super) async fn returns(self, drive: &Drive, store: &Store, ended: Instant) -> Option<Duration> {
        let mut before = relays(drive).await;
        while ended.elapsed() < NEVER {
            let at = Instant::now();
            sleep(WINDOW).await;
            let now = relays(drive).await;
            let lately = now.since(&before);
            let in_time = lately.bound_of(0.95).is_some_and(|p95| p95 <= self.p95);
            if lately.count() >= ENOUGH
                && in_time
                && waiting(drive, store).await.is_some_and(|entries| entries <= lately.count())
            {
                // The window was normal from its beginning.
                return Some(at - ended);
            }
            before = now;
        }
        None
    }
}

async fn relays(drive: &Drive) -> Histogram {
    let mut all = Histogram::default();
    for (_, page) in drive.pages(READING).await {
        all.add(&Histogram::read(&page, "hamdam_relay_seconds"));
    }
    all
}

/// How many entries wait to be sent: as live state has it where that is one server, else as the instances last saw it.
/// `None`: live state does not say.
async fn waiting(drive: &Drive, store: &Store) -> Option<f64> {
    if let Store::Single(_) = store {
        return store.ask(0, &["EVAL", WAITING, "0"]).await.ok()?.strip_prefix(':')?.parse().ok();
    }
    let pages = drive.pages(READING).await;
    Some(pages.iter().map(|(_, page)| total(page, "hamdam_outbox_entries", "")).sum())
}
