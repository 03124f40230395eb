//! Steps that carry a match out, relay within it, end it, or undo it.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, PoolId, RoomId, UserId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::outbox::{EntryId, Notice};
use hamdam_domain::record::Announcement;
use hamdam_domain::session::{Session, Stub};
use hamdam_state::step::Holder;
use hamdam_state::step::matching::{End, Ended, Relay, Relayed, Released, Seat, Seated};
use hamdam_state::step::sending::{Ack, Keep, Turn};
use hamdam_state::step::user::{Act, Acted, Arrival, Seen, Wrote};

use super::Subject;
use super::scene::*;
use super::sending::plain_ack;

fn chatting(with: UserId, id: i64) -> Session {
    Session::Chatting { room: R, partner: with, ticket: ticket_id(id) }
}

pub(super) async fn two_people_meet(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    scene.waiter(BEN, 20).await;
    let (ann, ben) = (seat(R, ANN, 10, BEN, 20), seat(R, BEN, 20, ANN, 10));
    assert_eq!(scene.state.hold(&ann).await.unwrap(), Seated::Done);
    assert_eq!(scene.session(ANN).await, Session::Held { room: R, partner: BEN, stub: stub(10, 0) });
    assert_eq!(scene.state.hold(&ann).await.unwrap(), Seated::Already);
    assert_eq!(scene.state.attach(&ben, &found(R), &opened(R)).await.unwrap(), Seated::Done);
    assert_eq!(scene.state.attach(&ben, &found(R), &opened(R)).await.unwrap(), Seated::Already);
    assert_eq!(scene.state.open(ANN, R, &found(R)).await.unwrap(), Seated::Done);
    assert_eq!(scene.state.open(ANN, R, &found(R)).await.unwrap(), Seated::Already);
    assert_eq!(scene.state.hold(&ann).await.unwrap(), Seated::Already, "an open room needs no hold");
    assert_eq!(scene.session(ANN).await, chatting(BEN, 10));
    assert_eq!(scene.session(BEN).await, chatting(ANN, 20));
    assert_eq!(scene.chat(ANN).await, [found(R)]);
    assert_eq!(scene.chat(BEN).await, [found(R)]);
    assert_eq!(scene.journal(BEN).await, [opened(R)]);
}

/// The same seat with a partner of another bot.
fn across(mut seat: Seat) -> Seat {
    seat.partner_ticket.bot = OTHER_BOT;
    seat
}

pub(super) async fn who_meets_across_bots_knows_it_while_the_room_lasts(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    scene.waiter(BEN, 20).await;
    scene.waiter(CYD, 30).await;
    let there = async |user| scene.record(user).await.across;
    let ann = across(seat(R, ANN, 10, BEN, 20));
    assert_eq!(scene.state.hold(&ann).await.unwrap(), Seated::Done);
    assert_eq!(there(ANN).await, Some(OTHER_BOT));
    scene.state.release(R, &claimant(ANN, 10, 0), &left(R), &closed(R)).await.unwrap();
    assert_eq!(there(ANN).await, None, "nothing came of it");
    let again = Seat { room: S, me: claimant(ANN, 10, 1), ..ann };
    assert_eq!(scene.state.hold(&again).await.unwrap(), Seated::Done);
    let ben = across(seat(S, BEN, 20, ANN, 10));
    assert_eq!(scene.state.attach(&ben, &found(S), &opened(S)).await.unwrap(), Seated::Done);
    assert_eq!(scene.state.open(ANN, S, &found(S)).await.unwrap(), Seated::Done);
    assert_eq!((there(ANN).await, there(BEN).await), (Some(OTHER_BOT), Some(OTHER_BOT)));
    scene.state.end(&end(ANN, S)).await.unwrap();
    let leaves = Act { session: Some(Session::Idle), ..bare(BEN, update(40), 0) };
    assert_eq!(scene.act(leaves).await, Acted::Done);
    assert_eq!((there(ANN).await, there(BEN).await), (None, None));
    let cyd = seat(R, CYD, 30, ANN, 10);
    assert_eq!(scene.state.attach(&cyd, &found(R), &opened(R)).await.unwrap(), Seated::Done);
    assert_eq!(there(CYD).await, None, "one bot needs no saying");
}

/// Whom `user` met, the newest last.
async fn met(scene: &Scene, user: UserId) -> Vec<UserId> {
    let reading = scene.state.read(user).await.unwrap();
    let record = reading.record.unwrap();
    assert!(record.recent.iter().all(|met| met.at.0 % 1_000 == 0 && met.at <= reading.now));
    assert_eq!(record.wishes(Millis(0)).recent, record.recent, "a ticket tells it");
    record.recent.iter().map(|met| met.user).collect()
}

