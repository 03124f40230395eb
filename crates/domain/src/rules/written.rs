//! Rules as an operator writes them: a JSON file, in which whatever is left out stays as it is by default.
//!
//! ```json
//! {
//!   "batch_size": 5000,
//!   "across_bots": false,
//!   "not_again_for_hours": 24,
//!   "schedule": [
//!     {"after_seconds": 10, "reach_times": 2, "interests_percent": 75},
//!     {"after_seconds": 40, "reach_times": 4, "any_language": true, "any_bot": true, "years": 2},
//!     {"after_seconds": 90, "reach_times": "anywhere", "any_gender": true}
//!   ],
//!   "priority": {"head_starts_seconds": [0, 30, 60], "patience_seconds": 120},
//!   "seed": 0
//! }
//! ```
//!
//! A step of the schedule keeps what the steps before it gave, and adds what it says. `"schedule": []` lets nothing
//! give way, ever. [`super::Rules`] and [`super::Ease`] say what each of them means.

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Ease, Priority, Rules, Schedule, ScheduleError, Step, Widen};

/// One mistake in a file of rules: what stands where, and what mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesMistake {
    /// Where, such as `schedule[2].years`, steps counted from 1.
    pub about: String,
    /// What was found: continues the sentence that `about` begins.
    pub found: String,
    /// What mends it: a sentence.
    pub mend: String,
}

/// Everything that is wrong with a file of rules, in the order of reading; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesMistakes(pub Vec<RulesMistake>);

impl std::error::Error for RulesMistakes {}

impl fmt::Display for RulesMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.0.len() == 1 { "one mistake" } else { "these mistakes" };
        write!(f, "the rules have {noun}:")?;
        for (number, RulesMistake { about, found, mend }) in (1..).zip(&self.0) {
            write!(f, "\n{number:>3}. {about} {found}\n     {mend}")?;
        }
        Ok(())
    }
}

impl Rules {
    /// Reads rules as they are written down. Names every mistake, not only the first.
    pub fn of_json(text: &str) -> Result<Self, RulesMistakes> {
        Self::default().with_json(text)
    }

    /// These rules, with what is written down in place of theirs.
    pub fn with_json(self, text: &str) -> Result<Self, RulesMistakes> {
        let mut mistakes = Vec::new();
        let rules = match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => rules(Part::new(&fields, "", &mut mistakes), self),
            Ok(other) => {
                wrong(&mut mistakes, "the file", &other, "Write an object: {\"schedule\": …}.");
                self
            }
            Err(error) => {
                let mend = "Write JSON, with names in double quotes and no comma behind the last of a list.";
                mistakes.push(RulesMistake {
                    about: "the file".into(),
                    found: format!("is no JSON: {error}"),
                    mend: mend.into(),
                });
                self
            }
        };
        if mistakes.is_empty() { Ok(rules) } else { Err(RulesMistakes(mistakes)) }
    }

    /// Writes them down, in full.
    #[must_use]
    pub fn to_json(&self) -> String {
        let step = |step: &Step| {
            let mut written = json!({"after_seconds": number(step.after.as_secs_f64())});
            let fields = written.as_object_mut().expect("written as an object");
            fields.extend(step.ease.to_json());
            written
        };
        let head_starts = self.priority.head_starts.iter().map(|start| number(start.as_secs_f64()));
        let written = json!({
            "batch_size": self.batch_size,
            "across_bots": self.across_bots,
            "not_again_for_hours": number(self.not_again_for.as_secs_f64() / 3_600.0),
            "schedule": self.schedule.steps().iter().map(step).collect::<Vec<_>>(),
            "priority": {
                "head_starts_seconds": head_starts.collect::<Vec<_>>(),
                "patience_seconds": number(self.priority.patience.as_secs_f64()),
            },
            "seed": self.seed,
        });
        serde_json::to_string_pretty(&written).expect("an object with string keys")
    }
}

impl Ease {
    /// As a step of the schedule writes it down, but for its time.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let Self { reach, any_language, any_bot, interests_percent, years, any_gender } = *self;
        let reach = match reach {
            Widen::Times(times) => json!(times),
            Widen::Anywhere => json!(ANYWHERE),
        };
        let fields = [
            ("reach_times", reach),
            ("any_language", json!(any_language)),
            ("any_bot", json!(any_bot)),
            ("interests_percent", json!(interests_percent)),
            ("years", json!(years)),
            ("any_gender", json!(any_gender)),
        ];
        fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
    }
}

const ANYWHERE: &str = "anywhere";

