//! One bot's updates that were not acknowledged: a FIFO, loaded line by line as the real server loads it.
//!
//! An update belongs to a line. Of each line only the head may be in flight, and it blocks the rest of its
//! line until it is delivered or dropped. At most 2 x `max_connections` lines are loaded; what lies behind
//! in the FIFO waits, however ready it is. (Source: `WebhookActor` of tdlib/telegram-bot-api.)

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use super::super::clock::SimClock;
use super::super::event::{UpdateId, UserId};

/// Updates one queue holds.
pub(in super::super) const MOST_UPDATES: usize = 100_000;
/// Bytes one queue holds.
pub(in super::super) const MOST_BYTES: usize = 128 << 20;
/// Bytes of one update.
pub(in super::super) const LARGEST_UPDATE: usize = 512 << 10;
const LONGEST_RETRY_AFTER: u32 = 3600;

/// What is ordered among itself. Lines of one user are not ordered among each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in super::super) enum Line {
    /// Messages, edits and payments of a chat.
    Chat(UserId),
    /// Presses of buttons.
    Press(UserId),
    /// Questions whether a payment may go through.
    Checkout(UserId),
    /// Blocking and unblocking.
    Member(UserId),
    /// Reactions.
    Reaction(UserId),
}

impl Line {
    /// How long its updates are kept, in Telegram's seconds.
    pub(in super::super) fn kept(self) -> u32 {
        match self {
            Self::Press(_) | Self::Checkout(_) => 150,
            Self::Chat(_) | Self::Member(_) | Self::Reaction(_) => 24 * 3600,
        }
    }
}

/// An update that was not acknowledged.
#[derive(Debug)]
pub(in super::super) struct Update {
    /// Its id.
    pub(in super::super) id: UpdateId,
    /// Whose it is.
    pub(in super::super) user: UserId,
    /// Its line.
    pub(in super::super) line: Line,
    /// The JSON that is pushed.
    pub(in super::super) body: Bytes,
    /// When it was queued, on the simulator's clock.
    pub(in super::super) queued: Duration,
    /// When it becomes too old.
    pub(in super::super) expires: Duration,
    /// Attempts begun.
    pub(in super::super) attempts: u32,
    failures: u32,
    /// The last delay of the doubling schedule, in Telegram's seconds.
    delay: u32,
}

impl Update {
    /// An update of `line`, queued now.
    pub(in super::super) fn new(
        id: UpdateId,
        user: UserId,
        line: Line,
        body: Bytes,
        clock: &SimClock,
    ) -> Self {
        let queued = clock.now();
        let expires = queued + clock.seconds(line.kept());
        Self { id, user, line, body, queued, expires, attempts: 0, failures: 0, delay: 1 }
    }
}

/// What became of a failed update.
#[derive(Debug)]
pub(in super::super) enum Failed {
    /// It is tried again.
    Delayed,
    /// It would be too old by then.
    Expired(Update),
}

/// The queue of one bot.
#[derive(Debug, Default)]
pub(in super::super) struct Queue {
    waiting: VecDeque<Update>,
    loaded: HashMap<Line, VecDeque<Update>>,
    /// Loaded lines with nothing in flight, by the time their head may go.
    ready: BTreeSet<(Duration, UpdateId, Line)>,
    count: usize,
    bytes: usize,
}

impl Queue {
    /// Updates not acknowledged, those in flight included.
    pub(in super::super) fn len(&self) -> usize {
        self.count
    }

    /// Lines that are loaded.
    pub(in super::super) fn loaded(&self) -> usize {
        self.loaded.len()
    }

    /// Appends an update, unless there is no room for it: then it is lost, silently for the bot.
    pub(in super::super) fn push(&mut self, update: Update) -> bool {
        let size = update.body.len();
        if size > LARGEST_UPDATE || self.count >= MOST_UPDATES || self.bytes + size > MOST_BYTES {
            return false;
        }
        self.count += 1;
        self.bytes += size;
        self.waiting.push_back(update);
        true
    }

    /// Loads what may be loaded, and returns what had become too old.
    pub(in super::super) fn load(&mut self, now: Duration, most_lines: usize) -> Vec<Update> {
        let mut expired = Vec::new();
        while self.loaded.len() < most_lines
            && let Some(update) = self.waiting.pop_front()
        {
            if update.expires < now {
                self.forget(&update);
                expired.push(update);
                continue;
            }
            let line = self.loaded.entry(update.line).or_default();
            if line.is_empty() {
                self.ready.insert((now, update.id, update.line));
            }
            line.push_back(update);
        }
        expired
    }

