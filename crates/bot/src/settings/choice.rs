//! What a button of the settings chooses: always what it says, never "the other way round", so that an old button does
//! no more than it shows.

use std::fmt;

use hamdam_domain::panel::{Page, Refusal, Spotted};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::wish::{
    AgeRange, CityId, Country, Facts, Gender, Genders, Interest, Interests, Kilometres, Mode, Place, Reach,
    Tongue, Tongues, Wants,
};

use super::catalogue::CATALOGUE;

/// A choice, as a button carries it.
///
/// | data | chooses |
/// |---|---|
/// | `set:gender:f`, `m`, `o`, `-` | one's gender, or not to say |
/// | `set:age:-` | not to say one's age |
/// | `set:speak:<language>:1`, `0` | to speak a language, or not |
/// | `set:same:1`, `0` | only partners with a language in common, or any |
/// | `set:city:<number>`, `set:country:<code>`, `set:place:-` | where one is, or not to say |
/// | `set:tag:<word>:1`, `0` | to be interested in something, or not |
/// | `set:want:f:1`, `0` and so on, `set:want:-` | to meet a gender, or not; all of them |
/// | `set:ages:<from>-<to>`, `-` | ages to meet, or any |
/// | `set:reach:any`, `country`, `city`, `<km>` | how near |
/// | `set:yield:gender:1`, `0`, `set:yield:age:1`, `0` | what may give way |
/// | `set:protect:1`, `0` | protected content, or not |
/// | `set:lang:<language>`, `-` | the language the bot speaks, or that of one's Telegram |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// One's gender.
    Gender(Option<Gender>),
    /// Not to say one's age.
    NoAge,
    /// A language one speaks, or no longer.
    Speaks(Tongue, bool),
    /// Only partners with a language in common.
    SameLanguage(bool),
    /// Where one is.
    Place(Option<Spotted>),
    /// Something to talk about, or no longer.
    Interest(Interest, bool),
    /// A gender to meet, or no longer.
    Wants(Gender, bool),
    /// Whoever it is.
    WantsAll,
    /// Ages to meet.
    Ages(AgeRange),
    /// How near.
    Reach(Reach),
    /// The wished gender may give way.
    YieldsGender(bool),
    /// The wished ages may give way.
    YieldsAge(bool),
    /// Content is protected.
    Protected(bool),
    /// The language the bot speaks; none: that of one's Telegram.
    Texts(Option<Language>),
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = |on: bool| u8::from(on);
        match *self {
            Self::Gender(gender) => write!(f, "gender:{}", gender.map_or('-', letter)),
            Self::NoAge => f.write_str("age:-"),
            Self::Speaks(tongue, on) => write!(f, "speak:{tongue}:{}", flag(on)),
            Self::SameLanguage(on) => write!(f, "same:{}", flag(on)),
            Self::Place(None) => f.write_str("place:-"),
            Self::Place(Some(Spotted::City(city))) => write!(f, "city:{}", city.0),
            Self::Place(Some(Spotted::Country(country))) => write!(f, "country:{country}"),
            Self::Interest(interest, on) => {
                let tag = CATALOGUE.tags().iter().find(|tag| tag.interest == interest);
                write!(f, "tag:{}:{}", tag.map_or("-", |tag| tag.word), flag(on))
            }
            Self::Wants(gender, on) => write!(f, "want:{}:{}", letter(gender), flag(on)),
            Self::WantsAll => f.write_str("want:-"),
            Self::Ages(AgeRange::ANY) => f.write_str("ages:-"),
            Self::Ages(ages) => write!(f, "ages:{}-{}", ages.from(), ages.to()),
            Self::Reach(Reach::Anywhere | Reach::Region) => f.write_str("reach:any"),
            Self::Reach(Reach::Country) => f.write_str("reach:country"),
            Self::Reach(Reach::City) => f.write_str("reach:city"),
            Self::Reach(Reach::Within(km)) => write!(f, "reach:{}", km.get()),
            Self::YieldsGender(on) => write!(f, "yield:gender:{}", flag(on)),
            Self::YieldsAge(on) => write!(f, "yield:age:{}", flag(on)),
            Self::Protected(on) => write!(f, "protect:{}", flag(on)),
            Self::Texts(language) => write!(f, "lang:{}", language.map_or("-", Language::code)),
        }
    }
}

