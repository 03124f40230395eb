//! Premium: who may pay, what was paid, and what went back, with crashes in between.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hamdam_bot::{Outcome, Premium, Settings, Voice};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::filter::{Filter, Filters};
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::{Content, Notice};
use hamdam_domain::premium::{Charge, Credit, Grant, Offer, Sale};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::safety::FOR_EVER;
use hamdam_domain::wish::Class;
use hamdam_fleet::intake::{Cashier, IntakeError, Stored, Till};
use hamdam_state::State;
use hamdam_state::memory::Pass;
use hamdam_telegram::CallError;
use hamdam_telegram::error::Executed;
use hamdam_telegram::payment::{AnswerPreCheckoutQuery, CreateInvoiceLink};
use serde_json::{Value, json};

use super::stage::{ANN, BEN, BOT, NOW, Stage, press, says, text};

const DAY: Duration = Duration::from_hours(24);
const DAYS: Offer = Offer::Days { days: 30, stars: 150 };
const MONTHLY: Offer = Offer::Monthly { stars: 120 };

/// Telegram, as far as it is asked while somebody waits.
#[derive(Default)]
struct Counter {
    words: Mutex<Vec<AnswerPreCheckoutQuery>>,
    links: Mutex<Vec<CreateInvoiceLink>>,
    /// What is answered next, instead of taking it.
    trouble: Mutex<Option<CallError>>,
}

#[async_trait]
impl Cashier for Counter {
    async fn say(&self, _: BotId, word: &AnswerPreCheckoutQuery) -> Result<(), CallError> {
        if let Some(error) = self.trouble.lock().unwrap().take() {
            return Err(error);
        }
        self.words.lock().unwrap().push(word.clone());
        Ok(())
    }

    async fn link(&self, _: BotId, invoice: &CreateInvoiceLink) -> Result<String, CallError> {
        if let Some(error) = self.trouble.lock().unwrap().take() {
            return Err(error);
        }
        self.links.lock().unwrap().push(invoice.clone());
        Ok("https://t.me/$link".to_owned())
    }
}

fn broken() -> CallError {
    CallError::Retry { method: "x", executed: Executed::Perhaps, reason: "x".into(), source: None }
}

fn shop() -> (Stage, Arc<Counter>) {
    let premium =
        Premium { offers: vec![DAYS, MONTHLY], support: Some("@help".into()), ..Premium::default() };
    let counter = Arc::new(Counter::default());
    let till = Till::new(Arc::clone(&counter) as Arc<dyn Cashier>, Voice::default());
    let stage = Stage::under(Settings { premium, ..Settings::default() });
    let Stage { state, warden, record, metrics, intake } = stage;
    (Stage { state, warden, record, metrics, intake: intake.with_till(till) }, counter)
}

fn asks(user: UserId, payload: &str, amount: u32) -> Value {
    json!({"pre_checkout_query": {
        "id": "q", "from": {"id": user.0, "language_code": "fa"}, "currency": "XTR", "total_amount": amount,
        "invoice_payload": payload,
    }})
}

/// A message about a payment of Ann's.
fn told(field: &str, charge: &str, payload: &str, amount: u32) -> Value {
    says(
        ANN,
        &json!({field: {
            "currency": "XTR", "total_amount": amount, "invoice_payload": payload,
            "telegram_payment_charge_id": charge, "provider_payment_charge_id": "p",
        }}),
    )
}

fn paid(charge: &str) -> Value {
    told("successful_payment", charge, "premium:30:150", 150)
}

fn returned(charge: &str) -> Value {
    told("refunded_payment", charge, "premium:30:150", 150)
}

async fn until(stage: &Stage) -> Option<Millis> {
    stage.state.read(ANN).await.unwrap().record.and_then(|record| record.premium_until)
}

/// What Ann is told about sales.
fn sales(stage: &Stage) -> Vec<Sale> {
    let told = stage.told(ANN).into_iter();
    told.filter_map(|notice| if let Notice::Sale(sale) = notice { Some(sale) } else { None }).collect()
}

