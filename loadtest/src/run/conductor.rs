//! The one task that runs a run: it takes every event in order, lets the oracle judge it and the users see it, and
//! carries out what the users do.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::attempts::{Attempts, Interruption};
use super::forgotten::Forgotten;
use super::heard::{Heard, Listening};
use super::stage::{Running, Step};
use crate::report::{Live, Verdict};
use crate::telegram::{Event, Person, Simulator, UserId, Witness};
use crate::users::Plan;

/// The simulator's witness: sends everything on to the conductor.
#[derive(Debug)]
pub struct Gallery {
    events: mpsc::UnboundedSender<Event>,
}

impl Witness for Gallery {
    fn saw(&self, event: &Event) {
        // Nobody listens any more: the simulator is shutting down.
        let _ = self.events.send(event.clone());
    }
}

/// Why a run cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotBegin {
    /// One goes on.
    #[error("a run goes on already")]
    Busy,
    /// The fleet still owes answers to so many people of the run before.
    #[error(
        "{0} people of the run before were never told that they are free; start a fleet anew to run again"
    )]
    Unrest(usize),
    /// The plan makes no sense.
    #[error("{0}")]
    Plan(String),
    /// The conductor is gone.
    #[error("the simulator is shutting down")]
    Gone,
}

enum Order {
    Begin(Plan, oneshot::Sender<Result<u64, CannotBegin>>),
    Interrupt(HashSet<SocketAddr>, oneshot::Sender<Interruption>),
    Forgot(Range<Duration>, oneshot::Sender<u64>),
    Bereft,
    Resume(HashSet<SocketAddr>),
    Listen(String),
    Heard(oneshot::Sender<Heard>),
    Finish,
    Stop,
}

#[derive(Debug, Default)]
struct Shared {
    live: Live,
    verdict: Option<(u64, Verdict)>,
}

/// Gives orders to the conductor and sees how a run goes. Clones are the same.
#[derive(Clone, Debug)]
pub struct Conducting {
    orders: mpsc::Sender<Order>,
    shared: Arc<Mutex<Shared>>,
}

impl Conducting {
    /// Begins a run and answers its number.
    pub async fn begin(&self, plan: Plan) -> Result<u64, CannotBegin> {
        let (answer, answered) = oneshot::channel();
        self.orders.send(Order::Begin(plan, answer)).await.map_err(|_| CannotBegin::Gone)?;
        answered.await.map_err(|_| CannotBegin::Gone)?
    }

    /// The owners of these connections are about to be interrupted: answers how many of their calls are unanswered or
    /// were answered just now.
    pub async fn interrupt(&self, connections: HashSet<SocketAddr>) -> Interruption {
        let (answer, answered) = oneshot::channel();
        if self.orders.send(Order::Interrupt(connections, answer)).await.is_err() {
            return Interruption::default();
        }
        answered.await.unwrap_or_default()
    }

    /// Live state forgot what it was told so long ago (the longer time is the start). Answers how many updates were
    /// acknowledged then.
    pub async fn forgot(&self, ago: Range<Duration>) -> u64 {
        let (answer, answered) = oneshot::channel();
        if self.orders.send(Order::Forgot(ago, answer)).await.is_err() {
            return 0;
        }
        answered.await.unwrap_or(0)
    }

    /// Live state lost everything: see [`Oracle::rooms_may_return`](crate::oracle::Oracle::rooms_may_return).
    pub async fn bereft(&self) {
        // A conductor that is gone judges nothing.
        let _ = self.orders.send(Order::Bereft).await;
    }

    /// The owners of these connections go on: what they send from now on is theirs again.
    pub async fn resume(&self, connections: HashSet<SocketAddr>) {
        // A conductor that is gone needs no telling.
        let _ = self.orders.send(Order::Resume(connections)).await;
    }

    /// From now on it is counted to whom this text comes that no user writes.
    pub async fn listen(&self, text: String) {
        // A conductor that is gone hears nothing.
        let _ = self.orders.send(Order::Listen(text)).await;
    }

    /// To how many people it came so far.
    pub async fn heard(&self) -> Heard {
        let (answer, answered) = oneshot::channel();
        if self.orders.send(Order::Heard(answer)).await.is_err() {
            return Heard::default();
        }
        answered.await.unwrap_or_default()
    }

    /// Lets the talk of the run that goes on end before its time: everything else follows as usual.
    pub async fn finish(&self) {
        // A conductor that is gone has finished.
        let _ = self.orders.send(Order::Finish).await;
    }

    /// Breaks off the run that goes on, if one does.
    pub async fn stop(&self) {
        // A conductor that is gone has stopped.
        let _ = self.orders.send(Order::Stop).await;
    }

    /// How the run goes.
    pub fn live(&self) -> Live {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).live.clone()
    }

    /// The verdict of this run, once it is there.
    pub fn verdict(&self, run: u64) -> Option<Verdict> {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.verdict.as_ref().filter(|(of, _)| *of == run).map(|(_, verdict)| verdict.clone())
    }
}

/// Events that no run has seen yet.
#[derive(Debug)]
pub struct Events(mpsc::UnboundedReceiver<Event>);

/// A witness for the simulator, and what it saw, for the conductor.
pub fn gallery() -> (Arc<Gallery>, Events) {
    let (events, seen) = mpsc::unbounded_channel();
    (Arc::new(Gallery { events }), Events(seen))
}

