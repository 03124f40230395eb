//! What a copy of a message loses, which its writer is to know: dice roll again, polls begin anew, and a location that moves
//! stands still.

use hamdam_domain::message::MessageKind;
use hamdam_telegram::{ContentKind, Message};
use serde::Deserialize;

use crate::decide::Scene;

impl Scene<'_> {
    /// The kind of a message whose copy is less than the original.
    pub(crate) fn loses(&self, kind: MessageKind) -> Option<MessageKind> {
        let less = match kind {
            MessageKind::Dice | MessageKind::Poll => true,
            MessageKind::Location => self.message.is_some_and(is_live),
            _ => false,
        };
        less.then_some(kind)
    }
}

/// Whether it is a location that moves.
fn is_live(message: &Message) -> bool {
    #[derive(Deserialize)]
    struct Location {
        live_period: Option<i64>,
    }
    let location = message.content.as_ref().filter(|content| content.kind == ContentKind::Location);
    let read = location.and_then(|content| serde_json::from_str::<Location>(content.value.get()).ok());
    read.is_some_and(|location| location.live_period.is_some())
}
