//! What the operator decided about matching: who may meet, what gives way with time, who goes first.

mod written;

use std::time::Duration;

pub use self::written::{RulesMistake, RulesMistakes};

/// The rules of matching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Pairs per batch at most (`MATCHMAKING_WORKER_BATCH_SIZE`).
    pub batch_size: usize,
    /// Whether people of different bots may meet, once the schedule lets them. What they write then is content on its way,
    /// and no reference (see `parcel`), so those of one bot come first.
    pub across_bots: bool,
    /// For so long after a meeting the same two do not meet again.
    pub not_again_for: Duration,
    /// What gives way while somebody waits.
    pub schedule: Schedule,
    /// Who goes first.
    pub priority: Priority,
    /// Settles what nothing else settles. The same tickets, rules and seed make the same pairs.
    pub seed: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            batch_size: 5_000,
            across_bots: false,
            not_again_for: Duration::from_hours(24),
            schedule: Schedule::default(),
            priority: Priority::default(),
            seed: 0,
        }
    }
}

/// What a wait does for a ticket's place in the queue.
///
/// Every ticket has a *seniority*: when it began to wait, less the head start of its class. Who waited longer than
/// `patience`, head start included, is an *elder*: nobody junior takes a partner an elder could have met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    /// The head start of each class, ordinary (class 0) first; a class beyond the list has the last.
    pub head_starts: Vec<Duration>,
    /// How long a ticket may be passed over for a better pair. Short is fair, long pairs better.
    pub patience: Duration,
}

impl Default for Priority {
    fn default() -> Self {
        let head_starts = vec![Duration::ZERO, Duration::from_secs(30), Duration::from_mins(1)];
        Self { head_starts, patience: Duration::from_mins(2) }
    }
}

/// How wishes give way while a ticket waits: steps in order of time, each saying all that holds from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Vec<Step>);

/// From some moment of a wait on, this has given way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// So long after the wait began.
    pub after: Duration,
    /// How.
    pub ease: Ease,
}

/// What has given way. Gender, blocks and the lowest age never do, unless the user said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ease {
    /// How far a wished distance widens.
    pub reach: Widen,
    /// A common language is nice to have, and no condition any more.
    pub any_language: bool,
    /// Users of other bots will do, where bots mix.
    pub any_bot: bool,
    /// Of what common interests count at first, so many per cent still do.
    pub interests_percent: u8,
    /// Years by which a wished age range widens upwards; downwards too, if the user said so.
    pub years: u8,
    /// Wished gender gives way, if the user said so.
    pub any_gender: bool,
}

/// How a wished distance widens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Widen {
    /// So many times as far; and from the city to its region, to its country, and on, one level per doubling.
    Times(u16),
    /// As far as it goes.
    Anywhere,
}

impl Ease {
    /// Nothing gave way yet.
    pub const NONE: Self = Self {
        reach: Widen::Times(1),
        any_language: false,
        any_bot: false,
        interests_percent: 100,
        years: 0,
        any_gender: false,
    };

    /// Whether whatever gave way in `other` gave way in this one too.
    fn covers(&self, other: &Self) -> bool {
        self.reach >= other.reach
            && self.any_language >= other.any_language
            && self.any_bot >= other.any_bot
            && self.interests_percent <= other.interests_percent
            && self.years >= other.years
            && self.any_gender >= other.any_gender
    }
}

/// A schedule that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Two steps at one time, or an earlier one behind a later.
    #[error("step {0} of the schedule comes no later than the one before; put the steps in order of time")]
    Order(usize),
    /// A step takes back what an earlier one gave.
    #[error(
        "step {0} of the schedule is stricter than the one before; each step says all that holds from then on"
    )]
    Stricter(usize),
    /// More steps than a ticket counts.
    #[error("the schedule has {0} steps; {most} is the most", most = Schedule::MOST)]
    TooMany(usize),
}

impl Schedule {
    /// So many steps and no more.
    pub const MOST: usize = 16;

