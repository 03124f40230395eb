//! Payments in Telegram Stars: asked for, asked about, made, given back.

use serde::{Deserialize, Serialize};

use crate::answer::Placed;
use crate::lenient::scalar;
use crate::message::{ContentKind, Message};
use crate::method::Method;
use crate::update::User;

/// The currency of Telegram Stars.
pub const STARS: &str = "XTR";

/// `PreCheckoutQuery`: somebody is about to pay, and waits at most 10 s for a word.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PreCheckoutQuery {
    /// What `answerPreCheckoutQuery` names.
    pub id: String,
    /// Who.
    pub from: User,
    /// In which currency.
    #[serde(default, deserialize_with = "scalar")]
    pub currency: Option<String>,
    /// How much.
    #[serde(default, deserialize_with = "scalar")]
    pub total_amount: Option<i64>,
    /// What the invoice carries.
    #[serde(default, deserialize_with = "scalar")]
    pub invoice_payload: Option<String>,
}

/// What `SuccessfulPayment` and `RefundedPayment` have in common. All of it must be there: no payment is taken for
/// another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Receipt {
    /// In which currency.
    pub currency: String,
    /// How much.
    pub total_amount: i64,
    /// What the invoice carries.
    pub invoice_payload: String,
    /// The payment's id.
    pub telegram_payment_charge_id: String,
}

impl Message {
    /// The payment that this message tells of, made or (`true`) given back; an error if it cannot be read.
    #[must_use]
    pub fn receipt(&self) -> Option<(Result<Receipt, serde_json::Error>, bool)> {
        let content = self.content.as_ref()?;
        let back = match content.kind {
            ContentKind::Payment => false,
            ContentKind::Refund => true,
            _ => return None,
        };
        Some((serde_json::from_str(content.value.get()), back))
    }
}

/// `LabeledPrice`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabeledPrice {
    /// What it is for.
    pub label: String,
    /// How much.
    pub amount: u32,
}

/// What is asked for: the same in a message and behind a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invoice {
    /// 1-32 characters.
    pub title: String,
    /// 1-255 characters.
    pub description: String,
    /// 1-128 bytes; comes back with the payment.
    pub payload: String,
    /// Empty for Stars.
    pub provider_token: &'static str,
    /// The currency.
    pub currency: &'static str,
    /// Exactly one for Stars.
    pub prices: [LabeledPrice; 1],
}

/// Sends an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SendInvoice {
    /// The chat.
    pub chat_id: i64,
    /// What is asked for.
    #[serde(flatten)]
    pub invoice: Invoice,
}

/// Makes a link to an invoice, which anybody may pay, any number of times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreateInvoiceLink {
    /// What is asked for.
    #[serde(flatten)]
    pub invoice: Invoice,
    /// Seconds after which it is paid again: a subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_period: Option<u32>,
}

impl CreateInvoiceLink {
    /// The only period Telegram takes: 30 days.
    pub const MONTH: u32 = 2_592_000;
}

/// Lets a payment through, or does not; within 10 s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerPreCheckoutQuery {
    /// `PreCheckoutQuery.id`.
    pub pre_checkout_query_id: String,
    /// Whether it may go through.
    pub ok: bool,
    /// Why it may not: shown to who wanted to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

/// Gives a payment back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefundStarPayment {
    /// Who paid.
    pub user_id: i64,
    /// The payment.
    pub telegram_payment_charge_id: String,
}

impl RefundStarPayment {
    /// Telegram's code for a payment that went back before.
    pub const BEFORE: &'static str = "CHARGE_ALREADY_REFUNDED";
}

/// Ends a subscription with the month that is paid, or takes it up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditUserStarSubscription {
    /// Whose.
    pub user_id: i64,
    /// A payment of it.
    pub telegram_payment_charge_id: String,
    /// Whether it ends.
    pub is_canceled: bool,
}

impl Method for SendInvoice {
    const NAME: &'static str = "sendInvoice";
    type Answer = Placed;
}

impl Method for CreateInvoiceLink {
    const NAME: &'static str = "createInvoiceLink";
    type Answer = String;
}

impl Method for AnswerPreCheckoutQuery {
    const NAME: &'static str = "answerPreCheckoutQuery";
    type Answer = bool;
}

impl Method for RefundStarPayment {
    const NAME: &'static str = "refundStarPayment";
    type Answer = bool;
}

impl Method for EditUserStarSubscription {
    const NAME: &'static str = "editUserStarSubscription";
    type Answer = bool;
}
