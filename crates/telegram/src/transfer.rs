//! Files on their way from one bot to another: fetched and sent in one stream, never held whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use reqwest::header::CONTENT_LENGTH;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Url};
use serde_json::{Map, Value};

use crate::answer;
use crate::call::{Call, Sent};
use crate::client::{Client, body, broken};
use crate::error::{CallError, Executed};
use crate::files::FilePlace;
use crate::method::{Method, SetWebhook};

/// The longest a file may take from the first byte of its upload to the last of the answer: 20 MB both ways on a line
/// of a server. Below the time an instance has to drain.
pub const TRANSFER_TIMEOUT: Duration = Duration::from_secs(25);

/// The name under which a fetch stands in errors.
const FETCH: &str = "file";

/// A file that is being fetched.
pub struct Download {
    /// Its size in bytes, if that is known.
    pub size: Option<u64>,
    /// Its name: what Telegram goes by to tell what is in it.
    pub name: String,
    /// What is in it, if somebody said.
    pub mime: Option<String>,
    /// Its content, piece by piece.
    pub content: BoxStream<'static, Result<Bytes, CallError>>,
}

/// What an upload brought back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uploaded {
    /// The message.
    pub sent: Sent,
    /// The file's id, as the bot that sent it knows it; `None` if Telegram made something else of it.
    pub file_id: Option<String>,
}

/// An upload that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The file broke off while it was fetched: Telegram did not get the whole request, so nothing happened.
    #[error(transparent)]
    Download(CallError),
    /// The call itself.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl Download {
    /// A file that was made here and not fetched.
    #[must_use]
    pub fn made(name: &str, mime: &str, content: Vec<u8>) -> Self {
        Self {
            size: Some(content.len() as u64),
            name: name.to_owned(),
            mime: Some(mime.to_owned()),
            content: futures::stream::iter([Ok(Bytes::from(content))]).boxed(),
        }
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Client {
    /// Begins to fetch a file. An error says whether to try again, beginning with `getFile`.
    pub async fn open(&self, bot: i64, place: &FilePlace) -> Result<Download, CallError> {
        let missing = |reason: &str| CallError::Explain { method: FETCH, reason: reason.to_owned() };
        let path = place.file_path.as_deref().ok_or_else(|| missing("it has no address"))?;
        let url = self.file_url(bot, path)?;
        let request = self.http().get(url).timeout(TRANSFER_TIMEOUT).send();
        let response = request.await.map_err(|error| broken(FETCH, error))?;
        match response.status().as_u16() {
            200 => {}
            status @ (404 | 410 | 429 | 500..=599) => return Err(again(format!("status {status}"))),
            status => return Err(missing(&format!("status {status}"))),
        }
        let size = response
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .or(place.file_size);
        let content = response.bytes_stream().map(|piece| piece.map_err(|error| broken(FETCH, error)));
        let name = path.rsplit('/').next().unwrap_or(FETCH).to_owned();
        Ok(Download { size, name, mime: None, content: content.boxed() })
    }

    /// Calls into a chat with a file, of a message of this `kind` (the field of `Message` that holds it).
    pub async fn upload(
        &self,
        bot: i64,
        call: &Call,
        file: Download,
        kind: &str,
    ) -> Result<Uploaded, UploadError> {
        let method = call.method();
        let bug = |description: &str| CallError::Bug { method, code: 0, description: description.to_owned() };
        let part = call.encloses().ok_or_else(|| bug("it encloses no file"))?.to_owned();
        let broke_off = Arc::new(AtomicBool::new(false));
        let Download { size, name, mime, content } = file;
        let body = Body::wrap_stream(whole(content, size, Arc::clone(&broke_off)));
        let mut enclosed = match size {
            Some(size) => Part::stream_with_length(body, size),
            None => Part::stream(body),
        };
        enclosed = enclosed.file_name(name);
        if let Some(mime) = mime {
            enclosed = enclosed.mime_str(&mime).map_err(|_| bug("what is in the file has no name"))?;
        }
        let form = parameters(method, &call.body()?)?.part(part, enclosed);
        match self.post_form(bot, method, form).await {
            Ok(raw) => {
                let sent = answer::placed(method, &raw)?;
                let file_id = answer::file_id(&raw, kind);
                Ok(Uploaded { sent: sent.into(), file_id })
            }
            Err(_) if broke_off.load(Ordering::Acquire) => {
                Err(UploadError::Download(again("the file broke off".to_owned())))
            }
            Err(error) => Err(UploadError::Call(error)),
        }
    }

    /// Registers where updates are pushed, with the certificate in PEM that the address shows: for one that no authority
    /// vouches for.
    pub async fn set_webhook(
        &self,
        bot: i64,
        webhook: &SetWebhook,
        certificate: Vec<u8>,
    ) -> Result<bool, CallError> {
        let method = SetWebhook::NAME;
        let enclosed = Part::bytes(certificate).file_name("certificate.pem");
        let form = parameters(method, &body(webhook)?)?.part("certificate", enclosed);
        answer::read(method, &self.post_form(bot, method, form).await?)
    }

    async fn post_form(&self, bot: i64, method: &'static str, form: Form) -> Result<answer::Raw, CallError> {
        let url: Url = self.url(bot, method)?;
        self.exchange(method, self.http().post(url).timeout(TRANSFER_TIMEOUT).multipart(form)).await
    }
}

fn again(reason: String) -> CallError {
    CallError::Retry { method: FETCH, executed: Executed::No, reason, source: None }
}

/// The content as far as it comes; an error at its end if that is not all of it.
fn whole(
    content: BoxStream<'static, Result<Bytes, CallError>>,
    size: Option<u64>,
    broke_off: Arc<AtomicBool>,
) -> BoxStream<'static, Result<Bytes, CallError>> {
    let came = (content, 0_u64, false);
    futures::stream::unfold(came, move |(mut content, came, over)| {
        let broke_off = Arc::clone(&broke_off);
        async move {
            if over {
                return None;
            }
            match content.next().await {
                Some(Ok(piece)) => {
                    let came = came + piece.len() as u64;
                    Some((Ok(piece), (content, came, false)))
                }
                None if size.is_none_or(|size| size == came) => None,
                end => {
                    broke_off.store(true, Ordering::Release);
                    let short = || again("the file ended early".to_owned());
                    let error = end.and_then(Result::err).unwrap_or_else(short);
                    Some((Err(error), (content, came, true)))
                }
            }
        }
    })
    .boxed()
}

/// The parameters of a call as fields of a form: texts as they are, anything else as JSON.
fn parameters(method: &'static str, body: &[u8]) -> Result<Form, CallError> {
    let fields: Map<String, Value> = serde_json::from_slice(body).map_err(|error| CallError::Bug {
        method,
        code: 0,
        description: format!("its parameters are no object: {error}"),
    })?;
    Ok(fields.into_iter().fold(Form::new(), |form, (name, value)| match value {
        Value::String(text) => form.text(name, text),
        other => form.text(name, other.to_string()),
    }))
}
