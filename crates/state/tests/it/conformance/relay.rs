//! What is relayed within a room: in order, once, and only from whom is in it.

use hamdam_domain::id::UserId;
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::session::Session;
use hamdam_state::step::matching::{Relay, Relayed, Seated};
use hamdam_state::step::sending::Turn;
use hamdam_state::step::user::Act;

use super::Subject;
use super::matching::chatting;
use super::scene::*;
use super::sending::plain_ack;

pub(super) async fn relay_queues_in_order_and_only_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    assert_eq!(scene.ann_writes(11).await, Relayed::Queued);
    assert_eq!(scene.ann_writes(11).await, Relayed::Duplicate);
    assert_eq!(scene.ann_writes(13).await, Relayed::Queued);
    assert_eq!(scene.ann_writes(12).await, Relayed::Duplicate, "the queue is past it");
    assert_eq!(scene.chat(BEN).await, [found(R), message(ANN, 11, R), message(ANN, 13, R)]);
    let sequences: Vec<_> = scene.outbox(BEN).await.iter().map(|queued| queued.sequence).collect();
    assert_eq!(sequences, [0, 1, 2]);
}

pub(super) async fn relay_opens_a_held_partner_first(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    scene.waiter(BEN, 20).await;
    scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap();
    scene.state.attach(&seat(R, BEN, 20, ANN, 10), &found(R), &opened(R)).await.unwrap();
    let told = scene.state.relay(&relay(ANN, BEN, R, update(21))).await.unwrap();
    assert_eq!(told, Relayed::Queued);
    assert_eq!(scene.session(ANN).await, chatting(BEN, 10));
    assert_eq!(scene.chat(ANN).await, [found(R), message(BEN, 21, R)]);
    assert_eq!(scene.state.open(ANN, R, &found(R)).await.unwrap(), Seated::Already);
    assert_eq!(scene.chat(ANN).await.len(), 2);
}

pub(super) async fn relay_starts_at_the_senders_ticket(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    assert_eq!(scene.ann_writes(9).await, Relayed::Duplicate);
    assert_eq!(scene.ann_writes(10).await, Relayed::Duplicate);
    let reaction = relay(BEN, ANN, R, press(9));
    assert_eq!(scene.state.relay(&reaction).await.unwrap(), Relayed::Duplicate, "on every queue");
    assert_eq!(scene.ann_writes(11).await, Relayed::Queued);
}

pub(super) async fn relay_marks_are_per_queue_and_per_room(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    assert_eq!(scene.ann_writes(15).await, Relayed::Queued);
    let press = relay(BEN, ANN, R, press(12));
    assert_eq!(scene.state.relay(&press).await.unwrap(), Relayed::Queued);
    let moved = relay(BEN, ANN, R, UpdateRef { era: 1, ..update(3) });
    assert_eq!(scene.state.relay(&moved).await.unwrap(), Relayed::Queued, "ids restart with the era");
    // A new room of the same two begins at the new tickets.
    for (user, id) in [(ANN, 30), (BEN, 40)] {
        let wait =
            Act { session: Some(Session::Waiting(stub(id, 0))), begins: true, ..bare(user, update(id), 0) };
        scene.act(wait).await;
    }
    scene.state.hold(&seat(S, BEN, 40, ANN, 30)).await.unwrap();
    scene.state.attach(&seat(S, ANN, 30, BEN, 40), &found(S), &opened(S)).await.unwrap();
    let next = |id| relay(BEN, ANN, S, update(id));
    assert_eq!(scene.state.relay(&next(16)).await.unwrap(), Relayed::Duplicate);
    assert_eq!(scene.state.relay(&next(31)).await.unwrap(), Relayed::Queued);
    assert_eq!(scene.outbox(BEN).await.last().unwrap().sequence, 1, "sequences start anew");
}

pub(super) async fn relay_wants_room_and_sender(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    scene.waiter(CYD, 30).await;
    for stray in [
        relay(BEN, CYD, R, update(40)),
        relay(BEN, ANN, S, update(40)),
        relay(CYD, ANN, R, update(40)),
        relay(UserId(999), ANN, R, update(40)),
    ] {
        assert_eq!(scene.state.relay(&stray).await.unwrap(), Relayed::NotInRoom, "{stray:?}");
    }
    scene.state.end(&end(BEN, R)).await.unwrap();
    assert_eq!(scene.ann_writes(41).await, Relayed::NotInRoom);
    assert_eq!(scene.chat(BEN).await, [found(R), left(R)]);
}

pub(super) async fn relay_stops_at_the_backlog_limit(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let narrow = |id| Relay { backlog_limit: 3, ..relay(BEN, ANN, R, update(id)) };
    assert_eq!(scene.state.relay(&narrow(11)).await.unwrap(), Relayed::Queued);
    assert_eq!(scene.state.relay(&narrow(12)).await.unwrap(), Relayed::Queued, "the notice counts too");
    assert_eq!(scene.state.relay(&narrow(13)).await.unwrap(), Relayed::Backlogged);
    assert_eq!(scene.state.relay(&narrow(12)).await.unwrap(), Relayed::Duplicate);
    let entry = scene.outbox(BEN).await[0].id;
    let reader = scene.sender(BEN, "reader", LONG).await;
    let ack = plain_ack(entry, BEN);
    let turn = Turn { acks: vec![ack], ..scene.turn(BEN, &reader) };
    scene.state.turn(&turn).await.unwrap().held().unwrap();
    assert_eq!(scene.state.relay(&narrow(13)).await.unwrap(), Relayed::Queued, "it was not marked");
}
