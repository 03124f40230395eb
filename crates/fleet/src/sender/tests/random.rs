//! Random schedules of two instances: whatever happens, chats keep their order, nothing is lost, nothing of a room
//! follows its end, and what is sent twice is counted.

use std::time::Duration;

use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::{Content, Notice, Reference};
use proptest::prelude::*;

use super::entries::{copy, edit, end, photo, react, retract};
use super::stage::{Fate, LIMITS, Stage, Treat};
use crate::run::BotRate;

#[derive(Clone, Debug)]
enum Step {
    Message { user: i64, reply: Option<i64> },
    Photo { user: i64, album: u8 },
    Edit { user: i64, back: i64 },
    React { user: i64, back: i64 },
    Retract { user: i64, back: i64 },
    Notice { user: i64 },
    End { user: i64 },
    Pass(u64),
    Pump(usize, Fate),
    Write(usize),
    Treat(usize, Treat),
    Answer(usize),
    Crash(usize),
    Acquire(usize),
    Retire(usize),
}

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![8 => Just(Fate::Once), 1 => Just(Fate::Twice), 1 => Just(Fate::Unheard), 1 => Just(Fate::Unsent)]
}

fn treats() -> impl Strategy<Value = Treat> {
    prop_oneof![
        12 => Just(Treat::Do),
        1 => Just(Treat::Skip),
        1 => Just(Treat::DoAndBreak),
        1 => Just(Treat::Break),
        1 => Just(Treat::Fail),
        1 => Just(Treat::Refuse),
        1 => (1_u32..4).prop_map(Treat::Limit),
        1 => Just(Treat::Revoked),
        1 => Just(Treat::Gone),
        1 => Just(Treat::Bug),
        1 => Just(Treat::Explain),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0_i64..3, proptest::option::weighted(0.2, 1_i64..4)).prop_map(|(user, reply)| Step::Message { user, reply }),
        4 => (0_i64..3, 0_u8..2).prop_map(|(user, album)| Step::Photo { user, album }),
        1 => (0_i64..3, 1_i64..4).prop_map(|(user, back)| Step::Edit { user, back }),
        1 => (0_i64..3, 1_i64..4).prop_map(|(user, back)| Step::React { user, back }),
        1 => (0_i64..3, 1_i64..4).prop_map(|(user, back)| Step::Retract { user, back }),
        1 => (0_i64..3).prop_map(|user| Step::Notice { user }),
        1 => (0_i64..3).prop_map(|user| Step::End { user }),
        6 => prop_oneof![Just(1_u64), Just(20), Just(60), Just(400), Just(1_100), Just(2_000), Just(5_000)].prop_map(Step::Pass),
        12 => (0_usize..2, fates()).prop_map(|(index, fate)| Step::Pump(index, fate)),
        10 => (0_usize..2).prop_map(Step::Write),
        8 => (0_usize..4, treats()).prop_map(|(call, treat)| Step::Treat(call, treat)),
        8 => (0_usize..4).prop_map(Step::Answer),
        1 => (0_usize..2).prop_map(Step::Crash),
        4 => (0_usize..2).prop_map(Step::Acquire),
        1 => (0_usize..2).prop_map(Step::Retire),
    ]
}

/// Takes the steps, then lets one instance finish alone, and judges.
fn play(steps: Vec<Step>, rate: BotRate) {
    let mut stage = Stage::new(rate);
    let mut rooms = [10_i64, 20, 30];
    let mut messages = 0;
    for step in steps {
        match step {
            Step::Message { user, reply } => {
                messages += 1;
                let reply = reply.map(|back| Reference::Own(MessageId(messages - back)));
                let room = rooms[usize::try_from(user).unwrap()];
                stage.append(user + 1, copy(room, messages, reply));
            }
            Step::Photo { user, album } => {
                messages += 1;
                let room = rooms[usize::try_from(user).unwrap()];
                stage.append(user + 1, photo(room, messages, if album == 0 { "a" } else { "b" }));
            }
            Step::Edit { user, back } => {
                let room = rooms[usize::try_from(user).unwrap()];
                stage.append(user + 1, edit(room, messages - back));
            }
            Step::React { user, back } => {
                let room = rooms[usize::try_from(user).unwrap()];
                stage.append(user + 1, react(room, messages - back));
            }
            Step::Retract { user, back } => {
                let room = rooms[usize::try_from(user).unwrap()];
                stage.append(user + 1, retract(room, messages - back));
            }
            Step::Notice { user } => {
                stage.append(user + 1, Notice::Help.entry());
            }
            Step::End { user } => {
                let room = &mut rooms[usize::try_from(user).unwrap()];
                stage.append(user + 1, end(*room));
                *room += 1;
            }
            Step::Pass(ms) => stage.pass(Duration::from_millis(ms)),
            Step::Pump(index, fate) => stage.pump(index, fate),
            Step::Write(index) => stage.write(index),
            Step::Treat(call, treat) if call < stage.flying.len() => stage.treat(call, treat),
            Step::Answer(call) if call < stage.flying.len() => stage.answer(call),
            Step::Treat(..) | Step::Answer(_) => {}
            Step::Crash(index) => stage.crash(index),
            Step::Acquire(index) => {
                stage.acquire(index);
            }
            Step::Retire(index) => {
                if let Some(instance) = &mut stage.instances[index] {
                    instance.core.retire();
                }
            }
        }
    }
    settle(&mut stage);
    judge(&stage);
}

/// Both instances die, a new one finishes what is left.
fn settle(stage: &mut Stage) {
    stage.crash(0);
    stage.crash(1);
    stage.pass(LIMITS.lease + LIMITS.longest_call);
    assert!(stage.acquire(0), "a lease outlives its time");
    for _ in 0..1_000 {
        if stage.is_empty() {
            return;
        }
        stage.run_by(0, Duration::from_secs(1), Duration::from_millis(250));
    }
    panic!("entries wait for ever");
}

fn judge(stage: &Stage) {
    let claims = stage.state.inspect(|world| world.shard(super::stage::SHARD).claims.len());
    assert_eq!(claims, 0, "claims without entries");
    for (index, (chat, id, entry)) in stage.appended.iter().enumerate() {
        let sent = stage.log.iter().any(|(_, other, _)| other == id);
        let later = &stage.appended[index..];
        let over = later
            .iter()
            .any(|(other, _, next)| other == chat && next.ends().is_some() && next.ends() == entry.room);
        let taken = entry.content.message().is_some_and(|copy| {
            later.iter().any(|(other, _, next)| {
                let is_it =
                    matches!(next.content, Content::Retract { message, .. } if message == copy.message);
                other == chat && next.room == entry.room && is_it
            })
        });
        let content = &entry.content;
        let unknown = matches!(content, Content::Edit(_) | Content::React(_) | Content::Retract { .. });
        assert!(
            sent || over || taken || unknown || stage.given_up.contains(id),
            "{id:?} was lost: {entry:?}"
        );
    }
    let counted = stage.metrics.duplicate_sends.get();
    assert!(counted >= stage.duplicates, "{} duplicates, {counted} counted", stage.duplicates);
    assert_eq!(stage.metrics.zombie_sends.get(), 0, "every request was written under its lease");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_schedule_of_two_instances(steps in proptest::collection::vec(steps(), 1..150)) {
        play(steps, BotRate::Unlimited);
    }

    #[test]
    fn any_schedule_under_a_budget(steps in proptest::collection::vec(steps(), 1..120)) {
        play(steps, BotRate::PerSecond(3.0));
    }
}
