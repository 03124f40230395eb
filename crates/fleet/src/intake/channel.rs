//! Whether somebody is in the channel that an operator requires: asked of Telegram where it matters and is not known.

use hamdam_bot::{Membership, Understood};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::BotId;
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::record::Record;

use super::Intake;

impl Intake {
    /// What is known of it, after asking if it must. Only where something begins, never for a message in a room.
    pub(super) async fn membership(
        &self,
        said: &Understood,
        update: &UpdateRef,
        record: &Record,
        now: Millis,
    ) -> Membership {
        let (Some(channel), Some(api)) = (&self.settings.channel, &self.api) else {
            return Membership::Unasked;
        };
        if record.has_done(update, now) {
            return Membership::Unasked;
        }
        if let Some(known) = Membership::known(&said.input, record, now) {
            return known;
        }
        let asked = api.is_member(update.bot, &channel.to_string(), said.user).await;
        self.note(update.bot, &asked);
        Membership::told(asked.ok(), now)
    }

    fn note(&self, bot: BotId, asked: &Result<bool, hamdam_telegram::CallError>) {
        let answer = match asked {
            Ok(true) => "in",
            Ok(false) => "out",
            Err(error) => {
                tracing::debug!(%bot, %error, "Telegram does not tell who is in the required channel");
                "unknown"
            }
        };
        self.metrics.channel_checks.with_label_values(&[answer]).inc();
    }
}
