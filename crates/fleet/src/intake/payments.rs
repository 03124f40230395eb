//! What was paid and what went back.
//!
//! A payment is known by Telegram's id of it, and not by the update that told it: so it needs no mark, no state that
//! began later makes it stale, and whoever tells it again, on whatever instance and after whatever crash, changes nothing.
//! Nothing is acknowledged before it is stored.

use std::sync::Arc;

use hamdam_bot::{Outcome, Settlement, Understood};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::premium::{Credit, Grant, Payment, Sale};
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Claimant;
use hamdam_state::step::user::Arrival;
use hamdam_state::{Result, State};

use super::{Intake, IntakeError};
use crate::audit::ticket;

/// Stores payments, and what follows from them.
#[derive(Clone)]
pub struct Payments {
    state: Arc<dyn State>,
}

impl Payments {
    /// Payments of the users of this state.
    pub fn new(state: Arc<dyn State>) -> Self {
        Self { state }
    }

    /// Somebody paid at `now`: they have premium from now on, a search of theirs that runs goes first, and they are told.
    /// Answers whether it was not known before.
    pub(crate) async fn paid(&self, payment: &Payment, now: Millis) -> Result<bool> {
        let grant = Some(Grant { at: now, days: payment.days });
        let credit = Credit { charge: payment.charge.clone(), grant };
        let fact = Fact::Paid { payment: payment.clone(), at: now };
        let credited = self.state.credit(payment.user, &credit, &[fact]).await?;
        self.goes_first(payment.user).await?;
        let said = match credited.until {
            _ if payment.days == 0 => Sale::Unclear,
            Some(until) => Sale::Paid { until },
            // It went back already.
            None => return Ok(credited.news),
        };
        self.say(payment, said, "paid").await?;
        Ok(credited.news)
    }

    /// A payment went back at `now`, and what it gave with it. Answers whether that was not known before.
    pub async fn returned(&self, payment: &Payment, now: Millis) -> Result<bool> {
        let credit = Credit { charge: payment.charge.clone(), grant: None };
        let fact = Fact::Returned { payment: payment.clone(), at: now };
        let credited = self.state.credit(payment.user, &credit, &[fact]).await?;
        let until = credited.until.filter(|until| *until > now);
        self.say(payment, Sale::Returned { until }, "returned").await?;
        Ok(credited.news)
    }

    /// Said once, by the bot that was paid.
    async fn say(&self, payment: &Payment, what: Sale, once: &str) -> Result<()> {
        let once = format!("{once}:{}", payment.charge);
        self.state.post(payment.user, payment.bot, &Notice::Sale(what).entry(), &once).await
    }

    /// The ticket of somebody who waits comes back at its next attempt, made anew: it is of their present class. A crash in
    /// between leaves a waiter without a ticket, whom the audit mends.
    async fn goes_first(&self, user: UserId) -> Result<()> {
        let reading = self.state.read(user).await?;
        let Some(record) = reading.record else { return Ok(()) };
        let Session::Waiting(stub) = &record.session else { return Ok(()) };
        if record.premium(reading.now).is_none() {
            return Ok(());
        }
        let who = Claimant { user, ticket: stub.ticket, attempt: stub.attempt };
        if let Some(stub) = self.state.bump(&who, &stub.pool).await? {
            self.state.add_ticket(&ticket(user, &stub, &record, reading.now)).await?;
        }
        Ok(())
    }
}

impl Intake {
    /// Takes in what a message tells of a payment.
    pub(super) async fn settle(
        &self,
        bot: BotId,
        said: &Understood,
        settlement: &Settlement,
    ) -> std::result::Result<Outcome, IntakeError> {
        let wrote = said.input.written().map(|message| super::Wrote { bot, message });
        // A payment is not counted for how much somebody sends.
        let arrival = Arrival { wrote, ..Arrival::default() };
        let reading = self.state.arrive(said.user, arrival).await?;
        if reading.record.as_ref().is_none_or(|record| record.forgotten.is_some()) {
            self.welcome(said, bot, reading.record.as_ref(), reading.now).await?;
        }
        let news = if settlement.back {
            self.payments.returned(&settlement.payment, reading.now).await?
        } else {
            self.payments.paid(&settlement.payment, reading.now).await?
        };
        Ok(if news { Outcome::Answered } else { Outcome::Duplicate })
    }
}
