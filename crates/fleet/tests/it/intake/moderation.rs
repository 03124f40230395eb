//! Reports, moderators, and what they decide, with crashes in between.

use std::sync::Arc;

use hamdam_bot::Outcome;
use hamdam_bot::Settings;
use hamdam_bot::safety::Moderators;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::outbox::{Content, Notice, Toast};
use hamdam_domain::safety::{CaseId, Decision, Reason, Verdict};
use hamdam_domain::session::Session;
use hamdam_fleet::moderation::Moderation;
use hamdam_state::memory::{IdMap, Pass};
use serde_json::{Value, json};

use super::stage::{ANN, BEN, BOT, NOW, ROOM, Record, Stage, press, text};

const GROUP: UserId = UserId(-1_001);
const ADMIN: UserId = UserId(31);

fn moderated() -> Settings {
    let moderators = Moderators { group: Some(GROUP), admins: vec![ADMIN] };
    Settings { moderators, ..Settings::default() }
}

/// Ann and Ben chat, and Ann has received two messages.
async fn chatting() -> Stage {
    let stage = Stage::chatting_under(moderated()).await;
    stage.state.tamper(|world| {
        let pairs = [(MessageId(41), MessageId(1)), (MessageId(42), MessageId(2))].into();
        world.users.get_mut(&ANN).unwrap().ids.insert(ROOM, IdMap { pairs, until: None });
    });
    stage
}

fn reports(message: i64) -> Value {
    press(ANN, &format!("report:{ROOM}:{message}:insult"))
}

/// A moderator presses a button under the case of update 50.
fn decides(what: &str, query: &str, by: UserId) -> Value {
    let case = CaseId::of(BOT, hamdam_domain::id::UpdateId(50));
    json!({"callback_query": {
        "id": query, "from": {"id": by.0}, "data": format!("case:{case}:{what}"),
        "message": {"message_id": 6, "date": 0, "chat": {"id": GROUP.0, "type": "supergroup"}},
    }})
}

/// What stands in the moderators' chat: messages by reference, and notices.
fn shown(stage: &Stage) -> (Vec<MessageId>, Vec<Notice>) {
    let entries = stage.outbox(GROUP);
    let messages = entries.iter().filter_map(|(_, entry)| match &entry.content {
        Content::Show { from, message } => {
            assert_eq!(*from, ANN, "from the chat of who reports");
            Some(*message)
        }
        _ => None,
    });
    let notices = entries.iter().filter_map(|(_, entry)| match &entry.content {
        Content::Notice(notice) | Content::Redraw { notice, .. } => Some(notice.clone()),
        _ => None,
    });
    (messages.collect(), notices.collect())
}

fn toast(stage: &Stage) -> Option<Toast> {
    match stage.last(GROUP) {
        Content::AnswerCallback { toast, .. } => toast,
        other => panic!("{other:?}"),
    }
}

fn decisions(stage: &Stage) -> Vec<Verdict> {
    let facts = stage.facts();
    facts
        .iter()
        .filter_map(|fact| if let Fact::Decision(made) = fact { Some(made.verdict) } else { None })
        .collect()
}

#[tokio::test]
async fn moderators_see_what_was_received_and_a_case() {
    let stage = chatting().await;
    assert_eq!(stage.does(50, &reports(0)).await, Outcome::Answered);
    let (messages, notices) = shown(&stage);
    assert_eq!(messages, [MessageId(41), MessageId(42)]);
    assert!(matches!(
        notices[..],
        [Notice::Case { reason: Reason::Insult, message: false, verdict: None, .. }]
    ));
    assert_eq!(stage.session(ANN).name(), "chatting", "a report ends nothing");
    let stage = chatting().await;
    stage.does(50, &reports(41)).await;
    assert_eq!(shown(&stage).0, [MessageId(41)]);
    let stage = chatting().await;
    stage.does(50, &reports(40)).await;
    assert_eq!(shown(&stage).0.len(), 2, "that message is not of this room");
}

#[tokio::test]
async fn a_report_that_broke_off_anywhere_is_made_once() {
    for broken in 0..9 {
        let stage = chatting().await;
        stage.warden.trouble(broken, 1, Pass::Unheard);
        let _ = stage.handle(BOT, 50, &reports(0)).await;
        stage.warden.peace();
        stage.handle(BOT, 50, &reports(0)).await.unwrap();
        let (messages, notices) = shown(&stage);
        assert_eq!((messages.len(), notices.len()), (2, 1), "broken off at step {broken}");
        let made = stage.facts().iter().filter(|fact| matches!(fact, Fact::Report { .. })).count();
        assert_eq!(made, 1, "broken off at step {broken}");
    }
}

