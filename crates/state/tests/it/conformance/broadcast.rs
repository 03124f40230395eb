//! Steps of broadcasts.

use std::time::Duration;

use hamdam_domain::broadcast::{BroadcastId, Course, Delivery, Message, Order, Plan, Segment, Tally, Text};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, Epoch, UserId};
use hamdam_domain::outbox::{EntryId, Notice};
use hamdam_domain::profile::{Language, Profile};
use hamdam_state::step::bot::Budget;
use hamdam_state::step::broadcast::{
    Addressee, Begun, BulkTurn, BulkTurned, KEPT, Part, PartAck, Piece, PieceQueued,
};
use hamdam_state::step::user::Arrival;
use hamdam_state::step::{Fenced, Holder};

use super::Subject;
use super::scene::{ANN, BEN, BOT, CYD, LONG, OTHER_BOT, Scene, instance, profile};

const FIRST: BroadcastId = BroadcastId(1);
const SECOND: BroadcastId = BroadcastId(2);

pub(super) fn plan() -> Plan {
    let text = Text { language: Language::En, text: "news".into() };
    Plan { message: Message::Texts(vec![text]), to: Segment::default(), by: None }
}

/// Whoever the durable record names, speaking English by this bot.
fn told(user: UserId) -> Addressee {
    Addressee { user, bot: BOT, language: Language::En }
}

/// Of the first broadcast for Ann's shard.
fn piece(scene: &Scene, up_to: UserId, users: Vec<Addressee>) -> Piece {
    Piece {
        broadcast: FIRST,
        shard: scene.shard(ANN),
        up_to,
        users,
        active_since: None,
        language: None,
        bot: None,
        most_waiting: 100,
    }
}

/// Users of Ann's shard, in ascending order, none of them known to live state.
fn neighbours(scene: &Scene) -> Vec<UserId> {
    let ids = (10_000..).map(UserId);
    ids.filter(|user| scene.shard(*user) == scene.shard(ANN)).take(4).collect()
}

fn turn(scene: &Scene, holder: &Holder) -> BulkTurn {
    BulkTurn {
        shard: scene.shard(ANN),
        holder: holder.clone(),
        ttl: LONG,
        acks: Vec::new(),
        claims: Vec::new(),
        after: EntryId::default(),
        limit: 100,
        conversations: EntryId::default(),
    }
}

async fn takes(scene: &Scene, turn: &BulkTurn) -> BulkTurned {
    scene.state.bulk_turn(turn).await.unwrap().held().expect("the lease is held")
}

/// What lies on Ann's shard.
async fn parts(scene: &Scene) -> Vec<Part> {
    let reader = scene.sender(ANN, "reader", LONG).await;
    takes(scene, &turn(scene, &reader)).await.parts
}

async fn queue(scene: &Scene, piece: &Piece) -> PieceQueued {
    scene.state.queue_piece(piece).await.unwrap()
}

pub(super) async fn there_is_one_broadcast_at_a_time(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let begin = async |once: &str| scene.state.begin_broadcast(&plan(), once).await.unwrap();
    let steer = async |number, order| scene.state.steer_broadcast(number, order).await.unwrap();
    assert_eq!(steer(FIRST, Order::Pause).await, None, "none yet");
    assert_eq!(scene.state.broadcast(FIRST).await.unwrap(), None);
    assert_eq!([begin("one").await, begin("one").await], [Begun::As(FIRST); 2]);
    assert_eq!(begin("two").await, Begun::Busy(FIRST));
    let first = scene.state.broadcast(FIRST).await.unwrap().unwrap();
    assert_eq!((&first.plan, first.course, first.position), (&plan(), Course::Running, UserId(0)));
    assert!(!first.all_queued && first.over_at.is_none());
    assert_eq!(steer(FIRST, Order::Pause).await, Some(Course::Paused));
    assert_eq!(begin("two").await, Begun::Busy(FIRST), "paused is under way");
    assert_eq!(steer(FIRST, Order::Resume).await, Some(Course::Running));
    for order in [Order::Cancel, Order::Resume] {
        assert_eq!(steer(FIRST, order).await, Some(Course::Cancelled));
    }
    assert_eq!(scene.state.broadcast(FIRST).await.unwrap().unwrap().course, Course::Cancelled);
    assert_eq!(begin("two").await, Begun::As(SECOND));
    assert_eq!(begin("one").await, Begun::As(FIRST), "the wish is remembered");
    let board = scene.state.board().await.unwrap();
    assert_eq!(board.newest, SECOND);
    let courses: Vec<_> = board.broadcasts.into_iter().collect();
    assert_eq!(courses, [(FIRST, Course::Cancelled), (SECOND, Course::Running)]);
}

