//! People with genders and wishes through three instances, whose leader dies in the middle: no hard wish is broken.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hamdam_domain::conduct::{Complaint, Judgement, Origin};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{PoolId, UserId};
use hamdam_domain::pools::{Pools, Region};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::wish::{Age, AgeRange, Country, Facts, Gender, Genders, Mode, Place, Trust, Wants};
use hamdam_fleet::intake::Stored;
use hamdam_state::State;

use super::people::{People, chats};
use super::{BOT, Town};
use crate::newcomers::Newcomers;

const PEOPLE: i64 = 90;

/// What user `n` told of themselves: every third gender, many ages, two modes, a few often reported, half from Iran.
fn told(n: i64) -> Profile {
    let n = usize::try_from(n).unwrap();
    let gender = Gender::ALL[n % 3];
    let other = [Gender::Male, Gender::Female, Gender::Other][n % 3];
    let age = 18 + u8::try_from(n * 7 % 40).unwrap();
    let country = if n % 2 == 0 { Country::new("IR").ok() } else { Country::new("DE").ok() };
    let facts = Facts {
        gender: Some(gender),
        age: Age::new(age).ok(),
        place: Place { country, ..Place::default() },
        trust: if n.is_multiple_of(9) { Trust::Reported } else { Trust::Normal },
        ..Facts::default()
    };
    let wants = Wants {
        genders: if n.is_multiple_of(4) { Genders::ALL } else { Genders::only(other) },
        ages: if n.is_multiple_of(5) { AgeRange::new(30, 60).unwrap() } else { AgeRange::ANY },
        mode: if n % 7 < 2 { Mode::Protected } else { Mode::Open },
        ..Wants::default()
    };
    Profile { facts, wants, ..Profile::new(Language::En, BOT) }
}

/// Whoever comes is known from earlier days.
fn regular(user: UserId) -> Stored {
    Stored { profile: told(user.0), blocked: Vec::new(), credits: Vec::new(), forgotten: false }
}

/// What one takes of the other, as users see it: neither gender nor the lowest age give way, and nobody who is often
/// reported meets others.
fn takes(one: &Profile, other: &Profile) -> bool {
    let old_enough = match other.facts.age {
        Some(age) => age >= one.wants.ages.from(),
        None => one.wants.ages == AgeRange::ANY,
    };
    one.wants.genders.takes(other.facts.gender)
        && old_enough
        && one.wants.mode == other.wants.mode
        && (one.facts.trust == Trust::Reported) == (other.facts.trust == Trust::Reported)
}

/// The rooms the record knows of.
fn rooms(town: &Town) -> BTreeMap<i64, [UserId; 2]> {
    let facts = town.facts.0.lock().unwrap();
    let opened = facts.iter().filter_map(|fact| match fact {
        Fact::RoomOpened(room) => Some((room.room.0, room.users)),
        _ => None,
    });
    opened.collect()
}

/// Those of the regulars whom it is true of: trust follows from what is held against somebody.
async fn often_reported(state: &dyn State) {
    for user in (1..=PEOPLE).filter(|user| told(*user).facts.trust == Trust::Reported) {
        let now = state.read(UserId(user)).await.unwrap().now;
        state.enroll(UserId(user), &told(user), &[], &[]).await.unwrap();
        let day = u16::try_from(now.0 / 86_400_000).unwrap();
        let against = Complaint { origin: Origin::moderators(), weight: 9, day };
        state.judge(UserId(user), &Judgement::Against(against)).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn no_hard_wish_is_broken_and_nobody_meets_twice_through_three_instances() {
    let town = Town::new();
    let region = Region {
        pool: PoolId("ir".into()),
        countries: vec![Country::new("IR").unwrap()],
        wider: PoolId("main".into()),
        after: Duration::from_secs(5),
    };
    let pools = Pools::new(vec![region], PoolId("main".into())).unwrap();
    let start = async |name| town.start_with(name, |settings| settings.pools = pools.clone()).await;
    let mut fleets = vec![start("a").await, start("b").await, start("c").await];
    town.until("both pools are led", || fleets.iter().map(|fleet| fleet.pools().len()).sum::<usize>() == 2)
        .await;
    often_reported(&*town.state).await;
    let mut people = People::with(&town, Newcomers(|user| Some(regular(user))), pools.clone());
    for round in 0..3 {
        for user in 1..=PEOPLE {
            people.say(user, if round == 0 { "/search" } else { "/next" }).await;
        }
        if round == 1 {
            let leader = fleets.iter().position(|fleet| !fleet.pools().is_empty()).unwrap();
            drop(fleets.remove(leader));
        }
        // Long enough for every wish that gives way, and for those of the narrow pool to move on.
        tokio::time::sleep(Duration::from_secs(150)).await;
    }
    let talking = (1..=PEOPLE).filter(|user| chats(&town, *user)).count();
    assert!(talking >= 40, "{talking} talk at last");
    town.until("the record is written", || town.journal_is_empty()).await;
    let rooms = rooms(&town);
    assert!(rooms.len() >= 60, "{} rooms", rooms.len());
    let mut met = BTreeSet::new();
    for [one, other] in rooms.into_values() {
        let (a, b) = (told(one.0), told(other.0));
        assert!(takes(&a, &b) && takes(&b, &a), "{one} {a:?} and {other} {b:?}");
        assert!(met.insert((one, other)), "{one} and {other} met twice within a day");
    }
    let across = |set: &BTreeSet<(UserId, UserId)>| set.iter().filter(|(a, b)| (a.0 + b.0) % 2 != 0).count();
    assert!(across(&met) > 0, "some found their partner only in the wider pool");
    for fleet in fleets {
        assert!(fleet.drain(Duration::from_secs(30)).await);
    }
}
