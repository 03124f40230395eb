//! What the database must hold after a run.

use std::num::ParseIntError;
use std::str::FromStr;

use anyhow::{Result, ensure};
use hamdam_testbed::{MariaDb, poll};
use loadtest::report::Verdict;

/// Every room and every relayed message stands there exactly once, as soon as the journal is written.
///
/// A send whose outcome nobody learned and that could not be repeated, because its room ended first, has a row without
/// the id in the partner's chat: it may be one of the relayed or not. Without kills there is none.
pub(super) async fn complete(mariadb: &MariaDb, verdict: &Verdict) {
    complete_on(&[mariadb], verdict).await;
}

/// The same where the record is on several databases: each room's messages are where the room is.
pub(super) async fn complete_on(servers: &[&MariaDb], verdict: &Verdict) {
    let relayed = verdict.relayed + verdict.outside_relayed;
    poll("every relayed message to have its row", || async {
        let known = sum(servers, "SELECT COUNT(partner_message_id) FROM messages").await?;
        let unknown = sum(servers, "SELECT COUNT(*) FROM messages").await? - known;
        ensure!(
            (known..=known + unknown).contains(&relayed),
            "{known} rows of messages and {unknown} of unknown outcome for {relayed} relayed"
        );
        ensure!(
            unknown <= verdict.attempts_in_flight_at_kill,
            "{unknown} sends of unknown outcome, {} were in flight at kills",
            verdict.attempts_in_flight_at_kill
        );
        let rooms = sum(servers, "SELECT COUNT(*) FROM chat_rooms").await?;
        ensure!(rooms >= verdict.rooms, "{rooms} rows of rooms for {} rooms seen", verdict.rooms);
        Ok(())
    })
    .await
    .unwrap();
    let twice = "SELECT COUNT(*) FROM (SELECT 1 FROM messages GROUP BY chat_room_id, bot_id, update_id \
                 HAVING COUNT(*) > 1) AS repeated";
    assert_eq!(sum(servers, twice).await.unwrap(), 0, "messages with two rows");
    let homeless = "SELECT COUNT(*) FROM messages WHERE chat_room_id NOT IN (SELECT id FROM chat_rooms)";
    assert_eq!(sum(servers, homeless).await.unwrap(), 0, "messages of rooms without a row");
}

async fn sum(servers: &[&MariaDb], sql: &str) -> Result<u64> {
    let mut all = 0;
    for server in servers {
        all += number::<u64>(server, sql).await?;
    }
    Ok(all)
}

/// The one number that a query answers.
pub(super) async fn number<N>(mariadb: &MariaDb, sql: &str) -> Result<N>
where
    N: FromStr<Err = ParseIntError>,
{
    Ok(mariadb.sql(&format!("USE hamdam; {sql}")).await?.trim().parse()?)
}

/// Waits until the database says so.
pub(super) async fn counts(mariadb: &MariaDb, sql: &str, expected: i64) -> Result<()> {
    poll(sql, || async {
        let found: i64 = number(mariadb, sql).await?;
        ensure!(found == expected, "{found} and not {expected}");
        Ok(())
    })
    .await
}
