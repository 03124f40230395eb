//! Steps on a pool of tickets.

use std::collections::BTreeSet;
use std::time::Duration;

use hamdam_domain::id::{BotId, Epoch, PoolId, TicketId, UpdateId, UserId};
use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_state::step::pool::{Added, Change, Changes, FeedCursor, Standing};
use hamdam_state::step::{Fenced, Holder};

use super::Subject;
use super::scene::*;

impl Scene {
    async fn add(&self, user: UserId, id: i64, attempt: u32) -> Added {
        self.state.add_ticket(&ticket(user, id, attempt)).await.unwrap()
    }

    async fn standing(&self, claimant: Claimant) -> Standing {
        self.state.standing(&pool(), &[claimant]).await.unwrap()[0]
    }

    async fn feed(&self, cursor: FeedCursor) -> (Vec<Change>, FeedCursor) {
        match self.state.changes(&pool(), cursor, 1_000, true).await.unwrap() {
            Changes::Feed { changes, cursor, more: false } => (changes, cursor),
            other => panic!("{other:?}"),
        }
    }

    /// Ann (ticket 10) and Ben (ticket 20) matched in `R`, not yet carried out.
    async fn matched(&self) -> Holder {
        let holder = self.leads("one").await;
        self.add(ANN, 10, 0).await;
        self.add(BEN, 20, 0).await;
        let intent = intent(R, ticket(ANN, 10, 0), ticket(BEN, 20, 0));
        assert_eq!(self.state.commit(&pool(), &holder, &[intent]).await.unwrap(), Fenced::Held(vec![true]));
        holder
    }
}

pub(super) async fn a_ticket_waits_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    assert_eq!(scene.standing(claimant(ANN, 10, 0)).await, Standing::Absent);
    assert_eq!(scene.add(ANN, 10, 0).await, Added::Added);
    assert_eq!(scene.add(ANN, 10, 0).await, Added::Known);
    assert_eq!(scene.state.queue_length(&pool()).await.unwrap(), 1);
    assert_eq!(scene.standing(claimant(ANN, 10, 0)).await, Standing::Queued);
    assert_eq!(scene.standing(claimant(ANN, 10, 1)).await, Standing::Absent);
    assert_eq!(scene.add(ANN, 10, 2).await, Added::Added, "a higher attempt replaces the lower");
    assert_eq!(scene.add(ANN, 10, 1).await, Added::Known);
    assert_eq!(scene.state.queue_length(&pool()).await.unwrap(), 1);
    assert_eq!(scene.standing(claimant(ANN, 10, 2)).await, Standing::Queued);
    let stock = scene.state.stock(&pool(), 0, 10).await.unwrap();
    assert_eq!(stock.tickets, [ticket(ANN, 10, 2)]);
}

pub(super) async fn a_removed_ticket_never_comes_back(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.add(ANN, 10, 0).await;
    scene.add(BEN, 20, 0).await;
    for _ in 0..2 {
        scene.state.remove_ticket(&pool(), ANN, ticket_id(10)).await.unwrap();
        assert_eq!(scene.standing(claimant(ANN, 10, 0)).await, Standing::Absent);
        assert_eq!(scene.state.queue_length(&pool()).await.unwrap(), 1);
    }
    assert_eq!(scene.add(ANN, 10, 0).await, Added::Known);
    assert_eq!(scene.add(ANN, 10, 7).await, Added::Known, "gone at every attempt");
    assert_eq!(scene.add(ANN, 11, 0).await, Added::Added, "another wish");
    scene.state.remove_ticket(&pool(), CYD, ticket_id(30)).await.unwrap();
    assert_eq!(scene.add(CYD, 30, 0).await, Added::Known, "called off before it came in");
}

