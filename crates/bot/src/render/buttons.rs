//! The buttons under a notice, with their labels.

use hamdam_domain::outbox::Notice;
use hamdam_domain::premium::Sale;
use hamdam_domain::profile::Language;
use hamdam_telegram::markup::{InlineButton, InlineKeyboard, Press};

use super::Voice;
use crate::button::Button;
use crate::desk;
use crate::elsewhere::link_to;
use crate::keyboard;
use crate::premium;
use crate::settings::view;
use crate::texts::Speech;

impl Voice {
    /// The button that leads out of the bot, if a notice has one. It stands first.
    fn link_of(&self, notice: &Notice, speech: &Speech<'_>) -> Option<InlineButton> {
        let (text, link) = match notice {
            Notice::JoinFirst { channel } => {
                (speech.say("button-channel"), format!("https://t.me/{channel}"))
            }
            Notice::Elsewhere { bot } => {
                let name = self.name_of(*bot)?;
                (speech.with("button-elsewhere", &[("name", name.as_str())]), link_to(&name))
            }
            _ => return None,
        };
        Some(InlineButton { text, does: Press::Url(link) })
    }

    pub(super) fn keyboard(&self, notice: &Notice, language: Language) -> Option<InlineKeyboard> {
        let button =
            |(text, button): (String, Button)| InlineButton { text, does: Press::Data(button.to_string()) };
        let speech = self.speech(language);
        let labelled = |(label, button): keyboard::Labelled| (speech.say(label), button);
        let rows: Vec<Vec<_>> = match notice {
            Notice::Settings(panel) => view::rows(panel, &speech),
            Notice::Sale(Sale::Offers { offers, .. }) => premium::rows(offers, &speech),
            Notice::Desk(page) => desk::rows(page, &speech, &self.names()),
            _ => keyboard::rows(notice)
                .into_iter()
                .map(|row| row.into_iter().map(labelled).collect())
                .collect(),
        };
        let rows = rows.into_iter().map(|row| row.into_iter().map(button).collect());
        let link = self.link_of(notice, &speech).map(|link| vec![link]);
        let mut rows: Vec<Vec<_>> = link.into_iter().chain(rows).collect();
        if let Notice::Sale(sale) = notice
            && let Some((text, link)) = premium::link_of(sale, &speech)
        {
            rows.push(vec![InlineButton { text, does: Press::Url(link) }]);
        }
        (!rows.is_empty()).then_some(InlineKeyboard { inline_keyboard: rows })
    }
}
