//! The HTTP server: takes calls, gives files, and passes on what is meant for control.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::api::{Polled, Refusal, Request, poll};
use super::event::{BotId, CallId, Outcome, What};
use super::push::pump::pump;
use super::settings::Fault;
use super::world::{World, file};

/// Bytes of a request: the largest upload, and what stands around it.
const LARGEST_REQUEST: usize = (50 << 20) + (64 << 10);

/// What all clones of the simulator share.
pub(super) struct Inner {
    world: Mutex<World>,
    tasks: TaskTracker,
    runtime: tokio::runtime::Handle,
    stop: CancellationToken,
    /// Ends the tasks with the last clone.
    _stop: DropGuard,
}

impl Inner {
    pub(super) fn new(world: World) -> Self {
        let stop = CancellationToken::new();
        Self {
            world: Mutex::new(world),
            tasks: TaskTracker::new(),
            runtime: tokio::runtime::Handle::current(),
            _stop: stop.clone().drop_guard(),
            stop,
        }
    }

    /// The world. A panic elsewhere leaves no critical section half done that a reader would mind.
    pub(super) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs until it ends or the simulator does.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        let task = async move {
            stop.run_until_cancelled_owned(task).await;
        };
        drop(self.tasks.spawn_on(task, &self.runtime));
    }
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
struct Broken;

/// Serves connections until dropped.
pub(super) async fn serve(inner: Arc<Inner>, listener: TcpListener, control: axum::Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(Arc::clone(&inner), stream, peer, control.clone()));
                }
                // Out of descriptors: whoever holds some must give them back first.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(inner: Arc<Inner>, stream: TcpStream, peer: SocketAddr, control: axum::Router) {
    // Answers are written whole; waiting for more would only delay them.
    drop(stream.set_nodelay(true));
    inner.lock().shared.tell(What::Connected { peer });
    let service = hyper::service::service_fn(|request: hyper::Request<Incoming>| {
        let inner = Arc::clone(&inner);
        let control = control.clone();
        async move {
            match request.uri().path().as_bytes() {
                [b'/', b'b', b'o', b't', ..] => call(&inner, peer, request).await,
                [b'/', b'f', b'i', b'l', b'e', b'/', ..] => Ok(download(&inner, request.uri().path())),
                [b'/', b'c', b'o', b'n', b't', b'r', b'o', b'l', b'/', ..] if peer.ip().is_loopback() => {
                    let Ok(response) = control.oneshot(request.map(Body::new)).await;
                    Ok(response)
                }
                _ => Ok(refused(&Refusal::other(404, "Not Found"))),
            }
        }
    });
    // How a connection ends is no event for anybody but the witness.
    drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
    inner.lock().shared.tell(What::Disconnected { peer });
}

/// A call that was read and not answered yet. Dropped with the connection, it is reported as unanswered.
struct Open<'a> {
    inner: &'a Inner,
    call: CallId,
    begun: Duration,
    executed: bool,
    told: bool,
}

impl Open<'_> {
    fn tell(&mut self, world: &mut World, outcome: Outcome) {
        self.told = true;
        let took = world.shared.clock.now().saturating_sub(self.begun);
        if matches!(outcome, Outcome::Refused { code: 429, .. }) {
            world.shared.status.too_many += 1;
        }
        world.shared.tell(What::CallAnswered { call: self.call, outcome, took });
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        // Unwinding may hold the lock already.
        if !self.told && !std::thread::panicking() {
            let mut world = self.inner.lock();
            let executed = self.executed;
            self.tell(&mut world, Outcome::Unanswered { executed });
        }
    }
}

async fn call(
    inner: &Arc<Inner>,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
) -> Result<Response<Body>, Broken> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_REQUEST).collect().await else {
        return Ok(refused(&Refusal::other(413, "Request Entity Too Large")));
    };
    let body = body.to_bytes();
    let path = &head.uri.path()["/bot".len()..];
    let (token, method) = path.split_once('/').unwrap_or((path, ""));
    let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let request = if head.method == hyper::Method::GET || head.method == hyper::Method::POST {
        Request::read(method, head.uri.query(), content_type, &body)
    } else {
        let wrong = Refusal::wrong("only GET and POST are taken");
        Request { wrong: Some(wrong), ..Request::read(method, None, None, &Bytes::new()) }
    };
    carry_out(inner, peer, &unescaped(token), &request).await
}

/// Some clients escape the colon of the token.
fn unescaped(token: &str) -> String {
    token.replace("%3A", ":").replace("%3a", ":")
}

async fn carry_out(
    inner: &Arc<Inner>,
    peer: SocketAddr,
    token: &str,
    request: &Request,
) -> Result<Response<Body>, Broken> {
    let (mut open, bot, fault, first) = {
        let mut world = inner.lock();
        let bot = world.authorize(token).ok();
        let call = world.shared.next_call();
        let (method, chat, messages) = (Arc::clone(&request.name), request.chat(), request.messages());
        world.shared.tell(What::CallReceived { call, peer: Some(peer), bot, method, chat, messages });
        let begun = world.shared.clock.now();
        let mut open = Open { inner, call, begun, executed: false, told: false };
        let fault = world.shared.strike(bot, &request.name, request.chat());
        // The usual case needs no second look at the world.
        let at_once = fault.is_none() && &*request.name != "getUpdates";
        let first = at_once.then(|| execute(inner, &mut world, &mut open, bot, request));
        if let Some(Ok(answer)) = &first {
            open.tell(&mut world, outcome(answer));
        }
        (open, bot, fault, first)
    };
    let patience = match first {
        Some(Ok(answer)) => return Ok(respond(answer)),
        Some(Err(wait)) => Some(wait),
        None => None,
    };
    if let Some(refusal) = before(&mut open, fault).await? {
        return Ok(finish(&mut open, Err(refusal)));
    }
    let answer = if &*request.name == "getUpdates" {
        let answer = updates(inner, open.call, bot, request).await;
        open.executed = true;
        answer
    } else {
        patiently(inner, &mut open, bot, request, patience).await
    };
    after(fault).await?;
    Ok(finish(&mut open, answer))
}

