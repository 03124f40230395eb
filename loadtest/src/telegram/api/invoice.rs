//! Sales for Telegram Stars: `sendInvoice`, `createInvoiceLink`, `answerPreCheckoutQuery`, `refundStarPayment`,
//! `editUserStarSubscription`.

use std::sync::Arc;

use serde_json::Value;

use super::super::content::Kind;
use super::super::event::Origin;
use super::super::json::quoted;
use super::super::world::message::{Body, Payload};
use super::super::world::till::{self, Invoice, MONTH, Unanswerable};
use super::place::{Draft, message_json, permit, place, recipient};
use super::{Answer, Args, Ctx, Refusal};

const MOST_STARS: i64 = 10_000;

/// `sendInvoice`.
pub(super) fn send(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = recipient(ctx, args)?;
    let invoice = read(args, false)?;
    let first = args.values.get("reply_markup").map(|markup| &markup["inline_keyboard"][0][0]);
    if first.is_some_and(|button| button["pay"] != Value::Bool(true)) {
        return Err(Refusal::wrong("the first button under an invoice must be a Pay button"));
    }
    let object = Payload::Object(invoice.json().into());
    let body = Body { kind: Kind::Invoice, text: None, entities: None, payload: object };
    let draft = Draft::read(ctx, args, user, body, Origin::Sent)?;
    permit(ctx, user, 1)?;
    let id = place(ctx, user, draft);
    if let Some(message) = ctx.bot.chats.get_mut(&user).and_then(|chat| chat.get_mut(id)) {
        message.more_mut().invoice = Some(Arc::new(invoice));
    }
    Ok(message_json(ctx, user, id))
}

/// `createInvoiceLink`.
pub(super) fn link(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let monthly = match args.int("subscription_period") {
        None => false,
        Some(MONTH) => true,
        Some(_) => return Err(Refusal::wrong("SUBSCRIPTION_PERIOD_INVALID")),
    };
    let invoice = read(args, monthly)?;
    Ok(quoted(&ctx.bot.till.link(invoice)))
}

/// What the calls that make an invoice have in common. Only Stars are taken.
fn read(args: &Args, monthly: bool) -> Result<Invoice, Refusal> {
    let text = |name: &str, longest: usize, length: fn(&str) -> usize| {
        let text = args.text(name).unwrap_or_default();
        let fits = (1..=longest).contains(&length(text));
        let wrong = || Refusal::wrong(format!("invoice {name} must be of 1-{longest}"));
        fits.then(|| text.to_owned()).ok_or_else(wrong)
    };
    let letters = |text: &str| text.chars().count();
    if args.text("currency") != Some("XTR") {
        return Err(Refusal::wrong("CURRENCY_INVALID"));
    }
    if args.text("provider_token").is_some_and(|token| !token.is_empty()) {
        return Err(Refusal::wrong("PAYMENT_PROVIDER_INVALID"));
    }
    if args.int("max_tip_amount").is_some_and(|most| most != 0)
        || !args.list("suggested_tip_amounts").is_empty()
    {
        return Err(Refusal::wrong("tips are not taken in Stars"));
    }
    let [price] = args.list("prices") else {
        return Err(Refusal::wrong("Stars are asked for by exactly one price"));
    };
    let stars = price["amount"].as_i64().filter(|amount| (1..=MOST_STARS).contains(amount));
    if price["label"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::wrong("a price must have a label"));
    }
    Ok(Invoice {
        title: text("title", 32, letters)?,
        description: text("description", 255, letters)?,
        payload: text("payload", 128, str::len)?,
        stars: stars.ok_or_else(|| Refusal::wrong("STARS_AMOUNT_INVALID"))?,
        monthly,
    })
}

/// `answerPreCheckoutQuery`: once, and in time.
pub(super) fn answer(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let too_old = "query is too old and response timeout expired or query ID is invalid";
    let (ok, text) = (args.is("ok"), args.text("error_message").filter(|text| !text.is_empty()));
    if ok == text.is_some() {
        return Err(Refusal::wrong("an error message goes with a refusal, and only with one"));
    }
    let id = args.text("pre_checkout_query_id").unwrap_or_default();
    match ctx.bot.till.answer(id, ok, text, ctx.shared.clock.now()) {
        Ok(Some((user, invoice))) => {
            till::paid(ctx.bot, ctx.shared, user, &invoice, true);
            Ok("true".to_owned())
        }
        Ok(None) => Ok("true".to_owned()),
        Err(Unanswerable::Unknown) => Err(Refusal::wrong(too_old)),
        Err(Unanswerable::Over) => Err(Refusal::bad(too_old)),
    }
}

/// `refundStarPayment`.
pub(super) fn refund(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = args.int("user_id").unwrap_or_default();
    let charge = args.text("telegram_payment_charge_id").unwrap_or_default();
    if charge.is_empty() {
        return Err(Refusal::wrong("CHARGE_ID_EMPTY"));
    }
    if !till::knows(ctx.bot, user, charge) {
        return Err(Refusal::bad("CHARGE_NOT_FOUND"));
    }
    let back = till::give_back(ctx.bot, ctx.shared, user, charge);
    back.map(|_| "true".to_owned()).ok_or_else(|| Refusal::bad("CHARGE_ALREADY_REFUNDED"))
}

/// `editUserStarSubscription`.
pub(super) fn subscription(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = args.int("user_id").unwrap_or_default();
    let charge = args.text("telegram_payment_charge_id").unwrap_or_default();
    let known = ctx.bot.till.cancel(user, charge, args.is("is_canceled"));
    known.then(|| "true".to_owned()).ok_or_else(|| Refusal::bad("CHARGE_NOT_FOUND"))
}
