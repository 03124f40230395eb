//! What is sold for Stars: invoices, who is about to pay, what was paid, and what went back.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use serde::Serialize;

use super::super::action::{Acted, CannotAct};
use super::super::content::Kind;
use super::super::event::{MessageId, Queued, UserId};
use super::super::json::Json;
use super::super::push::queue::Line;
use super::act::queue;
use super::message::{Body, Message, Payload};
use super::{Bot, Shared, render};

/// Seconds in which a pre-checkout query must be answered. (Source: Bot API, `answerPreCheckoutQuery`.)
const PATIENCE: u32 = 10;
/// Seconds of a month, the only period of a subscription. (Source: Bot API, `createInvoiceLink`.)
pub(in super::super) const MONTH: i64 = 2_592_000;

/// What a bot asks Stars for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Invoice {
    pub(in super::super) title: String,
    pub(in super::super) description: String,
    pub(in super::super) payload: String,
    pub(in super::super) stars: i64,
    /// It is paid again every month.
    pub(in super::super) monthly: bool,
}

impl Invoice {
    /// `Invoice`, as it stands in a message.
    pub(in super::super) fn json(&self) -> String {
        let mut json = Json::object();
        json.text("title", &self.title).text("description", &self.description);
        json.text("start_parameter", "").text("currency", "XTR").int("total_amount", self.stars);
        json.end()
    }
}

/// One bot's sales.
#[derive(Debug)]
pub(in super::super) struct Till {
    links: HashMap<String, Arc<Invoice>>,
    first: u64,
    checkouts: Vec<Checkout>,
    payments: BTreeMap<String, Payment>,
}

/// Somebody who is about to pay.
#[derive(Debug)]
struct Checkout {
    user: UserId,
    invoice: Arc<Invoice>,
    deadline: Duration,
    answer: Option<Answer>,
}

#[derive(Debug)]
struct Answer {
    at: Duration,
    ok: bool,
    text: Option<String>,
}

/// Somebody who paid.
#[derive(Debug)]
struct Payment {
    user: UserId,
    invoice: Arc<Invoice>,
    refunded: bool,
    /// Of a subscription: it is not paid again.
    canceled: bool,
}

/// A pre-checkout query, as its user saw it end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckoutSeen {
    /// It was answered.
    pub answered: bool,
    /// Too late, or not at all within its time.
    pub late: bool,
    /// The payment went through.
    pub ok: bool,
    /// Why it did not, in the bot's words.
    pub text: Option<String>,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaymentSeen {
    /// `telegram_payment_charge_id`.
    pub charge: String,
    /// How many Stars.
    pub stars: i64,
    /// They went back.
    pub refunded: bool,
    /// It is of a subscription that is paid again next month.
    pub renews: bool,
}

/// Why an answer to a pre-checkout query changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Unanswerable {
    /// There never was such a query.
    Unknown,
    /// It was answered before, or its time is over.
    Over,
}

impl Till {
    /// A till whose queries count from `first`.
    pub(super) fn new(first: u64) -> Self {
        Self { links: HashMap::new(), first, checkouts: Vec::new(), payments: BTreeMap::new() }
    }

    /// Makes a link to an invoice.
    pub(in super::super) fn link(&mut self, invoice: Invoice) -> String {
        let link = format!("https://t.me/$invoice{}", self.links.len() + 1);
        self.links.insert(link.clone(), Arc::new(invoice));
        link
    }

    /// Takes the answer to a query in: whether it lets the payment through.
    pub(in super::super) fn answer(
        &mut self,
        id: &str,
        ok: bool,
        text: Option<&str>,
        now: Duration,
    ) -> Result<Option<(UserId, Arc<Invoice>)>, Unanswerable> {
        let place = id.parse::<u64>().ok().and_then(|id| usize::try_from(id.checked_sub(self.first)?).ok());
        let checkout = place.and_then(|place| self.checkouts.get_mut(place)).ok_or(Unanswerable::Unknown)?;
        if checkout.answer.is_some() {
            return Err(Unanswerable::Over);
        }
        checkout.answer = Some(Answer { at: now, ok, text: text.map(str::to_owned) });
        if now > checkout.deadline {
            return Err(Unanswerable::Over);
        }
        Ok(ok.then(|| (checkout.user, Arc::clone(&checkout.invoice))))
    }

