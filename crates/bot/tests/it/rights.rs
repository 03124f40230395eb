//! What people may ask for.

use hamdam_bot::{Button, Command, Input, Plan, Settings, comes};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, Forgotten};
use hamdam_domain::id::{RoomId, UserId};
use hamdam_domain::profile::Profile;
use hamdam_domain::record::{LastRoom, Record};
use hamdam_domain::safety::FOR_EVER;
use hamdam_domain::ticket::Met;

use crate::stage::{
    BOT, ME, MESSAGE, NEXT, NOW, PARTNER, chatting, held, idle, line, message, plan_under, press, record,
    waiting,
};

fn forgets(record: &Record, asked: Millis) -> Plan {
    plan_under(record, press(Button::Forget(Some(asked))), BOT, NEXT, &Settings::default())
}

fn forgotten(plan: &Plan) -> &Forgotten {
    let Plan::Forget { act, forgotten, .. } = plan else { panic!("{plan:?}") };
    assert_eq!(act.facts.last(), Some(&Fact::Forgotten(forgotten.clone())));
    assert!(!act.facts.iter().any(|fact| matches!(fact, Fact::Profile { .. })), "{act:?}");
    forgotten
}

#[test]
fn what_runs_ends_as_by_stop_and_then_all_goes() {
    for (session, expected) in [
        (idle(), "forget stay: press =Forgotten"),
        (waiting(), "remove ticket > forget idle*: SearchCancelled press =Forgotten"),
        (held(), "end partner > forget idle*: SearchCancelled press =Forgotten"),
        (chatting(), "end partner > forget idle*: YouLeft press =Forgotten"),
    ] {
        let plan = forgets(&record(session.clone()), NOW);
        assert_eq!(line(&plan), expected, "{session:?}");
        let forgotten = forgotten(&plan);
        assert_eq!((forgotten.user, forgotten.at), (ME, NOW));
        assert_eq!(forgotten.left, Profile::new(forgotten.left.language, BOT));
    }
}

#[test]
fn bans_and_mutes_stay_until_they_end() {
    let mut banned = record(idle());
    banned.profile.banned_until = Some(FOR_EVER);
    banned.profile.facts.muted_until = Some(Millis(NOW.0 + 60_000));
    banned.profile.facts.agreed = true;
    banned.profile.wants.same_language = true;
    let plan = forgets(&banned, NOW);
    let left = &forgotten(&plan).left;
    assert_eq!((left.banned_until, left.facts.muted_until), (Some(FOR_EVER), Some(Millis(NOW.0 + 60_000))));
    assert!(!left.facts.agreed && !left.wants.same_language, "{left:?}");
    assert!(format!("{plan:?}").contains("ban_stays: true"), "{plan:?}");
    banned.profile.banned_until = Some(NOW);
    banned.profile.facts.muted_until = Some(NOW);
    let plan = forgets(&banned, NOW);
    assert_eq!(forgotten(&plan).left, Profile::new(left.language, BOT), "what is over is no ban");
}

#[test]
fn everybody_they_met_lately_is_named_once() {
    let mut known = record(chatting());
    known.recent = [UserId(20), UserId(21)].map(|user| Met { user, at: NOW }).to_vec();
    known.last_room = Some(LastRoom { room: RoomId(1), partner: UserId(21), ended_at: NOW });
    let plan = forgets(&known, NOW);
    assert_eq!(forgotten(&plan).met, [PARTNER, UserId(20), UserId(21)]);
}

#[test]
fn the_question_can_be_answered_for_an_hour() {
    let hour = 3_600_000;
    forgotten(&forgets(&record(idle()), Millis(NOW.0 - hour)));
    for asked in [NOW.0 - hour - 1, NOW.0 + 1, i64::MIN, i64::MAX] {
        assert_eq!(line(&forgets(&record(idle()), Millis(asked))), "stay: over", "{asked}");
    }
    let no = plan_under(&record(idle()), press(Button::Forget(None)), BOT, NEXT, &Settings::default());
    assert_eq!(line(&no), "stay: press =NotForgotten");
}

#[test]
fn nobody_comes_back_by_leaving_or_by_a_second_press() {
    let asks = Input::Command { command: Command::ForgetMe, message: MESSAGE };
    for input in [asks, message(hamdam_domain::message::MessageKind::Text), press(Button::Search(None))] {
        assert!(comes(&input), "{input:?}");
    }
    for input in
        [press(Button::Forget(Some(NOW))), press(Button::Forget(None)), Input::Blocked, Input::Unblocked]
    {
        assert!(!comes(&input), "{input:?}");
    }
}
