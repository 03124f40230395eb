//! What people do to messages: albums, reactions, deletions, clearing.

use std::collections::BTreeSet;

use hamdam_bot::{
    Button, Cleared, Command, Incoming, Input, Move, Outcome, Past, Plan, Relaying, Replied, Scene, Settings,
    Unrelayed, clear, unrelayed,
};
use hamdam_domain::id::{MessageId, RoomId};
use hamdam_domain::mark::Queue;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Entry, Notice, React, Reference};
use hamdam_domain::record::Record;

use crate::stage::{
    BOT, ME, MESSAGE, NEXT, NOW, OTHER_BOT, PARTNER, ROOM, chatting, idle, message, plan, plan_by, press,
    record, said, update,
};

fn command(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

fn relayed(record: &Record, input: Input) -> Relaying {
    match plan(record, input) {
        Plan::Relay(relaying) => relaying,
        other => panic!("{other:?}"),
    }
}

fn acted(record: &Record, input: Input) -> Move {
    match plan(record, input) {
        Plan::Act { first: None, act, then: None } => act,
        other => panic!("{other:?}"),
    }
}

fn removal(messages: &[i64]) -> Entry {
    let messages = messages.iter().copied().map(MessageId).collect();
    Entry { room: None, content: Content::Remove { messages } }
}

#[test]
fn a_message_says_which_album_it_belongs_to() {
    let Input::Message(photo) = message(MessageKind::Photo) else { panic!() };
    let photo = Incoming { album: Some("77".into()), ..photo };
    let relaying = relayed(&record(chatting()), Input::Message(photo));
    let Content::Copy(copy) = &relaying.entry.content else { panic!() };
    assert_eq!(copy.album.as_deref(), Some("77"));
}

#[test]
fn what_a_copy_loses_is_told() {
    let loses = |input| relayed(&record(chatting()), input).loses;
    for (kind, lost) in [(MessageKind::Dice, true), (MessageKind::Poll, true), (MessageKind::Location, false)]
    {
        assert_eq!(loses(message(kind)), lost.then_some(kind));
    }
    let Input::Message(location) = message(MessageKind::Location) else { panic!() };
    let live = Input::Message(Incoming { live: true, ..location });
    assert_eq!(loses(live), Some(MessageKind::Location));
}

#[test]
fn a_reaction_follows_to_the_other_side_of_its_message() {
    let reaction = || Input::Reaction { message: MessageId(21), emoji: Some("❤".into()) };
    let mut relaying = relayed(&record(chatting()), reaction());
    let of = |message| Content::React(React { from: ME, message, emoji: Some("❤".into()) });
    assert_eq!((relaying.to, relaying.entry.room), (PARTNER, Some(ROOM)));
    assert_eq!(relaying.entry.content, of(Reference::Own(MessageId(21))), "one's own, if it is not found");
    assert_eq!(relaying.lookup, Some(MessageId(21)));
    relaying.reply_to(MessageId(91));
    assert_eq!(relaying.entry.content, of(Reference::There(MessageId(91))), "the partner's own message");

    let nowhere = acted(&record(idle()), reaction());
    assert_eq!((nowhere.outcome, nowhere.entries), (Outcome::Noted, vec![]));
    let Plan::Act { act, .. } = plan_by(&record(chatting()), reaction(), OTHER_BOT, NEXT) else { panic!() };
    assert_eq!(act.entries, [], "through another bot");
}

#[test]
fn a_reaction_that_finds_no_place_is_dropped_in_silence() {
    let (record, settings) = (record(chatting()), Settings::default());
    let said = said(Input::Reaction { message: MessageId(21), emoji: None });
    let update = update(Queue::Reaction, BOT, NEXT);
    let scene = Scene { said: &said, update: &update, record: &record, now: NOW, settings: &settings };
    for why in [Unrelayed::Backlogged, Unrelayed::Full] {
        let act = unrelayed(&scene, why);
        assert_eq!((act.outcome, act.entries), (Outcome::Noted, vec![]));
    }
    assert_eq!(unrelayed(&scene, Unrelayed::NotInRoom).outcome, Outcome::Mended);
}

#[test]
fn ones_own_message_is_deleted_on_both_sides_and_the_partners_on_ones_own() {
    let delete = |of| command(Command::Delete(of));
    let (mine, theirs) = (Replied::Mine(MessageId(20)), Replied::Theirs(MessageId(21)));
    let both = relayed(&record(chatting()), delete(Some(mine)));
    assert_eq!(both.entry.content, Content::Retract { from: ME, message: MessageId(20) });
    assert_eq!((both.to, both.lookup), (PARTNER, None));
    let then = both.then.unwrap();
    assert_eq!(then.entries, [(BOT, removal(&[20, MESSAGE.0]))], "with the command");
    assert_eq!(then.session, None);

    assert_eq!(acted(&record(chatting()), delete(Some(theirs))).entries, [(BOT, removal(&[21, MESSAGE.0]))]);
    assert_eq!(acted(&record(idle()), delete(Some(mine))).entries, [(BOT, removal(&[20, MESSAGE.0]))]);
    let which = acted(&record(chatting()), delete(None));
    assert_eq!(which.entries, [(BOT, Notice::DeleteWhich.about(MESSAGE))]);
}

#[test]
fn clearing_names_a_room_that_is_over() {
    let past = RoomId(ROOM.0 - 1);
    assert_eq!(plan(&record(chatting()), command(Command::Clear)), Plan::Clear(None));
    assert_eq!(plan(&record(chatting()), press(Button::Clear(past))), Plan::Clear(Some(past)));
    assert!(matches!(plan(&record(chatting()), press(Button::Clear(ROOM))), Plan::Act { .. }), "it goes on");
}

#[test]
fn a_cleared_room_loses_ones_own_messages_twice_and_the_partners_once() {
    let (record, settings) = (record(idle()), Settings::default());
    let (said, update) = (said(command(Command::Clear)), update(Queue::Message, BOT, NEXT));
    let scene = Scene { said: &said, update: &update, record: &record, now: NOW, settings: &settings };
    let ids = |ids: std::ops::RangeInclusive<i64>| ids.map(MessageId).collect::<BTreeSet<_>>();
    let past = Past {
        room: ROOM,
        partner: PARTNER,
        partner_bot: OTHER_BOT,
        here: ids(1..=150),
        there: ids(501..=503),
    };
    let Cleared { there, act } = clear(&scene, Some(&past));
    assert_eq!(there, [removal(&[501, 502, 503])]);
    let all: Vec<i64> = (1..=150).collect();
    let expected = [removal(&all[..100]), removal(&all[100..]), Notice::Cleared.entry()];
    assert_eq!(act.entries, expected.map(|entry| (BOT, entry)));

    let Cleared { there, act } = clear(&scene, None);
    assert_eq!((there, act.entries), (vec![], vec![(BOT, Notice::NothingToClear.entry())]));
}
