//! What an addressee is shown while something takes its time: an album that gathers, a file that is fetched and sent.

use hamdam_domain::message::MessageKind;
use hamdam_telegram::method::ChatAction;

use super::chat::ChatQueue;

impl ChatQueue {
    /// What the chat is shown while its head is on its way; once for each.
    pub(super) fn shows(&mut self) -> Option<ChatAction> {
        if std::mem::replace(&mut self.shown, true) {
            return None;
        }
        let content = &self.jobs.front()?.entry.content;
        let of_file = content.medium().map(|(_, medium)| medium.kind);
        Some(match of_file.or_else(|| content.message().map(|copy| copy.kind))? {
            MessageKind::Photo => ChatAction::UploadPhoto,
            MessageKind::Video | MessageKind::Animation | MessageKind::VideoNote => ChatAction::UploadVideo,
            MessageKind::Voice | MessageKind::Audio => ChatAction::UploadVoice,
            MessageKind::Document => ChatAction::UploadDocument,
            _ => ChatAction::Typing,
        })
    }
}
