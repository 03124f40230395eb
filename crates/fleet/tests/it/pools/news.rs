//! News of searches that last, and their end.

use std::time::Duration;

use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::{Content, Entry, Notice};
use hamdam_domain::session::Session;
use hamdam_domain::wish::{Kilometres, Reach, Wants};
use hamdam_state::State;
use hamdam_state::memory::Pass;

use super::town::{Town, ticket_of, user};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What was said of a search: the message it redraws, if it does, and whether it can be widened.
fn news(entry: &Entry) -> (Option<MessageId>, bool) {
    match &entry.content {
        Content::Notice(Notice::SearchGoesOn { ticket, can_widen, .. }) if *ticket == ticket_of(1) => {
            (None, *can_widen)
        }
        Content::Redraw { message, notice: Notice::SearchGoesOn { ticket, can_widen, .. } }
            if *ticket == ticket_of(1) =>
        {
            (Some(*message), *can_widen)
        }
        other => panic!("{other:?}"),
    }
}

/// Somebody who waits for a partner within 50 km and will find none.
async fn lonely(town: &Town) {
    town.waits(1, &[]).await;
    town.state.tamper(|world| {
        let reach = Reach::Within(Kilometres::new(50).unwrap());
        world.users.get_mut(&user(1)).unwrap().profile.wants = Wants { reach, ..Wants::default() };
    });
}

#[tokio::test]
async fn who_waits_long_is_told_what_is_tried_in_the_message_that_shows_the_search() {
    let town = Town::new();
    lonely(&town).await;
    let mut matchmaker = town.matchmaker("one", 100);
    matchmaker.pass().await.unwrap();
    town.clock.advance(seconds(12));
    matchmaker.pass().await.unwrap();
    assert!(town.chat(1).is_empty(), "nothing in the first seconds");
    town.clock.advance(seconds(3));
    matchmaker.pass().await.unwrap();
    matchmaker.pass().await.unwrap();
    assert_eq!(town.chat(1).iter().map(news).collect::<Vec<_>>(), [(None, true)], "once");
    // Its message is known by the next time.
    let shown = Some(MessageId(77));
    town.state.tamper(|world| world.users.get_mut(&user(1)).unwrap().search_notice = shown);
    town.clock.advance(seconds(80));
    matchmaker.pass().await.unwrap();
    matchmaker.pass().await.unwrap();
    let told: Vec<_> = town.chat(1).iter().map(news).collect();
    assert_eq!(told[1..], [(shown, false)], "what was missed meanwhile is not told");
    let Content::Redraw { notice: Notice::SearchGoesOn { tried, .. }, .. } = town.chat(1)[1].content else {
        panic!()
    };
    assert!(tried.reach.is_some());
}

#[tokio::test]
async fn a_new_leader_tells_nothing_twice() {
    let town = Town::new();
    lonely(&town).await;
    town.clock.advance(seconds(16));
    let (mut one, mut two) = (town.matchmaker("one", 100), town.matchmaker("two", 100));
    one.pass().await.unwrap();
    one.step_down().await.unwrap();
    two.pass().await.unwrap();
    assert_eq!(town.chat(1).len(), 1);
}

#[tokio::test]
async fn whoever_left_or_was_found_is_told_nothing() {
    let town = Town::new();
    lonely(&town).await;
    let mut matchmaker = town.matchmaker("one", 100);
    matchmaker.pass().await.unwrap();
    town.moves(1, 9, Session::Idle).await;
    town.clock.advance(seconds(60));
    matchmaker.pass().await.unwrap();
    assert!(town.chat(1).is_empty());
}

#[tokio::test]
async fn news_that_fail_are_told_later_and_hold_up_no_batch() {
    let town = Town::new();
    lonely(&town).await;
    town.clock.advance(seconds(16));
    town.trouble.next("tell_waiting", Pass::Unsent);
    let mut matchmaker = town.matchmaker("one", 100);
    assert!(matchmaker.pass().await.unwrap().leads);
    assert!(town.chat(1).is_empty());
    // In steps shorter than the lock lives: a leader that takes stock anew finds them due without having tried again.
    for told in [0, 1] {
        town.clock.advance(seconds(3));
        assert!(!matchmaker.pass().await.unwrap().took_stock);
        assert_eq!(town.chat(1).len(), told);
    }
}

#[tokio::test]
async fn a_search_without_a_partner_ends_with_a_friendly_word() {
    let town = Town::new();
    lonely(&town).await;
    let mut matchmaker = town.matchmaker("one", 100);
    matchmaker.pass().await.unwrap();
    town.clock.advance(Duration::from_hours(1));
    for _ in 0..10 {
        matchmaker.pass().await.unwrap();
        town.clock.advance(seconds(1));
    }
    assert_eq!(town.session(1), Session::Idle);
    assert_eq!(town.chat(1).last(), Some(&Notice::SearchGivenUp.entry()));
    assert!(town.pool_is(|pool| pool.tickets.is_empty()));
    let told = town.chat(1).len();
    town.clock.advance(Duration::from_hours(1));
    matchmaker.pass().await.unwrap();
    assert_eq!(town.chat(1).len(), told, "nothing follows");
}

#[tokio::test]
async fn a_ticket_whose_search_was_given_up_by_a_dead_leader_is_taken_out_by_the_next() {
    let town = Town::new();
    lonely(&town).await;
    town.clock.advance(Duration::from_hours(1));
    let over = Notice::SearchGivenUp.entry();
    town.state.give_up(user(1), ticket_of(1), &over).await.unwrap();
    let mut matchmaker = town.matchmaker("two", 100);
    for _ in 0..10 {
        matchmaker.pass().await.unwrap();
        town.clock.advance(seconds(5));
    }
    assert_eq!(town.chat(1), [over]);
    assert!(town.pool_is(|pool| pool.tickets.is_empty()));
}
