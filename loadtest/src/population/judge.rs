//! Holds every pair against what was wished and what the rules had let give way by then, by its own reading of both: it
//! asks nothing of the engine.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::engine::Rules;
use hamdam_domain::rules::{Ease, Widen};
use hamdam_domain::ticket::Ticket;
use hamdam_domain::wish::{AgeRange, Genders, Reach, Trust};
use serde::Serialize;

/// What must not happen to a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Broken {
    /// Somebody met themselves.
    OneSelf,
    /// Somebody met who did not wait: in a chat, or gone.
    NotWaiting,
    /// The wished gender.
    Gender,
    /// The wished age.
    Age,
    /// The wished nearness.
    Distance,
    /// A common language.
    Language,
    /// The same bot.
    Bot,
    /// The same protection of content.
    Mode,
    /// Those who are often reported meet each other.
    Trust,
    /// Blocked users.
    Block,
    /// Recent partners.
    Recent,
}

/// What is broken between two who met at this time.
pub(super) fn broken(one: &Ticket, other: &Ticket, rules: &Rules, now: Millis) -> Vec<Broken> {
    let mut broken = Vec::new();
    if one.claimant.user == other.claimant.user {
        broken.push(Broken::OneSelf);
    }
    for (me, them) in [(one, other), (other, one)] {
        let kept = kept(me, them, rules, now);
        broken.extend(kept.into_iter().filter(|(_, kept)| !kept).map(|(wish, _)| wish));
    }
    broken
}

fn kept(me: &Ticket, them: &Ticket, rules: &Rules, now: Millis) -> [(Broken, bool); 9] {
    let (mine, theirs, wants) = (&me.wishes.facts, &them.wishes.facts, &me.wishes.wants);
    let ease = ease(rules, now.since(me.waiting_since));
    let user = them.claimant.user;
    let any_gender = wants.genders == Genders::ALL || (ease.any_gender && wants.yields.gender);
    let language = !wants.same_language || ease.any_language || mine.languages.meet(&theirs.languages);
    let same_bot = me.claimant.ticket.bot == them.claimant.ticket.bot;
    let reported = |trust| trust == Trust::Reported;
    let met =
        |window: Duration| me.wishes.recent.iter().any(|met| met.user == user && now.since(met.at) < window);
    [
        (Broken::Gender, any_gender || wants.genders.takes(theirs.gender)),
        (Broken::Age, takes_age(wants.ages, ease.years, wants.yields.age, theirs.age.map(u8::from))),
        (Broken::Distance, reach(wants.reach, ease.reach).gets(&mine.place, &theirs.place)),
        (Broken::Language, language),
        (Broken::Bot, same_bot || (rules.across_bots && ease.any_bot)),
        (Broken::Mode, wants.mode == them.wishes.wants.mode),
        (Broken::Trust, reported(mine.trust) == reported(theirs.trust)),
        (Broken::Block, !me.wishes.blocked.contains(&user)),
        (Broken::Recent, !met(rules.not_again_for)),
    ]
}

/// What had given way after such a wait. Nobody here widens their search by a button.
fn ease(rules: &Rules, waited: Duration) -> Ease {
    let taken = rules.schedule.steps().iter().rfind(|step| step.after <= waited);
    taken.map_or(Ease::NONE, |step| step.ease)
}

/// Unknown ages are taken by who takes all.
fn takes_age(wished: AgeRange, years: u8, yields: bool, age: Option<u8>) -> bool {
    let (least, most) = (wished.from().years(), wished.to().years());
    let least = if yields { least.saturating_sub(years).max(18) } else { least };
    let most = (most + years).min(99);
    age.map_or((least, most) == (18, 99), |age| (least..=most).contains(&age))
}

fn reach(wished: Reach, widen: Widen) -> Reach {
    match (widen, wished) {
        (Widen::Anywhere, _) | (_, Reach::Anywhere) => Reach::Anywhere,
        (Widen::Times(times), Reach::Within(distance)) => {
            distance.times(times).map_or(Reach::Anywhere, Reach::Within)
        }
        (Widen::Times(times), level) => {
            let levels = [Reach::City, Reach::Region, Reach::Country, Reach::Anywhere];
            let at = levels.iter().position(|known| *known == level).expect("every level is named");
            let doublings = usize::try_from(times.max(1).ilog2()).expect("sixteen at most");
            levels[(at + doublings).min(levels.len() - 1)]
        }
    }
}

