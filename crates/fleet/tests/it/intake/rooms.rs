//! Talking and leaving.

use std::collections::VecDeque;

use hamdam_bot::Outcome;
use hamdam_domain::fact::{Fact, RoomEnd};
use hamdam_domain::id::{MessageId, UpdateId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Notice, Reference};
use hamdam_domain::session::Session;
use hamdam_state::memory::IdMap;
use serde_json::json;

use super::stage::{ANN, BEN, BOT, OTHER_BOT, ROOM, Stage, edits, press, says, text, ticket};

#[tokio::test]
async fn a_message_lies_in_the_partners_outbox_by_reference() {
    let stage = Stage::chatting().await;
    let voice = says(ANN, &json!({"voice": {"file_id": "f"}, "caption": "c"}));
    assert_eq!(stage.does(30, &voice).await, Outcome::Relayed);
    let (bot, entry) = stage.outbox(BEN).pop().unwrap();
    assert_eq!((bot, entry.room), (BOT, Some(ROOM)));
    let Content::Copy(copy) = entry.content else { panic!() };
    assert_eq!(
        (copy.from, copy.update, copy.message, copy.kind),
        (ANN, UpdateId(30), MessageId(31), MessageKind::Voice)
    );
    let relayed = stage.world();
    assert_eq!(stage.does(30, &voice).await, Outcome::Duplicate);
    assert_eq!(stage.world(), relayed);
}

#[tokio::test]
async fn what_was_written_before_the_room_was_announced_goes_to_nobody() {
    let stage = Stage::opened().await;
    let silent = stage.outbox(BEN);
    assert_eq!(stage.does(30, &text(ANN, "are you still there?")).await, Outcome::Refused);
    assert_eq!(stage.last(ANN), Content::Answer { message: MessageId(31), notice: Notice::TooEarly });
    assert_eq!(stage.outbox(BEN), silent);
    assert_eq!(stage.does(30, &text(ANN, "are you still there?")).await, Outcome::Duplicate);
    // They write message 31, by whatever update.
    stage.shown(ANN, MessageId(32));
    assert_eq!(stage.does(31, &text(ANN, "are you still there?")).await, Outcome::Refused);
    assert_eq!(stage.outbox(BEN), silent);
    stage.shown(ANN, MessageId(30));
    assert_eq!(stage.does(32, &text(ANN, "hello, whoever you are")).await, Outcome::Relayed);
    assert_ne!(stage.outbox(BEN), silent);
    // Leaving needs no announcement.
    assert_eq!(stage.does(33, &text(ANN, "/stop")).await, Outcome::Moved);
    assert_eq!((stage.session(ANN), stage.session(BEN)), (Session::Idle, Session::Idle));
}

#[tokio::test]
async fn a_reply_to_the_partner_names_their_own_message() {
    let stage = Stage::chatting().await;
    // Ann's chat shows Ben's message 70 as 41.
    stage.state.tamper(|world| {
        let pairs = VecDeque::from([(MessageId(41), MessageId(70))]);
        world.users.get_mut(&ANN).unwrap().ids.insert(ROOM, IdMap { pairs, until: None });
    });
    stage.record.said.lock().unwrap().insert((ANN, ROOM, MessageId(7)), MessageId(8));
    for (id, replied, from, wanted) in [
        (30, 41, 5, Some(Reference::There(MessageId(70)))),
        (31, 42, 5, None),
        (32, 29, ANN.0, Some(Reference::Own(MessageId(29)))),
        // An older one live state has forgotten, and the durable record has not.
        (33, 7, 5, Some(Reference::There(MessageId(8)))),
    ] {
        let fields = json!({"text": "x", "reply_to_message": {"message_id": replied, "from": {"id": from}}});
        assert_eq!(stage.does(id, &says(ANN, &fields)).await, Outcome::Relayed);
        let Content::Copy(copy) = stage.last(BEN) else { panic!() };
        assert_eq!(copy.reply, wanted);
    }
    *stage.record.away.lock().unwrap() = true;
    let fields = json!({"text": "x", "reply_to_message": {"message_id": 7, "from": {"id": 5}}});
    assert_eq!(stage.does(34, &says(ANN, &fields)).await, Outcome::Relayed, "relayed though nobody knows");
    let Content::Copy(copy) = stage.last(BEN) else { panic!() };
    assert_eq!(copy.reply, None);
}

#[tokio::test]
async fn an_edit_carries_its_new_content() {
    let stage = Stage::chatting().await;
    assert_eq!(stage.does(30, &edits(ANN, "better")).await, Outcome::Relayed);
    let Content::Edit(edit) = stage.last(BEN) else { panic!() };
    assert_eq!(edit.message, MessageId(31));
    assert_eq!(edit.change, Change::Text { text: "better".into(), entities: None });
}

#[tokio::test]
async fn a_partner_still_held_is_let_in_before_the_message() {
    let stage = Stage::matched().await;
    stage.announced();
    assert_eq!(stage.does(30, &text(BEN, "hi")).await, Outcome::Relayed);
    let contents: Vec<_> = stage.outbox(ANN).into_iter().map(|(_, entry)| entry.content).collect();
    let [.., Content::Notice(Notice::Found { room: ROOM }), Content::Copy(_)] = &contents[..] else {
        panic!("{contents:?}")
    };
    assert_eq!(stage.session(ANN).name(), "chatting");
}

