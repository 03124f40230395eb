//! What a message is.

use hamdam_domain::message::MessageKind;
use hamdam_telegram::{ContentKind, Message};

/// The kind of a message as it came. One with neither text nor known content is [`MessageKind::Other`]: newer than
/// this version, tried as a copy.
#[must_use]
pub fn kind_of(message: &Message) -> MessageKind {
    let Some(content) = &message.content else {
        return if message.text.is_some() { MessageKind::Text } else { MessageKind::Other };
    };
    match content.kind {
        ContentKind::Document => MessageKind::Document,
        ContentKind::Location => MessageKind::Location,
        ContentKind::Photo | ContentKind::LivePhoto => MessageKind::Photo,
        ContentKind::Video => MessageKind::Video,
        ContentKind::Animation => MessageKind::Animation,
        ContentKind::Audio => MessageKind::Audio,
        ContentKind::Voice => MessageKind::Voice,
        ContentKind::VideoNote => MessageKind::VideoNote,
        ContentKind::Sticker => MessageKind::Sticker,
        ContentKind::Contact => MessageKind::Contact,
        ContentKind::Venue => MessageKind::Venue,
        ContentKind::Poll => MessageKind::Poll,
        ContentKind::Dice => MessageKind::Dice,
        ContentKind::Game => MessageKind::Game,
        ContentKind::Story => MessageKind::Story,
        ContentKind::PaidMedia => MessageKind::PaidMedia,
        ContentKind::Giveaway => MessageKind::Giveaway,
        ContentKind::Invoice => MessageKind::Invoice,
        ContentKind::Service | ContentKind::Payment | ContentKind::Refund => MessageKind::Service,
    }
}
