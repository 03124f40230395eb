//! What follows from each event, one at a time.

use std::time::Duration;

use futures::FutureExt;
use hamdam_domain::clock::Clock;
use hamdam_domain::engine::Tried;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, PoolId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Queue, UpdateRef};
use hamdam_domain::outbox::{Content, Entry, Notice, Reference};
use hamdam_domain::parcel::Parcel;
use hamdam_domain::session::{Session, Stub};
use hamdam_state::State;
use hamdam_state::memory::Found;
use hamdam_state::step::bot::Budget;
use hamdam_state::step::bot::Kept;
use hamdam_state::step::user::{Act, Arrival};
use hamdam_telegram::{CallError, Executed, Sent};

use super::stage::{BOT, Fate, LIMITS, OTHER_BOT, SHARD, Stage, Treat, carry, copy, edit, end, voice};
use crate::run::BotRate;
use crate::sender::{Done, FileAt, Outcome};

const MOMENT: Duration = Duration::from_millis(200);

fn stage() -> Stage {
    let mut stage = Stage::new(BotRate::Unlimited);
    assert!(stage.acquire(0));
    stage
}

/// Pumps and writes without answering, until nothing new is begun.
fn begin(stage: &mut Stage, index: usize) {
    for _ in 0..4 {
        stage.pump(index, Fate::Once);
        stage.write(index);
        stage.pass(Duration::from_millis(25));
    }
}

/// Pumps until calls are in an instance's hands, and writes none.
fn hold(stage: &mut Stage) {
    while stage.instances[0].as_ref().unwrap().unwritten.is_empty() {
        stage.pump(0, Fate::Once);
        stage.pass(Duration::from_millis(1));
    }
}

/// Treats and answers the one call that is under way.
fn answer(stage: &mut Stage, treat: Treat) {
    assert_eq!(stage.flying.len(), 1);
    stage.treat(0, treat);
    stage.answer(0);
}

fn facts(stage: &Stage) -> Vec<Fact> {
    stage.state.inspect(|world| {
        world.shard(SHARD).journal.values().map(|body| Fact::from_json(body).unwrap()).collect()
    })
}

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

#[test]
fn a_chat_gets_one_message_at_a_time_and_others_do_not_wait() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.message(1, 10, 102);
    stage.message(2, 20, 201);
    begin(&mut stage, 0);
    let under_way: Vec<_> = stage.flying.iter().map(|call| call.job.chat.user.0).collect();
    assert_eq!(under_way, [1, 2]);
    let claims = stage.state.inspect(|world| world.shard(SHARD).claims.len());
    assert_eq!(claims, 2, "both are claimed");
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101, 102]);
    assert!(stage.is_empty());
}

#[test]
fn a_delivered_copy_leaves_its_ids_and_its_fact() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.run(0, MOMENT);
    let [Fact::Message(fact)] = &facts(&stage)[..] else { panic!("one message fact") };
    assert_eq!((fact.room, fact.sender_message, fact.sender), (RoomId(10), MessageId(101), UserId(900)));
    let kept = stage.state.inspect(|world| world.users[&UserId(1)].ids[&RoomId(10)].pairs.clone());
    assert_eq!(kept, [(fact.partner_message.expect("it was delivered"), MessageId(101))]);
}

/// How long the acknowledgement of user 1's only entry waits after it was sent.
fn acknowledged_after(stage: &mut Stage) -> Duration {
    hold(stage);
    stage.write(0);
    answer(stage, Treat::Do);
    let sent = stage.now();
    while !stage.is_empty() {
        stage.pass(Duration::from_millis(1));
        stage.pump(0, Fate::Once);
    }
    stage.now().saturating_sub(sent)
}