#[tokio::test]
async fn whoever_writes_while_held_is_still_searching() {
    let stage = Stage::matched().await;
    assert_eq!(stage.does(30, &text(ANN, "anyone?")).await, Outcome::Refused);
    let notice = Notice::StillSearching { ticket: ticket(10) };
    assert_eq!(stage.last(ANN), Content::Answer { message: MessageId(31), notice });
}

#[tokio::test]
async fn a_message_of_before_the_room_does_not_speak_in_it() {
    let stage = Stage::chatting().await;
    assert_eq!(stage.does(9, &text(ANN, "before the search")).await, Outcome::Duplicate);
    assert_eq!(stage.does(19, &press(BEN, "stop:1")).await, Outcome::Stale);
    assert!(matches!(stage.last(BEN), Content::AnswerCallback { .. }));
    assert_eq!(stage.session(BEN).name(), "chatting");
}

#[tokio::test]
async fn a_room_left_by_the_partner_ends_here_too() {
    let stage = Stage::chatting().await;
    // Ben's side ended; Ann's own end was lost.
    stage.state.tamper(|world| world.users.get_mut(&BEN).unwrap().session = Session::Idle);
    assert_eq!(stage.does(30, &text(ANN, "hello?")).await, Outcome::Mended);
    assert_eq!(stage.session(ANN), Session::Idle);
    assert_eq!(stage.told(ANN).last(), Some(&Notice::PartnerLeft { room: ROOM }));
    assert_eq!(stage.does(30, &text(ANN, "hello?")).await, Outcome::Duplicate);
}

#[tokio::test]
async fn a_partner_who_cannot_keep_up_is_not_buried() {
    let stage = Stage::chatting().await;
    let mut last = Outcome::Relayed;
    let mut relayed = 0;
    for id in 30..90 {
        last = stage.does(id, &text(ANN, "spam")).await;
        relayed += usize::from(last == Outcome::Relayed);
    }
    assert_eq!(last, Outcome::Refused);
    assert!((45..=50).contains(&relayed), "{relayed}");
    assert_eq!(stage.last(ANN), Content::Answer { message: MessageId(31), notice: Notice::SlowDown });
}

#[tokio::test]
async fn both_learn_that_somebody_left() {
    for (leave, searching) in [
        (text(ANN, "/stop"), None),
        (press(ANN, "stop:9001"), None),
        (text(ANN, "/next"), Some(ticket(30))),
        (press(ANN, "next:9001"), Some(ticket(30))),
    ] {
        let stage = Stage::chatting().await;
        assert_eq!(stage.does(30, &leave).await, Outcome::Moved);
        assert_eq!(stage.told(ANN).last(), Some(&Notice::YouLeft { room: ROOM, searching }));
        assert_eq!(stage.told(BEN).last(), Some(&Notice::PartnerLeft { room: ROOM }));
        assert_eq!(stage.session(BEN), Session::Idle);
        assert_eq!(stage.session(ANN).ticket(), searching);
        assert_eq!(stage.tickets().len(), usize::from(searching.is_some()));
        let closed =
            |fact: &&Fact| matches!(fact, Fact::RoomClosed { end: RoomEnd::Left, ended_by: Some(ANN), .. });
        assert_eq!(stage.facts().iter().filter(closed).count(), 2);
        let left = stage.world();
        assert_eq!(stage.does(30, &leave).await, Outcome::Duplicate);
        assert_eq!(stage.world(), left);
    }
}

#[tokio::test]
async fn a_held_partner_goes_back_to_waiting() {
    let stage = Stage::matched().await;
    assert_eq!(stage.does(30, &text(BEN, "/stop")).await, Outcome::Moved);
    let Session::Waiting(stub) = stage.session(ANN) else { panic!() };
    assert_eq!((stub.ticket, stub.attempt), (ticket(10), 1));
}

#[tokio::test]
async fn through_another_bot_the_room_ends_in_its_own_chat() {
    let stage = Stage::chatting().await;
    assert_eq!(stage.handle(OTHER_BOT, 3, &text(ANN, "hi")).await.unwrap(), Outcome::Refused);
    assert_eq!(stage.told(ANN).last(), Some(&Notice::OtherBot { bot: BOT }));
    assert_eq!(stage.handle(OTHER_BOT, 4, &text(ANN, "/next")).await.unwrap(), Outcome::Moved);
    let mut entries = stage.outbox(ANN);
    let here = entries.pop().unwrap();
    let there = entries.pop().unwrap();
    assert_eq!((there.0, there.1), (BOT, Notice::YouLeft { room: ROOM, searching: None }.entry()));
    assert_eq!(here.0, OTHER_BOT);
    assert!(matches!(here.1.content, Content::Notice(Notice::Searching { .. })));
}

#[tokio::test]
async fn above_the_watermark_leaving_works_and_talking_waits() {
    let stage = Stage::chatting().await;
    stage.state.set_watermark(0);
    assert_eq!(stage.does(30, &text(ANN, "hi")).await, Outcome::Refused);
    assert_eq!(stage.last(ANN), Content::Answer { message: MessageId(31), notice: Notice::Busy });
    assert_eq!(stage.does(31, &text(ANN, "/next")).await, Outcome::Moved);
    assert_eq!((stage.session(ANN), stage.session(BEN)), (Session::Idle, Session::Idle));
    let told = stage.told(ANN);
    let [.., Notice::YouLeft { searching: None, .. }, Notice::Busy] = &told[..] else { panic!("{told:?}") };
}
