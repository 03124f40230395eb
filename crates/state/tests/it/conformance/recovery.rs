//! The step that brings a room back.

use hamdam_domain::id::UpdateId;
use hamdam_domain::mark::{MARK_HOURS, Mark};
use hamdam_domain::outbox::Notice;
use hamdam_domain::profile::Profile;
use hamdam_domain::record::Announcement;
use hamdam_domain::safety::FOR_EVER;
use hamdam_domain::session::Session;
use hamdam_state::step::matching::{Ended, Relayed};
use hamdam_state::step::recovery::{Revival, Revived};
use hamdam_state::step::user::{Act, Acted};

use super::Subject;
use super::scene::{ANN, BEN, CYD, OTHER_BOT, R, S, Scene, bare, end, relay, telling, ticket_id, update};

/// Ann's side of a room with Ben, of whom the record knows messages up to update 25.
pub(super) fn revival(hour: u32) -> Revival {
    Revival {
        user: ANN,
        profile: telling(),
        blocked: vec![CYD],
        room: R,
        partner: BEN,
        ticket: ticket_id(15),
        across: None,
        floor: Mark { update: UpdateId(25), hour, era: 0 },
        messages: 4,
        notice: None,
    }
}

pub(super) async fn whoever_is_told_speaks_only_behind_that(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let hour = scene.state.read(ANN).await.unwrap().now.hour();
    let notice = Notice::RoomBack { room: R }.entry();
    let back = Revival { notice: Some(notice.clone()), ..revival(hour) };
    assert_eq!(scene.state.revive(&back).await.unwrap(), Revived::Done);
    assert_eq!(scene.state.revive(&back).await.unwrap(), Revived::Already);
    assert_eq!(scene.chat(ANN).await, [notice], "once");
    assert_eq!(scene.record(ANN).await.announcement, Some(Announcement::Pending));
}

pub(super) async fn who_is_unknown_or_idle_sits_in_the_room_again(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let hour = scene.state.read(ANN).await.unwrap().now.hour();
    let back = revival(hour);
    assert_eq!(scene.state.revive(&back).await.unwrap(), Revived::Done);
    assert_eq!(scene.state.revive(&back).await.unwrap(), Revived::Already);
    let record = scene.record(ANN).await;
    assert_eq!(record.session, Session::Chatting { room: R, partner: BEN, ticket: ticket_id(15) });
    assert_eq!((&record.profile, &record.blocked[..], record.across), (&telling(), &[CYD][..], None));
    // Ben was only seen since: he has a record, and stands nowhere.
    scene.enroll(BEN).await;
    let ben = Revival { user: BEN, partner: ANN, across: Some(OTHER_BOT), blocked: Vec::new(), ..back };
    assert_eq!(scene.state.revive(&ben).await.unwrap(), Revived::Done);
    assert_eq!(scene.record(BEN).await.across, Some(OTHER_BOT));
    assert_eq!(scene.state.end(&end(BEN, R)).await.unwrap(), Ended::Ended);
    assert_eq!(scene.state.end(&end(ANN, R)).await.unwrap(), Ended::Ended);
}

pub(super) async fn relays_go_on_behind_what_the_record_knows(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let hour = scene.state.read(ANN).await.unwrap().now.hour();
    scene.state.revive(&revival(hour)).await.unwrap();
    assert_eq!(scene.state.relay(&relay(ANN, BEN, R, update(25))).await.unwrap(), Relayed::Duplicate);
    assert_eq!(scene.state.relay(&relay(ANN, BEN, R, update(26))).await.unwrap(), Relayed::Queued);
    assert_eq!(scene.state.relay(&relay(ANN, BEN, R, update(26))).await.unwrap(), Relayed::Duplicate);
    let queued = scene.outbox(ANN).await;
    assert_eq!(queued.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [5], "counted on");
    // A room whose last message is older than a mark lasts takes any update.
    let scene = Scene::of(subject);
    scene.state.revive(&Revival { user: CYD, ..revival(hour - MARK_HOURS - 1) }).await.unwrap();
    assert_eq!(scene.state.relay(&relay(CYD, BEN, R, update(3))).await.unwrap(), Relayed::Queued);
}

pub(super) async fn whoever_began_anything_since_stays_there(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let hour = scene.state.read(ANN).await.unwrap().now.hour();
    let back = revival(hour);
    scene.waiter(ANN, 10).await;
    assert_eq!(scene.state.revive(&back).await.unwrap(), Revived::Elsewhere, "waits");
    let idle = Act {
        session: Some(Session::Idle),
        begins: true,
        ..bare(ANN, update(11), scene.record(ANN).await.version)
    };
    assert_eq!(scene.act(idle).await, Acted::Done);
    assert_eq!(scene.state.revive(&back).await.unwrap(), Revived::Elsewhere, "left by an update of theirs");
    let mut other = Revival { user: BEN, room: S, ..revival(hour) };
    assert_eq!(scene.state.revive(&other).await.unwrap(), Revived::Done);
    other.room = R;
    assert_eq!(scene.state.revive(&other).await.unwrap(), Revived::Elsewhere, "talks elsewhere");
    let banned = Profile { banned_until: Some(FOR_EVER), ..telling() };
    scene.state.enroll(CYD, &banned, &[], &[]).await.unwrap();
    assert_eq!(
        scene.state.revive(&Revival { user: CYD, ..back }).await.unwrap(),
        Revived::Elsewhere,
        "banned"
    );
}