    /// A schedule of these steps; before the first, nothing gives way.
    pub fn new(steps: Vec<Step>) -> Result<Self, ScheduleError> {
        if steps.len() > Self::MOST {
            return Err(ScheduleError::TooMany(steps.len()));
        }
        let mut before = Step { after: Duration::ZERO, ease: Ease::NONE };
        for (number, step) in (1..).zip(&steps) {
            if step.after <= before.after {
                return Err(ScheduleError::Order(number));
            }
            if !step.ease.covers(&before.ease) {
                return Err(ScheduleError::Stricter(number));
            }
            before = *step;
        }
        Ok(Self(steps))
    }

    /// The same schedule with users of other bots welcome from `wait` on, which is above zero. `None` if that makes more
    /// steps than a ticket counts.
    #[must_use]
    pub fn with_other_bots_after(&self, wait: Duration) -> Option<Self> {
        let mut before = Ease::NONE;
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        for step in &self.0 {
            if step.after > wait && steps.last().is_none_or(|last: &Step| last.after < wait) {
                steps.push(Step { after: wait, ease: Ease { any_bot: true, ..before } });
            }
            before = Ease { any_bot: step.after >= wait, ..step.ease };
            steps.push(Step { after: step.after, ease: before });
        }
        if steps.last().is_none_or(|last| last.after < wait) {
            steps.push(Step { after: wait, ease: Ease { any_bot: true, ..before } });
        }
        Self::new(steps).ok()
    }

    /// The steps, in order of time.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl Default for Schedule {
    /// Wider after ten seconds, other bots after twenty, further and in any language after forty, anywhere after a
    /// minute and a half; what the user let give way, after two.
    fn default() -> Self {
        let step = |seconds, ease| Step { after: Duration::from_secs(seconds), ease };
        let wider = Ease { reach: Widen::Times(2), interests_percent: 75, ..Ease::NONE };
        let other_bots = Ease { any_bot: true, ..wider };
        let further = Ease {
            reach: Widen::Times(4),
            any_language: true,
            interests_percent: 50,
            years: 2,
            ..other_bots
        };
        let anywhere = Ease { reach: Widen::Anywhere, interests_percent: 25, years: 5, ..further };
        let all = Ease { interests_percent: 0, years: 10, any_gender: true, ..anywhere };
        let steps = [(10, wider), (20, other_bots), (40, further), (90, anywhere), (120, all)]
            .map(|(s, e)| step(s, e));
        Self::new(steps.to_vec()).expect("in order, and wider with each step")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_only_goes_forward_and_only_widens() {
        let at =
            |seconds, years| Step { after: Duration::from_secs(seconds), ease: Ease { years, ..Ease::NONE } };
        assert!(Schedule::new(vec![at(1, 1), at(2, 1), at(3, 4)]).is_ok());
        assert_eq!(Schedule::new(vec![at(1, 1), at(1, 2)]), Err(ScheduleError::Order(2)));
        assert_eq!(Schedule::new(vec![at(1, 2), at(2, 1)]), Err(ScheduleError::Stricter(2)));
        assert_eq!(Schedule::new(vec![at(1, 0); 17]), Err(ScheduleError::TooMany(17)));
    }

    #[test]
    fn other_bots_may_come_earlier_or_later_and_nothing_else_changes() {
        let welcome = |schedule: &Schedule| {
            let first = schedule.steps().iter().find(|step| step.ease.any_bot);
            first.map(|step| step.after.as_secs())
        };
        let usual = Schedule::default();
        for wait in [1, 10, 15, 20, 30, 120, 300] {
            let moved = usual.with_other_bots_after(Duration::from_secs(wait)).expect("few steps");
            assert_eq!(welcome(&moved), Some(wait), "{moved:?}");
            for step in usual.steps() {
                let same = moved.steps().iter().find(|other| other.after == step.after).expect("it stays");
                assert_eq!(Ease { any_bot: step.ease.any_bot, ..same.ease }, step.ease);
            }
        }
        assert_eq!(usual.with_other_bots_after(Duration::from_secs(20)), Some(usual));
    }
}