#[test]
fn the_notice_of_a_room_is_acknowledged_soon_and_by_its_message() {
    let mut stage = stage();
    let entry = stage.append(1, Notice::Found { room: RoomId(10) }.entry());
    stage.state.tamper(|world| world.users.get_mut(&UserId(1)).unwrap().found = Some(Found::Queued(entry)));
    assert!(acknowledged_after(&mut stage) <= LIMITS.turn_gap, "in the next round");
    let found = stage.state.inspect(|world| world.users[&UserId(1)].found);
    assert_eq!(found, Some(Found::Shown(MessageId(5_001))));
    stage.append(1, Notice::Help.entry());
    assert!(acknowledged_after(&mut stage) >= LIMITS.ack_linger, "what tells of no room waits for company");
}

#[test]
fn the_notice_of_a_room_does_not_wait_for_the_next_round() {
    for (behind, goes_at_once) in [(Notice::Found { room: RoomId(10) }, true), (Notice::Help, false)] {
        let mut stage = stage();
        stage.append(1, Notice::Rules.entry());
        stage.append(1, behind.entry());
        hold(&mut stage);
        stage.write(0);
        answer(&mut stage, Treat::Do);
        stage.pump(0, Fate::Once);
        stage.write(0);
        assert_eq!(stage.flying.len(), usize::from(goes_at_once), "no time has passed");
        stage.run(0, MOMENT);
        assert_eq!(stage.seen(1).len(), 2);
    }
}

/// A broadcast's call begins while a turn of the only instance is under way; with what the turn brings, all is sent.
fn passed_by_a_broadcast(stage: &mut Stage) {
    let now = stage.now();
    let instance = stage.instances[0].as_mut().unwrap();
    instance.core.rung(true);
    let turn = instance.core.next_turn(now, &mut instance.permits).expect("it was rung");
    stage.pass(Duration::from_millis(1));
    let now = stage.now();
    stage.instances[0].as_mut().unwrap().core.passed(now);
    stage.pass(Duration::from_millis(1));
    let (now, answer) = (stage.now(), Stage::turn(&stage.state, &turn, Fate::Once));
    let instance = stage.instances[0].as_mut().unwrap();
    instance.core.turned(answer, now, &mut instance.permits);
    stage.run(0, MOMENT);
}

#[test]
fn only_who_was_known_to_wait_was_overtaken_by_a_broadcast() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    passed_by_a_broadcast(&mut stage);
    assert_eq!(stage.metrics.broadcast_overtakes.get(), 0, "read behind it, and then claimed");
    stage.message(2, 20, 201);
    passed_by_a_broadcast(&mut stage);
    assert_eq!(stage.metrics.broadcast_overtakes.get(), 0, "read and claimed behind it");
    assert_eq!((stage.seen(1).len(), stage.seen(2).len()), (1, 1));

    // Two at once to one chat: the second was read long before it may go.
    stage.message(3, 30, 301);
    stage.message(3, 30, 302);
    hold(&mut stage);
    stage.write(0);
    answer(&mut stage, Treat::Do);
    passed_by_a_broadcast(&mut stage);
    assert_eq!(stage.metrics.broadcast_overtakes.get(), 1);
}

fn news(message: i64) -> Entry {
    let ticket = TicketId { bot: BOT, update: UpdateId(1) };
    let tried = Tried::default();
    Notice::SearchGoesOn { ticket, tried, half_within: None, can_widen: true }.instead_of(MessageId(message))
}

#[test]
fn news_of_a_search_are_dropped_when_it_has_ended_or_newer_ones_stand_behind() {
    let mut stage = stage();
    let (found, help) = (Notice::Found { room: RoomId(10) }.entry(), Notice::Help.entry());
    for (user, entries) in [
        (1, vec![news(7), news(7), help.clone()]),
        (2, vec![news(7), found]),
        (3, vec![news(7), help, news(8)]),
    ] {
        for entry in entries {
            stage.append(user, entry);
        }
    }
    stage.run(0, MOMENT * 4);
    assert_eq!([1, 2, 3].map(|user| stage.seen(user).len()), [2, 1, 3]);
    assert!(stage.is_empty(), "what was dropped is acknowledged");
}

