//! What operators put up.

use std::collections::HashMap;

use fred::interfaces::HashesInterface;
use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::Course;

use super::RedisState;
use super::keys;
use crate::error::Result;
use crate::step::board::Board;

/// The field of the board that says in which way the fleet is closed.
const MAINTENANCE: &str = "maintenance";

impl RedisState {
    pub(super) async fn read_board(&self) -> Result<Board> {
        let key = keys::board();
        let stored = self.link.client().hgetall::<HashMap<String, String>, _>(key.clone());
        let stored = self.link.single("board", Some(&key), stored).await?;
        let mut board = Board::default();
        // A field of another name belongs to another version.
        for (field, value) in &stored {
            if field == MAINTENANCE {
                board.maintenance = Maintenance::of_word(value);
            } else if field == "newest" {
                board.newest = value.parse().unwrap_or_default();
            } else if let Some((number, course)) = course(field, value) {
                board.broadcasts.insert(number, course);
            }
        }
        Ok(board)
    }

    pub(super) async fn close_for_maintenance(&self, way: Option<Maintenance>) -> Result<()> {
        let args = vec![MAINTENANCE.into(), way.map_or("", Maintenance::word).into()];
        self.link.run(&self.link.scripts.maintain, vec![keys::board()], args).await.map(drop)
    }
}

/// `c<number>`, and how that broadcast stands.
fn course(field: &str, value: &str) -> Option<(hamdam_domain::broadcast::BroadcastId, Course)> {
    Some((field.strip_prefix('c')?.parse().ok()?, Course::of_word(value)?))
}
