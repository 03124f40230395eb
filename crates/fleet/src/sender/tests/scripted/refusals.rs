//! What follows when Telegram does not do what a call asks for.

use std::time::Duration;

use futures::FutureExt;
use hamdam_domain::clock::Clock;
use hamdam_domain::id::{MessageId, PoolId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Queue, UpdateRef};
use hamdam_domain::outbox::{Content, Notice};
use hamdam_domain::session::{Session, Stub};
use hamdam_state::State;
use hamdam_state::step::bot::Budget;
use hamdam_state::step::user::{Act, Arrival};

use super::{MOMENT, answer, begin, stage};
use crate::sender::tests::stage::{BOT, Fate, Stage, Treat};

/// Puts two users into a room, as matching would.
fn seat(stage: &Stage, room: i64, users: [i64; 2]) {
    for (user, partner) in [(users[0], users[1]), (users[1], users[0])] {
        let record = stage.state.read(UserId(user)).now_or_never().unwrap().unwrap().record.unwrap();
        let ticket = TicketId { bot: BOT, update: UpdateId(user) };
        let act = |expect, session, id| Act {
            user: UserId(user),
            update: UpdateRef { bot: BOT, era: 0, queue: Queue::Message, id: UpdateId(id) },
            expect,
            session: Some(session),
            begins: true,
            profile: None,
            blocks: None,
            asks: hamdam_domain::panel::Asking::AsBefore,
            asked: None,
            brakes: None,
            joined: None,
            entries: vec![],
            facts: vec![],
            grows: false,
        };
        let session = Session::Chatting { room: RoomId(room), partner: UserId(partner), ticket };
        let waiting = Session::Waiting(Stub {
            ticket,
            attempt: 0,
            pool: PoolId("main".into()),
            waiting_since: stage.clock.unix(),
        });
        for (step, session) in (0_u32..).zip([waiting, session]) {
            let act = act(record.version + u64::from(step), session, user + i64::from(step));
            stage.state.act(&act).now_or_never().unwrap().unwrap();
        }
    }
}

fn session(stage: &Stage, user: i64) -> Session {
    stage.state.inspect(|world| world.users[&UserId(user)].session.clone())
}

/// Both have read something, and sit in room 10.
fn in_a_room() -> Stage {
    let mut stage = stage();
    stage.append(1, Notice::Help.entry());
    stage.append(900, Notice::Help.entry());
    stage.run(0, MOMENT);
    seat(&stage, 10, [1, 900]);
    stage
}

#[test]
fn a_429_pauses_the_chat_alone() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Limit(3));
    stage.message(1, 10, 102);
    stage.message(2, 20, 201);
    stage.run(0, Duration::from_millis(2_500));
    assert_eq!((stage.seen(1).len(), stage.seen(2).len()), (0, 1));
    stage.run(0, Duration::from_secs(1));
    assert_eq!(stage.seen(1), [101, 102]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0, "a 429 was surely not carried out");
}

#[test]
fn three_chats_with_429_pause_the_token_for_the_fleet() {
    let mut stage = stage();
    for user in 1..=3 {
        stage.message(user, user * 10, 101);
    }
    begin(&mut stage, 0);
    while !stage.flying.is_empty() {
        stage.treat(0, Treat::Limit(7));
        stage.answer(0);
    }
    stage.pump(0, Fate::Once);
    let budget = Budget { per_second: 30.0, burst: 30, learns: false };
    let granted = stage.state.permits(BOT, 1, &budget).now_or_never().unwrap().unwrap();
    assert!(granted.paused);
    stage.message(4, 40, 401);
    stage.run(0, Duration::from_secs(6));
    assert_eq!(stage.seen(4), [0; 0]);
    stage.run(0, Duration::from_secs(2));
    assert_eq!(stage.log.len(), 4);
}

#[test]
fn a_bot_whose_token_telegram_does_not_know_waits_whole_and_loses_nothing() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Revoked);
    stage.message(1, 10, 102);
    stage.message(2, 20, 201);
    stage.run(0, Duration::from_secs(9));
    assert_eq!(stage.log.len(), 0, "nobody of this bot is sent anything");
    let budget = Budget { per_second: 30.0, burst: 30, learns: false };
    let granted = stage.state.permits(BOT, 1, &budget).now_or_never().unwrap().unwrap();
    assert!(!granted.paused, "another instance may have the new token already");
    stage.run(0, Duration::from_secs(3));
    assert_eq!((stage.seen(1), stage.seen(2)), (vec![101, 102], vec![201]));
    assert!(stage.is_empty());
    assert_eq!(stage.metrics.duplicate_sends.get(), 0, "a 401 was surely not carried out");
}

