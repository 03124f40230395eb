//! Where people live: clusters of cities, and villages around them.

use hamdam_domain::wish::{CityId, Country, Place, RegionId, Spot};
use rand::Rng;
use rand::rngs::SmallRng;
use serde::Serialize;

use super::dice::{one_in, weighted};

/// A city.
struct City {
    country: &'static str,
    /// Degrees north and east.
    at: (f64, f64),
    /// What share of all people lives in and around it, in thousandths or so.
    weight: u32,
}

const fn city(country: &'static str, north: f64, east: f64, weight: u32) -> City {
    City { country, at: (north, east), weight }
}

/// Cities as far as users live there; the largest first in each country.
const CITIES: [City; 30] = [
    city("IR", 35.69, 51.42, 290),
    city("IR", 36.30, 59.61, 96),
    city("IR", 32.66, 51.67, 64),
    city("IR", 35.83, 50.97, 51),
    city("IR", 29.61, 52.53, 50),
    city("IR", 38.08, 46.29, 50),
    city("IR", 34.64, 50.88, 38),
    city("IR", 31.32, 48.67, 38),
    city("IR", 34.31, 47.06, 30),
    city("IR", 37.55, 45.07, 24),
    city("IR", 37.28, 49.58, 22),
    city("IR", 29.50, 60.86, 19),
    city("IR", 34.80, 48.51, 18),
    city("IR", 30.28, 57.08, 17),
    city("IR", 31.90, 54.37, 17),
    city("IR", 36.57, 53.06, 10),
    city("IR", 28.97, 50.84, 7),
    city("IR", 32.86, 59.22, 6),
    city("AF", 34.53, 69.17, 60),
    city("AF", 34.35, 62.20, 18),
    city("AF", 36.71, 67.11, 12),
    city("TJ", 38.56, 68.77, 12),
    city("TR", 41.01, 28.98, 14),
    city("TR", 39.93, 32.86, 5),
    city("AE", 25.20, 55.27, 8),
    city("DE", 52.52, 13.40, 6),
    city("DE", 53.55, 9.99, 6),
    city("DE", 50.94, 6.96, 4),
    city("CA", 43.65, -79.38, 8),
    city("US", 34.05, -118.24, 8),
];

/// Around each city.
const VILLAGES: u32 = 12;

/// How large the place is that somebody lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Size {
    /// The largest few.
    Metropolis,
    /// Another city.
    City,
    /// A village.
    Village,
    /// They do not say where they live, or the country alone.
    Unsaid,
}

impl Size {
    /// As tables call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Metropolis => "metropolis",
            Self::City => "city",
            Self::Village => "village",
            Self::Unsaid => "not said",
        }
    }
}

/// Where somebody lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    /// As far as they say.
    pub(super) place: Place,
    /// How large it is.
    pub(super) size: Size,
    /// By so many hours their clocks are ahead of those of the first city.
    pub(super) hours_ahead: i64,
    /// What people speak there: most, and some.
    pub(super) tongues: [&'static str; 2],
}

/// A home: one in ten says nothing of it, one in ten the country alone, one in five of the others lives in a village.
pub(super) fn home(dice: &mut SmallRng) -> Home {
    let number = weighted(CITIES.iter().map(|city| city.weight), dice);
    let City { country, at: (north, east), weight } = CITIES[number];
    let (tongues, hours_ahead) = customs(country);
    let country = Some(Country::new(country).expect("the table holds countries"));
    let number = u32::try_from(number).expect("a short table");
    let village = one_in(5, dice).then(|| dice.random_range(0..VILLAGES));
    let away = |degrees: f64, dice: &mut SmallRng| degrees + dice.random_range(-0.1..0.1);
    let (dx, dy) = village.map_or((0.0, 0.0), |village| {
        let angle = f64::from(village) * std::f64::consts::TAU / f64::from(VILLAGES);
        let far = 0.3 + 0.1 * f64::from(village % 4);
        (far * angle.cos(), far * angle.sin())
    });
    let city = number * (VILLAGES + 1) + village.map_or(0, |village| village + 1);
    let full = Place {
        country,
        region: Some(RegionId(u16::try_from(number).expect("a short table"))),
        city: Some(CityId(city)),
        spot: Spot::new(away(north + dy, dice), away(east + dx, dice)).ok(),
    };
    let size = match (village, weight) {
        (Some(_), _) => Size::Village,
        (None, 50..) => Size::Metropolis,
        (None, _) => Size::City,
    };
    let (place, size) = match dice.random_range(0..10) {
        0 => (Place::default(), Size::Unsaid),
        1 => (Place { country, ..Place::default() }, Size::Unsaid),
        _ => (full, size),
    };
    Home { place, size, hours_ahead, tongues }
}

/// What a country speaks, and by how many hours its clocks are ahead.
fn customs(country: &str) -> ([&'static str; 2], i64) {
    match country {
        "AF" => (["fa", "ps"], 1),
        "TJ" => (["tg", "ru"], 2),
        "TR" => (["tr", "fa"], -1),
        "AE" => (["en", "fa"], 0),
        "DE" => (["de", "fa"], -2),
        "CA" => (["en", "fa"], -8),
        "US" => (["en", "fa"], -11),
        _ => (["fa", "en"], 0),
    }
}