#[tokio::test]
async fn a_ban_ends_the_running_chat_on_both_sides() {
    let stage = chatting().await;
    stage.does(50, &reports(0)).await;
    assert_eq!(stage.does(60, &decides("ban7", "q1", UserId(77))).await, Outcome::Answered);
    assert_eq!((stage.session(ANN), stage.session(BEN)), (Session::Idle, Session::Idle));
    assert!(matches!(stage.told(BEN).last(), Some(Notice::Banned { room: Some(ROOM), .. })));
    assert_eq!(stage.told(ANN).last(), Some(&Notice::PartnerLeft { room: ROOM }));
    assert_eq!(toast(&stage), Some(Toast::Decided));
    assert!(matches!(shown(&stage).1.last(), Some(Notice::Case { verdict: Some(Verdict::BanWeek), .. })));
    assert_eq!(decisions(&stage), [Verdict::BanWeek]);
    stage.does(70, &text(BEN, "/search")).await;
    assert_eq!(stage.session(BEN), Session::Idle);
    assert!(stage.tickets().is_empty());
}

#[tokio::test]
async fn a_decision_that_broke_off_anywhere_is_made_once() {
    for broken in 0..9 {
        let stage = chatting().await;
        stage.does(50, &reports(0)).await;
        stage.warden.trouble(broken, 1, Pass::Unheard);
        let _ = stage.handle(BOT, 60, &decides("ban1", "q1", ADMIN)).await;
        stage.warden.peace();
        stage.handle(BOT, 60, &decides("ban1", "q1", ADMIN)).await.unwrap();
        assert_eq!(stage.session(BEN), Session::Idle, "broken off at step {broken}");
        assert_eq!(decisions(&stage), [Verdict::BanDay], "broken off at step {broken}");
        let told = stage.told(BEN).iter().filter(|notice| matches!(notice, Notice::Banned { .. })).count();
        assert_eq!(told, 1, "broken off at step {broken}");
    }
}

#[tokio::test]
async fn the_first_of_two_moderators_decides_and_it_can_be_undone() {
    let stage = chatting().await;
    stage.does(50, &reports(0)).await;
    stage.does(60, &decides("mute", "q1", UserId(77))).await;
    stage.does(61, &decides("ban0", "q2", UserId(78))).await;
    assert_eq!(toast(&stage), Some(Toast::DecidedBefore));
    assert_eq!(stage.session(BEN).name(), "chatting", "a mute ends nothing");
    stage.does(70, &text(BEN, "hello")).await;
    assert!(matches!(stage.told(BEN).last(), Some(Notice::Muted { .. })));
    stage.does(62, &decides("undo", "q3", UserId(78))).await;
    assert_eq!(stage.told(BEN).last(), Some(&Notice::Forgiven));
    assert_eq!(stage.does(71, &text(BEN, "hello")).await, Outcome::Relayed);
    assert_eq!(decisions(&stage), [Verdict::Mute, Verdict::Undo]);
}

#[tokio::test]
async fn only_administrators_hear_who_it_is() {
    let stage = chatting().await;
    stage.does(50, &reports(0)).await;
    stage.does(60, &decides("who", "q1", UserId(77))).await;
    assert_eq!(toast(&stage), Some(Toast::NotForYou));
    stage.does(61, &decides("who", "q2", ADMIN)).await;
    assert_eq!(toast(&stage), Some(Toast::Person { user: BEN }));
    stage.does(51, &decides("warn", "q3", ADMIN)).await;
    assert_eq!(stage.told(BEN).last(), Some(&Notice::Warned));
    let elsewhere = json!({"callback_query": {
        "id": "q4", "from": {"id": ADMIN.0}, "data": "case:00000000:warn",
        "message": {"message_id": 6, "date": 0, "chat": {"id": -5, "type": "supergroup"}},
    }});
    assert_eq!(stage.does(63, &elsewhere).await, Outcome::Ignored, "another group");
}

/// Another instance has read that they chat, and is about to relay: the ban's answer is there first.
#[tokio::test]
async fn nothing_is_relayed_by_any_instance_once_a_ban_is_answered() {
    let stage = chatting().await;
    assert_eq!(stage.does(70, &text(BEN, "before")).await, Outcome::Relayed);
    let profiles = Arc::<Record>::clone(&stage.record);
    stage.warden.before("relay", 1, move |state| {
        let elsewhere = Moderation::new(state, Arc::<Record>::clone(&profiles));
        Box::pin(async move {
            let verdict = Verdict::BanDay;
            let until = verdict.until(NOW);
            let (by, report, reason) = (Some(ADMIN), None, String::new());
            let decision = Decision { user: BEN, verdict, until, by, report, reason, at: NOW };
            assert!(elsewhere.decide(&decision, "now").await.unwrap());
        })
    });
    let copies = |stage: &Stage| {
        let entries = stage.outbox(ANN);
        entries.iter().filter(|(_, entry)| matches!(entry.content, Content::Copy(_))).count()
    };
    let relayed = copies(&stage);
    for update in 71..75 {
        assert_ne!(stage.does(update, &text(BEN, "behind")).await, Outcome::Relayed);
    }
    assert_eq!((relayed, copies(&stage)), (1, 1));
    assert!(matches!(stage.told(BEN).last(), Some(Notice::Banned { .. })));
}
