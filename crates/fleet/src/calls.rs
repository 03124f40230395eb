//! The door to Telegram: a trait, so that the explorer can stand in for it.

use async_trait::async_trait;
use hamdam_domain::id::BotId;
use hamdam_telegram::{Call, CallError, Client, Sent};

/// Calls into chats. One call is one atomic step of the outside world: it happens or it does not, and an error says
/// what is known about that.
#[async_trait]
pub trait BotApi: Send + Sync + 'static {
    /// Makes `call` as `bot`. Ends within [`hamdam_telegram::CALL_TIMEOUT`].
    async fn call(&self, bot: BotId, call: &Call) -> Result<Sent, CallError>;
}

#[async_trait]
impl BotApi for Client {
    async fn call(&self, bot: BotId, call: &Call) -> Result<Sent, CallError> {
        Client::call(self, bot.0, call).await
    }
}