/// `user` waits since update `id`, is attached to `partner` and left again.
async fn meets(scene: &Scene, user: UserId, id: i64, partner: UserId) {
    let room = RoomId(R.0 + id);
    let wait =
        Act { session: Some(Session::Waiting(stub(id, 0))), begins: true, ..bare(user, update(id), 0) };
    assert_eq!(scene.act(wait).await, Acted::Done);
    let seat = seat(room, user, id, partner, 1);
    assert_eq!(scene.state.attach(&seat, &found(room), &opened(room)).await.unwrap(), Seated::Done);
    assert_eq!(scene.state.end(&end(user, room)).await.unwrap(), Ended::Ended);
}

pub(super) async fn whoever_leaves_a_room_remembers_whom_they_met(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    assert_eq!(scene.record(ANN).await.recent, []);
    let now: Vec<_> = scene.record(ANN).await.wishes(Millis(0)).recent.iter().map(|met| met.user).collect();
    assert_eq!(now, [BEN], "a ticket that leaves the room tells it");
    scene.state.end(&end(ANN, R)).await.unwrap();
    assert_eq!(met(&scene, ANN).await, [BEN]);
    let leaves = Act { session: Some(Session::Waiting(stub(30, 0))), ..bare(BEN, update(30), 0) };
    assert_eq!(scene.act(leaves).await, Acted::Done);
    assert_eq!(met(&scene, BEN).await, [ANN]);
    scene.state.hold(&seat(S, BEN, 30, CYD, 40)).await.unwrap();
    scene.state.end(&end(BEN, S)).await.unwrap();
    assert_eq!(met(&scene, BEN).await, [ANN], "chosen is not met");
    let seat = Seat { me: claimant(BEN, 30, 1), ..seat(S, BEN, 30, CYD, 40) };
    scene.state.attach(&seat, &found(S), &opened(S)).await.unwrap();
    scene.state.release(S, &claimant(BEN, 30, 1), &left(S), &closed(S)).await.unwrap();
    assert_eq!(met(&scene, BEN).await, [ANN, CYD]);
}

pub(super) async fn the_last_twenty_meetings_are_remembered(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let partner = |n: i64| UserId(5_000 + n);
    for n in 1..=22 {
        meets(&scene, ANN, 10 * n, partner(n)).await;
    }
    assert_eq!(met(&scene, ANN).await, (3..=22).map(partner).collect::<Vec<_>>());
    meets(&scene, ANN, 1_000, partner(7)).await;
    let mut again = met(&scene, ANN).await;
    again.sort_unstable();
    assert_eq!(again, (3..=22).map(partner).collect::<Vec<_>>(), "each is remembered once");
}

pub(super) async fn a_meeting_is_forgotten_after_a_day(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    meets(&scene, ANN, 10, BEN).await;
    if !subject.pass(Duration::from_hours(23)).await {
        return;
    }
    meets(&scene, ANN, 20, CYD).await;
    assert_eq!(met(&scene, ANN).await, [BEN, CYD]);
    subject.pass(Duration::from_hours(2)).await;
    assert_eq!(met(&scene, ANN).await, [CYD]);
}

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

pub(super) async fn hold_and_attach_want_ticket_and_attempt(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    scene.enroll(BEN).await;
    let good = seat(R, ANN, 10, BEN, 20);
    let attempt = Seat { me: claimant(ANN, 10, 1), ..good.clone() };
    let ticket = Seat { me: claimant(ANN, 9, 0), ..good };
    let idle = seat(R, BEN, 20, ANN, 10);
    let stranger = seat(R, CYD, 20, ANN, 10);
    for seat in [attempt, ticket, idle, stranger] {
        assert_eq!(scene.state.hold(&seat).await.unwrap(), Seated::Refused, "{seat:?}");
        assert_eq!(scene.state.attach(&seat, &found(R), &opened(R)).await.unwrap(), Seated::Refused);
    }
    assert_eq!(scene.session(ANN).await, Session::Waiting(stub(10, 0)));
    assert_eq!(scene.chat(ANN).await, []);
}

pub(super) async fn hold_and_attach_refuse_the_blocked(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.state.enroll(ANN, &profile(), &[CYD, BEN], &[]).await.unwrap();
    scene.waiter(ANN, 10).await;
    let blocked = seat(R, ANN, 10, BEN, 20);
    assert_eq!(scene.state.hold(&blocked).await.unwrap(), Seated::Refused);
    assert_eq!(scene.state.attach(&blocked, &found(R), &opened(R)).await.unwrap(), Seated::Refused);
    assert_eq!(scene.session(ANN).await, Session::Waiting(stub(10, 0)));
    let welcome = seat(R, ANN, 10, UserId(100), 20);
    assert_eq!(scene.state.hold(&welcome).await.unwrap(), Seated::Done, "100 is no prefix of a blocked id");
}

