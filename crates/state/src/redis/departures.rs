//! When scripts leave: in rounds.
//!
//! Every write to Redis and every read of its answers costs a system call on both sides and mostly a wake-up, which is
//! more than most scripts cost. So scripts of all tasks leave together: the first at once, those that come while its
//! round lasts with the next. One that nobody travels with begins no round, and the next may leave at once too. The
//! client writes what it is handed in one go at once, and reads the answers likewise.

use std::time::Duration;

use fred::bytes_utils::Str;
use fred::clients::Client;
use fred::error::{Error, ErrorKind};
use fred::interfaces::{ClientLike, LuaInterface};
use fred::types::{Key, Value};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::script::Script;

/// Rounds begin at least so far apart. Under load a script waits half of it on average, and a message takes three
/// scripts one after another; a lone one waits for nothing.
const ROUND: Duration = Duration::from_millis(4);
/// How often a script is sent again while its slot moves between nodes, and after how long.
const MOVING_ATTEMPTS: u32 = 20;
const MOVING_PAUSE: Duration = Duration::from_millis(25);

type Answer = Result<Value, Error>;

/// The scripts that wait to leave by one client.
pub(super) struct Departures {
    waiting: mpsc::UnboundedSender<Passenger>,
    _task: JoinSet<()>,
}

/// A script on its way, and who waits for its answer.
struct Passenger {
    sha: Str,
    text: Str,
    keys: Vec<Key>,
    args: Vec<Value>,
    answer: oneshot::Sender<Answer>,
}

impl Departures {
    /// Sends by `client` until dropped: nobody waits for an answer then.
    pub(super) fn by(client: Client) -> Self {
        let (waiting, passengers) = mpsc::unbounded_channel();
        let mut task = JoinSet::new();
        task.spawn(depart(client, passengers));
        Self { waiting, _task: task }
    }

    /// Runs a script with the next round. Whoever gives up before it leaves does not have it sent.
    pub(super) async fn run(&self, script: &Script, keys: Vec<Key>, args: Vec<Value>) -> Answer {
        let (answer, answered) = oneshot::channel();
        // Without a task on the other side the answer below says so.
        let (sha, text) = (script.sha.clone(), script.text.clone());
        let _ = self.waiting.send(Passenger { sha, text, keys, args, answer });
        answered.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Canceled, "the client was closed")))
    }
}

async fn depart(client: Client, mut passengers: mpsc::UnboundedReceiver<Passenger>) {
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(()) = under_way.next() => {}
            Some(first) = passengers.recv() => {
                under_way.push(travel(&client, first));
                while let Ok(next) = passengers.try_recv() {
                    under_way.push(travel(&client, next));
                }
                if under_way.len() < 2 {
                    // Nobody to travel with.
                    continue;
                }
                // Whoever comes meanwhile waits in the channel.
                let next_round = sleep_until(Instant::now() + ROUND);
                tokio::pin!(next_round);
                while !next_round.is_elapsed() {
                    tokio::select! {
                        biased;
                        Some(()) = under_way.next() => {}
                        () = &mut next_round => {}
                    }
                }
            }
            else => return,
        }
    }
}

async fn travel(client: &Client, passenger: Passenger) {
    if !passenger.answer.is_closed() {
        let answer = send(client, &passenger).await;
        // Whoever gave up meanwhile wants to know no more.
        let _ = passenger.answer.send(answer);
    }
}

/// Sends a script by its hash; by its text where it is not loaded, which loads it.
async fn send(client: &Client, passenger: &Passenger) -> Answer {
    let Passenger { sha, text, keys, args, .. } = passenger;
    let mut attempt = 0;
    loop {
        let sent = client.evalsha(sha.clone(), keys.clone(), args.clone()).await;
        let error = match sent {
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                // A rare way, and another future of several kilobytes.
                match Box::pin(client.eval(text.clone(), keys.clone(), args.clone())).await {
                    Err(error) => error,
                    done => return done,
                }
            }
            Err(error) => error,
            done => return done,
        };
        if error.details().starts_with("READONLY") {
            // A master that was demoted under this connection: find the new one before the next step.
            let _ = client.force_reconnection().await;
        }
        if !error.details().starts_with("TRYAGAIN") || attempt == MOVING_ATTEMPTS {
            return Err(error);
        }
        attempt += 1;
        tokio::time::sleep(MOVING_PAUSE).await;
    }
}