/// The longest time that rules may name.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// Whole numbers without a fraction, for people.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times of a year at most")]
fn number(value: f64) -> Value {
    if value.fract() == 0.0 { json!(value as u64) } else { json!(value) }
}

fn rules(mut part: Part<'_>, usual: Rules) -> Rules {
    part.knows(&["batch_size", "across_bots", "not_again_for_hours", "schedule", "priority", "seed"]);
    Rules {
        batch_size: part.whole("batch_size", 1..=100_000).unwrap_or(usual.batch_size),
        across_bots: part.yes_or_no("across_bots").unwrap_or(usual.across_bots),
        not_again_for: part.time("not_again_for_hours", 3_600.0).unwrap_or(usual.not_again_for),
        seed: part.whole("seed", 0..=u64::MAX).unwrap_or(usual.seed),
        schedule: part.list("schedule").map_or(usual.schedule, |steps| schedule(&mut part, steps)),
        priority: match part.part("priority") {
            Some(part) => priority(part, usual.priority),
            None => usual.priority,
        },
    }
}

fn priority(mut part: Part<'_>, usual: Priority) -> Priority {
    part.knows(&["head_starts_seconds", "patience_seconds"]);
    let patience = part.time("patience_seconds", 1.0).unwrap_or(usual.patience);
    let Some(given) = part.list("head_starts_seconds") else {
        return Priority { patience, ..usual };
    };
    if given.is_empty() {
        part.wrong("head_starts_seconds", &json!([]), "Name at least the ordinary class: [0].");
    }
    let name = |class: usize| format!("head_starts_seconds[{}]", class + 1);
    let starts = given.iter().enumerate();
    let head_starts = starts.filter_map(|(class, start)| part.time_of(&name(class), start, 1.0)).collect();
    Priority { head_starts, patience }
}

/// Whatever is wrong is said; what is right of a step with a mistake still counts for those behind it.
fn schedule(part: &mut Part<'_>, given: &[Value]) -> Schedule {
    let mut steps: Vec<Step> = Vec::new();
    for (number, value) in (1..).zip(given) {
        let name = format!("schedule[{number}]");
        let Some(fields) = part.object_of(&name, value) else { continue };
        let before = steps.last().map_or(Ease::NONE, |step| step.ease);
        let Some(step) = step(Part::new(fields, &format!("{name}."), part.mistakes), before) else {
            continue;
        };
        let pair: Vec<Step> = steps.last().copied().into_iter().chain([step]).collect();
        if let Some(mistake) = does_not_follow(&pair, &name) {
            part.mistakes.push(mistake);
        }
        steps.push(step);
    }
    Schedule::new(steps).unwrap_or_else(|error| {
        if let ScheduleError::TooMany(_) = error {
            let mend = format!("Keep {} at most.", Schedule::MOST);
            let found = format!("has {} steps", given.len());
            part.mistakes.push(RulesMistake { about: "schedule".into(), found, mend });
        }
        Schedule::default()
    })
}

/// What is wrong with the last of two steps (or with the first of all) behind the one before it.
fn does_not_follow(pair: &[Step], name: &str) -> Option<RulesMistake> {
    let about = name.to_owned();
    match Schedule::new(pair.to_vec()) {
        Err(ScheduleError::Order(number)) if number == pair.len() => Some(RulesMistake {
            about,
            found: "comes no later than what is before it".into(),
            mend: "Put the steps in order of time, each later than the one before and than 0 seconds.".into(),
        }),
        Err(ScheduleError::Stricter(number)) if number == pair.len() => Some(RulesMistake {
            about,
            found: "takes back what an earlier step gave".into(),
            mend: "Leave out what stays as it is; a wish that gave way does not come back.".into(),
        }),
        _ => None,
    }
}

/// `None` if nobody can say when it is taken.
fn step(mut part: Part<'_>, before: Ease) -> Option<Step> {
    part.knows(&[
        "after_seconds",
        "reach_times",
        "any_language",
        "any_bot",
        "interests_percent",
        "years",
        "any_gender",
    ]);
    let ease = Ease {
        reach: part.reach().unwrap_or(before.reach),
        any_language: part.yes_or_no("any_language").unwrap_or(before.any_language),
        any_bot: part.yes_or_no("any_bot").unwrap_or(before.any_bot),
        interests_percent: part.whole("interests_percent", 0..=100).unwrap_or(before.interests_percent),
        years: part.whole("years", 0..=81).unwrap_or(before.years),
        any_gender: part.yes_or_no("any_gender").unwrap_or(before.any_gender),
    };
    if !part.fields.contains_key("after_seconds") {
        part.mistake(
            "after_seconds",
            "is missing".into(),
            "Say when the step is taken: \"after_seconds\": 10.",
        );
    }
    Some(Step { after: part.time("after_seconds", 1.0)?, ease })
}

