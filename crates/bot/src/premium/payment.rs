//! What Telegram asks and tells about payments.

use std::fmt;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::premium::{Charge, Offer, Payment};
use hamdam_domain::record::Record;
use hamdam_telegram::message::Message;
use hamdam_telegram::payment::STARS;
use hamdam_telegram::update::ChatKind;
use hamdam_telegram::{PreCheckoutQuery, Receipt};

use super::Premium;

/// Why somebody cannot pay now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// What they want to pay is not sold, or no longer at this price.
    Stale,
    /// They are kept out, and could make no use of it.
    Banned,
    /// What was paid could not be stored now.
    Busy,
}

impl Premium {
    /// The offer that a query is about, if it is sold at this price today. An invoice says what it is for, and it is held
    /// against what is sold: so one that was made up, or that is older than a price, buys nothing.
    pub fn asked(&self, query: &PreCheckoutQuery) -> Result<Offer, Declined> {
        let offer = query.invoice_payload.as_deref().and_then(Offer::of_payload);
        let priced = |offer: &Offer| {
            query.currency.as_deref() == Some(STARS) && query.total_amount == Some(offer.stars().into())
        };
        offer.filter(|offer| self.offers.contains(offer)).filter(priced).ok_or(Declined::Stale)
    }

    /// Whether somebody with this record may pay; without one nothing is known against them.
    pub fn may_pay(record: Option<&Record>, now: Millis) -> Result<(), Declined> {
        match record.and_then(|record| record.profile.banned(now)) {
            Some(_) => Err(Declined::Banned),
            None => Ok(()),
        }
    }
}

/// A payment that Telegram tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The payment.
    pub payment: Payment,
    /// It went back.
    pub back: bool,
}

/// A payment that cannot be read. It must not be lost: somebody paid it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadablePayment;

impl std::error::Error for UnreadablePayment {}

impl fmt::Display for UnreadablePayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message tells of a payment that cannot be read")
    }
}

/// The payment that a message in somebody's private chat tells of, if it tells of one.
#[must_use]
pub fn settlement(bot: BotId, message: &Message) -> Option<Result<Settlement, UnreadablePayment>> {
    let (receipt, back) = message.receipt().filter(|_| message.chat.kind == ChatKind::Private)?;
    let payment = receipt.ok().and_then(|receipt| payment(bot, UserId(message.chat.id), &receipt));
    Some(payment.map(|payment| Settlement { payment, back }).ok_or(UnreadablePayment))
}

/// What was promised holds, whatever is sold today. What is nobody's offer gives nothing, and is kept all the same.
fn payment(bot: BotId, user: UserId, receipt: &Receipt) -> Option<Payment> {
    let stars = u32::try_from(receipt.total_amount).ok()?;
    let offer = Offer::of_payload(&receipt.invoice_payload);
    let offer = offer.filter(|offer| receipt.currency == STARS && offer.stars() == stars);
    Some(Payment {
        charge: Charge::new(&receipt.telegram_payment_charge_id)?,
        user,
        bot,
        stars,
        days: offer.map_or(0, Offer::days),
        monthly: matches!(offer, Some(Offer::Monthly { .. })),
    })
}

#[cfg(test)]
mod tests {
    use hamdam_telegram::{Event, Update};

    use super::*;

    fn query(payload: &str, currency: &str, amount: i64) -> PreCheckoutQuery {
        let json = format!(
            r#"{{"update_id":1,"pre_checkout_query":{{"id":"q","from":{{"id":7}},"currency":"{currency}","total_amount":{amount},"invoice_payload":"{payload}"}}}}"#
        );
        match Update::from_json(json.as_bytes()).unwrap().event {
            Event::PreCheckoutQuery(query) => query,
            other => panic!("{other:?}"),
        }
    }

    fn told(
        field: &str,
        payload: &str,
        amount: i64,
        charge: &str,
    ) -> Option<Result<Settlement, UnreadablePayment>> {
        let json = format!(
            r#"{{"update_id":1,"message":{{"message_id":5,"date":1,"chat":{{"id":7,"type":"private"}},"{field}":{{"currency":"XTR","total_amount":{amount},"invoice_payload":"{payload}","telegram_payment_charge_id":"{charge}"}}}}}}"#
        );
        match Update::from_json(json.as_bytes()).unwrap().event {
            Event::Message(message) => settlement(BotId(1), &message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_what_is_sold_today_at_its_price_can_be_paid() {
        let (days, monthly) = (Offer::Days { days: 30, stars: 150 }, Offer::Monthly { stars: 120 });
        let shop = Premium { offers: vec![days, monthly], ..Premium::default() };
        assert_eq!(shop.asked(&query("premium:30:150", "XTR", 150)), Ok(days));
        assert_eq!(shop.asked(&query("premium:monthly:120", "XTR", 120)), Ok(monthly));
        for (payload, currency, amount) in [
            ("premium:30:150", "XTR", 1),
            ("premium:30:150", "USD", 150),
            ("premium:30:1", "XTR", 1),
            ("premium:monthly:150", "XTR", 150),
            ("30:150", "XTR", 150),
            ("", "XTR", 150),
        ] {
            let asked = shop.asked(&query(payload, currency, amount));
            assert_eq!(asked, Err(Declined::Stale), "{payload} {currency} {amount}");
        }
        let closed = Premium::default();
        assert_eq!(closed.asked(&query("premium:30:150", "XTR", 150)), Err(Declined::Stale));
    }

    #[test]
    fn a_payment_gives_what_its_invoice_said_and_none_is_lost() {
        let settled = |told: Option<Result<Settlement, UnreadablePayment>>| told.unwrap().unwrap();
        let paid = settled(told("successful_payment", "premium:30:150", 150, "stx1"));
        assert_eq!((paid.payment.days, paid.payment.monthly, paid.back), (30, false, false));
        assert_eq!((paid.payment.user, paid.payment.bot, paid.payment.stars), (UserId(7), BotId(1), 150));
        let back = settled(told("refunded_payment", "premium:monthly:120", 120, "stx1"));
        assert_eq!((back.payment.days, back.payment.monthly, back.back), (30, true, true));
        for (payload, amount) in [("premium:30:150", 1), ("a coffee", 150)] {
            let strange = settled(told("successful_payment", payload, amount, "stx1"));
            assert_eq!((strange.payment.days, i64::from(strange.payment.stars)), (0, amount));
        }
        assert_eq!(told("successful_payment", "premium:30:150", 150, ""), Some(Err(UnreadablePayment)));
        assert_eq!(told("successful_payment", "premium:30:150", -1, "stx1"), Some(Err(UnreadablePayment)));
        assert_eq!(told("pinned_message", "x", 1, "stx1"), None);
    }
}