pub(super) async fn commit_takes_both_or_none(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let holder = scene.leads("one").await;
    for (user, id) in [(ANN, 10), (BEN, 20), (CYD, 30)] {
        scene.add(user, id, 0).await;
    }
    scene.add(ANN, 12, 0).await;
    let proposals = [
        intent(R, ticket(ANN, 10, 0), ticket(BEN, 20, 1)),
        intent(R, ticket(ANN, 10, 0), ticket(ANN, 12, 0)),
        intent(R, ticket(ANN, 10, 0), ticket(BEN, 20, 0)),
        intent(S, ticket(CYD, 30, 0), ticket(BEN, 20, 0)),
    ];
    let answer = scene.state.commit(&pool(), &holder, &proposals).await.unwrap();
    assert_eq!(answer, Fenced::Held(vec![false, false, true, false]));
    assert_eq!(scene.standing(claimant(ANN, 10, 0)).await, Standing::Matched(R));
    assert_eq!(scene.standing(claimant(BEN, 20, 0)).await, Standing::Matched(R));
    assert_eq!(scene.standing(claimant(CYD, 30, 0)).await, Standing::Queued);
    assert_eq!(scene.state.queue_length(&pool()).await.unwrap(), 2);
    let intents = scene.state.intents(&pool(), &holder, 10).await.unwrap();
    assert_eq!(intents, Fenced::Held(vec![proposals[2].clone()]));
}

pub(super) async fn commit_and_settle_want_the_lock(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let holder = scene.matched().await;
    scene.add(ANN, 12, 0).await;
    scene.add(CYD, 30, 0).await;
    let proposal = [intent(S, ticket(ANN, 12, 0), ticket(CYD, 30, 0))];
    let other_epoch = Holder { epoch: Epoch(holder.epoch.0 + 1), ..holder.clone() };
    let other_owner = Holder { owner: instance("two"), ..holder.clone() };
    for stranger in [other_epoch, other_owner] {
        assert_eq!(scene.state.commit(&pool(), &stranger, &proposal).await.unwrap(), Fenced::Lost);
        assert_eq!(scene.state.intents(&pool(), &stranger, 10).await.unwrap(), Fenced::Lost);
        let settle = scene.state.settle(&pool(), &stranger, &[settlement(R, vec![])]).await.unwrap();
        assert_eq!(settle, Fenced::Lost);
    }
    assert_eq!(scene.state.queue_length(&pool()).await.unwrap(), 2);
    assert_eq!(scene.standing(claimant(ANN, 10, 0)).await, Standing::Matched(R));
}

pub(super) async fn settle_readds_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let holder = scene.matched().await;
    let back = settlement(R, vec![ticket(ANN, 10, 1)]);
    for _ in 0..2 {
        let settled = scene.state.settle(&pool(), &holder, std::slice::from_ref(&back)).await.unwrap();
        assert_eq!(settled, Fenced::Held(()));
        assert_eq!(scene.standing(claimant(ANN, 10, 1)).await, Standing::Queued);
        assert_eq!(scene.standing(claimant(BEN, 20, 0)).await, Standing::Absent);
        assert_eq!(scene.state.intents(&pool(), &holder, 10).await.unwrap(), Fenced::Held(vec![]));
    }
    assert_eq!(scene.add(BEN, 20, 0).await, Added::Known, "it left through the match");
    scene.state.remove_ticket(&pool(), ANN, ticket_id(10)).await.unwrap();
    scene.state.settle(&pool(), &holder, &[back]).await.unwrap();
    assert_eq!(scene.standing(claimant(ANN, 10, 1)).await, Standing::Absent, "the intent was settled before");
}

pub(super) async fn settle_does_not_bring_back_who_left(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let holder = scene.matched().await;
    scene.state.remove_ticket(&pool(), ANN, ticket_id(10)).await.unwrap();
    let both = settlement(R, vec![ticket(ANN, 10, 1), ticket(BEN, 20, 1)]);
    scene.state.settle(&pool(), &holder, &[both]).await.unwrap();
    assert_eq!(scene.standing(claimant(ANN, 10, 1)).await, Standing::Absent);
    assert_eq!(scene.standing(claimant(BEN, 20, 1)).await, Standing::Queued);
}

