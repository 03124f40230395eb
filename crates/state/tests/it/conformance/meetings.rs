//! Whom somebody met is remembered for a while.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{RoomId, UserId};
use hamdam_domain::session::Session;
use hamdam_state::step::matching::{Ended, Seat, Seated};
use hamdam_state::step::user::{Act, Acted};

use super::Subject;
use super::scene::*;

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