    /// Queries that were not answered in time, answered or not.
    pub(super) fn late(&self, now: Duration) -> usize {
        self.checkouts.iter().filter(|checkout| checkout.is_late(now)).count()
    }

    pub(super) fn checkouts(&self) -> usize {
        self.checkouts.len()
    }

    pub(super) fn payments(&self) -> usize {
        self.payments.len()
    }

    /// A user's queries, oldest first.
    pub(in super::super) fn checkouts_of(&self, user: UserId, now: Duration) -> Vec<CheckoutSeen> {
        let own = self.checkouts.iter().filter(|checkout| checkout.user == user);
        let seen = own.map(|checkout| CheckoutSeen {
            answered: checkout.answer.is_some(),
            late: checkout.is_late(now),
            ok: !checkout.is_late(now) && checkout.answer.as_ref().is_some_and(|answer| answer.ok),
            text: checkout.answer.as_ref().and_then(|answer| answer.text.clone()),
        });
        seen.collect()
    }

    /// A user's payments, by their ids, which count up.
    pub(in super::super) fn payments_of(&self, user: UserId) -> Vec<PaymentSeen> {
        let own = self.payments.iter().filter(|(_, payment)| payment.user == user);
        let seen = own.map(|(charge, payment)| PaymentSeen {
            charge: charge.clone(),
            stars: payment.invoice.stars,
            refunded: payment.refunded,
            renews: payment.invoice.monthly && !payment.refunded && !payment.canceled,
        });
        seen.collect()
    }

    /// Ends a subscription, or takes it up again. `false`: no such one.
    pub(in super::super) fn cancel(&mut self, user: UserId, charge: &str, canceled: bool) -> bool {
        let payment = self.payments.get_mut(charge).filter(|payment| payment.user == user);
        match payment.filter(|payment| payment.invoice.monthly) {
            Some(payment) => {
                payment.canceled = canceled;
                true
            }
            None => false,
        }
    }
}

impl Checkout {
    fn is_late(&self, now: Duration) -> bool {
        self.answer.as_ref().map_or(now, |answer| answer.at) > self.deadline
    }
}

/// The user presses "Pay" under an invoice.
pub(super) fn pay(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    message_id: MessageId,
) -> Result<Acted, CannotAct> {
    let message = bot.chats.get(&user).and_then(|chat| chat.get(message_id)).ok_or(CannotAct::NoMessage)?;
    let invoice = message.more.as_ref().and_then(|more| more.invoice.clone()).ok_or(CannotAct::NoInvoice)?;
    Ok(ask(bot, shared, user, &invoice))
}

/// The user pays what a link leads to.
pub(super) fn pay_link(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    link: &str,
) -> Result<Acted, CannotAct> {
    let invoice = bot.till.links.get(link).cloned().ok_or(CannotAct::NoInvoice)?;
    Ok(ask(bot, shared, user, &invoice))
}

/// The bot is asked whether the payment may go through.
fn ask(bot: &mut Bot, shared: &mut Shared, user: UserId, invoice: &Arc<Invoice>) -> Acted {
    let deadline = shared.clock.now() + shared.clock.seconds(PATIENCE);
    let id = bot.till.first + u64::try_from(bot.till.checkouts.len()).unwrap_or_default();
    bot.till.checkouts.push(Checkout { user, invoice: Arc::clone(invoice), deadline, answer: None });
    let queued = Queued::Checkout { stars: invoice.stars };
    let update_id =
        queue(bot, shared, user, Line::Checkout(user), "pre_checkout_query", queued, |view, json| {
            json.text("id", &id.to_string());
            json.nest("from", |json| render::user(json, user, view.shared.people.get(&user)));
            json.text("currency", "XTR").int("total_amount", invoice.stars);
            json.text("invoice_payload", &invoice.payload);
        });
    Acted { update_id, message_id: None }
}

