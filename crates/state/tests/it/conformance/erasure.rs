//! Steps by which a user is forgotten.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, Forgotten};
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::outbox::{EntryId, Notice};
use hamdam_domain::panel::{Asking, Dialogue};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::safety::{FOR_EVER, Reason, Report, Verdict};
use hamdam_domain::session::Session;
use hamdam_domain::source::Source;
use hamdam_state::step::bot::DeadLetter;
use hamdam_state::step::erasure::{Erase, Erased, Forget};
use hamdam_state::step::matching::{Relayed, Seated};
use hamdam_state::step::safety::{Choice, Decided};
use hamdam_state::step::sending::{Ack, IdPair, Keep, Known, Turn};
use hamdam_state::step::user::{Act, Acted};

use super::Subject;
use super::scene::{
    ANN, BEN, BOT, CYD, LONG, R, S, Scene, bare, closed, end, press, profile, seat, telling, update,
};

const AT: Millis = Millis(1_800_000_000_123);
const PSEUDONYM: UserId = UserId(-4_000_000_000_000_001);

/// Ann is forgotten by press 50, but for a ban.
async fn forget(scene: &Scene) -> Forget {
    let left = Profile { banned_until: Some(FOR_EVER), ..profile() };
    let forgotten = Forgotten {
        user: ANN,
        at: AT,
        left: left.clone(),
        met: vec![BEN],
        invitation: Source::invitation("code"),
    };
    Forget {
        user: ANN,
        update: press(50),
        expect: scene.record(ANN).await.version,
        at: AT,
        left,
        entries: vec![(BOT, Notice::Forgotten { ban_stays: true }.entry())],
        facts: vec![closed(R), Fact::Forgotten(forgotten)],
    }
}

/// Ann, of whom there is much to forget, is in a room with Ben.
async fn crowded(scene: &Scene) {
    scene.room().await;
    let asks = Asking::For(Dialogue::Age);
    let tells = Act { profile: Some(telling()), blocks: Some(CYD), asks, ..bare(ANN, update(30), 0) };
    assert_eq!(scene.act(tells).await, Acted::Done);
}

pub(super) async fn a_forgetting_leaves_marks_and_bans(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    crowded(&scene).await;
    let stale = Forget { expect: 1, ..forget(&scene).await };
    assert_eq!(scene.state.forget(&stale).await.unwrap(), Acted::Changed);
    let forget = forget(&scene).await;
    assert_eq!(scene.state.forget(&forget).await.unwrap(), Acted::Done);
    let record = scene.record(ANN).await;
    assert_eq!((&record.session, record.forgotten), (&Session::Idle, Some(AT)));
    assert_eq!(record.profile, forget.left);
    assert!(record.version > forget.expect);
    assert!(record.blocked.is_empty() && record.recent.is_empty() && record.new_since.is_none());
    assert_eq!((record.last_room, record.dialogue, record.announcement), (None, None, None));
    assert_eq!(scene.chat(ANN).await.last(), Some(&forget.entries[0].1));
    let journal = scene.journal(ANN).await;
    assert!(forget.facts.iter().all(|fact| journal.contains(fact)), "{journal:?}");
    let live = scene.state.live(scene.shard(ANN), Millis(i64::MAX), 0, 9).await.unwrap();
    assert!(!live.contains(&ANN), "{live:?}");
    assert_eq!(scene.session(BEN).await.name(), "chatting", "the partner's shard is another step's");

    // The same update again, and one that was done before, change nothing.
    assert_eq!(scene.state.forget(&forget).await.unwrap(), Acted::Duplicate);
    assert_eq!(scene.act(bare(ANN, update(30), 0)).await, Acted::Duplicate);
    assert_eq!(scene.journal(ANN).await.len(), journal.len());
    let stranger = Forget { user: UserId(999), ..forget };
    assert_eq!(scene.state.forget(&stranger).await.unwrap(), Acted::Changed);
}

pub(super) async fn a_forgetting_ends_a_search(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let forget = Forget { facts: Vec::new(), ..forget(&scene).await };
    assert_eq!(scene.state.forget(&forget).await.unwrap(), Acted::Done);
    assert_eq!(scene.session(ANN).await, Session::Idle);
    assert_eq!(scene.state.depth(scene.shard(ANN)).await.unwrap().waiting, 0);
    assert_eq!(scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap(), Seated::Refused);
}

