//! Newcomers to a bot that has no room.

use hamdam_bot::{Button, Command, Heard, Input, Membership, Plan, Scene, Settings, decide};
use hamdam_domain::id::BotId;
use hamdam_domain::outbox::{Content, Notice};
use hamdam_domain::record::Record;
use hamdam_domain::source::Source;

use crate::stage::{BOT, MESSAGE, NEXT, NOW, OTHER_BOT, chatting, idle, line, press, record, said, update};

fn plan(record: &Record, input: Input, elsewhere: Option<BotId>) -> Plan {
    let (said, settings) = (said(input), Settings { adults_only: true, ..Settings::default() });
    let by = update(said.queue, BOT, NEXT);
    decide(&Scene {
        said: &said,
        heard: Heard::default(),
        membership: Membership::Unasked,
        message: None,
        update: &by,
        record,
        now: NOW,
        settings: &settings,
        invited: None,
        elsewhere,
        link: None,
        maintenance: None,
    })
}

fn start() -> Input {
    Input::Command { command: Command::Start(Source::of_payload("c_spring")), message: MESSAGE }
}

fn newcomer() -> Record {
    Record { new_since: Some(NOW), ..record(idle()) }
}

#[test]
fn newcomers_are_pointed_to_a_bot_that_has_room_and_counted_where_they_came() {
    let plan = plan(&newcomer(), start(), Some(OTHER_BOT));
    assert_eq!(line(&plan), "stay: Elsewhere");
    let Plan::Act { act, .. } = plan else { panic!("{plan:?}") };
    assert_eq!(act.entries[0].1.content, Content::Notice(Notice::Elsewhere { bot: OTHER_BOT }));
    assert_eq!(act.facts.len(), 1, "the link counts here, and the other bot's link counts for nobody");
}

#[test]
fn nobody_else_is() {
    assert_eq!(line(&plan(&newcomer(), start(), None)), "stay: Rules");
    let known = Record { new_since: None, ..record(idle()) };
    assert_eq!(line(&plan(&known, start(), Some(OTHER_BOT))), "stay: Rules");
    let talking = Record { new_since: Some(NOW), ..record(chatting()) };
    assert!(!line(&plan(&talking, start(), Some(OTHER_BOT))).contains("Elsewhere"));
}

#[test]
fn who_stays_searches_as_ever() {
    let search = plan(&newcomer(), press(Button::Search(None)), Some(OTHER_BOT));
    assert!(!line(&search).contains("Elsewhere"), "{search:?}");
}