    /// The next update that may go now. Its line is blocked until [`delivered`](Self::delivered) or
    /// [`failed`](Self::failed).
    pub(in super::super) fn take(&mut self, now: Duration) -> Option<&Update> {
        let &(at, id, line) = self.ready.first()?;
        if at > now {
            return None;
        }
        self.ready.remove(&(at, id, line));
        let head = self.loaded.get_mut(&line)?.front_mut()?;
        head.attempts += 1;
        Some(head)
    }

    /// When the next update may go, if none is in flight by then.
    pub(in super::super) fn next_at(&self) -> Option<Duration> {
        self.ready.first().map(|(at, _, _)| *at)
    }

    /// The head of a line in flight.
    pub(in super::super) fn in_flight(&self, line: Line) -> Option<&Update> {
        self.loaded.get(&line)?.front()
    }

    /// The update in flight of this line was acknowledged.
    pub(in super::super) fn delivered(&mut self, line: Line, now: Duration) -> Option<Update> {
        let updates = self.loaded.get_mut(&line)?;
        let update = updates.pop_front()?;
        match updates.front() {
            Some(next) => {
                self.ready.insert((now, next.id, line));
            }
            None => {
                self.loaded.remove(&line);
            }
        }
        self.forget(&update);
        Some(update)
    }

    /// The attempt failed. The first retry follows at once, then after 2, 4, 8, 16, 32 s and so on up to a
    /// delay drawn from 60-120 s (`longest`). A `Retry-After` replaces this one delay and leaves the schedule
    /// where it is.
    pub(in super::super) fn failed(
        &mut self,
        line: Line,
        clock: &SimClock,
        now: Duration,
        retry_after: u32,
        longest: u32,
    ) -> Option<Failed> {
        let update = self.loaded.get_mut(&line)?.front_mut()?;
        let mut wait = retry_after.min(LONGEST_RETRY_AFTER);
        let mut delay = update.delay;
        if wait == 0 && update.failures > 0 {
            delay = longest.min(delay * 2);
            wait = delay;
        }
        let at = now + clock.seconds(wait);
        if at > update.expires {
            return self.delivered(line, now).map(Failed::Expired);
        }
        update.delay = delay;
        update.failures += 1;
        let id = update.id;
        self.ready.insert((at, id, line));
        Some(Failed::Delayed)
    }

    /// Back to a plain FIFO, as after a restart: delays, attempts and what was in flight are forgotten.
    pub(in super::super) fn unload(&mut self) {
        self.ready.clear();
        let mut loaded: Vec<_> = self.loaded.drain().flat_map(|(_, updates)| updates).collect();
        loaded.sort_unstable_by_key(|update| std::cmp::Reverse(update.id));
        for mut update in loaded {
            update.attempts = 0;
            update.failures = 0;
            update.delay = 1;
            self.waiting.push_front(update);
        }
    }