#[test]
fn the_notice_of_a_search_is_kept_as_its_message() {
    let mut stage = stage();
    stage.append(1, Notice::Help.entry());
    let ticket = TicketId { bot: BOT, update: UpdateId(1) };
    let pool = PoolId("main".into());
    let stub = Stub { ticket, attempt: 0, pool, waiting_since: stage.clock.unix() };
    stage.state.tamper(|world| {
        world.users.get_mut(&UserId(1)).unwrap().session = Session::Waiting(stub.clone());
    });
    stage.append(1, Notice::Searching { ticket }.entry());
    stage.append(1, Notice::StillSearching { ticket }.about(MessageId(3)));
    stage.run(0, MOMENT * 4);
    let shown = stage.state.inspect(|world| world.users[&UserId(1)].search_notice);
    assert_eq!(shown, Some(MessageId(5_002)), "and not what was said in answer to a message");
}

#[test]
fn replies_to_ones_own_message_wait_for_its_copy() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.append(1, copy(10, 102, Some(Reference::Own(MessageId(101)))));
    stage.append(1, edit(10, 101));
    stage.append(1, edit(10, 55));
    stage.append(1, copy(10, 103, Some(Reference::Own(MessageId(55)))));
    stage.run(0, MOMENT * 3);
    // The stage checks that the targets are the copies. What is unknown: the edit is dropped, the reply goes plain.
    assert_eq!(stage.seen(1), [101, 102, 0, 103]);
    assert!(stage.is_empty());
}

#[test]
fn a_successor_leaves_a_claimed_chat_alone_and_sends_again_once() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    stage.message(1, 10, 102);
    stage.message(2, 20, 201);
    stage.crash(0);
    stage.pass(LIMITS.lease);
    assert!(stage.acquire(1));
    stage.run(1, MOMENT);
    assert_eq!(stage.seen(2), [201], "other chats go on at once");
    assert_eq!(stage.seen(1), [0; 0], "a call may still be on its way");
    stage.treat(0, Treat::Do);
    stage.answer(0);
    stage.run(1, LIMITS.claim_life());
    assert_eq!(stage.seen(1), [101, 101, 102]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 1);
}

#[test]
fn a_send_of_unknown_outcome_whose_room_ended_is_not_repeated_and_stands_in_the_record() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    stage.message(1, 10, 102);
    stage.crash(0);
    stage.append(1, end(10));
    stage.pass(LIMITS.lease);
    assert!(stage.acquire(1));
    stage.treat(0, Treat::Do);
    stage.answer(0);
    stage.run(1, LIMITS.claim_life());
    assert_eq!(stage.seen(1), [101, 0]);
    let [Fact::Message(fact)] = &facts(&stage)[..] else { panic!("one message fact, of what was begun") };
    assert_eq!((fact.sender_message, fact.partner_message), (MessageId(101), None));
    assert!(stage.is_empty());
}

#[test]
fn a_graceful_hand_over_repeats_nothing_and_waits_for_nobody() {
    let mut stage = stage();
    for message in 0..4 {
        stage.message(1, 10, 101 + message);
        stage.message(2, 20, 201 + message);
    }
    begin(&mut stage, 0);
    stage.instances[0].as_mut().unwrap().core.retire();
    begin(&mut stage, 0);
    assert!(!stage.acquire(1), "the lease is kept until the calls are over");
    stage.deliver();
    begin(&mut stage, 0);
    assert!(stage.instances[0].is_none());
    assert!(stage.acquire(1));
    stage.run(1, MOMENT);
    assert_eq!(stage.seen(1), [101, 102, 103, 104]);
    assert_eq!(stage.seen(2), [201, 202, 203, 204]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
}

#[test]
fn an_end_drops_what_was_not_begun() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    stage.message(1, 10, 102);
    stage.append(1, Notice::Help.entry());
    stage.message(1, 10, 103);
    stage.append(1, end(10));
    stage.message(1, 10, 104);
    stage.message(1, 11, 111);
    begin(&mut stage, 0);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101, 0, 0, 111], "what was under way, the notice, the end, the next room");
    assert_eq!(stage.metrics.dropped_by_leave.get(), 3);
    assert!(stage.is_empty());
}