fn letter(gender: Gender) -> char {
    match gender {
        Gender::Female => 'f',
        Gender::Male => 'm',
        Gender::Other => 'o',
    }
}

fn gender(text: &str) -> Option<Gender> {
    Gender::ALL.into_iter().find(|gender| text == letter(*gender).to_string())
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

impl Choice {
    /// Reads what stands behind `set:`; `None` for what no version of ours wrote.
    pub(crate) fn parse(data: &str) -> Option<Self> {
        let (what, value) = data.split_once(':')?;
        let (name, on) = value.split_once(':').map_or((value, None), |(name, on)| (name, Some(on)));
        let on = on.map(flag);
        Some(match (what, name, on) {
            ("gender", "-", None) => Self::Gender(None),
            ("gender", name, None) => Self::Gender(Some(gender(name)?)),
            ("age", "-", None) => Self::NoAge,
            ("speak", name, Some(on)) => Self::Speaks(Tongue::new(name).ok()?, on?),
            ("same", name, None) => Self::SameLanguage(flag(name)?),
            ("place", "-", None) => Self::Place(None),
            ("city", name, None) => {
                let city = CityId(name.parse().ok()?);
                CATALOGUE.city(city)?;
                Self::Place(Some(Spotted::City(city)))
            }
            ("country", name, None) => Self::Place(Some(Spotted::Country(Country::new(name).ok()?))),
            ("tag", name, Some(on)) => Self::Interest(CATALOGUE.tag(name)?.interest, on?),
            ("want", "-", None) => Self::WantsAll,
            ("want", name, Some(on)) => Self::Wants(gender(name)?, on?),
            ("ages", "-", None) => Self::Ages(AgeRange::ANY),
            ("ages", name, None) => {
                let (from, to) = name.split_once('-')?;
                Self::Ages(AgeRange::new(from.parse().ok()?, to.parse().ok()?).ok()?)
            }
            ("reach", "any", None) => Self::Reach(Reach::Anywhere),
            ("reach", "country", None) => Self::Reach(Reach::Country),
            ("reach", "city", None) => Self::Reach(Reach::City),
            ("reach", km, None) => Self::Reach(Reach::Within(Kilometres::new(km.parse().ok()?).ok()?)),
            ("yield", "gender", Some(on)) => Self::YieldsGender(on?),
            ("yield", "age", Some(on)) => Self::YieldsAge(on?),
            ("protect", name, None) => Self::Protected(flag(name)?),
            ("lang", "-", None) => Self::Texts(None),
            ("lang", code, None) => {
                Self::Texts(Some(Language::ALL.into_iter().find(|language| language.code() == code)?))
            }
            _ => return None,
        })
    }

    /// The page the button stands on, which stays open; `None` if the choice is all there is to it.
    pub(super) fn stays_on(self) -> Option<Page> {
        match self {
            Self::Speaks(..) | Self::SameLanguage(_) => Some(Page::Languages),
            Self::Interest(..) => Some(Page::Interests),
            Self::Wants(..) | Self::WantsAll => Some(Page::Wanted),
            Self::YieldsGender(_) | Self::YieldsAge(_) => Some(Page::Yields),
            Self::Gender(_)
            | Self::NoAge
            | Self::Place(_)
            | Self::Ages(_)
            | Self::Reach(_)
            | Self::Protected(_)
            | Self::Texts(_) => None,
        }
    }

    /// The profile with this choice in it.
    pub(super) fn made_in(self, profile: &Profile) -> Result<Profile, Refusal> {
        let (facts, wants) = (profile.facts, profile.wants);
        let with_facts = |facts: Facts| Profile { facts, ..profile.clone() };
        let with_wants = |wants: Wants| Profile { wants, ..profile.clone() };
        Ok(match self {
            Self::Gender(gender) => with_facts(Facts { gender, ..facts }),
            Self::NoAge => with_facts(Facts { age: None, ..facts }),
            Self::Speaks(tongue, on) => {
                with_facts(Facts { languages: speaking(facts.languages, tongue, on)?, ..facts })
            }
            Self::SameLanguage(same_language) => with_wants(Wants { same_language, ..wants }),
            Self::Place(what) => {
                let place = match what {
                    None => Place::default(),
                    Some(what) => CATALOGUE.place(what).ok_or(Refusal::Place)?,
                };
                placed(profile, place)
            }
            Self::Interest(interest, on) => {
                with_facts(Facts { interests: interested(&facts.interests, interest, on)?, ..facts })
            }
            Self::Wants(gender, on) => {
                with_wants(Wants { genders: wanting(wants.genders, gender, on), ..wants })
            }
            Self::WantsAll => with_wants(Wants { genders: Genders::ALL, ..wants }),
            Self::Ages(ages) => with_wants(Wants { ages, ..wants }),
            Self::Reach(reach) if !reaches(&facts.place, reach) => return Err(Refusal::NoPlace),
            Self::Reach(reach) => with_wants(Wants { reach, ..wants }),
            Self::YieldsGender(on) => {
                let mut wants = wants;
                wants.yields.gender = on;
                with_wants(wants)
            }
            Self::YieldsAge(on) => {
                let mut wants = wants;
                wants.yields.age = on;
                with_wants(wants)
            }
            Self::Protected(on) => {
                with_wants(Wants { mode: if on { Mode::Protected } else { Mode::Open }, ..wants })
            }
            Self::Texts(texts) => with_wants(Wants { texts, ..wants }),
        })
    }
}

/// The profile of somebody who is there now. A nearness that says nothing of such a place is given up.
pub(super) fn placed(profile: &Profile, place: Place) -> Profile {
    let reach = if reaches(&place, profile.wants.reach) { profile.wants.reach } else { Reach::Anywhere };
    Profile {
        facts: Facts { place, ..profile.facts },
        wants: Wants { reach, ..profile.wants },
        ..profile.clone()
    }
}

/// Whether a nearness says something to somebody who is there.
fn reaches(place: &Place, reach: Reach) -> bool {
    match reach {
        Reach::Anywhere => true,
        Reach::Country => place.country.is_some(),
        Reach::Region => place.region.is_some(),
        Reach::City => place.city.is_some(),
        Reach::Within(_) => place.spot.is_some(),
    }
}

fn speaking(languages: Tongues, tongue: Tongue, on: bool) -> Result<Tongues, Refusal> {
    let mut spoken: Vec<Tongue> = languages.iter().filter(|known| *known != tongue).collect();
    spoken.extend(on.then_some(tongue));
    Tongues::new(&spoken).map_err(|_| Refusal::TooManyLanguages)
}

fn interested(interests: &Interests, interest: Interest, on: bool) -> Result<Interests, Refusal> {
    let mut liked: Vec<Interest> = interests.iter().filter(|known| *known != interest).collect();
    liked.extend(on.then_some(interest));
    let given = u32::try_from(liked.len()).unwrap_or(u32::MAX);
    Interests::new(&liked).map_err(|_| Refusal::TooManyInterests { given })
}

/// From "whoever it is" the first choice is that one alone; of none, it is whoever again.
fn wanting(genders: Genders, gender: Gender, on: bool) -> Genders {
    match (on, genders == Genders::ALL) {
        (true, true) => Genders::only(gender),
        (true, false) => genders.with(gender),
        (false, _) => {
            Vec::from(genders).into_iter().filter(|known| *known != gender).collect::<Vec<_>>().into()
        }
    }
}
