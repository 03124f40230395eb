//! Steps that carry a match out, end it, or undo it.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{PoolId, UserId};
use hamdam_domain::session::{Session, Stub};
use hamdam_state::step::matching::{End, Ended, Relayed, Released, Seat, Seated};
use hamdam_state::step::user::{Act, Acted, Seen};

use super::Subject;
use super::scene::*;

pub(super) fn chatting(with: UserId, id: i64) -> Session {
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
