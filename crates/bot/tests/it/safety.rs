//! Blocks, reports, and what moderators decide.

use hamdam_bot::safety::{Asked, Moderators, Sentence, case_press, sentence};
use hamdam_bot::{Button, Command, First, Heard, Input, Membership, Plan, Reveals, Scene, Settings, decide};
use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::{Complaint, Conduct, Judgement, Origin, week};
use hamdam_domain::fact::{Fact, RoomEnd};
use hamdam_domain::id::{MessageId, RoomId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Notice};
use hamdam_domain::profile::Profile;
use hamdam_domain::record::{LastRoom, Record};
use hamdam_domain::safety::{CaseId, Decision, Reason, Report, Verdict};
use hamdam_domain::session::Session;
use hamdam_domain::wish::Trust;
use hamdam_telegram::Update;

use crate::stage::{
    BOT, ME, MESSAGE, NEXT, NOW, OTHER_BOT, PARTNER, ROOM, chatting, held, idle, line, message, plan,
    plan_by, plan_under, press, record, said, stub, update, waiting,
};

const FORMER: UserId = UserId(9);
const FORMER_ROOM: RoomId = RoomId(ROOM.0 - 1);

fn command(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

/// Somebody who left a room a while ago.
fn after_room(session: Session) -> Record {
    let last = LastRoom { room: FORMER_ROOM, partner: FORMER, ended_at: NOW };
    Record { last_room: Some(last), ..record(session) }
}

/// Whom a plan blocks, for now and in the database.
fn blocks(plan: &Plan) -> (Option<UserId>, Vec<(UserId, UserId)>) {
    let Plan::Act { act, .. } = plan else { panic!("{plan:?}") };
    let noted = act.facts.iter().filter_map(|fact| match fact {
        Fact::Block { blocker, blocked, version } => {
            assert_eq!(*version, NOW);
            Some((*blocker, *blocked))
        }
        _ => None,
    });
    (act.blocks, noted.collect())
}

#[test]
fn a_block_ends_the_room_and_names_the_partner() {
    let plan = plan(&after_room(chatting()), command(Command::Block));
    assert_eq!(line(&plan), "end partner > idle*: YouBlocked");
    assert_eq!(blocks(&plan), (Some(PARTNER), vec![(ME, PARTNER)]));
    let Plan::Act { act, .. } = &plan else { unreachable!() };
    assert!(act.facts.iter().any(|fact| matches!(fact, Fact::RoomClosed { ended_by: Some(ME), .. })));
    assert_eq!(Notice::YouBlocked { room: ROOM }.ends(), Some(ROOM));
}

#[test]
fn a_room_blocked_through_another_bot_ends_in_its_own_chat_too() {
    let plan = plan_by(&record(chatting()), command(Command::Block), OTHER_BOT, NEXT);
    assert_eq!(line(&plan), "end partner > idle*: YouBlocked YouBlocked@");
}

#[test]
fn whom_one_left_can_be_blocked_for_a_while() {
    for input in [command(Command::Block), press(Button::Block(FORMER_ROOM))] {
        let plan = plan(&after_room(idle()), input);
        assert!(line(&plan).ends_with("Blocked"), "{}", line(&plan));
        assert!(line(&plan).starts_with("stay"), "{}", line(&plan));
        assert_eq!(blocks(&plan), (Some(FORMER), vec![(ME, FORMER)]));
    }
    let other = plan(&after_room(idle()), press(Button::Block(ROOM)));
    assert_eq!(line(&other), "stay: over");
    let meanwhile = plan(&after_room(chatting()), press(Button::Block(FORMER_ROOM)));
    assert_eq!(line(&meanwhile), "stay: press Blocked", "the present room goes on");
    assert_eq!(blocks(&meanwhile).0, Some(FORMER));
}

#[test]
fn a_search_goes_on_without_whom_one_blocks_meanwhile() {
    let plan = plan(&after_room(waiting()), press(Button::Block(FORMER_ROOM)));
    assert_eq!(line(&plan), "waiting: press Blocked > add ticket");
    let Plan::Act { then: Some(ticket), .. } = &plan else { unreachable!() };
    assert_eq!(ticket.claimant.attempt, stub().attempt + 1);
    assert!(ticket.wishes.blocked.contains(&FORMER));
}

#[test]
fn who_is_blocked_already_is_not_noted_again() {
    let mut record = after_room(idle());
    record.blocked.push(FORMER);
    assert_eq!(blocks(&plan(&record, command(Command::Block))), (None, Vec::new()));
}

fn reported(plan: &Plan) -> Report {
    let Plan::Act { first: Some(First::Report(report)), act, .. } = plan else { panic!("{plan:?}") };
    let noted = act.facts.iter().find_map(|fact| match fact {
        Fact::Report { report, evidence: None } => Some(report),
        _ => None,
    });
    assert_eq!(noted, Some(report));
    report.clone()
}

fn moderated() -> Settings {
    let moderators = Moderators { group: None, admins: vec![UserId(31)] };
    Settings { moderators, ..Settings::default() }
}

#[test]
fn a_report_asks_why_and_then_tells_the_moderators_first() {
    let about = Some(MessageId(12));
    let asks = plan(&record(chatting()), command(Command::Report { about }));
    let Plan::Act { first: None, act, .. } = &asks else { panic!() };
    let why = Notice::ReportWhy { room: ROOM, message: about };
    assert_eq!(act.entries, [(BOT, why.about(MessageId(12)))]);
    let chosen = press(Button::Report { room: ROOM, message: about, reason: Reason::Sex });
    let plan = plan_under(&record(chatting()), chosen.clone(), BOT, NEXT, &moderated());
    assert_eq!(line(&plan), "report > stay: press =Reported");
    let report = reported(&plan);
    assert_eq!((report.reporter, report.reported, report.room), (ME, PARTNER, ROOM));
    assert_eq!((report.reason, report.message), (Reason::Sex, about));
    let alone = plan_under(&record(chatting()), chosen, BOT, NEXT, &Settings::default());
    assert_eq!(reported(&alone), report, "without moderators it still counts against whom it is about");
}

#[test]
fn whom_one_left_can_be_reported_for_a_while_and_nobody_else() {
    let why = |record: &Record, room| line(&plan(record, press(Button::ReportWhy(room))));
    assert_eq!(why(&after_room(idle()), FORMER_ROOM), "stay: press ReportWhy");
    assert_eq!(why(&after_room(chatting()), ROOM), "stay: press ReportWhy");
    assert_eq!(why(&after_room(idle()), ROOM), "stay: over");
    let chosen = press(Button::Report { room: FORMER_ROOM, message: None, reason: Reason::Spam });
    let late = plan_under(&after_room(waiting()), chosen.clone(), BOT, NEXT, &moderated());
    assert_eq!(reported(&late).reported, FORMER);
    assert_eq!(line(&plan(&record(chatting()), chosen)), "stay: over");
    assert_eq!(
        line(&plan(&record(idle()), command(Command::Report { about: None }))),
        "stay: NobodyToReport"
    );
}

#[test]
fn what_was_written_is_kept_only_where_the_operator_keeps_evidence() {
    let quoted = hamdam_telegram::update::Quoted { text: Some("shoes".into()), caption: None };
    let input = press(Button::Report { room: ROOM, message: None, reason: Reason::Spam });
    let said = hamdam_bot::Understood { quoted: Some(quoted), ..said(input) };
    for keep_evidence in [false, true] {
        let settings = Settings { keep_evidence, ..Settings::default() };
        let (record, update) = (record(chatting()), update(said.queue, BOT, NEXT));
        let scene = Scene {
            said: &said,
            heard: Heard::default(),
            membership: Membership::default(),
            update: &update,
            record: &record,
            message: None,
            now: NOW,
            settings: &settings,
            invited: None,
            elsewhere: None,
            link: None,
            maintenance: None,
        };
        let Plan::Act { act, .. } = decide(&scene) else { panic!() };
        let kept = act.facts.iter().find_map(|fact| match fact {
            Fact::Report { evidence, .. } => Some(evidence.as_deref()),
            _ => None,
        });
        assert_eq!(kept, Some(keep_evidence.then_some("shoes")));
        assert!(!format!("{said:?}").contains("shoes"), "logs show no content");
    }
}

#[test]
fn who_is_muted_reaches_nobody() {
    let mut record = record(chatting());
    record.profile.facts.muted_until = Some(Millis(NOW.0 + 1));
    assert_eq!(line(&plan(&record, message(MessageKind::Text))), "stay: ~Muted");
    let edit = Input::Edit {
        message: MESSAGE,
        change: Some(Change::Caption { caption: "x".into(), entities: None }),
        reveals: Reveals::default(),
    };
    assert_eq!(line(&plan(&record, edit)), "stay: -");
    record.profile.facts.muted_until = Some(NOW);
    assert_eq!(line(&plan(&record, message(MessageKind::Text))), "relay copy");
}

fn decided(verdict: Verdict, session: Session) -> (Sentence, Profile) {
    let record = record(session);
    let decision = Decision {
        user: ME,
        verdict,
        until: verdict.until(NOW),
        by: Some(UserId(31)),
        report: None,
        reason: String::new(),
        at: NOW,
    };
    (sentence(&decision, &record, NOW), record.profile)
}

#[test]
fn a_ban_ends_whatever_its_user_is_in() {
    let first = |session| decided(Verdict::BanDay, session).0.first;
    assert_eq!(first(idle()), None);
    assert!(matches!(first(waiting()), Some(First::RemoveTicket { .. })));
    for session in [held(), chatting()] {
        assert!(matches!(first(session), Some(First::EndPartner { partner: PARTNER, room: ROOM, .. })));
    }
    let (ban, before) = decided(Verdict::BanDay, chatting());
    assert!(ban.ends && ban.profile.banned(NOW).is_some() && ban.profile != before);
    assert_eq!(ban.entries.len(), 1);
    assert_eq!(ban.entries[0].1.ends(), Some(ROOM), "nothing of the room comes behind it");
    assert!(ban.facts.iter().any(|fact| matches!(fact, Fact::RoomClosed { end: RoomEnd::Banned, .. })));
    assert!(ban.facts.iter().any(|fact| matches!(fact, Fact::Profile { .. })));
}

#[test]
fn what_is_no_ban_ends_nothing() {
    for verdict in [Verdict::Dismiss, Verdict::Warn, Verdict::Mute, Verdict::Undo] {
        let (sentence, before) = decided(verdict, chatting());
        assert_eq!((sentence.first, sentence.ends), (None, false), "{verdict:?}");
        assert_eq!(sentence.profile != before, verdict == Verdict::Mute, "{verdict:?}");
        assert!(matches!(sentence.facts[0], Fact::Decision(_)), "each is on the record");
    }
    assert!(decided(Verdict::Dismiss, chatting()).0.entries.is_empty());
    assert!(decided(Verdict::Undo, chatting()).0.entries.is_empty(), "nothing was to be lifted");
}

fn case_update(chat: i64, kind: &str, from: i64, what: &str) -> Update {
    let json = format!(
        r#"{{"update_id":1,"callback_query":{{"id":"q","from":{{"id":{from}}},"message":{{"message_id":2,"date":0,"chat":{{"id":{chat},"type":"{kind}"}}}},"data":"case:{}:{what}"}}}}"#,
        CaseId::of(BOT, NEXT)
    );
    Update::from_json(json.as_bytes()).unwrap()
}

#[test]
fn only_moderators_press_in_cases() {
    let group = Moderators { group: Some(UserId(-5)), admins: vec![UserId(31)] };
    let pressed = |chat, kind, from| case_press(&case_update(chat, kind, from, "warn"), &group);
    let press = pressed(-5, "supergroup", 77).unwrap();
    assert_eq!((press.chat, press.by, press.asked), (UserId(-5), UserId(77), Asked::For(Verdict::Warn)));
    assert_eq!(pressed(-6, "supergroup", 31), None, "another group");
    assert!(pressed(31, "private", 31).is_some());
    assert_eq!(pressed(77, "private", 77), None);
    assert!(group.may_ask_who(UserId(31)) && !group.may_ask_who(UserId(77)));
    assert_eq!(group.chats(), [UserId(-5)]);
    let stranger = press_of_stranger();
    assert_eq!(line(&plan(&record(idle()), stranger)), "stay: over", "to a user it means nothing");
}

fn press_of_stranger() -> Input {
    press(Button::Case(CaseId::of(BOT, NEXT), Asked::For(Verdict::BanForEver)))
}

#[test]
fn whom_one_left_is_rated_for_a_while_and_the_ticket_tells_what_came_of_it() {
    let rate = |record: &Record, room, up| plan(record, press(Button::Rate { room, up }));
    for up in [true, false] {
        let plan = rate(&after_room(waiting()), FORMER_ROOM, up);
        assert_eq!(line(&plan), "judge > stay: rated");
        let Plan::Act { first: Some(First::Judge(rated, judgement)), act, .. } = plan else { unreachable!() };
        let (room, week) = (FORMER_ROOM, week(NOW));
        assert_eq!((rated, judgement), (FORMER, Judgement::Rated { room, up, week }));
        assert_eq!(act.facts, [Fact::Rated { room, rater: ME, rated, up, at: NOW }]);
    }
    assert_eq!(line(&rate(&after_room(chatting()), ROOM, false)), "stay: over", "not before it ended");
    assert_eq!(line(&rate(&record(idle()), FORMER_ROOM, true)), "stay: over");

    let trust_of = |record: &Record| {
        let found = plan(record, command(Command::Search));
        let Plan::Act { act, then: Some(ticket), .. } = found else { panic!("{found:?}") };
        (act.profile.map(|profile| profile.facts.trust), ticket.wishes.facts.trust)
    };
    let mut known = record(idle());
    assert_eq!(trust_of(&known), (None, Trust::Normal));
    known.new_since = Some(NOW);
    assert_eq!(trust_of(&known), (None, Trust::New), "told by the ticket alone");
    for origin in 0..3 {
        known.conduct.complain(Complaint { origin: Origin(origin), weight: 1, day: week(NOW) * 7 });
    }
    assert_eq!(trust_of(&known), (Some(Trust::Reported), Trust::Reported));
    known.profile.facts.trust = Trust::Reported;
    known.conduct = Conduct::default();
    assert_eq!(trust_of(&known), (Some(Trust::Normal), Trust::New), "it fades");
}