    /// Takes everything out.
    pub(in super::super) fn drain(&mut self) -> VecDeque<Update> {
        self.unload();
        self.count = 0;
        self.bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    /// For `getUpdates`, while nothing is loaded: takes out everything before `offset`.
    pub(in super::super) fn confirm(&mut self, offset: UpdateId) -> Vec<Update> {
        let mut confirmed = Vec::new();
        while let Some(update) = self.waiting.pop_front_if(|update| update.id < offset) {
            self.forget(&update);
            confirmed.push(update);
        }
        confirmed
    }

    /// For `getUpdates`, while nothing is loaded: what waits, oldest first.
    pub(in super::super) fn waiting(&self) -> impl DoubleEndedIterator<Item = &Update> {
        self.waiting.iter()
    }

    fn forget(&mut self, update: &Update) {
        self.count -= 1;
        self.bytes -= update.body.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue_of(lines: &[(UpdateId, Line)]) -> (Queue, SimClock) {
        let clock = SimClock::new(1.0);
        let mut queue = Queue::default();
        for (id, line) in lines {
            assert!(queue.push(update(*id, *line, 10, &clock)));
        }
        (queue, clock)
    }

    fn update(id: UpdateId, line: Line, size: usize, clock: &SimClock) -> Update {
        Update { queued: Duration::ZERO, ..Update::new(id, 1, line, Bytes::from(vec![b'x'; size]), clock) }
    }

    fn taken(queue: &mut Queue, now: Duration) -> Option<UpdateId> {
        queue.take(now).map(|update| update.id)
    }

    const A: Line = Line::Chat(1);
    const B: Line = Line::Chat(2);
    const C: Line = Line::Chat(3);
    const PRESS: Line = Line::Press(1);
    const NOW: Duration = Duration::from_secs(1);

    #[test]
    fn a_line_is_blocked_by_its_head_and_by_nothing_else() {
        let (mut queue, _) = queue_of(&[(1, A), (2, A), (3, PRESS), (4, B)]);
        assert!(queue.load(NOW, 80).is_empty());
        assert_eq!(taken(&mut queue, NOW), Some(1));
        assert_eq!(taken(&mut queue, NOW), Some(3));
        assert_eq!(taken(&mut queue, NOW), Some(4));
        assert_eq!(taken(&mut queue, NOW), None);
        assert_eq!(queue.len(), 4);
        assert_eq!(queue.delivered(A, NOW).map(|update| update.id), Some(1));
        assert_eq!(taken(&mut queue, NOW), Some(2));
        assert_eq!(queue.len(), 3);
    }

    #[test]
    fn retries_come_at_once_then_double_up_to_the_longest_delay() {
        let (mut queue, clock) = queue_of(&[(1, A), (2, A)]);
        queue.load(NOW, 80);
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..9 {
            assert_eq!(taken(&mut queue, now), Some(1));
            assert!(matches!(queue.failed(A, &clock, now, 0, 90), Some(Failed::Delayed)));
            let next = queue.next_at().unwrap();
            if next > now {
                assert_eq!(
                    taken(&mut queue, next.saturating_sub(Duration::from_millis(1))),
                    None,
                    "too early"
                );
            }
            waits.push(next.saturating_sub(now).as_secs());
            now = next;
        }
        assert_eq!(waits, [0, 2, 4, 8, 16, 32, 64, 90, 90]);
    }

    #[test]
    fn retry_after_replaces_one_delay_and_leaves_the_schedule() {
        let (mut queue, clock) = queue_of(&[(1, A)]);
        queue.load(NOW, 80);
        let mut now = NOW;
        let mut waits = Vec::new();
        for retry_after in [0, 0, 7, 0, 90_000] {
            queue.take(now);
            queue.failed(A, &clock, now, retry_after, 90);
            let next = queue.next_at().unwrap();
            waits.push(next.saturating_sub(now).as_secs());
            now = next;
        }
        assert_eq!(waits, [0, 2, 7, 4, 3600]);
    }

    #[test]
    fn twice_the_connections_lines_are_loaded_and_the_rest_waits_behind_them() {
        let (mut queue, clock) = queue_of(&[(1, A), (2, B), (3, C), (4, A)]);
        queue.load(NOW, 2);
        for _ in 0..2 {
            queue.take(NOW);
        }
        queue.failed(A, &clock, NOW, 3600, 90);
        queue.failed(B, &clock, NOW, 3600, 90);
        queue.load(NOW, 2);
        assert_eq!(queue.loaded(), 2);
        assert_eq!(taken(&mut queue, NOW), None, "a line behind two failing ones is not even loaded");
        let later = NOW + Duration::from_hours(1);
        queue.take(later);
        queue.delivered(A, later);
        queue.load(later, 2);
        assert_eq!(queue.loaded(), 2);
        assert_eq!(taken(&mut queue, later), Some(2));
        assert_eq!(taken(&mut queue, later), Some(3));
    }

    #[test]
    fn what_is_too_old_is_not_loaded_and_not_retried() {
        let (mut queue, clock) = queue_of(&[(1, PRESS), (2, A), (3, Line::Press(2))]);
        queue.load(NOW, 2);
        queue.take(NOW);
        let nearly = Duration::from_secs(149);
        assert!(
            matches!(queue.failed(PRESS, &clock, nearly, 60, 90), Some(Failed::Expired(update)) if update.id == 1)
        );
        let late = Duration::from_secs(200);
        let expired: Vec<_> = queue.load(late, 2).into_iter().map(|update| update.id).collect();
        assert_eq!(expired, [3]);
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn what_finds_no_room_is_lost() {
        let clock = SimClock::new(1.0);
        let mut queue = Queue::default();
        assert!(!queue.push(update(1, A, LARGEST_UPDATE + 1, &clock)));
        for id in 0..256 {
            assert!(queue.push(update(id, A, LARGEST_UPDATE, &clock)));
        }
        assert!(!queue.push(update(300, A, 1, &clock)), "128 MiB are there");
        let mut queue = Queue::default();
        for id in 0..MOST_UPDATES {
            assert!(queue.push(update(UpdateId::try_from(id).unwrap(), A, 1, &clock)));
        }
        assert!(!queue.push(update(-1, A, 1, &clock)), "100,000 updates are there");
    }

    #[test]
    fn unloading_restores_the_fifo() {
        let (mut queue, clock) = queue_of(&[(1, A), (2, B), (3, A), (4, C)]);
        queue.load(NOW, 2);
        queue.take(NOW);
        queue.failed(A, &clock, NOW, 100, 90);
        queue.unload();
        let ids: Vec<_> = queue.waiting().map(|update| (update.id, update.attempts)).collect();
        assert_eq!(ids, [(1, 0), (2, 0), (3, 0), (4, 0)]);
        assert_eq!(queue.confirm(3).len(), 2);
        assert_eq!(queue.drain().len(), 2);
        assert_eq!(queue.len(), 0);
    }
}