pub(super) async fn opening_needs_the_hold(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    assert_eq!(scene.state.open(ANN, R, &found(R)).await.unwrap(), Seated::Refused);
    scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap();
    assert_eq!(scene.state.open(ANN, S, &found(S)).await.unwrap(), Seated::Refused);
    assert_eq!(scene.state.open(CYD, R, &found(R)).await.unwrap(), Seated::Refused);
    assert_eq!(scene.chat(ANN).await, []);
}

pub(super) async fn release_returns_the_held_and_the_waiting(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap();
    let back = Released::Waiting(stub(10, 1));
    for _ in 0..2 {
        let released = scene.state.release(R, &claimant(ANN, 10, 0), &left(R), &closed(R)).await.unwrap();
        assert_eq!(released, back);
        assert_eq!(scene.session(ANN).await, Session::Waiting(stub(10, 1)));
    }
    let released = scene.state.release(S, &claimant(ANN, 10, 1), &left(S), &closed(S)).await.unwrap();
    assert_eq!(released, Released::Waiting(stub(10, 2)), "never held, but chosen");
    assert_eq!(scene.chat(ANN).await, []);
    assert_eq!(scene.journal(ANN).await, []);
}

pub(super) async fn release_ends_an_open_room(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let released = scene.state.release(R, &claimant(ANN, 10, 0), &left(R), &closed(R)).await.unwrap();
    assert_eq!(released, Released::Ended);
    assert_eq!(scene.session(ANN).await, Session::Idle);
    assert_eq!(scene.chat(ANN).await, [found(R), left(R)]);
    assert_eq!(scene.journal(ANN).await, [closed(R)]);
    let again = scene.state.release(R, &claimant(ANN, 10, 0), &left(R), &closed(R)).await.unwrap();
    assert_eq!(again, Released::Elsewhere);
    assert_eq!(scene.chat(ANN).await.len(), 2);
}

pub(super) async fn release_leaves_others_alone(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    scene.enroll(CYD).await;
    let cases = [(S, claimant(ANN, 10, 0)), (R, claimant(CYD, 30, 0)), (R, claimant(UserId(999), 1, 0))];
    for (room, who) in cases {
        let released = scene.state.release(room, &who, &left(room), &closed(room)).await.unwrap();
        assert_eq!(released, Released::Elsewhere, "{who:?}");
    }
    assert_eq!(scene.session(ANN).await, chatting(BEN, 10));
    scene.waiter(CYD, 30).await;
    let other = scene.state.release(R, &claimant(CYD, 29, 0), &left(R), &closed(R)).await.unwrap();
    assert_eq!(other, Released::Elsewhere, "another ticket");
    let ahead = scene.state.release(R, &claimant(CYD, 30, 5), &left(R), &closed(R)).await.unwrap();
    assert_eq!(ahead, Released::Elsewhere, "another attempt");
}

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

pub(super) async fn end_ends_returns_or_leaves_alone(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    assert_eq!(scene.state.end(&end(BEN, S)).await.unwrap(), Ended::Elsewhere);
    assert_eq!(scene.state.end(&end(BEN, R)).await.unwrap(), Ended::Ended);
    assert_eq!(scene.state.end(&end(BEN, R)).await.unwrap(), Ended::Elsewhere);
    assert_eq!(scene.session(BEN).await, Session::Idle);
    assert_eq!(scene.chat(BEN).await, [found(R), left(R)]);
    assert_eq!(scene.journal(BEN).await, [opened(R), closed(R)]);
    scene.waiter(CYD, 30).await;
    scene.state.hold(&seat(S, CYD, 30, BEN, 20)).await.unwrap();
    assert_eq!(scene.state.end(&end(CYD, S)).await.unwrap(), Ended::Returned);
    assert_eq!(scene.session(CYD).await, Session::Waiting(stub(30, 1)));
    assert_eq!(scene.chat(CYD).await, []);
    assert_eq!(scene.state.end(&end(UserId(999), S)).await.unwrap(), Ended::Elsewhere);
}

