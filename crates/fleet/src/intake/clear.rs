//! Clearing a finished room: what it held is read from the durable record, and what that does not have yet from live
//! state's id maps.

use std::time::Duration;

use hamdam_archive::{PastRoom, StoredMessage};
use hamdam_bot::{Cleared, Input, Outcome, Past, Scene, clear, clear_later};
use hamdam_domain::id::{BotId, RoomId, UserId};

use super::{Intake, IntakeError};

/// How old a message may be that is deleted: Telegram's 48 hours, less what waits in an outbox.
const DELETABLE: Duration = Duration::from_mins(47 * 60 + 55);

impl Intake {
    /// The partner's chat first, then one's own, with the answer. Done again after a crash, deletions find nothing left.
    pub(super) async fn clear(
        &self,
        scene: &Scene<'_>,
        room: Option<RoomId>,
    ) -> Result<Option<Outcome>, IntakeError> {
        let since = scene.now.before(DELETABLE);
        let stored = match self.profiles.past_room(scene.said.user, room, since).await {
            Ok(stored) => stored,
            Err(error) => {
                tracing::debug!(%error, "a finished room cannot be looked up");
                return Ok(self.act(scene, &clear_later(scene)).await?);
            }
        };
        // A room that is open has no end to clear behind.
        let over = stored.filter(|stored| scene.record.session.room() != Some(stored.room));
        let past = match over {
            Some(stored) => self.past(scene, &stored).await?,
            None => None,
        };
        let Cleared { there, act } = clear(scene, past.as_ref());
        if let Some(Past { room, partner, .. }) = past {
            for (part, (bot, entry)) in there.iter().enumerate() {
                let once = format!("clear:{room}:{}:{part}", scene.update.id);
                self.state.post(partner, *bot, entry, &once).await?;
            }
        }
        Ok(self.act(scene, &act).await?)
    }

    /// What can be deleted of it; `None` where nobody knows in which chat that is.
    async fn past(&self, scene: &Scene<'_>, stored: &PastRoom) -> Result<Option<Past>, IntakeError> {
        let user = scene.said.user;
        let PastRoom { room, partner, messages } = stored;
        let (room, partner) = (*room, *partner);
        // The button stands in the chat that the room was in.
        let pressed = matches!(scene.said.input, Input::Press { .. }).then_some(scene.update.bot);
        let Some(bot) = self.bot_of(user, messages).or(pressed) else { return Ok(None) };
        let partner_bot = self.bot_of(partner, messages);
        let mut past = Past { room, bot, partner, partner_bot, here: [].into(), there: [].into() };
        for message in messages {
            if message.sender == user && message.bot == bot {
                past.here.insert(message.sender_message);
                past.there.extend(message.partner_message);
            } else if message.sender == partner {
                past.here.extend(message.partner_message);
            }
        }
        for pair in self.state.ids(user, room).await? {
            past.here.insert(pair.here);
        }
        for pair in self.state.ids(partner, room).await? {
            past.here.insert(pair.there);
            past.there.insert(pair.here);
        }
        Ok(Some(past))
    }

    /// By which bot somebody was in that room: the one they wrote to. Of who never wrote only a fleet of one bot knows.
    fn bot_of(&self, user: UserId, messages: &[StoredMessage]) -> Option<BotId> {
        let wrote = messages.iter().rev().find(|message| message.sender == user).map(|message| message.bot);
        wrote.or_else(|| match *self.bots.ids() {
            [only] => Some(only),
            _ => None,
        })
    }
}