#[test]
fn an_end_overtakes_what_is_claimed_with_it() {
    let mut stage = stage();
    stage.message(2, 20, 201);
    stage.run(0, MOMENT);
    // The bot is busy here now: the first message is claimed as it is read, and the end is read with it.
    stage.message(1, 10, 101);
    stage.append(1, end(10));
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [0]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 1);
    assert!(stage.is_empty());
}

#[test]
fn an_end_drops_a_message_that_waits_out_a_429() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Limit(2));
    stage.append(1, end(10));
    stage.run(0, Duration::from_millis(2_500));
    assert_eq!(stage.seen(1), [0]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 1);
}

#[test]
fn a_message_of_unknown_outcome_is_not_sent_again_into_an_ended_room() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Break);
    stage.append(1, end(10));
    begin(&mut stage, 0);
    assert_eq!(stage.seen(1), [0; 0], "the end waits until the call can no longer be on its way");
    stage.run(0, Duration::from_secs(1));
    assert_eq!(stage.seen(1), [0]);
    assert_eq!(stage.metrics.dropped_by_leave.get(), 1);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
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
    let mut stage = stage();
    stage.append(1, Notice::Help.entry());
    stage.append(900, Notice::Help.entry());
    stage.run(0, MOMENT);
    seat(&stage, 10, [1, 900]);
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
        let mut stage = stage();
        stage.append(1, Notice::Help.entry());
        stage.append(900, Notice::Help.entry());
        stage.run(0, MOMENT);
        seat(&stage, 10, [1, 900]);
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
    let mut stage = stage();
    stage.append(1, Notice::Help.entry());
    stage.append(900, Notice::Help.entry());
    stage.run(0, MOMENT);
    seat(&stage, 10, [1, 900]);
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

#[test]
fn a_claim_that_was_not_used_in_time_is_renewed_and_is_no_repetition() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    hold(&mut stage);
    stage.pass(LIMITS.start_limit);
    stage.write(0);
    assert!(stage.flying.is_empty(), "too late to begin");
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
}

#[test]
fn nothing_begins_after_the_leases_deadline() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.message(1, 10, 102);
    begin(&mut stage, 0);
    stage.deliver();
    for _ in 0..200 {
        stage.pump(0, Fate::Unsent);
        stage.write(0);
        stage.pass(Duration::from_millis(50));
    }
    assert!(stage.flying.is_empty());
    assert_eq!(stage.seen(1), [101]);
    // The state is back, and the lease was nobody else's in between; but it ran out.
    stage.pump(0, Fate::Once);
    assert!(stage.instances[0].is_none(), "lost");
    assert!(stage.acquire(1));
    stage.run(1, Duration::from_secs(5));
    assert_eq!(stage.seen(1), [101, 101, 102], "its acknowledgement never came through");
    assert_eq!(stage.metrics.duplicate_sends.get(), 1);
}

#[test]
fn a_short_outage_of_the_state_repeats_nothing() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    stage.message(1, 10, 102);
    begin(&mut stage, 0);
    stage.deliver();
    for fate in [Fate::Unheard, Fate::Unsent, Fate::Unheard] {
        stage.pass(Duration::from_millis(600));
        stage.pump(0, fate);
    }
    stage.run(0, Duration::from_secs(2));
    assert_eq!(stage.seen(1), [101, 102]);
    assert_eq!(stage.metrics.duplicate_sends.get(), 0);
}

