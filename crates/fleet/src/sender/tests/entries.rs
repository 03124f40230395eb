//! Entries to be sent, as a test wants them.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, RoomId, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Copy, Edit, Entry, Notice, Reference};
use hamdam_domain::parcel::{Carry, Medium, Parcel, Traits};
use hamdam_domain::react::React;

use super::stage::{BOT, OTHER_BOT};

/// A message of an album.
pub(super) fn photo(room: i64, message: i64, album: &str) -> Entry {
    let mut entry = copy(room, message, None);
    if let Content::Copy(copy) = &mut entry.content {
        copy.kind = MessageKind::Photo;
        copy.album = Some(album.to_owned());
    }
    entry
}

/// A message that came by another bot.
pub(super) fn carry(room: i64, message: i64, parcel: Parcel) -> Entry {
    let Content::Copy(copy) = copy(room, message, None).content else { unreachable!("it is a copy") };
    let copy = Copy { bot: OTHER_BOT, ..copy };
    Entry { room: Some(RoomId(room)), content: Content::Carry(Carry { copy, parcel }) }
}

/// A voice note, as the other bot knows it.
pub(super) fn voice() -> Parcel {
    Parcel::File(Box::new(Medium {
        kind: MessageKind::Voice,
        id: "theirs".into(),
        unique: "voice".into(),
        size: Some(9),
        caption: None,
        entities: None,
        above: false,
        spoiler: false,
        traits: Traits::default(),
    }))
}

pub(super) fn copy(room: i64, message: i64, reply: Option<Reference>) -> Entry {
    Entry {
        room: Some(RoomId(room)),
        content: Content::Copy(Copy {
            from: UserId(900),
            bot: BOT,
            update: UpdateId(message),
            message: MessageId(message),
            kind: MessageKind::Text,
            reply,
            album: None,
            protect: false,
            at: Millis(1_800_000_000_000),
        }),
    }
}

pub(super) fn edit(room: i64, message: i64) -> Entry {
    Entry {
        room: Some(RoomId(room)),
        content: Content::Edit(Edit {
            from: UserId(900),
            bot: BOT,
            update: UpdateId(message),
            message: MessageId(message),
            change: Change::Text { text: "new".into(), entities: None },
        }),
    }
}

pub(super) fn react(room: i64, message: i64) -> Entry {
    let message = Reference::Own(MessageId(message));
    let react = React { from: UserId(900), message, emoji: Some("❤".into()) };
    Entry { room: Some(RoomId(room)), content: Content::React(react) }
}

pub(super) fn retract(room: i64, message: i64) -> Entry {
    let (message, command) = (MessageId(message), MessageId(message + 1_000));
    let content = Content::Retract { from: UserId(900), bot: BOT, message, command };
    Entry { room: Some(RoomId(room)), content }
}

pub(super) fn end(room: i64) -> Entry {
    Notice::PartnerLeft { room: RoomId(room) }.entry()
}
