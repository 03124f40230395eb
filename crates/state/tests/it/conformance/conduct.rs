//! Steps on how users behaved.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::{Complaint, Conduct, Judgement, Origin, Ratings, week};
use hamdam_domain::id::UserId;

use super::Subject;
use super::scene::{ANN, BEN, R, S, Scene};

async fn now(scene: &Scene) -> Millis {
    scene.state.read(ANN).await.unwrap().now
}

pub(super) async fn a_complaint_of_one_origin_stands_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let before = scene.record(ANN).await.version;
    let day = week(now(&scene).await) * 7 + 6;
    let mut expected = Conduct::default();
    for (origin, weight) in [(1, 1), (2, 1), (1, 2), (1, 2), (3, 1), (4, 1), (5, 1), (6, 1)] {
        let complaint = Complaint { origin: Origin(origin), weight, day };
        scene.state.judge(ANN, &Judgement::Against(complaint)).await.unwrap();
        expected.complain(complaint);
        assert_eq!(scene.record(ANN).await.conduct, expected);
    }
    for origin in [9, 3, 3] {
        scene.state.judge(ANN, &Judgement::Withdrawn(Origin(origin))).await.unwrap();
        expected.withdraw(Origin(origin));
        assert_eq!(scene.record(ANN).await.conduct, expected);
    }
    assert_eq!(scene.record(ANN).await.version, before, "no act has to look again");
    for origin in [1, 2, 4, 5, 6] {
        scene.state.judge(ANN, &Judgement::Withdrawn(Origin(origin))).await.unwrap();
    }
    assert_eq!(scene.record(ANN).await.conduct, Conduct::default());
    scene.state.judge(UserId(999), &Judgement::Withdrawn(Origin(1))).await.unwrap();
    assert_eq!(scene.state.read(UserId(999)).await.unwrap().record, None);
}

pub(super) async fn of_several_ratings_of_a_room_the_last_counts_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    scene.enroll(BEN).await;
    let this = week(now(&scene).await);
    let rate = async |user, room, up, week| {
        scene.state.judge(user, &Judgement::Rated { room, up, week }).await.unwrap();
    };
    let ratings = async |user| {
        let now = now(&scene).await;
        let Ratings { up, down, .. } = scene.record(user).await.conduct.ratings(now);
        (up, down)
    };
    for up in [false, false, true, true] {
        rate(ANN, R, up, this).await;
    }
    assert_eq!(ratings(ANN).await, (1, 0));
    rate(ANN, S, false, this).await;
    rate(BEN, R, false, this).await;
    assert_eq!((ratings(ANN).await, ratings(BEN).await), ((1, 1), (0, 1)), "each room and side for itself");
    if subject.pass(Duration::from_hours(1)).await {
        rate(ANN, R, true, this).await;
        assert_eq!(ratings(ANN).await, (2, 1), "what was said is forgotten with the room");
    }
}

pub(super) async fn ratings_of_last_week_count_half(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let this = week(now(&scene).await);
    let complaint = Complaint { origin: Origin(7), weight: 1, day: this * 7 };
    scene.state.judge(ANN, &Judgement::Against(complaint)).await.unwrap();
    let mut expected = Conduct::default();
    expected.complain(complaint);
    let plays = [
        (1, false, 0),
        (2, false, 0),
        (3, false, 0),
        (4, true, 0),
        (5, true, 1),
        (6, false, 0),
        (7, true, 9),
    ];
    for (room, up, later) in plays {
        let (room, week) = (hamdam_domain::id::RoomId(room), this + later);
        scene.state.judge(ANN, &Judgement::Rated { room, up, week }).await.unwrap();
        expected.rate(None, up, week);
        assert_eq!(scene.record(ANN).await.conduct, expected, "{room}");
    }
}
