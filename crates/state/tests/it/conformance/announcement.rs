//! What tells of a room: it is on its way, stands in the chat, or is behind what was written.

use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::outbox::{EntryId, Notice};
use hamdam_domain::record::Announcement;
use hamdam_domain::session::Session;
use hamdam_state::step::Holder;
use hamdam_state::step::matching::Ended;
use hamdam_state::step::sending::{Ack, Keep, Turn};
use hamdam_state::step::user::{Act, Acted, Arrival, Wrote};

use super::Subject;
use super::scene::*;
use super::sending::plain_ack;

/// What is known of the notice of `user`'s room, by both ways to read a record.
async fn announcement(scene: &Scene, user: UserId) -> Option<Announcement> {
    let read = scene.record(user).await.announcement;
    let arrived = scene.state.arrive(user, Arrival::default()).await.unwrap().record.unwrap();
    assert_eq!(read, arrived.announcement, "read and arrive agree");
    arrived.announcement
}

/// The last entry for `user` and who sends it.
async fn notice(scene: &Scene, user: UserId) -> (EntryId, Holder) {
    let holder = scene.sender(user, "reader", LONG).await;
    (scene.outbox(user).await.pop().unwrap().id, holder)
}

/// Says that `entry` became message `id` of `user`'s chat.
async fn shown(scene: &Scene, user: UserId, holder: &Holder, entry: EntryId, id: i64) {
    let ack = Ack { keep: Some(Keep::Announcement(MessageId(id))), ..plain_ack(entry, user) };
    let turn = Turn { acks: vec![ack], ..scene.turn(user, holder) };
    scene.state.turn(&turn).await.unwrap().held().unwrap();
}

pub(super) async fn a_room_is_announced_by_the_message_its_notice_became(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.state.enroll(ANN, &profile(), &[], &[]).await.unwrap();
    scene.state.tell(ANN, &Notice::Help.entry(), "before").await.unwrap();
    scene.room().await;
    assert_eq!(announcement(&scene, ANN).await, Some(Announcement::Pending));
    assert_eq!(announcement(&scene, BEN).await, Some(Announcement::Pending));
    let version = scene.record(ANN).await.version;
    let sender = scene.sender(ANN, "sender", LONG).await;
    let turn = Turn { permits: vec![(BOT, 100)], ..scene.turn(ANN, &sender) };
    let turned = scene.state.turn(&turn).await.unwrap().held().unwrap();
    let mine: Vec<_> =
        turned.entries.iter().filter(|entry| entry.user == ANN).map(|entry| entry.id).collect();
    shown(&scene, ANN, &sender, mine[0], 40).await;
    assert_eq!(announcement(&scene, ANN).await, Some(Announcement::Pending), "another entry says nothing");
    let turn = Turn { claims: vec![mine[1]], ..scene.turn(ANN, &sender) };
    assert_eq!(scene.state.turn(&turn).await.unwrap().held().unwrap().claimed, [mine[1]]);
    assert_eq!(announcement(&scene, ANN).await, Some(Announcement::Pending), "claimed is not sent");
    assert!(scene.record(ANN).await.is_too_early(MessageId(i64::MAX)));
    for again in [2_000_000_041, 2_000_000_050] {
        shown(&scene, ANN, &sender, mine[1], again).await;
        let at = Some(Announcement::At(MessageId(2_000_000_041)));
        assert_eq!(announcement(&scene, ANN).await, at, "an ack counts once");
    }
    let record = scene.record(ANN).await;
    assert!(record.is_too_early(MessageId(2_000_000_040)) && !record.is_too_early(MessageId(2_000_000_042)));
    assert_eq!(record.version, version, "no act has to look again for that");
    assert_eq!(announcement(&scene, BEN).await, Some(Announcement::Pending));
}

pub(super) async fn a_message_behind_its_notice_ends_an_announcement(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let (entry, sender) = notice(&scene, ANN).await;
    let wrote = async |bot, id| {
        let wrote = Some(Wrote { bot, message: MessageId(id) });
        let arrival = Arrival { wrote, ..Arrival::default() };
        let arrived = scene.state.arrive(ANN, arrival).await.unwrap().record.unwrap().announcement;
        assert_eq!(announcement(&scene, ANN).await, arrived, "it is what the record says from then on");
        arrived
    };
    assert_eq!(wrote(BOT, 2_000_000_099).await, Some(Announcement::Pending));
    shown(&scene, ANN, &sender, entry, 2_000_000_041).await;
    let at = Some(Announcement::At(MessageId(2_000_000_041)));
    assert_eq!(wrote(BOT, 2_000_000_040).await, at);
    assert_eq!(wrote(BOT, 999_999_999).await, at, "ids are numbers");
    assert_eq!(wrote(OTHER_BOT, 2_000_000_099).await, at, "of another chat");
    assert_eq!(wrote(BOT, 2_000_000_042).await, None);
    shown(&scene, ANN, &sender, entry, 2_000_000_043).await;
    assert_eq!(announcement(&scene, ANN).await, None, "an ack counts once");
}

pub(super) async fn a_notice_that_is_gone_was_announced(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let (entry, reader) = notice(&scene, BEN).await;
    let turn = Turn { acks: vec![plain_ack(entry, BEN)], ..scene.turn(BEN, &reader) };
    scene.state.turn(&turn).await.unwrap().held().unwrap();
    assert_eq!(announcement(&scene, BEN).await, None);
    shown(&scene, BEN, &reader, entry, 41).await;
    assert_eq!(announcement(&scene, BEN).await, None, "an ack counts once");
}

pub(super) async fn leaving_ends_an_announcement_too(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let (entry, reader) = notice(&scene, ANN).await;
    shown(&scene, ANN, &reader, entry, 41).await;
    assert_eq!(scene.state.end(&end(BEN, R)).await.unwrap(), Ended::Ended);
    let leaves = Act { session: Some(Session::Idle), ..bare(ANN, update(30), 0) };
    assert_eq!(scene.act(leaves).await, Acted::Done);
    assert_eq!(announcement(&scene, ANN).await, None);
    assert_eq!(announcement(&scene, BEN).await, None);
}

pub(super) async fn a_late_ack_announces_no_other_room(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let (entry, reader) = notice(&scene, ANN).await;
    scene.state.end(&end(ANN, R)).await.unwrap();
    scene.waiter(ANN, 30).await;
    scene.state.attach(&seat(S, ANN, 30, CYD, 40), &found(S), &opened(S)).await.unwrap();
    shown(&scene, ANN, &reader, entry, 41).await;
    assert_eq!(announcement(&scene, ANN).await, Some(Announcement::Pending));
    scene.state.end(&end(ANN, S)).await.unwrap();
    let entries = scene.outbox(ANN).await;
    shown(&scene, ANN, &reader, entries[entries.len() - 2].id, 45).await;
    assert_eq!(announcement(&scene, ANN).await, None, "the room is over");
}
