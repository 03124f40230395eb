//! Premium: what is sold, what a payment comes to, and what is said about it.

mod payment;
mod view;
mod wishes;

pub use payment::{Declined, Settlement, UnreadablePayment, settlement};
pub(crate) use view::{invoice, link_of, rows, text};

use hamdam_domain::filter::{Filter, Filters};
use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::{Content, Entry, Notice};
use hamdam_domain::premium::{Offer, Sale};

use crate::decide::Scene;
use crate::plan::{Outcome, Plan};

/// What the operator sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Premium {
    /// What can be bought, in the order in which it is shown; nothing: premium is off.
    pub offers: Vec<Offer>,
    /// The wishes that come with it.
    pub filters: Filters,
    /// Who helps with payments, in the operator's words. Stays known when nothing is sold any more.
    pub support: Option<String>,
    /// The operator's own terms.
    pub terms: Option<String>,
}

impl Default for Premium {
    /// Nothing is sold. Where something is, small distances come with it, which nobody had before.
    fn default() -> Self {
        let filters = Filters::default().with(Filter::Near);
        Self { offers: Vec::new(), filters, support: None, terms: None }
    }
}

impl Premium {
    /// Whether anything is sold.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.offers.is_empty()
    }
}

impl Scene<'_> {
    /// `/premium`
    pub(crate) fn shop(&self, message: MessageId) -> Plan {
        if !self.settings.premium.is_on() {
            return self.unknown(message);
        }
        let offers = self.settings.premium.offers.clone();
        let (kept, until) = (self.settings.premium.kept(), self.record.premium(self.now));
        let sale = Sale::Offers { offers, kept, until };
        self.kept_out().unwrap_or_else(|| Plan::just(self.says(Notice::Sale(sale))))
    }

    /// `/paysupport`, which Telegram wants of every bot that sells.
    pub(crate) fn pay_support(&self, message: MessageId) -> Plan {
        match &self.settings.premium.support {
            Some(contact) => Plan::just(self.says(Notice::Sale(Sale::Support { contact: contact.clone() }))),
            None => self.unknown(message),
        }
    }

    /// `/terms`, likewise.
    pub(crate) fn terms(&self, message: MessageId) -> Plan {
        if !self.settings.premium.is_on() {
            return self.unknown(message);
        }
        let own = self.settings.premium.terms.clone();
        Plan::just(self.says(Notice::Sale(Sale::Terms { own })))
    }

    /// A button with an offer: an invoice, or the way to a subscription. Offers of yesterday are over.
    pub(crate) fn buys(&self, offer: Offer) -> Plan {
        if !self.settings.premium.offers.contains(&offer) {
            return Plan::just(self.over());
        }
        if let Some(plan) = self.kept_out() {
            return plan;
        }
        match offer {
            Offer::Days { .. } => {
                let mut act = self.quiet(Outcome::Answered);
                let invoice = Entry { room: None, content: Content::Invoice { offer } };
                act.entries.push((self.update.bot, invoice));
                Plan::just(act)
            }
            Offer::Monthly { stars } => {
                let link = self.link.map(str::to_owned);
                Plan::just(self.says(Notice::Sale(Sale::Subscribe { stars, link })))
            }
        }
    }

    /// Nothing is sold to who could make no use of it.
    fn kept_out(&self) -> Option<Plan> {
        let until = self.record.profile.banned(self.now)?;
        Some(Plan::just(self.says(Notice::Banned { until, room: None })))
    }
}
