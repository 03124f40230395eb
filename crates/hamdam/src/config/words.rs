//! Words that the house does not want, from a file, and texts that go from room to room.

use hamdam_bot::{WordLists, WordMistake};
use hamdam_domain::repeats::RepeatRules;

use super::Settings;

const FILE: &str = "WORD_LISTS_FILE";

/// Reads the lists, if a file is named. All mistakes in it are told.
pub(super) fn read(settings: &mut Settings) -> WordLists {
    let Some(file) = settings.text(FILE) else { return WordLists::default() };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => {
            let found = format!("names {file}, which cannot be read: {error}");
            settings.mistake(FILE, found, "Give the path of a text file in UTF-8 that this user may read.");
            return WordLists::default();
        }
    };
    WordLists::read(&text).unwrap_or_else(|mistakes| {
        for WordMistake { line, found, mend } in mistakes {
            let place = if line > 0 { format!("in line {line} ") } else { String::new() };
            settings.mistake(FILE, format!("names {file}, where {place}{found}"), mend);
        }
        WordLists::default()
    })
}

/// Reads the rules of repeated texts.
pub(super) fn repeats(settings: &mut Settings) -> RepeatRules {
    let most = 15;
    RepeatRules {
        ask: settings.whole("REPEAT_ROOMS_ASK", 0..=most),
        hold: settings.whole("REPEAT_ROOMS_HOLD", 0..=most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Inputs;

    #[test]
    fn the_tables_defaults_are_those_of_the_rules() {
        assert_eq!(repeats(&mut Settings::gather(&Inputs::default())), RepeatRules::default());
    }
}
