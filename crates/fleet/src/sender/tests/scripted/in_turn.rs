//! Each chat gets its entries in turn: what waits for what, what is dropped because of what stands behind it, and what is
//! kept of what was sent.

use std::time::Duration;

use hamdam_domain::clock::Clock;
use hamdam_domain::engine::Tried;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, PoolId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::outbox::{Entry, Notice, Reference};
use hamdam_domain::session::{Session, Stub};
use hamdam_state::memory::Found;

use super::{MOMENT, answer, begin, facts, hold, stage};
use crate::sender::tests::entries::{copy, edit};
use crate::sender::tests::stage::{BOT, Fate, LIMITS, SHARD, Stage, Treat};

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
