//! What is answered, as programs read it.

use std::time::Duration;

use hamdam_domain::engine::{Estimate, Explanation, Rules, Wish};
use hamdam_domain::rules::{Ease, Widen};
use hamdam_domain::session::Stub;
use serde::Serialize;
use serde_json::{Map, Value};

/// The answer about one user.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) user: i64,
    #[serde(flatten)]
    pub(super) stands: Stands,
    /// What is wrong, and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
}

/// Where a user stands.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Stands {
    Unknown,
    Idle,
    Waiting(Box<Wait>),
    Held { room: i64 },
    Chatting { room: i64 },
}

/// A wait.
#[derive(Debug, Serialize)]
pub(super) struct Wait {
    pub(super) pool: String,
    /// Milliseconds since the Unix epoch.
    pub(super) waiting_since: i64,
    pub(super) waited_seconds: f64,
    /// How often the ticket came back to the pool.
    pub(super) attempt: u32,
    #[serde(flatten)]
    pub(super) why: Option<Why>,
    /// How long the pool was watched; nothing if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) watched_seconds: Option<f64>,
    /// From what was seen meanwhile, if that was enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) estimate: Option<Expected>,
    /// The state in which the user was found when their ticket had left while the pool was watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) left: Option<&'static str>,
}

/// Why somebody waits.
#[derive(Debug, Serialize)]
pub(super) struct Why {
    /// Tickets of other users that wait in the pool.
    pub(super) others: usize,
    pub(super) more_senior: usize,
    /// How many of them pass every wish of both sides.
    pub(super) may_meet: usize,
    pub(super) wishes: Vec<Passed>,
    pub(super) gave_way: GaveWay,
    pub(super) later: Vec<Later>,
}

/// How many pass a wish, whatever the other wishes say.
#[derive(Debug, Serialize)]
pub(super) struct Passed {
    pub(super) wish: &'static str,
    /// They are what the user wishes.
    pub(super) suit: usize,
    /// They wish what the user is.
    pub(super) suited: usize,
    pub(super) both: usize,
}

/// What has given way, in the form of the rules and in words.
#[derive(Debug, Serialize)]
pub(super) struct GaveWay {
    #[serde(flatten)]
    fields: Map<String, Value>,
    #[serde(skip)]
    pub(super) words: Vec<String>,
}

/// A step of the schedule that is still to come.
#[derive(Debug, Serialize)]
pub(super) struct Later {
    /// From now.
    pub(super) after_seconds: f64,
    /// How many could meet the user then, if these stayed as they are.
    pub(super) may_meet: usize,
    #[serde(flatten)]
    pub(super) gives: GaveWay,
}

/// How long the wait will be yet.
#[derive(Debug, Serialize)]
pub(super) struct Expected {
    /// Half of such tickets have a partner by then; nothing: nobody knows.
    pub(super) half_seconds: Option<f64>,
    /// Four of five have.
    pub(super) most_seconds: Option<f64>,
    /// From so many pairs.
    pub(super) pairs: u64,
}

impl Wait {
    pub(super) fn new(stub: &Stub, waited: Duration) -> Self {
        Self {
            pool: stub.pool.to_string(),
            waiting_since: stub.waiting_since.0,
            waited_seconds: waited.as_secs_f64(),
            attempt: stub.attempt,
            why: None,
            watched_seconds: None,
            estimate: None,
            left: None,
        }
    }

    pub(super) fn explain(&mut self, explanation: &Explanation, rules: &Rules) {
        let mut before = explanation.ease;
        let later = explanation.relaxations.iter().map(|relaxation| {
            let gives = GaveWay::between(&before, &relaxation.ease, rules);
            before = relaxation.ease;
            Later { after_seconds: relaxation.after.as_secs_f64(), may_meet: relaxation.may_meet, gives }
        });
        let wishes = explanation.passing.iter().map(|passing| Passed {
            wish: name(passing.wish),
            suit: passing.theirs,
            suited: passing.mine,
            both: passing.both,
        });
        self.why = Some(Why {
            others: explanation.others,
            more_senior: explanation.seniors,
            may_meet: explanation.may_meet,
            wishes: wishes.collect(),
            gave_way: GaveWay::between(&Ease::NONE, &explanation.ease, rules),
            later: later.collect(),
        });
    }

    pub(super) fn watched(&mut self, watched: Duration, estimate: Option<Estimate>) {
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        self.watched_seconds = Some(watched.as_secs_f64());
        self.estimate = estimate.map(|Estimate { half, most, pairs }| Expected {
            half_seconds: seconds(half),
            most_seconds: seconds(most),
            pairs,
        });
    }
}

impl GaveWay {
    fn between(before: &Ease, after: &Ease, rules: &Rules) -> Self {
        let reach = match after.reach {
            Widen::Times(times) => format!("{times} times as far"),
            Widen::Anywhere => "any distance".to_owned(),
        };
        let all = [
            (after.reach != before.reach, reach),
            (after.any_language && !before.any_language, "any language".to_owned()),
            (rules.across_bots && after.any_bot && !before.any_bot, "users of other bots".to_owned()),
            (after.years != before.years, format!("{} years around the wished ages", after.years)),
            (after.any_gender && !before.any_gender, "any gender, if the user lets it".to_owned()),
            (
                after.interests_percent != before.interests_percent,
                format!("common interests count {} %", after.interests_percent),
            ),
        ];
        let words = all.into_iter().filter(|(gives, _)| *gives).map(|(_, words)| words).collect();
        Self { fields: after.to_json(), words }
    }
}

fn name(wish: Wish) -> &'static str {
    match wish {
        Wish::Gender => "gender",
        Wish::Age => "age",
        Wish::Distance => "distance",
        Wish::Language => "language",
        Wish::Bot => "bot",
        Wish::Mode => "mode",
        Wish::Trust => "trust",
        Wish::Block => "block",
        Wish::Recent => "recent",
    }
}
