//! What must be said at once: a word to who is about to pay, and Telegram's links to subscriptions.
//!
//! Telegram waits 10 s for the word. So the instance that hears the question answers it itself, before anything is
//! queued: no outbox, no lease, no budget of the token stands in between.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use hamdam_bot::{Button, Declined, Input, Outcome, Premium, Understood, Voice};
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::premium::Offer;
use hamdam_domain::profile::Language;
use hamdam_domain::record::Record;
use hamdam_telegram::payment::{AnswerPreCheckoutQuery, CreateInvoiceLink};
use hamdam_telegram::{CallError, Client, PreCheckoutQuery};

use super::{Intake, IntakeError};

/// What is asked of Telegram while somebody waits. Ends within [`hamdam_telegram::CALL_TIMEOUT`].
#[async_trait]
pub trait Cashier: Send + Sync + 'static {
    /// Says the word.
    async fn say(&self, bot: BotId, word: &AnswerPreCheckoutQuery) -> Result<(), CallError>;

    /// Makes a link; one that is not used does no harm.
    async fn link(&self, bot: BotId, invoice: &CreateInvoiceLink) -> Result<String, CallError>;
}

#[async_trait]
impl Cashier for Client {
    async fn say(&self, bot: BotId, word: &AnswerPreCheckoutQuery) -> Result<(), CallError> {
        self.ask(bot.0, word).await.map(drop)
    }

    async fn link(&self, bot: BotId, invoice: &CreateInvoiceLink) -> Result<String, CallError> {
        self.ask(bot.0, invoice).await
    }
}

/// Where an intake sells.
pub struct Till {
    cashier: Arc<dyn Cashier>,
    voice: Voice,
    /// Anybody may use a link any number of times, so it is asked for once.
    links: Mutex<HashMap<(BotId, Offer, Language), String>>,
}

impl Till {
    /// A till that speaks with this voice.
    pub fn new(cashier: Arc<dyn Cashier>, voice: Voice) -> Self {
        Self { cashier, voice, links: Mutex::default() }
    }

    /// The link to a subscription; `None` if Telegram gives none now.
    async fn link(&self, bot: BotId, offer: Offer, language: Language) -> Option<String> {
        let key = (bot, offer, language);
        let known = self.links.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if known.is_some() {
            return known;
        }
        match self.cashier.link(bot, &self.voice.link_to(offer, language)).await {
            Ok(link) => {
                self.links.lock().unwrap_or_else(PoisonError::into_inner).insert(key, link.clone());
                Some(link)
            }
            Err(error) => {
                tracing::warn!(%bot, %error, "no link to a subscription");
                None
            }
        }
    }
}

impl Intake {
    /// Answers who is about to pay. A word that Telegram did not hear is said again when it asks again.
    pub(super) async fn word_about(
        &self,
        bot: BotId,
        query: &PreCheckoutQuery,
    ) -> Result<Outcome, IntakeError> {
        let Some(till) = &self.till else { return Ok(Outcome::Ignored) };
        let (declined, language) = self.consider(query).await;
        let word = till.voice.word_about_payment(&query.id, declined, language);
        match till.cashier.say(bot, &word).await {
            Ok(()) if declined.is_none() => Ok(Outcome::Answered),
            Ok(()) => Ok(Outcome::Refused),
            // It was answered before, or its time is over.
            Err(CallError::Gone { .. }) => Ok(Outcome::Duplicate),
            Err(error) => Err(IntakeError::Word(error)),
        }
    }

    /// What speaks against a payment, and in which language to say so. Live state is asked once; where it does not answer,
    /// a payment could not be stored either.
    async fn consider(&self, query: &PreCheckoutQuery) -> (Option<Declined>, Language) {
        let told = query.from.language_code.as_deref().map(Language::of_tag).unwrap_or_default();
        let reading = self.state.read(UserId(query.from.id)).await;
        let record = reading.as_ref().ok().and_then(|reading| reading.record.as_ref());
        let language = record.and_then(|record| record.profile.wants.texts).unwrap_or(told);
        let declined = match (&reading, self.settings.premium.asked(query)) {
            (_, Err(why)) => Some(why),
            (Err(error), Ok(_)) => {
                tracing::warn!(%error, "a payment is declined while live state is away");
                Some(Declined::Busy)
            }
            (Ok(reading), Ok(_)) => Premium::may_pay(record, reading.now).err(),
        };
        (declined, language)
    }

    /// The link to the subscription whose button was pressed.
    pub(super) async fn link(
        &self,
        bot: BotId,
        said: &Understood,
        record: Option<&Record>,
    ) -> Option<String> {
        let Input::Press { button: Some(Button::Buy(offer @ Offer::Monthly { .. })), .. } = said.input else {
            return None;
        };
        if !self.settings.premium.offers.contains(&offer) {
            return None;
        }
        let chosen = record.and_then(|record| record.profile.wants.texts).or(said.language);
        let known = record.map(|record| record.profile.language);
        let language = chosen.or(known).unwrap_or_default();
        self.till.as_ref()?.link(bot, offer, language).await
    }
}