pub(super) async fn the_last_few_broadcasts_are_remembered(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let epoch = scene.state.lead_broadcasts(&instance("one"), LONG).await.unwrap().unwrap();
    let holder = Holder { owner: instance("one"), epoch };
    for number in (1..=KEPT + 1).map(BroadcastId) {
        let begun = scene.state.begin_broadcast(&plan(), &format!("wish {number}")).await.unwrap();
        assert_eq!(begun, Begun::As(number));
        scene.state.conclude_broadcast(number, &holder).await.unwrap();
    }
    assert_eq!(scene.state.broadcast(FIRST).await.unwrap(), None);
    let last = scene.state.broadcast(BroadcastId(KEPT + 1)).await.unwrap().unwrap();
    assert!(last.over_at.is_some());
    assert!(scene.state.board().await.unwrap().broadcasts.is_empty());
    assert_eq!(scene.state.steer_broadcast(SECOND, Order::Pause).await.unwrap(), None, "it is over");
}

pub(super) async fn only_who_leads_moves_a_broadcast_on(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let lead = async |name: &str| {
        let epoch = scene.state.lead_broadcasts(&instance(name), LONG).await.unwrap();
        epoch.map(|epoch| Holder { owner: instance(name), epoch })
    };
    scene.state.begin_broadcast(&plan(), "one").await.unwrap();
    let one = lead("one").await.unwrap();
    assert_eq!(lead("one").await, Some(one.clone()), "renewed");
    assert_eq!(lead("two").await, None);
    let advance = async |holder: &Holder, position, all| {
        scene.state.advance_broadcast(FIRST, holder, UserId(position), all).await.unwrap()
    };
    let position = async || {
        let stored = scene.state.broadcast(FIRST).await.unwrap().unwrap();
        (stored.position.0, stored.all_queued)
    };
    assert_eq!(advance(&one, 50, false).await, Fenced::Held(()));
    assert_eq!(advance(&one, 40, false).await, Fenced::Held(()));
    assert_eq!(position().await, (50, false), "it never goes back");
    scene.state.leave_broadcasts(&one).await.unwrap();
    let two = lead("two").await.unwrap();
    assert!(two.epoch > one.epoch);
    assert_eq!(advance(&one, 60, true).await, Fenced::Lost);
    assert_eq!(scene.state.conclude_broadcast(FIRST, &one).await.unwrap(), Fenced::Lost);
    assert_eq!(position().await, (50, false));
    assert_eq!(advance(&two, 60, true).await, Fenced::Held(()));
    assert_eq!(position().await, (60, true));
    for _ in 0..2 {
        assert_eq!(scene.state.conclude_broadcast(FIRST, &two).await.unwrap(), Fenced::Held(()));
    }
    assert!(scene.state.broadcast(FIRST).await.unwrap().unwrap().over_at.is_some());
}

pub(super) async fn nobody_is_queued_twice_however_often_a_piece_comes(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let [a, b, c, d] = neighbours(&scene)[..] else { unreachable!() };
    let users = async || parts(&scene).await.into_iter().map(|part| part.to.user).collect::<Vec<_>>();
    for _ in 0..2 {
        assert_eq!(queue(&scene, &piece(&scene, b, vec![told(a), told(b)])).await, PieceQueued::Done);
    }
    assert_eq!(users().await, [a, b]);
    // The next holder reads other pieces.
    assert_eq!(queue(&scene, &piece(&scene, c, vec![told(b), told(c)])).await, PieceQueued::Done);
    assert_eq!(users().await, [a, b, c]);
    // Somebody asleep brings an old one.
    assert_eq!(queue(&scene, &piece(&scene, a, vec![told(a)])).await, PieceQueued::Done);
    assert_eq!(queue(&scene, &piece(&scene, d, Vec::new())).await, PieceQueued::Done);
    assert_eq!(queue(&scene, &piece(&scene, d, vec![told(d)])).await, PieceQueued::Done);
    assert_eq!(users().await, [a, b, c], "who was left out stays so");
    let other = Piece { broadcast: SECOND, ..piece(&scene, a, vec![told(a)]) };
    assert_eq!(queue(&scene, &other).await, PieceQueued::Done);
    assert_eq!(users().await, [a, b, c, a], "each broadcast by itself");
    let tally = async |number| scene.state.broadcast_tally(scene.shard(ANN), number).await.unwrap();
    assert_eq!(tally(FIRST).await, Tally { queued: 3, ..Tally::default() });
    assert_eq!(tally(SECOND).await.queued, 1);
}

