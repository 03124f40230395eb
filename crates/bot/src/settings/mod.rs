//! What people say of themselves and of whom they want to meet: pages with buttons, and typed answers.
//!
//! A page is one message, redrawn by each button under it. Nothing of it is kept but the profile, and what the next
//! text answers (`Record::dialogue`); that ends with the next command or button. In a room every text is the partner's.

pub(crate) mod catalogue;
pub(crate) mod choice;
pub(crate) mod fold;
mod typed;
pub(crate) mod view;

use hamdam_domain::outbox::{Notice, Toast};
use hamdam_domain::panel::{Asking, Dialogue, Page, Panel, Refusal, Spotted};
use hamdam_domain::profile::Profile;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::wish::{Facts, Wants};

use self::catalogue::CATALOGUE;
use self::choice::{Choice, placed};
use crate::decide::Scene;
use crate::plan::{Move, Outcome, Plan};
use crate::understand::{Answer, Incoming, Input};

impl Scene<'_> {
    /// Opens a page: in place of the message whose button was pressed, or as a message of its own.
    pub(crate) fn opens(&self, page: Page) -> Move {
        self.shows(self.quiet(Outcome::Answered), page, &self.profile(), Vec::new())
    }

    /// A button chose something.
    pub(crate) fn chooses(&self, choice: Choice) -> Plan {
        match choice.made_in(&self.profile()).and_then(|profile| self.allowed(profile)) {
            Ok(profile) => {
                let language = self.language(&profile.wants);
                self.becomes(Profile { language, ..profile }, choice.stays_on())
            }
            Err(refusal) => self.just_refused(refusal),
        }
    }

    /// The rules were agreed to.
    pub(crate) fn agrees(&self) -> Plan {
        let profile = self.profile();
        let facts = Facts { agreed: true, ..profile.facts };
        self.becomes(Profile { facts, ..profile }, None)
    }

    /// A message of somebody whom a page asked something, if it is an answer.
    pub(crate) fn answers(&self, dialogue: Dialogue, incoming: &Incoming) -> Option<Plan> {
        let profile = self.profile();
        let answered = match (dialogue, incoming.answer.as_ref()?) {
            (Dialogue::Place, Answer::Location(spot)) => Ok(placed(&profile, CATALOGUE.around(*spot))),
            (Dialogue::Place, Answer::Text(text)) => match CATALOGUE.places(text)[..] {
                [] => Err(Refusal::Place),
                [only] => CATALOGUE.place(only).map(|place| placed(&profile, place)).ok_or(Refusal::Place),
                ref several => return Some(self.offers(several)),
            },
            (_, Answer::Location(_)) => return None,
            (Dialogue::Age, Answer::Text(text)) => typed::age(text)
                .map(|age| Profile { facts: Facts { age: Some(age), ..profile.facts }, ..profile.clone() }),
            (Dialogue::Ages, Answer::Text(text)) => typed::ages(text)
                .map(|ages| Profile { wants: Wants { ages, ..profile.wants }, ..profile.clone() }),
            (Dialogue::Interests, Answer::Text(text)) => typed::interests(text)
                .map(|interests| Profile { facts: Facts { interests, ..profile.facts }, ..profile.clone() }),
        };
        Some(match answered.and_then(|profile| self.allowed(profile)) {
            Ok(profile) => self.becomes(profile, None),
            Err(refusal) => {
                let mut act = self.quiet(Outcome::Answered);
                act.entries.push((self.update.bot, Notice::Refused(refusal).about(incoming.message)));
                Plan::Act { first: None, act, then: None }
            }
        })
    }

    /// What keeps somebody from searching: rules to agree to, or what the operator requires.
    pub(crate) fn owes(&self, profile: &Profile) -> Option<Notice> {
        if self.settings.adults_only && !profile.facts.agreed {
            return Some(Notice::Rules);
        }
        let page = self.settings.required.missing(&profile.facts)?;
        Some(Notice::Settings(self.panel(page, profile, Vec::new())))
    }

    /// What the next text answers behind a search that could not begin.
    pub(crate) fn asks_for(&self, notice: &Notice) -> Asking {
        match notice {
            Notice::Settings(panel) if panel.typing => panel.page.asks().map_or(self.forgets(), Asking::For),
            _ => self.forgets(),
        }
    }

    /// No text answers anything any more.
    pub(crate) fn forgets(&self) -> Asking {
        if self.record.dialogue.is_some() { Asking::Nothing } else { Asking::AsBefore }
    }

    /// The profile changes, and what comes next is shown: what is still required, or the page that stays, or all. A
    /// search that runs goes on with the new wishes, at the next attempt of its ticket.
    fn becomes(&self, profile: Profile, stays: Option<Page>) -> Plan {
        let act = self.quiet(Outcome::Answered);
        let act = match (stays, self.owes(&profile)) {
            (None, Some(Notice::Rules)) => self.says_here(act, Notice::Rules),
            (None, Some(Notice::Settings(panel))) => self.shows(act, panel.page, &profile, Vec::new()),
            (page, _) => self.shows(act, page.unwrap_or(Page::Home), &profile, Vec::new()),
        };
        self.searching_on(self.with_profile(act, profile))
    }

    /// If the user waits, their ticket comes back at the next attempt with what the move makes of their profile and of
    /// whom they block.
    pub(crate) fn searching_on(&self, mut act: Move) -> Plan {
        let changed = act.profile.as_ref().is_some_and(|profile| {
            let before = &self.record.profile;
            (profile.facts, profile.wants) != (before.facts, before.wants)
        });
        let changed = changed || act.blocks.is_some();
        let then = match &self.record.session {
            Session::Waiting(stub) if changed => {
                let stub = Stub { attempt: stub.attempt + 1, ..stub.clone() };
                let profile = act.profile.clone().unwrap_or_else(|| self.profile());
                let ticket = self.ticket_of_whom(&stub, &profile, act.blocks);
                act.session = Some(Session::Waiting(stub));
                Some(ticket)
            }
            _ => None,
        };
        Plan::Act { first: None, act, then }
    }

    fn just_refused(&self, refusal: Refusal) -> Plan {
        Plan::just(self.toasts(Toast::Refused(refusal)))
    }

    /// Several places have that name.
    fn offers(&self, places: &[Spotted]) -> Plan {
        let act = self.quiet(Outcome::Answered);
        let act = self.shows(act, Page::Place, &self.profile(), places.to_vec());
        Plan::Act { first: None, act, then: None }
    }

    fn shows(&self, mut act: Move, page: Page, profile: &Profile, places: Vec<Spotted>) -> Move {
        let panel = self.panel(page, profile, places);
        act.asks = match page.asks().filter(|_| panel.typing) {
            Some(dialogue) => Asking::For(dialogue),
            None => self.forgets(),
        };
        self.says_here(act, Notice::Settings(panel))
    }

    /// Says something in place of the message whose button was pressed.
    pub(crate) fn redraws(&self, notice: Notice) -> Move {
        self.says_here(self.quiet(Outcome::Answered), notice)
    }

    /// In place of the message whose button was pressed, or as a message of its own.
    fn says_here(&self, mut act: Move, notice: Notice) -> Move {
        let entry = match &self.said.input {
            Input::Press { message, .. } => notice.instead_of(*message),
            _ => notice.entry(),
        };
        act.entries.push((self.update.bot, entry));
        act
    }

    fn panel(&self, page: Page, profile: &Profile, places: Vec<Spotted>) -> Panel {
        Panel {
            page,
            facts: profile.facts,
            wants: profile.wants,
            typing: page.asks().is_some() && self.talk().is_none(),
            required: self.settings.required.missing(&profile.facts) == Some(page),
            kept: self.settings.premium.kept(),
            places,
        }
    }
}
