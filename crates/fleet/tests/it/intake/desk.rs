//! Administrators at their desk, with crashes in between.

use std::sync::Arc;

use async_trait::async_trait;
use hamdam_bot::safety::Moderators;
use hamdam_bot::{Outcome, Settings};
use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::{BroadcastId, Course, Message};
use hamdam_domain::clock::Millis;
use hamdam_domain::desk::{Desk, Figures, Person};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::outbox::{Content, Notice, Toast};
use hamdam_domain::session::Session;
use hamdam_fleet::desk::Office;
use hamdam_fleet::intake::ProfilesError;
use hamdam_state::State;
use hamdam_state::memory::Pass;
use serde_json::{Value, json};

use super::stage::{ANN, BEN, BOT, NOW, OTHER_BOT, Stage, press, says, text};

const ADMIN: UserId = UserId(31);

/// A record that knows two reports of everybody, and may be away.
struct Cabinet {
    away: bool,
}

#[async_trait]
impl Office for Cabinet {
    async fn totals(&self) -> Result<(u64, u64), ProfilesError> {
        if self.away { Err(ProfilesError("away".into())) } else { Ok((1_000, 2)) }
    }

    async fn history(&self, _: UserId) -> Result<(u64, Vec<(String, Millis)>), ProfilesError> {
        if self.away { Err(ProfilesError("away".into())) } else { Ok((2, vec![("warn".into(), NOW)])) }
    }
}

/// Ann and Ben chat, and there is a desk.
async fn desk_of(away: bool) -> Stage {
    let moderators = Moderators { group: None, admins: vec![ADMIN] };
    let stage = Stage::chatting_under(Settings { moderators, ..Settings::default() }).await;
    Stage { intake: stage.intake.with_desk(Arc::new(Cabinet { away })), ..stage }
}

/// The page that stands in the administrator's chat, or stands there instead of another.
fn page(stage: &Stage) -> Desk {
    let shown = stage.outbox(ADMIN).into_iter().rev().find_map(|(_, entry)| match entry.content {
        Content::Notice(Notice::Desk(desk))
        | Content::Redraw { notice: Notice::Desk(desk), .. }
        | Content::Answer { notice: Notice::Desk(desk), .. } => Some(*desk),
        _ => None,
    });
    shown.expect("a page")
}

/// Presses `cast:go:…` under a page that answers message 3.
fn sends(to: &str) -> Value {
    let mut pressed = press(ADMIN, &format!("cast:go:{to}"));
    pressed["callback_query"]["message"]["reply_to_message"] =
        json!({"message_id": 3, "date": 0, "chat": {"id": ADMIN.0, "type": "private"}, "text": "hello"});
    pressed
}

fn steers(order: &str, broadcast: u32) -> Value {
    press(ADMIN, &format!("desk:{order}:{broadcast}"))
}

#[tokio::test]
async fn figures_are_of_the_whole_fleet_and_without_the_record_of_what_lives() {
    for away in [false, true] {
        let stage = desk_of(away).await;
        assert_eq!(stage.does(50, &text(ADMIN, "/admin")).await, Outcome::Answered);
        let Desk::Fleet(figures) = page(&stage) else { panic!() };
        let known = |number| (!away).then_some(number);
        assert_eq!((figures.users, figures.reports), (known(1_000), known(2)));
        assert_eq!((figures.chatting, figures.waiting, figures.queued), (2, 0, 0));
        assert_eq!((figures.maintenance, figures.broadcast), (None, None));
    }
}

#[tokio::test]
async fn a_user_is_looked_up_banned_and_forgiven() {
    let stage = desk_of(false).await;
    stage.does(50, &text(ADMIN, &format!("/admin {BEN}"))).await;
    let Desk::Person(person) = page(&stage) else { panic!() };
    assert_eq!(
        (person.stands.as_deref(), person.banned_until, person.reports),
        (Some("chatting"), None, Some(2))
    );
    stage.does(51, &press(ADMIN, &format!("desk:ban7:{BEN}"))).await;
    assert_eq!((stage.session(ANN), stage.session(BEN)), (Session::Idle, Session::Idle));
    let Desk::Person(Person { banned_until: Some(_), .. }) = page(&stage) else { panic!() };
    assert!(matches!(stage.last(ADMIN), Content::AnswerCallback { toast: None, .. }));
    // The same number, of another bot's update: another wish.
    stage.handle(OTHER_BOT, 51, &press(ADMIN, &format!("desk:undo:{BEN}"))).await.unwrap();
    let Desk::Person(Person { banned_until: None, .. }) = page(&stage) else { panic!() };
    stage.does(52, &text(ADMIN, "/admin 424242")).await;
    let Desk::Person(Person { known: false, .. }) = page(&stage) else { panic!() };
}

