//! Steps of moderation.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::Entry;
use hamdam_domain::safety::{CaseId, Report, Verdict};
use hamdam_domain::session::Session;

use super::user::TOLD_KEPT;
use super::world::{CaseState, World};
use crate::step::safety::{Choice, Decided, Impose, Imposed};

/// How long a case lasts.
pub(super) const CASES_KEPT: Duration = Duration::from_hours(30 * 24);

impl World {
    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn impose(&mut self, impose: &Impose, now: Millis) -> (Imposed, bool) {
        let Some(user) = self.users.get_mut(&impose.user) else { return (Imposed::Changed, false) };
        if user.told.get(&impose.once).is_some_and(|until| *until > now) {
            return (Imposed::Done, false);
        }
        if user.version != impose.expect {
            return (Imposed::Changed, false);
        }
        user.told.insert(impose.once.clone(), now.after(TOLD_KEPT));
        user.profile = impose.profile.clone();
        if impose.ends && user.session != Session::Idle {
            user.dialogue = None;
            self.shift(impose.user, Session::Idle, now);
        } else {
            user.version += 1;
        }
        let mut ring = false;
        for (bot, entry) in &impose.entries {
            ring |= self.append(impose.user, *bot, entry, 0, now);
        }
        for fact in &impose.facts {
            self.note(impose.user, fact, now);
        }
        (Imposed::Done, ring)
    }

    /// Answers whether a sleeping sender is to be rung.
    pub(super) fn post(&mut self, chat: UserId, bot: BotId, entry: &Entry, once: &str, now: Millis) -> bool {
        self.is_first_word(chat, once.to_owned(), now) && self.append(chat, bot, entry, 0, now)
    }

    /// Whether what has this name was not said of the chat within the hour; now it was.
    pub(super) fn is_first_word(&mut self, chat: UserId, once: String, now: Millis) -> bool {
        let name = (chat, once);
        let new = self.posted.get(&name).is_none_or(|until| *until <= now);
        if new {
            self.posted.insert(name, now.after(TOLD_KEPT));
        }
        new
    }

    pub(super) fn open_case(&mut self, report: &Report, now: Millis) {
        let until = now.after(CASES_KEPT);
        let new = CaseState { report: report.clone(), choice: None, until };
        self.cases.entry(report.case()).or_insert(new);
    }

    pub(super) fn case(&self, case: CaseId, now: Millis) -> Option<Report> {
        self.cases.get(&case).filter(|case| case.until > now).map(|case| case.report.clone())
    }

    pub(super) fn decide_case(&mut self, case: CaseId, choice: &Choice, now: Millis) -> Decided {
        let Some(case) = self.cases.get_mut(&case).filter(|case| case.until > now) else {
            return Decided::Unknown;
        };
        let report = case.report.clone();
        if let Some((made, at)) = &case.choice
            && made.name == choice.name
        {
            return Decided::Counts { report, at: *at };
        }
        let stands = case.choice.as_ref().map(|(made, _)| made.verdict);
        let open = stands.is_none_or(|verdict| verdict == Verdict::Undo);
        if open == (choice.verdict == Verdict::Undo) {
            return Decided::Before { report, verdict: stands };
        }
        case.choice = Some((choice.clone(), now));
        Decided::Counts { report, at: now }
    }
}