/// An object of the file, and where it stands.
struct Part<'a> {
    fields: &'a Map<String, Value>,
    /// What stands before a field's name.
    place: String,
    mistakes: &'a mut Vec<RulesMistake>,
}

fn wrong(mistakes: &mut Vec<RulesMistake>, about: &str, found: &Value, mend: &str) {
    let found = format!("is {found}");
    mistakes.push(RulesMistake { about: about.into(), found, mend: mend.into() });
}

impl<'a> Part<'a> {
    fn new(fields: &'a Map<String, Value>, place: &str, mistakes: &'a mut Vec<RulesMistake>) -> Self {
        Self { fields, place: place.to_owned(), mistakes }
    }

    fn mistake(&mut self, name: &str, found: String, mend: &str) {
        let about = format!("{}{name}", self.place);
        self.mistakes.push(RulesMistake { about, found, mend: mend.into() });
    }

    fn wrong(&mut self, name: &str, found: &Value, mend: &str) {
        wrong(self.mistakes, &format!("{}{name}", self.place), found, mend);
    }

    /// Names what is none of these.
    fn knows(&mut self, names: &[&str]) {
        let known = |name: &&String| names.contains(&name.as_str());
        for name in self.fields.keys().filter(|name| !known(name)) {
            self.mistake(name, "is not known".into(), &format!("Known are {}.", names.join(", ")));
        }
    }

    fn whole<T: TryFrom<u64> + PartialOrd + fmt::Display>(
        &mut self,
        name: &str,
        allowed: RangeInclusive<T>,
    ) -> Option<T> {
        let given = self.fields.get(name)?;
        let fits = given.as_u64().and_then(|value| T::try_from(value).ok());
        let fits = fits.filter(|value| allowed.contains(value));
        if fits.is_none() {
            let (least, most) = allowed.into_inner();
            self.wrong(name, given, &format!("Give a whole number from {least} to {most}."));
        }
        fits
    }

    fn yes_or_no(&mut self, name: &str) -> Option<bool> {
        let given = self.fields.get(name)?;
        if given.as_bool().is_none() {
            self.wrong(name, given, "Give true or false, without quotes.");
        }
        given.as_bool()
    }

    /// A time in units of so many seconds.
    fn time(&mut self, name: &str, unit: f64) -> Option<Duration> {
        let given = self.fields.get(name)?;
        self.time_of(name, given, unit)
    }

    /// To the millisecond, which is what tickets count in.
    fn time_of(&mut self, name: &str, given: &Value, unit: f64) -> Option<Duration> {
        let most = LONGEST.as_secs_f64() / unit;
        let seconds = given.as_f64().filter(|value| (0.0..=most).contains(value)).map(|value| value * unit);
        if seconds.is_none() {
            self.wrong(name, given, &format!("Give a number from 0 to {most}, without quotes."));
        }
        seconds.map(|seconds| {
            let time = Duration::from_secs_f64(seconds);
            Duration::from_millis(
                u64::try_from((time + Duration::from_micros(500)).as_millis()).unwrap_or(u64::MAX),
            )
        })
    }

    fn reach(&mut self) -> Option<Widen> {
        let given = self.fields.get("reach_times")?;
        if given.as_str() == Some(ANYWHERE) {
            return Some(Widen::Anywhere);
        }
        let times = given.as_u64().and_then(|times| u16::try_from(times).ok()).filter(|times| *times > 0);
        if times.is_none() {
            let mend = format!("Give a whole number from 1 to {}, or \"{ANYWHERE}\".", u16::MAX);
            self.wrong("reach_times", given, &mend);
        }
        times.map(Widen::Times)
    }

    fn list(&mut self, name: &str) -> Option<&'a [Value]> {
        let given = self.fields.get(name)?;
        if !given.is_array() {
            self.wrong(name, given, "Give a list: […].");
        }
        given.as_array().map(Vec::as_slice)
    }

    fn part(&mut self, name: &str) -> Option<Part<'_>> {
        let given = self.fields.get(name)?;
        let fields = self.object_of(name, given)?;
        let place = format!("{}{name}.", self.place);
        Some(Part { fields, place, mistakes: self.mistakes })
    }

    fn object_of<'v>(&mut self, name: &str, given: &'v Value) -> Option<&'v Map<String, Value>> {
        if !given.is_object() {
            self.wrong(name, given, "Give an object: {…}.");
        }
        given.as_object()
    }
}