pub(super) async fn a_full_shard_takes_no_piece(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let [a, b, c, _] = neighbours(&scene)[..] else { unreachable!() };
    let two = Piece { most_waiting: 2, ..piece(&scene, b, vec![told(a), told(b)]) };
    assert_eq!(queue(&scene, &two).await, PieceQueued::Done);
    let one = Piece { most_waiting: 2, ..piece(&scene, c, vec![told(c)]) };
    assert_eq!(queue(&scene, &one).await, PieceQueued::Later);
    assert_eq!(parts(&scene).await.len(), 2);
    assert_eq!(queue(&scene, &two).await, PieceQueued::Done, "what was taken is told to be");
    let holder = scene.sender(ANN, "reader", LONG).await;
    let first = parts(&scene).await[0];
    let acks = vec![PartAck { id: first.id, broadcast: FIRST, delivery: Delivery::Sent }];
    takes(&scene, &BulkTurn { acks, ..turn(&scene, &holder) }).await;
    assert_eq!(queue(&scene, &one).await, PieceQueued::Done);
}

pub(super) async fn live_state_knows_better_whom_a_piece_is_for(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let persian = Profile { language: Language::Fa, bot: OTHER_BOT, ..profile() };
    let away = Profile { unreachable: true, ..profile() };
    let [a, b, c, d] = neighbours(&scene)[..] else { unreachable!() };
    scene.state.enroll(a, &persian, &[], &[]).await.unwrap();
    scene.state.enroll(b, &away, &[], &[]).await.unwrap();
    scene.state.enroll(c, &profile(), &[], &[]).await.unwrap();
    let everybody = piece(&scene, d, [a, b, c, d].map(told).to_vec());
    let mut number = 0;
    let mut queued = async |change: &(dyn Fn(&mut Piece) + Sync)| {
        number += 1;
        let mut piece = Piece { broadcast: BroadcastId(number), ..everybody.clone() };
        change(&mut piece);
        assert_eq!(queue(&scene, &piece).await, PieceQueued::Done);
        let all = parts(&scene).await.into_iter();
        all.filter(|part| part.broadcast.0 == number).map(|part| part.to).collect::<Vec<_>>()
    };
    let of_a = Addressee { user: a, bot: OTHER_BOT, language: Language::Fa };
    assert_eq!(queued(&|_| {}).await, [of_a, told(c), told(d)], "all who can be reached");
    assert_eq!(queued(&|piece| piece.language = Some(Language::Fa)).await, [of_a]);
    assert_eq!(queued(&|piece| piece.bot = Some(BOT)).await, [told(c), told(d)]);
    let active = queued(&|piece| piece.active_since = Some(Millis(1_000))).await;
    assert_eq!(active, [of_a, told(c)], "who is unknown to live state was not active lately");
    assert_eq!(queued(&|piece| piece.active_since = Some(Millis(i64::MAX / 4_000 * 1_000))).await, []);
}

pub(super) async fn a_part_is_claimed_acknowledged_and_counted_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let [a, b, c, d] = neighbours(&scene)[..] else { unreachable!() };
    queue(&scene, &piece(&scene, d, [a, b, c, d].map(told).to_vec())).await;
    let holder = scene.sender(ANN, "one", LONG).await;
    let few = takes(&scene, &BulkTurn { limit: 3, ..turn(&scene, &holder) }).await;
    assert_eq!((few.parts.len(), few.more, few.conversations_first), (3, true, false));
    let rest = takes(&scene, &BulkTurn { after: few.parts[2].id, ..turn(&scene, &holder) }).await;
    assert_eq!((rest.parts.len(), rest.more), (1, false));
    let ids: Vec<EntryId> = few.parts.iter().chain(&rest.parts).map(|part| part.id).collect();
    let claims = BulkTurn { claims: ids[..2].to_vec(), limit: 0, ..turn(&scene, &holder) };
    for _ in 0..2 {
        let turned = takes(&scene, &claims).await;
        assert_eq!((&turned.claimed[..], turned.parts.len(), turned.more), (&ids[..2], 0, false));
    }
    let deliveries = Delivery::ALL.into_iter().zip(&ids);
    let acks = deliveries.map(|(delivery, id)| PartAck { id: *id, broadcast: FIRST, delivery });
    let acks = BulkTurn { acks: acks.collect(), ..turn(&scene, &holder) };
    for _ in 0..2 {
        assert_eq!(takes(&scene, &acks).await.parts, []);
    }
    assert_eq!(takes(&scene, &claims).await.claimed, [], "they are gone");
    let tally = scene.state.broadcast_tally(scene.shard(ANN), FIRST).await.unwrap();
    let wanted = Tally { queued: 4, sent: 1, unreachable: 1, failed: 1, dropped: 1 };
    assert_eq!(tally, wanted);
    let stranger = Holder { owner: instance("two"), epoch: Epoch(9) };
    assert_eq!(scene.state.bulk_turn(&turn(&scene, &stranger)).await.unwrap(), Fenced::Lost);
}

