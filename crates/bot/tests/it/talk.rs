//! What people do with messages: albums, reactions, deletions, clearing, and what copies lose.

use std::collections::BTreeSet;

use hamdam_bot::{
    Button, Cleared, Command, Heard, Input, Membership, Move, Outcome, Past, Plan, Relaying, Replied, Scene,
    Settings, Voice, album, clear,
};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, RoomId};
use hamdam_domain::mark::Queue;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Entry, Notice, Reference};
use hamdam_domain::profile::Language;
use hamdam_domain::react::React;
use hamdam_domain::record::{LastRoom, Record};
use hamdam_telegram::method::SetMessageReaction;
use hamdam_telegram::{Call, ReactionType};
use serde_json::{Value, json};

use crate::across::written;
use crate::stage::{
    BOT, ME, MESSAGE, NEXT, NOW, OTHER_BOT, PARTNER, ROOM, chatting, idle, line, plan, plan_by, press,
    record, said, update,
};

fn relays(record: &Record, input: Input) -> Relaying {
    match plan(record, input) {
        Plan::Relay(relaying) => relaying,
        other => panic!("{other:?}"),
    }
}

fn acts(plan: Plan) -> Move {
    match plan {
        Plan::Act { first: None, act, then: None } => act,
        other => panic!("{other:?}"),
    }
}

fn relayed(record: &Record, fields: &Value) -> Entry {
    match written(record, "message", fields) {
        Plan::Relay(relaying) => relaying.entry,
        other => panic!("{other:?}"),
    }
}

