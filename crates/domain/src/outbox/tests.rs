//! What an entry means to those before and behind it, and that all are read as they were stored.

use super::{Change, Content, Copy, Edit, Entry, Notice, Reference, Toast};
use crate::clock::Millis;
use crate::engine::Tried;
use crate::filter::Filter;
use crate::id::{BotId, MessageId, RoomId, TicketId, UpdateId, UserId};
use crate::message::MessageKind;
use crate::panel::{Page, Panel, Refusal, Spotted};
use crate::parcel::{Carry, Medium, Parcel, Traits};
use crate::premium::{Offer, Sale};
use crate::react::React;
use crate::reveal::{Concern, Reveal};
use crate::safety::{CaseId, Reason, Verdict};
use crate::source::Source;
use crate::wish::{AgeRange, CityId, Country, Place, Reach, Wants};

fn panel() -> Panel {
    let facts = crate::wish::Facts {
        age: crate::wish::Age::new(30).ok(),
        place: Place { country: Country::new("IR").ok(), city: Some(CityId(1)), ..Place::default() },
        ..Default::default()
    };
    let wants = Wants { ages: AgeRange::new(20, 30).unwrap(), ..Wants::default() };
    let places = vec![Spotted::City(CityId(1)), Spotted::Country(Country::new("IR").unwrap())];
    Panel {
        page: Page::Place,
        facts,
        wants,
        typing: true,
        required: true,
        kept: [Filter::Near].into_iter().collect(),
        places,
    }
}

fn goes_on(ticket: TicketId) -> Notice {
    let tried = Tried { reach: Some(Reach::Anywhere), ages: AgeRange::new(20, 35).ok(), ..Tried::default() };
    Notice::SearchGoesOn { ticket, tried, half_within: Some(90), can_widen: true }
}

#[test]
fn news_are_outdated_by_what_ends_a_search_and_by_newer_ones() {
    let ticket = TicketId { bot: BotId(1), update: UpdateId(2) };
    let (message, room) = (MessageId(5), RoomId(9));
    let news = goes_on(ticket).instead_of(message);
    for later in [
        Notice::Found { room },
        Notice::RoomBack { room },
        Notice::SearchCancelled,
        Notice::SearchGivenUp,
        Notice::YouLeft { room, searching: None },
    ] {
        let later = later.entry();
        assert!(later.outdates(&news), "{later:?}");
        assert!(!later.outdates(&Notice::Rules.instead_of(message)), "{later:?}");
        assert!(!later.outdates(&goes_on(ticket).entry()), "a message of its own stays");
    }
    assert!(Notice::SearchWidened { ticket }.instead_of(message).outdates(&news));
    assert!(!Notice::SearchWidened { ticket }.instead_of(MessageId(6)).outdates(&news));
    assert!(!Notice::Help.entry().outdates(&news));
    assert!(!Notice::StillSearching { ticket }.about(message).outdates(&news));
    let searching = Notice::YouLeft { room, searching: Some(ticket) };
    assert_eq!(searching.shows_search(), None, "it says which room ended");
}

fn photo(room: i64, message: i64, album: Option<&str>) -> Entry {
    let copy = Copy {
        from: UserId(5),
        bot: BotId(1),
        update: UpdateId(message),
        message: MessageId(message),
        kind: MessageKind::Photo,
        reply: None,
        album: album.map(Into::into),
        protect: false,
        at: Millis(9),
    };
    Entry { room: Some(RoomId(room)), content: Content::Copy(copy) }
}

#[test]
fn an_album_is_of_one_room_and_its_ids_grow() {
    let first = photo(9, 7, Some("a"));
    assert!(first.goes_with(&photo(9, 8, Some("a"))));
    for next in [
        photo(9, 8, Some("b")),
        photo(9, 8, None),
        photo(8, 8, Some("a")),
        photo(9, 7, Some("a")),
        photo(9, 6, Some("a")),
        Notice::Help.entry(),
    ] {
        assert!(!first.goes_with(&next), "{next:?}");
    }
    assert!(!photo(9, 7, None).goes_with(&photo(9, 8, None)), "what has no album is none");
}

