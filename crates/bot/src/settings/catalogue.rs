//! Tables of names in every language: places and interests. Data files, read once.

use std::str::FromStr;
use std::sync::LazyLock;

use hamdam_domain::panel::Spotted;
use hamdam_domain::profile::Language;
use hamdam_domain::wish::{CityId, Country, Interest, Place, Spot};

use super::fold::fold;

/// A name in every language, in the order of [`Language::ALL`].
#[derive(Debug)]
pub(crate) struct Names(Vec<&'static str>);

impl Names {
    pub(crate) fn in_language(&self, language: Language) -> &'static str {
        let place = Language::ALL.into_iter().position(|known| known == language);
        self.0[place.expect("every language is one of all")]
    }
}

/// A city of the catalogue.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) id: CityId,
    pub(crate) country: Country,
    pub(crate) spot: Spot,
    pub(crate) names: Names,
}

/// A thing to talk about.
#[derive(Debug)]
pub(crate) struct Tag {
    /// Its name in buttons, for ever.
    pub(crate) word: &'static str,
    pub(crate) interest: Interest,
    pub(crate) names: Names,
}

/// Every table.
#[derive(Debug)]
pub(crate) struct Catalogue {
    cities: Vec<City>,
    countries: Vec<(Country, Names)>,
    tags: Vec<Tag>,
    /// Folded names of places, with what they name.
    spelled: Vec<(String, Spotted)>,
    /// Folded names of tags, with their place in the list.
    spelled_tags: Vec<(String, usize)>,
}

/// The tables, as they are compiled in.
pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);

/// So many places are offered for a typed name.
const OFFERED: usize = 8;

/// Whoever shares a location is in a city of the catalogue if it is no further than this.
const NEAR_KM: u32 = 30;

impl Catalogue {
    fn read() -> Self {
        let cities: Vec<City> = rows(include_str!("../../places/cities.tsv")).map(|row| city(&row)).collect();
        let countries: Vec<(Country, Names)> =
            rows(include_str!("../../places/countries.tsv")).map(|row| country(&row)).collect();
        let tags: Vec<Tag> = rows(include_str!("../../places/interests.tsv")).map(|row| tag(&row)).collect();
        let of_cities = cities.iter().map(|city| (&city.names, Spotted::City(city.id)));
        let of_countries = countries.iter().map(|(country, names)| (names, Spotted::Country(*country)));
        let mut spelled: Vec<(String, Spotted)> =
            of_cities.chain(of_countries).flat_map(|(names, what)| spellings(names, what)).collect();
        spelled.dedup();
        let spelled_tags = tags
            .iter()
            .enumerate()
            .flat_map(|(at, tag)| spellings(&tag.names, at).into_iter().chain([(tag.word.to_owned(), at)]));
        let spelled_tags = spelled_tags.collect();
        Self { cities, countries, tags, spelled, spelled_tags }
    }

    pub(crate) fn city(&self, id: CityId) -> Option<&City> {
        self.cities.iter().find(|city| city.id == id)
    }

    pub(crate) fn country(&self, country: Country) -> Option<&Names> {
        self.countries.iter().find(|(known, _)| *known == country).map(|(_, names)| names)
    }

    pub(crate) fn countries(&self) -> impl Iterator<Item = (Country, &Names)> {
        self.countries.iter().map(|(country, names)| (*country, names))
    }

    pub(crate) fn tags(&self) -> &[Tag] {
        &self.tags
    }

    pub(crate) fn tag(&self, word: &str) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.word == word)
    }

    /// The tag that people call so, in any language.
    pub(crate) fn tag_called(&self, name: &str) -> Option<&Tag> {
        let name = fold(name);
        self.spelled_tags.iter().find(|(spelled, _)| *spelled == name).map(|(_, at)| &self.tags[*at])
    }

    /// Places that people call so, in any language: those of this very name, or else those whose name begins so.
    pub(crate) fn places(&self, name: &str) -> Vec<Spotted> {
        let name = fold(name);
        if name.is_empty() {
            return Vec::new();
        }
        let exact = self.spelled(|spelled| spelled == name);
        if exact.is_empty() && name.chars().count() > 1 {
            return self.spelled(|spelled| spelled.starts_with(&name));
        }
        exact
    }

    fn spelled(&self, fits: impl Fn(&str) -> bool) -> Vec<Spotted> {
        let mut found = Vec::new();
        for (_, what) in self.spelled.iter().filter(|(spelled, _)| fits(spelled)) {
            if !found.contains(what) && found.len() < OFFERED {
                found.push(*what);
            }
        }
        found
    }

    /// Where a place of the catalogue is.
    pub(crate) fn place(&self, what: Spotted) -> Option<Place> {
        Some(match what {
            Spotted::Country(country) => {
                self.country(country)?;
                Place { country: Some(country), ..Place::default() }
            }
            Spotted::City(id) => {
                let city = self.city(id)?;
                Place { country: Some(city.country), region: None, city: Some(id), spot: Some(city.spot) }
            }
        })
    }

    /// Where a shared location is: the point itself, and the city it lies in or beside, if the catalogue has one.
    pub(crate) fn around(&self, spot: Spot) -> Place {
        let apart = |city: &&City| {
            let ((north, east), (other_north, other_east)) = (spot.hundredths(), city.spot.hundredths());
            let (north, east) = (i32::from(north - other_north), i32::from(east) - i32::from(other_east));
            north * north + east * east
        };
        let near = hamdam_domain::wish::Kilometres::new(NEAR_KM).expect("a distance");
        let city = self.cities.iter().filter(|city| city.spot.within(spot, near)).min_by_key(apart);
        Place {
            country: city.map(|city| city.country),
            region: None,
            city: city.map(|city| city.id),
            spot: Some(spot),
        }
    }
}

