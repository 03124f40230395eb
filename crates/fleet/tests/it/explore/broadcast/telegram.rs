//! Telegram: it treats the requests that are under way, and none outlives the longest call.

use std::time::Duration;

use async_trait::async_trait;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_fleet::calls::BotApi;
use hamdam_telegram::files::FilePlace;
use hamdam_telegram::{Call, CallError, Download, Executed, Sent, UploadError, Uploaded};

use super::Town;
use crate::explore::chance::{LIMITS, Landing};

/// Calls go by the scenario's hands.
pub(super) struct NoLine;

#[async_trait]
impl BotApi for NoLine {
    async fn call(&self, _: BotId, call: &Call) -> Result<Sent, CallError> {
        panic!("{} went past the scenario", call.method())
    }

    async fn is_member(&self, _: BotId, channel: &str, _: UserId) -> Result<bool, CallError> {
        panic!("nobody asks who is in {channel}")
    }

    async fn place(&self, bot: BotId, _: &str) -> Result<FilePlace, CallError> {
        panic!("no file of {bot} is played with")
    }

    async fn open(&self, bot: BotId, _: &FilePlace) -> Result<Download, CallError> {
        panic!("no file of {bot} is played with")
    }

    async fn upload(&self, bot: BotId, _: &Call, _: Download, _: &str) -> Result<Uploaded, UploadError> {
        panic!("no file of {bot} is played with")
    }
}

/// A request under way to Telegram.
pub(super) struct Flight {
    /// Who waits for its answer, if they live.
    pub office: usize,
    pub user: UserId,
    pub entry: EntryId,
    pub written: Duration,
    pub answer: Option<Result<Sent, CallError>>,
}

impl Town {
    /// Telegram treats a request.
    pub(super) fn land(&mut self, number: u64, how: Landing) {
        let flight = self.flights.get_mut(&number).expect("it is in the air");
        let (executed, source) = (Executed::Perhaps, None);
        let retry = CallError::Retry { method: "call", executed, reason: String::new(), source };
        if matches!(how, Landing::Done | Landing::DoneUnheard) {
            *self.heard.entry(flight.user).or_default() += 1;
        }
        flight.answer = Some(match how {
            Landing::Done => Ok(Sent { message_id: Some(1), others: Vec::new() }),
            Landing::DoneUnheard | Landing::Broken => Err(retry),
            Landing::Limited => Err(CallError::Pause { method: "call", seconds: 1 }),
            Landing::Blocked => {
                *self.blocked.entry(flight.user).or_default() += 1;
                Err(CallError::Unreachable { method: "call", reason: String::new() })
            }
        });
    }

    /// Time passes. No request outlives the longest call: its writer gives it up then.
    pub(super) fn wait(&mut self, time: Duration) {
        let until = self.now() + time;
        let over: Vec<u64> = self
            .flights
            .iter()
            .filter(|(_, flight)| flight.answer.is_none() && flight.written + LIMITS.longest_call <= until)
            .map(|(number, _)| *number)
            .collect();
        for number in over {
            let at = self.flights[&number].written + LIMITS.longest_call;
            self.clock.set(at);
            self.land(number, Landing::Broken);
            (0..self.offices.len()).for_each(|office| self.hear(office));
        }
        self.clock.set(until);
    }
}
