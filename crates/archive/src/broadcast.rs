//! Broadcasts: whom they can be for, whom they did not reach, and what became of them.

use async_trait::async_trait;
use hamdam_domain::broadcast::Tally;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::wish::Facts;

use crate::archive::Archive;
use crate::driver::Value;
use crate::error::Result;
use crate::query::{BROADCASTS, MEMBERS, write};
use crate::rows::Rows;
use crate::traits::{Audience, Member};
use crate::write::Upsert;

/// Users per statement that are marked: each brings three parameters.
const CHUNK: usize = 200;

/// What is over stays as it was; until then the newest telling counts. MySQL assigns from left to right, so what the others
/// compare with comes last.
const UPSERT_BROADCASTS: Upsert = Upsert {
    name: write::BROADCASTS,
    head: "INSERT INTO broadcasts (begun_at, number, begun_by, segment, kind, course, over_at, queued, sent, unreachable, \
           failed, dropped) VALUES ",
    columns: 12,
    mysql: " ON DUPLICATE KEY UPDATE \
            course = CASE WHEN over_at IS NULL THEN VALUES(course) ELSE course END, \
            queued = CASE WHEN over_at IS NULL THEN VALUES(queued) ELSE queued END, \
            sent = CASE WHEN over_at IS NULL THEN VALUES(sent) ELSE sent END, \
            unreachable = CASE WHEN over_at IS NULL THEN VALUES(unreachable) ELSE unreachable END, \
            failed = CASE WHEN over_at IS NULL THEN VALUES(failed) ELSE failed END, \
            dropped = CASE WHEN over_at IS NULL THEN VALUES(dropped) ELSE dropped END, \
            over_at = COALESCE(over_at, VALUES(over_at))",
    sqlite: " ON CONFLICT (begun_at, number) DO UPDATE SET \
            course = CASE WHEN over_at IS NULL THEN excluded.course ELSE course END, \
            queued = CASE WHEN over_at IS NULL THEN excluded.queued ELSE queued END, \
            sent = CASE WHEN over_at IS NULL THEN excluded.sent ELSE sent END, \
            unreachable = CASE WHEN over_at IS NULL THEN excluded.unreachable ELSE unreachable END, \
            failed = CASE WHEN over_at IS NULL THEN excluded.failed ELSE failed END, \
            dropped = CASE WHEN over_at IS NULL THEN excluded.dropped ELSE dropped END, \
            over_at = COALESCE(over_at, excluded.over_at)",
};

/// A broadcast as the record has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBroadcast {
    /// Its number.
    pub number: u32,
    /// When it began.
    pub begun_at: Millis,
    /// The administrator; none: on the command line.
    pub by: Option<UserId>,
    /// To whom, as [`Segment`](hamdam_domain::broadcast::Segment) writes it.
    pub segment: String,
    /// The kind of message.
    pub kind: String,
    /// How it stood, by its stored name.
    pub course: String,
    /// When it was over.
    pub over_at: Option<Millis>,
    /// What became of it.
    pub tally: Tally,
}

#[async_trait]
impl Audience for Archive {
    async fn members(&self, after: UserId, limit: u32) -> Result<Vec<Member>> {
        let rows = self.first.read(&MEMBERS, [after.0.into(), i64::from(limit).into()]).await?;
        let member = |row: &Vec<Value>| {
            let [user, language, bot, unreachable, banned_until, created_at, facts] = row.as_slice() else {
                return None;
            };
            let language = Language::of_tag(language.text().unwrap_or_default());
            let profile = Profile {
                unreachable: unreachable.int() == Some(1),
                banned_until: banned_until.int().map(Millis),
                // What cannot be read was not told.
                facts: facts.text().and_then(|text| Facts::from_json(text).ok()).unwrap_or_default(),
                ..Profile::new(language, BotId(bot.int()?))
            };
            Some(Member { user: UserId(user.int()?), profile, created_at: Millis(created_at.int()?) })
        };
        Ok(rows.iter().filter_map(member).collect())
    }
}

impl Archive {
    pub(crate) async fn write_broadcasts(&self, rows: &Rows<'_>) -> Result<()> {
        let broadcasts = rows.broadcasts.values().map(|broadcast| -> Vec<Value> {
            let Tally { queued, sent, unreachable, failed, dropped } = broadcast.tally;
            let counts = [queued, sent, unreachable, failed, dropped];
            let mut row: Vec<Value> = vec![
                broadcast.begun_at.0.into(),
                i64::from(broadcast.number.0).into(),
                broadcast.by.map(|user| user.0).into(),
                broadcast.to.to_string().into(),
                broadcast.kind.name().into(),
                broadcast.course.word().into(),
                broadcast.over_at.map(|at| at.0).into(),
            ];
            row.extend(counts.map(|count| i64::try_from(count).unwrap_or(i64::MAX).into()));
            row
        });
        self.first.upsert(&UPSERT_BROADCASTS, broadcasts).await?;
        let unreachable: Vec<_> = rows.unreachable.iter().collect();
        for chunk in unreachable.chunks(CHUNK) {
            let each = "(telegram_id = ? AND bot_id = ? AND profile_version <= ?)";
            let sql =
                format!("UPDATE users SET unreachable = 1 WHERE {}", vec![each; chunk.len()].join(" OR "));
            let values =
                chunk.iter().flat_map(|(user, (bot, at))| [user.0.into(), bot.0.into(), at.0.into()]);
            self.first.contend(write::UNREACHABLE, sql, values.collect()).await?;
        }
        Ok(())
    }

    /// The last broadcasts, the newest first.
    pub async fn broadcasts(&self) -> Result<Vec<StoredBroadcast>> {
        let rows = self.first.read(&BROADCASTS, []).await?;
        let stored = |row: &Vec<Value>| {
            let [number, begun_at, by, segment, kind, course, over_at, counts @ ..] = row.as_slice() else {
                return None;
            };
            let count =
                |place: usize| counts.get(place).and_then(Value::int).unwrap_or_default().unsigned_abs();
            let [queued, sent, unreachable, failed, dropped] = std::array::from_fn(count);
            Some(StoredBroadcast {
                number: u32::try_from(number.int()?).ok()?,
                begun_at: Millis(begun_at.int()?),
                by: by.int().map(UserId),
                segment: segment.text()?.to_owned(),
                kind: kind.text()?.to_owned(),
                course: course.text()?.to_owned(),
                over_at: over_at.int().map(Millis),
                tally: Tally { queued, sent, unreachable, failed, dropped },
            })
        };
        Ok(rows.iter().filter_map(stored).collect())
    }
}
