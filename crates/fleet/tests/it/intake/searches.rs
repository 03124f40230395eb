//! Searching, and calling it off.

use futures::FutureExt;
use hamdam_bot::Outcome;
use hamdam_domain::outbox::{Content, Notice, Toast};
use hamdam_domain::session::Session;
use hamdam_state::State;
use hamdam_state::memory::World;

use super::stage::{ANN, BEN, BOT, OTHER_BOT, ROOM, Stage, found, opened, pool, press, seat, text, ticket};

#[tokio::test]
async fn a_search_waits_with_one_ticket_however_often_it_comes() {
    let stage = Stage::new();
    assert_eq!(stage.does(10, &text(ANN, "/search")).await, Outcome::Moved);
    let first = stage.world();
    assert_eq!(stage.does(10, &text(ANN, "/search")).await, Outcome::Duplicate);
    assert_eq!(stage.world(), first);
    assert_eq!(stage.does(11, &text(ANN, "/search")).await, Outcome::Answered);
    let told = stage.told(ANN);
    assert_eq!(
        told,
        [Notice::Searching { ticket: ticket(10) }, Notice::AlreadySearching { ticket: ticket(10) }]
    );
    let tickets: Vec<_> = stage.tickets().into_iter().map(|t| t.claimant.ticket).collect();
    assert_eq!(tickets, [ticket(10)]);
}

#[tokio::test]
async fn a_retry_adds_the_ticket_that_was_lost_and_not_one_that_left() {
    let stage = Stage::new();
    stage.does(10, &text(ANN, "/search")).await;
    stage.state.tamper(|world: &mut World| world.pools.get_mut(&pool()).unwrap().tickets.clear());
    assert_eq!(stage.does(10, &text(ANN, "/search")).await, Outcome::Duplicate);
    assert_eq!(stage.tickets().len(), 1);
    stage.does(11, &text(ANN, "/stop")).await;
    assert_eq!(stage.does(10, &text(ANN, "/search")).await, Outcome::Duplicate);
    assert_eq!(stage.tickets(), []);
}

#[tokio::test]
async fn a_stop_takes_the_ticket_out_of_the_pool() {
    for stop in [text(ANN, "/stop"), press(ANN, "cancel:100:10")] {
        let stage = Stage::new();
        stage.does(10, &text(ANN, "/search")).await;
        assert_eq!(stage.does(11, &stop).await, Outcome::Moved);
        assert_eq!((stage.session(ANN), stage.tickets()), (Session::Idle, vec![]));
        assert_eq!(stage.told(ANN).last(), Some(&Notice::SearchCancelled));
    }
}

#[tokio::test]
async fn a_stop_that_overtook_the_search_holds_it_back() {
    let stage = Stage::new();
    stage.does(9, &text(ANN, "/start")).await;
    assert_eq!(stage.does(11, &text(ANN, "/stop")).await, Outcome::Answered);
    // Another queue brings what was written before the stop.
    assert_eq!(stage.does(10, &press(ANN, "search:0")).await, Outcome::Stale);
    assert_eq!((stage.session(ANN), stage.tickets()), (Session::Idle, vec![]));
}

#[tokio::test]
async fn an_old_cancel_button_leaves_the_new_search_alone() {
    let stage = Stage::new();
    stage.does(10, &text(ANN, "/search")).await;
    stage.does(11, &text(ANN, "/stop")).await;
    stage.does(12, &text(ANN, "/search")).await;
    assert_eq!(stage.does(13, &press(ANN, "cancel:100:10")).await, Outcome::Answered);
    assert_eq!(stage.session(ANN).ticket(), Some(ticket(12)));
    assert_eq!(stage.last(ANN), Content::AnswerCallback { query: "q".into(), toast: Some(Toast::Over) });
}

#[tokio::test]
async fn a_search_of_one_bot_is_called_off_through_another() {
    let stage = Stage::new();
    stage.does(10, &text(ANN, "/search")).await;
    assert_eq!(stage.handle(OTHER_BOT, 5, &text(ANN, "/stop")).await.unwrap(), Outcome::Moved);
    assert_eq!((stage.session(ANN), stage.tickets()), (Session::Idle, vec![]));
}

#[tokio::test]
async fn whoever_is_matched_while_stopping_leaves_the_room() {
    let stage = Stage::new();
    stage.does(10, &text(ANN, "/search")).await;
    stage.does(20, &text(BEN, "/search")).await;
    // Decided while waiting; the match comes in between, and its ticket was taken before.
    stage.warden.before("act", 1, |state| {
        async move {
            state.hold(&seat(ANN, 10, BEN, 20)).await.unwrap();
            state.attach(&seat(BEN, 20, ANN, 10), &found(), &opened()).await.unwrap();
            state.open(ANN, ROOM, &found()).await.unwrap();
        }
        .boxed()
    });
    assert_eq!(stage.does(11, &text(ANN, "/stop")).await, Outcome::Moved);
    assert_eq!((stage.session(ANN), stage.session(BEN)), (Session::Idle, Session::Idle));
    assert_eq!(stage.told(ANN).last(), Some(&Notice::YouLeft { room: ROOM, searching: None }));
    assert_eq!(stage.told(BEN).last(), Some(&Notice::PartnerLeft { room: ROOM }));
}

#[tokio::test]
async fn above_the_watermark_nothing_begins_and_it_is_said() {
    let stage = Stage::new();
    stage.does(9, &text(ANN, "/start")).await;
    stage.state.set_watermark(0);
    assert_eq!(stage.does(10, &text(ANN, "/search")).await, Outcome::Answered);
    assert_eq!((stage.session(ANN), stage.tickets()), (Session::Idle, vec![]));
    assert_eq!(stage.told(ANN).last(), Some(&Notice::Busy));
    assert_eq!(stage.does(10, &text(ANN, "/search")).await, Outcome::Duplicate);
    stage.state.set_watermark(u64::MAX);
    assert_eq!(stage.handle(BOT, 11, &text(ANN, "/search")).await.unwrap(), Outcome::Moved);
}
