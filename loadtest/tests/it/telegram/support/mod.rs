//! A simulator with its sockets, a witness that remembers, a client for calls, and a webhook that can misbehave.

mod hook;
mod http;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use loadtest::telegram::{
    Acted, Action, BotId, Event, MessageId, Origin, Settings, Simulator, UserId, What, Witness,
};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::AbortHandle;

pub(super) use hook::{Hook, Received, Reply};
pub(super) use http::{Answer, request};

pub(super) const TOKEN: &str = "5001:AAexampleexampleexampleexampleexample";
pub(super) const OTHER: &str = "5002:AAexampleexampleexampleexampleexample";
pub(super) const BOT: BotId = 5001;
pub(super) const OTHER_BOT: BotId = 5002;
/// Nothing here takes so long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// Remembers everything, and wakes who waits for something.
pub(super) struct Memory {
    events: Mutex<Vec<Event>>,
    grown: watch::Sender<usize>,
}

impl Witness for Memory {
    fn saw(&self, event: &Event) {
        let mut events = self.events.lock().unwrap();
        events.push(event.clone());
        self.grown.send_replace(events.len());
    }
}

/// A running simulator with two bots.
pub(super) struct Telegram {
    pub(super) simulator: Simulator,
    pub(super) address: SocketAddr,
    memory: Arc<Memory>,
    server: AbortHandle,
}

impl Drop for Telegram {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Telegram {
    /// Without limits, so that they disturb only the tests that are about them.
    pub(super) async fn start() -> Self {
        Self::with(Settings { bot_rate: None, chat_rate: None, ..Settings::default() }).await
    }

    /// Telegram's time runs so much faster.
    pub(super) async fn faster(time_scale: f64) -> Self {
        Self::with(Settings { bot_rate: None, chat_rate: None, time_scale, ..Settings::default() }).await
    }

    pub(super) async fn with(settings: Settings) -> Self {
        let memory = Arc::new(Memory { events: Mutex::default(), grown: watch::channel(0).0 });
        let simulator = Simulator::new(settings, Arc::clone(&memory) as Arc<dyn Witness>);
        assert_eq!(simulator.add_bot(TOKEN), Ok(BOT));
        assert_eq!(simulator.add_bot(OTHER), Ok(OTHER_BOT));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = simulator.clone();
        let mut tasks = tokio::task::JoinSet::new();
        let server = tasks.spawn(async move { serving.serve(listener, axum::Router::new()).await });
        tasks.detach_all();
        Self { simulator, address, memory, server }
    }

    /// A call with a JSON body; the answer must be `"ok": true`.
    pub(super) async fn good(&self, method: &str, body: Value) -> Value {
        let answer = self.call(method, body).await;
        assert_eq!(answer.json["ok"], true, "{method}: {}", answer.json);
        answer.json["result"].clone()
    }

    /// A call with a JSON body; the answer must be a refusal, and is given as `code description`.
    pub(super) async fn refused(&self, method: &str, body: Value) -> String {
        let answer = self.call(method, body).await;
        assert_eq!(answer.json["ok"], false, "{method}: {}", answer.json);
        assert_eq!(answer.json["error_code"], answer.status);
        format!("{} {}", answer.status, answer.json["description"].as_str().unwrap())
    }

    /// A call with a JSON body.
    pub(super) async fn call(&self, method: &str, body: Value) -> Answer {
        self.call_as(TOKEN, method, body).await
    }

    /// A call with a JSON body.
    pub(super) async fn call_as(&self, token: &str, method: &str, body: Value) -> Answer {
        let path = format!("/bot{token}/{method}");
        let answer =
            request(self.address, "POST", &path, "application/json", body.to_string().as_bytes()).await;
        answer.expect("the call is answered")
    }

    /// Points the bot to this webhook, with more parameters of `setWebhook`.
    pub(super) async fn point_to(&self, hook: &Hook, more: Value) {
        let mut body = json!({"url": hook.url()});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.good("setWebhook", body).await;
    }

    /// A user does something with the first bot, and can.
    pub(super) fn act(&self, user: UserId, action: Action) -> Acted {
        self.simulator.act(BOT, user, action).unwrap()
    }

    /// A user starts the first bot. Gives the id of their `/start`.
    pub(super) fn start_bot(&self, user: UserId) -> MessageId {
        self.act(user, Action::Start { payload: None }).message_id.unwrap()
    }

    /// A user writes a text to the first bot.
    pub(super) fn writes(&self, user: UserId, text: &str) -> MessageId {
        self.act(user, Action::text(text)).message_id.unwrap()
    }

    /// Everything that happened.
    pub(super) fn events(&self) -> Vec<What> {
        self.memory.events.lock().unwrap().iter().map(|event| event.what.clone()).collect()
    }

    /// Everything that happened, where it is what `pick` wants.
    pub(super) fn all<T>(&self, pick: impl FnMut(&What) -> Option<T>) -> Vec<T> {
        self.events().iter().filter_map(pick).collect()
    }

    /// Why calls were invalid.
    pub(super) fn invalid(&self) -> Vec<String> {
        self.all(|what| if let What::InvalidCall { why, .. } = what { Some(why.clone()) } else { None })
    }

    /// Where the messages of bots came from, in order.
    pub(super) fn origins(&self) -> Vec<Origin> {
        self.all(
            |what| if let What::MessagePlaced { origin, .. } = what { Some(origin.clone()) } else { None },
        )
    }

    /// Waits until the events are as wished.
    pub(super) async fn until(&self, wished: impl Fn(&[What]) -> bool) {
        let mut grown = self.memory.grown.subscribe();
        let waiting = async {
            while !wished(&self.events()) {
                grown.changed().await.unwrap();
            }
        };
        let came = tokio::time::timeout(PATIENCE, waiting).await.is_ok();
        assert!(came, "it never came to that: {:#?}", self.events());
    }

    /// Waits until so many events are what `pick` wants, and gives them.
    pub(super) async fn first<T>(&self, count: usize, pick: impl Fn(&What) -> Option<T>) -> Vec<T> {
        self.until(|events| events.iter().filter(|what| pick(what).is_some()).count() >= count).await;
        self.all(pick)
    }
}
