//! What people tell of themselves: pages, buttons, typed answers, and what they owe before they search.

use hamdam_bot::{Answer, Button, Choice, Command, Incoming, Input, Plan, Required, Settings};
use hamdam_domain::fact::Fact;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Notice, Toast};
use hamdam_domain::panel::{Dialogue, Page, Panel, Refusal, Spotted};
use hamdam_domain::profile::Profile;
use hamdam_domain::record::Record;
use hamdam_domain::session::Session;
use hamdam_domain::wish::{
    Age, AgeRange, CityId, Country, Gender, Genders, Interests, Mode, Reach, Spot, Tongue,
};

use crate::stage::{
    BOT, MESSAGE, NEXT, OTHER_BOT, PRESSED, chatting, held, idle, line, plan, plan_by, plan_under, press,
    record, stub, text, waiting,
};

fn command(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

fn location(latitude: f64, longitude: f64) -> Input {
    let answer = Spot::new(latitude, longitude).ok().map(Answer::Location);
    Input::Message(Incoming {
        message: MESSAGE,
        kind: MessageKind::Location,
        reply: None,
        album: None,
        live: false,
        answer,
    })
}

/// Somebody whom a page asked something.
fn asked(session: Session, dialogue: Dialogue) -> Record {
    Record { dialogue: Some(dialogue), ..record(session) }
}

/// The data of a button, as Telegram brings it back.
fn data(data: &str) -> Input {
    press(Button::parse(data).unwrap_or_else(|| panic!("{data} is no button")))
}

/// The profile after a plan.
fn made(plan: &Plan) -> Profile {
    let Plan::Act { act, .. } = plan else { panic!("{plan:?}") };
    let profile = act.profile.clone().unwrap_or_else(|| panic!("nothing was told: {act:?}"));
    assert!(
        act.facts.iter().any(|fact| matches!(fact, Fact::Profile { profile: told, .. } if *told == profile))
    );
    profile
}

fn panel(plan: &Plan) -> Panel {
    let Plan::Act { act, .. } = plan else { panic!("{plan:?}") };
    let panel = act.entries.iter().find_map(|(_, entry)| match &entry.content {
        Content::Notice(Notice::Settings(panel))
        | Content::Redraw { notice: Notice::Settings(panel), .. } => Some(panel.clone()),
        _ => None,
    });
    panel.unwrap_or_else(|| panic!("no page: {act:?}"))
}

/// Why an answer was not taken, told as a reply to it.
fn refused(plan: &Plan) -> Refusal {
    let Plan::Act { act, .. } = plan else { panic!("{plan:?}") };
    assert_eq!((act.profile.as_ref(), act.session.as_ref()), (None, None), "nothing changed");
    match &act.entries[..] {
        [(_, entry)] => match &entry.content {
            Content::Answer { message: MESSAGE, notice: Notice::Refused(refusal) } => *refusal,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_page_that_asks_listens_to_texts_outside_of_rooms_and_only_there() {
    for (page, asks) in
        [("page:age", "Age"), ("page:place", "Place"), ("page:tags", "Interests"), ("page:ages", "Ages")]
    {
        for session in [idle(), waiting(), held()] {
            let open = plan(&record(session), data(page));
            assert!(line(&open).ends_with(&format!(" asks {asks}")), "{}", line(&open));
            assert!(panel(&open).typing);
        }
        let open = plan(&record(chatting()), data(page));
        assert!(!line(&open).contains("asks") && !panel(&open).typing, "{}", line(&open));
    }
    assert_eq!(line(&plan(&record(idle()), data("page:gender"))), "stay: press =Gender");
}

#[test]
fn a_dialogue_ends_with_the_next_command_or_button() {
    for input in [command(Command::Help), data("page:home"), data("help"), Input::Blocked] {
        let plan = plan(&asked(idle(), Dialogue::Age), input.clone());
        assert!(line(&plan).ends_with(" asks nothing"), "{input:?}: {}", line(&plan));
    }
    assert_eq!(
        line(&plan(&asked(idle(), Dialogue::Age), data("page:place"))),
        "stay: press =Place asks Place"
    );
    let searching = line(&plan(&asked(idle(), Dialogue::Age), command(Command::Search)));
    assert_eq!(searching, "?waiting*: Searching asks nothing > add ticket");
    let edited = Input::Edit { message: MESSAGE, change: None };
    assert_eq!(line(&plan(&asked(idle(), Dialogue::Age), edited)), "stay: -");
}

#[test]
fn in_a_room_a_text_is_for_the_partner_whatever_was_asked_before() {
    for dialogue in Dialogue::ALL {
        assert_eq!(line(&plan(&asked(chatting(), dialogue), text("25"))), "relay copy");
    }
    let elsewhere = plan_by(&asked(chatting(), Dialogue::Age), text("25"), OTHER_BOT, NEXT);
    assert_eq!(line(&elsewhere), "stay: ~OtherBot@");
}

#[test]
fn typed_answers_are_taken_in_any_digits_and_any_spelling() {
    let answer = |dialogue, input| made(&plan(&asked(idle(), dialogue), input));
    assert_eq!(answer(Dialogue::Age, text("۲۵")).facts.age.map(u8::from), Some(25));
    assert_eq!(answer(Dialogue::Ages, text("٢٠-٣٠")).wants.ages, AgeRange::new(20, 30).unwrap());
    let interests = answer(Dialogue::Interests, text("Music، فیلم")).facts.interests;
    assert_eq!(interests, Interests::of_texts(["music", "films"]).unwrap());
    let iran = Country::new("IR").ok();
    for name in ["تهران", "طهران", "tehran"] {
        let place = answer(Dialogue::Place, text(name)).facts.place;
        assert_eq!((place.country, place.city), (iran, Some(CityId(1))), "{name}");
    }
    assert_eq!(answer(Dialogue::Place, text("إيران")).facts.place.city, None);
    let shared = answer(Dialogue::Place, location(35.7, 51.4)).facts.place;
    assert_eq!((shared.city, shared.spot), (Some(CityId(1)), Spot::new(35.7, 51.4).ok()));
    let told = plan(&asked(idle(), Dialogue::Age), text("25"));
    assert_eq!(
        line(&told),
        "stay: Home asks nothing",
        "the page is a message of its own; what was asked is over"
    );
}

#[test]
fn what_cannot_be_taken_is_answered_with_what_is_allowed_and_asked_on() {
    for (dialogue, typed, why) in [
        (Dialogue::Age, "5", Refusal::Age),
        (Dialogue::Age, "۱۷", Refusal::Age),
        (Dialogue::Age, "100", Refusal::Age),
        (Dialogue::Age, "not telling", Refusal::Age),
        (Dialogue::Ages, "40-20", Refusal::UpsideDown { from: 40, to: 20 }),
        (Dialogue::Ages, "5-20", Refusal::Ages),
        (Dialogue::Place, "Atlantis", Refusal::Place),
        (Dialogue::Place, "\u{202e}\u{200d}\u{feff}", Refusal::Place),
        (Dialogue::Interests, "underwater knitting", Refusal::Interests),
    ] {
        let plan = plan(&asked(idle(), dialogue), text(typed));
        assert_eq!(refused(&plan), why, "{typed}");
        assert!(!line(&plan).contains("asks"), "the next text may be a better one");
    }
    let many = text(&vec!["music"; 500].join(", "));
    let why = refused(&plan(&asked(idle(), Dialogue::Interests), many));
    assert_eq!(why, Refusal::TooManyInterests { given: 500 });
}

#[test]
fn what_is_no_answer_is_what_it_always_was() {
    let photo = Input::Message(Incoming {
        message: MESSAGE,
        kind: MessageKind::Photo,
        reply: None,
        album: None,
        live: false,
        answer: None,
    });
    assert_eq!(line(&plan(&asked(idle(), Dialogue::Age), photo)), "stay: ~NobodyListens");
    assert_eq!(line(&plan(&asked(idle(), Dialogue::Age), location(1.0, 2.0))), "stay: ~NobodyListens");
    assert_eq!(line(&plan(&record(idle()), text("25"))), "stay: ~NobodyListens", "nobody asked");
    assert_eq!(line(&plan(&record(waiting()), text("25"))), "stay: ~StillSearching");
}

#[test]
fn of_several_places_of_a_name_one_is_chosen() {
    let several = plan(&asked(idle(), Dialogue::Place), text("san"));
    assert_eq!(line(&several), "stay: Place asks Place");
    let places = panel(&several).places;
    assert!(places.len() > 1 && places.len() <= 8);
    let Some(Spotted::City(city)) = places.first() else { panic!("{places:?}") };
    let chosen = made(&plan(&record(idle()), data(&format!("set:city:{}", city.0))));
    assert_eq!(chosen.facts.place.city, Some(*city));
}

#[test]
fn buttons_choose_what_they_say() {
    let chosen = |input: &str| made(&plan(&record(idle()), data(input)));
    assert_eq!(chosen("set:gender:f").facts.gender, Some(Gender::Female));
    assert_eq!(chosen("set:country:TR").facts.place.country, Country::new("TR").ok());
    assert_eq!(chosen("set:want:m:1").wants.genders, Genders::only(Gender::Male));
    assert_eq!(chosen("set:ages:25-34").wants.ages, AgeRange::new(25, 34).unwrap());
    assert_eq!(chosen("set:protect:1").wants.mode, Mode::Protected);
    assert!(chosen("set:yield:gender:1").wants.yields.gender);
    assert!(chosen("set:yield:age:1").wants.yields.age);
    assert!(chosen("set:same:1").wants.same_language);
    assert!(chosen("set:speak:fa:1").facts.languages.iter().eq([Tongue::new("fa").unwrap()]));
    assert_eq!(chosen("set:tag:music:1").facts.interests, Interests::of_texts(["music"]).unwrap());

    let mut told = record(idle());
    told.profile = chosen("set:city:1");
    assert_eq!(made(&plan(&told, data("set:reach:50"))).wants.reach, reach(50));
    told.profile.wants.reach = Reach::City;
    let moved = made(&plan(&told, data("set:country:TR")));
    assert_eq!(moved.wants.reach, Reach::Anywhere, "of a country no city is near");
    let nowhere = made(&plan(&told, data("set:place:-")));
    assert_eq!((nowhere.facts.place, nowhere.wants.reach), Default::default());
    told.profile.facts.age = Age::new(30).ok();
    assert_eq!(made(&plan(&told, data("set:age:-"))).facts.age, None);
    told.profile.wants.genders = Genders::only(Gender::Male);
    let both = made(&plan(&told, data("set:want:f:1"))).wants.genders;
    assert_eq!(both, Genders::only(Gender::Male).with(Gender::Female));
    assert_eq!(
        made(&plan(&told, data("set:want:m:0"))).wants.genders,
        Genders::ALL,
        "nobody wishes for nobody"
    );
    assert_eq!(made(&plan(&told, data("set:want:-"))).wants.genders, Genders::ALL);
}

fn reach(km: u32) -> Reach {
    Reach::Within(hamdam_domain::wish::Kilometres::new(km).unwrap())
}

#[test]
fn a_choice_beyond_what_is_allowed_is_told_over_the_chat() {
    let toast = |plan: Plan| match plan {
        Plan::Act { act, .. } => match &act.entries[0].1.content {
            Content::AnswerCallback { toast: Some(Toast::Refused(refusal)), .. } => *refusal,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let words =
        ["music", "films", "series", "books", "poetry", "games", "football", "sport", "fitness", "travel"];
    let mut full = record(idle());
    full.profile.facts.interests = Interests::of_texts(words).unwrap();
    let eleventh = plan(&full, data("set:tag:art:1"));
    assert_eq!(line(&eleventh), "stay: refused");
    assert_eq!(toast(eleventh), Refusal::TooManyInterests { given: 11 });
    assert_eq!(line(&plan(&full, data("set:tag:music:0"))), "stay: press =Interests asks Interests");
    assert_eq!(toast(plan(&record(idle()), data("set:reach:city"))), Refusal::NoPlace);
    for code in ["fa", "en", "ar", "tr"] {
        full.profile = made(&plan(&full, data(&format!("set:speak:{code}:1"))));
    }
    assert_eq!(toast(plan(&full, data("set:speak:ru:1"))), Refusal::TooManyLanguages);
}

#[test]
fn forged_and_strange_data_is_no_button_or_says_what_it_says() {
    let long = "x".repeat(64);
    for forged in [
        "set",
        "set:",
        "set:gender",
        "set:gender:x",
        "set:gender:f:1",
        "set:ages:5-20",
        "set:ages:40-20",
        "set:ages:-5",
        "set:city:999999",
        "set:city:-1",
        "set:country:ZZ",
        "set:tag:poison:1",
        "set:tag:-:1",
        "set:reach:0",
        "set:reach:20001",
        "set:reach:-1",
        "set:yield:trust:1",
        "set:trust:n",
        "set:class:9",
        "set:speak:x1:1",
        "set:protect:yes",
        "page:",
        "page:admin",
        "agree:1",
        "widen:7",
        "widen:x:y",
        &long,
        "set:gender:\u{202e}",
        "set:want:f:2",
    ] {
        assert_eq!(Button::parse(forged), None, "{forged}");
    }
    let strange = Input::Press { query: "q".into(), message: PRESSED, button: None };
    assert_eq!(line(&plan(&record(idle()), strange)), "stay: over");
}

#[test]
fn every_choice_fits_telegrams_64_bytes_and_comes_back() {
    let far = reach(20_000);
    for choice in [
        Choice::Gender(None),
        Choice::NoAge,
        Choice::Speaks(Tongue::new("fa").unwrap(), false),
        Choice::Place(Some(Spotted::City(CityId(1)))),
        Choice::Place(None),
        Choice::Ages(AgeRange::ANY),
        Choice::Ages(AgeRange::new(18, 24).unwrap()),
        Choice::Reach(far),
        Choice::Reach(Reach::Anywhere),
        Choice::WantsAll,
    ] {
        let written = Button::Choose(choice).to_string();
        assert!(written.len() <= 64, "{written}");
        assert_eq!(Button::parse(&written), Some(Button::Choose(choice)), "{written}");
    }
    for page in Page::ALL {
        let written = Button::Page(page).to_string();
        assert_eq!(Button::parse(&written), Some(Button::Page(page)), "{written}");
    }
}

#[test]
fn who_waits_goes_on_with_the_new_wishes_at_the_next_attempt() {
    let changed = plan(&record(waiting()), data("set:want:f:1"));
    assert_eq!(line(&changed), "waiting: press =Wanted > add ticket");
    let Plan::Act { act, then: Some(ticket), .. } = &changed else { panic!() };
    let Some(Session::Waiting(on)) = &act.session else { panic!() };
    assert_eq!((on.ticket, on.attempt, on.waiting_since), (stub().ticket, 3, stub().waiting_since));
    assert_eq!((ticket.claimant.attempt, ticket.wishes.wants.genders), (3, Genders::only(Gender::Female)));
    assert!(!act.begins, "it is the same search");
    let same = line(&plan(&record(waiting()), data("set:want:-")));
    assert_eq!(same, "stay: press =Wanted", "nothing changed");
    let taken = line(&plan(&record(held()), data("set:want:f:1")));
    assert_eq!(taken, "stay: press =Wanted", "if they are released, their wishes are read anew");
}

#[test]
fn a_widened_search_says_so_on_its_ticket_and_the_next_one_begins_anew() {
    let widened = plan(&record(waiting()), press(Button::Widen(stub().ticket)));
    let Plan::Act { then: Some(ticket), .. } = &widened else { panic!() };
    assert!(ticket.wishes.wants.widened && made(&widened).wants.widened);
    let mut again = record(idle());
    again.profile = made(&widened);
    let next = plan(&again, command(Command::Search));
    let Plan::Act { then: Some(ticket), .. } = &next else { panic!() };
    assert!(!ticket.wishes.wants.widened && !made(&next).wants.widened);
}

fn house(adults_only: bool, required: Required) -> Settings {
    Settings { adults_only, required, ..Settings::default() }
}

#[test]
fn rules_are_agreed_to_before_the_first_search() {
    let strict = house(true, Required::default());
    let told = |record: &Record, input| plan_under(record, input, BOT, NEXT, &strict);
    let new = record(idle());
    for input in [command(Command::Start), command(Command::Search), command(Command::Next)] {
        assert_eq!(line(&told(&new, input.clone())), "stay: Rules", "{input:?}");
    }
    assert_eq!(line(&told(&new, data("search:0"))), "stay: press Rules");
    let agreed = told(&new, data("agree"));
    assert_eq!(line(&agreed), "stay: press =Home");
    assert!(made(&agreed).facts.agreed);
    let known = Record { profile: made(&agreed), ..record(idle()) };
    assert_eq!(line(&told(&known, command(Command::Start))), "stay: Welcome");
    assert_eq!(line(&told(&known, command(Command::Search))), "?waiting*: Searching > add ticket");
    // Leaving is always possible; only the search waits.
    let leaves = line(&told(&record(chatting()), command(Command::Next)));
    assert_eq!(leaves, "end partner > idle*: YouLeft Rules");
}

#[test]
fn what_is_required_is_asked_one_by_one_and_then_all_is_open() {
    let strict = house(true, Required { gender: true, age: true, place: false });
    let told = |record: &Record, input| plan_under(record, input, BOT, NEXT, &strict);
    let mut new = record(idle());
    let steps = [
        (data("agree"), "stay: press =Gender"),
        (data("set:gender:o"), "stay: press =Age asks Age"),
        (text("31"), "stay: Home asks nothing"),
    ];
    for (input, wanted) in steps {
        let step = told(&new, input);
        assert_eq!(line(&step), wanted);
        assert_eq!(panel(&step).required, panel(&step).page != Page::Home);
        new.profile = made(&step);
        new.dialogue = (panel(&step).page == Page::Age).then_some(Dialogue::Age);
    }
    assert_eq!(line(&told(&new, command(Command::Search))), "?waiting*: Searching > add ticket");
    new.profile.facts.age = None;
    assert_eq!(line(&told(&new, command(Command::Search))), "stay: Age asks Age");
}

#[test]
fn protected_content_is_copied_so() {
    let mut protecting = record(chatting());
    for (mode, protect) in [(Mode::Open, false), (Mode::Protected, true)] {
        protecting.profile.wants.mode = mode;
        let Plan::Relay(relaying) = plan(&protecting, text("hello")) else { panic!() };
        let Content::Copy(copy) = &relaying.entry.content else { panic!() };
        assert_eq!(copy.protect, protect);
    }
}
