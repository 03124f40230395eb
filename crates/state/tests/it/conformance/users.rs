//! Steps on a user's own shard.

use std::time::Duration;

use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::outbox::Notice;
use hamdam_domain::panel::{Asking, Dialogue};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::{Asked, Joined};
use hamdam_domain::session::Session;
use hamdam_domain::wish::Wants;
use hamdam_state::step::matching::Ended;
use hamdam_state::step::user::{Act, Acted, Arrival};

use super::Subject;
use super::scene::*;

pub(super) async fn a_stranger_is_unknown_until_enrolled(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    assert_eq!(scene.state.arrive(ANN, Arrival::default()).await.unwrap().record, None);
    let fact = Fact::Profile { user: ANN, profile: profile(), version: hamdam_domain::clock::Millis(1) };
    scene.state.enroll(ANN, &profile(), &[BEN], std::slice::from_ref(&fact)).await.unwrap();
    let record = scene.record(ANN).await;
    assert_eq!(record.session, Session::Idle);
    assert_eq!(record.profile, profile());
    assert_eq!(record.blocked, [BEN]);
    assert_eq!((record.since, record.marks), (None, Vec::new()));
    assert_eq!(scene.journal(ANN).await, [fact]);
    let nobody = Act { session: Some(Session::Idle), ..bare(BEN, update(1), 0) };
    assert_eq!(scene.state.act(&nobody).await.unwrap(), Acted::Changed);
}

pub(super) async fn enrolling_twice_changes_nothing(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let before = scene.record(ANN).await;
    let other = Profile { language: Language::Fa, ..profile() };
    scene.state.enroll(ANN, &other, &[BEN], &[closed(R)]).await.unwrap();
    assert_eq!(scene.record(ANN).await, before);
    assert_eq!(scene.journal(ANN).await, []);
}

pub(super) async fn arriving_notes_activity(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let before = scene.record(ANN).await;
    if !subject.pass(Duration::from_millis(1_100)).await {
        return;
    }
    assert_eq!(scene.record(ANN).await.active_at, before.active_at, "reading is no activity");
    let reading = scene.state.arrive(ANN, Arrival::default()).await.unwrap();
    let record = reading.record.unwrap();
    assert!(record.active_at > before.active_at);
    assert_eq!(record.active_at.0 % 1_000, 0);
    assert!(record.active_at <= reading.now && reading.now.0 - record.active_at.0 < 1_000);
    assert_eq!(record.version, before.version);
}

pub(super) async fn act_moves_marks_answers_and_notes_in_one_step(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let before = scene.record(ANN).await;
    let searching = Notice::Searching { ticket: ticket_id(10) }.entry();
    let wait = Act {
        session: Some(Session::Waiting(stub(10, 0))),
        begins: true,
        entries: vec![(BOT, searching.clone()), (BOT, Notice::Help.entry())],
        facts: vec![opened(R)],
        ..bare(ANN, update(10), before.version)
    };
    assert_eq!(scene.state.act(&wait).await.unwrap(), Acted::Done);
    let reading = scene.state.read(ANN).await.unwrap();
    let record = reading.record.unwrap();
    assert_eq!(record.session, Session::Waiting(stub(10, 0)));
    assert!(record.version > before.version);
    assert!(record.has_done(&update(10), reading.now) && !record.has_done(&update(11), reading.now));
    let since = record.since.unwrap();
    assert!(since.precedes_state(&update(9), reading.now) && !since.precedes_state(&update(10), reading.now));
    assert_eq!(scene.chat(ANN).await, [searching, Notice::Help.entry()]);
    assert_eq!(scene.journal(ANN).await, [opened(R)]);
}

pub(super) async fn act_sees_its_own_mark_before_anything_else(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let again = Act {
        session: Some(Session::Idle),
        entries: vec![(BOT, Notice::Help.entry())],
        ..bare(ANN, update(10), 0)
    };
    assert_eq!(scene.act(again.clone()).await, Acted::Duplicate);
    assert_eq!(scene.state.act(&Act { expect: 999, ..again }).await.unwrap(), Acted::Duplicate);
    assert_eq!(scene.session(ANN).await, Session::Waiting(stub(10, 0)));
    assert_eq!(scene.chat(ANN).await, []);
}

pub(super) async fn act_refuses_what_was_read_before_another_change(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let read = scene.record(ANN).await.version;
    scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap();
    let stale = Act { session: Some(Session::Idle), ..bare(ANN, update(11), read) };
    assert_eq!(scene.state.act(&stale).await.unwrap(), Acted::Changed);
    assert_eq!(scene.session(ANN).await.room(), Some(R));
    assert_eq!(scene.act(stale).await, Acted::Done, "the refused update was not marked");
}

pub(super) async fn an_older_update_of_the_queue_is_a_duplicate(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    assert_eq!(scene.act(bare(ANN, update(10), 0)).await, Acted::Done);
    assert_eq!(scene.act(bare(ANN, update(9), 0)).await, Acted::Duplicate);
    assert_eq!(scene.act(bare(ANN, update(11), 0)).await, Acted::Done);
}