#[test]
fn a_request_written_after_the_deadline_is_counted_as_a_zombie() {
    let mut stage = stage();
    stage.message(1, 10, 101);
    hold(&mut stage);
    stage.pass(LIMITS.lease + Duration::from_secs(1));
    let (now, instance) = (stage.now(), stage.instances[0].as_mut().unwrap());
    let call = instance.unwritten.remove(0);
    let outcome =
        Outcome::Answered { written: now, answer: Ok(Sent { message_id: Some(1), others: Vec::new() }) };
    let done = Done::Called { chat: call.job.chat, entry: call.job.id, method: "call", outcome };
    instance.core.done(done, now, &mut instance.permits);
    assert_eq!(stage.metrics.zombie_sends.get(), 1);
}

#[test]
fn a_chat_takes_five_at_once_and_one_a_second() {
    let mut stage = stage();
    for message in 0..8 {
        stage.message(1, 10, 101 + message);
    }
    stage.run(0, Duration::from_millis(500));
    assert_eq!(stage.seen(1).len(), 5);
    stage.run(0, Duration::from_millis(1_700));
    assert_eq!(stage.seen(1).len(), 7);
    let answered = Content::AnswerCallback { query: "q".into(), toast: None };
    stage.append(2, Entry { room: None, content: answered });
    stage.run(0, Duration::from_secs(2));
    assert_eq!(stage.seen(1).len(), 8);
}

#[test]
fn a_limited_token_keeps_to_its_rate() {
    let mut stage = Stage::new(BotRate::PerSecond(10.0));
    stage.acquire(0);
    for user in 0..200 {
        stage.message(user + 1, user * 10, 101);
    }
    stage.run(0, Duration::from_secs(5));
    let sent = stage.log.len();
    assert!((45..=56).contains(&sent), "{sent} in five seconds at ten a second");
}

#[test]
fn a_quiet_message_costs_two_turns_and_an_idle_shard_one_a_second() {
    let mut stage = stage();
    stage.message(3, 30, 301);
    stage.run(0, Duration::from_secs(3));
    let before = stage.turns;
    stage.run(0, Duration::from_secs(10));
    assert!((9..=11).contains(&(stage.turns - before)), "{}", stage.turns - before);
    let before = stage.turns;
    for message in 0..5 {
        stage.pass(Duration::from_millis(150));
        stage.message(1, 10, 101 + message);
        stage.run(0, Duration::from_millis(45));
    }
    assert_eq!(stage.seen(1).len(), 5);
    assert!(stage.turns - before <= 11, "{} turns", stage.turns - before);
}

#[test]
fn a_busy_shard_shares_turns() {
    let mut stage = stage();
    stage.message(99, 990, 1);
    stage.run(0, MOMENT);
    let before = stage.turns;
    for message in 0..200 {
        let user = message % 50 + 1;
        stage.message(user, user * 10, 101 + message);
        stage.run(0, Duration::from_millis(5));
    }
    stage.run(0, MOMENT);
    assert_eq!(stage.log.len(), 201);
    let turns = stage.turns - before;
    assert!(turns <= 70, "{turns} turns for 200 messages in a second");
}

#[test]
fn the_states_time_is_what_relaying_is_measured_by() {
    let mut stage = stage();
    stage.pass(Duration::from_millis(250));
    let mut entry = copy(10, 101, None);
    let Content::Copy(copied) = &mut entry.content else { unreachable!() };
    let written = stage.clock.unix();
    copied.at = written;
    stage.append(1, entry);
    hold(&mut stage);
    stage.write(0);
    stage.pass(Duration::from_millis(70));
    stage.deliver();
    let seconds = stage.metrics.relay_seconds.get_sample_sum();
    let waited = stage.clock.unix().since(written).as_secs_f64();
    assert!(waited > 0.07 && (seconds - waited).abs() < 0.0001, "{seconds} of {waited}");
}

/// What the writer was told, and about which message.
fn told(stage: &Stage) -> Vec<(MessageId, Notice)> {
    stage.state.inspect(|world| {
        let of = world.shard(SHARD).outbox.values().filter(|stored| stored.user == UserId(900));
        of.map(|stored| match Entry::from_json(&stored.body).unwrap().content {
            Content::Answer { message, notice } => (message, notice),
            other => panic!("{other:?}"),
        })
        .collect()
    })
}

