//! One execution: people, Telegram, handlers and matchmakers, one atomic step at a time.

use std::collections::BTreeSet;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::task::noop_waker;
use hamdam_bot::{Button, Outcome};
use hamdam_domain::id::{PoolId, RoomId, TicketId, UserId};
use hamdam_domain::outbox::Entry;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::Ticket;
use hamdam_fleet::intake::IntakeError;
use hamdam_state::memory::{Pass, World};

use super::engine;
use super::judge::{ChatLog, Verdict, check_rest, check_sessions, is_ghost};
use super::scenario::{Act, Deed, Kind, Scenario, When};
use super::stage::{Stage, update_id, user_id};

/// What may still go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Faults {
    /// Handlers and matchmakers may die so often.
    pub crashes: u8,
    /// An update may be handled twice at once, or a script be sent twice, so often.
    pub duplicates: u8,
    /// A paused lock holder may lose its lock so often.
    pub takeovers: u8,
    /// The answer of a step may be lost so often.
    pub silences: u8,
    /// A record may be damaged and healed so often: it keeps what can be read, and `since` could not.
    pub heals: u8,
}

/// What may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Somebody does their next deed.
    Act(usize),
    /// Telegram delivers an update.
    Deliver { user: usize, index: usize, again: bool },
    /// A task takes its step.
    Step { task: usize, pass: Pass, pick: usize },
    /// A task dies before its step.
    Crash(usize),
    /// An instance takes a pool's free lock.
    Lead(usize),
    /// A pool's holder is paused, its lock runs out, and another takes it.
    TakeOver(usize),
    /// A leader did not finish to move somebody on, nothing else is left to happen, and the audit mends it.
    Audit,
    /// A record is damaged and healed.
    Heal(usize),
}

impl Choice {
    pub(super) fn is_fault(self) -> bool {
        match self {
            Self::Act(_) | Self::Lead(_) | Self::Audit => false,
            Self::Deliver { again, .. } => again,
            Self::Step { pass, .. } => pass != Pass::Once,
            Self::Crash(_) | Self::TakeOver(_) | Self::Heal(_) => true,
        }
    }
}

type Work = Pin<Box<dyn Future<Output = Result<Outcome, IntakeError>> + Send>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Role {
    Handler { user: usize, index: usize },
    Matchmaker { number: u64, pool: usize, epoch: u64 },
}

/// Something under way. It stands before a step.
struct Task {
    role: Role,
    work: Work,
    before: &'static str,
    /// Digest of what it saw.
    history: u64,
    /// Steps taken.
    steps: u32,
}

pub(super) struct Play<'a> {
    stage: &'a Stage,
    scenario: Scenario,
    tasks: Vec<Task>,
    /// How many deeds each has done, and the button each pressed.
    done: Vec<usize>,
    buttons: Vec<Vec<Option<Button>>>,
    /// The room in which each deed was done, if the chat showed it.
    windows: Vec<Vec<Option<RoomId>>>,
    acknowledged: Vec<Vec<bool>>,
    logs: Vec<ChatLog>,
    used: BTreeSet<(UserId, TicketId, RoomId)>,
    /// How often an update moved its user's session or was queued for the partner.
    effects: Vec<Vec<[u8; 2]>>,
    pub(super) faults: Faults,
    leaders: u64,
    /// A leader died, or did not hear an answer: it tries again in a later batch, and here it may have no reason for one.
    bereft: bool,
    /// The deed that began each user's present state.
    began: Vec<usize>,
    /// Somebody's `since` was lost: older deeds may move them.
    forgetful: bool,
    /// What happened, if it is to be told.
    pub(super) trace: Option<Vec<String>>,
}

impl<'a> Play<'a> {
    pub(super) fn new(stage: &'a Stage, scenario: Scenario, faults: Faults) -> Self {
        stage.reset();
        let each = |acts: &&[Act]| acts.len();
        let counts: Vec<usize> = scenario.users.iter().map(each).collect();
        Self {
            stage,
            scenario,
            tasks: Vec::new(),
            done: vec![0; counts.len()],
            buttons: counts.iter().map(|count| vec![None; *count]).collect(),
            windows: counts.iter().map(|count| vec![None; *count]).collect(),
            acknowledged: counts.iter().map(|count| vec![false; *count]).collect(),
            logs: vec![ChatLog::default(); counts.len()],
            used: BTreeSet::new(),
            effects: counts.iter().map(|count| vec![[0; 2]; *count]).collect(),
            faults,
            leaders: 0,
            bereft: false,
            began: vec![0; counts.len()],
            forgetful: false,
            trace: None,
        }
    }