pub(super) async fn queues_bots_and_eras_have_marks_of_their_own(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    assert_eq!(scene.act(bare(ANN, update(10), 0)).await, Acted::Done);
    assert_eq!(scene.act(bare(ANN, press(9), 0)).await, Acted::Done);
    let elsewhere = UpdateRef { bot: OTHER_BOT, ..update(5) };
    assert_eq!(scene.act(bare(ANN, elsewhere, 0)).await, Acted::Done);
    let moved = UpdateRef { era: 1, ..update(3) };
    assert_eq!(scene.act(bare(ANN, moved, 0)).await, Acted::Done, "ids restart with the era");
    assert_eq!(scene.act(bare(ANN, moved, 0)).await, Acted::Duplicate);
    assert_eq!(scene.act(bare(ANN, press(9), 0)).await, Acted::Duplicate);
    assert_eq!(scene.act(bare(ANN, elsewhere, 0)).await, Acted::Duplicate);
}

pub(super) async fn marks_age(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    assert_eq!(scene.act(bare(ANN, update(10), 0)).await, Acted::Done);
    if !subject.pass(Duration::from_hours(47)).await {
        return;
    }
    assert_eq!(scene.act(bare(ANN, update(10), 0)).await, Acted::Duplicate);
    subject.pass(Duration::from_hours(3)).await;
    assert_eq!(scene.act(bare(ANN, update(2), 0)).await, Acted::Done, "ids may have restarted");
}

pub(super) async fn since_and_profile_raise_the_version_and_a_bare_mark_does_not(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let v0 = scene.record(ANN).await.version;
    scene.act(bare(ANN, update(10), 0)).await;
    let v1 = scene.record(ANN).await.version;
    assert_eq!(v0, v1);
    scene.act(Act { begins: true, ..bare(ANN, update(11), 0) }).await;
    let v2 = scene.record(ANN).await.version;
    assert!(v2 > v1);
    scene.act(Act { profile: Some(profile()), ..bare(ANN, update(12), 0) }).await;
    let record = scene.record(ANN).await;
    assert!(record.version > v2);
    assert_eq!(record.since.unwrap().mark.update.0, 11);
}

pub(super) async fn what_a_user_told_stays_until_it_is_taken_back(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.state.enroll(BEN, &telling(), &[], &[]).await.unwrap();
    assert_eq!(scene.record(BEN).await.profile, telling());
    scene.enroll(ANN).await;
    assert_eq!(scene.act(Act { profile: Some(telling()), ..bare(ANN, update(10), 0) }).await, Acted::Done);
    assert_eq!(scene.act(bare(ANN, update(11), 0)).await, Acted::Done);
    let record = scene.record(ANN).await;
    assert_eq!(record.profile, telling());
    let (wishes, told) = (record.wishes(hamdam_domain::clock::Millis(0)), telling());
    assert_eq!((wishes.facts, wishes.wants), (told.facts, told.wants));
    for profile in [Profile { wants: Wants::default(), ..telling() }, profile()] {
        let id = scene.record(ANN).await.marks[0].2.update.0 + 1;
        scene.act(Act { profile: Some(profile.clone()), ..bare(ANN, update(id), 0) }).await;
        assert_eq!(scene.record(ANN).await.profile, profile);
    }
}

pub(super) async fn answers_go_to_the_bot_they_name_in_the_language_of_the_profile(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let persian = Profile { language: Language::Fa, ..profile() };
    let act = Act {
        profile: Some(persian.clone()),
        entries: vec![(OTHER_BOT, Notice::Help.entry()), (BOT, Notice::Welcome.entry())],
        ..bare(ANN, update(10), 0)
    };
    assert_eq!(scene.act(act).await, Acted::Done);
    assert_eq!(scene.record(ANN).await.profile, persian);
    let outbox = scene.outbox(ANN).await;
    let told: Vec<_> = outbox.iter().map(|queued| (queued.bot, queued.language, queued.sequence)).collect();
    assert_eq!(told, [(OTHER_BOT, Language::Fa, 0), (BOT, Language::Fa, 0)]);
}

pub(super) async fn tell_speaks_once_by_the_bot_of_the_session(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let elsewhere = Profile { bot: OTHER_BOT, ..profile() };
    scene.state.enroll(ANN, &elsewhere, &[], &[]).await.unwrap();
    let slow = Notice::SlowDown.entry();
    scene.state.tell(ANN, &slow, "one").await.unwrap();
    scene.state.tell(ANN, &slow, "one").await.unwrap();
    let wait = Act { session: Some(Session::Waiting(stub(10, 0))), begins: true, ..bare(ANN, update(10), 0) };
    scene.act(wait).await;
    scene.state.tell(ANN, &slow, "two").await.unwrap();
    scene.state.tell(UserId(999), &slow, "two").await.unwrap();
    let bots: Vec<_> = scene.outbox(ANN).await.iter().map(|queued| queued.bot).collect();
    assert_eq!(bots, [OTHER_BOT, BOT], "idle: the bot last used; waiting: the ticket's");
}

