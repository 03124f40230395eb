//! What moderators press. Their chat may be a group, the one exception to "private chats only".

use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::safety::{CaseId, Verdict};
use hamdam_telegram::update::ChatKind;
use hamdam_telegram::{Event, Update};

use crate::button::Button;

/// Who decides about reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moderators {
    /// Their group: whoever presses there decides.
    pub group: Option<UserId>,
    /// Users who decide in their chat with the bot, if there is no group, and who alone may ask who was reported.
    pub admins: Vec<UserId>,
}

impl Moderators {
    /// The chats that hear of reports.
    #[must_use]
    pub fn chats(&self) -> &[UserId] {
        match &self.group {
            Some(group) => std::slice::from_ref(group),
            None => &self.admins,
        }
    }

    /// Whether it is for `user` to ask who was reported.
    #[must_use]
    pub fn may_ask_who(&self, user: UserId) -> bool {
        self.admins.contains(&user)
    }
}

/// What a moderator asks of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    /// Decide this.
    For(Verdict),
    /// Say who was reported.
    Who,
}

/// A button under a case, pressed by a moderator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasePress {
    /// In which chat.
    pub chat: UserId,
    /// By whom.
    pub by: UserId,
    /// What `answerCallbackQuery` names.
    pub query: String,
    /// The message it stands under.
    pub message: MessageId,
    /// Which case.
    pub case: CaseId,
    /// What is asked.
    pub asked: Asked,
}

/// Reads what a moderator pressed; `None` for every other update, and for whoever is no moderator.
#[must_use]
pub fn case_press(update: &Update, moderators: &Moderators) -> Option<CasePress> {
    let Event::CallbackQuery(press) = &update.event else { return None };
    let Button::Case(case, asked) = Button::parse(press.data.as_deref()?)? else { return None };
    let place = press.message.as_ref()?;
    let (chat, by) = (UserId(place.chat.id), UserId(press.from.id));
    let may = match place.chat.kind {
        ChatKind::Private => moderators.admins.contains(&by),
        _ => moderators.group == Some(chat),
    };
    may.then(|| CasePress {
        chat,
        by,
        query: press.id.clone(),
        message: MessageId(place.message_id),
        case,
        asked,
    })
}