pub(super) async fn end_spares_those_who_were_active(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let active = scene.record(BEN).await.active_at;
    let begun = |since: Millis| End { unless_active_since: Some(since), unreachable: true, ..end(BEN, R) };
    let earlier = begun(Millis(active.0 - 1));
    assert_eq!(scene.state.end(&earlier).await.unwrap(), Ended::Elsewhere);
    let same_second = begun(Millis(active.0 + 999));
    assert_eq!(scene.state.end(&same_second).await.unwrap(), Ended::Elsewhere, "the doubt is theirs");
    assert!(!scene.record(BEN).await.profile.unreachable);
    let later = begun(active.after(Duration::from_secs(1)));
    assert_eq!(scene.state.end(&later).await.unwrap(), Ended::Ended);
    let record = scene.record(BEN).await;
    assert_eq!((record.session, record.profile.unreachable), (Session::Idle, true));
}

pub(super) async fn bump_raises_the_attempt_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    for _ in 0..2 {
        assert_eq!(scene.state.bump(&claimant(ANN, 10, 0), &pool()).await.unwrap(), Some(stub(10, 1)));
        assert_eq!(scene.session(ANN).await, Session::Waiting(stub(10, 1)));
    }
    let wider = PoolId("wider".into());
    assert_eq!(
        scene.state.bump(&claimant(ANN, 10, 0), &wider).await.unwrap(),
        None,
        "moved already, elsewhere"
    );
    let moved = Stub { pool: wider.clone(), ..stub(10, 2) };
    for _ in 0..2 {
        let bumped = scene.state.bump(&claimant(ANN, 10, 1), &wider).await.unwrap();
        assert_eq!(bumped, Some(moved.clone()), "time and ticket stay");
        assert_eq!(scene.session(ANN).await, Session::Waiting(moved.clone()));
    }
    assert_eq!(scene.state.bump(&claimant(ANN, 11, 1), &pool()).await.unwrap(), None);
    assert_eq!(scene.state.bump(&claimant(ANN, 10, 4), &pool()).await.unwrap(), None);
    assert_eq!(scene.state.bump(&claimant(UserId(999), 10, 4), &pool()).await.unwrap(), None);
    scene.state.hold(&Seat { me: claimant(ANN, 10, 2), ..seat(R, ANN, 10, BEN, 20) }).await.unwrap();
    assert_eq!(scene.state.bump(&claimant(ANN, 10, 2), &pool()).await.unwrap(), None);
}

pub(super) async fn counters_and_live_follow_the_sessions(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let ever = Millis(i64::MAX / 4);
    let users = [ANN, BEN];
    let shards: std::collections::BTreeSet<_> = users.iter().map(|user| scene.shard(*user)).collect();
    let count = async || {
        let (mut waiting, mut chatting, mut live) = (0, 0, Vec::new());
        for shard in &shards {
            let depth = scene.state.depth(*shard).await.unwrap();
            waiting += depth.waiting;
            chatting += depth.chatting;
            live.extend(scene.state.live(*shard, ever, 0, 100).await.unwrap());
        }
        live.sort();
        (waiting, chatting, live)
    };
    scene.waiter(ANN, 10).await;
    scene.waiter(BEN, 20).await;
    assert_eq!(count().await, (2, 0, vec![ANN, BEN]));
    scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap();
    assert_eq!(count().await, (2, 0, vec![ANN, BEN]));
    scene.state.attach(&seat(R, BEN, 20, ANN, 10), &found(R), &opened(R)).await.unwrap();
    assert_eq!(count().await, (1, 1, vec![ANN, BEN]));
    let told = scene.state.relay(&relay(ANN, BEN, R, update(21))).await.unwrap();
    assert_eq!(told, Relayed::Queued);
    assert_eq!(count().await, (0, 2, vec![ANN, BEN]));
    scene.state.end(&end(ANN, R)).await.unwrap();
    assert_eq!(count().await, (0, 1, vec![BEN]));
    scene.state.release(R, &claimant(BEN, 20, 0), &left(R), &closed(R)).await.unwrap();
    assert_eq!(count().await, (0, 0, vec![]));
}

pub(super) async fn a_look_sees_sessions_and_activity(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    for user in [ANN, BEN] {
        let unknown =
            (5_000..9_000).map(UserId).find(|other| scene.shard(*other) == scene.shard(user)).unwrap();
        let look = scene.state.look(scene.shard(user), &[unknown, user]).await.unwrap();
        let record = scene.record(user).await;
        assert_eq!(look.seen[0], None);
        assert_eq!(look.seen[1], Some(Seen { session: record.session, active_at: record.active_at }));
        assert!(look.now >= record.active_at);
    }
    scene.state.end(&end(ANN, R)).await.unwrap();
    let look = scene.state.look(scene.shard(ANN), &[ANN]).await.unwrap();
    assert_eq!(look.seen[0].as_ref().map(|seen| &seen.session), Some(&Session::Idle));
}
