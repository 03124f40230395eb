//! Made-up people, skewed as real ones are.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, PoolId, TicketId, UpdateId, UserId};
use hamdam_domain::profile::Language;
use hamdam_domain::ticket::{Claimant, Met, Ticket, Wishes};
use hamdam_domain::wish::{
    Age, AgeRange, CityId, Class, Country, Facts, Gender, Genders, Interest, Interests, Kilometres, Place,
    Reach, RegionId, Spot, Tongue, Tongues, Trust, Wants,
};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// When everybody is looked at.
pub(crate) const NOW: Millis = Millis(1_800_000_000_000);

/// How people are spread, in per cent of all where nothing else is said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Skew {
    pub(crate) name: &'static str,
    pub(crate) men: u32,
    /// Wish one gender.
    pub(crate) by_gender: u32,
    /// Wish an age range, of so many years to either side of their own age.
    pub(crate) by_age: u32,
    pub(crate) years: u8,
    /// Wish nearness: a distance of 20 to 200 km, and some their city.
    pub(crate) by_distance: u32,
    /// Wish a common language.
    pub(crate) by_language: u32,
    pub(crate) cities: u32,
    pub(crate) bots: i64,
    /// Waited at most so long; most much shorter.
    pub(crate) seconds: i64,
}

/// Nobody wishes anything in particular.
pub(crate) const OPEN: Skew = Skew {
    name: "open",
    men: 60,
    by_gender: 0,
    by_age: 0,
    years: 0,
    by_distance: 0,
    by_language: 0,
    cities: 40,
    bots: 1,
    seconds: 60,
};

/// Most wish something, half of them several things.
pub(crate) const MIXED: Skew = Skew {
    name: "mixed",
    men: 55,
    by_gender: 60,
    by_age: 50,
    years: 8,
    by_distance: 30,
    by_language: 20,
    ..OPEN
};

/// Every skew that quality is judged on.
pub(crate) const SKEWS: [Skew; 7] = [
    OPEN,
    MIXED,
    Skew { name: "many men", men: 85, by_gender: 90, ..MIXED },
    Skew { name: "villages", cities: 300, by_distance: 80, ..MIXED },
    Skew { name: "choosy", by_gender: 100, by_age: 100, years: 4, by_distance: 50, by_language: 60, ..MIXED },
    Skew { name: "four bots", bots: 4, ..MIXED },
    Skew { name: "long waits", seconds: 600, ..MIXED },
];

/// So many people.
pub(crate) fn people(skew: &Skew, count: i64, seed: u64) -> Vec<Ticket> {
    let mut random = SmallRng::seed_from_u64(seed);
    (1..=count).map(|user| person(skew, user, &mut random)).collect()
}

/// One of them.
pub(crate) fn person(skew: &Skew, user: i64, random: &mut SmallRng) -> Ticket {
    let mut chance = |per_cent: u32| random.random_range(0..100) < per_cent;
    let man = chance(skew.men);
    let asks = [skew.by_gender, skew.by_age, skew.by_distance, skew.by_language].map(&mut chance);
    let (gender, wished) = if man { (Gender::Male, Gender::Female) } else { (Gender::Female, Gender::Male) };
    let years = 18 + random.random_range(0..12) + random.random_range(0..20) * random.random_range(0..2_u8);
    let waited = skew.seconds * 1_000 * random.random_range(0..100) / 100 * random.random_range(0..100) / 100;
    let (low, high) = (years.saturating_sub(skew.years).max(18), years + skew.years.max(1));
    let facts = Facts {
        gender: Some(gender),
        age: Age::new(years).ok(),
        languages: languages(random),
        place: place(skew.cities, random),
        interests: interests(random),
        trust: if random.random_range(0..50) == 0 { Trust::Reported } else { Trust::Normal },
        class: Class(u8::from(random.random_range(0..20) == 0)),
        agreed: false,
        muted_until: None,
    };
    let wants = Wants {
        genders: if asks[0] { Genders::only(wished) } else { Genders::ALL },
        ages: if asks[1] { AgeRange::new(low, high).expect("in order") } else { AgeRange::ANY },
        reach: if asks[2] { reach(random) } else { Reach::Anywhere },
        same_language: asks[3],
        ..Wants::default()
    };
    Ticket {
        claimant: Claimant {
            user: UserId(user),
            ticket: TicketId { bot: BotId(random.random_range(0..skew.bots)), update: UpdateId(user) },
            attempt: 0,
        },
        era: 0,
        pool: PoolId("main".into()),
        waiting_since: Millis(NOW.0 - waited),
        wishes: Wishes { language: Language::Fa, facts, wants, blocked: Vec::new(), recent: Vec::new() },
    }
}

/// The same people with lists: whom they blocked and whom they met lately, so many of each.
pub(crate) fn with_lists(mut people: Vec<Ticket>, each: usize, seed: u64) -> Vec<Ticket> {
    let mut random = SmallRng::seed_from_u64(seed);
    let most = i64::try_from(people.len()).expect("few");
    for ticket in &mut people {
        let mut somebody = || UserId(random.random_range(1..=most));
        ticket.wishes.blocked = (0..each).map(|_| somebody()).collect();
        ticket.wishes.recent =
            (0..each).map(|_| Met { user: somebody(), at: Millis(NOW.0 - 3_600_000) }).collect();
    }
    people
}

/// The first are many, the later ever fewer.
fn skewed(most: u32, random: &mut SmallRng) -> u32 {
    let up_to = random.random_range(0..most);
    let up_to = random.random_range(0..=up_to);
    random.random_range(0..=up_to)
}

fn languages(random: &mut SmallRng) -> Tongues {
    let all = ["fa", "en", "az", "ku", "ar"].map(|code| Tongue::new(code).expect("two letters"));
    let first = skewed(5, random) as usize;
    let second = (first + 1) % all.len();
    let both = [all[first], all[second]];
    Tongues::new(&both[..random.random_range(1..=2)]).expect("few")
}

fn interests(random: &mut SmallRng) -> Interests {
    let how_many = random.random_range(0..=10_u32).min(random.random_range(0..=10));
    let tags = (0..how_many).map(|_| Interest(u16::try_from(1 + skewed(200, random)).expect("small")));
    Interests::new(&tags.collect::<Vec<_>>()).expect("few")
}

/// A city of three countries, its number decides where; one in ten says nothing of it.
fn place(cities: u32, random: &mut SmallRng) -> Place {
    if random.random_range(0..10) == 0 {
        return Place::default();
    }
    let city = skewed(cities, random);
    let mut where_it_is = SmallRng::seed_from_u64(u64::from(city));
    let country = ["IR", "AF", "DE"][(city % 13 / 6) as usize];
    let (north, east) = (where_it_is.random_range(27.0..38.0), where_it_is.random_range(45.0..61.0));
    let mut near = |degrees: f64| degrees + random.random_range(-0.1..0.1);
    Place {
        country: Country::new(country).ok(),
        region: Some(RegionId(u16::try_from(city / 4).expect("small"))),
        city: Some(CityId(city)),
        spot: Spot::new(near(north), near(east)).ok(),
    }
}

fn reach(random: &mut SmallRng) -> Reach {
    match random.random_range(0..6) {
        0 => Reach::City,
        1 => Reach::Region,
        2 => Reach::Country,
        _ => Reach::Within(Kilometres::new(random.random_range(20..=200)).expect("in range")),
    }
}
