//! Wishes that an operator keeps for those who have premium.

use serde::{Deserialize, Serialize};

use crate::profile::Profile;
use crate::wish::{AgeRange, Facts, Genders, Interest, Interests, Kilometres, Reach, Wants};

/// A wish that may be kept for premium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Filter {
    /// Distances below [`Filters::NEAREST`], which nobody has otherwise.
    Near,
    /// Every distance in kilometres.
    Distance,
    /// "In my city".
    City,
    /// Whom to meet by gender.
    Gender,
    /// Whom to meet by age.
    Ages,
    /// More than [`Filters::FREE_INTERESTS`] interests.
    Interests,
}

impl Filter {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Near, Self::Distance, Self::City, Self::Gender, Self::Ages, Self::Interests];

    /// Its name in the configuration and in texts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Near => "near",
            Self::Distance => "distance",
            Self::City => "city",
            Self::Gender => "gender",
            Self::Ages => "ages",
            Self::Interests => "interests",
        }
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// Some of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Filters(u8);

impl Filters {
    /// The nearest distance that is free.
    pub const NEAREST: u16 = 20;
    /// So many interests are free.
    pub const FREE_INTERESTS: usize = 3;

    /// With one more.
    #[must_use]
    pub fn with(self, filter: Filter) -> Self {
        Self(self.0 | filter.bit())
    }

    /// Whether it is among them.
    #[must_use]
    pub fn has(self, filter: Filter) -> bool {
        self.0 & filter.bit() != 0
    }

    /// One by one.
    pub fn iter(self) -> impl Iterator<Item = Filter> {
        Filter::ALL.into_iter().filter(move |filter| self.has(*filter))
    }

    /// Whether this nearness is among them.
    #[must_use]
    pub fn keep(self, reach: Reach) -> bool {
        match reach {
            Reach::Within(km) => {
                self.has(Filter::Distance) || self.has(Filter::Near) && km.get() < Self::NEAREST
            }
            Reach::City => self.has(Filter::City),
            Reach::Anywhere | Reach::Country | Reach::Region => false,
        }
    }

    /// Whether one of these wishes is made anew between two profiles.
    #[must_use]
    pub fn asked_for(self, before: &Profile, after: &Profile) -> bool {
        let (old, new) = (&before.wants, &after.wants);
        let [few, more] = [before, after].map(|profile| profile.facts.interests.iter().count());
        new.reach != old.reach && self.keep(new.reach)
            || self.has(Filter::Gender) && new.genders != old.genders && new.genders != Genders::ALL
            || self.has(Filter::Ages) && new.ages != old.ages && new.ages != AgeRange::ANY
            || self.has(Filter::Interests) && more > few && more > Self::FREE_INTERESTS
    }

    /// The profile without these wishes: what is nearest to them and free.
    #[must_use]
    pub fn without(self, profile: &Profile) -> Profile {
        let (mut facts, mut wants): (Facts, Wants) = (profile.facts, profile.wants);
        if self.keep(wants.reach) {
            let near = Reach::Within(Kilometres::new(u32::from(Self::NEAREST)).expect("it is a distance"));
            let country = facts.place.country.map_or(Reach::Anywhere, |_| Reach::Country);
            let is_distance = matches!(wants.reach, Reach::Within(_));
            wants.reach = if is_distance && !self.keep(near) { near } else { country };
        }
        if self.has(Filter::Gender) {
            wants.genders = Genders::ALL;
        }
        if self.has(Filter::Ages) {
            wants.ages = AgeRange::ANY;
        }
        if self.has(Filter::Interests) {
            let free: Vec<Interest> = facts.interests.iter().take(Self::FREE_INTERESTS).collect();
            facts.interests = Interests::new(&free).unwrap_or(facts.interests);
        }
        Profile { facts, wants, ..profile.clone() }
    }
}

impl FromIterator<Filter> for Filters {
    fn from_iter<T: IntoIterator<Item = Filter>>(filters: T) -> Self {
        filters.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::BotId;
    use crate::profile::Language;
    use crate::wish::{Country, Gender, Place};

    fn within(km: u32) -> Reach {
        Reach::Within(Kilometres::new(km).unwrap())
    }

    fn reaching(reach: Reach) -> Profile {
        let place = Place { country: Country::new("IR").ok(), ..Place::default() };
        let facts = Facts { place, ..Facts::default() };
        let wants = Wants { reach, ..Wants::default() };
        Profile { facts, wants, ..Profile::new(Language::En, BotId(1)) }
    }

    fn liking(count: usize) -> Profile {
        let tags: Vec<_> = (1..=u16::try_from(count).unwrap()).map(Interest).collect();
        let facts = Facts { interests: Interests::new(&tags).unwrap(), ..Facts::default() };
        Profile { facts, ..Profile::new(Language::En, BotId(1)) }
    }

    #[test]
    fn what_is_kept_is_refused_when_asked_for_and_goes_back_to_what_is_free() {
        let near: Filters = [Filter::Near].into_iter().collect();
        let free = reaching(within(20));
        assert!(near.asked_for(&free, &reaching(within(10))));
        assert!(!near.asked_for(&reaching(within(10)), &free));
        assert!(!near.asked_for(&reaching(within(10)), &reaching(within(10))), "it stays until a search");
        assert_eq!(near.without(&reaching(within(5))), free);
        assert_eq!(near.without(&reaching(within(50))), reaching(within(50)));
        let far: Filters = [Filter::Distance, Filter::City].into_iter().collect();
        for reach in [within(50), Reach::City] {
            assert!(far.asked_for(&reaching(Reach::Anywhere), &reaching(reach)));
            assert_eq!(far.without(&reaching(reach)), reaching(Reach::Country));
        }
        assert!(!far.asked_for(&reaching(Reach::City), &reaching(Reach::Country)));
        assert_eq!(Filters::default().without(&reaching(within(5))), reaching(within(5)), "nothing is kept");
    }

    #[test]
    fn people_and_interests_may_be_kept_too() {
        let kept: Filters = [Filter::Gender, Filter::Ages, Filter::Interests].into_iter().collect();
        let plain = Profile::new(Language::En, BotId(1));
        let wants = Wants { genders: Genders::only(Gender::Female), ..Wants::default() };
        let choosy = Profile { wants, ..plain.clone() };
        assert!(kept.asked_for(&plain, &choosy) && !kept.asked_for(&choosy, &plain));
        let wants = Wants { ages: AgeRange::new(20, 30).unwrap(), ..Wants::default() };
        let choosy = Profile { wants, ..plain.clone() };
        assert!(kept.asked_for(&plain, &choosy) && !kept.asked_for(&choosy, &plain));
        assert_eq!(kept.without(&choosy), plain);
        assert!(!kept.asked_for(&liking(2), &liking(3)) && kept.asked_for(&liking(3), &liking(4)));
        assert!(!kept.asked_for(&liking(9), &liking(8)), "fewer are always taken");
        assert_eq!(kept.without(&liking(9)), liking(3));
    }

    #[test]
    fn a_set_has_what_was_put_into_it() {
        for filter in Filter::ALL {
            let alone = Filters::default().with(filter);
            assert_eq!(alone.iter().collect::<Vec<_>>(), [filter]);
        }
        assert_eq!(Filter::ALL.into_iter().collect::<Filters>().iter().count(), 6);
    }
}
