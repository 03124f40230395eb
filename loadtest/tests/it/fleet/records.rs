//! What the database must hold after a run.

use anyhow::{Result, ensure};
use hamdam_testbed::{MariaDb, poll};
use loadtest::report::Verdict;

/// Every room and every relayed message stands there exactly once, as soon as the journal is written.
///
/// A message has no row if whoever sent it died before it learned the outcome, and its room ended meanwhile: it may
/// not be sent again then, so nobody knows its id in the partner's chat. There are at most as many as there were calls
/// in flight at the kills; without kills there is none.
pub(super) async fn complete(mariadb: &MariaDb, verdict: &Verdict) {
    let relayed = verdict.relayed + verdict.outside_relayed;
    let least = relayed.saturating_sub(verdict.attempts_in_flight_at_kill);
    poll("every relayed message to have its row", || async {
        let rows = number(mariadb, "SELECT COUNT(*) FROM messages").await?;
        ensure!(
            (least..=relayed).contains(&rows),
            "{rows} rows of messages for {least} to {relayed} relayed"
        );
        let rooms = number(mariadb, "SELECT COUNT(*) FROM chat_rooms").await?;
        ensure!(rooms >= verdict.rooms, "{rooms} rows of rooms for {} rooms seen", verdict.rooms);
        Ok(())
    })
    .await
    .unwrap();
    let twice = "SELECT COUNT(*) FROM (SELECT 1 FROM messages GROUP BY chat_room_id, bot_id, update_id \
                 HAVING COUNT(*) > 1) AS repeated";
    assert_eq!(number(mariadb, twice).await.unwrap(), 0, "messages with two rows");
    let homeless = "SELECT COUNT(*) FROM messages WHERE chat_room_id NOT IN (SELECT id FROM chat_rooms)";
    assert_eq!(number(mariadb, homeless).await.unwrap(), 0, "messages of rooms without a row");
}

async fn number(mariadb: &MariaDb, sql: &str) -> Result<u64> {
    let answer = mariadb.sql(&format!("USE hamdam; {sql}")).await?;
    Ok(answer.trim().parse()?)
}
