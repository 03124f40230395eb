//! What the database must hold after a run.

use anyhow::{Result, ensure};
use hamdam_testbed::{MariaDb, poll};
use loadtest::report::Verdict;

/// Every room and every relayed message stands there exactly once, as soon as the journal is written.
///
/// A send whose outcome nobody learned and that could not be repeated, because its room ended first, has a row without
/// the id in the partner's chat: it may be one of the relayed or not. Without kills there is none.
pub(super) async fn complete(mariadb: &MariaDb, verdict: &Verdict) {
    let relayed = verdict.relayed + verdict.outside_relayed;
    poll("every relayed message to have its row", || async {
        let known = number(mariadb, "SELECT COUNT(partner_message_id) FROM messages").await?;
        let unknown = number(mariadb, "SELECT COUNT(*) FROM messages").await? - known;
        ensure!(
            (known..=known + unknown).contains(&relayed),
            "{known} rows of messages and {unknown} of unknown outcome for {relayed} relayed"
        );
        ensure!(
            unknown <= verdict.attempts_in_flight_at_kill,
            "{unknown} sends of unknown outcome, {} were in flight at kills",
            verdict.attempts_in_flight_at_kill
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
