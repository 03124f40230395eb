//! Payments: each counts once, whatever is told twice, late, or in another order.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_domain::premium::{Charge, Credit, Grant, Payment};
use hamdam_domain::profile::Profile;
use hamdam_state::step::premium::Credited;
use hamdam_state::step::recovery::Revived;
use hamdam_state::step::user::{Act, Acted};

use super::Subject;
use super::recovery::revival;
use super::scene::{ANN, BOT, Scene, bare, profile, update};

const DAY: Duration = Duration::from_hours(24);

fn charge(name: &str) -> Charge {
    Charge::new(name).unwrap()
}

fn paid(name: &str, at: Millis, days: u16) -> Credit {
    Credit { charge: charge(name), grant: Some(Grant { at, days }) }
}

fn gone(name: &str) -> Credit {
    Credit { charge: charge(name), grant: None }
}

fn fact(name: &str) -> Fact {
    let (user, bot) = (ANN, BOT);
    let payment = Payment { charge: charge(name), user, bot, stars: 5, days: 30, monthly: false };
    Fact::Paid { payment, at: Millis(1) }
}

async fn credit(scene: &Scene, credit: &Credit) -> Credited {
    let facts = [fact(credit.charge.as_str())];
    scene.state.credit(ANN, credit, &facts).await.unwrap()
}

async fn now(scene: &Scene) -> Millis {
    scene.state.read(ANN).await.unwrap().now
}

pub(super) async fn payments_follow_one_another_and_each_counts_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    assert_eq!(scene.record(ANN).await.premium_until, None);
    let at = now(&scene).await;
    for news in [true, false] {
        let until = Some(at.after(30 * DAY));
        assert_eq!(credit(&scene, &paid("one", at, 30)).await, Credited { until, news });
        assert_eq!(scene.record(ANN).await.premium_until, until);
    }
    // Told again with another time it is still what it was.
    let again = credit(&scene, &paid("one", at.after(DAY), 60)).await;
    assert_eq!(again, Credited { until: Some(at.after(30 * DAY)), news: false });
    let until = Some(at.after(37 * DAY));
    assert_eq!(credit(&scene, &paid("two", at.after(DAY), 7)).await, Credited { until, news: true });
    assert_eq!(credit(&scene, &paid("three", at, 0)).await, Credited { until, news: true }, "gives nothing");
    assert_eq!(scene.record(ANN).await.premium_until, until);
    assert_eq!(scene.journal(ANN).await, [fact("one"), fact("two"), fact("three")]);
}

pub(super) async fn what_went_back_gives_nothing_whichever_is_told_first(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let at = now(&scene).await;
    credit(&scene, &paid("one", at, 30)).await;
    credit(&scene, &paid("two", at.after(10 * DAY), 30)).await;
    for news in [true, false] {
        let until = Some(at.after(40 * DAY));
        assert_eq!(
            credit(&scene, &gone("one")).await,
            Credited { until, news },
            "the second begins by itself"
        );
    }
    let back = credit(&scene, &paid("one", at, 30)).await;
    assert_eq!(back, Credited { until: Some(at.after(40 * DAY)), news: false });
    assert!(credit(&scene, &gone("three")).await.news);
    assert_eq!(credit(&scene, &paid("three", at, 30)).await.until, Some(at.after(40 * DAY)));
    assert_eq!(credit(&scene, &gone("two")).await, Credited { until: None, news: true });
    assert_eq!(scene.record(ANN).await.premium_until, None);
}

pub(super) async fn who_is_enrolled_has_what_was_paid_before(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let at = Millis(1_800_000_000_000);
    let until = Some(at.after(30 * DAY));
    assert_eq!(credit(&scene, &paid("one", at, 30)).await, Credited { until, news: true });
    assert_eq!(scene.state.read(ANN).await.unwrap().record, None, "a payment makes no record");
    scene.enroll(ANN).await;
    assert_eq!(scene.record(ANN).await.premium_until, until);
    scene.enroll(UserId(ANN.0 + 64)).await;
    assert_eq!(scene.record(UserId(ANN.0 + 64)).await.premium_until, None, "it is Ann's");
}

pub(super) async fn who_comes_back_to_a_room_has_what_was_paid_before(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let at = Millis(1_800_000_000_000);
    credit(&scene, &paid("one", at, 30)).await;
    let hour = now(&scene).await.hour();
    assert_eq!(scene.state.revive(&revival(hour)).await.unwrap(), Revived::Done);
    assert_eq!(scene.record(ANN).await.premium_until, Some(at.after(30 * DAY)));
}

pub(super) async fn a_new_profile_leaves_premium_as_it_is(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let before = scene.record(ANN).await.version;
    let credited = credit(&scene, &paid("one", now(&scene).await, 30)).await;
    let changed = Some(Profile { unreachable: true, ..profile() });
    let act = Act { profile: changed, ..bare(ANN, update(10), before) };
    assert_eq!(scene.act(act).await, Acted::Done, "an act need not look again");
    let record = scene.record(ANN).await;
    assert_eq!((record.premium_until, record.profile.unreachable), (credited.until, true));
}

pub(super) async fn payments_are_known_for_ninety_days_behind_their_end(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let at = now(&scene).await;
    credit(&scene, &paid("one", at, 10)).await;
    if subject.pass(99 * DAY).await {
        assert!(!credit(&scene, &paid("one", at, 10)).await.news);
        subject.pass(91 * DAY).await;
        assert!(credit(&scene, &paid("one", at, 10)).await.news);
    }
}