pub(super) async fn a_successor_sees_who_may_have_been_sent_to(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let [a, b, ..] = neighbours(&scene)[..] else { unreachable!() };
    queue(&scene, &piece(&scene, b, vec![told(a), told(b)])).await;
    let one = scene.sender(ANN, "one", LONG).await;
    let first = takes(&scene, &turn(&scene, &one)).await.parts[0].id;
    let claims = BulkTurn { claims: vec![first], limit: 0, ..turn(&scene, &one) };
    let claimed = takes(&scene, &claims).await;
    scene.state.release_lease(scene.shard(ANN), &one).await.unwrap();
    let two = scene.sender(ANN, "two", LONG).await;
    assert_eq!(scene.state.bulk_turn(&claims).await.unwrap(), Fenced::Lost);
    let found = takes(&scene, &turn(&scene, &two)).await.parts;
    let standing: Vec<_> = found.iter().map(|part| part.claimed).collect();
    assert_eq!(standing, [Some((claimed.now, one.epoch)), None]);
    let again = BulkTurn { claims: vec![first], ..turn(&scene, &two) };
    let again = takes(&scene, &again).await;
    assert_eq!(again.claimed, [first], "taken over");
    assert_eq!(again.parts[0].claimed, Some((again.now, two.epoch)));
}

pub(super) async fn conversations_go_first(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.state.enroll(ANN, &profile(), &[], &[]).await.unwrap();
    queue(&scene, &piece(&scene, ANN, vec![told(ANN)])).await;
    let holder = scene.sender(ANN, "reader", LONG).await;
    let part = parts(&scene).await[0].id;
    scene.state.tell(ANN, &Notice::Help.entry(), "one").await.unwrap();
    let ack = PartAck { id: part, broadcast: FIRST, delivery: Delivery::Sent };
    let claims = BulkTurn { claims: vec![part], ..turn(&scene, &holder) };
    let turned = takes(&scene, &claims).await;
    assert_eq!((turned.conversations_first, &turned.claimed[..], turned.parts.len()), (true, &[][..], 1));
    // Once their sender has read what is new, it is no reason to wait any more.
    let read = scene.outbox(ANN).await.last().unwrap().id;
    let turned = takes(&scene, &BulkTurn { conversations: read, ..claims }).await;
    assert_eq!((turned.conversations_first, &turned.claimed[..]), (false, &[part][..]));
    scene.state.tell(ANN, &Notice::Help.entry(), "two").await.unwrap();
    takes(&scene, &BulkTurn { acks: vec![ack], ..turn(&scene, &holder) }).await;
    assert_eq!(parts(&scene).await, [], "what is finished is taken whatever waits");
}

/// Of two tokens that conversations ask alike, one sends broadcasts as well: to conversations they are the same.
pub(super) async fn broadcasts_take_what_conversations_leave(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let budget = Budget { per_second: 10.0, burst: 4, learns: false };
    let own = Budget { per_second: 100.0, burst: 25, learns: false };
    let talk = async |bot: BotId, want| scene.state.permits(bot, want, &budget).await.unwrap().permits;
    let bulk = async |want| scene.state.bulk_permits(BOT, want, &own, Some(&budget)).await.unwrap();
    assert_eq!(bulk(3).await.permits, 0, "the bucket is full, and nothing has run over yet");
    assert_eq!((talk(BOT, 4).await, talk(OTHER_BOT, 4).await), (4, 4), "all that there was");
    if !subject.pass(Duration::from_millis(150)).await {
        return;
    }
    let refused = bulk(3).await;
    assert_eq!(refused.permits, 0, "it fills up first");
    assert!(refused.wait > Duration::ZERO && !refused.paused);
    subject.pass(Duration::from_secs(3)).await;
    assert_eq!(bulk(9).await.permits, 4, "as much as the bucket holds has run over");
    assert_eq!((talk(BOT, 3).await, talk(OTHER_BOT, 3).await), (3, 3));
    subject.pass(Duration::from_secs(2)).await;
    assert_eq!((talk(BOT, 9).await, talk(OTHER_BOT, 9).await), (4, 4));
    assert_eq!(bulk(1).await.permits, 0, "there is spare, and somebody waits");
    scene.state.pause(BOT, Duration::from_secs(9)).await.unwrap();
    assert!(bulk(1).await.paused);
}

