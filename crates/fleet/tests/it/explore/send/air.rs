//! The air between us and Telegram: requests are under way in it until they are answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use hamdam_domain::clock::Clock;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_fleet::calls::BotApi;
use hamdam_fleet::sender::Chat;
use hamdam_telegram::files::FilePlace;
use hamdam_telegram::{Call, CallError, Download, Sent, UploadError, Uploaded};

use crate::explore::chance::HandClock;

/// A request under way to Telegram.
pub(super) struct Flight {
    pub chat: Chat,
    pub entry: EntryId,
    pub written: Duration,
    /// What Telegram answered.
    pub answer: Option<Result<Sent, CallError>>,
}

/// The air between us and Telegram.
#[derive(Default)]
pub(super) struct Air {
    /// Whose request is written next.
    pub next: Option<(Chat, EntryId)>,
    pub flights: BTreeMap<u64, Flight>,
    count: u64,
}

pub(super) struct Line {
    pub air: Arc<Mutex<Air>>,
    pub clock: Arc<HandClock>,
}

#[async_trait]
impl BotApi for Line {
    async fn call(&self, _: BotId, _: &Call) -> Result<Sent, CallError> {
        let number = {
            let mut air = self.air.lock().unwrap();
            let (chat, entry) = air.next.take().expect("the stage says whose call it is");
            air.count += 1;
            let number = air.count;
            let flight = Flight { chat, entry, written: self.clock.monotonic(), answer: None };
            air.flights.insert(number, flight);
            number
        };
        std::future::poll_fn(|_| {
            let mut air = self.air.lock().unwrap();
            match air.flights.get_mut(&number).map(|flight| flight.answer.take()) {
                Some(Some(answer)) => {
                    air.flights.remove(&number);
                    Poll::Ready(answer)
                }
                _ => Poll::Pending,
            }
        })
        .await
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
