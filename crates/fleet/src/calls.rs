//! The door to Telegram: a trait, so that the explorer can stand in for it.

use std::time::Duration;

use async_trait::async_trait;
use hamdam_domain::id::{BotId, UserId};
use hamdam_telegram::files::{FilePlace, GetFile};
use hamdam_telegram::member::GetChatMember;
use hamdam_telegram::{Call, CallError, Client, Download, Executed, Method, Sent, UploadError, Uploaded};

/// Calls into chats. One call is one atomic step of the outside world: it happens or it does not, and an error says
/// what is known about that.
#[async_trait]
pub trait BotApi: Send + Sync + 'static {
    /// Makes `call` as `bot`. Ends within [`hamdam_telegram::CALL_TIMEOUT`].
    async fn call(&self, bot: BotId, call: &Call) -> Result<Sent, CallError>;

    /// Whether a user is in a public channel, as `bot` may know it. Ends within [`MEMBER_TIMEOUT`]: a webhook waits for it.
    /// Changes nothing anywhere.
    async fn is_member(&self, bot: BotId, channel: &str, user: UserId) -> Result<bool, CallError>;

    /// Where `bot` can fetch a file it knows by this id. Changes nothing anywhere.
    async fn place(&self, bot: BotId, file_id: &str) -> Result<FilePlace, CallError>;

    /// Begins to fetch a file as `bot`. Changes nothing anywhere.
    async fn open(&self, bot: BotId, place: &FilePlace) -> Result<Download, CallError>;

    /// Makes `call` as `bot` with the file it encloses, a message of this `kind`. Ends within
    /// [`hamdam_telegram::TRANSFER_TIMEOUT`].
    async fn upload(
        &self,
        bot: BotId,
        call: &Call,
        file: Download,
        kind: &str,
    ) -> Result<Uploaded, UploadError>;
}

/// How long a webhook waits for [`BotApi::is_member`].
pub const MEMBER_TIMEOUT: Duration = Duration::from_secs(1);

#[async_trait]
impl BotApi for Client {
    async fn call(&self, bot: BotId, call: &Call) -> Result<Sent, CallError> {
        Client::call(self, bot.0, call).await
    }

    async fn is_member(&self, bot: BotId, channel: &str, user: UserId) -> Result<bool, CallError> {
        let asked = GetChatMember { chat_id: channel.to_owned(), user_id: user.0 };
        match tokio::time::timeout(MEMBER_TIMEOUT, self.ask(bot.0, &asked)).await {
            Ok(answer) => answer.map(|member| member.is_in()),
            Err(_) => Err(CallError::Retry {
                method: GetChatMember::NAME,
                executed: Executed::Perhaps,
                reason: "no answer in time".to_owned(),
                source: None,
            }),
        }
    }

    async fn place(&self, bot: BotId, file_id: &str) -> Result<FilePlace, CallError> {
        self.ask(bot.0, &GetFile { file_id: file_id.to_owned() }).await
    }

    async fn open(&self, bot: BotId, place: &FilePlace) -> Result<Download, CallError> {
        Client::open(self, bot.0, place).await
    }

    async fn upload(
        &self,
        bot: BotId,
        call: &Call,
        file: Download,
        kind: &str,
    ) -> Result<Uploaded, UploadError> {
        Client::upload(self, bot.0, call, file, kind).await
    }
}