pub(super) async fn a_ticket_in_an_intent_is_known(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let holder = scene.matched().await;
    if !subject.pass(Duration::from_secs(125)).await {
        return;
    }
    assert_eq!(scene.add(ANN, 10, 0).await, Added::Known, "longer than the pool remembers the gone");
    let _ = holder;
}

pub(super) async fn the_feed_tells_everything_in_order(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let start = scene.state.feed_end(&pool()).await.unwrap();
    let holder = scene.matched().await;
    let (changes, middle) = scene.feed(start).await;
    assert_eq!(
        changes,
        [
            Change::Added(ticket(ANN, 10, 0)),
            Change::Added(ticket(BEN, 20, 0)),
            Change::Removed(claimant(ANN, 10, 0)),
            Change::Removed(claimant(BEN, 20, 0)),
        ]
    );
    assert_eq!(scene.state.feed_end(&pool()).await.unwrap(), middle);
    assert_eq!(scene.feed(middle).await, (vec![], middle));
    scene.add(ANN, 10, 0).await;
    scene.state.settle(&pool(), &holder, &[settlement(R, vec![ticket(ANN, 10, 1)])]).await.unwrap();
    scene.state.remove_ticket(&pool(), ANN, ticket_id(10)).await.unwrap();
    scene.state.remove_ticket(&pool(), ANN, ticket_id(10)).await.unwrap();
    let (changes, end) = scene.feed(middle).await;
    assert_eq!(changes, [Change::Added(ticket(ANN, 10, 1)), Change::Removed(claimant(ANN, 10, 1))]);
    let Changes::Feed { changes, cursor, more } = scene.state.changes(&pool(), start, 4, true).await.unwrap()
    else {
        panic!("the feed reaches back")
    };
    assert_eq!((changes.len(), cursor, more), (4, middle, true));
    assert!(end > middle && middle > start);
}

pub(super) async fn a_sleeping_leader_is_rung_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let mut rings = scene.state.pool_rings();
    let holder = scene.matched().await;
    let main = pool();
    let start = FeedCursor::default();
    let Changes::Feed { more: true, .. } = scene.state.changes(&main, start, 1, true).await.unwrap() else {
        panic!("four changes are more than one")
    };
    // Somebody who only looks on.
    scene.state.changes(&main, start, 1_000, false).await.unwrap();
    scene.add(CYD, 30, 0).await;
    let (_, cursor) = scene.feed(start).await;
    scene.add(CYD, 30, 0).await;
    scene.add(CYD, 31, 0).await;
    scene.add(CYD, 32, 0).await;
    let ring = async |rings: &mut tokio::sync::broadcast::Receiver<_>| {
        tokio::time::timeout(Duration::from_secs(5), rings.recv()).await.expect("a ring").unwrap()
    };
    assert_eq!(ring(&mut rings).await, main);
    // A ring of another pool comes after any further one could have: neither the cut answer, nor the onlooker, nor what was
    // known, nor the second ticket rings.
    let elsewhere = PoolId("elsewhere".into());
    scene.state.lead(&elsewhere, &instance("one"), LONG).await.unwrap();
    scene.state.changes(&elsewhere, start, 1, true).await.unwrap();
    let ticket = Ticket { pool: elsewhere.clone(), ..ticket(CYD, 33, 0) };
    scene.state.add_ticket(&ticket).await.unwrap();
    assert_eq!(ring(&mut rings).await, elsewhere);
    scene.feed(cursor).await;
    let back = settlement(R, vec![super::scene::ticket(ANN, 10, 1)]);
    scene.state.settle(&main, &holder, &[back]).await.unwrap();
    assert_eq!(ring(&mut rings).await, main, "who comes back is new as well");
}

