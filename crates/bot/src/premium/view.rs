//! How premium is spoken of: texts, labels, invoices.

use hamdam_domain::clock::Millis;
use hamdam_domain::filter::{Filter, Filters};
use hamdam_domain::premium::{Offer, Sale};
use hamdam_domain::profile::Language;
use hamdam_telegram::payment::{AnswerPreCheckoutQuery, CreateInvoiceLink, Invoice, LabeledPrice, STARS};

use super::Declined;
use crate::button::Button;
use crate::render::{Voice, date};
use crate::texts::Speech;

/// What is said.
pub(crate) fn text(sale: &Sale, speech: &Speech<'_>) -> String {
    let until = |id: &str, until: Millis| speech.with(id, &[("until", date(until).as_str())]);
    let lines = match sale {
        Sale::Offers { kept, until: ends, .. } => {
            let with = along(*kept, speech).map(|with| format!("{}\n{with}", speech.say("premium")));
            [with.or(Some(speech.say("premium"))), ends.map(|ends| until("premium-until", ends))]
        }
        Sale::Lapsed => [Some(speech.say("premium-lapsed")), None],
        Sale::Subscribe { stars, link: Some(_) } => {
            [Some(speech.with("subscribe", &[("stars", *stars)])), None]
        }
        Sale::Subscribe { link: None, .. } => [Some(speech.say("subscribe-later")), None],
        Sale::Paid { until: ends } => [Some(speech.say("paid")), Some(until("premium-until", *ends))],
        Sale::Unclear => [Some(speech.say("paid-unclear")), None],
        Sale::Returned { until: None } => {
            [Some(speech.say("payment-returned")), Some(speech.say("premium-over"))]
        }
        Sale::Returned { until: Some(ends) } => {
            [Some(speech.say("payment-returned")), Some(until("premium-until", *ends))]
        }
        Sale::Support { contact } => {
            [Some(speech.with("pay-support", &[("contact", contact.as_str())])), None]
        }
        Sale::Terms { own } => {
            let own = own.as_deref().map(|own| speech.with("terms-own", &[("own", own)]));
            [Some(speech.say("terms")), own]
        }
    };
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// What comes along with priority.
fn along(kept: Filters, speech: &Speech<'_>) -> Option<String> {
    let wish = |filter| {
        speech.say(match filter {
            Filter::Near => "filter-near",
            Filter::Distance => "filter-distance",
            Filter::City => "filter-city",
            Filter::Gender => "filter-gender",
            Filter::Ages => "filter-ages",
            Filter::Interests => "filter-interests",
        })
    };
    let wishes: Vec<_> = kept.iter().map(wish).collect();
    let list = wishes.join(&speech.say("comma"));
    (!wishes.is_empty()).then(|| speech.with("premium-wishes", &[("wishes", list.as_str())]))
}

/// The buttons under an offer of several.
pub(crate) fn rows(offers: &[Offer], speech: &Speech<'_>) -> Vec<Vec<(String, Button)>> {
    offers.iter().map(|offer| vec![(label(*offer, speech), Button::Buy(*offer))]).collect()
}

/// The label and the address of the way to a subscription.
pub(crate) fn link_of(sale: &Sale, speech: &Speech<'_>) -> Option<(String, String)> {
    match sale {
        Sale::Subscribe { stars, link: Some(link) } => {
            Some((label(Offer::Monthly { stars: *stars }, speech), link.clone()))
        }
        _ => None,
    }
}

fn label(offer: Offer, speech: &Speech<'_>) -> String {
    let stars = offer.stars();
    match offer {
        Offer::Days { days, .. } => speech.with("offer-days", &[("days", days.into()), ("stars", stars)]),
        Offer::Monthly { .. } => speech.with("offer-monthly", &[("stars", stars)]),
    }
}

pub(crate) fn invoice(offer: Offer, speech: &Speech<'_>) -> Invoice {
    let description = match offer {
        Offer::Days { days, .. } => speech.with("invoice-days", &[("days", days)]),
        Offer::Monthly { .. } => speech.say("invoice-monthly"),
    };
    Invoice {
        title: speech.say("invoice-title"),
        description,
        payload: offer.payload(),
        provider_token: "",
        currency: STARS,
        prices: [LabeledPrice { label: speech.say("invoice-title"), amount: offer.stars() }],
    }
}

impl Voice {
    /// Asks Telegram for a link to an offer, in one language.
    #[must_use]
    pub fn link_to(&self, offer: Offer, language: Language) -> CreateInvoiceLink {
        let subscription_period = match offer {
            Offer::Days { .. } => None,
            Offer::Monthly { .. } => Some(CreateInvoiceLink::MONTH),
        };
        CreateInvoiceLink { invoice: invoice(offer, &self.speech(language)), subscription_period }
    }

    /// Answers somebody who is about to pay.
    #[must_use]
    pub fn word_about_payment(
        &self,
        query: &str,
        declined: Option<Declined>,
        language: Language,
    ) -> AnswerPreCheckoutQuery {
        let why = |declined| {
            self.speech(language).say(match declined {
                Declined::Stale => "declined-stale",
                Declined::Banned => "declined-banned",
                Declined::Busy => "declined-busy",
            })
        };
        AnswerPreCheckoutQuery {
            pre_checkout_query_id: query.to_owned(),
            ok: declined.is_none(),
            error_message: declined.map(why),
        }
    }
}
