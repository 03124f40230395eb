//! People: new ones, ones read back, ones who come and go.

use hamdam_bot::Outcome;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_domain::outbox::{Content, Notice};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::session::Session;
use hamdam_fleet::intake::{IntakeError, Stored};
use serde_json::json;

use super::stage::{ANN, BEN, BOT, OTHER_BOT, Stage, member, says, text};

fn profile(language: Language) -> Profile {
    Profile::new(language, BOT)
}

#[tokio::test]
async fn somebody_new_is_enrolled_and_told_to_the_database() {
    let stage = Stage::new();
    let start = says(ANN, &json!({"text": "/start abc", "from": {"id": ANN.0, "language_code": "fa-IR"}}));
    assert_eq!(stage.does(1, &start).await, Outcome::Answered);
    assert_eq!(stage.told(ANN), [Notice::Welcome]);
    let facts = stage.facts();
    assert!(
        matches!(&facts[..], [Fact::Profile { user: ANN, profile, .. }] if *profile == self::profile(Language::Fa)),
        "{facts:?}"
    );
}

#[tokio::test]
async fn somebody_read_back_keeps_what_is_known_of_them() {
    let stage = Stage::new();
    let stored =
        Stored { profile: profile(Language::En), blocked: vec![BEN], credits: Vec::new(), forgotten: false };
    stage.record.known.lock().unwrap().insert(ANN, stored);
    assert_eq!(stage.does(1, &text(ANN, "/search")).await, Outcome::Moved);
    assert_eq!(stage.tickets()[0].wishes.blocked, [BEN]);
    assert_eq!(stage.facts(), []);
}

#[tokio::test]
async fn without_the_database_the_unknown_wait_and_the_known_go_on() {
    let stage = Stage::new();
    stage.does(1, &text(ANN, "/start")).await;
    *stage.record.away.lock().unwrap() = true;
    let error = stage.handle(BOT, 2, &text(BEN, "/start")).await.unwrap_err();
    assert!(matches!(error, IntakeError::Profiles(_)) && error.passes(), "{error}");
    assert!(!stage.world().users.contains_key(&BEN));
    assert_eq!(stage.does(3, &text(ANN, "/search")).await, Outcome::Moved);
    *stage.record.away.lock().unwrap() = false;
    assert_eq!(stage.does(2, &text(BEN, "/start")).await, Outcome::Answered);
}

#[tokio::test]
async fn a_block_ends_the_room_and_coming_back_makes_reachable() {
    let stage = Stage::chatting().await;
    assert_eq!(stage.does(30, &member(ANN, "kicked")).await, Outcome::Moved);
    assert_eq!((stage.session(ANN), stage.session(BEN)), (Session::Idle, Session::Idle));
    assert!(matches!(stage.told(BEN).last(), Some(Notice::PartnerLeft { .. })));
    assert!(stage.world().users[&ANN].profile.unreachable);
    assert_eq!(stage.does(31, &member(ANN, "member")).await, Outcome::Noted);
    assert!(!stage.world().users[&ANN].profile.unreachable);
}

#[tokio::test]
async fn a_block_that_overtook_nothing_but_comes_late_moves_nothing() {
    // Blocked and unblocked before the search, but delivered after it: queues overtake one another.
    let stage = Stage::new();
    stage.does(10, &text(ANN, "/search")).await;
    assert_eq!(stage.does(8, &member(ANN, "kicked")).await, Outcome::Stale);
    assert_eq!(stage.session(ANN).name(), "waiting");
    assert!(!stage.world().users[&ANN].profile.unreachable);
}

#[tokio::test]
async fn other_chats_are_ignored_and_leave_no_trace() {
    let stage = Stage::new();
    let before = stage.world();
    let group = json!({"message": {"message_id": 1, "chat": {"id": -5, "type": "group"}, "text": "/search"}});
    assert_eq!(stage.does(1, &group).await, Outcome::Ignored);
    assert_eq!(stage.does(2, &json!({"poll": {}})).await, Outcome::Ignored);
    assert_eq!(stage.world(), before);
}

#[tokio::test]
async fn users_of_different_bots_have_marks_of_their_own() {
    let stage = Stage::new();
    assert_eq!(stage.does(5, &text(ANN, "/help")).await, Outcome::Answered);
    assert_eq!(stage.handle(OTHER_BOT, 3, &text(ANN, "/help")).await.unwrap(), Outcome::Answered);
    assert_eq!(stage.does(5, &text(ANN, "/help")).await, Outcome::Duplicate);
    assert_eq!(stage.told(ANN).len(), 2);
}

#[tokio::test]
async fn whoever_comes_by_a_counted_link_is_noted_and_nobody_by_their_own() {
    let stage = Stage::new();
    let arrived = |stage: &Stage| -> Vec<(UserId, String, bool)> {
        let facts = stage.facts().into_iter();
        facts
            .filter_map(|fact| match fact {
                Fact::Arrived { user, source, new, .. } => Some((user, source.to_string(), new)),
                _ => None,
            })
            .collect()
    };
    stage.does(10, &text(ANN, "/start c_spring")).await;
    assert_eq!(arrived(&stage), [(ANN, "c_spring".to_owned(), true)]);
    stage.does(10, &text(ANN, "/start c_spring")).await;
    stage.does(11, &text(ANN, "/start anything else")).await;
    assert_eq!(arrived(&stage).len(), 1, "once, and only counted links");
    stage.does(12, &text(ANN, "/invite")).await;
    let Content::Notice(Notice::Invite { bot, source, invited }) = stage.last(ANN) else { panic!() };
    assert_eq!((bot, invited), (BOT, Some(3)));
    assert!(!source.as_str().contains(&ANN.to_string()));
    stage.does(13, &text(ANN, &format!("/start {source}"))).await;
    assert_eq!(arrived(&stage).len(), 1, "her own");
    stage.does(20, &text(BEN, &format!("/start {source}"))).await;
    assert!(arrived(&stage).contains(&(BEN, source.to_string(), true)));
    // The link is there even when nobody can count.
    *stage.record.away.lock().unwrap() = true;
    stage.does(14, &text(ANN, "/invite")).await;
    assert_eq!(stage.last(ANN), Content::Notice(Notice::Invite { bot: BOT, source, invited: None }));
}
