//! One instance's sender: it takes the lease, turns, writes what it holds in its hands, and hears the answers.

use std::sync::Arc;

use hamdam_domain::id::InstanceId;
use hamdam_domain::outbox::EntryId;
use hamdam_fleet::posted::Airing;
use hamdam_fleet::run::BotRate;
use hamdam_fleet::sender::{BulkSender, CallWork, Done, Outcome, Permits, Taken, Work, perform};
use hamdam_state::step::Holder;
use hamdam_state::step::broadcast::BulkTurn;
use hamdam_state::{State, StateError};

use super::Town;
use super::telegram::Flight;
use crate::explore::chance::{Fate, LIMITS, SHARD, at_once};
use crate::explore::stage::BOT;

/// One instance's sender, and what it has begun.
pub(super) struct Office {
    number: usize,
    bulk: BulkSender,
    permits: Permits,
    /// What it knows of broadcasts.
    pub airing: Arc<Airing>,
    /// Calls not yet written.
    pub unwritten: Vec<CallWork>,
    /// A turn that was made up and not yet sent.
    pub turn: Option<Arc<BulkTurn>>,
}

impl Town {
    pub(super) fn acquire(&mut self, office: usize) {
        self.starts += 1;
        let owner = InstanceId(format!("start {}", self.starts));
        let sent = self.now();
        let Some(epoch) = at_once(self.state.lease(SHARD, &owner, LIMITS.lease)).unwrap() else { return };
        let holder = Holder { owner, epoch };
        let inheritance = at_once(self.state.inherit(SHARD, &holder)).unwrap().held().expect("just taken");
        let taken = Taken { shard: SHARD, holder, sent, inheritance, answered: self.now() };
        self.offices[office] = Some(Office {
            number: self.starts,
            bulk: BulkSender::new(&taken, LIMITS, Arc::clone(&self.metrics)),
            permits: Permits::new(BotRate::Unlimited, Arc::clone(&self.metrics)),
            airing: self.look(),
            unwritten: Vec::new(),
            turn: None,
        });
    }

    pub(super) fn make_turn(&mut self, office: usize) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        begun.turn = begun.bulk.next_turn(now, &begun.airing, true, EntryId::default(), &mut begun.permits);
        if begun.bulk.is_lost() && begun.bulk.is_finished() {
            self.offices[office] = None;
        }
    }

    pub(super) fn send_turn(&mut self, office: usize, fate: Fate) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        let Some(turn) = begun.turn.take() else { return };
        let lost = || StateError::Unavailable { step: "bulk_turn", source: "lost on the way".into() };
        let send = || at_once(self.state.bulk_turn(&turn));
        let answer = match fate {
            Fate::Once => send(),
            Fate::Twice => send().and_then(|_| send()),
            Fate::Unheard => send().and(Err(lost())),
            Fate::Unsent => Err(lost()),
        };
        begun.bulk.turned(answer, now, &begun.airing, &mut begun.permits);
    }

    pub(super) fn take_work(&mut self, office: usize) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        match begun.bulk.next_work(now, &begun.airing, true, &mut begun.permits) {
            None => {}
            Some(Work::Call(call)) => begun.unwritten.push(call),
            Some(work) => {
                let done = at_once(perform(work, &self.tools));
                begun.bulk.done(done, now, &mut begun.permits);
            }
        }
    }

    /// Goes on with the oldest call in hand: it is written, or it is too late.
    pub(super) fn write(&mut self, office: usize) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        let call = begun.unwritten.remove(0);
        if now >= call.start_before {
            begun.bulk.done(called(&call, Outcome::Late), now, &mut begun.permits);
            return;
        }
        self.count += 1;
        let (user, entry) = (call.job.chat.user, call.job.id);
        let flight = Flight { office: begun.number, user, entry, written: now, answer: None };
        self.flights.insert(self.count, flight);
    }

    /// The answers that have come reach their instance.
    pub(super) fn hear(&mut self, office: usize) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        let number = begun.number;
        let ready = |flight: &Flight| flight.office == number && flight.answer.is_some();
        let heard: Vec<u64> =
            self.flights.iter().filter(|(_, flight)| ready(flight)).map(|(number, _)| *number).collect();
        for number in heard {
            let Flight { user, entry, written, answer, .. } =
                self.flights.remove(&number).expect("found above");
            let answer = answer.expect("found above");
            let chat = hamdam_fleet::sender::Chat { user, bot: BOT };
            let outcome = Outcome::Answered { written, answer };
            let done = Done::Called { chat, entry, method: "call", outcome };
            begun.bulk.done(done, now, &mut begun.permits);
        }
    }
}

fn called(call: &CallWork, outcome: Outcome) -> Done {
    Done::Called { chat: call.job.chat, entry: call.job.id, method: "call", outcome }
}