#[cfg(test)]
mod tests {
    use hamdam_domain::id::{BotId, PoolId, TicketId, UpdateId, UserId};
    use hamdam_domain::ticket::{Claimant, Met, Wishes};
    use hamdam_domain::wish::{
        Age, Country, Facts, Gender, Kilometres, Mode, Place, Tongue, Tongues, Wants, Yields,
    };

    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn ticket(user: i64, facts: Facts, wants: Wants) -> Ticket {
        let ticket = TicketId { bot: BotId(1), update: UpdateId(user) };
        Ticket {
            claimant: Claimant { user: UserId(user), ticket, attempt: 0 },
            era: 0,
            pool: PoolId("main".into()),
            waiting_since: Millis(NOW.0 - 5_000),
            wishes: Wishes { facts, wants, ..Wishes::default() },
        }
    }

    fn found(one: &Ticket, other: &Ticket) -> Vec<Broken> {
        broken(one, other, &Rules::default(), NOW)
    }

    #[test]
    fn each_thing_that_must_not_happen_is_seen() {
        let man = Facts {
            gender: Some(Gender::Male),
            age: Age::new(30).ok(),
            languages: Tongues::new(&[Tongue::new("fa").unwrap()]).unwrap(),
            place: Place { country: Country::new("IR").ok(), ..Place::default() },
            ..Facts::default()
        };
        let (open, me) = (Wants::default(), ticket(1, man, Wants::default()));
        assert_eq!(found(&me, &ticket(2, man, open)), []);
        assert_eq!(found(&me, &me), [Broken::OneSelf]);
        let wishes = [
            (Broken::Gender, Wants { genders: Genders::only(Gender::Female), ..open }),
            (Broken::Age, Wants { ages: AgeRange::new(31, 40).unwrap(), ..open }),
            (Broken::Age, Wants { ages: AgeRange::new(18, 29).unwrap(), ..open }),
            (Broken::Distance, Wants { reach: Reach::City, ..open }),
            (Broken::Distance, Wants { reach: Reach::Within(Kilometres::new(50).unwrap()), ..open }),
        ];
        for (wish, wants) in wishes {
            assert_eq!(found(&me, &ticket(2, man, wants)), [wish]);
        }
        let german = Facts { languages: Tongues::new(&[Tongue::new("de").unwrap()]).unwrap(), ..man };
        let wants = Wants { same_language: true, ..open };
        assert_eq!(found(&me, &ticket(2, german, wants)), [Broken::Language]);
        let protected = ticket(2, man, Wants { mode: Mode::Protected, ..open });
        assert_eq!(found(&me, &protected), [Broken::Mode; 2]);
        let reported = ticket(2, Facts { trust: Trust::Reported, ..man }, open);
        assert_eq!(found(&me, &reported), [Broken::Trust; 2]);
        let mut other_bot = ticket(2, man, open);
        other_bot.claimant.ticket.bot = BotId(2);
        assert_eq!(found(&me, &other_bot), [Broken::Bot; 2]);
        let mut blocks = ticket(2, man, open);
        blocks.wishes.blocked = vec![UserId(1)];
        assert_eq!(found(&me, &blocks), [Broken::Block]);
        let mut met = ticket(2, man, open);
        met.wishes.recent = vec![Met { user: UserId(1), at: Millis(NOW.0 - 1_000) }];
        assert_eq!(found(&met, &me), [Broken::Recent]);
    }

    #[test]
    fn what_gave_way_is_not_broken() {
        let (anybody, schedule) = (Facts::default(), Rules::default().schedule);
        let wants = Wants {
            genders: Genders::only(Gender::Female),
            reach: Reach::City,
            yields: Yields { gender: true, age: false },
            ..Wants::default()
        };
        let met_after = |wants, after: Duration| {
            let now = Millis(NOW.0 - 5_000).after(after);
            let (one, other) = (ticket(1, anybody, wants), ticket(2, anybody, Wants::default()));
            broken(&one, &other, &Rules::default(), now)
        };
        let last = schedule.steps().last().unwrap().after;
        assert_eq!(met_after(wants, last), []);
        assert_eq!(met_after(wants, last.saturating_sub(Duration::from_millis(1))), [Broken::Gender]);
        let firm = Wants { yields: Yields::default(), ..wants };
        assert_eq!(met_after(firm, last), [Broken::Gender]);
    }
}
