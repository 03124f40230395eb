//! What users told of themselves and of whom they want to meet, as short texts: a record is small only while each of its
//! values has 64 bytes at most. Words stand side by side, each begins with a letter that says what it is:
//!
//! | field | words |
//! |---|---|
//! | `d` facts | `g` gender, `a` age, `l` languages, `c` country, `r` region, `t` city, `p` north,east in hundredths of a degree, `u` trust, `k` class, `o` agreed to the rules, `m` minute until which they are muted |
//! | `i` interests | their numbers |
//! | `w` wants | `g` genders, `a` from-to, `n` nearness (country, region, city) or `d` kilometres, `l` a language in common, `p` protected, `y` what may give way (gender, age), `w` widened, `t` the language of texts |
//!
//! What takes its default is not written, and a word of another small letter belongs to another version.

use hamdam_domain::clock::Millis;
use hamdam_domain::profile::Language;
use hamdam_domain::wish::{
    Age, AgeRange, CityId, Class, Country, Facts, Gender, Genders, Interest, Interests, Kilometres, Mode,
    Place, Reach, RegionId, Spot, Tongue, Tongues, Trust, Wants, Yields,
};

/// Milliseconds.
const MINUTE: i64 = 60_000;

/// The fields of facts, interests and wants; empty where nothing was told.
pub(super) fn texts(facts: &Facts, wants: &Wants) -> [String; 3] {
    let interests: Vec<String> = facts.interests.iter().map(|tag| tag.0.to_string()).collect();
    [facts_text(facts), interests.join(" "), wants_text(wants)]
}

