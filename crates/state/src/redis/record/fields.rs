//! What stands in each field: how it is read, and how it is written.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, MessageId, UpdateId};
use hamdam_domain::mark::{Mark, Queue, Since};
use hamdam_domain::panel::Dialogue;
use hamdam_domain::profile::Language;
use hamdam_domain::record::{Announcement, Asked, Joined, LastRoom};

/// `update hour era`.
pub(super) fn mark(text: &str) -> Option<Mark> {
    let mut parts = text.split(' ');
    let mark = Mark {
        update: UpdateId(parts.next()?.parse().ok()?),
        hour: parts.next()?.parse().ok()?,
        era: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(mark)
}

/// `update hour era messages`.
pub(super) fn floor(text: &str) -> Option<(Mark, u32)> {
    let (floor, messages) = text.rsplit_once(' ')?;
    Some((mark(floor)?, messages.parse().ok()?))
}

/// What `e` says: nothing is kept, an entry is on its way, or it is a message.
pub(super) fn announcement(kept: i64) -> Option<Announcement> {
    match kept {
        0 => None,
        1.. => Some(Announcement::Pending),
        ..0 => Some(Announcement::At(MessageId(kept.saturating_neg()))),
    }
}

/// `room partner second`.
pub(super) fn last_room(text: &str) -> Option<LastRoom> {
    let mut parts = text.split(' ');
    let (room, partner) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second: i64 = parts.next()?.parse().ok()?;
    let ended_at = Millis(second.saturating_mul(1_000));
    parts.next().is_none().then_some(LastRoom { room, partner, ended_at })
}

/// A letter.
pub(super) fn dialogue(text: &str) -> Option<Dialogue> {
    let mut letters = text.chars();
    Dialogue::of_letter(letters.next()?).filter(|_| letters.next().is_none())
}

/// `room message message …`.
pub(super) fn asked(text: &str) -> Option<Asked> {
    let (room, messages) = text.split_once(' ')?;
    let messages: Option<Vec<_>> = messages.split(' ').map(|id| id.parse().ok().map(MessageId)).collect();
    Some(Asked { room: room.parse().ok()?, messages: messages? })
}

/// What [`asked`] reads.
pub(in super::super) fn asked_text(asked: &Asked) -> String {
    let ids = asked.messages.iter().map(|id| format!(" {id}"));
    std::iter::once(asked.room.to_string()).chain(ids).collect()
}

/// `y` or `n`, and a second.
pub(super) fn joined(text: &str) -> Option<Joined> {
    let mut letters = text.chars();
    let member = match letters.next()? {
        'y' => true,
        'n' => false,
        _ => return None,
    };
    let until = Millis(letters.as_str().parse::<i64>().ok()?.checked_mul(1_000)?);
    Some(Joined { member, until })
}

/// What [`joined`] reads.
pub(in super::super) fn joined_text(joined: &Joined) -> String {
    format!("{}{}", if joined.member { 'y' } else { 'n' }, joined.until.0 / 1_000)
}

/// `bot update hour era`.
pub(super) fn since(text: &str) -> Option<Since> {
    let (bot, rest) = text.split_once(' ')?;
    Some(Since { bot: bot.parse().ok()?, mark: mark(rest)? })
}

/// `language bot`.
pub(super) fn profile(text: &str) -> Option<(Language, BotId)> {
    let (code, bot) = text.split_once(' ')?;
    // Another version may speak more languages than this one.
    let is_code = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_lowercase());
    Some((is_code.then(|| Language::of_tag(code))?, bot.parse().ok()?))
}

pub(in super::super) fn profile_text(language: Language, bot: BotId) -> String {
    format!("{} {bot}", language.code())
}

/// The field of a queue's mark.
pub(in super::super) fn mark_field(bot: BotId, queue: Queue) -> String {
    format!("m{bot}{}", queue.letter())
}

/// What [`mark_field`] made, without its first letter.
pub(super) fn mark_name(rest: &[u8]) -> Option<(BotId, Queue)> {
    let (letter, bot) = rest.split_last()?;
    Some((std::str::from_utf8(bot).ok()?.parse().ok()?, Queue::from_letter(char::from(*letter))?))
}

#[cfg(test)]
mod tests {
    use hamdam_domain::id::RoomId;

    use super::*;

    #[test]
    fn as_much_as_can_be_asked_fits() {
        let messages = vec![MessageId(i64::from(i32::MAX)); Asked::MOST];
        let most = Asked { room: RoomId(i64::MAX), messages };
        let text = asked_text(&most);
        assert!(text.len() <= 64, "{text}");
        assert_eq!(asked(&text), Some(most));
    }
}
