//! `POST /telegram/{bot_id}`: what is refused, in which order, and what the inbox's answer becomes.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use futures::stream;
use hamdam::config::WebhookSecrets;
use hamdam::http::{Checkup, Door, Health, Inbox, Limits, Part, Receipt};
use hamdam_domain::id::{BotId, UpdateId};
use hamdam_fleet::metrics::Metrics;
use tokio::sync::Notify;
use tower::ServiceExt;

const BOT: BotId = BotId(123_456_789);
const KIB: usize = 1024;

/// Remembers what it took; answers as it is told, and not before it may.
struct Desk {
    taken: Mutex<Vec<(BotId, Bytes)>>,
    acknowledge: bool,
    hold: Option<Notify>,
    arrived: AtomicUsize,
}

impl Desk {
    fn new(acknowledge: bool) -> Arc<Self> {
        Arc::new(Self { taken: Mutex::default(), acknowledge, hold: None, arrived: AtomicUsize::new(0) })
    }

    fn holding() -> Arc<Self> {
        let desk = Self::new(true);
        Arc::new(Self { hold: Some(Notify::new()), ..Arc::into_inner(desk).unwrap() })
    }

    fn taken(&self) -> usize {
        self.taken.lock().unwrap().len()
    }
}

#[async_trait]
impl Inbox for Desk {
    async fn take(&self, bot: BotId, body: Bytes) -> Receipt {
        self.arrived.fetch_add(1, Ordering::SeqCst);
        if let Some(hold) = &self.hold {
            hold.notified().await;
        }
        self.taken.lock().unwrap().push((bot, body));
        let error = (!self.acknowledge).then(|| "live state is away".to_owned());
        Receipt { update: Some(UpdateId(1)), kind: "message", outcome: "relayed", error, steps: 2 }
    }

    fn is_urgent(&self, body: &[u8]) -> bool {
        body == b"urgent"
    }
}

/// Finds what it was told to find.
struct Fixed(Health);

#[async_trait]
impl Checkup for Fixed {
    async fn health(&self) -> Health {
        self.0
    }
}

fn secrets() -> WebhookSecrets {
    WebhookSecrets {
        current: "current key, long enough".into(),
        previous: Some("previous key, long enough".into()),
    }
}

struct Surface {
    router: Router,
    door: Arc<Door>,
    metrics: Arc<Metrics>,
}

fn surface(desk: &Arc<Desk>, limits: Limits) -> Surface {
    let metrics = Arc::new(Metrics::new());
    let inbox = Arc::clone(desk) as Arc<dyn Inbox>;
    let door = Arc::new(Door::new([BOT], &secrets(), limits, inbox, Arc::clone(&metrics)));
    Surface {
        router: hamdam::http::public(
            Arc::clone(&door),
            Arc::new(Fixed(Health::of(false, Part::Embedded, Part::Ok))),
        ),
        door,
        metrics,
    }
}

impl Surface {
    async fn post(&self, path: &str, secret: Option<&str>, body: Body) -> (StatusCode, HeaderMap, Bytes) {
        let mut request = Request::post(path);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        (head.status, head.headers, axum::body::to_bytes(body, 64 * KIB).await.unwrap())
    }

    async fn status(&self, path: &str, secret: Option<&str>, body: Body) -> StatusCode {
        self.post(path, secret, body).await.0
    }

    fn counted(&self, kind: &str, outcome: &str) -> u64 {
        self.metrics.updates.with_label_values(&["123456789", kind, outcome]).get()
    }
}

/// Where [`BOT`]'s updates come in.
const PATH: &str = "/telegram/123456789";

fn right() -> String {
    secrets().header(BOT)
}

/// A body that must not be asked for: it never comes.
fn unread() -> Body {
    Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())
}

#[test]
fn the_header_is_the_hmac_of_the_bot_id() {
    // printf 123456789 | openssl dgst -sha256 -hmac 'current key, long enough'
    assert_eq!(right(), "90b3a16feab7c5fab5dc0b6c467c0182f721d3ee004123433a8e57caf79970e8");
}

