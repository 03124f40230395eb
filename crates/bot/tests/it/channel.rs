//! A channel that people are to be in before they search.

use std::time::Duration;

use hamdam_bot::{Button, Channel, Command, Heard, Input, Membership, Plan, Scene, Settings, decide};
use hamdam_domain::id::RoomId;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Notice;
use hamdam_domain::record::{Joined, Record};

use crate::stage::{
    BOT, MESSAGE, NEXT, NOW, ROOM, chatting, idle, line, message, press, record, said, update, waiting,
};

fn command(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

fn plan(record: &Record, input: Input, membership: Membership, settings: &Settings) -> Plan {
    let said = said(input);
    let by = update(said.queue, BOT, NEXT);
    decide(&Scene {
        said: &said,
        heard: Heard::default(),
        membership,
        message: None,
        update: &by,
        record,
        now: NOW,
        settings,
        invited: None,
        elsewhere: None,
        link: None,
        maintenance: None,
    })
}

fn house() -> Settings {
    Settings { channel: Channel::of_text("@hamdam_news"), ..Settings::default() }
}

#[test]
fn channels_are_named_as_people_name_them() {
    let name = |text| Channel::of_text(text).map(|channel| channel.to_string());
    assert_eq!(name("@hamdam_news"), Some("@hamdam_news".to_owned()));
    assert_eq!(name("https://t.me/hamdam_news"), Some("@hamdam_news".to_owned()));
    for wrong in
        ["hamdam", "@", "@abc", "@1abcd", "@ham dam", "@ham-dam", "-1001234", "https://example.org/x"]
    {
        assert_eq!(name(wrong), None, "{wrong}");
    }
}

#[test]
fn who_is_not_in_joins_first() {
    let (out, house) = (Membership::told(Some(false), NOW), house());
    let says = |record: &Record, input| line(&plan(record, input, out, &house));
    assert_eq!(says(&record(idle()), command(Command::Start(None))), "stay: JoinFirst");
    assert_eq!(says(&record(idle()), command(Command::Search)), "stay: JoinFirst");
    assert_eq!(says(&record(idle()), press(Button::Search(None))), "stay: press JoinFirst");
    assert_eq!(says(&record(idle()), press(Button::Joined)), "stay: not joined");
    assert_eq!(says(&record(chatting()), command(Command::Next)), "end partner > idle*: YouLeft JoinFirst");
    assert_eq!(says(&record(chatting()), message(MessageKind::Text)), "relay copy", "never in a room");
    let Plan::Act { act, .. } = plan(&record(idle()), command(Command::Search), out, &house) else {
        panic!()
    };
    let joined = act.joined.unwrap();
    assert_eq!((joined.member, joined.until), (false, NOW.after(Duration::from_secs(5))));
    assert_eq!(act.entries[0].1, Notice::JoinFirst { channel: "hamdam_news".into() }.entry());
}

#[test]
fn who_is_in_or_cannot_be_told_searches() {
    let house = house();
    for (answer, lasts) in [(Some(true), Duration::from_hours(6)), (None, Duration::from_mins(1))] {
        let plan = plan(&record(idle()), press(Button::Joined), Membership::told(answer, NOW), &house);
        assert_eq!(line(&plan), "?waiting*: press Searching > add ticket", "{answer:?}");
        let Plan::Act { act, .. } = plan else { unreachable!() };
        assert_eq!(act.joined, Some(Joined { member: true, until: NOW.after(lasts) }));
    }
    let kept = plan(&record(idle()), command(Command::Search), Membership::Kept(true), &house);
    assert_eq!(line(&kept), "?waiting*: Searching > add ticket");
    let Plan::Act { act, .. } = kept else { unreachable!() };
    assert_eq!(act.joined, None, "what is kept is not kept anew");
}

#[test]
fn telegram_is_asked_only_where_something_begins_and_it_is_not_known() {
    let known = |record: &Record, input: &Input| Membership::known(input, record, NOW);
    let asked = |record: &Record, input: Input| known(record, &input).is_none();
    let search = || command(Command::Search);
    assert!(asked(&record(idle()), search()));
    assert!(asked(&record(idle()), command(Command::Start(None))));
    assert!(asked(&record(chatting()), press(Button::Next(ROOM))));
    for (session, input) in [
        (chatting(), message(MessageKind::Text)),
        (chatting(), search()),
        (chatting(), press(Button::Next(RoomId(1)))),
        (chatting(), command(Command::Stop)),
        (waiting(), search()),
        (idle(), command(Command::Help)),
        (idle(), press(Button::Agree)),
    ] {
        assert_eq!(known(&record(session), &input), Some(Membership::Unasked), "{input:?}");
    }
    let kept = |member, after| {
        let until = Duration::from_secs(after);
        Record { joined: Some(Joined { member, until: NOW.after(until) }), ..record(idle()) }
    };
    assert_eq!(known(&kept(true, 9), &search()), Some(Membership::Kept(true)));
    assert_eq!(known(&kept(false, 9), &search()), Some(Membership::Kept(false)));
    assert!(asked(&kept(true, 0), search()), "too old");
    assert!(asked(&kept(false, 9), press(Button::Joined)), "they say that they joined");
    assert!(!asked(&kept(true, 9), press(Button::Joined)));
}
