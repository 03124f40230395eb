//! All that the bots may have to say, for tests that want each of it.

use hamdam_domain::engine::Tried;
use hamdam_domain::filter::{Filter, Filters};
use hamdam_domain::id::{MessageId, RoomId, TicketId, UpdateId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Notice;
use hamdam_domain::panel::{Page, Panel, Refusal, Spotted};
use hamdam_domain::premium::{Offer, Sale};
use hamdam_domain::reveal::{Concern, Reveal};
use hamdam_domain::safety::{CaseId, FOR_EVER, Reason, Verdict};
use hamdam_domain::source::Source;
use hamdam_domain::wish::{
    Age, AgeRange, CityId, Country, Facts, Gender, Genders, Interests, Kilometres, Mode, Place, Reach, Spot,
    Tongue, Tongues, Wants, Yields,
};

use crate::stage::{BOT, MESSAGE, NOW, OTHER_BOT, ROOM};

/// Every notice, and every form a notice takes by its arguments.
pub(super) fn notices() -> Vec<Notice> {
    let (room, ticket) = (RoomId(55), TicketId { bot: BOT, update: UpdateId(9) });
    let cannot = |kind, reason: Option<&str>| Notice::NotCopyable { kind, reason: reason.map(str::to_owned) };
    let mut all = vec![
        Notice::Welcome,
        Notice::Help,
        Notice::Searching { ticket },
        Notice::AlreadySearching { ticket },
        Notice::AlreadyChatting { room },
        Notice::Found { room },
        Notice::RoomBack { room },
        Notice::SearchCancelled,
        Notice::PartnerLeft { room },
        Notice::YouLeft { room, searching: None },
        Notice::YouLeft { room, searching: Some(ticket) },
        Notice::RoomClosed { room },
        Notice::YouBlocked { room },
        Notice::Blocked,
        Notice::NobodyToBlock,
        Notice::NothingToStop,
        Notice::NobodyListens,
        Notice::StillSearching { ticket },
        Notice::SlowDown,
        Notice::TooEarly,
        Notice::Busy,
        Notice::Flooded { seconds: 15 },
        Notice::NotSoFast { seconds: 1 },
        Notice::NotSoFast { seconds: 5 },
        Notice::NotSoFast { seconds: 20 },
        Notice::Maintenance,
        Notice::OtherBot { bot: BOT },
        Notice::OtherBot { bot: OTHER_BOT },
        Notice::UnknownCommand,
        Notice::Banned { until: NOW, room: None },
        Notice::Banned { until: FOR_EVER, room: Some(room) },
        Notice::Muted { until: NOW },
        Notice::Warned,
        Notice::Forgiven,
        Notice::NobodyToReport,
        Notice::ReportWhy { room, message: None },
        Notice::ReportWhy { room, message: Some(MessageId(31)) },
        Notice::Reported { room },
        cannot(MessageKind::Voice, Some("VOICE_MESSAGES_FORBIDDEN")),
        cannot(MessageKind::VideoNote, Some("user restricted receiving of video messages")),
        cannot(MessageKind::Sticker, Some("user restricted receiving of stickers")),
        cannot(MessageKind::Text, Some("message to copy not found")),
    ];
    let case = CaseId::of(BOT, UpdateId(9));
    for reason in Reason::ALL {
        all.push(Notice::Case { case, reason, message: reason == Reason::Spam, verdict: None });
    }
    for verdict in Verdict::OFFERED.into_iter().chain([Verdict::Ban]) {
        all.push(Notice::Case { case, reason: Reason::Other, message: false, verdict: Some(verdict) });
    }
    all.extend(lasting(ticket));
    all.extend([Notice::SearchWidened { ticket }, Notice::SearchGivenUp, Notice::Rules]);
    all.extend([BOT, OTHER_BOT].map(|bot| Notice::Elsewhere { bot }));
    all.push(Notice::JoinFirst { channel: "hamdam_news".to_owned() });
    let refusals = [
        Refusal::Age,
        Refusal::Ages,
        Refusal::UpsideDown { from: 40, to: 20 },
        Refusal::Place,
        Refusal::NoPlace,
        Refusal::TooManyInterests { given: 500 },
        Refusal::TooManyLanguages,
        Refusal::Interests,
        Refusal::ForPremium,
    ];
    all.extend(refusals.map(Notice::Refused));
    for what in Reveal::ALL.map(Concern::Reveals).into_iter().chain([Concern::Word, Concern::Repeat]) {
        all.push(Notice::SendAnyway { room: ROOM, message: MESSAGE, what });
        all.extend([true, false].map(|new| Notice::HeldBack { what, new }));
        all.push(Notice::ChangeHeldBack { what });
    }
    all.extend([Notice::SentAnyway, Notice::MyDataLater, Notice::ForgetMe { asked: NOW }]);
    all.extend([false, true].map(|ban_stays| Notice::Forgotten { ban_stays }));
    all.push(Notice::NotForgotten);
    all.push(Notice::AlbumInPart);
    all.extend(
        [MessageKind::Dice, MessageKind::Poll, MessageKind::Location].map(|kind| Notice::CopiedAnew { kind }),
    );
    all.extend([Notice::DeleteWhich, Notice::DeletedHere, Notice::ClearRunning]);
    all.extend([true, false].map(|both| Notice::Cleared { both }));
    all.extend([Notice::NothingToClear, Notice::ClearLater]);
    for (bot, invited) in [(BOT, None), (BOT, Some(0)), (BOT, Some(1)), (BOT, Some(12)), (OTHER_BOT, None)] {
        all.push(Notice::Invite { bot, source: Source::invitation("aB3"), invited });
    }
    all.extend(sales().map(Notice::Sale));
    all.extend(pages());
    let uncopyable = MessageKind::ALL.iter().filter(|kind| !kind.copyable());
    all.extend(uncopyable.chain([&MessageKind::Poll]).map(|kind| cannot(*kind, None)));
    all
}

/// All that is said while a search goes on.
fn lasting(ticket: TicketId) -> [Notice; 4] {
    let tried = Tried {
        reach: Some(Reach::Anywhere),
        ages: AgeRange::new(20, 35).ok(),
        any_language: true,
        any_gender: true,
    };
    [
        (Tried::default(), None, false),
        (tried, Some(30), true),
        (tried, Some(61), true),
        (tried, Some(60), true),
    ]
    .map(|(tried, half_within, can_widen)| Notice::SearchGoesOn {
        ticket,
        tried,
        half_within,
        can_widen,
    })
}

/// All that is said about premium.
fn sales() -> [Sale; 12] {
    let offers = [1, 2, 7, 21, 90]
        .map(|days| Offer::Days { days, stars: 150 })
        .into_iter()
        .chain([Offer::Monthly { stars: 120 }]);
    let offers: Vec<_> = offers.collect();
    let link = Some("https://t.me/$invoice".to_owned());
    [
        Sale::Offers { offers: offers.clone(), kept: Filter::ALL.into_iter().collect(), until: None },
        Sale::Offers { offers: offers[..1].to_vec(), kept: Filters::default(), until: Some(NOW) },
        Sale::Subscribe { stars: 120, link },
        Sale::Subscribe { stars: 120, link: None },
        Sale::Paid { until: NOW },
        Sale::Unclear,
        Sale::Lapsed,
        Sale::Returned { until: None },
        Sale::Returned { until: Some(NOW) },
        Sale::Support { contact: "@somebody".to_owned() },
        Sale::Terms { own: None },
        Sale::Terms { own: Some("https://example.org/terms".to_owned()) },
    ]
}

/// Every page, of somebody who told nothing and of somebody who told all.
fn pages() -> Vec<Notice> {
    let place = Place {
        country: Country::new("IR").ok(),
        city: Some(CityId(1)),
        spot: Spot::new(35.7, 51.4).ok(),
        ..Place::default()
    };
    let facts = Facts {
        gender: Some(Gender::Female),
        age: Age::new(30).ok(),
        languages: Tongues::new(&["fa", "en"].map(|code| Tongue::new(code).unwrap())).unwrap(),
        place,
        interests: Interests::of_texts(["music", "books"]).unwrap(),
        ..Facts::default()
    };
    let wants = Wants {
        genders: Genders::only(Gender::Male).with(Gender::Other),
        ages: AgeRange::new(25, 34).unwrap(),
        reach: Reach::Within(Kilometres::new(50).unwrap()),
        same_language: true,
        mode: Mode::Protected,
        yields: Yields { gender: true, age: true },
        ..Wants::default()
    };
    let plain = |page| {
        let (facts, wants, places) = (Facts::default(), Wants::default(), Vec::new());
        Panel { page, facts, wants, typing: true, required: false, kept: Filters::default(), places }
    };
    let mut panels: Vec<_> = Page::ALL.map(plain).to_vec();
    panels.extend(Page::ALL.map(|page| Panel { facts, wants, typing: false, ..plain(page) }));
    panels.extend([Page::Gender, Page::Age].map(|page| Panel { required: true, ..plain(page) }));
    let places = vec![Spotted::City(CityId(2)), Spotted::Country(Country::new("TR").unwrap())];
    panels.push(Panel { places, ..plain(Page::Place) });
    let kept: Filters = [Filter::Near, Filter::City, Filter::Gender, Filter::Ages].into_iter().collect();
    panels.extend([Page::Wanted, Page::Ages, Page::Reach].map(|page| Panel {
        facts,
        wants,
        kept,
        ..plain(page)
    }));
    panels.into_iter().map(Notice::Settings).collect()
}