/// The payments and returns that the database is told of, by charge.
fn journalled(stage: &Stage) -> Vec<(String, bool)> {
    let facts = stage.facts().into_iter();
    facts
        .filter_map(|fact| match fact {
            Fact::Paid { payment, .. } => Some((payment.charge.to_string(), false)),
            Fact::Returned { payment, .. } => Some((payment.charge.to_string(), true)),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn what_is_sold_may_be_paid_and_nothing_else() {
    let (stage, counter) = shop();
    stage.does(1, &text(ANN, "/start")).await;
    let word = async |id: i64, ask: &Value| {
        let outcome = stage.does(id, ask).await;
        let word = counter.words.lock().unwrap().pop().unwrap();
        assert_eq!((word.ok, &*word.pre_checkout_query_id), (outcome == Outcome::Answered, "q"));
        word.error_message
    };
    assert_eq!(word(2, &asks(ANN, "premium:30:150", 150)).await, None);
    assert_eq!(word(3, &asks(ANN, "premium:monthly:120", 120)).await, None);
    assert_eq!(word(4, &asks(BEN, "premium:30:150", 150)).await, None, "also who never came");
    for (payload, amount) in [("premium:30:1", 1), ("premium:30:150", 1), ("x", 150)] {
        let why = word(5, &asks(ANN, payload, amount)).await.unwrap();
        assert!(why.contains("/premium") && why.contains("این پیشنهاد"), "in Persian: {why}");
    }
    stage.state.tamper(|world| world.users.get_mut(&ANN).unwrap().profile.banned_until = Some(FOR_EVER));
    assert!(word(6, &asks(ANN, "premium:30:150", 150)).await.is_some(), "who is kept out buys nothing");
    assert_eq!(journalled(&stage), []);
}

#[tokio::test]
async fn a_payment_that_could_not_be_stored_is_declined_and_an_unheard_word_said_again() {
    let (stage, counter) = shop();
    stage.warden.trouble(0, 1, Pass::Unsent);
    assert_eq!(stage.does(1, &asks(ANN, "premium:30:150", 150)).await, Outcome::Refused);
    assert!(!counter.words.lock().unwrap().pop().unwrap().ok);
    stage.warden.peace();
    *counter.trouble.lock().unwrap() = Some(broken());
    let error = stage.handle(BOT, 2, &asks(ANN, "premium:30:150", 150)).await.unwrap_err();
    assert!(matches!(error, IntakeError::Word(_)) && error.passes(), "{error:?}");
    assert_eq!(stage.does(2, &asks(ANN, "premium:30:150", 150)).await, Outcome::Answered);
    *counter.trouble.lock().unwrap() = Some(CallError::Gone { method: "x", reason: "too old".into() });
    assert_eq!(stage.does(2, &asks(ANN, "premium:30:150", 150)).await, Outcome::Duplicate);
}

#[tokio::test]
async fn a_payment_counts_once_by_its_charge_whatever_told_it() {
    let (stage, _) = shop();
    let ends = Some(NOW.after(30 * DAY));
    assert_eq!(stage.does(10, &paid("stx1")).await, Outcome::Answered);
    assert_eq!(until(&stage).await, ends);
    for update in [10, 11, 3] {
        assert_eq!(stage.does(update, &paid("stx1")).await, Outcome::Duplicate, "by update {update}");
    }
    assert_eq!((until(&stage).await, journalled(&stage)), (ends, vec![("stx1".into(), false)]));
    assert_eq!(sales(&stage), [Sale::Paid { until: NOW.after(30 * DAY) }]);
    let monthly = told("successful_payment", "stx2", "premium:monthly:120", 120);
    assert_eq!(stage.does(12, &monthly).await, Outcome::Answered);
    assert_eq!(until(&stage).await, Some(NOW.after(60 * DAY)), "added behind");
}

/// A press of a later update overtook the payment: what moves sessions is stale by then, what was paid is not.
#[tokio::test]
async fn a_payment_is_not_lost_behind_what_overtook_it() {
    let (stage, _) = shop();
    stage.does(20, &press(ANN, "search:0")).await;
    assert_eq!(stage.does(25, &text(ANN, "/stop")).await, Outcome::Moved);
    assert_eq!(stage.does(15, &paid("stx1")).await, Outcome::Answered);
    assert!(until(&stage).await.is_some());
}

#[tokio::test]
async fn wherever_the_handling_of_a_payment_dies_it_counts_once() {
    let steps = {
        let (stage, _) = shop();
        stage.does(10, &text(ANN, "/search")).await;
        stage.warden.trouble(usize::MAX, 0, Pass::Once);
        stage.does(11, &paid("stx1")).await;
        stage.warden.steps()
    };
    assert!(steps >= 5, "{steps}");
    for broken in 0..steps {
        for pass in [Pass::Unsent, Pass::Unheard, Pass::Twice] {
            let (stage, _) = shop();
            stage.does(10, &text(ANN, "/search")).await;
            stage.warden.trouble(broken, 1, pass);
            let _ = stage.handle(BOT, 11, &paid("stx1")).await;
            stage.warden.peace();
            stage.handle(BOT, 11, &paid("stx1")).await.unwrap();
            let at = format!("{pass:?} at step {broken}");
            assert_eq!(until(&stage).await, Some(NOW.after(30 * DAY)), "{at}");
            assert_eq!(journalled(&stage), [("stx1".into(), false)], "{at}");
            assert_eq!(sales(&stage), [Sale::Paid { until: NOW.after(30 * DAY) }], "{at}");
            let tickets = stage.tickets();
            assert_eq!(tickets.len(), 1, "{at}");
            assert_eq!(tickets[0].wishes.facts.class, Class::PREMIUM, "{at}");
        }
    }
}

#[tokio::test]
async fn premium_is_the_class_of_a_ticket_while_it_lasts() {
    let (stage, _) = shop();
    let class = |stage: &Stage| stage.tickets()[0].wishes.facts.class;
    let gives =
        |at: Millis| Credit { charge: Charge::new("stx1").unwrap(), grant: Some(Grant { at, days: 30 }) };
    stage.does(10, &text(ANN, "/search")).await;
    assert_eq!(class(&stage), Class(0));
    stage.does(11, &text(ANN, "/stop")).await;
    stage.state.credit(ANN, &gives(NOW.before(30 * DAY).after(Duration::from_millis(1))), &[]).await.unwrap();
    stage.does(12, &text(ANN, "/search")).await;
    assert_eq!(class(&stage), Class::PREMIUM, "for another millisecond");
    let (stage, _) = shop();
    stage.does(10, &text(ANN, "/start")).await;
    stage.state.credit(ANN, &gives(NOW.before(30 * DAY)), &[]).await.unwrap();
    stage.does(12, &text(ANN, "/search")).await;
    assert_eq!(class(&stage), Class(0), "it is over, without anybody's doing");
}

#[tokio::test]
async fn what_went_back_takes_its_days_along_whoever_says_so_first() {
    let (stage, _) = shop();
    stage.does(10, &paid("stx1")).await;
    assert_eq!(stage.does(11, &returned("stx1")).await, Outcome::Answered);
    assert_eq!(stage.does(12, &returned("stx1")).await, Outcome::Duplicate);
    assert_eq!(stage.does(13, &paid("stx1")).await, Outcome::Duplicate);
    assert_eq!(until(&stage).await, None);
    assert_eq!(journalled(&stage), [("stx1".into(), false), ("stx1".into(), true)]);
    assert_eq!(sales(&stage), [Sale::Paid { until: NOW.after(30 * DAY) }, Sale::Returned { until: None }]);
    for broken in 0..4 {
        let (stage, _) = shop();
        stage.does(10, &paid("stx1")).await;
        stage.does(11, &paid("stx2")).await;
        stage.warden.trouble(broken, 1, Pass::Unheard);
        let _ = stage.handle(BOT, 12, &returned("stx1")).await;
        stage.warden.peace();
        stage.handle(BOT, 12, &returned("stx1")).await.unwrap();
        let left = NOW.after(30 * DAY);
        assert_eq!(until(&stage).await, Some(left), "broken off at step {broken}");
        assert_eq!(sales(&stage).last(), Some(&Sale::Returned { until: Some(left) }));
        assert_eq!(sales(&stage).len(), 3, "broken off at step {broken}");
    }
}

#[tokio::test]
async fn what_nobody_can_read_or_knows_is_kept_and_not_dropped() {
    let (stage, _) = shop();
    let strange = told("successful_payment", "stx1", "a coffee", 150);
    assert_eq!(stage.does(10, &strange).await, Outcome::Answered);
    assert_eq!((until(&stage).await, sales(&stage)), (None, vec![Sale::Unclear]));
    assert_eq!(journalled(&stage).len(), 1);
    let unreadable = says(ANN, &json!({"successful_payment": {"currency": "XTR"}}));
    let error = stage.handle(BOT, 11, &unreadable).await.unwrap_err();
    assert!(matches!(error, IntakeError::Payment(_)) && !error.passes(), "it goes to the dead letters");
}

#[tokio::test]
async fn who_is_read_back_has_what_they_paid() {
    let (stage, _) = shop();
    let credit = |charge: &str, days| Credit {
        charge: Charge::new(charge).unwrap(),
        grant: Some(Grant { at: NOW.before(10 * DAY), days }),
    };
    let gone = Credit { grant: None, ..credit("stx2", 0) };
    let profile = Profile::new(Language::En, BOT);
    let credits = vec![credit("stx1", 30), gone];
    let stored = Stored { profile, blocked: Vec::new(), credits, forgotten: false };
    stage.record.known.lock().unwrap().insert(ANN, stored.clone());
    stage.does(10, &text(ANN, "/search")).await;
    assert_eq!(stage.tickets()[0].wishes.facts.class, Class::PREMIUM);
    assert_eq!(until(&stage).await, Some(NOW.after(20 * DAY)));
    assert_eq!(journalled(&stage), [], "the database knows it");
    // Wherever enrolling dies.
    for broken in 0..6 {
        let (stage, _) = shop();
        stage.record.known.lock().unwrap().insert(ANN, stored.clone());
        stage.warden.trouble(broken, 1, Pass::Unheard);
        let _ = stage.handle(BOT, 10, &text(ANN, "/search")).await;
        stage.warden.peace();
        stage.handle(BOT, 10, &text(ANN, "/search")).await.unwrap();
        assert_eq!(stage.tickets()[0].wishes.facts.class, Class::PREMIUM, "broken off at step {broken}");
    }
}

#[tokio::test]
async fn offers_lead_to_invoices_and_to_a_link_that_is_made_once() {
    let (stage, counter) = shop();
    stage.does(10, &text(ANN, "/premium")).await;
    let offers = Sale::Offers {
        offers: vec![DAYS, MONTHLY],
        kept: Filters::default().with(Filter::Near),
        until: None,
    };
    assert_eq!(sales(&stage), [offers]);
    stage.does(11, &press(ANN, "buy:30:150")).await;
    assert_eq!(stage.last(ANN), Content::Invoice { offer: DAYS });
    *counter.trouble.lock().unwrap() = Some(broken());
    for (update, link) in [(12, None), (13, Some("https://t.me/$link")), (14, Some("https://t.me/$link"))] {
        stage.does(update, &press(ANN, "buy:monthly:120")).await;
        let link = link.map(str::to_owned);
        assert_eq!(sales(&stage).last(), Some(&Sale::Subscribe { stars: 120, link }));
    }
    stage.does(15, &press(ANN, "buy:monthly:1")).await;
    let made = counter.links.lock().unwrap();
    assert_eq!(made.len(), 1, "nobody sells the last one");
    assert_eq!(made[0].subscription_period, Some(2_592_000));
    assert_eq!(made[0].invoice.payload, "premium:monthly:120");
}

#[tokio::test]
async fn where_nothing_is_sold_the_commands_are_unknown() {
    let stage = Stage::new();
    for (update, command) in [(10, "/premium"), (11, "/paysupport"), (12, "/terms")] {
        stage.does(update, &text(ANN, command)).await;
        assert_eq!(stage.told(ANN).last(), Some(&Notice::UnknownCommand), "{command}");
    }
    let (stage, _) = shop();
    stage.does(10, &text(ANN, "/paysupport")).await;
    stage.does(11, &text(ANN, "/terms")).await;
    assert_eq!(sales(&stage), [Sale::Support { contact: "@help".into() }, Sale::Terms { own: None }]);
}
