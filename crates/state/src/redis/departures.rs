//! When steps leave, and with whom: in rounds, and those that may share a script together.
//!
//! Every write to Redis and every read of its answers costs a system call on both sides and mostly a wake-up, which is
//! more than most steps cost. So steps of all tasks leave together: the first at once, those that come while its
//! round lasts with the next. One that nobody travels with begins no round, and the next may leave at once too. Steps of
//! a search and of a batch of matches do not wait for rounds ([`Pace::Express`]): from a search to a room there are ten of
//! them, one after another. In a crowd they wait like all.
//!
//! A command costs both sides more than what most steps do in it. So the same step of several tasks is one command: a
//! script runs it once for each, on its own keys. On a Cluster they must lie in one slot; elsewhere everything does.

use std::time::Duration;

use bytes::Bytes;
use fred::clients::Client;
use fred::error::{Error, ErrorKind};
use fred::interfaces::{ClientLike, LuaInterface};
use fred::types::{Key, Value};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::script::{Pace, Script};

/// Rounds begin at least so far apart. Under load a step waits half of it on average, and a message takes three
/// steps one after another; a lone one waits for nothing.
const ROUND: Duration = Duration::from_millis(4);
/// So many under way are a crowd.
const CROWD: usize = 64;
/// Steps that share a script at most: Redis does nothing else meanwhile, and a step takes some 20 to 200 us.
const TOGETHER: usize = 32;
/// How often a script is sent again while its slot moves between nodes, and after how long.
const MOVING_ATTEMPTS: u32 = 20;
const MOVING_PAUSE: Duration = Duration::from_millis(25);

type Answer = Result<Value, Error>;

/// The steps that wait to leave by one client.
pub(super) struct Departures {
    round: Platform,
    express: Platform,
    _task: JoinSet<()>,
}

/// Where steps wait.
type Platform = mpsc::UnboundedSender<Passenger>;
/// The track's side of it.
type Queue = mpsc::UnboundedReceiver<Passenger>;

/// A step on its way, and who waits for its answer.
struct Passenger {
    script: &'static Script,
    keys: Vec<Key>,
    args: Vec<Value>,
    answer: oneshot::Sender<Answer>,
}

impl Departures {
    /// Sends by `client` until dropped: nobody waits for an answer then.
    pub(super) fn by(client: Client) -> Self {
        let (round, in_round) = mpsc::unbounded_channel();
        let (express, at_once) = mpsc::unbounded_channel();
        let mut task = JoinSet::new();
        task.spawn(depart(client, in_round, at_once));
        Self { round, express, _task: task }
    }

    /// Runs a step. Whoever gives up before it leaves does not have it sent.
    pub(super) async fn run(&self, script: &'static Script, keys: Vec<Key>, args: Vec<Value>) -> Answer {
        let (answer, answered) = oneshot::channel();
        // Without a task on the other side the answer below says so.
        let _ = match script.pace {
            Pace::Round => &self.round,
            Pace::Express => &self.express,
        }
        .send(Passenger { script, keys, args, answer });
        answered.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Canceled, "the client was closed")))
    }
}

async fn depart(client: Client, mut round: Queue, mut express: Queue) {
    let mut under_way = FuturesUnordered::new();
    let mut aboard = 0;
    let set_off = |first: Passenger, queue: &mut Queue, under_way: &FuturesUnordered<_>| {
        let everybody = std::iter::once(first).chain(std::iter::from_fn(|| queue.try_recv().ok()));
        let coaches = seat(everybody, client.is_clustered());
        let many: usize = coaches.iter().map(Vec::len).sum();
        for coach in coaches {
            under_way.push(travel(&client, coach));
        }
        many
    };
    loop {
        tokio::select! {
            Some(arrived) = under_way.next() => aboard -= arrived,
            Some(first) = express.recv() => aboard += set_off(first, &mut express, &under_way),
            Some(first) = round.recv() => {
                aboard += set_off(first, &mut round, &under_way);
                if aboard < 2 {
                    // Nobody to travel with.
                    continue;
                }
                // Whoever comes meanwhile waits on the platform.
                let next_round = sleep_until(Instant::now() + ROUND);
                tokio::pin!(next_round);
                while !next_round.is_elapsed() {
                    tokio::select! {
                        biased;
                        Some(arrived) = under_way.next() => aboard -= arrived,
                        Some(first) = express.recv(), if aboard < CROWD => {
                            aboard += set_off(first, &mut express, &under_way);
                        }
                        () = &mut next_round => {}
                    }
                }
            }
            else => return,
        }
    }
}

/// Those who may share a script, in the order they came. Whoever gave up has no seat.
fn seat(passengers: impl Iterator<Item = Passenger>, clustered: bool) -> Vec<Vec<Passenger>> {
    let mut coaches: Vec<(u16, Vec<Passenger>)> = Vec::new();
    for passenger in passengers.filter(|passenger| !passenger.answer.is_closed()) {
        let slot = if clustered { passenger.keys.first().map_or(0, Key::cluster_hash) } else { 0 };
        let fits = |(of, coach): &&mut (u16, Vec<Passenger>)| {
            *of == slot && std::ptr::eq(coach[0].script, passenger.script) && coach.len() < TOGETHER
        };
        match coaches.iter_mut().find(fits) {
            Some((_, coach)) => coach.push(passenger),
            None => coaches.push((slot, vec![passenger])),
        }
    }
    coaches.into_iter().map(|(_, coach)| coach).collect()
}

