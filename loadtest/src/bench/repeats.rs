//! What an update costs that is done already: reading it, one look at the record, 200.

use std::time::Duration;

use hamdam_testbed::fleet::{Binaries, Fleet, FleetOptions};
use tokio::time::Instant;

use super::figures::Figures;
use super::ground;
use super::people::{LISTENING, micros_per, per, rate};
use super::posting::Posting;
use crate::gauge::parts::{self, Part};
use crate::gauge::{commands::commands, memory};
use crate::run::Ground;

/// Slow enough for the first time, when each is looked up in the database.
const FIRST_TIME: f64 = 400.0;
const WARM_UP: Duration = Duration::from_secs(2);

pub(super) async fn measure(users: u32, per_second: f64, seconds: u64) -> anyhow::Result<Figures> {
    let mut ground = Ground::start(&FleetOptions::new(Binaries::beside_this()?)).await?;
    let target = ground.target()?;
    let bot = target.bots[0].id;
    let instances = ground.fleet.instances.iter();
    let urls = instances.map(|instance| format!("http://{}/telegram/{bot}", instance.listen())).collect();
    let posting = Posting::new(urls, target.header_of(bot), edits(users))?;
    posting.once(FIRST_TIME).await?;
    posting.last(per_second, WARM_UP).await?;
    let figures = watch(&mut ground.fleet, &posting, per_second, seconds).await?;
    ground.stop().await?;
    let floor = ground::posted(&edits(users), per_second, seconds).await?;
    Ok(figures.above(floor))
}

/// An edit by each user. Nobody is in a room, so it moves nothing and is answered by nothing but its mark.
fn edits(users: u32) -> Vec<String> {
    let edit = |user: u32| {
        serde_json::json!({
            "update_id": 1_000_000 + user,
            "edited_message": {
                "message_id": 3, "date": 1_700_000_000, "edit_date": 1_700_000_001, "text": "hello",
                "from": {"id": user, "is_bot": false, "first_name": "U", "language_code": "en"},
                "chat": {"id": user, "type": "private", "first_name": "U"},
            },
        })
        .to_string()
    };
    (1..=users).map(edit).collect()
}

async fn watch(
    fleet: &mut Fleet,
    posting: &Posting,
    per_second: f64,
    seconds: u64,
) -> anyhow::Result<Figures> {
    let instances = |fleet: &mut Fleet| anyhow::Ok(parts::read(fleet)?[Part::Instances.index()].cpu);
    let statements = parts::statements(fleet).await?;
    let (used, began) = (instances(fleet)?, Instant::now());
    let posted = posting.last(per_second, Duration::from_secs(seconds)).await?;
    let (used, elapsed) = (instances(fleet)?.saturating_sub(used), began.elapsed());
    let statements = (parts::statements(fleet).await? - statements).saturating_sub(1);
    let addresses = fleet.store.addresses();
    let (heard, posted_aloud) = commands(&addresses[0], posting.last(per_second, LISTENING), None).await?;
    Ok(Figures {
        cpu_us: micros_per(used, posted),
        redis_commands: per(heard.top_level, posted_aloud?),
        sql_statements: per(statements, posted),
        bytes: memory::per_session(&addresses).await?,
        per_second: rate(posted, elapsed),
        ..Figures::default()
    })
}