/// Each language's spelling of a name.
fn spellings<T: Copy>(names: &Names, what: T) -> Vec<(String, T)> {
    let mut spelled: Vec<(String, T)> = names.0.iter().map(|name| (fold(name), what)).collect();
    // An emoji in front of a tag's name is not typed.
    let signed = names.0.iter().filter_map(|name| name.split_once(' '));
    let bare = signed.filter(|(sign, _)| !sign.chars().any(char::is_alphanumeric));
    spelled.extend(bare.map(|(_, name)| (fold(name), what)));
    spelled
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn number<T: FromStr>(text: &str) -> T {
    text.parse().ok().expect("tables hold numbers where they should; a test reads them")
}

fn city(row: &[&'static str]) -> City {
    City {
        id: CityId(number(row[0])),
        country: Country::new(row[1]).expect("tables name countries by their codes; a test reads them"),
        spot: Spot::new(number(row[2]), number(row[3])).expect("tables name places on the globe"),
        names: Names(row[4..].to_vec()),
    }
}

fn country(row: &[&'static str]) -> (Country, Names) {
    let country = Country::new(row[0]).expect("tables name countries by their codes; a test reads them");
    (country, Names(row[1..].to_vec()))
}

fn tag(row: &[&'static str]) -> Tag {
    Tag { word: row[0], interest: Interest::of_text(row[0]), names: Names(row[1..].to_vec()) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_has_a_name_in_every_language_and_a_number_of_its_own() {
        let catalogue = &*CATALOGUE;
        let names = catalogue.cities.iter().map(|city| &city.names);
        let names = names.chain(catalogue.countries.iter().map(|(_, names)| names));
        for names in names.chain(catalogue.tags.iter().map(|tag| &tag.names)) {
            assert_eq!(names.0.len(), Language::ALL.len(), "{names:?}");
            assert!(names.0.iter().all(|name| !name.trim().is_empty()), "{names:?}");
        }
        let ids: BTreeSet<_> = catalogue.cities.iter().map(|city| city.id).collect();
        assert_eq!(ids.len(), catalogue.cities.len());
        let tags: BTreeSet<_> = catalogue.tags.iter().map(|tag| tag.interest).collect();
        assert_eq!(tags.len(), catalogue.tags.len(), "no two tags share a number");
        assert!((250..1_000).contains(&catalogue.cities.len()) && catalogue.countries.len() == 249);
    }

    #[test]
    fn places_are_found_in_every_spelling() {
        let tehran = Spotted::City(CityId(1));
        for typed in ["تهران", "طهران", "TEHRAN", "Тегеран", "tahran", "Teherán", "tehra"] {
            assert_eq!(CATALOGUE.places(typed).first(), Some(&tehran), "{typed}");
        }
        let iran = Spotted::Country(Country::new("IR").unwrap());
        for typed in ["ایران", "إيران", "ايران", "Iran", "İran", "Irán", "Иран"] {
            assert_eq!(CATALOGUE.places(typed), [iran], "{typed}");
        }
        assert_eq!(CATALOGUE.places("Rostov on don"), CATALOGUE.places("Ростов-на-Дону"));
        assert!(CATALOGUE.places("san").len() > 3, "several are offered");
        for typed in ["Atlantis", "", "  ", "x", "\u{202e}"] {
            assert_eq!(CATALOGUE.places(typed), [], "{typed}");
        }
    }

    #[test]
    fn a_location_is_in_the_city_beside_it_or_in_none() {
        let karaj = CATALOGUE.around(Spot::new(35.83, 50.96).unwrap());
        assert_eq!((karaj.city, karaj.country), (Some(CityId(4)), Country::new("IR").ok()));
        let desert = CATALOGUE.around(Spot::new(33.9, 55.9).unwrap());
        assert_eq!((desert.city, desert.country), (None, None), "whose it is is not guessed");
        assert_eq!(desert.spot, Spot::new(33.9, 55.9).ok());
    }

    #[test]
    fn tags_are_called_by_their_names_with_or_without_the_sign() {
        for called in ["music", "🎵 Music", "موسیقی", "Музыка", "müzik", "Música", "موسيقى"]
        {
            assert_eq!(CATALOGUE.tag_called(called).map(|tag| tag.word), Some("music"), "{called}");
        }
        assert!(CATALOGUE.tag_called("knitting fog").is_none());
    }
}