    /// Everything that may happen next, always in the same order.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        self.stage.state.inspect(|world| {
            choices.extend((0..self.done.len()).filter(|user| self.may_act(*user, world)).map(Choice::Act));
            self.deliveries(&mut choices);
            for (at, task) in self.tasks.iter().enumerate() {
                let pool = task.pool();
                let busy = pool.is_some_and(|pool| self.has_work(world, pool));
                let pairs = pool.map_or(1, |pool| engine::pairs(world, &self.stage.all[pool]).max(1));
                self.steps_of(at, task, busy, pairs, &mut choices);
            }
            for pool in 0..self.stage.all.len() {
                let lock = self.epoch(world, pool);
                let holder = self.tasks.iter().find(|task| task.holds(pool, lock));
                match holder {
                    None if self.has_work(world, pool) => choices.push(Choice::Lead(pool)),
                    Some(holder) if self.faults.takeovers > 0 && holder.before != "lead" => {
                        choices.push(Choice::TakeOver(pool));
                    }
                    _ => {}
                }
            }
            if self.faults.heals > 0 {
                let known = |user: &usize| world.users[&user_id(*user)].since.is_some();
                choices.extend((0..self.done.len()).filter(known).map(Choice::Heal));
            }
            if choices.is_empty() && self.bereft && is_stranded(world) {
                choices.push(Choice::Audit);
            }
        });
        choices
    }

    fn epoch(&self, world: &World, pool: usize) -> u64 {
        self.stage.pool(world, pool).map_or(0, |pool| pool.lock.epoch)
    }

    /// Whether a pool's leader has something to do.
    fn has_work(&self, world: &World, pool: usize) -> bool {
        let Some(known) = self.stage.pool(world, pool) else { return false };
        let moves =
            self.stage.is_narrow(pool) && known.tickets.values().any(|ticket| may_move(world, ticket));
        moves || !known.intents.is_empty() || engine::pairs(world, &self.stage.all[pool]) > 0
    }

    fn may_act(&self, user: usize, world: &World) -> bool {
        let Some(act) = self.scenario.users[user].get(self.done[user]) else { return false };
        let (session, log) = (&world.users[&user_id(user)].session, &self.logs[user]);
        let sees = match (act.when, session) {
            (When::Any, _) | (When::Idle, Session::Idle) => true,
            (When::Chatting, Session::Chatting { room, .. }) => log.found.contains(room),
            _ => false,
        };
        sees && (act.kind != Kind::Pressed || log.button.is_some())
    }

    fn deliveries(&self, choices: &mut Vec<Choice>) {
        for (user, acts) in self.scenario.users.iter().enumerate() {
            for kind in [Kind::Typed, Kind::Pressed, Kind::Blocked] {
                let mut waiting = (0..self.done[user]).filter(|index| acts[*index].kind == kind);
                let Some(index) = waiting.find(|index| !self.acknowledged[user][*index]) else { continue };
                let handled = Role::Handler { user, index };
                match self.tasks.iter().filter(|task| task.role == handled).count() {
                    0 => choices.push(Choice::Deliver { user, index, again: false }),
                    1 if self.faults.duplicates > 0 => {
                        choices.push(Choice::Deliver { user, index, again: true });
                    }
                    _ => {}
                }
            }
        }
    }

    fn steps_of(&self, task: usize, standing: &Task, busy: bool, pairs: usize, choices: &mut Vec<Choice>) {
        let is_leader = matches!(standing.role, Role::Matchmaker { .. });
        let rests = is_leader && standing.before == "lead";
        if rests && !busy {
            return;
        }
        let picks = if is_leader && standing.before == "changes" { pairs } else { 1 };
        choices.extend((0..picks).map(|pick| Choice::Step { task, pass: Pass::Once, pick }));
        if self.faults.duplicates > 0 {
            choices.push(Choice::Step { task, pass: Pass::Twice, pick: 0 });
        }
        if self.faults.silences > 0 {
            choices.push(Choice::Step { task, pass: Pass::Unheard, pick: 0 });
        }
        if self.faults.crashes > 0 && standing.steps > 0 && !rests {
            choices.push(Choice::Crash(task));
        }
    }

    /// Lets it happen. An error is a broken invariant.
    pub(super) fn take(&mut self, choice: Choice) -> Verdict {
        let line = self.trace.is_some().then(|| self.describe(choice));
        if let (Some(trace), Some(line)) = (&mut self.trace, line) {
            trace.push(line);
        }
        match choice {
            Choice::Act(user) => self.act(user),
            Choice::Deliver { user, index, again } => {
                self.faults.duplicates -= u8::from(again);
                let work = self.stage.handler(
                    user,
                    index,
                    self.scenario.users[user][index],
                    self.buttons[user][index],
                );
                self.begin(Role::Handler { user, index }, work);
            }
            Choice::Step { task, pass, pick } => {
                match pass {
                    Pass::Twice => self.faults.duplicates -= 1,
                    Pass::Unheard => {
                        self.faults.silences -= 1;
                        self.bereft |= self.tasks[task].pool().is_some();
                    }
                    Pass::Once | Pass::Unsent => {}
                }
                return self.step(task, pass, pick);
            }
            Choice::Crash(task) => {
                self.faults.crashes -= 1;
                self.bereft |= self.tasks[task].pool().is_some();
                drop(self.tasks.remove(task));
            }
            Choice::Lead(pool) => return self.lead(pool),
            Choice::TakeOver(pool) => {
                self.faults.takeovers -= 1;
                return self.lead(pool);
            }
            Choice::Audit => {
                self.stage.audit();
                return self.read_chats();
            }
            Choice::Heal(user) => {
                self.faults.heals -= 1;
                self.forgetful = true;
                let id = user_id(user);
                self.stage.state.tamper(|world| world.users.get_mut(&id).expect("enrolled").since = None);
            }
        }
        Ok(())
    }

    fn act(&mut self, user: usize) {
        let index = self.done[user];
        let session = self.stage.state.inspect(|world| world.users[&user_id(user)].session.clone());
        let log = &self.logs[user];
        self.windows[user][index] = match session {
            Session::Chatting { room, .. } => log.found.contains(&room).then_some(room),
            _ => None,
        };
        let act = self.scenario.users[user][index];
        self.buttons[user][index] = match (act.kind, act.deed, log.button) {
            (Kind::Pressed, Deed::Next, Some(Button::Stop(room))) => Some(Button::Next(room)),
            (Kind::Pressed, _, button) => button,
            _ => None,
        };
        self.done[user] += 1;
    }

    /// The lock is free, or taken from its sleeping holder: another instance takes it and begins its pass.
    fn lead(&mut self, pool: usize) -> Verdict {
        self.leaders += 1;
        self.stage.free_lock(pool);
        let epoch = self.stage.state.inspect(|world| self.epoch(world, pool)) + 1;
        let work = self.stage.matchmaker(self.leaders, pool);
        let task = self.begin(Role::Matchmaker { number: self.leaders, pool, epoch }, work);
        self.step(task, Pass::Once, 0)
    }

    /// A new task, brought to its first step.
    fn begin(&mut self, role: Role, work: Work) -> usize {
        let mut task = Task { role, work, before: "", history: 0, steps: 0 };
        let polled = poll(&mut task.work);
        assert!(polled.is_pending(), "everything begins with a step");
        task.before = self.stage.desk.take_before().expect("it stands before its first step");
        self.tasks.push(task);
        self.tasks.len() - 1
    }

    fn step(&mut self, at: usize, pass: Pass, pick: usize) -> Verdict {
        let moved = self.session_of(self.tasks[at].role);
        self.stage.desk.grant(pass, pick);
        let task = &mut self.tasks[at];
        let polled = poll(&mut task.work);
        let left = self.stage.desk.take_left().expect("a step was let through");
        assert_eq!(left.step, task.before);
        task.steps += 1;
        // What a leader reads of the pool is the pool: the feed's places would tell states apart that are alike.
        let digest = match left.step {
            "feed_end" | "stock" | "changes" => {
                let pool = task.pool().expect("only leaders read a pool");
                self.stage.state.inspect(|world| digest_of(&world.pools[&self.stage.all[pool]].tickets))
            }
            _ => left.digest,
        };
        task.history = digest_of(&(task.history, left.step, digest));
        let role = task.role;
        match polled {
            Poll::Pending => {
                let before = self.stage.desk.take_before().expect("it stands before its next step");
                let task = &mut self.tasks[at];
                task.before = before;
                if before == "lead" {
                    task.history = 0;
                    let pool = task.pool().expect("only leaders take locks");
                    let all = &self.stage.all;
                    let lock = self.stage.state.inspect(|world| world.pools[&all[pool]].lock.epoch);
                    if !task.holds(pool, lock) {
                        // It has learned that the lock is another's, and stands by.
                        drop(self.tasks.remove(at));
                    }
                }
            }
            Poll::Ready(outcome) => {
                drop(self.tasks.remove(at));
                self.finish(role, outcome)?;
            }
        }
        if let (Role::Handler { user, index }, true) = (role, left.fresh) {
            self.count_effect(user, index, left.step)?;
            if left.step == "act" && self.session_of(role) != moved {
                self.check_age(user, index)?;
            }
        }
        self.read_chats()?;
        self.stage.state.inspect(|world| check_sessions(world, &mut self.used))
    }

    fn session_of(&self, role: Role) -> Option<Session> {
        let Role::Handler { user, .. } = role else { return None };
        Some(self.stage.state.inspect(|world| world.users[&user_id(user)].session.clone()))
    }

    /// What was done before the present state began moves nobody any more.
    fn check_age(&mut self, user: usize, index: usize) -> Verdict {
        if index < self.began[user] && !self.forgetful {
            return Err(format!(
                "deed {index} of user {user} moved a state that deed {} began",
                self.began[user]
            ));
        }
        self.began[user] = self.began[user].max(index);
        Ok(())
    }

    /// Each update moves its own user once at most, and reaches the partner once at most (invariant 4).
    fn count_effect(&mut self, user: usize, index: usize, step: &str) -> Verdict {
        let which = usize::from(step == "relay");
        let count = &mut self.effects[user][index][which];
        *count += 1;
        if *count > 1 {
            Err(format!("update {index} of user {user} had its effect twice ({step})"))
        } else {
            Ok(())
        }
    }

    /// A handler has answered: 200 ends the update, anything else lets it come again.
    fn finish(&mut self, role: Role, outcome: Result<Outcome, IntakeError>) -> Verdict {
        let Role::Handler { user, index } = role else { panic!("matchmakers go on for ever") };
        match outcome {
            Ok(outcome) => {
                self.acknowledged[user][index] = true;
                self.read_chats()?;
                let id = update_id(user, index);
                let arrived = || self.logs.iter().any(|log| log.has(user_id(user), id));
                if outcome == Outcome::Relayed && !arrived() {
                    return Err(format!("message {index} of user {user} was acknowledged and is nowhere"));
                }
                Ok(())
            }
            Err(IntakeError::State(_)) => Ok(()),
            Err(error) => Err(format!("update {index} of user {user} failed: {error}")),
        }
    }

    /// Reads what was queued since, in everybody's chat.
    fn read_chats(&mut self) -> Verdict {
        let (windows, logs) = (&self.windows, &mut self.logs);
        let window = |from: UserId, update: i64| {
            (0..windows.len())
                .find(|user| user_id(*user) == from)
                .and_then(|user| {
                    (0..windows[user].len())
                        .find(|index| update_id(user, *index) == update)
                        .map(|index| (user, index))
                })
                .and_then(|(user, index)| windows[user][index])
        };
        self.stage.state.inspect(|world| {
            for (user, log) in logs.iter_mut().enumerate() {
                let outbox = &world.shard(world.shard_of(user_id(user))).outbox;
                if outbox.len() == log.length {
                    continue;
                }
                for stored in outbox.values().skip(log.length) {
                    let entry = Entry::from_json(&stored.body).expect("entries are written by us");
                    log.read(&entry, window).map_err(|broken| format!("chat of user {user}: {broken}"))?;
                }
            }
            Ok(())
        })
    }

    /// Nothing is left to happen: what must hold then.
    pub(super) fn rest(&self) -> Verdict {
        let log = |id: UserId| {
            let user = (0..self.logs.len()).find(|user| user_id(*user) == id);
            user.map(|user| self.logs[user].clone()).unwrap_or_default()
        };
        self.stage.state.inspect(|world| check_rest(world, log))
    }

    /// A digest by which two executions that can only go on alike are found to be the same.
    pub(super) fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.stage.state.inspect(|world| {
            for user in world.users.values() {
                (
                    &user.session,
                    &user.since,
                    &user.marks,
                    &user.relayed,
                    user.version,
                    &user.profile.unreachable,
                )
                    .hash(&mut hasher);
            }
            for pool in world.pools.values() {
                (&pool.tickets, &pool.gone, &pool.intents, pool.lock.epoch).hash(&mut hasher);
            }
        });
        let chats = self.logs.iter().map(|log| log.digest).collect::<Vec<_>>();
        let mut tasks: Vec<u64> = self
            .tasks
            .iter()
            .map(|task| digest_of(&(task.role, task.before, task.history, task.steps > 0)))
            .collect();
        tasks.sort_unstable();
        (
            chats,
            tasks,
            &self.done,
            &self.windows,
            &self.acknowledged,
            &self.effects,
            &self.began,
            self.faults,
        )
            .hash(&mut hasher);
        hasher.finish()
    }

    fn describe(&self, choice: Choice) -> String {
        let name = |user: usize| char::from(b'A' + u8::try_from(user).expect("few users"));
        let of = |task: usize| match self.tasks[task].role {
            Role::Handler { user, index } => format!("handler of {}{}", name(user), index + 1),
            Role::Matchmaker { number, .. } => format!("matchmaker {number}"),
        };
        match choice {
            Choice::Act(user) => {
                let act = self.scenario.users[user][self.done[user]];
                format!(
                    "user {} does {:?} (update {}, {:?})",
                    name(user),
                    act.deed,
                    self.done[user] + 1,
                    act.kind
                )
            }
            Choice::Deliver { user, index, again } => {
                format!(
                    "Telegram delivers {}{}{}",
                    name(user),
                    index + 1,
                    if again { " AGAIN at once" } else { "" }
                )
            }
            Choice::Step { task, pass, pick } => {
                let how = match pass {
                    Pass::Once => String::new(),
                    other => format!(" ({other:?})"),
                };
                format!(
                    "{}: {}{how}{}",
                    of(task),
                    self.tasks[task].before,
                    if pick > 0 { format!(" #{pick}") } else { String::new() }
                )
            }
            Choice::Crash(task) => format!("CRASH of {} before {}", of(task), self.tasks[task].before),
            Choice::Lead(pool) => {
                format!(
                    "matchmaker {} takes the free lock of pool {}",
                    self.leaders + 1,
                    self.stage.all[pool]
                )
            }
            Choice::Audit => "the audit walks twice".into(),
            Choice::Heal(user) => {
                format!("the record of {} is damaged and healed: its since is lost", name(user))
            }
            Choice::TakeOver(pool) => format!(
                "the lock of pool {} runs out while its holder sleeps; matchmaker {} takes it",
                self.stage.all[pool],
                self.leaders + 1
            ),
        }
    }
}