pub(super) async fn broadcasts_keep_to_their_own_rate(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let budget = Budget { per_second: 1_000.0, burst: 250, learns: false };
    let own = Budget { per_second: 4.0, burst: 2, learns: false };
    for budget in [None, Some(&budget)] {
        let bot = if budget.is_some() { OTHER_BOT } else { BOT };
        let bulk = async |want| scene.state.bulk_permits(bot, want, &own, budget).await.unwrap();
        let begun = bulk(0).await;
        assert_eq!((begun.permits, begun.wait), (0, Duration::ZERO));
        if !subject.pass(Duration::from_millis(600)).await {
            return;
        }
        let granted = bulk(5).await;
        assert_eq!((granted.permits, granted.paused), (2, false), "{budget:?}");
        assert!(granted.wait > Duration::ZERO && granted.wait <= Duration::from_millis(250), "{granted:?}");
        assert_eq!(bulk(5).await.permits, 0);
    }
}

/// What a token learns is what conversations want of it.
pub(super) async fn a_token_does_not_learn_from_broadcasts(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let budget = Budget { per_second: 30.0, burst: 8, learns: true };
    let own = Budget { per_second: 25.0, burst: 7, learns: false };
    scene.state.permits(BOT, 1, &budget).await.unwrap();
    for _ in 0..4 {
        if !subject.pass(Duration::from_millis(500)).await {
            return;
        }
        scene.state.bulk_permits(BOT, 100, &own, Some(&budget)).await.unwrap();
    }
    let granted = scene.state.permits(BOT, 100, &budget).await.unwrap();
    assert_eq!(granted.permits, 8);
    let next = scene.state.permits(BOT, 100, &budget).await.unwrap();
    assert!((next.per_second - 30.0).abs() < 1e-9, "it ran over: {next:?}");
}

pub(super) async fn who_cannot_be_reached_is_noted(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let fact = |user| Fact::Unreachable { user, bot: BOT, at: Millis(5) };
    let reach = async |user, bot, since| {
        scene.state.unreachable(user, bot, Millis(since), &fact(user)).await.unwrap();
    };
    let later = i64::MAX / 4_000 * 1_000;
    scene.state.enroll(ANN, &profile(), &[], &[]).await.unwrap();
    scene.state.arrive(ANN, Arrival::default()).await.unwrap();
    reach(ANN, BOT, 1_000).await;
    reach(ANN, OTHER_BOT, later).await;
    assert!(!scene.record(ANN).await.profile.unreachable, "active since, or another bot's word");
    let before = scene.record(ANN).await.version;
    for _ in 0..2 {
        reach(ANN, BOT, later).await;
    }
    let record = scene.record(ANN).await;
    assert!(record.profile.unreachable && record.version > before);
    assert_eq!(scene.journal(ANN).await, [fact(ANN)], "once");
    scene.waiter(BEN, 10).await;
    reach(BEN, BOT, later).await;
    assert!(!scene.record(BEN).await.profile.unreachable, "the search will find out");
}

pub(super) async fn who_is_unknown_and_cannot_be_reached_is_noted_once_an_hour(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let fact = |bot| Fact::Unreachable { user: CYD, bot, at: Millis(5) };
    for bot in [BOT, BOT, OTHER_BOT, BOT] {
        scene.state.unreachable(CYD, bot, Millis(0), &fact(bot)).await.unwrap();
    }
    assert_eq!(scene.journal(CYD).await, [fact(BOT), fact(OTHER_BOT)], "the durable record may know them");
    assert_eq!(scene.state.read(CYD).await.unwrap().record, None, "live state does not");
    if subject.pass(Duration::from_mins(59)).await {
        scene.state.unreachable(CYD, BOT, Millis(0), &fact(BOT)).await.unwrap();
        assert_eq!(scene.journal(CYD).await.len(), 2, "within the hour");
        assert!(subject.pass(Duration::from_mins(2)).await);
        scene.state.unreachable(CYD, BOT, Millis(0), &fact(BOT)).await.unwrap();
        assert_eq!(scene.journal(CYD).await, [fact(BOT), fact(OTHER_BOT), fact(BOT)]);
    }
}
