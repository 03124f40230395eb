//! What live state no longer knows.

use async_trait::async_trait;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::wish::{Facts, Wants};

use crate::archive::Archive;
use crate::driver::Value;
use crate::error::Result;
use crate::query::{
    ACTIVE_ROOMS, BLOCKS, COPY_OF_WRITTEN, COUNT_ACTIVE_ROOMS, COUNT_MESSAGES, COUNT_ROOMS, COUNT_USERS,
    LAST_ROOM_AS_FIRST, LAST_ROOM_AS_SECOND, MESSAGES_OF_ROOM, ORIGINAL_OF_RECEIVED, Query, ROOM, USER,
};
use crate::traits::{Counts, Directory, KnownSide, KnownUser, PastRoom, StoredMessage, StoredRoom};

#[async_trait]
impl Directory for Archive {
    async fn user(&self, user: UserId) -> Result<Option<KnownUser>> {
        let rows = self.read(&USER, [user.0.into()]).await?;
        let Some([language, bot, unreachable, banned_until, facts, wants]) = rows.first().map(Vec::as_slice)
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
        let blocks = self.read(&BLOCKS, [user.0.into()]).await?;
        let blocked = blocks.iter().flatten().filter_map(Value::int).map(UserId).collect();
        Ok(Some(KnownUser { profile, blocked }))
    }

    async fn counterpart(&self, user: UserId, room: RoomId, known: KnownSide) -> Result<Option<MessageId>> {
        let (query, id) = match known {
            KnownSide::Wrote(id) => (&COPY_OF_WRITTEN, id),
            KnownSide::Received(id) => (&ORIGINAL_OF_RECEIVED, id),
        };
        let rows = self.read(query, [room.0.into(), user.0.into(), id.0.into()]).await?;
        Ok(rows.first().and_then(|row| row.first()).and_then(Value::int).map(MessageId))
    }

    async fn past_room(&self, user: UserId, room: Option<RoomId>, since: Millis) -> Result<Option<PastRoom>> {
        let rooms = match room {
            Some(room) => self.read(&ROOM, [room.0.into()]).await?,
            None => {
                let mut rooms = self.read(&LAST_ROOM_AS_FIRST, [user.0.into()]).await?;
                rooms.extend(self.read(&LAST_ROOM_AS_SECOND, [user.0.into()]).await?);
                rooms
            }
        };
        let named = rooms.iter().filter_map(|row| {
            let [room, one, other] = row.as_slice() else { return None };
            Some((RoomId(room.int()?), UserId(one.int()?), UserId(other.int()?)))
        });
        let of_user = named.filter_map(|(room, one, other)| match user {
            user if user == one => Some((room, other)),
            user if user == other => Some((room, one)),
            _ => None,
        });
        let Some((room, partner)) = of_user.max() else { return Ok(None) };
        let rows = self.read(&MESSAGES_OF_ROOM, [room.0.into(), since.0.into()]).await?;
        let message = |row: &Vec<Value>| {
            let [sender, bot, sender_message, partner_message] = row.as_slice() else { return None };
            Some(StoredMessage {
                sender: UserId(sender.int()?),
                bot: BotId(bot.int()?),
                sender_message: MessageId(sender_message.int()?),
                partner_message: partner_message.int().map(MessageId),
            })
        };
        Ok(Some(PastRoom { room, partner, messages: rows.iter().filter_map(message).collect() }))
    }

    async fn active_rooms(&self, user: UserId) -> Result<Vec<StoredRoom>> {
        let rows = self.read(&ACTIVE_ROOMS, [user.0.into(), user.0.into()]).await?;
        let room = |row: &Vec<Value>| {
            let [room, one, other, started_at] = row.as_slice() else { return None };
            Some(StoredRoom {
                room: RoomId(room.int()?),
                users: [UserId(one.int()?), UserId(other.int()?)],
                started_at: Millis(started_at.int()?),
            })
        };
        Ok(rows.iter().filter_map(room).collect())
    }
}

impl Archive {
    /// How much there is.
    pub async fn counts(&self) -> Result<Counts> {
        Ok(Counts {
            users: self.count(&COUNT_USERS).await?,
            active_rooms: self.count(&COUNT_ACTIVE_ROOMS).await?,
            rooms: self.count(&COUNT_ROOMS).await?,
            messages: self.count(&COUNT_MESSAGES).await?,
        })
    }

    async fn count(&self, query: &Query) -> Result<u64> {
        let rows = self.read(query, []).await?;
        let number = rows.first().and_then(|row| row.first()).and_then(Value::int).unwrap_or_default();
        Ok(number.unsigned_abs())
    }
}
