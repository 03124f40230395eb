//! Old rows go while partitions cannot be changed, and one instance sees to both.

use std::sync::Mutex;

use async_trait::async_trait;
use hamdam_archive::{Aging, ArchiveError, Keeping, Shelves, Turned};

use super::Town;

/// A database in which messages are old and partitions cannot be changed.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Held>);

#[derive(Default)]
struct Held {
    messages: u64,
    turns: u32,
}

#[async_trait]
impl Shelves for Shelf {
    async fn clear(&self, table: Aging, _: Keeping, limit: u32) -> hamdam_archive::Result<u64> {
        let mut held = self.0.lock().unwrap();
        let gone = if table == Aging::Messages { held.messages.min(limit.into()) } else { 0 };
        held.messages -= gone;
        Ok(gone)
    }

    async fn turn(&self, _: Keeping) -> hamdam_archive::Result<Turned> {
        self.0.lock().unwrap().turns += 1;
        Err(ArchiveError::Denied { query: "turn_partitions", source: "as the test wishes".into() })
    }
}

#[tokio::test(start_paused = true)]
async fn rows_go_although_partitions_stay_and_one_instance_sees_to_both() {
    let town = Town::new();
    town.shelf.0.lock().unwrap().messages = 3_500;
    let _fleets = [town.start("a").await, town.start("b").await];
    town.until("all old messages are gone", || town.shelf.0.lock().unwrap().messages == 0).await;
    assert_eq!(town.shelf.0.lock().unwrap().turns, 1, "one turn, and not one for each step");
    town.until("it is tried again", || town.shelf.0.lock().unwrap().turns == 2).await;
}
