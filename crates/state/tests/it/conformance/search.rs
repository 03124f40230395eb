//! Steps about a search that lasts: the message that shows it, news of it, and its end.

use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::session::{Session, Stub};
use hamdam_state::step::matching::Seated;
use hamdam_state::step::search::GaveUp;
use hamdam_state::step::sending::{Ack, Keep, Turn};
use hamdam_state::step::user::{Act, Acted};

use super::Subject;
use super::scene::{ANN, BEN, BOT, LONG, R, Scene, bare, found, opened, seat, stub, ticket_id, update};

/// The notice of the search of ticket `of` became message `id` of Ann's chat.
async fn shown(scene: &Scene, of: i64, id: i64) {
    let ticket = ticket_id(of);
    let entry = Notice::Searching { ticket }.entry();
    scene.state.tell(ANN, &entry, &format!("shown {id}")).await.unwrap();
    let queued = scene.outbox(ANN).await.pop().unwrap();
    let holder = scene.sender(ANN, "reader", LONG).await;
    let keep = Some(Keep::Search { ticket, message: MessageId(id) });
    let ack = Ack { entry: queued.id, user: ANN, bot: BOT, keep, facts: Vec::new() };
    let turn = Turn { acks: vec![ack], ..scene.turn(ANN, &holder) };
    scene.state.turn(&turn).await.unwrap().held().unwrap();
}

async fn notice(scene: &Scene) -> Option<i64> {
    scene.record(ANN).await.search_notice.map(|message| message.0)
}

pub(super) async fn a_search_is_shown_by_the_message_its_notice_became(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    assert_eq!(notice(&scene).await, None);
    let version = scene.record(ANN).await.version;
    shown(&scene, 9, 40).await;
    assert_eq!(notice(&scene).await, None, "of another search");
    shown(&scene, 10, 41).await;
    assert_eq!(notice(&scene).await, Some(41));
    assert_eq!(scene.record(ANN).await.version, version, "no act has to look again for that");
    assert_eq!(scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap(), Seated::Done);
    shown(&scene, 10, 42).await;
    assert_eq!(notice(&scene).await, Some(42), "who is held still searches");
}

pub(super) async fn what_shows_a_search_goes_with_it(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    shown(&scene, 10, 41).await;
    let on = Session::Waiting(Stub { attempt: 1, ..stub(10, 0) });
    assert_eq!(scene.act(Act { session: Some(on), ..bare(ANN, update(11), 0) }).await, Acted::Done);
    assert_eq!(notice(&scene).await, Some(41), "the same search goes on");
    let next = Session::Waiting(stub(12, 0));
    assert_eq!(scene.act(Act { session: Some(next), ..bare(ANN, update(12), 0) }).await, Acted::Done);
    assert_eq!(notice(&scene).await, None, "another search");
    shown(&scene, 12, 43).await;
    scene.waiter(BEN, 20).await;
    let ann = seat(R, ANN, 12, BEN, 20);
    assert_eq!(scene.state.attach(&ann, &found(R), &opened(R)).await.unwrap(), Seated::Done);
    assert_eq!(notice(&scene).await, None, "found");
    shown(&scene, 12, 44).await;
    assert_eq!(notice(&scene).await, None, "too late");
}

pub(super) async fn news_of_a_search_reach_only_who_waits_by_it(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    let news = Notice::Help.entry();
    let tell = async |ticket, once| {
        scene.state.tell_waiting(ANN, ticket_id(ticket), &news, once).await.unwrap();
        scene.chat(ANN).await.len()
    };
    assert_eq!(tell(9, "one").await, 0, "another ticket");
    assert_eq!(tell(10, "one").await, 1, "a refusal takes up no name");
    assert_eq!(tell(10, "one").await, 1, "told before");
    assert_eq!(tell(10, "two").await, 2);
    assert_eq!(scene.state.hold(&seat(R, ANN, 10, BEN, 20)).await.unwrap(), Seated::Done);
    assert_eq!(tell(10, "three").await, 2, "held: they may be found any moment");
    scene.state.tell_waiting(UserId(999), ticket_id(10), &news, "three").await.unwrap();
}

pub(super) async fn a_search_is_given_up_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.waiter(ANN, 10).await;
    scene.waiter(BEN, 20).await;
    shown(&scene, 10, 41).await;
    let over = Notice::SearchCancelled.entry();
    let give_up = async |user, ticket| scene.state.give_up(user, ticket_id(ticket), &over).await.unwrap();
    assert_eq!(give_up(ANN, 9).await, GaveUp::Elsewhere);
    assert_eq!(give_up(ANN, 10).await, GaveUp::Done);
    assert_eq!(give_up(ANN, 10).await, GaveUp::Elsewhere);
    assert_eq!(give_up(UserId(999), 10).await, GaveUp::Elsewhere);
    let record = scene.record(ANN).await;
    assert_eq!((record.session, record.search_notice), (Session::Idle, None));
    assert_eq!(record.since.map(|since| since.mark.update.0), Some(10), "no update of theirs ended it");
    assert_eq!(scene.chat(ANN).await, std::slice::from_ref(&over));
    let depth = scene.state.depth(scene.shard(ANN)).await.unwrap();
    let waits = u64::from(scene.shard(ANN) == scene.shard(BEN));
    assert_eq!(depth.waiting, waits);
    assert_eq!(scene.state.hold(&seat(R, BEN, 20, ANN, 10)).await.unwrap(), Seated::Done);
    assert_eq!(give_up(BEN, 20).await, GaveUp::Held);
    assert_eq!(scene.session(BEN).await.name(), "held");
}
