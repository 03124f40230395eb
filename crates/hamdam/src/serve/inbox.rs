//! Where the door hands updates to the fleet's intake.

use async_trait::async_trait;
use axum::body::Bytes;
use hamdam_domain::id::BotId;
use hamdam_fleet::intake::{Intake, IntakeError};

use crate::http::{Inbox, Receipt};

#[async_trait]
impl Inbox for Intake {
    async fn take(&self, bot: BotId, body: Bytes) -> Receipt {
        let received = self.receive(bot, &body).await;
        let (outcome, error) = match received.result {
            Ok(outcome) => (outcome.label(), None),
            Err(error) => ("failed", Some(described(error))),
        };
        Receipt { update: received.update, kind: received.kind, outcome, error }
    }
}

/// The error and everything it came from, in one line.
fn described(error: IntakeError) -> String {
    format!("{:#}", anyhow::Error::new(error))
}
