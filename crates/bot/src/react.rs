//! Reactions. Telegram may not send any in private chats, so nothing depends on them.

use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::mark::Queue;
use hamdam_domain::outbox::{Content, Reference};
use hamdam_domain::react::React;
use hamdam_telegram::method::SetMessageReaction;
use hamdam_telegram::update::ChatKind;
use hamdam_telegram::{Call, Reacted, ReactionType};

use crate::decide::Scene;
use crate::plan::{Outcome, Plan};
use crate::understand::{Input, Understood, language_of};

/// Somebody may have several reactions on a message, and a bot may put one.
pub(crate) fn understand(reacted: &Reacted) -> Option<Understood> {
    let user = reacted.user.as_ref().filter(|user| user.id == reacted.chat.id)?;
    let emoji = reacted.new_reaction.iter().find_map(|reaction| match reaction {
        ReactionType::Emoji { emoji } => Some(emoji.clone()),
        ReactionType::Other => None,
    });
    (reacted.chat.kind == ChatKind::Private).then(|| Understood {
        user: UserId(user.id),
        queue: Queue::Reaction,
        language: language_of(Some(user)),
        input: Input::Reaction { message: MessageId(reacted.message_id), emoji },
        quoted: None,
    })
}

impl Scene<'_> {
    /// A reaction follows to the message's other side while the room lasts. One that finds no place disturbs nobody.
    pub(crate) fn reaction(&self, message: MessageId, emoji: Option<&String>) -> Plan {
        let talk = self.talk().filter(|talk| talk.bot == self.update.bot);
        let Some(talk) = talk.filter(|_| self.record.profile.muted(self.now).is_none()) else {
            return Plan::just(self.quiet(Outcome::Noted));
        };
        // The update does not say who wrote the message. If the partner did, its id is found below; else it is one's own.
        let react = React { from: self.said.user, message: Reference::Own(message), emoji: emoji.cloned() };
        Plan::Relay(Self::relaying(talk, Content::React(react), Some(message)))
    }
}

/// The method that puts it on this message.
pub(crate) fn call_of(react: &React, chat: UserId, message: MessageId) -> Call {
    let put = |emoji: &String| ReactionType::Emoji { emoji: emoji.clone() };
    let reaction = react.emoji.iter().map(put).collect();
    SetMessageReaction { chat_id: chat.0, message_id: message.0, reaction }.into()
}

#[cfg(test)]
mod tests {
    use hamdam_telegram::Update;

    use super::*;

    #[test]
    fn the_reaction_is_the_first_that_a_bot_can_put() {
        let reaction = |chat: &str, user: i64, new: &str| {
            let json = format!(
                r#"{{"update_id":1,"message_reaction":{{"chat":{{"id":7,"type":"{chat}"}},"message_id":3,"date":1,"user":{{"id":{user}}},"old_reaction":[],"new_reaction":[{new}]}}}}"#
            );
            let update = Update::from_json(json.as_bytes()).unwrap();
            let understood = crate::understand(&update)?;
            Some((understood.user, understood.queue, understood.input))
        };
        let put = |emoji: Option<&str>| {
            let input = Input::Reaction { message: MessageId(3), emoji: emoji.map(Into::into) };
            Some((UserId(7), Queue::Reaction, input))
        };
        let custom = r#"{"type":"custom_emoji","custom_emoji_id":"1"}"#;
        let heart = r#"{"type":"emoji","emoji":"❤"}"#;
        assert_eq!(reaction("private", 7, heart), put(Some("❤")));
        assert_eq!(reaction("private", 7, &format!("{custom},{heart}")), put(Some("❤")));
        assert_eq!(reaction("private", 7, custom), put(None));
        assert_eq!(reaction("private", 7, ""), put(None));
        assert_eq!(reaction("group", 7, heart), None);
        assert_eq!(reaction("private", 8, heart), None, "somebody else's");
    }
}