pub(super) async fn who_is_forgotten_comes_back_with_marks_alone(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    crowded(&scene).await;
    let forget = forget(&scene).await;
    scene.state.forget(&forget).await.unwrap();
    let before = scene.record(ANN).await.version;
    let note = Fact::Profile { user: ANN, profile: profile(), version: Millis(7) };
    for _ in 0..2 {
        scene.state.enroll(ANN, &profile(), &[CYD], std::slice::from_ref(&note)).await.unwrap();
    }
    let record = scene.record(ANN).await;
    assert_eq!((record.forgotten, &record.profile), (None, &profile()));
    assert!(record.version > before && record.new_since.is_some());
    assert_eq!(record.blocked, [CYD]);
    let noted = scene.journal(ANN).await.into_iter().filter(|fact| *fact == note).count();
    assert_eq!(noted, 1, "coming back happens once");
    assert_eq!(scene.state.forget(&forget).await.unwrap(), Acted::Duplicate, "the old update is done still");
    assert_eq!(scene.act(bare(ANN, update(30), 0)).await, Acted::Duplicate);
}

pub(super) async fn an_erasure_takes_what_is_left_of_who_stayed_away(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let erase = |at: Millis| Erase { user: ANN, at, blocked_by: vec![BEN] };
    let forget = Forget { facts: Vec::new(), ..forget(&scene).await };
    scene.state.forget(&forget).await.unwrap();
    let earlier = scene.state.erase(&erase(Millis(AT.0 - 1))).await.unwrap();
    assert_eq!(earlier, Erased::Back, "a later forgetting has an end of its own");
    assert_eq!(scene.record(ANN).await.forgotten, Some(AT));
    for _ in 0..2 {
        assert_eq!(scene.state.erase(&erase(AT)).await.unwrap(), Erased::Gone);
        assert_eq!(scene.state.read(ANN).await.unwrap().record, None);
    }
}

pub(super) async fn an_erasure_leaves_who_came_back_apart_from_those_who_blocked_them(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.enroll(ANN).await;
    let forget = Forget { facts: Vec::new(), ..forget(&scene).await };
    scene.state.forget(&forget).await.unwrap();
    scene.waiter(ANN, 60).await;
    let before = scene.record(ANN).await;
    for _ in 0..2 {
        let erase = Erase { user: ANN, at: AT, blocked_by: vec![BEN] };
        assert_eq!(scene.state.erase(&erase).await.unwrap(), Erased::Back);
    }
    let record = scene.record(ANN).await;
    assert_eq!((record.session, record.blocked), (before.session, vec![BEN]));
    assert!(record.version > before.version, "an act must not overlook it");
    assert_eq!(scene.state.hold(&seat(R, ANN, 60, BEN, 20)).await.unwrap(), Seated::Refused);
}

pub(super) async fn a_pseudonym_takes_somebodys_place(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    scene.state.end(&end(BEN, R)).await.unwrap();
    assert_eq!(scene.act(Act { blocks: Some(ANN), ..bare(BEN, update(40), 0) }).await, Acted::Done);
    let before = scene.record(BEN).await;
    assert_eq!((before.blocked.as_slice(), before.recent.len()), (&[ANN][..], 1));
    assert!(scene.state.rename(BEN, ANN, PSEUDONYM).await.unwrap());
    let record = scene.record(BEN).await;
    assert_eq!(record.blocked, [PSEUDONYM]);
    assert_eq!(record.last_room.unwrap().partner, PSEUDONYM);
    assert!(record.recent.is_empty() && record.version > before.version);
    assert!(!scene.state.rename(BEN, ANN, PSEUDONYM).await.unwrap(), "once");
    assert!(!scene.state.rename(CYD, ANN, PSEUDONYM).await.unwrap(), "nobody is there");
    assert_eq!(scene.record(BEN).await, record);
}

