//! What is sold.

use hamdam_bot::Premium;
use hamdam_domain::filter::{Filter, Filters};
use hamdam_domain::premium::Offer;

use super::Settings;

/// So many offers fit under one another without hiding anything.
const MOST_OFFERS: usize = 8;
/// Characters: the texts around it stay within one message.
const LONGEST: usize = 1_000;

/// Reads the section.
pub(super) fn read(settings: &mut Settings) -> Premium {
    let mend = "Name DAYS:STARS or monthly:STARS, with commas between, such as 7:50,30:150,monthly:120; at most 8, of 1 to 3650 days and 1 to 10000 Stars.";
    let offers = settings.parsed("PREMIUM_OFFERS", mend, offers).unwrap_or_default();
    let mend = format!("Keep it below {LONGEST} characters; a link may lead to more.");
    let short = |text: &str| (text.chars().count() <= LONGEST).then(|| text.to_owned());
    let support = settings.parsed("PREMIUM_SUPPORT", &mend, short);
    let terms = settings.parsed("PREMIUM_TERMS", &mend, short);
    if !offers.is_empty() && !settings.has("PREMIUM_SUPPORT") {
        settings.mistake(
            "PREMIUM_OFFERS",
            "is given, and PREMIUM_SUPPORT is not",
            "Say in PREMIUM_SUPPORT who helps with payments, such as @name: Telegram requires it of a bot that sells.",
        );
    }
    let mend = "Name some of near, distance, city, gender, ages, interests, with commas between, or none.";
    let filters = settings.with_default("PREMIUM_FILTERS", mend, filters);
    Premium { offers, filters, support, terms }
}

fn filters(text: &str) -> Option<Filters> {
    if text == "none" {
        return Some(Filters::default());
    }
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| Filter::ALL.into_iter().find(|filter| filter.word() == word)).collect()
}

fn offers(text: &str) -> Option<Vec<Offer>> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let offers: Vec<Offer> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let twice = offers.iter().enumerate().any(|(place, offer)| offers[..place].contains(offer));
    ((1..=MOST_OFFERS).contains(&offers.len()) && !twice).then_some(offers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_named_by_words_and_the_tables_default_is_the_bots() {
        let default = super::super::Variable::named("PREMIUM_FILTERS").default.unwrap();
        assert_eq!(filters(default), Some(Premium::default().filters));
        assert_eq!(filters("gender, ages").map(|kept| kept.iter().count()), Some(2));
        assert_eq!(filters("none"), Some(Filters::default()));
        assert_eq!(filters("near,shoes"), None);
    }

    #[test]
    fn offers_stay_in_the_order_in_which_they_are_given() {
        let given = [Offer::Days { days: 30, stars: 150 }, Offer::Monthly { stars: 120 }];
        assert_eq!(offers("30:150, monthly:120,"), Some(given.to_vec()));
        for wrong in [",", "30", "30:150,30:150", "30:0", "1:1,2:1,3:1,4:1,5:1,6:1,7:1,8:1,9:1"] {
            assert_eq!(offers(wrong), None, "{wrong}");
        }
    }
}
