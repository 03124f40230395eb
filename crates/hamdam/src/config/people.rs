//! What people must tell before they search, and how long a search lasts.

use std::time::Duration;

use hamdam_bot::{Channel, InviteKey, Policies, Policy, Required, TextKey};
use secrecy::ExposeSecret;

use super::Settings;

/// What people are asked and told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    /// What must be told before the first search.
    pub required: Required,
    /// Rules are to be agreed to before the first search.
    pub adults_only: bool,
    /// What is done about messages that reveal something of their writer.
    pub policies: Policies,
    /// Under which ids become the codes of invitations.
    pub invites: InviteKey,
    /// Under which texts become hashes.
    pub texts: TextKey,
    /// The channel that people are to be in before they search.
    pub channel: Option<Channel>,
    /// A search without a partner ends after so long; `None`: never.
    pub give_up: Option<Duration>,
}

impl People {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let mend = "Name some of gender, age, place, with commas between.";
        let minutes: f64 = settings.number("SEARCH_GIVE_UP_MINUTES", 0.0..=1_440.0);
        Self {
            required: settings.parsed("PROFILE_REQUIRED", mend, required).unwrap_or_default(),
            adults_only: settings.yes_or_no("ADULTS_ONLY"),
            policies: policies(settings),
            channel: settings.parsed("REQUIRED_CHANNEL", CHANNEL_MEND, Channel::of_text),
            invites: InviteKey::new(house_key(settings)),
            texts: TextKey::new(house_key(settings)),
            give_up: (minutes > 0.0).then(|| Duration::from_secs_f64(minutes * 60.0)),
        }
    }
}

const CHANNEL_MEND: &str =
    "Give the name of a public channel, such as @hamdam_news; every bot is an administrator of it.";

/// What codes and hashes are made under.
fn house_key(settings: &Settings) -> Vec<u8> {
    // Who fetches updates may have no other secret than the tokens.
    let names = ["INVITE_SECRET", "WEBHOOK_SECRET", "BOT_TOKENS"];
    let key = names.into_iter().find_map(|name| settings.secret(name));
    key.map_or_else(Vec::new, |key| key.expose_secret().as_bytes().to_vec())
}

fn policies(settings: &mut Settings) -> Policies {
    let mend = "Give allow, ask, hold, ask-new or hold-new.";
    let mut policy = |name| settings.with_default(name, mend, Policy::of_word);
    Policies {
        contacts: policy("POLICY_CONTACTS"),
        mentions: policy("POLICY_MENTIONS"),
        phones: policy("POLICY_PHONES"),
        emails: policy("POLICY_EMAILS"),
        links: policy("POLICY_LINKS"),
    }
}

fn required(text: &str) -> Option<Required> {
    let mut required = Required::default();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            "gender" => required.gender = true,
            "age" => required.age = true,
            "place" => required.place = true,
            _ => return None,
        }
    }
    Some(required)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_defaults_are_those_of_the_policies() {
        let word = |name| Policy::of_word(super::super::Variable::named(name).default.unwrap()).unwrap();
        let defaults = Policies {
            contacts: word("POLICY_CONTACTS"),
            mentions: word("POLICY_MENTIONS"),
            phones: word("POLICY_PHONES"),
            emails: word("POLICY_EMAILS"),
            links: word("POLICY_LINKS"),
        };
        assert_eq!(defaults, Policies::default());
    }

    #[test]
    fn what_is_required_is_named_by_words() {
        assert_eq!(required("age, gender"), Some(Required { age: true, gender: true, place: false }));
        assert_eq!(required("place,"), Some(Required { place: true, ..Required::default() }));
        assert_eq!(required("age,shoe"), None);
    }
}
