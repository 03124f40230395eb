//! Everything that may happen next.

use hamdam_domain::id::{PoolId, UserId};
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::Ticket;
use hamdam_state::memory::{Pass, World};

use super::Play;
use super::task::{Role, Task};
use crate::explore::engine;
use crate::explore::judge::is_ghost;
use crate::explore::scenario::{Kind, When};
use crate::explore::stage::user_id;

/// What may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Choice {
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
    pub(in super::super) fn is_fault(self) -> bool {
        match self {
            Self::Act(_) | Self::Lead(_) | Self::Audit => false,
            Self::Deliver { again, .. } => again,
            Self::Step { pass, .. } => pass != Pass::Once,
            Self::Crash(_) | Self::TakeOver(_) | Self::Heal(_) => true,
        }
    }
}

impl Play<'_> {
    /// Everything that may happen next, always in the same order.
    pub(in super::super) fn choices(&self) -> Vec<Choice> {
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

    pub(super) fn epoch(&self, world: &World, pool: usize) -> u64 {
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
