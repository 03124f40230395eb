//! Who may meet, said once more, plainly and from the tickets alone.

use std::time::Duration;

use crate::clock::Millis;
use crate::profile::Language;
use crate::rules::{Ease, Rules, Widen};
use crate::ticket::Ticket;
use crate::wish::{AgeRange, Reach, Tongue, Trust};

/// Whether the rules let these two meet at this moment.
pub(crate) fn may_meet(one: &Ticket, other: &Ticket, rules: &Rules, now: Millis) -> bool {
    one.claimant.user != other.claimant.user && takes(one, other, rules, now) && takes(other, one, rules, now)
}

fn ease(ticket: &Ticket, rules: &Rules, now: Millis) -> Ease {
    let waited = Duration::from_millis(u64::try_from(now.0 - ticket.waiting_since.0).unwrap_or(0));
    let widened = ticket.wishes.wants.widened;
    let mut taken = rules.schedule.steps().iter().filter(|step| widened || step.after <= waited);
    taken.next_back().map_or(Ease::NONE, |step| step.ease)
}

fn takes(me: &Ticket, them: &Ticket, rules: &Rules, now: Millis) -> bool {
    let (mine, theirs, ease) = (&me.wishes, &them.wishes, ease(me, rules, now));
    let wants = mine.wants;
    let gender = wants.genders.takes(theirs.facts.gender) || (wants.yields.gender && ease.any_gender);
    let same_bot = me.claimant.ticket.bot == them.claimant.ticket.bot;
    let bot = same_bot || (rules.across_bots && ease.any_bot);
    let common = languages(me).iter().any(|language| languages(them).contains(language));
    let language = common || !wants.same_language || ease.any_language;
    let outcast = |ticket: &Ticket| ticket.wishes.facts.trust == Trust::Reported;
    let blocked = mine.blocked.contains(&them.claimant.user);
    let window = i64::try_from(rules.not_again_for.as_millis()).unwrap();
    let again = mine.recent.iter().any(|met| met.user == them.claimant.user && now.0 < met.at.0 + window);
    let distance = near(me, them, ease.reach);
    let same_mode = wants.mode == theirs.wants.mode;
    gender
        && age(me, them, &ease)
        && bot
        && language
        && distance
        && same_mode
        && outcast(me) == outcast(them)
        && !blocked
        && !again
}

fn age(me: &Ticket, them: &Ticket, ease: &Ease) -> bool {
    let wants = me.wishes.wants;
    if wants.ages == AgeRange::ANY {
        return true;
    }
    let (low, high): (u8, u8) = wants.ages.into();
    let low = if wants.yields.age { low.saturating_sub(ease.years).max(18) } else { low };
    let high = (high + ease.years).min(99);
    match them.wishes.facts.age {
        Some(age) => (low..=high).contains(&age.years()),
        None => (low, high) == (18, 99),
    }
}

fn languages(ticket: &Ticket) -> Vec<Tongue> {
    let said: Vec<Tongue> = ticket.wishes.facts.languages.iter().collect();
    let read = match ticket.wishes.language {
        Language::En => "en",
        Language::Fa => "fa",
        Language::Ru => "ru",
        Language::Ar => "ar",
        Language::Tr => "tr",
        Language::Es => "es",
    };
    if said.is_empty() { vec![Tongue::new(read).unwrap()] } else { said }
}

fn near(me: &Ticket, them: &Ticket, widen: Widen) -> bool {
    let (mine, theirs) = (me.wishes.facts.place, them.wishes.facts.place);
    let Widen::Times(factor) = widen else { return true };
    let country = mine.country.is_some() && mine.country == theirs.country;
    let region = country && mine.region.is_some() && mine.region == theirs.region;
    let city = country && mine.city.is_some() && mine.city == theirs.city;
    let level = match me.wishes.wants.reach {
        Reach::Anywhere => return true,
        Reach::Within(km) => {
            let Some(km) = km.times(factor) else { return true };
            let spots = mine.spot.zip(theirs.spot);
            return spots.is_some_and(|(mine, theirs)| mine.within(theirs, km));
        }
        Reach::City => 0,
        Reach::Region => 1,
        Reach::Country => 2,
    };
    [city, region, country, true][usize::try_from(level + factor.ilog2()).unwrap().min(3)]
}