fn photo(album: &str) -> Value {
    json!({"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], "media_group_id": album})
}

#[test]
fn a_message_says_which_album_it_belongs_to() {
    for record in [record(chatting()), Record { across: Some(OTHER_BOT), ..record(chatting()) }] {
        let album =
            |fields: &Value| relayed(&record, fields).content.message().and_then(|copy| copy.album.clone());
        assert_eq!(album(&photo("77")).as_deref(), Some("77"));
        assert_eq!(album(&json!({"text": "x"})), None);
    }
}

#[test]
fn a_call_names_every_message_of_an_album_and_protects_all_if_one_is() {
    let mut entries = [31, 33].map(|_| relayed(&record(chatting()), &photo("77")));
    let copies = |entries: &[Entry]| match album(entries.iter(), PARTNER) {
        Some(Call::CopyMessages(call)) => {
            assert_eq!((call.chat_id, call.from_chat_id), (PARTNER.0, ME.0));
            (call.message_ids, call.protect_content)
        }
        other => panic!("{other:?}"),
    };
    if let Content::Copy(copy) = &mut entries[1].content {
        copy.message.0 = 33;
    }
    assert_eq!(copies(&entries), (vec![31, 33], false));
    if let Content::Copy(copy) = &mut entries[1].content {
        copy.protect = true;
    }
    assert_eq!(copies(&entries), (vec![31, 33], true));
    assert_eq!(album(std::iter::empty(), PARTNER), None);
}

fn reaction() -> Input {
    Input::Reaction { message: MessageId(21), emoji: Some("❤".into()) }
}

#[test]
fn a_reaction_follows_to_the_other_side_of_its_message() {
    let mut relaying = relays(&record(chatting()), reaction());
    let of = |message| Content::React(React { from: ME, message, emoji: Some("❤".into()) });
    assert_eq!((relaying.to, relaying.entry.room), (PARTNER, Some(ROOM)));
    assert_eq!(relaying.entry.content, of(Reference::Own(MessageId(21))), "one's own, if it is not found");
    assert_eq!(relaying.lookup, Some(MessageId(21)));
    relaying.reply_to(MessageId(91));
    assert_eq!(relaying.entry.content, of(Reference::There(MessageId(91))), "the partner's own message");
}

#[test]
fn a_reaction_of_nobody_who_is_heard_is_dropped_in_silence() {
    let mut muted = record(chatting());
    muted.profile.facts.muted_until = Some(Millis(NOW.0 + 1));
    for plan in [
        plan(&record(idle()), reaction()),
        plan(&muted, reaction()),
        plan_by(&record(chatting()), reaction(), OTHER_BOT, NEXT),
    ] {
        let act = acts(plan);
        assert_eq!((act.outcome, act.entries), (Outcome::Noted, vec![]));
    }
}

#[test]
fn a_bot_puts_one_reaction_or_takes_its_own_away() {
    for (emoji, reaction) in [(Some("❤"), vec![ReactionType::Emoji { emoji: "❤".into() }]), (None, vec![])]
    {
        let message = Reference::There(MessageId(5));
        let react = React { from: PARTNER, message, emoji: emoji.map(Into::into) };
        let entry = Entry { room: Some(ROOM), content: Content::React(react) };
        let call = |known| Voice::default().render(&entry, Language::En, ME, known);
        let wanted = SetMessageReaction { chat_id: ME.0, message_id: 5, reaction };
        assert_eq!(call(Some(MessageId(5))), Some(wanted.into()));
        assert_eq!(call(None), None, "a message nobody knows");
    }
}

fn command(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

fn removal(messages: &[i64]) -> Entry {
    let messages = messages.iter().copied().map(MessageId).collect();
    Entry { room: None, content: Content::Remove { messages } }
}

#[test]
fn ones_own_message_is_deleted_on_both_sides_and_the_partners_on_ones_own() {
    let delete = |of| command(Command::Delete(of));
    let (mine, theirs) = (Replied::Mine(MessageId(20)), Replied::Theirs(MessageId(21)));
    let both = relays(&record(chatting()), delete(Some(mine)));
    let retract = Content::Retract { from: ME, bot: BOT, message: MessageId(20), command: MESSAGE };
    assert_eq!((both.entry.content, both.to), (retract, PARTNER));
    assert_eq!((both.lookup, both.then), (None, None));

    let entries = |record: &Record, of| acts(plan(record, delete(of))).entries;
    assert_eq!(entries(&record(chatting()), Some(theirs)), [(BOT, removal(&[21, MESSAGE.0]))]);
    let here = [(BOT, removal(&[20, MESSAGE.0])), (BOT, Notice::DeletedHere.entry())];
    assert_eq!(entries(&record(idle()), Some(mine)), here, "the partner's copy stays, and that is said");
    let which = [(BOT, Notice::DeleteWhich.about(MESSAGE))];
    assert_eq!(entries(&record(chatting()), None), which);
    let Plan::Act { act, .. } = plan_by(&record(chatting()), delete(Some(mine)), OTHER_BOT, NEXT) else {
        panic!()
    };
    assert_eq!(act.entries[0], (OTHER_BOT, removal(&[20, MESSAGE.0])), "the room is in another chat");
}

#[test]
fn clearing_names_a_room_that_is_over() {
    let past = RoomId(ROOM.0 - 1);
    let last = LastRoom { room: past, partner: PARTNER, ended_at: NOW };
    let after = Record { last_room: Some(last), ..record(idle()) };
    for (record, input, wanted) in [
        (&after, command(Command::Clear), "clear 54"),
        (&record(idle()), command(Command::Clear), "clear 0"),
        (&record(idle()), press(Button::Clear(past)), "clear 54"),
        (&record(chatting()), press(Button::Clear(past)), "clear 54"),
        (&record(chatting()), press(Button::Clear(ROOM)), "stay: over"),
        (&record(chatting()), command(Command::Clear), "stay: ClearRunning"),
    ] {
        assert_eq!(line(&plan(record, input.clone())), wanted, "{input:?}");
    }
}

#[test]
fn a_cleared_room_loses_ones_own_messages_twice_and_the_partners_once() {
    let (record, settings) = (record(idle()), Settings::default());
    let (said, update) = (said(command(Command::Clear)), update(Queue::Message, BOT, NEXT));
    let scene = Scene {
        said: &said,
        message: None,
        heard: Heard::default(),
        membership: Membership::default(),
        update: &update,
        record: &record,
        now: NOW,
        settings: &settings,
        invited: None,
        elsewhere: None,
        link: None,
        maintenance: None,
    };
    let ids = |ids: std::ops::RangeInclusive<i64>| ids.map(MessageId).collect::<BTreeSet<_>>();
    let past = Past {
        room: ROOM,
        bot: BOT,
        partner: PARTNER,
        partner_bot: Some(OTHER_BOT),
        here: ids(1..=150),
        there: ids(501..=503),
    };
    let Cleared { there, act } = clear(&scene, Some(&past));
    assert_eq!(there, [(OTHER_BOT, removal(&[501, 502, 503]))]);
    let all: Vec<i64> = (1..=150).collect();
    let told = |both| Notice::Cleared { both }.entry();
    assert_eq!(
        act.entries,
        [removal(&all[..100]), removal(&all[100..]), told(true)].map(|entry| (BOT, entry))
    );

    let nobody_knows = Past { partner_bot: None, ..past };
    let Cleared { there, act } = clear(&scene, Some(&nobody_knows));
    assert_eq!((there, act.entries.last()), (vec![], Some(&(BOT, told(false)))));

    let Cleared { there, act } = clear(&scene, None);
    assert_eq!((there, act.entries), (vec![], vec![(BOT, Notice::NothingToClear.entry())]));
}

#[test]
fn what_a_copy_loses_is_told() {
    let loses = |fields: &Value| match written(&record(chatting()), "message", fields) {
        Plan::Relay(relaying) => relaying.loses,
        other => panic!("{other:?}"),
    };
    let point = json!({"latitude": 1.0, "longitude": 2.0});
    let live = json!({"latitude": 1.0, "longitude": 2.0, "live_period": 900});
    for (fields, lost) in [
        (json!({"dice": {"emoji": "🎲", "value": 3}}), Some(MessageKind::Dice)),
        (json!({"poll": {"id": "1", "question": "?", "options": []}}), Some(MessageKind::Poll)),
        (json!({"location": live}), Some(MessageKind::Location)),
        (json!({"location": point}), None),
        (json!({"text": "x"}), None),
    ] {
        assert_eq!(loses(&fields), lost, "{fields}");
    }
}
