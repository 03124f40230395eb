//! Clearing a finished room: what it held is read from the durable record, and what that does not have yet from live
//! state's id maps.

use std::time::Duration;

use hamdam_bot::{Cleared, Outcome, Past, Scene, clear};
use hamdam_domain::id::RoomId;

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
        let past = match self.past(scene, room).await {
            Ok(past) => past,
            Err(IntakeError::Profiles(error)) => {
                tracing::debug!(%error, "a finished room cannot be looked up");
                return Ok(self.act(scene, &hamdam_bot::clear_later(scene)).await?);
            }
            Err(error) => return Err(error),
        };
        let Cleared { there, act } = clear(scene, past.as_ref());
        if let Some(Past { room, partner, partner_bot, .. }) = past {
            for (part, entry) in there.iter().enumerate() {
                let once = format!("clear:{room}:{}:{part}", scene.update.id);
                self.state.tell_through(partner, partner_bot, entry, &once).await?;
            }
        }
        Ok(self.act(scene, &act).await?)
    }

    async fn past(&self, scene: &Scene<'_>, room: Option<RoomId>) -> Result<Option<Past>, IntakeError> {
        let (user, since) = (scene.said.user, scene.now.before(DELETABLE));
        let Some(stored) = self.profiles.past_room(user, room, since).await? else { return Ok(None) };
        // The room that is open has no end to clear behind.
        if scene.record.session.room() == Some(stored.room) {
            return Ok(None);
        }
        let (room, partner, here_bot) = (stored.room, stored.partner, scene.update.bot);
        let theirs = stored.messages.iter().filter(|message| message.sender == partner);
        let partner_bot = theirs.clone().next_back().map_or(here_bot, |message| message.bot);
        let mut past = Past { room, partner, partner_bot, here: [].into(), there: [].into() };
        for message in &stored.messages {
            if message.sender == user && message.bot == here_bot {
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
}
