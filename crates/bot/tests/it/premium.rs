//! What is sold to whom.

use hamdam_bot::{Button, Choice, Command, Input, Plan, Premium, Settings};
use hamdam_domain::clock::Millis;
use hamdam_domain::filter::Filter;
use hamdam_domain::panel::Dialogue;
use hamdam_domain::premium::Offer;
use hamdam_domain::record::Record;
use hamdam_domain::safety::FOR_EVER;
use hamdam_domain::session::Session;
use hamdam_domain::wish::{Class, Kilometres, Reach, Spot};

use crate::stage::{BOT, MESSAGE, NEXT, NOW, chatting, idle, line, plan_under, press, record, text, waiting};

const DAYS: Offer = Offer::Days { days: 30, stars: 150 };
const MONTHLY: Offer = Offer::Monthly { stars: 120 };

fn shop() -> Settings {
    let premium =
        Premium { offers: vec![DAYS, MONTHLY], support: Some("@help".into()), ..Premium::default() };
    Settings { premium, ..Settings::default() }
}

fn comes_to(record: &Record, input: Input, settings: &Settings) -> String {
    line(&plan_under(record, input, BOT, NEXT, settings))
}

fn says(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

#[test]
fn offers_are_shown_wherever_their_reader_stands() {
    for session in [idle(), waiting(), chatting()] {
        let record = record(session);
        assert_eq!(comes_to(&record, says(Command::Premium), &shop()), "stay: Offers");
        assert_eq!(comes_to(&record, says(Command::PaySupport), &shop()), "stay: Support");
        assert_eq!(comes_to(&record, says(Command::Terms), &shop()), "stay: Terms");
        assert_eq!(comes_to(&record, press(Button::Buy(DAYS)), &shop()), "stay: press Invoice(30:150)");
        assert_eq!(comes_to(&record, press(Button::Buy(MONTHLY)), &shop()), "stay: press Subscribe");
    }
}

#[test]
fn what_is_sold_no_more_is_over_and_support_stays() {
    let closed = Settings {
        premium: Premium { support: Some("@help".into()), ..Premium::default() },
        ..Settings::default()
    };
    let idle = record(idle());
    assert_eq!(comes_to(&idle, press(Button::Buy(DAYS)), &closed), "stay: over");
    assert_eq!(comes_to(&idle, says(Command::Premium), &closed), "stay: ~UnknownCommand");
    assert_eq!(comes_to(&idle, says(Command::PaySupport), &closed), "stay: Support");
    let other = Button::Buy(Offer::Days { days: 30, stars: 1 });
    assert_eq!(comes_to(&idle, press(other), &shop()), "stay: over", "an old price");
}

#[test]
fn nothing_is_sold_to_who_is_kept_out() {
    let mut banned = record(idle());
    banned.profile.banned_until = Some(FOR_EVER);
    assert_eq!(comes_to(&banned, says(Command::Premium), &shop()), "stay: Banned");
    assert_eq!(comes_to(&banned, press(Button::Buy(DAYS)), &shop()), "stay: press Banned");
    banned.profile.banned_until = Some(Millis(NOW.0 - 1));
    assert_eq!(comes_to(&banned, says(Command::Premium), &shop()), "stay: Offers");
}

/// Somebody who has premium until then.
fn paying(session: Session, until: Millis) -> Record {
    Record { premium_until: Some(until), ..record(session) }
}

fn within(km: u32) -> Reach {
    Reach::Within(Kilometres::new(km).unwrap())
}

/// The same, looking this near.
fn near(mut record: Record, reach: Reach) -> Record {
    record.profile.facts.place.spot = Spot::new(35.7, 51.4).ok();
    record.profile.wants.reach = reach;
    record
}

#[test]
fn wishes_that_come_with_premium_are_taken_from_who_has_it() {
    let chooses = press(Button::Choose(Choice::Reach(within(5))));
    let ended = Millis(NOW.0 - 1);
    for (until, expected) in [(Millis(NOW.0 + 1), "stay: press =Home"), (ended, "stay: refused")] {
        let record = near(paying(idle(), until), Reach::Anywhere);
        assert_eq!(comes_to(&record, chooses.clone(), &shop()), expected);
    }
    let anybody = near(record(idle()), Reach::Anywhere);
    let free = press(Button::Choose(Choice::Reach(within(20))));
    assert_eq!(comes_to(&anybody, free, &shop()), "stay: press =Home");
    let choosy = Premium { filters: [Filter::Ages].into_iter().collect(), ..shop().premium };
    let choosy = Settings { premium: choosy, ..Settings::default() };
    let mut asked = record(idle());
    asked.dialogue = Some(Dialogue::Ages);
    assert_eq!(comes_to(&asked, text("20-30"), &choosy), "stay: ~Refused");
    assert_eq!(comes_to(&asked, text("20-30"), &shop()), "stay: Home asks nothing");
}

#[test]
fn what_came_with_premium_is_off_at_the_first_search_without_it() {
    let searches = || says(Command::Search);
    let lasts = near(paying(idle(), Millis(NOW.0 + 1)), within(5));
    let over = near(paying(idle(), Millis(NOW.0 - 1)), within(5));
    let reach = |record: &Record| match plan_under(record, searches(), BOT, NEXT, &shop()) {
        Plan::Act { then: Some(ticket), .. } => (ticket.wishes.wants.reach, ticket.wishes.facts.class),
        other => panic!("{other:?}"),
    };
    assert_eq!(reach(&lasts), (within(5), Class::PREMIUM));
    assert_eq!(reach(&over), (within(20), Class(0)));
    assert_eq!(comes_to(&lasts, searches(), &shop()), "?waiting*: Searching > add ticket");
    let told = comes_to(&over, searches(), &shop());
    assert!(told.contains("Searching") && told.contains("Lapsed"), "{told}");
}
