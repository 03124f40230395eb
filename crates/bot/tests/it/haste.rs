//! Who goes about things too fast.

use std::time::Duration;

use hamdam_bot::{Button, Command, Input, Move, Outcome, Plan, Reveals, Settings};
use hamdam_domain::haste::{Brakes, HasteRules, Pace};
use hamdam_domain::id::{RoomId, UpdateId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Notice};
use hamdam_domain::record::{LastRoom, Record};
use hamdam_domain::session::Session;

use crate::stage::{
    BOT, MESSAGE, NEXT, NOW, PARTNER, ROOM, chatting, idle, line, message, plan, plan_under, press, record,
    ticket, waiting,
};

fn command(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

/// Somebody who just sent so many updates at once.
fn busy(session: Session, updates: u32) -> Record {
    let pace =
        Pace { level: updates * 1_000, second: NOW.0 / 1_000, bot: BOT, update: UpdateId(1), text: None };
    Record { pace: Some(pace), ..record(session) }
}

/// Somebody who was told that they sent too much.
fn told(session: Session) -> Record {
    let quiet_until = Some(NOW.after(Duration::from_secs(3)));
    Record { brakes: Brakes { quiet_until, ..Brakes::default() }, ..record(session) }
}

fn act(plan: Plan) -> Move {
    let Plan::Act { act, .. } = plan else { panic!("{plan:?}") };
    act
}

#[test]
fn who_sends_too_much_is_told_once_and_for_how_long() {
    assert_eq!(line(&plan(&busy(chatting(), 30), message(MessageKind::Text))), "relay copy");
    let begins = plan(&busy(chatting(), 31), message(MessageKind::Text));
    assert_eq!(line(&begins), "stay: ~Flooded");
    let act = act(begins);
    let pause = HasteRules::default().flood.pause();
    assert_eq!(act.brakes.unwrap().quiet_for(NOW), Some(pause));
    assert_eq!(act.entries[0].1, Notice::Flooded { seconds: 15 }.about(MESSAGE));
    assert_eq!(act.outcome, Outcome::Slowed);
    for input in [
        message(MessageKind::Text),
        command(Command::Help),
        command(Command::Search),
        press(Button::Help),
        press(Button::Next(RoomId(1))),
        Input::Edit {
            message: MESSAGE,
            change: Some(Change::Media { media: "{}".into() }),
            reveals: Reveals::default(),
        },
    ] {
        let goes_on = plan(&told(chatting()), input.clone());
        assert_eq!(line(&goes_on), "stay: -", "{input:?}");
        let Plan::Act { act, .. } = goes_on else { unreachable!() };
        assert_eq!((act.outcome, act.brakes), (Outcome::Slowed, None));
    }
    assert_eq!(line(&plan(&busy(idle(), 31), press(Button::Help))), "stay: Flooded");
}

#[test]
fn leaving_and_reporting_always_work() {
    let hasty = told(chatting());
    assert_eq!(line(&plan(&hasty, command(Command::Stop))), "end partner > idle*: YouLeft");
    assert_eq!(line(&plan(&hasty, command(Command::Block))), "end partner > idle*: YouBlocked");
    assert_eq!(line(&plan(&hasty, command(Command::Next))), "end partner > idle*: YouLeft", "and no search");
    assert_eq!(
        line(&plan(&told(waiting()), press(Button::Cancel(ticket())))),
        "remove ticket > idle*: press SearchCancelled"
    );
    let last_room = Some(LastRoom { room: ROOM, partner: PARTNER, ended_at: NOW });
    let rated = Record { last_room, ..told(idle()) };
    assert_eq!(line(&plan(&rated, press(Button::Rate { room: ROOM, up: false }))), "judge > stay: rated");
    assert_eq!(line(&plan(&hasty, Input::Blocked)), "end partner > idle*: YouLeft");
    let begins = plan(&busy(chatting(), 31), command(Command::Stop));
    assert_eq!(line(&begins), "end partner > idle*: YouLeft Flooded");
    assert_eq!(line(&plan(&told(idle()), command(Command::Search))), "stay: -");
}

#[test]
fn no_limit_is_no_limit() {
    let mut settings = Settings::default();
    settings.haste.flood.updates = 0;
    let many = plan_under(&busy(chatting(), 900), message(MessageKind::Text), BOT, NEXT, &settings);
    assert_eq!(line(&many), "relay copy");
}

/// In a room that began so many seconds ago, having left so many too soon.
fn hurried(times: u8, seconds: u64) -> Record {
    let made = NOW.before(Duration::from_secs(seconds));
    let room = room_made_at(made);
    let hurries = (times > 0).then(|| (times, NOW.before(Duration::from_secs(9)).whole_seconds()));
    let session = Session::Chatting { room, partner: PARTNER, ticket: ticket() };
    Record { brakes: Brakes { hurries, ..Brakes::default() }, ..record(session) }
}

fn room_made_at(at: hamdam_domain::clock::Millis) -> RoomId {
    let origin = RoomId(0).made_at();
    RoomId((at.0 - origin.0) << 22)
}

#[test]
fn whoever_hurries_from_room_to_room_waits_before_the_next_search() {
    let next = |record: &Record| plan(record, command(Command::Next));
    let free = next(&hurried(3, 2));
    assert_eq!(line(&free), "end partner > ?waiting*: YouLeft > add ticket");
    assert_eq!(act(free).brakes.unwrap().hurries.unwrap().0, 4);
    for (times, seconds) in [(4, 5), (5, 10), (40, 60)] {
        let paused = next(&hurried(times, 2));
        assert_eq!(line(&paused), "end partner > idle*: YouLeft NotSoFast");
        let act = act(paused);
        assert_eq!(act.entries[1].1, Notice::NotSoFast { seconds }.entry());
        assert_eq!(act.brakes.unwrap().no_search_for(NOW), Some(Duration::from_secs(seconds.into())));
    }
    let calm = next(&hurried(40, 6));
    assert_eq!(line(&calm), "end partner > ?waiting*: YouLeft > add ticket");
    assert_eq!(act(calm).brakes, Some(Brakes::default()), "they stayed");
    let stopped = plan(&hurried(4, 2), command(Command::Stop));
    assert_eq!(line(&stopped), "end partner > idle*: YouLeft");
    assert!(act(stopped).brakes.unwrap().no_search_for(NOW).is_some(), "stop and search is no way around it");
    assert_eq!(act(plan(&hurried(0, 60), command(Command::Stop))).brakes, None, "nothing changes");
}

#[test]
fn a_search_in_the_pause_is_told_how_long_it_lasts() {
    let search_from = Some(NOW.after(Duration::from_millis(3_200)));
    let paused = Record { brakes: Brakes { search_from, ..Brakes::default() }, ..record(idle()) };
    for input in [command(Command::Search), command(Command::Next), press(Button::Search(None))] {
        let told = act(plan(&paused, input));
        assert_eq!(told.session, None);
        assert_eq!(told.entries.last().unwrap().1, Notice::NotSoFast { seconds: 4 }.entry());
    }
}