#[test]
fn a_server_error_is_tried_again_in_order_and_counted_if_it_may_have_happened() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.message(1, 10, 102);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Refuse);
    stage.run(0, Duration::from_millis(300));
    assert_eq!(stage.seen(1), [0; 0], "it waits half a second first");
    while stage.flying.is_empty() {
        begin(&mut stage, 0);
    }
    assert_eq!(stage.metrics.duplicate_sends.get(), 0, "no byte of the first attempt left the house");
    answer(&mut stage, Treat::DoAndBreak);
    stage.run(0, Duration::from_millis(900));
    assert_eq!(stage.seen(1), [101], "then a whole second");
    stage.run(0, Duration::from_millis(400));
    assert_eq!(stage.seen(1), [101, 101, 102]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 1);
}

#[test]
fn a_blocked_bot_ends_the_room_for_both() {
    let mut stage = stage();
    stage.append(1, Notice::Help.entry());
    stage.append(2, Notice::Help.entry());
    stage.append(900, Notice::Help.entry());
    stage.run(0, MOMENT);
    seat(&stage, 10, [1, 900]);
    stage.pass(Duration::from_secs(2));
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Blocked);
    begin(&mut stage, 0);
    assert_eq!((session(&stage, 1), session(&stage, 900)), (Session::Idle, Session::Idle));
    assert!(stage.state.inspect(|world| world.users[&UserId(1)].profile.unreachable));
    stage.run(0, Duration::from_secs(1));
    let told = stage.log.iter().any(|(chat, _, entry)| {
        chat.user == UserId(900) && entry.content == Content::Notice(Notice::PartnerLeft { room: RoomId(10) })
    });
    assert!(told, "{:?}", stage.log);
    assert!(stage.is_empty());
}

#[test]
fn what_waits_for_a_bot_that_was_taken_out_is_dropped_and_the_partner_told() {
    let mut stage = in_a_room();
    stage.pass(Duration::from_secs(2));
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Stranger { left: true });
    begin(&mut stage, 0);
    assert_eq!((session(&stage, 1), session(&stage, 900)), (Session::Idle, Session::Idle));
    stage.run(0, Duration::from_secs(1));
    let told = stage.log.iter().any(|(chat, _, entry)| {
        chat.user == UserId(900) && entry.content == Content::Notice(Notice::PartnerLeft { room: RoomId(10) })
    });
    assert!(told && !stage.seen(1).contains(&101) && stage.is_empty(), "{:?}", stage.log);
}

#[test]
fn what_waits_for_a_bot_that_is_not_known_here_yet_is_sent_when_it_is_or_dropped_after_a_minute() {
    for known_at_last in [true, false] {
        let mut stage = in_a_room();
        stage.message(1, 10, 101);
        for _ in 0..50 {
            begin(&mut stage, 0);
            assert_eq!(stage.flying.len(), 1, "it is tried each second");
            answer(&mut stage, Treat::Stranger { left: false });
            begin(&mut stage, 0);
            assert!(stage.flying.is_empty(), "and not at once");
            stage.pass(Duration::from_secs(1));
        }
        assert!(matches!(session(&stage, 1), Session::Chatting { .. }));
        if !known_at_last {
            begin(&mut stage, 0);
            answer(&mut stage, Treat::Stranger { left: false });
        }
        stage.run(0, Duration::from_secs(2));
        assert_eq!(stage.seen(1).contains(&101), known_at_last, "{:?}", stage.log);
        assert_eq!(session(&stage, 900) == Session::Idle, !known_at_last);
        assert!(stage.is_empty());
    }
}

#[test]
fn a_user_who_wrote_since_the_claim_is_not_unreachable() {
    let mut stage = in_a_room();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    stage.pass(Duration::from_millis(1_500));
    stage.state.arrive(UserId(1), Arrival::default()).now_or_never().unwrap().unwrap();
    answer(&mut stage, Treat::Blocked);
    begin(&mut stage, 0);
    assert!(matches!(session(&stage, 1), Session::Chatting { .. }));
    assert!(matches!(session(&stage, 900), Session::Chatting { .. }));
    assert!(stage.is_empty(), "the message itself is gone");
}

#[test]
fn what_cannot_be_copied_is_explained_to_its_writer_once() {
    let mut stage = stage();
    stage.append(900, Notice::Help.entry());
    stage.run(0, MOMENT);
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Explain);
    stage.run(0, MOMENT);
    let explained = |stage: &Stage| {
        stage
            .log
            .iter()
            .filter(|(_, _, entry)| {
                matches!(
                    &entry.content,
                    Content::Answer { message: MessageId(101), notice: Notice::NotCopyable { .. } }
                )
            })
            .count()
    };
    assert_eq!((explained(&stage), stage.seen(1).len()), (1, 0));
    // The same copy once more, as after a crash before the acknowledgement.
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Explain);
    stage.run(0, MOMENT);
    assert_eq!(explained(&stage), 1);
    assert!(stage.is_empty());
}

#[test]
fn a_mistake_of_ours_is_dropped_and_counted_and_blocks_nothing() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.message(1, 10, 102);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Bug);
    stage.message(1, 10, 103);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [102, 103]);
    assert_eq!(stage.metrics.dead_letters.with_label_values(&["7"]).get(), 1);
}
