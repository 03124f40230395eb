//! No update makes us answer an error for ever (invariant 8): a few chats that always fail stall a whole bot.

use std::error::Error;

use hamdam_bot::Outcome;
use hamdam_domain::id::{BotId, UpdateId};
use hamdam_state::step::bot::DeadLetter;
use hamdam_telegram::Update;

use super::{Intake, IntakeError};

/// How often an update may fail while live state was healthy, before it is kept aside.
pub const STRIKES: u32 = 5;

/// What became of the body of a webhook request.
#[derive(Debug)]
pub struct Received {
    /// The update's id, if the body is an update.
    pub update: Option<UpdateId>,
    /// Its kind: the name of its field, `other` if it is none.
    pub kind: &'static str,
    /// `Ok` is answered 200, an error 503.
    pub result: Result<Outcome, IntakeError>,
}

impl Intake {
    /// Takes in the body of a webhook request, and counts it by outcome.
    ///
    /// What is no update is kept aside at once, what fails [`STRIKES`] times then.
    pub async fn receive(&self, bot: BotId, body: &[u8]) -> Received {
        match Update::from_json(body) {
            Ok(update) => {
                let (id, kind) = (UpdateId(update.update_id), update.kind());
                let result = self.attempt(bot, body, &update).await;
                Received { update: Some(id), kind, result }
            }
            Err(error) => {
                let result = self.bury(bot, body, "other", unreadable(&error)).await;
                Received { update: None, kind: "other", result }
            }
        }
    }

    async fn attempt(&self, bot: BotId, body: &[u8], update: &Update) -> Result<Outcome, IntakeError> {
        let kind = update.kind();
        let error = match self.handle(bot, update).await {
            Ok(outcome) => {
                self.metrics.count_update(bot, kind, outcome.label());
                return Ok(outcome);
            }
            Err(error) => error,
        };
        if !error.passes() && self.state.strike(bot, UpdateId(update.update_id)).await? >= STRIKES {
            return self.bury(bot, body, kind, chain(&error)).await;
        }
        self.metrics.count_update(bot, kind, "failed");
        Err(error)
    }

    async fn bury(
        &self,
        bot: BotId,
        body: &[u8],
        kind: &'static str,
        reason: String,
    ) -> Result<Outcome, IntakeError> {
        tracing::warn!(%bot, reason, "update kept aside");
        self.state.bury(bot, &DeadLetter { body: body.to_vec(), reason }).await?;
        self.metrics.count_update(bot, kind, Outcome::Buried.label());
        self.metrics.count_dead_letter(bot);
        Ok(Outcome::Buried)
    }
}

/// Where the body stops being an update. The parser's own words may quote what people wrote, so they are left out.
fn unreadable(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "JSON, but no update",
        _ => "not JSON",
    };
    format!("{what}: line {}, column {}", error.line(), error.column())
}

/// An error with everything it came from.
fn chain(error: &IntakeError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
