//! What a message says beside what it reveals: what an operator's own lists and secrets tell of it.

use hamdam_domain::repeats::TextHash;
use hamdam_telegram::{Event, Message, Update};

use crate::anonymity::{Reveals, texts_of};
use crate::plan::Settings;
use crate::understand::{Input, Understood};
use crate::words::Unwanted;
use crate::words::fold::fold;

/// Letters from which on a text could be advertising, if it reveals nothing: nobody types so much again and again.
const LONG: usize = 60;

/// What a message says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// A hash of its text.
    pub text: Option<u32>,
    /// A hash of its text, if that could be advertising.
    pub spreads: Option<TextHash>,
    /// Words in it that the house does not want.
    pub unwanted: Unwanted,
}

impl Heard {
    /// What is heard of an update that was understood like this: of the message that it brings or changes, or that a pressed
    /// button is about.
    #[must_use]
    pub fn of(update: &Update, said: &Understood, settings: &Settings) -> Self {
        let message = match &update.event {
            Event::CallbackQuery(press) => {
                press.message.as_ref().and_then(|place| place.reply_to_message.as_deref())
            }
            event => event.message(),
        };
        let reveals = match &said.input {
            Input::Message(incoming) => incoming.reveals,
            Input::Edit { reveals, .. } => *reveals,
            Input::Press { about: Some(about), .. } => about.reveals,
            _ => Reveals::default(),
        };
        message.map_or_else(Self::default, |message| Self::of_message(message, reveals, settings))
    }

    fn of_message(message: &Message, reveals: Reveals, settings: &Settings) -> Self {
        let mut unwanted = Unwanted::default();
        if !settings.words.is_empty() {
            texts_of(message, &mut |text| settings.words.find(text, &mut unwanted));
        }
        let hash = |text: &str| settings.texts.hash(text);
        let text = message.text.as_deref();
        let spreads = text.filter(|text| text.chars().nth(LONG).is_some() || !reveals.is_empty());
        // Folded, so that a mark that nobody sees makes no other text of it.
        let spreads = spreads.map(|text| TextHash::new(hash(&fold(text))));
        Self { text: text.map(hash), spreads, unwanted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::understand;
    use crate::words::WordLists;

    fn heard(message: &str) -> Heard {
        let words = WordLists::read("[all]\nhold damn").unwrap();
        let settings = Settings { words, ..Settings::default() };
        let json = format!(
            r#"{{"update_id":1,"message":{{"message_id":5,"chat":{{"id":7,"type":"private"}},{message}}}}}"#
        );
        let update = Update::from_json(json.as_bytes()).unwrap();
        Heard::of(&update, &understand(&update).unwrap(), &settings)
    }

    #[test]
    fn words_are_heard_wherever_a_message_has_some() {
        for message in [
            r#""text":"damn""#,
            r#""photo":[],"caption":"D.a.m.n""#,
            r#""poll":{"question":"What?","options":[{"text":"damn"}]}"#,
            r#""document":{"file_name":"damn.pdf"}"#,
        ] {
            assert_ne!(heard(message).unwanted, Unwanted::default(), "{message}");
        }
        assert_eq!(heard(r#""text":"hello""#).unwanted, Unwanted::default());
    }

    #[test]
    fn what_is_long_or_leads_somewhere_could_be_advertising() {
        assert_eq!(heard(r#""text":"hello, how are you?""#).spreads, None);
        let long = "all the best shoes of the town for half of the price, today only";
        let spreads = heard(&format!(r#""text":"{long}""#)).spreads;
        assert!(spreads.is_some());
        let dressed = long.replace("shoes", "sh\u{200b}OES") + " !!";
        assert_eq!(heard(&format!(r#""text":"{dressed}""#)).spreads, spreads);
        assert!(heard(r#""text":"write to @shoes_of_tom""#).spreads.is_some());
        assert_eq!(heard(r#""sticker":{}"#), Heard::default());
    }
}
