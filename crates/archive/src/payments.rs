//! Payments in Telegram Stars: rows, and what they give.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::premium::{Charge, Credit, Grant, Payment};

use crate::archive::Archive;
use crate::driver::Value;
use crate::error::Result;
use crate::query::{PAYMENT, PAYMENTS};
use crate::rows::PaymentRow;

/// A payment as the record has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPayment {
    /// The payment.
    pub payment: Payment,
    /// When it was made, if that was told.
    pub paid_at: Option<Millis>,
    /// When it went back.
    pub returned_at: Option<Millis>,
}

impl Archive {
    /// The payment of this charge.
    pub async fn payment(&self, charge: &Charge) -> Result<Option<StoredPayment>> {
        let rows = self.first.read(&PAYMENT, [charge.as_str().to_owned().into()]).await?;
        let Some([user, bot, stars, days, monthly, paid_at, returned_at]) = rows.first().map(Vec::as_slice)
        else {
            return Ok(None);
        };
        let payment = Payment {
            charge: charge.clone(),
            user: UserId(user.int().unwrap_or_default()),
            bot: BotId(bot.int().unwrap_or_default()),
            stars: stars.int().and_then(|stars| stars.try_into().ok()).unwrap_or_default(),
            days: days.int().and_then(|days| days.try_into().ok()).unwrap_or_default(),
            monthly: monthly.int() == Some(1),
        };
        let (paid_at, returned_at) = (paid_at.int().map(Millis), returned_at.int().map(Millis));
        Ok(Some(StoredPayment { payment, paid_at, returned_at }))
    }

    /// What `user`'s payments give.
    pub(crate) async fn credits(&self, user: UserId) -> Result<Vec<Credit>> {
        let rows = self.first.read(&PAYMENTS, [user.0.into()]).await?;
        let credit = |row: &Vec<Value>| {
            let [charge, days, paid_at, returned_at] = row.as_slice() else { return None };
            let charge = Charge::new(charge.text()?)?;
            if returned_at.int().is_some() {
                return Some(Credit { charge, grant: None });
            }
            let grant = Grant { at: Millis(paid_at.int()?), days: days.int()?.try_into().ok()? };
            Some(Credit { charge, grant: Some(grant) })
        };
        Ok(rows.iter().filter_map(credit).collect())
    }
}

/// The row of a payment, in the order of the columns of its upsert.
pub(crate) fn values(row: &PaymentRow<'_>) -> Vec<Value> {
    let Payment { charge, user, bot, stars, days, monthly } = row.payment;
    vec![
        charge.as_str().to_owned().into(),
        user.0.into(),
        bot.0.into(),
        i64::from(*stars).into(),
        i64::from(*days).into(),
        i64::from(*monthly).into(),
        row.paid_at.map(|at| at.0).into(),
        row.returned_at.map(|at| at.0).into(),
    ]
}
