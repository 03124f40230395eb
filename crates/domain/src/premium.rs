//! Premium: what is sold, what was paid, and until when it lasts.
//!
//! A payment gives days, and is known by Telegram's id of it for ever. Until when somebody has premium follows from the
//! set of their payments alone ([`lasts_until`]): so a payment that is told twice counts once, one that went back no
//! longer counts, and it does not matter in which order they are told.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::filter::Filters;
use crate::id::{BotId, UserId};

/// Days that a month of a subscription has at Telegram (Bot API, `createInvoiceLink`).
const MONTH: u16 = 30;
const DAY: Duration = Duration::from_hours(24);

/// Something that can be bought with Telegram Stars.
///
/// | text | is |
/// |---|---|
/// | `30:150` | 30 days for 150 Stars |
/// | `monthly:120` | a month for 120 Stars, paid again every month until its user ends it |
///
/// The text stands in the configuration, in buttons, and as `premium:<text>` in invoices. It keeps its meaning for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Offer {
    /// So many days, once.
    Days {
        /// Days.
        days: u16,
        /// Stars.
        stars: u32,
    },
    /// Month by month.
    Monthly {
        /// Stars a month.
        stars: u32,
    },
}

/// A text that is no offer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an offer: {0:?}")]
pub struct NoOffer(String);

impl Offer {
    /// More is not asked for at once (Bot API: of subscriptions this is Telegram's own limit).
    pub const MOST_STARS: u32 = 10_000;
    /// Ten years.
    pub const MOST_DAYS: u16 = 3_650;

    /// How many Stars.
    #[must_use]
    pub fn stars(self) -> u32 {
        match self {
            Self::Days { stars, .. } | Self::Monthly { stars } => stars,
        }
    }

    /// For how many days; of a subscription, for each payment.
    #[must_use]
    pub fn days(self) -> u16 {
        match self {
            Self::Days { days, .. } => days,
            Self::Monthly { .. } => MONTH,
        }
    }

    /// What an invoice carries, so that its payment tells what it is for.
    #[must_use]
    pub fn payload(self) -> String {
        format!("premium:{self}")
    }

    /// The offer of an invoice; `None` for an invoice of somebody else's making.
    #[must_use]
    pub fn of_payload(payload: &str) -> Option<Self> {
        payload.strip_prefix("premium:")?.parse().ok()
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days { days, stars } => write!(f, "{days}:{stars}"),
            Self::Monthly { stars } => write!(f, "monthly:{stars}"),
        }
    }
}

impl FromStr for Offer {
    type Err = NoOffer;
    fn from_str(text: &str) -> Result<Self, NoOffer> {
        let read = || {
            let (what, stars) = text.split_once(':')?;
            let stars = stars.parse().ok().filter(|stars| (1..=Self::MOST_STARS).contains(stars))?;
            if what == "monthly" {
                return Some(Self::Monthly { stars });
            }
            let days = what.parse().ok().filter(|days| (1..=Self::MOST_DAYS).contains(days))?;
            Some(Self::Days { days, stars })
        };
        // One way to write each: `030:150` is none.
        read().filter(|offer| offer.to_string() == text).ok_or_else(|| NoOffer(text.to_owned()))
    }
}

impl TryFrom<String> for Offer {
    type Error = NoOffer;
    fn try_from(text: String) -> Result<Self, NoOffer> {
        text.parse()
    }
}

impl From<Offer> for String {
    fn from(offer: Offer) -> Self {
        offer.to_string()
    }
}

/// Telegram's id of a payment (`telegram_payment_charge_id`), the same for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Charge(String);

impl Charge {
    /// The longest that is kept.
    pub const MOST: usize = 255;

