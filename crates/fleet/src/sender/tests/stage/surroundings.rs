//! What stands around a sender on its stage: a clock that stands still, a record of nobody, and a door that knows where
//! files are.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hamdam_archive::{Dossier, Dossiers};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::id::{BotId, UserId};
use hamdam_telegram::files::FilePlace;
use hamdam_telegram::{Call, CallError, Download, Sent, UploadError, Uploaded};

use crate::calls::BotApi;

/// Stands still until told otherwise.
#[derive(Debug, Default)]
pub(in super::super) struct StillClock(pub(super) AtomicU64);

impl Clock for StillClock {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000 + i64::try_from(self.0.load(Ordering::Relaxed)).unwrap())
    }
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// A record of nobody.
pub(super) struct Nothing;

#[async_trait::async_trait]
impl Dossiers for Nothing {
    async fn dossier(&self, _: UserId) -> hamdam_archive::Result<Dossier> {
        Ok(Dossier::default())
    }
}

/// Calls go through the stage, never through here; where files are is told as the stage says.
#[derive(Default)]
pub(in super::super) struct Door {
    /// What is answered next to who asks where a file is; without, where it is.
    pub places: Mutex<VecDeque<Result<FilePlace, CallError>>>,
    /// By which bot it was asked, for which file.
    pub asked: Mutex<Vec<(BotId, String)>>,
}

#[async_trait::async_trait]
impl BotApi for Door {
    async fn call(&self, _: BotId, call: &Call) -> Result<Sent, CallError> {
        panic!("{} went past the stage", call.method())
    }

    async fn is_member(&self, _: BotId, channel: &str, _: UserId) -> Result<bool, CallError> {
        panic!("nobody asks who is in {channel}")
    }

    async fn place(&self, bot: BotId, file_id: &str) -> Result<FilePlace, CallError> {
        self.asked.lock().unwrap().push((bot, file_id.to_owned()));
        let there = || Ok(FilePlace { file_size: Some(9), file_path: Some("there".into()) });
        self.places.lock().unwrap().pop_front().unwrap_or_else(there)
    }

    async fn open(&self, bot: BotId, _: &FilePlace) -> Result<Download, CallError> {
        panic!("a file of {bot} went past the stage")
    }

    async fn upload(&self, _: BotId, call: &Call, _: Download, _: &str) -> Result<Uploaded, UploadError> {
        panic!("{} went past the stage", call.method())
    }
}
