//! All that the record holds about somebody, for themselves: nobody else's id is part of it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{RoomId, UserId};
use hamdam_domain::premium::Credit;

use crate::archive::Archive;
use crate::driver::Value;
use crate::error::Result;
use crate::moderation::StoredDecision;
use crate::query::{
    DOSSIER_ARRIVAL, DOSSIER_BANS, DOSSIER_BLOCKS, DOSSIER_MESSAGES, DOSSIER_RATINGS, DOSSIER_REPORTS,
    DOSSIER_ROOMS, DOSSIER_USER,
};

/// Where what is known of somebody can be asked for as a whole.
#[async_trait]
pub trait Dossiers: Send + Sync + 'static {
    /// What is kept about `user`. Empty for somebody who never was here.
    async fn dossier(&self, user: UserId) -> Result<Dossier>;
}

/// All rows about one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dossier {
    /// When they came first, and when their profile changed last.
    pub known_since: Option<(Millis, Millis)>,
    /// When they blocked somebody.
    pub blocks: Vec<Millis>,
    /// By which link they came, and when.
    pub arrival: Option<(String, Millis)>,
    /// Their rooms, oldest first.
    pub rooms: Vec<StoredTalk>,
    /// What they reported: why, and when.
    pub reports: Vec<(String, Millis)>,
    /// How they said their chats were: well or badly, and when.
    pub ratings: Vec<(bool, Millis)>,
    /// What they paid: Telegram's name of the payment, the days of premium it gave and when; nothing of one that went back.
    pub payments: Vec<Credit>,
    /// How often they were reported.
    pub reported: u64,
    /// Bans: from when, until when, and when it was lifted.
    pub bans: Vec<(Millis, Millis, Option<Millis>)>,
    /// What was decided about them, oldest first.
    pub decisions: Vec<StoredDecision>,
}

/// A room as one of its users may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTalk {
    /// When it began.
    pub started_at: Millis,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// They ended it themselves. Why it ended otherwise may tell something of the other.
    pub own_end: bool,
    /// What they wrote in it: when, of what kind, and its id in their chat.
    pub messages: Vec<(Millis, String, i64)>,
}

#[async_trait]
impl Dossiers for Archive {
    async fn dossier(&self, user: UserId) -> Result<Dossier> {
        let id: Value = user.0.into();
        let known = self.first.read(&DOSSIER_USER, [id.clone()]).await?;
        let blocks = self.first.read(&DOSSIER_BLOCKS, [id.clone()]).await?;
        let arrival = self.first.read(&DOSSIER_ARRIVAL, [id.clone()]).await?;
        let each = || [id.clone(), id.clone(), id.clone(), id.clone()];
        let rooms = self.read_everywhere(&DOSSIER_ROOMS, each()).await?;
        let messages = self.read_everywhere(&DOSSIER_MESSAGES, each()).await?;
        let reports = self.first.read(&DOSSIER_REPORTS, [id.clone()]).await?;
        let ratings = self.first.read(&DOSSIER_RATINGS, [id.clone()]).await?;
        let bans = self.first.read(&DOSSIER_BANS, [id]).await?;
        let at = |row: &[Value], column: usize| row.get(column).and_then(Value::int).map(Millis);
        let text = |row: &[Value], column: usize| row.get(column).and_then(Value::text).map(str::to_owned);
        Ok(Dossier {
            known_since: known.first().and_then(|row| Some((at(row, 0)?, at(row, 1)?))),
            blocks: blocks.iter().filter_map(|row| at(row, 0)).collect(),
            arrival: arrival.first().and_then(|row| Some((text(row, 0)?, at(row, 1)?))),
            rooms: talks(user, &rooms, &messages),
            reports: reports.iter().filter_map(|row| Some((text(row, 0)?, at(row, 1)?))).collect(),
            ratings: ratings.iter().filter_map(|row| Some((row.first()?.int()? == 1, at(row, 1)?))).collect(),
            payments: self.credits(user).await?,
            reported: self.reports_about(user).await?,
            bans: bans.iter().filter_map(|row| Some((at(row, 0)?, at(row, 1)?, at(row, 2)))).collect(),
            decisions: self.decisions(user).await?,
        })
    }
}

/// Rooms with what was written in them.
fn talks(user: UserId, rooms: &[Vec<Value>], messages: &[Vec<Value>]) -> Vec<StoredTalk> {
    let mut talks: BTreeMap<RoomId, StoredTalk> = BTreeMap::new();
    for row in rooms {
        let [room, started_at, ended_at, ended_by] = row.as_slice() else { continue };
        let (Some(room), Some(started_at)) = (room.int(), started_at.int()) else { continue };
        let talk = StoredTalk {
            started_at: Millis(started_at),
            ended_at: ended_at.int().map(Millis),
            own_end: ended_by.int() == Some(user.0),
            messages: Vec::new(),
        };
        talks.insert(RoomId(room), talk);
    }
    for row in messages {
        let [room, at, kind, message] = row.as_slice() else { continue };
        let talk = room.int().and_then(|room| talks.get_mut(&RoomId(room)));
        if let (Some(talk), Some(at), Some(kind), Some(message)) =
            (talk, at.int(), kind.text(), message.int())
        {
            talk.messages.push((Millis(at), kind.to_owned(), message));
        }
    }
    for talk in talks.values_mut() {
        talk.messages.sort_unstable();
    }
    talks.into_values().collect()
}
