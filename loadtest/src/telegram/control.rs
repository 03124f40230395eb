//! `/control/telegram/…`: the simulator's own door, for whoever drives it over HTTP. Loopback only.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::event::{BotId, UserId};
use super::settings::{FaultRule, Rate};
use super::{Action, Person, Simulator};

pub(super) fn router(simulator: Simulator) -> Router {
    Router::new()
        .route("/control/telegram/status", get(status))
        .route("/control/telegram/bots", get(bots).post(add_bot))
        .route("/control/telegram/act", post(act))
        .route("/control/telegram/people", post(introduce))
        .route("/control/telegram/channels", post(found_channel))
        .route("/control/telegram/channels/enter", post(enter_channel))
        .route("/control/telegram/chats", get(chats))
        .route("/control/telegram/messages", get(messages))
        .route("/control/telegram/file", get(file))
        .route("/control/telegram/checkouts", get(checkouts))
        .route("/control/telegram/payments", get(payments))
        .route("/control/telegram/faults", post(faults))
        .route("/control/telegram/limits", post(limits))
        .route("/control/telegram/twice", post(twice))
        .route("/control/telegram/acquaint", post(acquaint))
        .route("/control/telegram/spoil", post(spoil))
        .with_state(simulator)
}

/// An answer in JSON.
struct Told(Value);

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.0.to_string()).into_response()
    }
}

/// Why a request is refused, in words.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Told(json!({"error": self.1}))).into_response()
    }
}

/// Reads a body that is JSON, whatever type it says it has.
fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused(StatusCode::BAD_REQUEST, error.to_string()))
}

async fn status(State(simulator): State<Simulator>) -> Told {
    Told(json!(simulator.status()))
}

async fn bots(State(simulator): State<Simulator>) -> Told {
    Told(json!(simulator.bots()))
}

#[derive(Deserialize)]
struct NewBot {
    token: String,
}

async fn add_bot(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let bot: NewBot = read(&body)?;
    let id = simulator.add_bot(&bot.token);
    let id = id.map_err(|error| Refused(StatusCode::BAD_REQUEST, error.to_string()))?;
    Ok(Told(json!({"id": id})))
}

#[derive(Deserialize)]
struct Act {
    bot: BotId,
    user: UserId,
    action: Action,
}

async fn act(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let Act { bot, user, action } = read(&body)?;
    let acted = simulator.act(bot, user, action);
    let acted = acted.map_err(|error| Refused(StatusCode::CONFLICT, error.to_string()))?;
    Ok(Told(json!(acted)))
}

#[derive(Deserialize)]
struct Introduction {
    user: UserId,
    person: Person,
}

async fn introduce(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let Introduction { user, person } = read(&body)?;
    simulator.introduce(user, person);
    Ok(Told(json!({})))
}

#[derive(Deserialize)]
struct NewChannel {
    name: String,
    admins: Vec<BotId>,
}

async fn found_channel(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let NewChannel { name, admins } = read(&body)?;
    simulator.found_channel(&name, admins);
    Ok(Told(json!({})))
}

#[derive(Deserialize)]
struct Entering {
    name: String,
    user: UserId,
    joins: bool,
}

async fn enter_channel(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let Entering { name, user, joins } = read(&body)?;
    if simulator.enter_channel(&name, user, joins) {
        Ok(Told(json!({})))
    } else {
        Err(Refused(StatusCode::NOT_FOUND, format!("there is no channel {name}")))
    }
}

#[derive(Deserialize)]
struct OfBot {
    bot: BotId,
}

async fn chats(State(simulator): State<Simulator>, Query(of): Query<OfBot>) -> Told {
    Told(json!(simulator.chats(of.bot)))
}

#[derive(Deserialize)]
struct OfChat {
    bot: BotId,
    user: UserId,
    count: Option<usize>,
}

async fn messages(State(simulator): State<Simulator>, Query(of): Query<OfChat>) -> Told {
    Told(json!(simulator.messages(of.bot, of.user, of.count.unwrap_or(50))))
}

#[derive(Deserialize)]
struct OfFile {
    number: u64,
}

async fn file(
    State(simulator): State<Simulator>,
    Query(of): Query<OfFile>,
) -> Result<axum::body::Bytes, StatusCode> {
    simulator.file(of.number).ok_or(StatusCode::NOT_FOUND)
}

async fn checkouts(State(simulator): State<Simulator>, Query(of): Query<OfChat>) -> Told {
    Told(json!(simulator.checkouts(of.bot, of.user)))
}

async fn payments(State(simulator): State<Simulator>, Query(of): Query<OfChat>) -> Told {
    Told(json!(simulator.payments(of.bot, of.user)))
}

async fn faults(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let rules: Vec<FaultRule> = read(&body)?;
    simulator.break_calls(rules);
    Ok(Told(json!({})))
}

async fn twice(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    simulator.push_twice(read(&body)?);
    Ok(Told(json!({})))
}

/// Body of `POST /control/telegram/acquaint`: people who have a chat with a bot, as if they had started it long ago.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Acquaintance {
    /// With whom.
    pub bot: BotId,
    /// The first of them.
    pub first: UserId,
    /// How many.
    pub count: u32,
    /// From the id of one to the id of the next.
    pub step: u32,
}

async fn acquaint(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let acquainted = simulator.acquaint(&read(&body)?);
    acquainted.map_err(|error| Refused(StatusCode::NOT_FOUND, error.to_string()))?;
    Ok(Told(json!({})))
}

#[derive(Deserialize)]
struct Spoil {
    bot: BotId,
    user: UserId,
}

async fn spoil(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let Spoil { bot, user } = read(&body)?;
    let spoiled = simulator.spoil(bot, user);
    let update_id = spoiled.map_err(|error| Refused(StatusCode::CONFLICT, error.to_string()))?;
    Ok(Told(json!({"update_id": update_id})))
}

/// Body of `POST /control/telegram/limits`: from now on these, and no limit where none is named.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Limits {
    /// Messages one token may send.
    pub bot_rate: Option<Rate>,
    /// Messages one chat may receive from one bot.
    pub chat_rate: Option<Rate>,
}

async fn limits(State(simulator): State<Simulator>, body: axum::body::Bytes) -> Result<Told, Refused> {
    let limits: Limits = read(&body)?;
    simulator.limit(limits.bot_rate, limits.chat_rate);
    Ok(Told(json!({})))
}
