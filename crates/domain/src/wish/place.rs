//! Where people are, and how far they want to reach.

use std::fmt;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use super::WishError;

/// The codes of ISO 3166-1 (alpha-2), one after the other.
const COUNTRIES: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCU\
CVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJO\
JPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPF\
PGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVC\
VEVGVIVNVUWFWSYEYTZAZMZW";

/// A country: two letters of ISO 3166.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(NonZeroU8, u8);

impl Country {
    /// The country of a two-letter code.
    pub fn new(code: &str) -> Result<Self, WishError> {
        let wanted = code.to_ascii_uppercase();
        let known = COUNTRIES.as_bytes().chunks_exact(2).find(|known| *known == wanted.as_bytes());
        let of = |letters: &[u8]| Some(Self(NonZeroU8::new(letters[0])?, letters[1]));
        known.and_then(of).ok_or_else(|| WishError::Country(code.to_owned()))
    }
}

impl Country {
    /// The two letters.
    pub(crate) fn letters(self) -> [u8; 2] {
        [self.0.get(), self.1]
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.letters()).expect("two ASCII letters"))
    }
}

impl TryFrom<String> for Country {
    type Error = WishError;
    fn try_from(code: String) -> Result<Self, WishError> {
        Self::new(&code)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

/// A region of a country, by its number in the table of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionId(pub u16);

/// A city, by its number in the table of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CityId(pub u32);

/// A distance in kilometres, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Kilometres(u16);

impl Kilometres {
    /// Half around the globe.
    pub const MOST: u16 = 20_000;

    /// So many.
    pub fn new(kilometres: u32) -> Result<Self, WishError> {
        let fits = u16::try_from(kilometres).ok().filter(|km| (1..=Self::MOST).contains(km));
        fits.map(Self).ok_or(WishError::Distance(kilometres))
    }

    /// As a number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// So many times as far; `None` where that is all the way around.
    #[must_use]
    pub fn times(self, factor: u16) -> Option<Self> {
        self.0.checked_mul(factor.max(1)).filter(|km| *km <= Self::MOST).map(Self)
    }
}

impl TryFrom<u32> for Kilometres {
    type Error = WishError;
    fn try_from(kilometres: u32) -> Result<Self, WishError> {
        Self::new(kilometres)
    }
}

impl From<Kilometres> for u32 {
    fn from(kilometres: Kilometres) -> Self {
        kilometres.0.into()
    }
}

/// A point on the globe in hundredths of a degree: about a kilometre, and on purpose no finer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    /// North of the equator.
    lat: i16,
    /// East of Greenwich.
    lon: i16,
}

impl Spot {
    /// Degrees north and east, rounded.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, WishError> {
        if !(latitude.abs() <= 90.0 && longitude.abs() <= 180.0) {
            return Err(WishError::Coordinates {
                latitude: latitude.to_string(),
                longitude: longitude.to_string(),
            });
        }
        #[expect(clippy::cast_possible_truncation, reason = "18,000 at most, checked above")]
        let rounded = |degrees: f64| (degrees * 100.0).round() as i16;
        Ok(Self { lat: rounded(latitude), lon: rounded(longitude) })
    }

    /// Hundredths of a degree north and east.
    #[must_use]
    pub fn hundredths(self) -> (i16, i16) {
        (self.lat, self.lon)
    }

    /// Whether `other` lies within so many kilometres. Exact to a few per cent up to a thousand kilometres, which is
    /// more than the rounding of the spots leaves anyway.
    #[must_use]
    pub fn within(self, other: Self, kilometres: Kilometres) -> bool {
        // A hundredth of a degree is 1.112 km; distances here are in 256ths of that.
        let limit = i64::from(kilometres.0) * 256 * 1_000 / 1_112;
        let north = i64::from(self.lat - other.lat) * 256;
        if north.abs() > limit {
            return false;
        }
        let apart = (i64::from(self.lon) - i64::from(other.lon)).abs();
        let east = apart.min(36_000 - apart) * cosine(i64::from(self.lat) + i64::from(other.lat));
        north * north + east * east <= limit * limit
    }
}

/// 256 times the cosine of half of so many hundredths of a degree, by the rule of Bhaskara I (about 629):
/// cos x = (32400 - 4 x²) / (32400 + x²) for x in degrees, wrong by 0.002 at most.
pub(crate) fn cosine(twice_hundredths: i64) -> i64 {
    let square = twice_hundredths * twice_hundredths / 4;
    256 * (324_000_000 - 4 * square) / (324_000_000 + square)
}

/// Where somebody is, as far as they say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The region of that country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<CityId>,
    /// The point on the globe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
}

impl Place {
    /// Whether both are known to be in one country.
    #[must_use]
    pub fn shares_country(&self, other: &Self) -> bool {
        self.country.is_some() && self.country == other.country
    }

    /// Whether both are known to be in one region.
    #[must_use]
    pub fn shares_region(&self, other: &Self) -> bool {
        self.region.is_some() && self.region == other.region && self.shares_country(other)
    }

    /// Whether both are known to be in one city.
    #[must_use]
    pub fn shares_city(&self, other: &Self) -> bool {
        self.city.is_some() && self.city == other.city && self.shares_country(other)
    }
}

/// How near the other must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// Wherever they are.
    #[default]
    Anywhere,
    /// In one's own country.
    Country,
    /// In one's own region.
    Region,
    /// In one's own city.
    City,
    /// Within a distance; both must have said where they are.
    Within(Kilometres),
}

impl Reach {
    /// Whether somebody at `mine` with this reach gets to `theirs`.
    #[must_use]
    pub fn gets(self, mine: &Place, theirs: &Place) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Country => mine.shares_country(theirs),
            Self::Region => mine.shares_region(theirs),
            Self::City => mine.shares_city(theirs),
            Self::Within(distance) => {
                mine.spot.zip(theirs.spot).is_some_and(|(mine, theirs)| mine.within(theirs, distance))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(latitude: f64, longitude: f64) -> Spot {
        Spot::new(latitude, longitude).unwrap()
    }

    fn far(one: Spot, other: Spot) -> u16 {
        let within = |km: &u16| one.within(other, Kilometres::new((*km).into()).unwrap());
        (1..=Kilometres::MOST).find(within).unwrap()
    }

    #[test]
    fn distances_are_those_of_the_globe_to_a_few_per_cent() {
        let (tehran, karaj) = (spot(35.69, 51.42), spot(35.83, 50.97));
        let (isfahan, berlin, paris) = (spot(32.66, 51.67), spot(52.52, 13.40), spot(48.86, 2.35));
        for (one, other, km) in [(tehran, karaj, 44), (tehran, isfahan, 338), (berlin, paris, 878)] {
            let found = far(one, other);
            assert!(found.abs_diff(km) <= 1 + km / 33, "{found} for {km}");
            assert_eq!(found, far(other, one));
        }
    }

    #[test]
    fn the_date_line_is_no_border() {
        assert!(far(spot(-17.0, 179.9), spot(-17.0, -179.9)) < 25);
    }

    #[test]
    fn who_says_nothing_of_their_place_is_met_by_those_who_ask_nothing() {
        let (unknown, home) =
            (Place::default(), Place { country: Country::new("IR").ok(), ..Place::default() });
        assert!(Reach::Anywhere.gets(&unknown, &home));
        assert!(!Reach::Country.gets(&home, &unknown));
        assert!(!Reach::Country.gets(&unknown, &unknown));
        assert!(Reach::Country.gets(&home, &home));
    }
}
