//! To whom something came that no user wrote: a broadcast. No oracle judges it; here it is counted, person by person.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::telegram::{Event, Origin, UserId, What};

/// What is listened for, and to whom it came.
#[derive(Debug, Default)]
pub(super) struct Listening {
    text: Option<String>,
    came: HashMap<UserId, u32>,
}

/// To how many people something came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// At least once.
    pub people: u64,
    /// How often it came to somebody who had it already.
    pub again: u64,
}

impl Listening {
    /// Listens for this text from now on, and forgets what was counted.
    pub(super) fn listen(&mut self, text: String) {
        *self = Self { text: Some(text), came: HashMap::new() };
    }

    /// Counts it if it is what is listened for; then it is nothing for the oracle, nor for the users of a run.
    pub(super) fn takes(&mut self, event: &Event) -> bool {
        let Some(wanted) = &self.text else { return false };
        match &event.what {
            What::MessagePlaced { user, origin: Origin::Sent, text: Some(text), .. }
                if **text == **wanted =>
            {
                *self.came.entry(*user).or_default() += 1;
                true
            }
            _ => false,
        }
    }

    pub(super) fn heard(&self) -> Heard {
        let people = self.came.len() as u64;
        let all: u64 = self.came.values().map(|times| u64::from(*times)).sum();
        Heard { people, again: all - people }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::telegram::{Buttons, Kind, Matter};

    fn placed(user: UserId, text: &str) -> Event {
        let what = What::MessagePlaced {
            call: 1,
            bot: 1,
            user,
            message_id: 1,
            origin: Origin::Sent,
            kind: Kind::Text,
            text: Some(text.into()),
            matter: Matter::Nothing,
            buttons: Buttons::from([]),
            reply_to: None,
            album: None,
        };
        Event { at: Duration::ZERO, what }
    }

    #[test]
    fn each_person_counts_once_and_what_comes_again_is_told() {
        let mut listening = Listening::default();
        assert!(!listening.takes(&placed(1, "news")), "nobody listens yet");
        listening.listen("news".to_owned());
        for (user, text, taken) in
            [(1, "news", true), (2, "news", true), (1, "news", true), (3, "hello", false)]
        {
            assert_eq!(listening.takes(&placed(user, text)), taken);
        }
        assert_eq!(listening.heard(), Heard { people: 2, again: 1 });
        listening.listen("more".to_owned());
        assert_eq!(listening.heard(), Heard::default());
    }
}
