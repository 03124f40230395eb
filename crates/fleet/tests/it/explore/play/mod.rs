//! One execution: people, Telegram, handlers and matchmakers, one atomic step at a time.

mod check;
mod choice;
mod describe;
mod key;
mod task;

use std::collections::BTreeSet;
use std::task::Poll;

use hamdam_bot::{Button, Outcome};
use hamdam_domain::id::{RoomId, TicketId, UserId};
use hamdam_domain::session::Session;
use hamdam_fleet::intake::IntakeError;
use hamdam_state::memory::Pass;

pub(super) use self::choice::Choice;
use self::key::digest_of;
use self::task::{Role, Task, Work, poll};
use super::judge::{ChatLog, Verdict, check_sessions};
use super::scenario::{Act, Deed, Kind, Scenario};
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
}