fn not_passed_on(reason: &str) -> Notice {
    Notice::NotCopyable { kind: hamdam_domain::message::MessageKind::Text, reason: Some(reason.to_owned()) }
}

fn again() -> CallError {
    CallError::Retry { method: "getFile", executed: Executed::No, reason: String::new(), source: None }
}

/// A stage on which the writer is known, so that they can be told.
fn stage_with_writer() -> Stage {
    let stage = stage();
    let profile = hamdam_domain::profile::Profile::new(hamdam_domain::profile::Language::En, BOT);
    stage.state.enroll(UserId(900), &profile, &[], &[]).now_or_never().unwrap().unwrap();
    stage
}

#[test]
fn a_text_of_another_bot_leaves_its_ids_and_its_fact() {
    let mut stage = stage();
    stage.append(1, carry(10, 101, Parcel::Text { text: "x".into(), entities: None }));
    stage.run(0, MOMENT);
    let [Fact::Message(fact)] = &facts(&stage)[..] else { panic!("one message fact") };
    assert_eq!((fact.bot, fact.sender_message), (OTHER_BOT, MessageId(101)));
    let kept = stage.state.inspect(|world| world.users[&UserId(1)].ids[&RoomId(10)].pairs.clone());
    assert_eq!(kept, [(fact.partner_message.expect("it was delivered"), MessageId(101))]);
}

#[test]
fn a_copy_of_another_bot_is_never_tried() {
    let mut stage = stage_with_writer();
    let mut entry = copy(10, 101, None);
    entry.content.message_mut().unwrap().bot = OTHER_BOT;
    stage.append(1, entry);
    begin(&mut stage, 0);
    assert!(stage.log.is_empty() && stage.flying.iter().all(|call| call.job.chat.user == UserId(900)));
    assert_eq!(told(&stage), [(MessageId(101), not_passed_on(Notice::ACROSS))]);
}

#[test]
fn content_that_waited_for_an_hour_is_held_no_longer() {
    let mut stage = stage_with_writer();
    stage.append(1, carry(10, 101, Parcel::Text { text: "x".into(), entities: None }));
    stage.append(1, edit(10, 101));
    stage.message(1, 10, 102);
    stage.pass(Duration::from_hours(1));
    stage.instances[0] = None;
    assert!(stage.acquire(0));
    begin(&mut stage, 0);
    assert_eq!(told(&stage), [(MessageId(101), not_passed_on(Notice::TOO_LATE))]);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [102], "a reference may wait");
}

#[test]
fn a_file_is_looked_for_before_its_call() {
    let mut stage = stage();
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    assert_eq!(*stage.door.asked.lock().unwrap(), [(OTHER_BOT, "theirs".to_owned())]);
    let [call] = &stage.flying[..] else { panic!("one call") };
    assert!(matches!(call.file, Some(FileAt::There(_))), "{:?}", call.file);
}

#[test]
fn a_file_that_is_too_large_is_explained_at_once() {
    let mut stage = stage_with_writer();
    let reason = "file is too big".to_owned();
    stage.door.places.lock().unwrap().push_back(Err(CallError::Explain { method: "getFile", reason }));
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    assert_eq!(told(&stage), [(MessageId(101), not_passed_on(Notice::TOO_LARGE))]);
    stage.run(0, MOMENT);
    assert_eq!(stage.door.asked.lock().unwrap().len(), 1);
}

#[test]
fn a_file_that_cannot_be_fetched_is_tried_three_times_and_explained_once() {
    let mut stage = stage_with_writer();
    stage.door.places.lock().unwrap().extend([Err(again()), Err(again()), Err(again())]);
    stage.append(1, carry(10, 101, voice()));
    stage.message(1, 10, 102);
    stage.run(0, Duration::from_secs(10));
    assert_eq!(stage.door.asked.lock().unwrap().len(), 3);
    let answers = stage.log.iter().filter(|(chat, ..)| chat.user == UserId(900)).count();
    assert_eq!(answers, 1);
    assert_eq!(stage.seen(1), [102], "what stands behind goes on");
    assert!(stage.is_empty());
}