/// Notices with what each can carry.
fn notices(room: RoomId, ticket: TicketId) -> Vec<Notice> {
    vec![
        Notice::Welcome,
        Notice::Maintenance,
        Notice::Searching { ticket },
        Notice::Found { room },
        Notice::RoomBack { room },
        Notice::PartnerLeft { room },
        Notice::YouLeft { room, searching: Some(ticket) },
        Notice::NotCopyable { kind: MessageKind::Story, reason: Some("because".into()) },
        Notice::OtherBot { bot: BotId(3) },
        Notice::YouBlocked { room },
        Notice::Blocked,
        Notice::Flooded { seconds: 15 },
        Notice::NotSoFast { seconds: 5 },
        Notice::Banned { until: Millis(4), room: None },
        Notice::Banned { until: Millis(4), room: Some(room) },
        Notice::ReportWhy { room, message: Some(MessageId(3)) },
        Notice::Case {
            case: CaseId::of(BotId(1), UpdateId(2)),
            reason: Reason::Sex,
            message: true,
            verdict: Some(Verdict::BanWeek),
        },
        Notice::Settings(panel()),
        Notice::Refused(Refusal::UpsideDown { from: 40, to: 20 }),
        Notice::Rules,
        Notice::JoinFirst { channel: "hamdam".into() },
        Notice::SendAnyway { room, message: MessageId(3), what: Reveal::Mention.into() },
        Notice::HeldBack { what: Concern::Repeat, new: true },
        Notice::ChangeHeldBack { what: Concern::Word },
        Notice::SentAnyway,
        Notice::Cleared { both: true },
        Notice::MyDataLater,
        Notice::ForgetMe { asked: Millis(4) },
        Notice::Forgotten { ban_stays: true },
        Notice::NotForgotten,
        Notice::Elsewhere { bot: BotId(3) },
        Notice::Invite { bot: BotId(3), source: Source::invitation("aB3"), invited: Some(2) },
        Notice::Sale(Sale::Offers {
            offers: vec![Offer::Monthly { stars: 5 }],
            kept: [Filter::City].into_iter().collect(),
            until: Some(Millis(4)),
        }),
        Notice::Sale(Sale::Unclear),
        goes_on(ticket),
    ]
}

#[test]
fn entries_are_read_as_they_were_stored() {
    let (room, ticket) = (RoomId(9), TicketId { bot: BotId(1), update: UpdateId(2) });
    let kind = MessageKind::Story;
    let notices = notices(room, ticket);
    let copy = Copy {
        from: UserId(5),
        bot: BotId(1),
        update: UpdateId(6),
        message: MessageId(7),
        kind,
        reply: Some(Reference::Own(MessageId(8))),
        album: Some("12".into()),
        protect: true,
        at: Millis(9),
    };
    let file = Change::File(Box::new(Medium {
        kind: MessageKind::Photo,
        id: "here".into(),
        unique: "everywhere".into(),
        size: None,
        caption: Some("c".into()),
        entities: None,
        above: true,
        spoiler: false,
        traits: Traits::default(),
    }));
    let change = Change::Text { text: "\u{6c7}".into(), entities: None };
    let edit =
        |change| Edit { from: UserId(5), bot: BotId(1), update: UpdateId(6), message: MessageId(7), change };
    let mut entries: Vec<_> = notices.iter().cloned().map(Notice::entry).collect();
    entries.extend(notices.iter().cloned().map(|notice| notice.instead_of(MessageId(1))));
    entries.extend(notices.into_iter().map(|notice| notice.about(MessageId(1))));
    let medium = Medium {
        kind: MessageKind::Voice,
        id: "here".into(),
        unique: "everywhere".into(),
        size: Some(9),
        caption: None,
        entities: Some("[]".into()),
        above: false,
        spoiler: true,
        traits: Traits { seconds: Some(4), ..Traits::default() },
    };
    let parcels = [
        Parcel::Text { text: "\u{6c7}".into(), entities: None },
        Parcel::Object { json: "{}".into() },
        Parcel::File(Box::new(medium)),
    ];
    entries.extend(parcels.map(|parcel| Entry {
        room: Some(room),
        content: Content::Carry(Carry { copy: copy.clone(), parcel }),
    }));
    entries.push(Entry { room: Some(room), content: Content::Copy(copy) });
    entries.push(Entry { room: Some(room), content: Content::Edit(edit(change)) });
    entries.push(Entry { room: Some(room), content: Content::Edit(edit(file)) });
    for (message, emoji) in
        [(Reference::Own(MessageId(7)), Some("❤".into())), (Reference::There(MessageId(8)), None)]
    {
        let react = React { from: UserId(5), message, emoji };
        entries.push(Entry { room: Some(room), content: Content::React(react) });
    }
    let (message, command) = (MessageId(7), MessageId(8));
    let retract = Content::Retract { from: UserId(5), bot: BotId(1), message, command };
    entries.push(Entry { room: Some(room), content: retract });
    let remove = Content::Remove { messages: vec![MessageId(7), MessageId(8)] };
    entries.push(Entry { room: None, content: remove });
    let answer = Content::AnswerCallback { query: "q".into(), toast: Some(Toast::Over) };
    entries.push(Entry { room: None, content: answer });
    entries.push(Entry { room: None, content: Content::MyData });
    entries
        .push(Entry { room: None, content: Content::Invoice { offer: Offer::Days { days: 30, stars: 5 } } });
    entries.push(Entry { room: None, content: Content::Show { from: UserId(5), message: MessageId(7) } });
    let toast = Some(Toast::Person { user: UserId(9) });
    entries.push(Entry { room: None, content: Content::AnswerCallback { query: "q".into(), toast } });
    let toast = Some(Toast::Refused(Refusal::TooManyInterests { given: 11 }));
    let answer = Content::AnswerCallback { query: "q".into(), toast };
    entries.push(Entry { room: None, content: answer });
    for entry in entries {
        let json = entry.to_json();
        assert_eq!(Entry::from_json(&json).expect(&json), entry);
    }
}
