//! What must hold of a sender between any two calls.

use std::cmp::Reverse;

use crate::sender::chat::Head;
use crate::sender::{Chat, ShardSender};

impl ShardSender {
    /// Asserts what must hold between any two calls: tests do so after each.
    pub(super) fn assert_sound(&self) {
        let mut lined: Vec<Chat> = self.timers.iter().map(|Reverse((_, chat))| *chat).collect();
        lined.extend(self.lines.values().flat_map(|line| line.ready.iter().copied()));
        let count = lined.len();
        lined.sort_unstable();
        lined.dedup();
        assert_eq!(count, lined.len(), "a chat stands in two lines");
        for (chat, queue) in &self.chats {
            assert_eq!(queue.lined, lined.binary_search(chat).is_ok(), "{chat:?}");
            let open = queue.head == Head::Open;
            assert!(!(open && !queue.jobs.is_empty() && !queue.lined), "{chat:?} waits for nothing");
            assert!(open || !queue.jobs.is_empty(), "{chat:?} has a head and no entry");
            assert!(queue.jobs.iter().zip(queue.jobs.iter().skip(1)).all(|(a, b)| a.id < b.id));
        }
        assert_eq!(self.held, self.chats.values().map(|queue| queue.jobs.len()).sum::<usize>());
    }
}
