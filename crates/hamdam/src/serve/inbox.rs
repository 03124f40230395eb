//! Where the door hands updates to the fleet's intake.

use std::pin::pin;

use async_trait::async_trait;
use axum::body::Bytes;
use hamdam_domain::id::BotId;
use hamdam_fleet::intake::{Intake, IntakeError};
use hamdam_telegram::{Event, Update};

use super::steps;
use crate::http::{Inbox, Receipt};

#[async_trait]
impl Inbox for Intake {
    async fn take(&self, bot: BotId, body: Bytes) -> Receipt {
        let receiving = pin!(self.receive(bot, &body));
        let (received, steps) = steps::counted(receiving).await;
        let (outcome, error) = match received.result {
            Ok(outcome) => (outcome.label(), None),
            Err(error) => ("failed", Some(described(error))),
        };
        Receipt { update: received.update, kind: received.kind, outcome, error, steps }
    }

    fn is_urgent(&self, body: &[u8]) -> bool {
        matches!(Update::from_json(body), Ok(Update { event: Event::PreCheckoutQuery(_), .. }))
    }
}

/// The error and everything it came from, in one line.
fn described(error: IntakeError) -> String {
    format!("{:#}", anyhow::Error::new(error))
}
