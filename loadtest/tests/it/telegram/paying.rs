//! Sales for Telegram Stars: invoices and links, the question before a payment, what was paid, renewed, and given back.

use loadtest::telegram::{Action, CannotAct, CheckoutSeen, PaymentSeen, What};
use serde_json::{Value, json};

use super::specification::assert_is;
use super::support::{BOT, Hook, OTHER_BOT, Reply, Telegram};

fn invoice(stars: i64) -> Value {
    json!({
        "title": "Premium", "description": "For 30 days", "payload": "premium:30", "provider_token": "",
        "currency": "XTR", "prices": [{"label": "Premium", "amount": stars}],
    })
}

fn with(mut body: Value, more: &Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Everything pushed so far, once so many are acknowledged.
async fn pushed(telegram: &Telegram, hook: &Hook, count: usize) -> Vec<Value> {
    let acknowledged = |what: &What| matches!(what, What::Acknowledged { .. }).then_some(());
    telegram.first(count, acknowledged).await;
    let mut updates: Vec<_> = hook.received().into_iter().map(|received| received.body).collect();
    updates.sort_by_key(|update| update["update_id"].as_i64());
    for update in &updates {
        assert_is("Update", update);
        let read: Result<frankenstein::updates::Update, _> = serde_json::from_value(update.clone());
        assert!(read.is_ok(), "{read:?}\n{update:#}");
    }
    updates
}

async fn shop() -> (Telegram, Hook) {
    let telegram = Telegram::start().await;
    let hook = Hook::start(|_| Reply::ok()).await;
    telegram.point_to(&hook, json!({"allowed_updates": ["message", "pre_checkout_query"]})).await;
    telegram.start_bot(7);
    (telegram, hook)
}

/// Presses "Pay" under a new invoice; answers the id of the query that comes.
async fn asks(telegram: &Telegram, hook: &Hook, count: usize) -> String {
    let sent = telegram.good("sendInvoice", with(invoice(100), &json!({"chat_id": 7}))).await;
    assert_is("Message", &sent);
    telegram.act(7, Action::Pay { message_id: sent["message_id"].as_i64().unwrap() });
    let updates = pushed(telegram, hook, count).await;
    let query = &updates.last().unwrap()["pre_checkout_query"];
    assert_eq!((&query["total_amount"], &query["invoice_payload"]), (&json!(100), &json!("premium:30")));
    assert_eq!(query["from"]["id"], 7);
    query["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_pays_is_asked_about_and_then_told_of() {
    let (telegram, hook) = shop().await;
    let id = asks(&telegram, &hook, 2).await;
    assert_eq!(telegram.simulator.payments(BOT, 7), [], "nothing is paid before the answer");
    telegram.good("answerPreCheckoutQuery", json!({"pre_checkout_query_id": id, "ok": true})).await;
    let paid = pushed(&telegram, &hook, 3).await[2]["message"].clone();
    let payment = &paid["successful_payment"];
    assert_eq!((&payment["currency"], &payment["total_amount"]), (&json!("XTR"), &json!(100)));
    assert_eq!(payment["invoice_payload"], "premium:30");
    assert_eq!((&paid["from"]["id"], payment.get("is_recurring")), (&json!(7), None));
    let charge = payment["telegram_payment_charge_id"].as_str().unwrap().to_owned();
    let seen = PaymentSeen { charge: charge.clone(), stars: 100, refunded: false, renews: false };
    assert_eq!(telegram.simulator.payments(BOT, 7), [seen]);
    assert_eq!(telegram.simulator.payments(OTHER_BOT, 7), []);

    let refund = json!({"user_id": 7, "telegram_payment_charge_id": charge});
    telegram.good("refundStarPayment", refund.clone()).await;
    let back = &pushed(&telegram, &hook, 4).await[3]["message"]["refunded_payment"];
    assert_eq!(back["telegram_payment_charge_id"], json!(charge));
    assert!(telegram.simulator.payments(BOT, 7)[0].refunded);
    let again = telegram.refused("refundStarPayment", refund).await;
    assert_eq!(again, "400 Bad Request: CHARGE_ALREADY_REFUNDED");
    let nobodys = json!({"user_id": 8, "telegram_payment_charge_id": charge});
    assert_eq!(telegram.refused("refundStarPayment", nobodys).await, "400 Bad Request: CHARGE_NOT_FOUND");
    assert_eq!(telegram.simulator.act(BOT, 7, Action::Reclaim { charge }), Err(CannotAct::NoInvoice));
    assert!(telegram.invalid().is_empty(), "{:?}", telegram.invalid());
}

#[tokio::test]
async fn a_refusal_is_shown_and_nothing_is_paid() {
    let (telegram, hook) = shop().await;
    let id = asks(&telegram, &hook, 2).await;
    let no = json!({"pre_checkout_query_id": id, "ok": false});
    let silent = telegram.refused("answerPreCheckoutQuery", no.clone()).await;
    assert!(silent.contains("an error message"), "{silent}");
    telegram.good("answerPreCheckoutQuery", with(no.clone(), &json!({"error_message": "Not now"}))).await;
    let seen = CheckoutSeen { answered: true, late: false, ok: false, text: Some("Not now".into()) };
    assert_eq!(telegram.simulator.checkouts(BOT, 7), [seen]);
    assert_eq!(telegram.simulator.status().payments, 0);
    let again = telegram.refused("answerPreCheckoutQuery", with(no, &json!({"error_message": "x"}))).await;
    assert!(again.contains("query is too old"), "{again}");
    let unknown = json!({"pre_checkout_query_id": "5", "ok": true});
    telegram.refused("answerPreCheckoutQuery", unknown).await;
    assert_eq!(telegram.invalid().len(), 2, "answering twice is what a retry does: {:?}", telegram.invalid());
}

#[tokio::test]
async fn an_answer_after_ten_seconds_is_late_and_pays_nothing() {
    let telegram = Telegram::faster(1_000.0).await;
    telegram.start_bot(7);
    let sent = telegram.good("sendInvoice", with(invoice(5), &json!({"chat_id": 7}))).await;
    telegram.act(7, Action::Pay { message_id: sent["message_id"].as_i64().unwrap() });
    let updates = telegram.good("getUpdates", json!({})).await;
    let id = updates[1]["pre_checkout_query"]["id"].clone();
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(1));
    while telegram.simulator.status().late_checkouts == 0 {
        tick.tick().await;
    }
    let answer = json!({"pre_checkout_query_id": id, "ok": true});
    let late = telegram.refused("answerPreCheckoutQuery", answer).await;
    assert!(late.contains("query is too old"), "{late}");
    let status = telegram.simulator.status();
    assert_eq!((status.checkouts, status.late_checkouts, status.payments), (1, 1, 0));
    let seen = CheckoutSeen { answered: true, late: true, ok: false, text: None };
    assert_eq!(telegram.simulator.checkouts(BOT, 7), [seen]);
    assert!(telegram.invalid().is_empty(), "a slow machine may be late");
}

#[tokio::test]
async fn a_subscription_begins_with_a_link_and_is_renewed_until_it_is_canceled() {
    let (telegram, hook) = shop().await;
    let monthly = with(invoice(120), &json!({"subscription_period": 2_592_000}));
    let link = telegram.good("createInvoiceLink", monthly).await.as_str().unwrap().to_owned();
    assert!(link.starts_with("https://t.me/$"), "{link}");
    telegram.act(7, Action::PayLink { link });
    let query = pushed(&telegram, &hook, 2).await[1]["pre_checkout_query"].clone();
    telegram.good("answerPreCheckoutQuery", json!({"pre_checkout_query_id": query["id"], "ok": true})).await;
    let first = pushed(&telegram, &hook, 3).await[2]["message"]["successful_payment"].clone();
    assert_eq!((&first["is_recurring"], &first["is_first_recurring"]), (&json!(true), &json!(true)));
    let charge = first["telegram_payment_charge_id"].as_str().unwrap().to_owned();
    telegram.act(7, Action::Renew { charge: charge.clone() });
    let second = pushed(&telegram, &hook, 4).await[3]["message"]["successful_payment"].clone();
    assert_eq!((&second["is_recurring"], second.get("is_first_recurring")), (&json!(true), None));
    assert_ne!(second["telegram_payment_charge_id"], json!(charge));
    let ended = json!({"user_id": 7, "telegram_payment_charge_id": charge, "is_canceled": true});
    telegram.good("editUserStarSubscription", ended).await;
    assert_eq!(telegram.simulator.act(BOT, 7, Action::Renew { charge }), Err(CannotAct::NoInvoice));
    assert!(telegram.invalid().is_empty(), "{:?}", telegram.invalid());
}

#[tokio::test]
async fn what_no_correct_program_sells_is_refused_and_counted() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    let mut count = 0;
    for (change, why) in [
        (json!({"title": ""}), "title"),
        (json!({"title": "x".repeat(33)}), "title"),
        (json!({"description": "x".repeat(256)}), "description"),
        (json!({"payload": "é".repeat(65)}), "payload"),
        (json!({"currency": "USD"}), "CURRENCY_INVALID"),
        (json!({"provider_token": "5:x"}), "PAYMENT_PROVIDER_INVALID"),
        (json!({"prices": []}), "exactly one price"),
        (json!({"prices": [{"label": "x", "amount": 0}]}), "STARS_AMOUNT_INVALID"),
        (json!({"prices": [{"label": "x", "amount": 10_001}]}), "STARS_AMOUNT_INVALID"),
        (json!({"max_tip_amount": 5}), "tips"),
    ] {
        let sent = with(with(invoice(5), &json!({"chat_id": 7})), &change);
        for (method, body) in [("sendInvoice", sent), ("createInvoiceLink", with(invoice(5), &change))] {
            let refused = telegram.refused(method, body).await;
            assert!(refused.contains(why), "{method} {change}: {refused}");
            count += 1;
        }
    }
    let weekly = with(invoice(5), &json!({"subscription_period": 604_800}));
    telegram.refused("createInvoiceLink", weekly).await;
    let button = json!({"inline_keyboard": [[{"text": "Why?", "callback_data": "why"}]]});
    let other = with(invoice(5), &json!({"chat_id": 7, "reply_markup": button}));
    telegram.refused("sendInvoice", other).await;
    assert_eq!(telegram.invalid().len(), count + 2);
    let message_id = telegram.writes(7, "x");
    assert_eq!(telegram.simulator.act(BOT, 7, Action::Pay { message_id }), Err(CannotAct::NoInvoice));
}
