//! Steps that keep people safe: blocks, decisions about users, and the moderators' cases.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::safety::{CaseId, FOR_EVER, Reason, Report, Verdict};
use hamdam_domain::session::Session;
use hamdam_domain::wish::Facts;
use hamdam_state::step::matching::{Relayed, Seated};
use hamdam_state::step::safety::{Choice, Decided, Impose, Imposed};
use hamdam_state::step::sending::{Ack, IdPair, Keep, Turn};
use hamdam_state::step::user::{Act, Acted};

use super::Subject;
use super::scene::{
    ANN, BEN, BOT, CYD, LONG, OTHER_BOT, R, S, Scene, bare, closed, end, profile, seat, stub, update,
};

/// A decision named `once` that keeps Ann out.
async fn ban(scene: &Scene, once: &str) -> Impose {
    let record = scene.record(ANN).await;
    Impose {
        user: ANN,
        expect: record.version,
        once: once.to_owned(),
        ends: true,
        profile: Profile { banned_until: Some(FOR_EVER), ..record.profile },
        entries: vec![(BOT, Notice::Banned { until: FOR_EVER, room: None }.entry())],
        facts: Vec::new(),
    }
}

pub(super) async fn a_block_is_kept_and_refuses_the_blocked(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    scene.waiter(BEN, 20).await;
    let before = scene.record(ANN).await.version;
    let note = Fact::Block { blocker: ANN, blocked: BEN, version: Millis(1) };
    let act = Act { blocks: Some(BEN), facts: vec![note.clone()], ..bare(ANN, update(11), 0) };
    assert_eq!(scene.act(act.clone()).await, Acted::Done);
    let record = scene.record(ANN).await;
    assert_eq!(record.blocked, [BEN]);
    assert!(record.version > before, "an act must not overlook it");
    assert_eq!(scene.journal(ANN).await, [note]);
    assert_eq!(scene.act(Act { update: update(12), ..act }).await, Acted::Done);
    assert_eq!(scene.record(ANN).await.blocked, [BEN], "once");
    assert_eq!(scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap(), Seated::Refused);
}

pub(super) async fn the_room_that_ended_last_is_remembered(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    assert_eq!(scene.record(ANN).await.last_room, None);
    scene.state.end(&end(ANN, R)).await.unwrap();
    let last = scene.record(ANN).await.last_room.unwrap();
    assert_eq!((last.room, last.partner), (R, BEN));
    let leaves = Act { session: Some(Session::Waiting(stub(30, 0))), ..bare(BEN, update(30), 0) };
    assert_eq!(scene.act(leaves).await, Acted::Done);
    let last = scene.record(BEN).await.last_room.unwrap();
    assert_eq!((last.room, last.partner), (R, ANN));
    scene.state.hold(&seat(S, BEN, 30, CYD, 40)).await.unwrap();
    scene.state.end(&end(BEN, S)).await.unwrap();
    assert_eq!(scene.record(BEN).await.last_room.unwrap().room, R, "chosen is not met");
    if subject.pass(hamdam_domain::record::LastRoom::KEPT).await {
        assert_eq!(scene.record(ANN).await.last_room, None);
    }
}

pub(super) async fn a_decision_ends_a_room_and_stays_in_the_record(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let impose = Impose { facts: vec![closed(R)], ..ban(&scene, "one").await };
    assert_eq!(scene.state.impose(&impose).await.unwrap(), Imposed::Done);
    let record = scene.record(ANN).await;
    assert_eq!((&record.session, record.profile.banned_until), (&Session::Idle, Some(FOR_EVER)));
    assert!(record.version > impose.expect);
    assert_eq!(record.last_room.unwrap().partner, BEN);
    assert!(scene.journal(ANN).await.contains(&closed(R)));
    assert_eq!(scene.chat(ANN).await.last(), Some(&impose.entries[0].1));
    assert_eq!(scene.session(BEN).await.name(), "chatting", "the partner's shard is another step's");
    assert_eq!(scene.ann_writes(30).await, Relayed::Queued, "until then the partner is in the room");
    assert!(
        scene
            .state
            .live(scene.shard(ANN), Millis(i64::MAX), 0, 9)
            .await
            .unwrap()
            .iter()
            .all(|user| *user != ANN)
    );
}

pub(super) async fn a_decision_ends_a_search(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let impose = ban(&scene, "one").await;
    assert_eq!(scene.state.impose(&impose).await.unwrap(), Imposed::Done);
    assert_eq!(scene.session(ANN).await, Session::Idle);
    assert_eq!(scene.state.depth(scene.shard(ANN)).await.unwrap().waiting, 0);
    assert_eq!(scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap(), Seated::Refused);
}