#[tokio::test]
async fn a_ban_that_broke_off_anywhere_is_made_once() {
    let ban = press(ADMIN, &format!("desk:ban1:{BEN}"));
    for broken in 0..12 {
        let stage = desk_of(false).await;
        stage.warden.trouble(broken, 1, Pass::Unheard);
        let _ = stage.handle(BOT, 50, &ban).await;
        stage.warden.peace();
        stage.does(50, &ban).await;
        let made = stage.facts().iter().filter(|fact| matches!(fact, Fact::Decision(_))).count();
        let told = stage.told(BEN).iter().filter(|notice| matches!(notice, Notice::Banned { .. })).count();
        assert_eq!((made, told), (1, 1), "broken off at step {broken}");
        assert_eq!(stage.session(BEN), Session::Idle);
    }
}

#[tokio::test]
async fn the_fleet_is_closed_and_opened_from_the_desk() {
    let stage = desk_of(false).await;
    for (update, data, way) in [
        (50, "desk:close:rooms-go-on", Some(Maintenance::RoomsGoOn)),
        (51, "desk:close:rooms-rest", Some(Maintenance::RoomsRest)),
        (52, "desk:open", None),
    ] {
        stage.does(update, &press(ADMIN, data)).await;
        assert_eq!(stage.state.board().await.unwrap().maintenance, way);
    }
    let Desk::Fleet(Figures { maintenance: None, .. }) = page(&stage) else { panic!() };
}

#[tokio::test]
async fn a_message_is_shown_and_sent_to_whom_was_chosen() {
    let stage = desk_of(false).await;
    let mut wishes = says(ADMIN, &json!({"text": "/broadcast"}));
    wishes["message"]["reply_to_message"] =
        json!({"message_id": 3, "date": 0, "chat": {"id": ADMIN.0, "type": "private"}, "text": "hello"});
    stage.does(50, &wishes).await;
    let shown = stage.outbox(ADMIN);
    let Content::Copy(copy) = &shown[shown.len() - 2].1.content else { panic!("{shown:?}") };
    assert_eq!((copy.from, copy.message), (ADMIN, MessageId(3)));
    let Content::Answer { message: MessageId(3), .. } = stage.last(ADMIN) else { panic!("{shown:?}") };
    let Desk::Compose { bots, .. } = page(&stage) else { panic!() };
    assert_eq!(bots, [BOT, OTHER_BOT]);

    stage.does(51, &press(ADMIN, "cast:part:fa,,,,")).await;
    let Desk::Compose { to, .. } = page(&stage) else { panic!() };
    assert_eq!(to.to_string(), "fa,,,,");
    stage.does(52, &sends("fa,,,,")).await;
    let Desk::Broadcast(progress) = page(&stage) else { panic!() };
    assert_eq!((progress.broadcast, progress.course), (BroadcastId(1), Course::Running));
    let plan = stage.state.broadcast(BroadcastId(1)).await.unwrap().unwrap().plan;
    assert_eq!(plan.to, to);
    let author = plan.by.unwrap();
    assert_eq!((author.user, author.bot, author.message), (ADMIN, BOT, MessageId(2)));
    let Message::Copy(original) = plan.message else { panic!() };
    assert_eq!((original.from, original.message), (ADMIN, MessageId(3)));

    stage.does(53, &sends(",,,,")).await;
    let Content::AnswerCallback { toast: Some(Toast::Busy), .. } = stage.last(ADMIN) else { panic!() };
    for (update, order, course) in
        [(54, "pause", Course::Paused), (55, "resume", Course::Running), (56, "cancel", Course::Cancelled)]
    {
        stage.does(update, &steers(order, 1)).await;
        let Desk::Broadcast(progress) = page(&stage) else { panic!() };
        assert_eq!(progress.course, course);
    }
    stage.does(60, &steers("pause", 9)).await;
    assert_eq!(page(&stage), Desk::NoBroadcast);
}

#[tokio::test]
async fn a_broadcast_whose_beginning_broke_off_anywhere_is_begun_once() {
    for broken in 0..6 {
        let stage = desk_of(false).await;
        stage.warden.trouble(broken, 1, Pass::Unheard);
        let _ = stage.handle(BOT, 50, &sends(",,,,")).await;
        stage.warden.peace();
        stage.does(50, &sends(",,,,")).await;
        assert_eq!(stage.state.board().await.unwrap().newest, BroadcastId(1), "broken off at step {broken}");
        let Desk::Broadcast(progress) = page(&stage) else { panic!() };
        assert_eq!(progress.broadcast, BroadcastId(1));
    }
}

#[tokio::test]
async fn to_others_there_is_no_desk() {
    let stage = desk_of(false).await;
    stage.does(50, &text(ANN, "/admin")).await;
    assert_eq!(stage.told(ANN).last(), Some(&Notice::UnknownCommand));
    stage.does(51, &press(ANN, "desk:close:rooms-rest")).await;
    assert!(matches!(stage.last(ANN), Content::AnswerCallback { toast: Some(Toast::Over), .. }));
    assert_eq!(stage.state.board().await.unwrap().maintenance, None);
}