/// The next month of a subscription is paid; nobody is asked.
pub(super) fn renew(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    charge: &str,
) -> Result<Acted, CannotAct> {
    let payment = bot.till.payments.get(charge).filter(|payment| payment.user == user);
    let renews = |payment: &&Payment| payment.invoice.monthly && !payment.refunded && !payment.canceled;
    let invoice = payment.filter(renews).map(|payment| Arc::clone(&payment.invoice));
    let invoice = invoice.ok_or(CannotAct::NoInvoice)?;
    Ok(paid(bot, shared, user, &invoice, false))
}

/// The Stars change hands, and the bot hears of it. `first`: a subscription begins with it.
pub(in super::super) fn paid(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    invoice: &Arc<Invoice>,
    first: bool,
) -> Acted {
    // As long as real ones, and in the order in which they are made.
    let (number, one, other) =
        (bot.till.payments.len(), shared.rng.random::<u128>(), shared.rng.random::<u128>());
    let charge = format!("stx{number:08x}{one:032x}{other:032x}");
    let payment = Payment { user, invoice: Arc::clone(invoice), refunded: false, canceled: false };
    bot.till.payments.insert(charge.clone(), payment);
    let mut json = Json::object();
    json.text("currency", "XTR").int("total_amount", invoice.stars);
    json.text("invoice_payload", &invoice.payload);
    if invoice.monthly {
        json.int("subscription_expiration_date", i64::from(shared.clock.unix()) + MONTH);
        json.bool("is_recurring", true);
        if first {
            json.bool("is_first_recurring", true);
        }
    }
    json.text("telegram_payment_charge_id", &charge).text("provider_payment_charge_id", &charge);
    said(bot, shared, user, Kind::Payment, &json.end(), |message_id| Queued::Paid { message_id, charge })
}

/// Gives the Stars of a payment back, and the bot hears of it. `None`: there is no such payment, or it went back before.
pub(in super::super) fn give_back(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    charge: &str,
) -> Option<Acted> {
    let payment = bot.till.payments.get_mut(charge).filter(|payment| payment.user == user)?;
    if std::mem::replace(&mut payment.refunded, true) {
        return None;
    }
    let mut json = Json::object();
    json.text("currency", "XTR").int("total_amount", payment.invoice.stars);
    json.text("invoice_payload", &payment.invoice.payload).text("telegram_payment_charge_id", charge);
    let charge = charge.to_owned();
    Some(said(bot, shared, user, Kind::Refund, &json.end(), |message_id| Queued::Refunded {
        message_id,
        charge,
    }))
}

/// Whether there is this payment of this user, whatever became of it.
pub(in super::super) fn knows(bot: &Bot, user: UserId, charge: &str) -> bool {
    bot.till.payments.get(charge).is_some_and(|payment| payment.user == user)
}

/// Telegram says something in the chat, on the user's side.
fn said(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    kind: Kind,
    object: &str,
    queued: impl FnOnce(MessageId) -> Queued,
) -> Acted {
    let body = Body { kind, text: None, entities: None, payload: Payload::Object(object.into()) };
    let date = shared.clock.unix();
    let message = Message { date, edited: None, from_bot: false, reply_to: None, body, more: None };
    let Some(chat) = bot.chats.get_mut(&user) else { return Acted { update_id: None, message_id: None } };
    let message_id = chat.add(message, shared.settings.history);
    let queued = queued(message_id);
    let update_id = queue(bot, shared, user, Line::Chat(user), "message", queued, |view, json| {
        if let Some(message) = view.chat.get(message_id) {
            view.write(json, message_id, message, true);
        }
    });
    Acted { update_id, message_id: Some(message_id) }
}
