//! People who came long ago: the database knows them, and Telegram lets the bots write to them. Live state has forgotten
//! them, as it forgets whoever does not come for a while.

use anyhow::Context;

use crate::run::{Control, Ground};
use crate::telegram::Acquaintance;

/// The first id: as long as those that Telegram gives today, and nobody who chats has one.
const FIRST: i64 = 6_000_000_000;

/// Makes so many. The bots take turns from one id to the next: people of all of them come and go by all times.
pub(super) async fn settle(ground: &Ground, users: u32) -> anyhow::Result<()> {
    let target = ground.target()?;
    let control = Control::new(&target.telegram_url)?;
    let step = u32::try_from(target.bots.len())?;
    for (place, bot) in (0..).zip(&target.bots) {
        let count = users / step + u32::from(place < users % step);
        if count == 0 {
            break;
        }
        let (id, first) = (bot.id, FIRST + i64::from(place));
        control.acquaint(&Acquaintance { bot: id, first, count, step }).await?;
        let insert = format!(
            "USE hamdam; INSERT INTO users (telegram_id, language, bot_id, profile_version, created_at, updated_at) \
             SELECT {first} + seq * {step}, IF(seq % 2, 'fa', 'en'), {id}, 1, 1, 1 FROM seq_0_to_{}",
            count - 1
        );
        ground.fleet.mariadb.sql(&insert).await?;
    }
    Ok(())
}

/// How many people the database knows.
pub(super) async fn known(ground: &Ground) -> anyhow::Result<u64> {
    let count = ground.fleet.mariadb.sql("USE hamdam; SELECT COUNT(*) FROM users").await?;
    count.trim().parse().with_context(|| format!("a count of users is a number, not {count:?}"))
}