    /// An id as Telegram gives it: printable ASCII without spaces. `None` for anything else.
    #[must_use]
    pub fn new(id: &str) -> Option<Self> {
        let fits = (1..=Self::MOST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(id.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A payment that was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Payment {
    /// Its id.
    pub charge: Charge,
    /// Who paid.
    pub user: UserId,
    /// To which bot.
    pub bot: BotId,
    /// How many Stars.
    pub stars: u32,
    /// The days it gives; 0 if it is not known what it was for.
    pub days: u16,
    /// It is of a subscription.
    #[serde(default, skip_serializing_if = "crate::wish::is_default")]
    pub monthly: bool,
}

/// Days that somebody was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// When.
    pub at: Millis,
    /// How many.
    pub days: u16,
}

/// What is known of a payment where only its days count.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Credit {
    /// Which.
    pub charge: Charge,
    /// What it gives; nothing once it went back.
    pub grant: Option<Grant>,
}

/// Until when these grants last: each begins when it is given, or when those before it end.
pub fn lasts_until(grants: impl IntoIterator<Item = Grant>) -> Option<Millis> {
    let mut grants: Vec<Grant> = grants.into_iter().collect();
    grants.sort_unstable();
    let end = |until: Option<Millis>, grant: Grant| {
        let begins = until.map_or(grant.at, |until| until.max(grant.at));
        Some(begins.after(DAY * u32::from(grant.days)))
    };
    grants.into_iter().filter(|grant| grant.days > 0).fold(None, end)
}

/// What the bot says about premium.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "sale", rename_all = "snake_case")]
pub enum Sale {
    /// What there is to buy.
    Offers {
        /// The offers.
        offers: Vec<Offer>,
        /// The wishes that come with it.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        kept: Filters,
        /// Until when its reader has premium already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Millis>,
    },
    /// The way to a subscription.
    Subscribe {
        /// How many Stars a month.
        stars: u32,
        /// Telegram's link to it; none if it could not be made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
    /// A payment has come.
    Paid {
        /// Until when its reader has premium now.
        until: Millis,
    },
    /// A payment has come of which it is not known what it is for.
    Unclear,
    /// A payment went back.
    Returned {
        /// Until when its reader still has premium, if they do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Millis>,
    },
    /// Premium is over, and wishes that came with it are off.
    Lapsed,
    /// Who helps with payments.
    Support {
        /// In the operator's words.
        contact: String,
    },
    /// What is sold under which terms.
    Terms {
        /// The operator's own, if they have any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> Millis {
        Millis(1_800_000_000_000 + n * 86_400_000)
    }

    fn grant(at: i64, days: u16) -> Grant {
        Grant { at: day(at), days }
    }

    #[test]
    fn an_offer_reads_as_it_is_written_and_only_so() {
        for (text, offer) in [
            ("30:150", Offer::Days { days: 30, stars: 150 }),
            ("3650:10000", Offer::Days { days: 3_650, stars: 10_000 }),
            ("monthly:1", Offer::Monthly { stars: 1 }),
        ] {
            assert_eq!(text.parse(), Ok(offer));
            assert_eq!(offer.to_string(), text);
            assert_eq!(Offer::of_payload(&offer.payload()), Some(offer));
            assert_eq!(serde_json::to_string(&offer).unwrap(), format!("{text:?}"));
        }
        let wrong =
            ["", "30", "30:", "0:5", "30:0", "30:10001", "3651:5", "030:5", "+3:5", "weekly:5", "30:5:1"];
        for wrong in wrong {
            assert_eq!(wrong.parse::<Offer>(), Err(NoOffer(wrong.to_owned())));
        }
        assert_eq!(Offer::of_payload("30:150"), None);
        assert_eq!(Offer::of_payload("premium:"), None);
    }

    #[test]
    fn a_charge_is_short_and_plain() {
        assert_eq!(Charge::new("stx_aB-3=").unwrap().as_str(), "stx_aB-3=");
        for wrong in ["", "a b", "a\n", "é", &"x".repeat(256)] {
            assert_eq!(Charge::new(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_follow_one_another_and_none_is_lost() {
        assert_eq!(lasts_until([]), None);
        assert_eq!(lasts_until([grant(0, 30)]), Some(day(30)));
        assert_eq!(lasts_until([grant(10, 30), grant(0, 30)]), Some(day(60)), "whatever the order");
        assert_eq!(lasts_until([grant(0, 30), grant(40, 7)]), Some(day(47)), "a gap stays a gap");
        assert_eq!(lasts_until([grant(10, 30)]), Some(day(40)), "the first of two went back");
        assert_eq!(lasts_until([grant(0, 0)]), None, "nobody knows what it was for");
    }
}
