//! Rooms that have ended, with their messages.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};

use crate::archive::Archive;
use crate::driver::Value;
use crate::error::Result;
use crate::partitions::first_message;
use crate::query::{LAST_ROOM_AS_FIRST, LAST_ROOM_AS_SECOND, MESSAGES_OF_ROOM, ROOM};
use crate::traits::{PastRoom, StoredMessage};

/// The room `user` was in, or their last finished one.
pub(crate) async fn past_room(
    archive: &Archive,
    user: UserId,
    room: Option<RoomId>,
    since: Millis,
) -> Result<Option<PastRoom>> {
    let rooms = if let Some(room) = room {
        archive.home(room).read(&ROOM, [room.0.into()]).await?
    } else {
        let mut rooms = archive.read_everywhere(&LAST_ROOM_AS_FIRST, [user.0.into()]).await?;
        rooms.extend(archive.read_everywhere(&LAST_ROOM_AS_SECOND, [user.0.into()]).await?);
        rooms
    };
    // Room ids grow with time.
    let Some((room, partner)) = rooms.iter().filter_map(|row| of_user(row, user)).max() else {
        return Ok(None);
    };
    let since = since.max(first_message(room));
    let rows = archive.home(room).read(&MESSAGES_OF_ROOM, [room.0.into(), since.0.into()]).await?;
    Ok(Some(PastRoom { room, partner, messages: rows.iter().filter_map(|row| message(row)).collect() }))
}

/// The room, and who else was in it, if the user was.
fn of_user(row: &[Value], user: UserId) -> Option<(RoomId, UserId)> {
    let [room, one, other] = row else { return None };
    let (room, one, other) = (RoomId(room.int()?), UserId(one.int()?), UserId(other.int()?));
    if user == one { Some((room, other)) } else { (user == other).then_some((room, one)) }
}

fn message(row: &[Value]) -> Option<StoredMessage> {
    let [sender, bot, sender_message, partner_message] = row else { return None };
    Some(StoredMessage {
        sender: UserId(sender.int()?),
        bot: BotId(bot.int()?),
        sender_message: MessageId(sender_message.int()?),
        partner_message: partner_message.int().map(MessageId),
    })
}
