//! What live state no longer knows.

use async_trait::async_trait;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, MessageId, RoomId, UpdateId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::source::Source;
use hamdam_domain::wish::{Facts, Wants};

use crate::archive::Archive;
use crate::database::Database;
use crate::driver::Value;
use crate::error::Result;
use crate::forgetting::Forgetting;
use crate::partitions::first_message;
use crate::past::past_room;
use crate::query::{
    ACTIVE_ROOMS, ARRIVALS, BLOCKS, COPY_OF_WRITTEN, COUNT_ACTIVE_ROOMS, COUNT_MESSAGES, COUNT_ROOMS,
    COUNT_USERS, NEWCOMERS, OPEN_REPORTS, ORIGINAL_OF_RECEIVED, Query, RELAYED_IN, RUNNING_PAGE,
    RUNNING_ROOMS, USER,
};
use crate::traits::{Arrivals, Counts, Directory, KnownSide, KnownUser, PastRoom, Relayed, StoredRoom};

#[async_trait]
impl Directory for Archive {
    async fn user(&self, user: UserId) -> Result<Option<KnownUser>> {
        let alias = self.pseudonyms.of(user);
        let rows = self.first.read(&USER, [user.0.into(), alias.0.into()]).await?;
        let of = |id: UserId| rows.iter().find(|row| row.last().and_then(Value::int) == Some(id.0));
        let (own, left) = (of(user), of(alias));
        let Some([language, bot, unreachable, banned_until, facts, wants, _]) =
            own.or(left).map(Vec::as_slice)
        else {
            return Ok(None);
        };
        let profile = Profile {
            language: Language::of_tag(language.text().unwrap_or_default()),
            bot: BotId(bot.int().unwrap_or_default()),
            unreachable: unreachable.int() == Some(1),
            banned_until: banned_until.int().map(Millis),
            // What cannot be read was not told: nobody is kept out by a row of rubbish.
            facts: facts.text().and_then(|text| Facts::from_json(text).ok()).unwrap_or_default(),
            wants: wants.text().and_then(|text| Wants::from_json(text).ok()).unwrap_or_default(),
        };
        let blocks = self.first.read(&BLOCKS, [user.0.into()]).await?;
        let mut blocked: Vec<_> = blocks.iter().flatten().filter_map(Value::int).map(UserId).collect();
        if left.is_some() && alias != user {
            blocked.extend(self.blockers(user).await?);
            blocked.sort_unstable();
            blocked.dedup();
        }
        let credits = self.credits(user).await?;
        Ok(Some(KnownUser { profile, blocked, credits, forgotten: own.is_none() }))
    }

    async fn counterpart(&self, user: UserId, room: RoomId, known: KnownSide) -> Result<Option<MessageId>> {
        let (query, id) = match known {
            KnownSide::Wrote(id) => (&COPY_OF_WRITTEN, id),
            KnownSide::Received(id) => (&ORIGINAL_OF_RECEIVED, id),
        };
        let values = [room.0.into(), first_message(room).0.into(), user.0.into(), id.0.into()];
        let rows = self.home(room).read_lagging(query, values).await?;
        Ok(rows.first().and_then(|row| row.first()).and_then(Value::int).map(MessageId))
    }

    async fn past_room(&self, user: UserId, room: Option<RoomId>, since: Millis) -> Result<Option<PastRoom>> {
        past_room(self, user, room, since).await
    }

    async fn newcomers(&self, source: &Source) -> Result<u64> {
        let rows = self.first.read_lagging(&NEWCOMERS, [source.as_str().to_owned().into()]).await?;
        Ok(number(rows.first().and_then(|row| row.first())))
    }

    async fn active_rooms(&self, user: UserId) -> Result<Vec<StoredRoom>> {
        let rows = self.read_everywhere(&ACTIVE_ROOMS, [user.0.into(), user.0.into()]).await?;
        Ok(rows.iter().filter_map(|row| room(row)).collect())
    }

    async fn running_rooms(&self, from: UserId) -> Result<Vec<StoredRoom>> {
        let rows = self.read_everywhere(&RUNNING_ROOMS, [from.0.into()]).await?;
        let mut rooms: Vec<_> = rows.iter().filter_map(|row| room(row)).collect();
        // Each database answers a page of its own, in this order.
        rooms.sort_by_key(|room| room.users);
        rooms.truncate(RUNNING_PAGE);
        Ok(rooms)
    }

    async fn relayed_in(&self, room: RoomId) -> Result<Vec<Relayed>> {
        let rows = self.home(room).read(&RELAYED_IN, [room.0.into(), first_message(room).0.into()]).await?;
        let relayed = |row: &Vec<Value>| {
            let [sender, bot, update, messages, at] = row.as_slice() else { return None };
            Some(Relayed {
                sender: UserId(sender.int()?),
                bot: BotId(bot.int()?),
                update: UpdateId(update.int()?),
                messages: u32::try_from(messages.int()?).ok()?,
                at: Millis(at.int()?),
            })
        };
        Ok(rows.iter().filter_map(relayed).collect())
    }
}

fn room(row: &[Value]) -> Option<StoredRoom> {
    let [room, one, other, started_at] = row else { return None };
    Some(StoredRoom {
        room: RoomId(room.int()?),
        users: [UserId(one.int()?), UserId(other.int()?)],
        started_at: Millis(started_at.int()?),
    })
}

impl Archive {
    /// How much there is.
    pub async fn counts(&self) -> Result<Counts> {
        Ok(Counts {
            users: self.first.count(&COUNT_USERS).await?,
            active_rooms: self.count(&COUNT_ACTIVE_ROOMS).await?,
            rooms: self.count(&COUNT_ROOMS).await?,
            messages: self.count(&COUNT_MESSAGES).await?,
        })
    }

    /// How many users there are. Counts a whole index.
    pub async fn users(&self) -> Result<u64> {
        self.first.count(&COUNT_USERS).await
    }

    /// How many reports nobody decided, of those that are kept. Reads them all.
    pub async fn open_reports(&self) -> Result<u64> {
        self.first.count(&OPEN_REPORTS).await
    }

    async fn count(&self, query: &Query) -> Result<u64> {
        Ok(self.everywhere(|database| database.count(query)).await?.into_iter().sum())
    }

    /// By which links people came, the most used first. Reads a whole index, like [`Archive::counts`].
    pub async fn arrivals(&self) -> Result<Vec<Arrivals>> {
        let rows = self.first.read_lagging(&ARRIVALS, []).await?;
        let arrivals = |row: &Vec<Value>| {
            let [source, arrived, new] = row.as_slice() else { return None };
            let source = source.text()?.to_owned();
            Some(Arrivals { source, arrived: number(Some(arrived)), new: number(Some(new)) })
        };
        Ok(rows.iter().filter_map(arrivals).collect())
    }
}

impl Database {
    async fn count(&self, query: &Query) -> Result<u64> {
        let rows = self.read_lagging(query, []).await?;
        Ok(number(rows.first().and_then(|row| row.first())))
    }
}

fn number(value: Option<&Value>) -> u64 {
    value.and_then(Value::int).unwrap_or_default().unsigned_abs()
}