pub(super) async fn ids_of_rooms_are_dropped(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    assert_eq!(scene.ann_writes(31).await, Relayed::Queued);
    let holder = scene.sender(BEN, "reader", LONG).await;
    let entry = scene.outbox(BEN).await.pop().unwrap().id;
    let pair = IdPair { room: R, here: MessageId(501), there: MessageId(310) };
    let ack = Ack { entry, user: BEN, bot: BOT, keep: Some(Keep::Ids(pair)), facts: Vec::new() };
    scene.state.turn(&Turn { acks: vec![ack], ..scene.turn(BEN, &holder) }).await.unwrap();
    let known = async || scene.state.lookup(BEN, R, Known::Here(MessageId(501))).await.unwrap();
    assert_eq!(known().await, Some(MessageId(310)));
    scene.state.drop_ids(BEN, &[]).await.unwrap();
    assert_eq!(known().await, Some(MessageId(310)));
    for _ in 0..2 {
        scene.state.drop_ids(BEN, &[S, R]).await.unwrap();
        assert_eq!(known().await, None);
    }
}

pub(super) async fn a_case_is_told_anew(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let report = Report {
        room: R,
        bot: BOT,
        update: update(40).id,
        reporter: BEN,
        reported: ANN,
        reason: Reason::Insult,
        message: None,
        at: Millis(5),
    };
    let told = Report { reported: PSEUDONYM, ..report.clone() };
    scene.state.rewrite_case(&report, &told).await.unwrap();
    assert_eq!(scene.state.case(report.case()).await.unwrap(), None, "none is made");
    scene.state.open_case(&report).await.unwrap();
    let choice = Choice { name: "p".into(), verdict: Verdict::Warn };
    scene.state.decide_case(report.case(), &choice).await.unwrap();
    for _ in 0..2 {
        scene.state.rewrite_case(&report, &told).await.unwrap();
        assert_eq!(scene.state.case(report.case()).await.unwrap(), Some(told.clone()));
    }
    let other = Choice { name: "q".into(), verdict: Verdict::BanDay };
    let decided = scene.state.decide_case(report.case(), &other).await.unwrap();
    assert_eq!(decided, Decided::Before { report: told, verdict: Some(Verdict::Warn) });
}

pub(super) async fn letters_about_somebody_are_dropped(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let bury = async |body: String| {
        let letter = DeadLetter { body: body.into_bytes(), reason: "r".into() };
        scene.state.bury(BOT, &letter).await.unwrap();
    };
    for n in 0..45 {
        bury(format!(r#"{{"update_id":{n},"message":{{"from":{{"id":{ANN}}}}}}}"#)).await;
        bury(format!(r#"{{"update_id":{n},"message":{{"from":{{"id":{BEN}}}}}}}"#)).await;
    }
    for others in [format!("1{ANN}"), format!("{ANN}1"), format!("-{ANN}"), format!("x{ANN}0 {ANN}0")] {
        bury(others).await;
    }
    bury(format!("no JSON, and {ANN}1 before {ANN}")).await;
    let sweep = async |about: UserId| {
        let (mut dropped, mut place) = (0, Some(EntryId::default()));
        while let Some(after) = place {
            let swept = scene.state.sweep_letters(BOT, about, after).await.unwrap();
            dropped += swept.dropped;
            place = swept.next;
        }
        dropped
    };
    assert_eq!(sweep(ANN).await, 46);
    assert_eq!(sweep(ANN).await, 0);
    assert_eq!(sweep(BEN).await, 45, "others' letters stayed");
    let elsewhere = scene.state.sweep_letters(BotId(9), ANN, EntryId::default()).await.unwrap();
    assert_eq!((elsewhere.dropped, elsewhere.next), (0, None));
}

/// The language of what is said behind a forgetting.
pub(super) async fn the_last_words_are_in_the_language_of_before(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.state.enroll(ANN, &Profile { language: Language::Fa, ..profile() }, &[], &[]).await.unwrap();
    let forget = forget(&scene).await;
    let left = Profile { language: Language::Fa, ..forget.left.clone() };
    scene.state.forget(&Forget { left, facts: Vec::new(), ..forget }).await.unwrap();
    let said = scene.outbox(ANN).await.pop().unwrap();
    assert_eq!((said.language, said.bot), (Language::Fa, BOT));
}