#[tokio::test]
async fn the_door_is_open_to_the_bots_there_are_now() {
    let desk = Desk::new(true);
    let surface = surface(&desk, Limits::default());
    let new = secrets().header(BotId(5));
    assert_eq!(surface.status("/telegram/5", Some(&new), "{}".into()).await, StatusCode::NOT_FOUND);
    surface.door.open_to([BotId(5)]);
    assert_eq!(surface.status("/telegram/5", Some(&right()), "{}".into()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(surface.status("/telegram/5", Some(&new), "{}".into()).await, StatusCode::OK);
    assert_eq!(surface.status(PATH, Some(&right()), "{}".into()).await, StatusCode::NOT_FOUND);
    assert_eq!(desk.taken(), 1);
}

#[tokio::test]
async fn an_update_is_handed_over_and_answered_with_an_empty_200() {
    let desk = Desk::new(true);
    let surface = surface(&desk, Limits::default());
    let (status, _, body) = surface.post(PATH, Some(&right()), "{}".into()).await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(*desk.taken.lock().unwrap(), [(BOT, Bytes::from_static(b"{}"))]);
    assert_eq!(surface.metrics.webhook_seconds.get_sample_count(), 1);
}

#[tokio::test]
async fn the_previous_secret_is_accepted_while_it_is_rotated() {
    let desk = Desk::new(true);
    let previous = WebhookSecrets::header_under(&secrets().previous.unwrap(), BOT);
    assert_eq!(
        surface(&desk, Limits::default()).status(PATH, Some(&previous), "{}".into()).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn strangers_are_turned_away_before_their_body_is_read() {
    let desk = Desk::new(true);
    let surface = surface(&desk, Limits::default());
    for unknown in ["/telegram/42", "/telegram/0123456789", "/telegram/+123456789", "/telegram/x", "/nowhere"]
    {
        assert_eq!(
            surface.status(unknown, Some(&right()), unread()).await,
            StatusCode::NOT_FOUND,
            "{unknown}"
        );
    }
    let upper = right().to_uppercase();
    let (longer, shorter) = (format!("{}0", right()), &right()[..63]);
    let other = WebhookSecrets::header_under(&secrets().current, BotId(42));
    for wrong in [None, Some(""), Some(&upper), Some(&longer), Some(shorter), Some(&other)] {
        assert_eq!(surface.status(PATH, wrong, unread()).await, StatusCode::UNAUTHORIZED, "{wrong:?}");
    }
    assert_eq!(desk.taken(), 0);
    assert_eq!(surface.counted("unread", "unauthorized"), 6);
}

#[tokio::test(start_paused = true)]
async fn bodies_over_one_mebibyte_are_refused_announced_or_not() {
    let desk = Desk::new(true);
    let surface = surface(&desk, Limits::default());
    let large = vec![b' '; 2 * KIB * KIB];
    let chunks =
        large.chunks(KIB).map(|chunk| Ok::<_, Infallible>(Bytes::copy_from_slice(chunk))).collect::<Vec<_>>();
    let secret = right();
    for body in [Body::from(large), Body::from_stream(stream::iter(chunks))] {
        assert_eq!(surface.status(PATH, Some(&secret), body).await, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let announced = Request::post(PATH)
        .header("X-Telegram-Bot-Api-Secret-Token", &secret)
        .header("content-length", (KIB * KIB + 1).to_string());
    let answer = surface.router.clone().oneshot(announced.body(unread()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(surface.status(PATH, Some(&secret), vec![b' '; KIB * KIB].into()).await, StatusCode::OK);
    assert_eq!(desk.taken(), 1);
    // Who does not know the secret does not learn the limit either.
    assert_eq!(surface.status(PATH, None, vec![b' '; 2 * KIB * KIB].into()).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_not_durable_is_to_come_again() {
    let surface = surface(&Desk::new(false), Limits::default());
    let (status, headers, _) = surface.post(PATH, Some(&right()), "{}".into()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(headers["retry-after"], "1");
}

#[tokio::test(start_paused = true)]
async fn an_answer_comes_within_two_seconds_whatever_happens() {
    let surface = surface(&Desk::holding(), Limits::default());
    let begun = tokio::time::Instant::now();
    let secret = right();
    // The inbox hangs, and so does the body of another.
    let (slow, stalled) = tokio::join!(
        surface.post(PATH, Some(&secret), "{}".into()),
        surface.post(PATH, Some(&secret), unread()),
    );
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    for (status, headers, _) in [slow, stalled] {
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(headers["retry-after"], "1");
    }
    assert_eq!(surface.counted("unread", "late"), 2);
}

#[tokio::test]
async fn more_than_may_be_handled_at_once_is_shed_and_not_queued() {
    let desk = Desk::holding();
    let surface = surface(&desk, Limits { at_once: 2, ..Limits::default() });
    let secret = right();
    let held = async {
        tokio::join!(
            surface.status(PATH, Some(&secret), "1".into()),
            surface.status(PATH, Some(&secret), "2".into()),
        )
    };
    let third = async {
        while desk.arrived.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        let third = surface.post(PATH, Some(&secret), "3".into()).await;
        for _ in 0..2 {
            desk.hold.as_ref().unwrap().notify_one();
            while desk.taken() == 0 {
                tokio::task::yield_now().await;
            }
        }
        third
    };
    let (held, (status, headers, _)) = tokio::join!(held, third);
    assert_eq!(held, (StatusCode::OK, StatusCode::OK));
    assert_eq!((status, &headers["retry-after"]), (StatusCode::SERVICE_UNAVAILABLE, &"1".parse().unwrap()));
    assert_eq!(surface.counted("unread", "shed"), 1);
    assert_eq!(surface.status(PATH, None, unread()).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn in_a_crowd_there_is_room_for_what_is_urgent() {
    let desk = Desk::holding();
    let surface = surface(&desk, Limits { at_once: 1, spare: 1, ..Limits::default() });
    let post = async |body: &'static str| {
        let request = Request::post(PATH).header("X-Telegram-Bot-Api-Secret-Token", right());
        let request = request.header("Content-Length", body.len()).body(Body::from(body)).unwrap();
        surface.router.clone().oneshot(request).await.unwrap().status()
    };
    let arrived = async |count: usize| {
        while desk.arrived.load(Ordering::SeqCst) < count {
            tokio::task::yield_now().await;
        }
    };
    let crowd = async {
        arrived(1).await;
        assert_eq!(post("other").await, StatusCode::SERVICE_UNAVAILABLE, "looked at, and not urgent");
        let urgent = async {
            arrived(2).await;
            assert_eq!(post("urgent").await, StatusCode::SERVICE_UNAVAILABLE, "there is one spare place");
            desk.hold.as_ref().unwrap().notify_one();
            desk.hold.as_ref().unwrap().notify_one();
            desk.hold.as_ref().unwrap().notify_waiters();
        };
        tokio::join!(post("urgent"), urgent).0
    };
    let (held, urgent) = tokio::join!(post("held"), crowd);
    assert_eq!((held, urgent), (StatusCode::OK, StatusCode::OK));
    assert_eq!(surface.counted("unread", "shed"), 2);
}

#[tokio::test]
async fn metrics_are_on_the_admin_listener_alone() {
    let surface = surface(&Desk::new(true), Limits::default());
    let get = |router: Router, path: &str| router.oneshot(Request::get(path).body(Body::empty()).unwrap());
    let public = get(surface.router.clone(), "/metrics").await.unwrap();
    assert_eq!(public.status(), StatusCode::NOT_FOUND);
    let admin = get(hamdam::http::admin(Arc::clone(&surface.metrics), || ()), "/metrics").await.unwrap();
    assert_eq!(admin.status(), StatusCode::OK);
    let text = axum::body::to_bytes(admin.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&text).contains("hamdam_webhook_seconds_count 0"));
}

#[tokio::test]
async fn health_follows_from_its_parts() {
    let cases = [
        (Health::of(false, Part::Ok, Part::Ok), 200, "ready"),
        (Health::of(false, Part::Ok, Part::Unreachable), 200, "degraded"),
        (Health::of(true, Part::Ok, Part::Ok), 503, "draining"),
        (Health::of(false, Part::Unreachable, Part::Ok), 503, "unavailable"),
    ];
    for (health, code, status) in cases {
        let router = hamdam::http::health(Arc::new(Fixed(health)));
        let get = |path| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        let ready = get("/health/ready").await.unwrap();
        assert_eq!(ready.status().as_u16(), code, "{health:?}");
        let body = axum::body::to_bytes(ready.into_body(), KIB).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["status"], status, "{body}");
        assert!(body["redis"].is_string() && body["database"].is_string(), "{body}");
        assert_eq!(get("/health/live").await.unwrap().status(), StatusCode::OK);
    }
}
