//! What an operator decides about what messages reveal.

use hamdam_domain::reveal::{Concern, Reveal};

use super::Reveals;

/// What is done about a message that reveals something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// It passes.
    Allow,
    /// Its writer is asked whether they mean it; of newcomers only, or of everybody.
    Ask {
        /// Whoever is known for longer is not asked.
        new_only: bool,
    },
    /// It goes to nobody; from newcomers only, or from everybody.
    Hold {
        /// Of whoever is known for longer it passes.
        new_only: bool,
    },
}

impl Policy {
    /// The policy of a word of the configuration.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "allow" => Self::Allow,
            "ask" => Self::Ask { new_only: false },
            "ask-new" => Self::Ask { new_only: true },
            "hold" => Self::Hold { new_only: false },
            "hold-new" => Self::Hold { new_only: true },
            _ => return None,
        })
    }

    fn of(self, newcomer: bool) -> Doing {
        match self {
            Self::Ask { new_only } if newcomer || !new_only => Doing::Ask,
            Self::Hold { new_only } if newcomer || !new_only => Doing::Hold,
            Self::Allow | Self::Ask { .. } | Self::Hold { .. } => Doing::Pass,
        }
    }
}

/// One policy for each thing a message may reveal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Policies {
    /// Contact cards, and files that are some (`POLICY_CONTACTS`).
    pub contacts: Policy,
    /// Names on Telegram (`POLICY_MENTIONS`).
    pub mentions: Policy,
    /// Telephone numbers (`POLICY_PHONES`).
    pub phones: Policy,
    /// E-mail addresses (`POLICY_EMAILS`).
    pub emails: Policy,
    /// Other links (`POLICY_LINKS`).
    pub links: Policy,
}

impl Default for Policies {
    /// What leads to its writer is asked about. Links are held back from newcomers: they are what spammers come for.
    fn default() -> Self {
        let ask = Policy::Ask { new_only: false };
        let links = Policy::Hold { new_only: true };
        Self { contacts: ask, mentions: ask, phones: ask, emails: ask, links }
    }
}

/// What becomes of a message. Ordered: of several policies the strictest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Doing {
    Pass,
    Ask,
    Hold,
}

/// What becomes of a message, and because of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It passes.
    Pass,
    /// Its writer is asked.
    Ask(Concern),
    /// It goes to nobody.
    Hold(Concern),
}

impl Policies {
    /// What becomes of a message that reveals so much.
    #[must_use]
    pub fn verdict(&self, reveals: Reveals, newcomer: bool) -> Verdict {
        if reveals.is_empty() {
            return Verdict::Pass;
        }
        let doing = |what: Reveal| self.about(what).of(newcomer);
        let strictest = reveals.iter().map(doing).max().unwrap_or(Doing::Pass);
        let because = reveals.iter().find(|what| doing(*what) == strictest);
        match (strictest, because) {
            (Doing::Ask, Some(what)) => Verdict::Ask(what.into()),
            (Doing::Hold, Some(what)) => Verdict::Hold(what.into()),
            _ => Verdict::Pass,
        }
    }

    /// Whether a message with this in it is held back from newcomers alone.
    #[must_use]
    pub fn holds_newcomers_only(&self, what: Reveal) -> bool {
        self.about(what) == Policy::Hold { new_only: true }
    }

    fn about(&self, what: Reveal) -> Policy {
        match what {
            Reveal::Contact => self.contacts,
            Reveal::Mention => self.mentions,
            Reveal::Phone => self.phones,
            Reveal::Email => self.emails,
            Reveal::Link => self.links,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reveals(list: &[Reveal]) -> Reveals {
        let mut reveals = Reveals::default();
        for what in list {
            reveals.add(*what);
        }
        reveals
    }

    #[test]
    fn the_strictest_policy_holds_and_the_first_thing_is_named() {
        let policies = Policies::default();
        let both = reveals(&[Reveal::Link, Reveal::Mention]);
        assert_eq!(policies.verdict(both, true), Verdict::Hold(Reveal::Link.into()));
        assert_eq!(policies.verdict(both, false), Verdict::Ask(Reveal::Mention.into()));
        assert_eq!(policies.verdict(reveals(&[Reveal::Link]), false), Verdict::Pass);
        assert_eq!(
            policies.verdict(reveals(&[Reveal::Phone, Reveal::Contact]), false),
            Verdict::Ask(Reveal::Contact.into())
        );
        assert_eq!(policies.verdict(Reveals::default(), true), Verdict::Pass);
    }

    #[test]
    fn words_of_the_configuration() {
        for (word, newcomer, known) in [
            ("allow", Doing::Pass, Doing::Pass),
            ("ask", Doing::Ask, Doing::Ask),
            ("ask-new", Doing::Ask, Doing::Pass),
            ("hold", Doing::Hold, Doing::Hold),
            ("hold-new", Doing::Hold, Doing::Pass),
        ] {
            let policy = Policy::of_word(word).unwrap();
            assert_eq!((policy.of(true), policy.of(false)), (newcomer, known), "{word}");
        }
        assert_eq!(Policy::of_word("never"), None);
    }
}
