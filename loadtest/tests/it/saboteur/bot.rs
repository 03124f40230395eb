//! The model behind HTTP: webhooks in, calls out, one at a time per chat.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::post;
use loadtest::oracle::Fault;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::model::{Message, Model, Out, User};

/// Which message stands for which in the other chat.
type Ids = HashMap<(User, Message), Message>;

struct Bot {
    model: Mutex<Model>,
    chats: Mutex<HashMap<User, mpsc::UnboundedSender<Out>>>,
    senders: Mutex<JoinSet<()>>,
    ids: Arc<Mutex<Ids>>,
    url: String,
    http: reqwest::Client,
}

/// Serves webhooks on this listener until dropped. `api` is the Bot API with the token: `http://host/bot<token>`.
pub(crate) async fn serve(listener: TcpListener, api: String, id: i64, sabotage: Option<Fault>) {
    let bot = Bot {
        model: Mutex::new(Model::new(id, sabotage)),
        chats: Mutex::default(),
        senders: Mutex::default(),
        ids: Arc::default(),
        url: api,
        http: client(),
    };
    let router = axum::Router::new().route("/telegram/{bot}", post(webhook)).with_state(Arc::new(bot));
    axum::serve(listener, router).await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the bot under test shares nothing with the fleet")]
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn webhook(State(bot): State<Arc<Bot>>, body: String) {
    let update: Value = serde_json::from_str(&body).unwrap();
    // Queued under the model's lock, so that every chat gets its calls in the model's order.
    let mut model = bot.model.lock().unwrap();
    for (chat, out) in model.take(&update) {
        let mut chats = bot.chats.lock().unwrap();
        let queue = chats.entry(chat).or_insert_with(|| {
            let (queue, queued) = mpsc::unbounded_channel();
            bot.senders.lock().unwrap().spawn(send(
                chat,
                queued,
                bot.http.clone(),
                bot.url.clone(),
                bot.ids.clone(),
            ));
            queue
        });
        queue.send(out).unwrap();
    }
}

async fn send(
    chat: User,
    mut queued: mpsc::UnboundedReceiver<Out>,
    http: reqwest::Client,
    api: String,
    ids: Arc<Mutex<Ids>>,
) {
    while let Some(out) = queued.recv().await {
        let (method, body) = match &out {
            Out::Call { method, body } => (*method, body.clone()),
            Out::Copy { from, message, reply_to } => {
                let mut body = json!({ "chat_id": chat, "from_chat_id": from, "message_id": message });
                let there = reply_to.and_then(|reply| ids.lock().unwrap().get(&(*from, reply)).copied());
                if let Some(there) = there {
                    body["reply_parameters"] =
                        json!({ "message_id": there, "allow_sending_without_reply": true });
                }
                ("copyMessage", body)
            }
            Out::Edit { from, message, text } => {
                let Some(there) = ids.lock().unwrap().get(&(*from, *message)).copied() else { continue };
                ("editMessageText", json!({ "chat_id": chat, "message_id": there, "text": text }))
            }
        };
        let answer = http.post(format!("{api}/{method}")).json(&body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        if let Out::Copy { from, message, .. } = out {
            if let Some(copy) = answer["result"]["message_id"].as_i64() {
                ids.lock().unwrap().extend([((from, message), copy), ((chat, copy), message)]);
            } else {
                // It cannot be copied: its writer is told.
                let body = json!({
                    "chat_id": from, "text": "cannot be copied", "reply_parameters": { "message_id": message },
                });
                http.post(format!("{api}/sendMessage")).json(&body).send().await.unwrap();
            }
        }
    }
}
