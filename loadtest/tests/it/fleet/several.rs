//! The record of three instances on two databases, each on a server of its own.

use std::time::Duration;

use anyhow::{Result, ensure};
use hamdam_testbed::MariaDb;
use loadtest::oracle::Counts;
use serde_json::Value;

use super::records;
use super::stage::{Size, Stage};

#[tokio::test]
async fn a_crowds_rooms_lie_on_two_databases_whoever_is_killed() {
    let mut stage = Stage::start(|options| options.further_databases = 1).await.unwrap();
    let verdict = stage.run(Size { users: 60, seconds: 25 }, async |stage, drive| {
        tokio::time::sleep(Duration::from_secs(10)).await;
        stage.kill_and_restart(drive, 1).await
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
    let counts = verdict.counts;
    assert_eq!(counts, Counts { duplicated: counts.duplicated, ..Counts::default() });

    let servers = [&stage.fleet.mariadb, &stage.fleet.further[0]];
    records::complete_on(&servers, &verdict).await;
    for (place, server) in servers.into_iter().enumerate() {
        let rooms = rooms(server).await.unwrap();
        assert!(rooms.len() > 5, "{} rooms on database {place}", rooms.len());
        assert!(rooms.iter().all(|room| home(*room) == place), "a room elsewhere than on database {place}");
    }
    let users = "SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM blocks)";
    assert_eq!(records::number::<u64>(servers[1], users).await.unwrap(), 0, "people are on the first");
    commands_see_both(&stage, servers).await.unwrap();
}

async fn rooms(server: &MariaDb) -> Result<Vec<i64>> {
    let rows = server.sql("SELECT id FROM hamdam.chat_rooms").await?;
    rows.lines().map(|id| Ok(id.parse()?)).collect()
}

/// Which of two databases has a room, by a reckoning of our own: rows that exist lie by it.
fn home(room: i64) -> usize {
    usize::from(room.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63 == 1)
}

/// What an operator asks is answered from both.
async fn commands_see_both(stage: &Stage, servers: [&MariaDb; 2]) -> Result<()> {
    let hamdam = async |arguments: &[&str]| -> Result<Value> {
        let mut command = tokio::process::Command::new(stage.hamdam());
        command.args(arguments).arg("--json").env("REDIS_URL", stage.fleet.file().redis_url);
        command.env("DATABASE_URL", servers[0].url()).env("MYSQL_SHARD_URLS", servers[1].url());
        let output = command.output().await?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice::<Value>(&output.stdout)?[0].clone())
    };
    let stats = hamdam(&["admin", "stats"]).await?;
    let rooms = rooms(servers[0]).await?.len() + rooms(servers[1]).await?.len();
    ensure!(stats["rooms"] == rooms, "{stats} of {rooms} rooms");
    let found = hamdam(&["recover", "--dry-run"]).await?;
    ensure!(found["found"] == stats["active_rooms"], "{found} of {stats}");
    Ok(())
}
