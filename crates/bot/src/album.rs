//! An album as one call.

use hamdam_domain::id::UserId;
use hamdam_domain::outbox::{Content, Entry};
use hamdam_telegram::Call;
use hamdam_telegram::method::CopyMessages;

/// The method that copies an album into `chat`: entries of which each [goes with](Entry::goes_with) the next. `None` for
/// what holds something else. Replies are lost, because no method copies several messages as a reply.
#[must_use]
pub fn album<'e>(entries: impl Iterator<Item = &'e Entry>, chat: UserId) -> Option<Call> {
    let mut album: Option<CopyMessages> = None;
    for entry in entries {
        let Content::Copy(copy) = &entry.content else { return None };
        let all = album.get_or_insert_with(|| CopyMessages {
            chat_id: chat.0,
            from_chat_id: copy.from.0,
            message_ids: Vec::new(),
            protect_content: false,
        });
        all.message_ids.push(copy.message.0);
        // What one of them must not give away, none may: a call says it of all.
        all.protect_content |= copy.protect;
    }
    album.map(Into::into)
}