#[test]
fn a_file_of_a_bot_that_is_not_known_here_yet_is_waited_for_and_the_room_goes_on() {
    for left in [false, true] {
        let mut stage = stage_with_writer();
        let strange = || Err(CallError::Stranger { method: "getFile", left });
        stage.door.places.lock().unwrap().extend((0..5).map(|_| strange()));
        stage.append(1, carry(10, 101, voice()));
        stage.message(1, 10, 102);
        stage.run(0, Duration::from_secs(10));
        let (asked, seen) = if left { (1, vec![102]) } else { (6, vec![101, 102]) };
        assert_eq!(stage.door.asked.lock().unwrap().len(), asked);
        assert_eq!(stage.seen(1), seen, "{:?}", stage.log);
        assert!(stage.is_empty());
    }
}

#[test]
fn a_download_that_breaks_begins_anew() {
    let mut stage = stage();
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    let call = stage.flying.remove(0);
    let now = stage.now();
    let instance = stage.instances[0].as_mut().unwrap();
    let done = Done::Called {
        chat: call.job.chat,
        entry: call.job.id,
        method: "sendVoice",
        outcome: Outcome::NotFetched(again()),
    };
    instance.core.done(done, now, &mut instance.permits);
    stage.run(0, Duration::from_secs(2));
    assert_eq!(stage.door.asked.lock().unwrap().len(), 2, "its place is asked for again");
    assert_eq!((stage.seen(1), stage.duplicates), (vec![101], 0));
    assert_eq!(stage.metrics.duplicate_sends.get(), 0, "nothing was sent before");
}

#[test]
fn a_file_that_is_remembered_wrongly_is_brought_anew() {
    let mut stage = stage();
    let kept = Kept { unique: "voice".into(), id: "ours".into(), most: 9, life: Duration::from_hours(1) };
    stage.state.keep_file(BOT, &kept).now_or_never().unwrap().unwrap();
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    assert_eq!(stage.flying[0].file, Some(FileAt::Known("ours".into())));
    assert!(stage.door.asked.lock().unwrap().is_empty());
    answer(&mut stage, Treat::Explain);
    stage.given_up.clear();
    begin(&mut stage, 0);
    assert!(matches!(stage.flying[0].file, Some(FileAt::There(_))), "{:?}", stage.flying[0].file);
    stage.run(0, MOMENT);
    assert_eq!(stage.seen(1), [101]);
}

#[test]
fn a_message_that_cannot_be_said_again_is_explained() {
    let mut stage = stage_with_writer();
    stage.append(1, carry(10, 101, Parcel::Object { json: r#"{"latitude":1,"longitude":2}"#.into() }));
    begin(&mut stage, 0);
    answer(&mut stage, Treat::Bug);
    begin(&mut stage, 0);
    assert_eq!(told(&stage), [(MessageId(101), not_passed_on(""))]);
}

#[test]
fn a_successor_waits_for_the_longest_transfer() {
    let mut stage = stage();
    stage.append(1, carry(10, 101, voice()));
    begin(&mut stage, 0);
    let written = stage.flying[0].written;
    stage.crash(0);
    stage.pass(LIMITS.lease);
    assert!(stage.acquire(1));
    while stage.flying.iter().all(|call| call.owner.is_none()) {
        stage.pump(1, Fate::Once);
        stage.write(1);
        assert!(stage.now() < written + 3 * LIMITS.longest_transfer, "it is sent again in the end");
        stage.pass(Duration::from_millis(50));
    }
    assert!(stage.now() >= written + LIMITS.longest_transfer, "{:?}", stage.now());
}
