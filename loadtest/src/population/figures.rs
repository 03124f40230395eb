//! What a span of life came to, for everybody and for each group.

use std::collections::BTreeMap;

use hamdam_domain::wish::Gender;
use serde::Serialize;

use super::judge::Broken;
use super::life::{End, Lived, Search};
use super::people::Person;
use super::visits::hour_of_day;
use crate::oracle::Times;
use crate::report::Percentiles;

/// How people are put into groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    /// What they say they are.
    Gender,
    /// How large the place is where they live.
    Place,
    /// The country they say they live in.
    Country,
    /// Their priority class.
    Class,
    /// The hour of the day in which the search began.
    Hour,
}

impl By {
    /// Every way.
    pub(super) const ALL: [Self; 5] = [Self::Gender, Self::Place, Self::Country, Self::Class, Self::Hour];

    /// As tables call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gender => "gender",
            Self::Place => "place",
            Self::Country => "country",
            Self::Class => "class",
            Self::Hour => "hour",
        }
    }

    fn group(self, search: &Search, person: &Person) -> String {
        let facts = &person.wishes.facts;
        match self {
            Self::Gender => match facts.gender {
                Some(Gender::Female) => "female".to_owned(),
                Some(Gender::Male) => "male".to_owned(),
                Some(Gender::Other) => "other".to_owned(),
                None => UNSAID.to_owned(),
            },
            Self::Place => person.size.name().to_owned(),
            Self::Country => facts.place.country.map_or_else(|| UNSAID.to_owned(), |code| code.to_string()),
            Self::Class => facts.class.0.to_string(),
            Self::Hour => format!("{:02}", hour_of_day(search.since)),
        }
    }
}

const UNSAID: &str = "not said";

/// The figures of some searches. `searches = met + gave_up + waiting`, always.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Figures {
    /// How many began.
    pub(super) searches: u64,
    /// How many ended with a partner; a pair ends two.
    pub(super) met: u64,
    /// How many were given up.
    pub(super) gave_up: u64,
    /// How many had not ended when everything did.
    pub(super) waiting: u64,
    /// How long those who met had waited.
    pub(super) wait_ms: Percentiles,
    /// Of those that ended, the share that was given up, 0 to 1.
    pub(super) gave_up_share: f64,
    /// How satisfied people were with those that ended, 0 to 100 on average (see `loadtest population --help`).
    pub(super) satisfaction: f64,
    /// Of those who met, the share that met a user of another bot, 0 to 1.
    pub(super) cross_bot_share: f64,
    /// The waits themselves.
    #[serde(skip)]
    pub(super) waits: Times,
}

/// Sums from which figures follow.
#[derive(Default)]
struct Sums {
    met: u64,
    gave_up: u64,
    waiting: u64,
    satisfaction: f64,
    across_bots: u64,
    waits: Times,
}

impl Sums {
    fn note(&mut self, end: End) {
        match end {
            End::Met { waited, satisfaction, across_bots, .. } => {
                self.met += 1;
                self.satisfaction += satisfaction;
                self.across_bots += u64::from(across_bots);
                self.waits.note(waited);
            }
            End::GaveUp => self.gave_up += 1,
            End::Waiting => self.waiting += 1,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of millions")]
fn share(some: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { some as f64 / all as f64 }
}

impl From<Sums> for Figures {
    #[expect(clippy::cast_precision_loss, reason = "counts of millions")]
    fn from(sums: Sums) -> Self {
        let Sums { met, gave_up, waiting, satisfaction, across_bots, waits } = sums;
        let ended = met + gave_up;
        Self {
            searches: ended + waiting,
            met,
            gave_up,
            waiting,
            wait_ms: Percentiles::from(&waits),
            gave_up_share: share(gave_up, ended),
            satisfaction: satisfaction / (ended.max(1) as f64),
            cross_bot_share: share(across_bots, met),
            waits,
        }
    }
}

/// What one set of rules came to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Outcome {
    /// What the rules are called.
    pub(super) rules: String,
    /// Pairs.
    pub(super) pairs: u64,
    /// Everybody's searches.
    pub(super) everybody: Figures,
    /// The same group by group.
    pub(super) groups: BTreeMap<By, BTreeMap<String, Figures>>,
    /// What must not happen to a pair, and did; so often.
    pub(super) broken: BTreeMap<Broken, u64>,
    /// Every pair holds, every search ended once, and the engine holds whom it should.
    pub(super) sound: bool,
}

impl Outcome {
    pub(super) fn of(rules: String, lived: &Lived, people: &[Person]) -> Self {
        let mut everybody = Sums::default();
        let mut groups: BTreeMap<By, BTreeMap<String, Sums>> = BTreeMap::new();
        for search in &lived.searches {
            everybody.note(search.end);
            for by in By::ALL {
                let group = by.group(search, &people[search.who]);
                groups.entry(by).or_default().entry(group).or_default().note(search.end);
            }
        }
        let left = u64::try_from(lived.left).expect("fewer than searches");
        let sound = lived.broken.is_empty() && everybody.met == 2 * lived.pairs && everybody.waiting == left;
        let figured = |sums: BTreeMap<String, Sums>| sums.into_iter().map(|(name, sums)| (name, sums.into()));
        Self {
            rules,
            pairs: lived.pairs,
            everybody: everybody.into(),
            groups: groups.into_iter().map(|(by, sums)| (by, figured(sums).collect())).collect(),
            broken: lived.broken.clone(),
            sound,
        }
    }

    /// The figures of one group, if anybody of it searched.
    pub(super) fn group(&self, by: By, name: &str) -> Option<&Figures> {
        self.groups.get(&by)?.get(name)
    }
}