pub(super) async fn told_names_are_forgotten_after_an_hour(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let slow = Notice::SlowDown.entry();
    scene.state.tell(ANN, &slow, "one").await.unwrap();
    if !subject.pass(Duration::from_mins(59)).await {
        return;
    }
    scene.state.tell(ANN, &slow, "one").await.unwrap();
    assert_eq!(scene.chat(ANN).await.len(), 1);
    subject.pass(Duration::from_mins(2)).await;
    scene.state.tell(ANN, &slow, "one").await.unwrap();
    assert_eq!(scene.chat(ANN).await.len(), 2);
}

pub(super) async fn a_dialogue_ends_when_told_and_with_a_room(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let asks = async |asks, id| {
        let before = scene.record(ANN).await.version;
        assert_eq!(scene.act(Act { asks, ..bare(ANN, update(id), 0) }).await, Acted::Done);
        let record = scene.record(ANN).await;
        assert_eq!(record.version > before, asks != Asking::AsBefore, "an act must not overlook it");
        record.dialogue
    };
    assert_eq!(asks(Asking::For(Dialogue::Age), 30).await, Some(Dialogue::Age));
    assert_eq!(asks(Asking::AsBefore, 31).await, Some(Dialogue::Age));
    assert_eq!(asks(Asking::Nothing, 32).await, None);
    assert_eq!(asks(Asking::For(Dialogue::Place), 33).await, Some(Dialogue::Place));
    assert_eq!(scene.state.end(&end(ANN, R)).await.unwrap(), Ended::Ended);
    assert_eq!(scene.record(ANN).await.dialogue, None);
    assert_eq!(asks(Asking::For(Dialogue::Ages), 34).await, Some(Dialogue::Ages), "while idle");
}

pub(super) async fn what_was_asked_about_waits_in_its_room(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let asked =
        |messages: &[i64]| Asked { room: R, messages: messages.iter().copied().map(MessageId).collect() };
    let mut id = 30;
    let mut acts = async |asked: Option<Asked>| {
        let before = scene.record(ANN).await.version;
        assert_eq!(scene.act(Act { asked: asked.clone(), ..bare(ANN, update(id), 0) }).await, Acted::Done);
        id += 1;
        let record = scene.record(ANN).await;
        assert_eq!(record.version > before, asked.is_some(), "an act must not overlook it");
        record.asked
    };
    assert_eq!(acts(None).await, None);
    assert_eq!(acts(Some(asked(&[41, 42]))).await, Some(asked(&[41, 42])));
    assert_eq!(acts(None).await, Some(asked(&[41, 42])));
    assert_eq!(acts(Some(asked(&[42]))).await, Some(asked(&[42])));
    assert_eq!(acts(Some(asked(&[]))).await, None);
    assert_eq!(acts(Some(asked(&[43]))).await, Some(asked(&[43])));
    // It ends with the room, whoever ends it.
    assert_eq!(scene.act(Act { asked: Some(asked(&[44])), ..bare(BEN, update(60), 0) }).await, Acted::Done);
    assert_eq!(scene.state.end(&end(ANN, R)).await.unwrap(), Ended::Ended);
    let leaves = Act { session: Some(Session::Idle), ..bare(BEN, update(61), 0) };
    assert_eq!(scene.act(leaves).await, Acted::Done);
    for user in [ANN, BEN] {
        assert_eq!(scene.record(user).await.asked, None);
    }
}

pub(super) async fn who_is_new_is_so_for_a_day(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(BEN).await;
    let fact = Fact::Profile { user: ANN, profile: profile(), version: hamdam_domain::clock::Millis(1) };
    scene.state.enroll(ANN, &profile(), &[], &[fact]).await.unwrap();
    let reading = scene.state.read(ANN).await.unwrap();
    let since = reading.record.unwrap().new_since.expect("somebody new");
    assert!(since.0 % 1_000 == 0 && since <= reading.now && reading.now.0 - since.0 < 2_000);
    assert_eq!(scene.record(BEN).await.new_since, None, "known to the durable record");
    if subject.pass(Duration::from_hours(23)).await {
        assert_eq!(scene.record(ANN).await.new_since, Some(since));
        subject.pass(Duration::from_hours(2)).await;
        assert_eq!(scene.record(ANN).await.new_since, None);
    }
}

pub(super) async fn who_is_in_the_channel_is_believed_for_a_while(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let now = scene.state.read(ANN).await.unwrap().now.whole_seconds();
    let before = scene.record(ANN).await.version;
    for (id, member) in [(11, false), (12, true)] {
        let joined = Some(Joined { member, until: now.after(Duration::from_mins(5)) });
        assert_eq!(scene.act(Act { joined, ..bare(ANN, update(id), 0) }).await, Acted::Done);
        assert_eq!(scene.act(bare(ANN, press(id), 0)).await, Acted::Done);
        let record = scene.record(ANN).await;
        assert_eq!((record.joined, record.session.name()), (joined, "waiting"));
    }
    assert_eq!(scene.record(ANN).await.version, before, "no act depends on it");
    if subject.pass(Duration::from_mins(5)).await {
        assert_eq!(scene.record(ANN).await.joined, None);
    }
}
