//! The simulator's endpoints for runs, served to loopback.
//!
//! | | |
//! |---|---|
//! | `POST /control/run` with a [`Plan`] | begins a run; its number, or 409 while one goes on or is not over for the fleet |
//! | `GET /control/run` | how it goes ([`Live`](crate::report::Live)) |
//! | `POST /control/run/finish` | the talk ends before its time; the verdict follows as usual |
//! | `DELETE /control/run` | breaks the run off: its users go home, and there is no verdict |
//! | `GET /control/run/{number}/verdict` | the verdict, or 404 as long as there is none |
//! | `POST /control/run/interrupt` with `{"pids":[…]}` | these processes are about to be killed, paused or cut off from the state: the calls they may not learn the outcome of are counted as `attempts_in_flight_at_kill` |
//! | `POST /control/run/forgot` with `{"from_ms_ago":…,"to_ms_ago":…}` | live state forgot what it was told between these moments: the updates acknowledged then are counted as `may_be_lost` |
//! | `POST /control/run/bereft` | live state lost everything: rooms that were shown may be shown again, and their ends |
//! | `POST /control/run/resume` with `{"pids":[…]}` | they were woken or reconnected, and their calls are their own again |
//! | `POST /control/run/listen` with `{"text":…}` | from now on it is counted to whom this text comes that no user writes |
//! | `GET /control/run/heard` | to how many it came ([`Heard`](super::Heard)) |

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::attempts::Interruption;
use super::conductor::{CannotBegin, Conducting};
use super::process::connections_of;
use crate::users::Plan;

/// Answer of `POST /run`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Begun {
    /// The run's number.
    pub run: u64,
}

/// Body of `POST /run/interrupt` and `/run/resume`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pids {
    /// Processes of this machine.
    pub pids: Vec<u32>,
}

/// Body of `POST /run/listen`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listen {
    /// The whole text.
    pub text: String,
}

/// Answer of `POST /run/interrupt`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Interrupted {
    /// Calls whose outcome these processes may not have learned.
    pub attempts: u64,
    /// Of these, those without an answer yet.
    pub unanswered: u64,
}

/// Body of `POST /run/forgot`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Forgot {
    /// When it began, in milliseconds before now.
    pub from_ms_ago: u64,
    /// When it ended, in milliseconds before now.
    pub to_ms_ago: u64,
}

/// Answer of `POST /run/forgot`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Excused {
    /// Updates acknowledged between these moments.
    pub acknowledged: u64,
}

/// The routes.
pub fn router(conducting: Conducting) -> Router {
    Router::new()
        .route("/control/run", post(begin).get(live).delete(stop))
        .route("/control/run/{number}/verdict", get(verdict))
        .route("/control/run/finish", post(finish))
        .route("/control/run/interrupt", post(interrupt))
        .route("/control/run/resume", post(resume))
        .route("/control/run/forgot", post(forgot))
        .route("/control/run/bereft", post(bereft))
        .route("/control/run/listen", post(listen))
        .route("/control/run/heard", get(heard))
        .with_state(conducting)
}

async fn begin(State(conducting): State<Conducting>, Json(plan): Json<Plan>) -> Response {
    match conducting.begin(plan).await {
        Ok(run) => Json(Begun { run }).into_response(),
        Err(error @ (CannotBegin::Busy | CannotBegin::Unrest(_))) => {
            (StatusCode::CONFLICT, error.to_string()).into_response()
        }
        Err(error @ CannotBegin::Plan(_)) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
        Err(error @ CannotBegin::Gone) => {
            (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response()
        }
    }
}

async fn live(State(conducting): State<Conducting>) -> Response {
    Json(conducting.live()).into_response()
}

async fn finish(State(conducting): State<Conducting>) -> StatusCode {
    conducting.finish().await;
    StatusCode::NO_CONTENT
}

async fn stop(State(conducting): State<Conducting>) -> StatusCode {
    conducting.stop().await;
    StatusCode::NO_CONTENT
}

async fn verdict(State(conducting): State<Conducting>, Path(number): Path<u64>) -> Response {
    match conducting.verdict(number) {
        Some(verdict) => Json(verdict).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn interrupt(State(conducting): State<Conducting>, Json(pids): Json<Pids>) -> Response {
    match connections(&pids) {
        Ok(connections) => {
            let Interruption { unanswered, answered } = conducting.interrupt(connections).await;
            Json(Interrupted { attempts: unanswered + answered, unanswered }).into_response()
        }
        Err(why) => (StatusCode::BAD_REQUEST, why).into_response(),
    }
}

async fn forgot(State(conducting): State<Conducting>, Json(forgot): Json<Forgot>) -> Response {
    let [from, to] = [forgot.from_ms_ago, forgot.to_ms_ago].map(Duration::from_millis);
    Json(Excused { acknowledged: conducting.forgot(from..to).await }).into_response()
}

async fn bereft(State(conducting): State<Conducting>) -> StatusCode {
    conducting.bereft().await;
    StatusCode::NO_CONTENT
}

async fn listen(State(conducting): State<Conducting>, Json(listen): Json<Listen>) -> StatusCode {
    conducting.listen(listen.text).await;
    StatusCode::NO_CONTENT
}

async fn heard(State(conducting): State<Conducting>) -> Response {
    Json(conducting.heard().await).into_response()
}

async fn resume(State(conducting): State<Conducting>, Json(pids): Json<Pids>) -> Response {
    match connections(&pids) {
        Ok(connections) => {
            conducting.resume(connections).await;
            StatusCode::NO_CONTENT.into_response()
        }
        Err(why) => (StatusCode::BAD_REQUEST, why).into_response(),
    }
}

fn connections(pids: &Pids) -> Result<HashSet<SocketAddr>, String> {
    let mut all = HashSet::new();
    for pid in &pids.pids {
        let found = connections_of(*pid).map_err(|error| format!("cannot look at process {pid}: {error}"))?;
        all.extend(found);
    }
    Ok(all)
}
