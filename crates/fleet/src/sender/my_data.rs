//! The file of all that is kept about its reader: put together when it is sent, and held nowhere before.

use std::time::Duration;

use hamdam_archive::ArchiveError;
use hamdam_domain::id::UserId;
use hamdam_domain::outbox::Notice;
use hamdam_state::StateError;
use hamdam_telegram::{Download, UploadError};

use super::chat::Job;
use super::work::{Outcome, Tools, timed};
use crate::dossier;

/// Its name and type.
const NAME: &str = "hamdam.json";
const MIME: &str = "application/json";

/// Why it cannot be put together.
#[derive(Debug, thiserror::Error)]
enum Missing {
    #[error("live state does not say what it knows: {0}")]
    State(#[from] StateError),
    #[error("the record does not say what it knows: {0}")]
    Archive(#[from] ArchiveError),
}

/// Sends the file, or says that it has to be asked for again: nobody else's message waits for a database that is away.
pub(super) async fn send(job: &Job, start_before: Duration, tools: &Tools) -> (&'static str, Outcome) {
    let (user, bot) = (job.chat.user, job.chat.bot);
    let gathered = gather(user, tools).await;
    let gathered = gathered.inspect_err(|error| tracing::warn!(%bot, %error, "somebody's data has to wait"));
    let call = if gathered.is_ok() {
        tools.voice.my_data(job.language, user)
    } else {
        let later = Notice::MyDataLater.entry();
        let call = tools.voice.render(&later, job.language, user, None);
        call.expect("a notice is always something to send")
    };
    let method = call.method();
    if tools.clock.monotonic() >= start_before {
        return (method, Outcome::Late);
    }
    let (written, answer) = match gathered {
        Ok(content) => {
            let file = Download::made(NAME, MIME, content);
            let (written, uploaded) = timed(tools, tools.api.upload(bot, &call, file, "document")).await;
            let answer = uploaded.map(|uploaded| uploaded.sent).map_err(|error| match error {
                UploadError::Download(error) | UploadError::Call(error) => error,
            });
            (written, answer)
        }
        Err(_) => timed(tools, tools.api.call(bot, &call)).await,
    };
    (method, Outcome::Answered { written, answer })
}

async fn gather(user: UserId, tools: &Tools) -> Result<Vec<u8>, Missing> {
    let reading = tools.state.read(user).await?;
    let dossier = tools.dossiers.dossier(user).await?;
    Ok(dossier::document(user, reading.record.as_ref(), &dossier, reading.now))
}