pub(super) async fn a_decision_takes_effect_once_and_on_what_was_read(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let stale = ban(&scene, "one").await;
    assert_eq!(scene.act(Act { begins: true, ..bare(ANN, update(11), 0) }).await, Acted::Done);
    assert_eq!(scene.state.impose(&stale).await.unwrap(), Imposed::Changed);
    assert_eq!(scene.session(ANN).await.name(), "waiting");
    let told = scene.chat(ANN).await.len();
    let fresh = ban(&scene, "one").await;
    for _ in 0..2 {
        assert_eq!(scene.state.impose(&fresh).await.unwrap(), Imposed::Done);
    }
    assert_eq!(scene.chat(ANN).await.len(), told + 1);
    let early = scene.record(ANN).await.version;
    let lifts = Impose { once: "two".into(), ends: false, profile: profile(), ..ban(&scene, "two").await };
    assert_eq!(scene.state.impose(&lifts).await.unwrap(), Imposed::Done);
    assert_eq!(scene.record(ANN).await.profile, profile());
    assert!(scene.record(ANN).await.version > early, "an act that read the ban has to look again");
    let stranger = Impose { user: UserId(999), ..lifts };
    assert_eq!(scene.state.impose(&stranger).await.unwrap(), Imposed::Changed);
}

pub(super) async fn a_mute_leaves_the_room_as_it_is(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let muted_until = Some(Millis(1_800_000_000_000 / 60_000 * 60_000));
    let muted = Profile { facts: Facts { muted_until, ..Facts::default() }, ..profile() };
    let mute = Impose { ends: false, profile: muted.clone(), ..ban(&scene, "one").await };
    assert_eq!(scene.state.impose(&mute).await.unwrap(), Imposed::Done);
    let record = scene.record(ANN).await;
    assert_eq!((record.session.name(), record.profile), ("chatting", muted));
}

pub(super) async fn moderators_need_not_be_users(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let (group, entry) = (UserId(-1_001_234_567_890), Notice::Help.entry());
    for once in ["one", "one", "two"] {
        scene.state.post(group, OTHER_BOT, &entry, once).await.unwrap();
    }
    let outbox = scene.outbox(group).await;
    let told: Vec<_> = outbox.iter().map(|queued| (queued.bot, queued.language)).collect();
    assert_eq!(told, [(OTHER_BOT, Language::En); 2]);
    let persian = Profile { language: Language::Fa, ..profile() };
    scene.state.enroll(CYD, &persian, &[], &[]).await.unwrap();
    scene.state.post(CYD, OTHER_BOT, &entry, "one").await.unwrap();
    assert_eq!(scene.outbox(CYD).await[0].language, Language::Fa);
}

pub(super) async fn what_was_received_last_is_named_oldest_first(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    for id in 31..=34 {
        assert_eq!(scene.ann_writes(id).await, Relayed::Queued);
    }
    let holder = scene.sender(BEN, "reader", LONG).await;
    let acks = scene.outbox(BEN).await.into_iter().filter(|queued| queued.sequence > 0).map(|queued| {
        let here = MessageId(500 + i64::from(queued.sequence));
        let pair = IdPair { room: R, here, there: MessageId(1) };
        Ack { entry: queued.id, user: BEN, bot: BOT, keep: Some(Keep::Ids(pair)), facts: Vec::new() }
    });
    let turn = Turn { acks: acks.collect(), ..scene.turn(BEN, &holder) };
    scene.state.turn(&turn).await.unwrap().held().unwrap();
    let pair = |here| IdPair { room: R, here: MessageId(here), there: MessageId(1) };
    assert_eq!(scene.state.ids(BEN, R).await.unwrap(), [501, 502, 503, 504].map(pair));
    assert_eq!(scene.state.ids(ANN, R).await.unwrap(), []);
}

fn report() -> Report {
    Report {
        room: R,
        bot: BOT,
        update: update(40).id,
        reporter: ANN,
        reported: BEN,
        reason: Reason::Insult,
        message: Some(MessageId(7)),
        at: Millis(5),
    }
}

pub(super) async fn of_two_choices_the_first_counts_until_it_is_undone(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let case = report().case();
    assert_eq!(scene.state.case(case).await.unwrap(), None);
    scene.state.open_case(&report()).await.unwrap();
    scene.state.open_case(&Report { reporter: CYD, ..report() }).await.unwrap();
    assert_eq!(scene.state.case(case).await.unwrap(), Some(report()), "it stays as it was opened");
    let choose = async |name: &str, verdict| {
        let choice = Choice { name: name.to_owned(), verdict };
        scene.state.decide_case(case, &choice).await.unwrap()
    };
    let before = |verdict| Decided::Before { report: report(), verdict };
    assert_eq!(choose("p0", Verdict::Undo).await, before(None), "nothing is there to undo");
    let first = choose("p1", Verdict::Warn).await;
    assert!(matches!(&first, Decided::Counts { report: of, .. } if *of == report()), "{first:?}");
    assert_eq!(choose("p1", Verdict::Warn).await, first, "the same press");
    assert_eq!(choose("p2", Verdict::BanDay).await, before(Some(Verdict::Warn)));
    assert!(matches!(choose("p3", Verdict::Undo).await, Decided::Counts { .. }));
    assert!(matches!(choose("p4", Verdict::BanDay).await, Decided::Counts { .. }));
    assert_eq!(choose("p5", Verdict::Dismiss).await, before(Some(Verdict::BanDay)));
    let other = CaseId::of(BOT, update(41).id);
    let choice = Choice { name: "p".into(), verdict: Verdict::Warn };
    assert_eq!(scene.state.decide_case(other, &choice).await.unwrap(), Decided::Unknown);
}
