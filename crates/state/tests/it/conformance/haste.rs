//! Steps on how fast users go about things.

use std::time::Duration;

use hamdam_domain::haste::{Brakes, Bucket, Counted, Pace};
use hamdam_domain::id::{RoomId, UpdateId};
use hamdam_domain::repeats::{Repeats, TextHash};
use hamdam_domain::session::Session;
use hamdam_state::step::user::{Act, Acted, Arrival};

use super::Subject;
use super::scene::{ANN, BOT, OTHER_BOT, R, Scene, bare, end, seat, stub, update};

/// Empty after a second that nothing came in.
const BUCKET: Bucket = Bucket { updates: 4, empties_in: Duration::from_secs(4) };

/// Takes an update in, and holds what the record says against the rule. Answers whether they were lively.
async fn arrives(scene: &Scene, counted: Counted) -> bool {
    let before = scene.record(ANN).await;
    let arrival = Arrival { counted: Some(counted), ..Arrival::default() };
    let reading = scene.state.arrive(ANN, arrival).await.unwrap();
    let (second, record) = (reading.now.0 / 1_000, reading.record.unwrap());
    let lively = second - before.active_at.0 / 1_000 <= 1;
    let expected = match before.pace {
        None if !lively => None,
        pace => Pace::after(pace, lively, &counted, second),
    };
    assert_eq!(record.pace, expected, "{counted:?} after {:?}", before.pace);
    assert_eq!(scene.record(ANN).await, record, "it is what the record says from then on");
    assert_eq!(record.version, before.version, "no act has to look again");
    lively
}

pub(super) async fn updates_are_counted_once_and_the_same_text_again_weighs_more(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let plays = [
        (BOT, 5, None),
        (BOT, 5, None),
        (BOT, 6, Some(7)),
        (BOT, 8, Some(7)),
        (BOT, 7, Some(7)),
        (OTHER_BOT, 3, Some(9)),
        (OTHER_BOT, 4, None),
        (BOT, 9, Some(u32::MAX)),
        (BOT, 10, Some(u32::MAX)),
    ];
    for (bot, id, text) in plays {
        arrives(&scene, Counted { bot, update: UpdateId(id), text, bucket: BUCKET }).await;
    }
    let quiet = scene.state.arrive(ANN, Arrival::default()).await.unwrap().record.unwrap();
    assert_eq!(quiet.pace, scene.record(ANN).await.pace, "what is not counted changes nothing");
}

pub(super) async fn who_takes_their_time_leaves_nothing_behind(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let counted = |id| Counted { bot: BOT, update: UpdateId(id), text: None, bucket: BUCKET };
    for id in 1..4 {
        arrives(&scene, counted(id)).await;
    }
    if subject.pass(Duration::from_secs(6)).await {
        assert!(!arrives(&scene, counted(4)).await);
        assert_eq!(scene.record(ANN).await.pace, None);
        if subject.pass(Duration::from_secs(2)).await {
            arrives(&scene, counted(5)).await;
            assert_eq!(scene.record(ANN).await.pace, None, "two seconds later is no hurry");
        }
    }
}

pub(super) async fn brakes_are_kept_until_they_come_off(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let now = scene.state.read(ANN).await.unwrap().now.whole_seconds();
    let later = |minutes| Some(now.after(Duration::from_mins(minutes)));
    let brakes = Brakes { quiet_until: later(1), search_from: later(9), hurries: Some((3, now)) };
    let before = scene.record(ANN).await.version;
    let slows = |brakes| Act { brakes: Some(brakes), ..bare(ANN, update(11), 0) };
    assert_eq!(scene.act(slows(brakes)).await, Acted::Done);
    let record = scene.record(ANN).await;
    assert_eq!((record.brakes, record.session.name()), (brakes, "waiting"));
    assert!(record.version > before, "an act must not overlook it");
    assert_eq!(scene.act(bare(ANN, update(12), 0)).await, Acted::Done);
    assert_eq!(scene.record(ANN).await.brakes, brakes, "they stay");
    let off = Act { update: update(13), ..slows(Brakes::default()) };
    assert_eq!(scene.act(off).await, Acted::Done);
    assert_eq!(scene.record(ANN).await.brakes, Brakes::default());
    assert_eq!(scene.act(Act { update: update(14), ..slows(brakes) }).await, Acted::Done);
    if subject.pass(Duration::from_mins(9)).await {
        assert_eq!(scene.record(ANN).await.brakes, Brakes::default());
    }
}

/// Ann writes a text; answers what the record says of it, and when that was.
async fn writes(scene: &Scene, text: u32) -> (Repeats, hamdam_domain::clock::Millis) {
    let arrival = Arrival { spreads: Some(TextHash::new(text)), ..Arrival::default() };
    let reading = scene.state.arrive(ANN, arrival).await.unwrap();
    let repeats = reading.record.unwrap().repeats;
    assert_eq!(scene.record(ANN).await.repeats, repeats, "it is what the record says from then on");
    (repeats, reading.now)
}

pub(super) async fn a_text_in_one_room_after_the_other_is_counted_by_rooms(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    assert_eq!(writes(&scene, 7).await.0, Repeats::default(), "in no room");
    let mut expected = Repeats::default();
    for (place, room) in [R, RoomId(7_000_000_000_000_000_123), RoomId(5)].into_iter().enumerate() {
        let id = 100 + i64::try_from(place).unwrap();
        let waits = Act { session: Some(Session::Waiting(stub(id, 0))), ..bare(ANN, update(id), 0) };
        assert_eq!(scene.act(waits).await, Acted::Done);
        let seated = seat(room, ANN, id, super::scene::BEN, 20);
        let (found, opened) = (super::scene::found(room), super::scene::opened(room));
        scene.state.attach(&seated, &found, &opened).await.unwrap();
        for text in [7, 7, 8, 0xfff_ffff, 7, 9] {
            let (repeats, now) = writes(&scene, text).await;
            expected.said(TextHash::new(text), room, now);
            assert_eq!(repeats, expected, "{text} in {room}");
        }
        scene.state.end(&end(ANN, room)).await.unwrap();
    }
    let now = scene.state.read(ANN).await.unwrap().now;
    assert_eq!(expected.rooms(TextHash::new(7), now), 3);
    if subject.pass(Repeats::KEPT + Duration::from_mins(1)).await {
        assert_eq!(scene.record(ANN).await.repeats, Repeats::default());
    }
}
