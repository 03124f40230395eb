//! Few people in a small world, so that whatever can go wrong between two of them does.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::clock::Millis;
use crate::id::{BotId, PoolId, TicketId, UpdateId, UserId};
use crate::profile::Language;
use crate::ticket::{Claimant, Met, Ticket, Wishes};
use crate::wish::{
    Age, AgeRange, CityId, Class, Country, Facts, Gender, Genders, Interest, Interests, Kilometres, Mode,
    Place, Reach, RegionId, Spot, Tongue, Tongues, Trust, Wants, Yields,
};

pub(crate) const BOT: BotId = BotId(7);

/// Users there are.
pub(crate) const USERS: i64 = 14;

/// When everything begins.
pub(crate) const NOW: Millis = Millis(1_800_000_000_000);

/// A ticket with nothing said.
pub(crate) fn open(user: i64, since: i64) -> Ticket {
    Ticket {
        claimant: Claimant {
            user: UserId(user),
            ticket: TicketId { bot: BOT, update: UpdateId(1) },
            attempt: 0,
        },
        era: 3,
        pool: PoolId("main".into()),
        waiting_since: Millis(NOW.0 + since),
        wishes: Wishes::default(),
    }
}

fn facts() -> impl Strategy<Value = Facts> {
    let gender = prop::option::weighted(0.9, select(&Gender::ALL[..]));
    let age = prop::option::weighted(0.9, (18_u8..40).prop_map(|years| Age::new(years).unwrap()));
    let languages = subsequence(vec!["fa", "en", "ar"], 0..=2).prop_map(|codes| {
        let tongues: Vec<Tongue> = codes.into_iter().map(|code| Tongue::new(code).unwrap()).collect();
        Tongues::new(&tongues).unwrap()
    });
    let interests = subsequence((1..20).map(Interest).collect::<Vec<_>>(), 0..6)
        .prop_map(|tags| Interests::new(&tags).unwrap());
    let trust = select(vec![Trust::New, Trust::Normal, Trust::Normal, Trust::Reported]);
    (gender, age, languages, place(), interests, trust, (0_u8..3).prop_map(Class)).prop_map(
        |(gender, age, languages, place, interests, trust, class)| Facts {
            gender,
            age,
            languages,
            place,
            interests,
            trust,
            class,
            agreed: false,
            muted_until: None,
        },
    )
}

fn place() -> impl Strategy<Value = Place> {
    let country = prop::option::weighted(0.8, select(vec!["IR", "DE"]));
    let city = prop::option::weighted(0.7, 0_u32..4);
    let spot = prop::option::weighted(0.7, (33.0..36.0, 50.0..54.0));
    (country, city, spot).prop_map(|(country, city, spot)| Place {
        country: country.map(|code| Country::new(code).unwrap()),
        region: city.map(|city| RegionId(u16::try_from(city / 2).unwrap())),
        city: city.map(CityId),
        spot: spot.map(|(lat, lon)| Spot::new(lat, lon).unwrap()),
    })
}

fn wants() -> impl Strategy<Value = Wants> {
    let genders = prop_oneof![
        Just(Genders::ALL),
        select(&Gender::ALL[..]).prop_map(Genders::only),
        Just(Genders::only(Gender::Female).with(Gender::Male)),
    ];
    let ages = prop_oneof![
        Just(AgeRange::ANY),
        (18_u8..40, 0_u8..20).prop_map(|(from, more)| AgeRange::new(from, from + more).unwrap()),
    ];
    let reach = prop_oneof![
        Just(Reach::Anywhere),
        Just(Reach::Country),
        Just(Reach::Region),
        Just(Reach::City),
        (20_u32..400).prop_map(|km| Reach::Within(Kilometres::new(km).unwrap())),
    ];
    let mode = select(vec![Mode::Open, Mode::Open, Mode::Open, Mode::Protected]);
    let yields = (any::<bool>(), any::<bool>()).prop_map(|(gender, age)| Yields { gender, age });
    (genders, ages, reach, any::<bool>(), mode, yields, prop::bool::weighted(0.1)).prop_map(
        |(genders, ages, reach, same_language, mode, yields, widened)| Wants {
            genders,
            ages,
            reach,
            same_language,
            mode,
            yields,
            widened,
            texts: None,
        },
    )
}

fn users() -> impl Strategy<Value = Vec<UserId>> {
    prop::collection::vec((0..USERS).prop_map(UserId), 0..3)
}

pub(crate) fn wishes() -> impl Strategy<Value = Wishes> {
    let language = select(&Language::ALL[..]);
    let met = ((0..USERS).prop_map(UserId), 0_i64..90_000_000)
        .prop_map(|(user, ago)| Met { user, at: Millis(NOW.0 - ago) });
    let wants = prop_oneof![Just(Wants::default()), wants()];
    (language, facts(), wants, users(), prop::collection::vec(met, 0..3)).prop_map(
        |(language, facts, wants, mut blocked, mut recent)| {
            blocked.sort_unstable();
            recent.sort_unstable();
            Wishes { language, facts, wants, blocked, recent }
        },
    )
}

/// A ticket of one of the users, on one of two bots and mostly on the same one, that began to wait in the last three minutes.
pub(crate) fn ticket() -> impl Strategy<Value = Ticket> {
    let strays = prop::bool::weighted(0.05);
    (0..USERS, strays, 0_u32..3, -180_000_i64..0, wishes()).prop_map(
        |(user, strays, attempt, since, wishes)| {
            let bot = BotId(7 + (user + i64::from(strays)) % 2);
            let ticket = TicketId { bot, update: UpdateId(1) };
            let claimant = Claimant { user: UserId(user), ticket, attempt };
            Ticket { claimant, wishes, ..open(user, since) }
        },
    )
}
