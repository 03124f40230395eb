//! What people say of each other, and what comes of it, with crashes in between.

use hamdam_bot::Outcome;
use hamdam_bot::Settings;
use hamdam_bot::safety::Moderators;
use hamdam_domain::conduct::Ratings;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{UpdateId, UserId};
use hamdam_domain::outbox::{Content, Notice, Toast};
use hamdam_domain::safety::CaseId;
use hamdam_domain::wish::Trust;
use hamdam_state::memory::Pass;
use serde_json::{Value, json};

use super::stage::{ANN, BEN, BOT, NOW, ROOM, Stage, press, text};

/// Ann and Ben chatted, and Ann left.
async fn parted(settings: Settings) -> Stage {
    let stage = Stage::chatting_under(settings).await;
    stage.does(40, &text(ANN, "/stop")).await;
    stage
}

fn rates(how: &str) -> Value {
    press(ANN, &format!("rate:{ROOM}:{how}"))
}

/// How Ben was rated: well, and badly.
fn thumbs(stage: &Stage) -> (u16, u16) {
    let Ratings { up, down, .. } = stage.world().users[&BEN].conduct.ratings(NOW);
    (up, down)
}

#[tokio::test]
async fn a_rating_that_broke_off_anywhere_counts_once_and_its_user_hears_nothing() {
    for broken in 0..4 {
        for pass in [Pass::Unheard, Pass::Unsent, Pass::Twice] {
            let stage = parted(Settings::default()).await;
            let told = stage.outbox(BEN).len();
            stage.warden.trouble(broken, 1, pass);
            let _ = stage.handle(BOT, 50, &rates("down")).await;
            stage.warden.peace();
            stage.handle(BOT, 50, &rates("down")).await.unwrap();
            assert_eq!(thumbs(&stage), (0, 1), "broken off at step {broken}");
            let noted = stage.facts().iter().filter(|fact| matches!(fact, Fact::Rated { .. })).count();
            assert_eq!(noted, 1, "broken off at step {broken}");
            assert_eq!(stage.outbox(BEN).len(), told, "Ben hears nothing");
            let toast = Some(Toast::Rated { up: false });
            assert!(matches!(stage.last(ANN), Content::AnswerCallback { toast: said, .. } if said == toast));
        }
    }
}

#[tokio::test]
async fn of_several_ratings_the_last_counts_and_only_of_the_room_that_ended() {
    let stage = parted(Settings::default()).await;
    for (update, how, thumbs_then) in [(50, "down", (0, 1)), (51, "up", (1, 0)), (52, "up", (1, 0))] {
        assert_eq!(stage.does(update, &rates(how)).await, Outcome::Answered);
        assert_eq!(thumbs(&stage), thumbs_then);
    }
    stage.does(53, &press(ANN, "rate:9000:down")).await;
    stage.does(54, &press(UserId(1_003), &format!("rate:{ROOM}:down"))).await;
    assert_eq!(thumbs(&stage), (1, 0), "another room, and somebody who was not there");
}

/// A moderator presses a button under the case of update 50.
fn decides(what: &str, query: &str) -> Value {
    let case = CaseId::of(BOT, UpdateId(50));
    let mut pressed = press(UserId(31), &format!("case:{case}:{what}"));
    pressed["callback_query"]["id"] = json!(query);
    pressed
}

/// The trust by which Ben would search now.
async fn trust(stage: &Stage, update: i64) -> Trust {
    stage.does(update, &text(BEN, "/search")).await;
    let tickets = stage.tickets();
    let ticket = tickets.iter().find(|ticket| ticket.claimant.user == BEN).unwrap();
    stage.does(update + 1, &text(BEN, "/stop")).await;
    ticket.wishes.facts.trust
}

#[tokio::test]
async fn what_moderators_decide_counts_until_it_is_undone() {
    let moderators = Moderators { group: None, admins: vec![UserId(31)] };
    let stage = parted(Settings { moderators, ..Settings::default() }).await;
    assert_eq!(trust(&stage, 41).await, Trust::New, "nothing is known yet");
    stage.does(50, &press(ANN, &format!("report:{ROOM}:0:spam"))).await;
    stage.does(51, &press(ANN, &format!("report:{ROOM}:0:insult"))).await;
    assert_eq!(trust(&stage, 60).await, Trust::New, "one person's word");
    stage.does(52, &decides("mute", "q1")).await;
    assert_eq!(trust(&stage, 62).await, Trust::Reported);
    assert_eq!(stage.world().users[&BEN].profile.facts.trust, Trust::Reported, "kept in the record");
    stage.does(53, &decides("undo", "q2")).await;
    assert_eq!(trust(&stage, 64).await, Trust::New);
    stage.does(54, &decides("dismiss", "q3")).await;
    assert_eq!(stage.world().users[&BEN].conduct.to_text(), "", "the report was wrong");
    assert!(!stage.told(BEN).contains(&Notice::Warned));
}