pub(super) async fn stock_shows_everyone_over_its_pages(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let everyone: BTreeSet<i64> = (1..=40).collect();
    for user in &everyone {
        scene.add(UserId(*user), 10, 0).await;
    }
    let (mut seen, mut page, mut pages) = (BTreeSet::new(), 0, 0);
    loop {
        let stock = scene.state.stock(&pool(), page, 7).await.unwrap();
        seen.extend(stock.tickets.iter().map(|ticket| ticket.claimant.user.0));
        pages += 1;
        // Who leaves between two pages hides nobody.
        scene.state.remove_ticket(&pool(), UserId(pages), ticket_id(10)).await.unwrap();
        match stock.next {
            Some(next) => page = next,
            None => break,
        }
    }
    let stayed: BTreeSet<i64> = (pages + 1..=40).collect();
    assert!(seen.is_superset(&stayed), "{seen:?}");
    assert!(seen.is_subset(&everyone));
}

pub(super) async fn the_lock_changes_hands_with_a_new_epoch(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let one = scene.leads("one").await;
    let renewed = scene.state.lead(&pool(), &instance("one"), LONG).await.unwrap();
    assert_eq!(renewed, Some(one.epoch), "renewing keeps the epoch");
    assert_eq!(scene.state.lead(&pool(), &instance("two"), LONG).await.unwrap(), None);
    let stranger = Holder { owner: instance("two"), epoch: one.epoch };
    scene.state.step_down(&pool(), &stranger).await.unwrap();
    assert_eq!(scene.state.lead(&pool(), &instance("two"), LONG).await.unwrap(), None);
    scene.state.step_down(&pool(), &one).await.unwrap();
    let two = scene.leads("two").await;
    assert!(two.epoch > one.epoch);
    scene.state.step_down(&pool(), &one).await.unwrap();
    assert_eq!(scene.state.intents(&pool(), &two, 1).await.unwrap(), Fenced::Held(vec![]), "still two's");
    let side = PoolId("side".into());
    let elsewhere = scene.state.lead(&side, &instance("one"), LONG).await.unwrap();
    assert!(elsewhere.is_some(), "pools have locks of their own");
}

pub(super) async fn an_expired_lock_is_free_and_fences_its_owner(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let ttl = Duration::from_millis(100);
    let epoch = scene.state.lead(&pool(), &instance("one"), ttl).await.unwrap().unwrap();
    let one = Holder { owner: instance("one"), epoch };
    if !subject.pass(Duration::from_millis(150)).await {
        return;
    }
    assert_eq!(scene.state.intents(&pool(), &one, 1).await.unwrap(), Fenced::Lost);
    let again = scene.state.lead(&pool(), &instance("one"), LONG).await.unwrap();
    assert!(again.unwrap() > epoch, "who comes back after expiry is a new holder");
}

pub(super) async fn the_memory_of_the_gone_fades(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.state.remove_ticket(&pool(), ANN, ticket_id(10)).await.unwrap();
    if !subject.pass(Duration::from_secs(110)).await {
        return;
    }
    assert_eq!(scene.add(ANN, 10, 0).await, Added::Known);
    subject.pass(Duration::from_secs(15)).await;
    assert_eq!(scene.add(ANN, 10, 0).await, Added::Added);
}

pub(super) async fn the_feed_forgets_what_is_old_but_for_the_last(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let start = scene.state.feed_end(&pool()).await.unwrap();
    scene.add(ANN, 10, 0).await;
    scene.state.remove_ticket(&pool(), ANN, ticket_id(10)).await.unwrap();
    let (changes, middle) = scene.feed(start).await;
    assert_eq!(changes.len(), 2);
    scene.state.pass_over(&pool()).await.unwrap();
    let ticket = TicketId { bot: BotId::NONE, update: UpdateId(0) };
    let nobody = Change::Removed(Claimant { user: UserId(0), ticket, attempt: 0 });
    let (changes, end) = scene.feed(middle).await;
    assert_eq!(changes, std::slice::from_ref(&nobody));
    if !subject.pass(Duration::from_secs(125)).await {
        return;
    }
    assert_eq!(scene.feed(end).await, (vec![], end), "who is up to date reads on");
    let read = async |from: FeedCursor| scene.state.changes(&pool(), from, 9, false).await.unwrap();
    assert_eq!(read(start).await, Changes::TooOld, "the feed does not reach back any more");
    assert_eq!(read(middle).await, Changes::Feed { changes: vec![nobody], cursor: end, more: false });
}