impl Task {
    /// The pool whose leader it is, or was.
    fn pool(&self) -> Option<usize> {
        match self.role {
            Role::Matchmaker { pool, .. } => Some(pool),
            Role::Handler { .. } => None,
        }
    }

    fn holds(&self, pool: usize, lock: u64) -> bool {
        matches!(self.role, Role::Matchmaker { pool: of, epoch, .. } if of == pool && epoch == lock)
    }
}

/// Whether a ticket of a narrow pool is to move on, or has begun to.
fn may_move(world: &World, ticket: &Ticket) -> bool {
    let who = &ticket.claimant;
    matches!(&world.users[&who.user].session, Session::Waiting(stub)
        if stub.ticket == who.ticket && (stub.attempt == who.attempt || stub.attempt == who.attempt + 1 && stub.pool != ticket.pool))
}

/// Whether somebody waits without a ticket, or a ticket without its session.
fn is_stranded(world: &World) -> bool {
    let has = |user: UserId, stub: &Stub| {
        let pool = world.pools.get(&stub.pool);
        pool.is_some_and(|pool| pool.tickets.contains_key(&(user, stub.ticket)))
    };
    let waits = |(user, known): (&UserId, &hamdam_state::memory::User)| match &known.session {
        Session::Waiting(stub) => !has(*user, stub),
        _ => false,
    };
    let ghosts = |(name, pool): (&PoolId, &hamdam_state::memory::Pool)| {
        pool.tickets.values().any(|ticket| is_ghost(world, name, ticket))
    };
    world.users.iter().any(waits) || world.pools.iter().any(ghosts)
}

fn poll(work: &mut Work) -> Poll<Result<Outcome, IntakeError>> {
    let waker = noop_waker();
    work.as_mut().poll(&mut Context::from_waker(&waker))
}

fn digest_of<T: Hash>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
