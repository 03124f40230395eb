//! How content people are with whom they met, by the same measure whatever the rules.
//!
//! **Content** with a partner is six tenths of how many of one's own wishes (gender, age, nearness, language, as they
//! were before anything gave way) the partner fulfils, and four tenths of how much the two have in common: the points
//! that the engine gives a pair beyond being one, as a share of the most there are ([`MOST_POINTS`]).
//!
//! **Satisfaction** with a search is 0 for who gave up, else 100 x content x 60 s / (60 s + wait): a minute's wait halves
//! it. Who waits still is in no average.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Rules, Weighing};
use hamdam_domain::id::UserId;
use hamdam_domain::rules::{Ease, Priority, Schedule, Step};
use hamdam_domain::ticket::{Claimant, Ticket, Wishes};
use hamdam_domain::wish::{AgeRange, Class, Facts, Genders, Reach, Trust, Wants};

/// One bot, language, three interests, age and city in common.
const MOST_POINTS: f64 = 750.0;
/// For being a pair.
const PAIR: u32 = 1_000;

/// Knows what two people have in common.
pub(super) struct Measure {
    rules: Rules,
}

impl Measure {
    /// Rules under which anybody may meet anybody and waiting is worth nothing.
    pub(super) fn new() -> Self {
        let any_bot = Step { after: Duration::from_millis(1), ease: Ease { any_bot: true, ..Ease::NONE } };
        let schedule = Schedule::new(vec![any_bot]).expect("one step after the beginning");
        let priority = Priority { head_starts: vec![Duration::ZERO], patience: Duration::MAX };
        Self { rules: Rules { across_bots: true, schedule, priority, ..Rules::default() } }
    }

    /// What two have in common, 0 to 1.
    pub(super) fn in_common(&self, one: &Ticket, other: &Ticket) -> f64 {
        let since = Millis(0);
        let open = |ticket: &Ticket, user| {
            let Wishes { language, facts, .. } = &ticket.wishes;
            let facts = Facts { trust: Trust::Normal, class: Class(0), ..*facts };
            Ticket {
                claimant: Claimant { user, ..ticket.claimant },
                era: ticket.era,
                pool: ticket.pool.clone(),
                waiting_since: since,
                wishes: Wishes { language: *language, facts, ..Wishes::default() },
            }
        };
        let tickets = [open(one, UserId(1)), open(other, UserId(2))];
        let now = since.after(Duration::from_secs(1));
        let worth = Weighing::new(&tickets, &self.rules, now).worth(0, 1).expect("anybody may meet anybody");
        f64::from(worth.saturating_sub(PAIR)) / MOST_POINTS
    }
}

/// How content somebody is with a partner with whom they have so much in common, 0 to 1.
pub(super) fn content(mine: &Wishes, theirs: &Wishes, in_common: f64) -> f64 {
    0.6 * fulfilled(&mine.wants, &mine.facts, &theirs.facts) + 0.4 * in_common
}

/// The share of the wishes that are fulfilled; who wishes nothing has all they wish.
fn fulfilled(wants: &Wants, mine: &Facts, theirs: &Facts) -> f64 {
    let wishes = [
        (wants.genders != Genders::ALL, wants.genders.takes(theirs.gender)),
        (wants.ages != AgeRange::ANY, wants.ages.takes(theirs.age)),
        (wants.reach != Reach::Anywhere, wants.reach.gets(&mine.place, &theirs.place)),
        (wants.same_language, mine.languages.meet(&theirs.languages)),
    ];
    let of = |count: usize| f64::from(u8::try_from(count).expect("four wishes"));
    match wishes.iter().filter(|(wished, _)| *wished).count() {
        0 => 1.0,
        all => of(wishes.iter().filter(|(wished, got)| *wished && *got).count()) / of(all),
    }
}

/// Satisfaction with a search that ended with a partner after such a wait, 0 to 100.
pub(super) fn satisfaction(content: f64, waited: Duration) -> f64 {
    100.0 * content * 60.0 / (60.0 + waited.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use hamdam_domain::id::{BotId, PoolId, TicketId, UpdateId};
    use hamdam_domain::wish::{
        Age, CityId, Country, Gender, Interest, Interests, Place, RegionId, Tongue, Tongues,
    };

    use super::*;

    fn somebody(bot: i64, city: u32, tongue: &str, age: u8, tags: [u16; 3]) -> Ticket {
        let place = Place {
            country: Country::new(if city == 0 { "DE" } else { "IR" }).ok(),
            region: Some(RegionId(0)),
            city: Some(CityId(city)),
            spot: None,
        };
        let facts = Facts {
            gender: Some(Gender::Male),
            age: Age::new(age).ok(),
            languages: Tongues::new(&[Tongue::new(tongue).unwrap()]).unwrap(),
            place,
            interests: Interests::new(&tags.map(Interest)).unwrap(),
            trust: Trust::Reported,
            class: Class(2),
            agreed: false,
            muted_until: None,
        };
        // What they wish, whom they block and how long they wait is nothing they have in common.
        let wants = Wants { genders: Genders::only(Gender::Female), ..Wants::default() };
        let ticket = TicketId { bot: BotId(bot), update: UpdateId(1) };
        Ticket {
            claimant: Claimant { user: UserId(9), ticket, attempt: 3 },
            era: 1,
            pool: PoolId("main".into()),
            waiting_since: Millis(-900_000),
            wishes: Wishes { facts, wants, blocked: vec![UserId(9)], ..Wishes::default() },
        }
    }

    #[test]
    fn all_in_common_is_one_and_nothing_is_none() {
        let in_common = |one, other| Measure::new().in_common(&one, &other);
        let (same, other) = (somebody(1, 1, "fa", 30, [1, 2, 3]), somebody(2, 0, "de", 50, [4, 5, 6]));
        assert!((in_common(same.clone(), same.clone()) - 1.0).abs() < 1e-9);
        assert!(in_common(same, other).abs() < 1e-9);
    }

    #[test]
    fn content_is_of_ones_own_wishes_and_a_minute_halves_satisfaction() {
        let (me, them) =
            (somebody(1, 1, "fa", 30, [1, 2, 3]).wishes, somebody(1, 1, "fa", 30, [1, 2, 3]).wishes);
        let wants = Wants { reach: Reach::City, same_language: true, ..me.wants };
        let choosy = Wishes { wants, ..me.clone() };
        let open = Wishes { wants: Wants::default(), ..me };
        assert!((content(&choosy, &them, 0.0) - 0.6 * 2.0 / 3.0).abs() < 1e-9, "all but the gender");
        assert!((content(&open, &them, 0.5) - 0.8).abs() < 1e-9);
        let after = |seconds| satisfaction(0.8, Duration::from_secs(seconds));
        assert!((after(0) - 80.0).abs() < 1e-9 && (after(60) - 40.0).abs() < 1e-9);
    }
}