/// Sends everybody in one script and hands out the answers. Answers how many they were.
async fn travel(client: &Client, coach: Vec<Passenger>) -> usize {
    let many = coach.len();
    let answers = match send(client, &coach).await.and_then(|answer| answers(answer, many)) {
        Ok(answers) => answers,
        Err(error) => vec![Err(error); many],
    };
    if answers.iter().any(is_demoted) {
        // A master that was demoted under this connection: find the new one before the next step.
        let _ = client.force_reconnection().await;
    }
    for (passenger, answer) in coach.into_iter().zip(answers) {
        // Whoever gave up meanwhile wants to know no more.
        let _ = passenger.answer.send(answer);
    }
    many
}

/// Whether a step met a master that is one no more.
fn is_demoted(answer: &Answer) -> bool {
    answer.as_ref().is_err_and(|error| error.details().starts_with("READONLY"))
}

/// Sends a script by its hash; by its text where it is not loaded, which loads it.
async fn send(client: &Client, coach: &[Passenger]) -> Answer {
    let script = coach[0].script;
    let mut attempt = 0;
    loop {
        let (keys, args) = luggage(coach);
        let error = match client.evalsha(script.sha.clone(), keys, args).await {
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                let (keys, args) = luggage(coach);
                // A rare way, and another future of several kilobytes.
                match Box::pin(client.eval(script.text.clone(), keys, args)).await {
                    Err(error) => error,
                    done => return done,
                }
            }
            Err(error) => error,
            done => return done,
        };
        if !error.details().starts_with("TRYAGAIN") || attempt == MOVING_ATTEMPTS {
            return Err(error);
        }
        attempt += 1;
        tokio::time::sleep(MOVING_PAUSE).await;
    }
}

/// Everybody's keys, and one argument: how many keys each has and their arguments, as `together.lua` unpacks them. One
/// text of many arguments costs both sides less than so many texts.
fn luggage(coach: &[Passenger]) -> (Vec<Key>, Bytes) {
    let mut keys = Vec::with_capacity(coach.iter().map(|passenger| passenger.keys.len()).sum());
    let mut packed = Vec::with_capacity(256 * coach.len());
    pack_count(&mut packed, 2 * coach.len());
    for passenger in coach {
        pack_text(&mut packed, itoa::Buffer::new().format(passenger.keys.len()).as_bytes());
        keys.extend(passenger.keys.iter().cloned());
        pack_count(&mut packed, passenger.args.len());
        passenger.args.iter().for_each(|arg| pack(&mut packed, arg));
    }
    (keys, packed.into())
}

/// As Redis gives arguments to scripts: whatever it is, it comes as text.
fn pack(packed: &mut Vec<u8>, arg: &Value) {
    match arg {
        Value::String(text) => pack_text(packed, text.as_bytes()),
        Value::Bytes(text) => pack_text(packed, text),
        Value::Integer(number) => pack_text(packed, itoa::Buffer::new().format(*number).as_bytes()),
        other => pack_text(packed, other.as_str().as_deref().unwrap_or_default().as_bytes()),
    }
}

fn pack_count(packed: &mut Vec<u8>, count: usize) {
    let count = u32::try_from(count).expect("arguments are few");
    // A vector takes whatever is written into it.
    let _ = rmp::encode::write_array_len(packed, count);
}

fn pack_text(packed: &mut Vec<u8>, text: &[u8]) {
    let length = u32::try_from(text.len()).expect("Redis takes no argument of 4 GB");
    let _ = rmp::encode::write_str_len(packed, length);
    packed.extend_from_slice(text);
}

/// The answers of `together.lua`, one to each.
fn answers(answer: Value, many: usize) -> Result<Vec<Answer>, Error> {
    let unreadable = || Error::new(ErrorKind::Protocol, "a script answered other than its steps do");
    let parts: [Value; 2] = match answer {
        Value::Array(parts) => parts.try_into().map_err(|_| unreadable())?,
        _ => return Err(unreadable()),
    };
    let [Value::Array(answers), Value::Array(failed)] = parts else { return Err(unreadable()) };
    if answers.len() != many {
        return Err(unreadable());
    }
    let mut answers: Vec<Answer> = answers.into_iter().map(Ok).collect();
    for failure in failed.chunks(2) {
        let [place, text] = failure else { return Err(unreadable()) };
        let place = place.as_usize().and_then(|place| answers.get_mut(place.wrapping_sub(1)));
        let text = text.as_string().unwrap_or_default();
        *place.ok_or_else(unreadable)? = Err(Error::new(ErrorKind::Unknown, text));
    }
    Ok(answers)
}
