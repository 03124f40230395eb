//! What a bot says about itself, and the commands it lists.

use hamdam_domain::profile::Language;
use hamdam_telegram::method::{Command, SetMyCommands, SetMyDescription, SetMyName, SetMyShortDescription};

use super::Voice;

impl Voice {
    /// The list of commands Telegram shows, in one language; those of premium only where it is `sold`.
    #[must_use]
    pub fn commands(&self, language: Language, sold: bool) -> SetMyCommands {
        let listed = [
            ("search", "command-search"),
            ("next", "command-next"),
            ("stop", "command-stop"),
            ("report", "command-report"),
            ("block", "command-block"),
            ("delete", "command-delete"),
            ("clear", "command-clear"),
            ("settings", "command-settings"),
            ("profile", "command-profile"),
            ("invite", "command-invite"),
            ("mydata", "command-mydata"),
            ("forgetme", "command-forgetme"),
            ("help", "command-help"),
        ];
        let sales = [
            ("premium", "command-premium"),
            ("paysupport", "command-paysupport"),
            ("terms", "command-terms"),
        ];
        let commands = listed
            .into_iter()
            .chain(sales.into_iter().filter(|_| sold))
            .map(|(command, id)| Command { command, description: self.texts.say(language, id, None) });
        SetMyCommands { commands: commands.collect(), language_code: code(language) }
    }

    /// The bot's name in one language.
    #[must_use]
    pub fn name(&self, language: Language) -> SetMyName {
        SetMyName { name: self.texts.say(language, "bot-name", None), language_code: code(language) }
    }

    /// What an empty chat with the bot shows, in one language.
    #[must_use]
    pub fn description(&self, language: Language) -> SetMyDescription {
        let description = self.texts.say(language, "bot-description", None);
        SetMyDescription { description, language_code: code(language) }
    }

    /// What the bot's page shows, in one language.
    #[must_use]
    pub fn short_description(&self, language: Language) -> SetMyShortDescription {
        let short_description = self.texts.say(language, "bot-short-description", None);
        SetMyShortDescription { short_description, language_code: code(language) }
    }
}

/// English is for everyone whose language has nothing of its own.
fn code(language: Language) -> Option<&'static str> {
    (language != Language::default()).then(|| language.code())
}