/// A handle to the conductor, and the conductor itself, which works until every handle is dropped or the simulator
/// is gone. It must be polled (spawned) for anything to happen.
pub fn conduct(simulator: Simulator, events: Events) -> (Conducting, impl Future<Output = ()> + Send) {
    let (orders, taken) = mpsc::channel(16);
    let shared = Arc::new(Mutex::new(Shared::default()));
    let conductor = Conductor {
        simulator,
        events: events.0,
        orders: taken,
        shared: shared.clone(),
        run: 0,
        running: None,
        abroad: 0,
        attempts: Attempts::default(),
        forgotten: Forgotten::default(),
        listening: Listening::default(),
        next_user: FIRST_USER,
    };
    (Conducting { orders, shared }, conductor.work())
}

/// The first virtual user's id.
const FIRST_USER: UserId = 700_000_001;
/// Users look around so often.
const BEAT: Duration = Duration::from_millis(10);
/// Events taken in one go.
const HANDFUL: usize = 4096;

/// Half of them read Persian, some say nothing about their language.
fn person(user: UserId) -> Person {
    let language_code = match user % 8 {
        0 => None,
        1..=4 => Some("fa".to_owned()),
        _ => Some("en-GB".to_owned()),
    };
    Person { first_name: format!("User {user}"), last_name: None, username: None, language_code }
}

struct Conductor {
    simulator: Simulator,
    events: mpsc::UnboundedReceiver<Event>,
    orders: mpsc::Receiver<Order>,
    shared: Arc<Mutex<Shared>>,
    run: u64,
    running: Option<Running>,
    /// Who was not home when the last run was over.
    abroad: usize,
    attempts: Attempts,
    forgotten: Forgotten,
    listening: Listening,
    next_user: UserId,
}

impl Conductor {
    async fn work(mut self) {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut handful = Vec::with_capacity(HANDFUL);
        loop {
            tokio::select! {
                taken = self.events.recv_many(&mut handful, HANDFUL) => {
                    if taken == 0 {
                        return;
                    }
                    handful.drain(..).for_each(|event| self.see(&event));
                }
                order = self.orders.recv() => match order {
                    Some(order) => {
                        // What happened before the order was given comes first.
                        while let Ok(event) = self.events.try_recv() {
                            self.see(&event);
                        }
                        self.obey(order);
                    }
                    None => return,
                },
                _ = beat.tick() => {}
            }
            self.step();
        }
    }

    fn see(&mut self, event: &Event) {
        self.attempts.see(event);
        self.forgotten.see(event);
        if self.listening.takes(event) {
            return;
        }
        if let Some(running) = &mut self.running {
            running.see(event);
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Begin(plan, answer) => {
                // Who asked and went away does not care.
                let _ = answer.send(self.begin(plan));
            }
            Order::Interrupt(connections, answer) => {
                let _ = answer.send(self.attempts.interrupt(&connections));
            }
            Order::Forgot(ago, answer) => {
                let now = self.simulator.now();
                let (from, to) = (now.saturating_sub(ago.start), now.saturating_sub(ago.end));
                let _ = answer.send(self.forgotten.forgot(from, to));
            }
            Order::Bereft => {
                if let Some(running) = &mut self.running {
                    running.bereft();
                }
            }
            Order::Resume(connections) => self.attempts.resume(&connections),
            Order::Listen(text) => self.listening.listen(text),
            Order::Heard(answer) => {
                let _ = answer.send(self.listening.heard());
            }
            Order::Finish => {
                if let Some(running) = &mut self.running {
                    running.finish();
                }
            }
            Order::Stop => {
                if let Some(running) = &mut self.running {
                    running.stop(&self.simulator);
                }
            }
        }
    }

    fn begin(&mut self, mut plan: Plan) -> Result<u64, CannotBegin> {
        if self.running.is_some() {
            return Err(CannotBegin::Busy);
        }
        if self.abroad > 0 {
            return Err(CannotBegin::Unrest(self.abroad));
        }
        if plan.bots.is_empty() || plan.users == 0 || plan.seconds == 0 || plan.messages_per_minute <= 0.0 {
            let why = "a run needs bots, users, seconds and messages per minute".to_owned();
            return Err(CannotBegin::Plan(why));
        }
        plan.first_user = self.next_user;
        self.next_user +=
            UserId::try_from(plan.users).map_err(|_| CannotBegin::Plan("too many users".to_owned()))?;
        for user in plan.first_user..self.next_user {
            self.simulator.introduce(user, person(user));
        }
        self.run += 1;
        self.attempts = Attempts::default();
        self.forgotten = Forgotten::default();
        self.running = Some(Running::new(self.run, plan, &self.simulator));
        self.show();
        Ok(self.run)
    }

    fn step(&mut self) {
        let Some(running) = &mut self.running else { return };
        match running.step(&self.simulator) {
            Step::Quiet => {}
            Step::News => self.show(),
            Step::Verdict(mut verdict) => {
                verdict.attempts_in_flight_at_kill = self.attempts.interrupted();
                verdict.may_be_lost = self.forgotten.excused();
                let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
                shared.verdict = Some((self.run, *verdict));
                drop(shared);
                self.show();
            }
            Step::Over(abroad) => {
                self.running = None;
                self.abroad = abroad;
                self.show();
            }
        }
    }

    fn show(&mut self) {
        let live = match &mut self.running {
            Some(running) => running.live(&self.simulator),
            None => Live { run: self.run, ..Live::default() },
        };
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).live = live;
    }
}
