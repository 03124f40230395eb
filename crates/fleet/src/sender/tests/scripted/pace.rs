//! How fast chats and tokens take what is sent, how many turns it costs, and how long relaying is said to take.

use std::time::Duration;

use hamdam_domain::clock::Clock;
use hamdam_domain::outbox::{Content, Entry};

use super::{MOMENT, hold, stage};
use crate::run::BotRate;
use crate::sender::tests::entries::copy;
use crate::sender::tests::stage::Stage;

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
