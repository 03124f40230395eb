//! What is decided while the fleet is closed for maintenance.

use hamdam_bot::{
    About, Button, Command, Heard, Input, Membership, Outcome, Plan, Reveals, Scene, Settings, decide,
};
use hamdam_domain::board::Maintenance;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Change;
use hamdam_domain::record::{Asked, Record};
use hamdam_domain::session::Session;

use crate::stage::{
    BOT, MESSAGE, NEXT, NOW, ROOM, chatting, held, idle, line, message, press, record, said, update, waiting,
};

/// What an input comes to while the fleet is closed in this way.
fn closed(way: Maintenance, record: &Record, input: Input) -> Plan {
    let said = said(input);
    let update = update(said.queue, BOT, NEXT);
    decide(&Scene {
        said: &said,
        message: None,
        heard: Heard::default(),
        membership: Membership::default(),
        link: None,
        update: &update,
        record,
        now: NOW,
        settings: &Settings::default(),
        invited: None,
        elsewhere: None,
        maintenance: Some(way),
    })
}

fn command(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

fn change() -> Input {
    let change = Some(Change::Text { text: "new".into(), entities: None });
    Input::Edit { message: MESSAGE, change, reveals: Reveals::default() }
}

#[test]
fn no_search_begins_and_nobody_leaves_a_room_for_one() {
    let says = "stay: Maintenance";
    for way in Maintenance::ALL {
        for (input, session, line_of) in [
            (command(Command::Search), idle(), says),
            (command(Command::Next), idle(), says),
            (command(Command::Next), chatting(), says),
            (press(Button::Search(None)), idle(), "stay: press Maintenance"),
            (press(Button::Next(ROOM)), chatting(), "stay: press Maintenance"),
            (command(Command::Stop), chatting(), "end partner > idle*: YouLeft"),
            (command(Command::Stop), waiting(), "remove ticket > idle*: SearchCancelled"),
            (command(Command::Help), idle(), "stay: Help"),
        ] {
            let plan = closed(way, &record(session), input.clone());
            assert_eq!(line(&plan), line_of, "{way:?} {input:?}");
        }
    }
}

#[test]
fn what_is_written_outside_of_rooms_is_answered() {
    for way in Maintenance::ALL {
        for session in [idle(), waiting(), held()] {
            let plan = closed(way, &record(session), message(MessageKind::Text));
            assert_eq!(line(&plan), "stay: ~Maintenance");
        }
    }
}

#[test]
fn rooms_go_on_or_rest_as_was_chosen() {
    let talk = |way, input| line(&closed(way, &record(chatting()), input));
    assert_eq!(talk(Maintenance::RoomsGoOn, message(MessageKind::Text)), "relay copy");
    assert_eq!(talk(Maintenance::RoomsGoOn, change()), "relay edit");
    assert_eq!(talk(Maintenance::RoomsRest, message(MessageKind::Text)), "stay: ~Maintenance");
    assert_eq!(talk(Maintenance::RoomsRest, message(MessageKind::Service)), "stay: ~NotCopyable");
    assert_eq!(talk(Maintenance::RoomsRest, change()), "stay: -");
}

#[test]
fn what_was_asked_about_is_not_sent_into_a_room_that_rests() {
    let about = About { message: MESSAGE, kind: MessageKind::Contact, reveals: Reveals::default() };
    let asked = Some(Asked { room: ROOM, messages: vec![MESSAGE] });
    let record = Record { asked, ..record(chatting()) };
    let input = || match press(Button::Send(ROOM, MESSAGE)) {
        Input::Press { query, message, button, .. } => {
            Input::Press { query, message, button, about: Some(about) }
        }
        other => other,
    };
    assert_eq!(line(&closed(Maintenance::RoomsGoOn, &record, input())), "relay copy");
    assert_eq!(line(&closed(Maintenance::RoomsRest, &record, input())), "stay: press =Maintenance");
}

/// An update that was done before is done, whatever was put up since.
#[test]
fn a_search_that_began_before_is_added_again() {
    let waiting = record(waiting());
    let Session::Waiting(stub) = &waiting.session else { unreachable!() };
    let said = said(command(Command::Search));
    let update = update(said.queue, BOT, stub.ticket.update);
    let settings = Settings::default();
    let plan = decide(&Scene {
        said: &said,
        message: None,
        heard: Heard::default(),
        membership: Membership::default(),
        link: None,
        update: &update,
        record: &waiting,
        now: NOW,
        settings: &settings,
        invited: None,
        elsewhere: None,
        maintenance: Some(Maintenance::RoomsRest),
    });
    assert!(matches!(plan, Plan::Readd(_)), "{plan:?}");
    let Plan::Act { act, .. } =
        closed(Maintenance::RoomsRest, &record(chatting()), message(MessageKind::Text))
    else {
        panic!("relayed")
    };
    assert_eq!(act.outcome, Outcome::Refused);
}
