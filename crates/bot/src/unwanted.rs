//! Messages that a house does not want: words of its lists, and one text that goes from room to room.

use hamdam_domain::conduct::{Complaint, Judgement};
use hamdam_domain::profile::Language;
use hamdam_domain::reveal::Concern;

use crate::anonymity::Verdict;
use crate::decide::Scene;
use crate::plan::First;
use crate::words::{Doing, Tongues};

impl Scene<'_> {
    /// What the lists say of the message, for somebody who reads and speaks what its writer does.
    fn doing(&self) -> Option<Doing> {
        let profile = &self.record.profile;
        let spoken = profile.facts.languages.iter().filter_map(|spoken| {
            Language::ALL.into_iter().find(|language| language.code() == spoken.to_string())
        });
        let languages = spoken.chain(self.said.language).chain([profile.language]);
        self.heard.unwanted.doing(Tongues::of_person(languages))
    }

    /// What becomes of a message because of its words.
    pub(crate) fn of_words(&self) -> Verdict {
        match self.doing() {
            Some(Doing::Hold) => Verdict::Hold(Concern::Word),
            Some(Doing::Ask) => Verdict::Ask(Concern::Word),
            Some(Doing::Count) | None => Verdict::Pass,
        }
    }

    /// What becomes of a message because its writer wrote the same in other rooms. The one it is written in was counted
    /// when it came in.
    pub(crate) fn of_repeats(&self) -> Verdict {
        let rules = self.settings.repeats;
        let rooms = self.heard.spreads.map_or(0, |text| self.record.repeats.rooms(text, self.now));
        let reached = |limit: u8| limit > 0 && rooms >= limit;
        if reached(rules.hold) {
            Verdict::Hold(Concern::Repeat)
        } else if reached(rules.ask) {
            Verdict::Ask(Concern::Repeat)
        } else {
            Verdict::Pass
        }
    }

    /// What a message that is passed on or held back holds against its writer, if that is not known yet.
    pub(crate) fn counts_against_them(&self) -> Option<First> {
        let words = matches!(self.doing(), Some(Doing::Hold | Doing::Count));
        let repeats = matches!(self.of_repeats(), Verdict::Hold(_));
        let complaint = if repeats {
            Complaint::of_repeats(self.now)
        } else if words {
            Complaint::of_words(self.now)
        } else {
            return None;
        };
        let news = !self.record.conduct.has(&complaint);
        news.then_some(First::Judge(self.said.user, Judgement::Against(complaint)))
    }
}