fn facts_text(facts: &Facts) -> String {
    let Facts { gender, age, languages, place, interests: _, trust, class, agreed, muted_until } = facts;
    let Place { country, region, city, spot } = place;
    let languages: String = languages.iter().map(|language| language.to_string()).collect();
    let trust = match trust {
        Trust::Normal => None,
        Trust::New => Some("un"),
        Trust::Reported => Some("ur"),
    };
    let spot = spot.map(Spot::hundredths);
    let words = [
        gender.map(|gender| format!("g{}", gender_letter(gender))),
        age.map(|age| format!("a{age}")),
        (!languages.is_empty()).then(|| format!("l{languages}")),
        country.map(|country| format!("c{country}")),
        region.map(|region| format!("r{}", region.0)),
        city.map(|city| format!("t{}", city.0)),
        spot.map(|(north, east)| format!("p{north},{east}")),
        trust.map(str::to_owned),
        (class.0 != 0).then(|| format!("k{}", class.0)),
        agreed.then(|| "o".to_owned()),
        muted_until.map(|until| format!("m{}", until.0.div_euclid(MINUTE))),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn wants_text(wants: &Wants) -> String {
    let Wants { genders, ages, reach, same_language, mode, yields, widened, texts } = *wants;
    let letters: String = Vec::from(genders).into_iter().map(gender_letter).collect();
    let reach = match reach {
        Reach::Anywhere => None,
        Reach::Country => Some("nc".to_owned()),
        Reach::Region => Some("nr".to_owned()),
        Reach::City => Some("nt".to_owned()),
        Reach::Within(distance) => Some(format!("d{}", distance.get())),
    };
    let yielding = match (yields.gender, yields.age) {
        (false, false) => None,
        (true, false) => Some("yg"),
        (false, true) => Some("ya"),
        (true, true) => Some("yga"),
    };
    let words = [
        (genders != Genders::ALL).then(|| format!("g{letters}")),
        (ages != AgeRange::ANY).then(|| format!("a{}-{}", ages.from(), ages.to())),
        reach,
        same_language.then(|| "l".to_owned()),
        (mode == Mode::Protected).then(|| "p".to_owned()),
        yielding.map(str::to_owned),
        widened.then(|| "w".to_owned()),
        texts.map(|language| format!("t{}", language.code())),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Reads facts without interests; `None` if a word is rubbish.
pub(super) fn facts(text: &str) -> Option<Facts> {
    let mut facts = Facts::default();
    for (letter, rest) in words(text) {
        let place = &mut facts.place;
        match letter {
            'g' => facts.gender = Some(gender(rest)?),
            'a' => facts.age = Some(age(rest)?),
            'l' => facts.languages = languages(rest)?,
            'c' => place.country = Some(Country::new(rest).ok()?),
            'r' => place.region = Some(RegionId(rest.parse().ok()?)),
            't' => place.city = Some(CityId(rest.parse().ok()?)),
            'p' => place.spot = Some(spot(rest)?),
            'u' => {
                facts.trust = match rest {
                    "n" => Trust::New,
                    "r" => Trust::Reported,
                    _ => return None,
                }
            }
            'k' => facts.class = Class(rest.parse().ok()?),
            'o' => facts.agreed = true,
            'm' => facts.muted_until = Some(Millis(rest.parse::<i64>().ok()?.checked_mul(MINUTE)?)),
            'a'..='z' => {}
            _ => return None,
        }
    }
    Some(facts)
}

/// Reads interests; `None` if one is no number, or there are too many.
pub(super) fn interests(text: &str) -> Option<Interests> {
    let tags: Option<Vec<Interest>> = text.split(' ').map(|tag| tag.parse().ok().map(Interest)).collect();
    Interests::new(&tags?).ok()
}

/// Reads wants; `None` if a word is rubbish.
pub(super) fn wants(text: &str) -> Option<Wants> {
    let mut wants = Wants::default();
    for (letter, rest) in words(text) {
        match letter {
            'g' => {
                let genders: Option<Vec<Gender>> = rest.chars().map(gender_of).collect();
                wants.genders = genders.filter(|genders| !genders.is_empty())?.into();
            }
            'a' => {
                let (from, to) = rest.split_once('-')?;
                wants.ages = AgeRange::new(from.parse().ok()?, to.parse().ok()?).ok()?;
            }
            'n' => {
                wants.reach = match rest {
                    "c" => Reach::Country,
                    "r" => Reach::Region,
                    "t" => Reach::City,
                    _ => return None,
                }
            }
            'd' => wants.reach = Reach::Within(Kilometres::new(rest.parse().ok()?).ok()?),
            'l' => wants.same_language = true,
            'p' => wants.mode = Mode::Protected,
            'y' => wants.yields = Yields { gender: rest.contains('g'), age: rest.contains('a') },
            'w' => wants.widened = true,
            // Another version may speak more languages than this one.
            't' => wants.texts = Language::ALL.into_iter().find(|language| language.code() == rest),
            'a'..='z' => {}
            _ => return None,
        }
    }
    Some(wants)
}

/// The letter of each word, and the rest of it.
fn words(text: &str) -> impl Iterator<Item = (char, &str)> {
    text.split(' ').filter_map(|word| {
        let mut letters = word.chars();
        Some((letters.next()?, letters.as_str()))
    })
}

fn gender_letter(gender: Gender) -> char {
    match gender {
        Gender::Female => 'f',
        Gender::Male => 'm',
        Gender::Other => 'o',
    }
}

fn gender_of(letter: char) -> Option<Gender> {
    Gender::ALL.into_iter().find(|gender| gender_letter(*gender) == letter)
}

fn gender(rest: &str) -> Option<Gender> {
    let mut letters = rest.chars();
    letters.next().and_then(gender_of).filter(|_| letters.next().is_none())
}

fn age(years: &str) -> Option<Age> {
    Age::new(years.parse().ok()?).ok()
}

fn languages(codes: &str) -> Option<Tongues> {
    let (codes, odd) = codes.as_bytes().as_chunks::<2>();
    let language = |code: &[u8; 2]| Tongue::new(std::str::from_utf8(code).ok()?).ok();
    let spoken: Option<Vec<Tongue>> = codes.iter().map(language).collect();
    Tongues::new(&spoken.filter(|_| odd.is_empty())?).ok()
}

fn spot(text: &str) -> Option<Spot> {
    let (north, east) = text.split_once(',')?;
    let degrees = |hundredths: &str| Some(f64::from(hundredths.parse::<i16>().ok()?) / 100.0);
    Spot::new(degrees(north)?, degrees(east)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most() -> (Facts, Wants) {
        let tongues = ["fa", "en", "ar", "de"].map(|code| Tongue::new(code).unwrap());
        let interests: Vec<_> = (0..10).map(|n| Interest(65_535 - n)).collect();
        let facts = Facts {
            gender: Some(Gender::Other),
            age: Some(Age::MOST),
            languages: Tongues::new(&tongues).unwrap(),
            place: Place {
                country: Country::new("IR").ok(),
                region: Some(RegionId(u16::MAX)),
                city: Some(CityId(u32::MAX)),
                spot: Spot::new(-89.99, -179.99).ok(),
            },
            interests: Interests::new(&interests).unwrap(),
            trust: Trust::Reported,
            class: Class(u8::MAX),
            agreed: true,
            muted_until: None,
        };
        let wants = Wants {
            genders: Genders::only(Gender::Male).with(Gender::Other),
            ages: AgeRange::new(18, 98).unwrap(),
            reach: Reach::Within(Kilometres::new(20_000).unwrap()),
            same_language: true,
            mode: Mode::Protected,
            yields: Yields { gender: true, age: true },
            widened: true,
            texts: Some(Language::Fa),
        };
        (facts, wants)
    }

    fn read([d, i, w]: &[String; 3]) -> Option<(Facts, Wants)> {
        let told = if i.is_empty() { Interests::default() } else { interests(i)? };
        Some((Facts { interests: told, ..facts(d)? }, wants(w)?))
    }

    #[test]
    fn all_that_can_be_told_fits_and_reads_back() {
        let (facts, wants) = most();
        let texts = texts(&facts, &wants);
        assert!(texts.iter().all(|text| text.len() <= 64), "{texts:?}");
        assert_eq!(read(&texts), Some((facts, wants)), "{texts:?}");
    }

    #[test]
    fn what_is_told_stands_alone_too() {
        let (all, _) = most();
        let reaches = [Reach::Country, Reach::Region, Reach::City];
        let near = reaches.map(|reach| (Facts::default(), Wants { reach, ..Wants::default() }));
        let yields = [(true, false), (false, true)].map(|(gender, age)| Yields { gender, age });
        let yielding = yields.map(|yields| (Facts::default(), Wants { yields, ..Wants::default() }));
        let genders = Gender::ALL.map(|gender| {
            let wants = Wants { genders: Genders::only(gender), ..Wants::default() };
            (Facts { gender: Some(gender), trust: Trust::New, ..Facts::default() }, wants)
        });
        let until = Some(Millis(1_800_000_000_000));
        let muted = [(Facts { muted_until: until, ..Facts::default() }, Wants::default())];
        let placed = [(Facts { place: all.place, ..Facts::default() }, Wants::default())];
        let nothing = [(Facts::default(), Wants::default())];
        for told in [&near[..], &yielding, &genders, &muted, &placed, &nothing].concat() {
            assert_eq!(read(&texts(&told.0, &told.1)), Some(told));
        }
        assert_eq!(texts(&nothing[0].0, &nothing[0].1), ["", "", ""].map(str::to_owned));
    }

    #[test]
    fn rubbish_is_told_from_what_a_later_version_adds() {
        for rubbish in ["?", "gx", "g", "a5", "lfae", "cZZ", "r-1", "p1", "p9999,0", "ux", "kk"] {
            assert_eq!(facts(rubbish), None, "{rubbish}");
        }
        for rubbish in ["g", "gx", "a30", "a40-30", "nx", "d0"] {
            assert_eq!(wants(rubbish), None, "{rubbish}");
        }
        for rubbish in ["x", "1 2 3 4 5 6 7 8 9 10 11", "70000", ""] {
            assert_eq!(interests(rubbish), None, "{rubbish}");
        }
        assert_eq!(facts("gf shat"), facts("gf"));
        assert_eq!(wants("gf shat"), wants("gf"));
    }
}