fn finish(open: &mut Open<'_>, answer: Result<String, Refusal>) -> Response<Body> {
    let inner = open.inner;
    open.tell(&mut inner.lock(), outcome(&answer));
    respond(answer)
}

/// Carries the call out; or says how long to wait for a permit, if such a wait is served as latency.
fn execute(
    inner: &Arc<Inner>,
    world: &mut World,
    open: &mut Open<'_>,
    bot: Option<BotId>,
    request: &Request,
) -> Result<Result<String, Refusal>, Duration> {
    let answer = world.execute(open.call, bot, request);
    let waited = world.shared.clock.now().saturating_sub(open.begun);
    if let Err(Refusal { wait: Some(wait), code: 429, .. }) = &answer
        && waited + *wait <= world.shared.settings.absorb
        && &*request.name != "setWebhook"
    {
        return Err(*wait);
    }
    open.executed = answer.is_ok();
    // These change where updates go, or make some.
    let pushes = ["setWebhook", "deleteWebhook", "answerPreCheckoutQuery", "refundStarPayment"];
    if pushes.contains(&&*request.name)
        && let Some((bot, shared)) = bot.and_then(|bot| world.split(bot))
    {
        pump(inner, bot, shared);
    }
    Ok(answer)
}

/// Carries the call out as soon as there is a permit for it.
async fn patiently(
    inner: &Arc<Inner>,
    open: &mut Open<'_>,
    bot: Option<BotId>,
    request: &Request,
    mut wait: Option<Duration>,
) -> Result<String, Refusal> {
    loop {
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
        }
        match execute(inner, &mut inner.lock(), open, bot, request) {
            Ok(answer) => return answer,
            Err(more) => wait = Some(more),
        }
    }
}

async fn updates(
    inner: &Arc<Inner>,
    call: CallId,
    bot: Option<BotId>,
    request: &Request,
) -> Result<String, Refusal> {
    let mut turn = None;
    let begun = tokio::time::Instant::now();
    let mut last = false;
    loop {
        let polled = poll(&mut inner.lock(), call, bot, request, turn, last);
        let (nudge, patience, number) = match polled {
            Polled::Ready(answer) => return answer,
            Polled::Wait(nudge, patience, number) => (nudge, patience, number),
        };
        let mut nudged = std::pin::pin!(nudge.notified());
        // From here on a nudge is not missed; one before is found by looking once more.
        nudged.as_mut().enable();
        turn = Some(number);
        if let Polled::Ready(answer) = poll(&mut inner.lock(), call, bot, request, turn, last) {
            return answer;
        }
        last = tokio::time::timeout_at(begun + patience, nudged).await.is_err();
    }
}

/// What goes wrong before a call is executed: an answer instead of it, or none at all.
async fn before(open: &mut Open<'_>, fault: Option<Fault>) -> Result<Option<Refusal>, Broken> {
    match fault {
        Some(Fault::TooMany(seconds)) => Ok(Some(Refusal::too_many(Duration::from_secs(seconds.into())))),
        Some(Fault::BadGateway) => Ok(Some(Refusal::other(502, "Bad Gateway"))),
        Some(Fault::Internal) => Ok(Some(Refusal::other(500, "Internal Server Error"))),
        Some(Fault::Close) => Err(Broken),
        Some(Fault::Hang(millis)) => {
            open.executed = false;
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Err(Broken)
        }
        Some(Fault::CloseAfter | Fault::HangAfter(_) | Fault::Slow(_)) | None => Ok(None),
    }
}

/// What goes wrong after a call was executed.
async fn after(fault: Option<Fault>) -> Result<(), Broken> {
    match fault {
        Some(Fault::CloseAfter) => Err(Broken),
        Some(Fault::HangAfter(millis)) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Err(Broken)
        }
        Some(Fault::Slow(millis)) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn outcome(answer: &Result<String, Refusal>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Done,
        Err(refusal) => refusal.outcome(),
    }
}

fn respond(answer: Result<String, Refusal>) -> Response<Body> {
    match answer {
        Ok(result) => {
            let mut body = String::with_capacity(result.len() + 24);
            body.push_str("{\"ok\":true,\"result\":");
            body.push_str(&result);
            body.push('}');
            json(StatusCode::OK, body)
        }
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> Response<Body> {
    if refusal.code == 502 {
        // What stands before the real server answers this itself, and knows no JSON.
        let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n";
        let mut response = json(StatusCode::BAD_GATEWAY, page.to_owned());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        return response;
    }
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, refusal.body());
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn json(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// `/file/bot<token>/<file_path>`.
fn download(inner: &Inner, path: &str) -> Response<Body> {
    let not_found = || refused(&Refusal::other(404, "Not Found"));
    let Some((token, path)) = path.strip_prefix("/file/bot").and_then(|rest| rest.split_once('/')) else {
        return not_found();
    };
    let world = inner.lock();
    if world.authorize(&unescaped(token)).is_err() {
        return refused(&Refusal::other(401, "Unauthorized"));
    }
    let number = path.rsplit_once("/file_").and_then(|(_, number)| number.parse().ok());
    let Some(number) = number.filter(|number| world.shared.has_file(*number)) else { return not_found() };
    if world.shared.file_size(number) > file::LARGEST_DOWNLOAD {
        return not_found();
    }
    let content = world.shared.content_of(number);
    drop(world);
    Response::new(Body::from(content))
}
