//! Messages that reveal something of their writer: asked about, sent once, or held back.

use hamdam_bot::Outcome;
use hamdam_domain::id::{MessageId, UpdateId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Notice, Toast};
use hamdam_domain::reveal::Reveal;
use serde_json::{Value, json};

use super::stage::{ANN, BEN, ROOM, Stage, edits, press, says, sends_anyway, text};

const MESSAGE: MessageId = MessageId(31);

fn card() -> Value {
    json!({"contact": {"phone_number": "+1", "first_name": "Ann"}})
}

/// Ann sent a contact card and was asked.
async fn asked() -> Stage {
    let stage = Stage::chatting().await;
    assert_eq!(stage.does(30, &says(ANN, &card())).await, Outcome::Refused);
    let notice = Notice::SendAnyway { room: ROOM, message: MESSAGE, what: Reveal::Contact.into() };
    assert_eq!(stage.last(ANN), Content::Answer { message: MESSAGE, notice });
    stage
}

fn over(stage: &Stage) {
    let Content::AnswerCallback { toast, .. } = stage.last(ANN) else { panic!("{:?}", stage.last(ANN)) };
    assert_eq!(toast, Some(Toast::Over));
}

#[tokio::test]
async fn a_contact_goes_to_nobody_until_its_writer_says_so_and_then_once() {
    let stage = asked().await;
    let silent = stage.outbox(BEN);
    assert_eq!(stage.does(31, &text(ANN, "behind it")).await, Outcome::Relayed);
    let pressed = sends_anyway(ANN, "send:9001:31", &card());
    assert_eq!(stage.does(32, &pressed).await, Outcome::Relayed);
    let heard: Vec<_> = stage.outbox(BEN).into_iter().skip(silent.len()).map(|(_, entry)| entry).collect();
    let [first, second] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((first.room, second.room), (Some(ROOM), Some(ROOM)));
    let Content::Copy(copy) = &second.content else { panic!("{second:?}") };
    assert_eq!(
        (copy.from, copy.update, copy.message, copy.kind),
        (ANN, UpdateId(32), MESSAGE, MessageKind::Contact),
        "by reference, in the order of the press"
    );
    let sent = Notice::SentAnyway.instead_of(MessageId(2)).content;
    assert_eq!(stage.last(ANN), sent, "the button is gone");
    // The same press again, and another one of the same button.
    let world = stage.world();
    assert_eq!(stage.does(32, &pressed).await, Outcome::Duplicate);
    assert_eq!(stage.world(), world);
    assert_eq!(stage.does(33, &pressed).await, Outcome::Answered);
    over(&stage);
    assert_eq!(stage.outbox(BEN).len(), silent.len() + 2);
}

#[tokio::test]
async fn a_press_that_nobody_was_asked_for_does_nothing() {
    let stage = asked().await;
    let silent = stage.outbox(BEN);
    let another = json!({"message_id": 30, "text": "hi"});
    for (id, pressed) in [
        (40, press(ANN, "send:9001:31")),
        (41, sends_anyway(ANN, "send:9001:30", &another)),
        (42, sends_anyway(ANN, "send:9001:31", &another)),
        (43, sends_anyway(ANN, "send:9000:31", &card())),
        (44, sends_anyway(ANN, "send:9001", &card())),
        (45, sends_anyway(ANN, "send:9001:31", &json!({"from": {"id": 5}, "contact": {}}))),
    ] {
        assert_eq!(stage.does(id, &pressed).await, Outcome::Answered, "{pressed}");
        over(&stage);
    }
    // Ben was not asked.
    assert_eq!(stage.does(46, &sends_anyway(BEN, "send:9001:31", &card())).await, Outcome::Answered);
    assert_eq!(stage.outbox(BEN).len(), silent.len() + 1, "and his press was answered");
    // The room ends, and with it the question.
    stage.does(50, &text(ANN, "/stop")).await;
    let silent = stage.outbox(BEN);
    assert_eq!(stage.does(51, &sends_anyway(ANN, "send:9001:31", &card())).await, Outcome::Answered);
    over(&stage);
    assert_eq!(stage.outbox(BEN), silent);
}

#[tokio::test]
async fn what_a_message_says_when_the_button_is_pressed_counts() {
    let stage = asked().await;
    let silent = stage.outbox(BEN);
    let changed = json!({"text": "www.example.com"});
    assert_eq!(stage.does(31, &sends_anyway(ANN, "send:9001:31", &changed)).await, Outcome::Answered);
    let held = Notice::HeldBack { what: Reveal::Link.into(), new: true }.instead_of(MessageId(2)).content;
    assert_eq!(stage.last(ANN), held);
    assert_eq!(stage.does(32, &sends_anyway(ANN, "send:9001:31", &card())).await, Outcome::Answered);
    over(&stage);
    assert_eq!(stage.outbox(BEN), silent);
}

#[tokio::test]
async fn links_of_newcomers_and_changes_that_reveal_something_are_held_back() {
    let stage = Stage::chatting().await;
    let silent = stage.outbox(BEN);
    assert_eq!(stage.does(30, &text(ANN, "look: example.com")).await, Outcome::Refused);
    let notice = Notice::HeldBack { what: Reveal::Link.into(), new: true };
    assert_eq!(stage.last(ANN), Content::Answer { message: MESSAGE, notice });
    assert_eq!(stage.does(31, &edits(ANN, "call 09121234567")).await, Outcome::Refused);
    let notice = Notice::ChangeHeldBack { what: Reveal::Phone.into() };
    assert_eq!(stage.last(ANN), Content::Answer { message: MESSAGE, notice });
    assert_eq!(stage.outbox(BEN), silent);
    // Whoever is known for longer may send links.
    stage.state.tamper(|world| world.users.get_mut(&ANN).unwrap().new_since = None);
    assert_eq!(stage.does(32, &text(ANN, "look: example.com")).await, Outcome::Relayed);
    assert_eq!(stage.does(33, &edits(ANN, "look: www.example.com")).await, Outcome::Relayed);
}

#[tokio::test]
async fn a_full_outbox_leaves_the_question_open() {
    let stage = asked().await;
    for id in 100..149 {
        stage.does(id, &text(ANN, "hello?")).await;
    }
    let pressed = sends_anyway(ANN, "send:9001:31", &card());
    assert_eq!(stage.does(150, &pressed).await, Outcome::Refused);
    assert_eq!(stage.last(ANN), Content::Answer { message: MESSAGE, notice: Notice::SlowDown });
    stage.state.tamper(|world| world.shards.iter_mut().for_each(|shard| shard.backlog.clear()));
    assert_eq!(stage.does(151, &pressed).await, Outcome::Relayed);
}
