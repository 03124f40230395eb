//! Steps of a shard's sender and journal writer.

use std::collections::BTreeSet;
use std::time::Duration;

use hamdam_domain::id::{Epoch, MessageId, Shard, UserId};
use hamdam_domain::outbox::{EntryId, Notice};
use hamdam_domain::profile::Profile;
use hamdam_state::step::sending::{Ack, IdPair, Keep, Known, Ring, Turn, Turned};
use hamdam_state::step::user::Act;
use hamdam_state::step::{Fenced, Holder};

use super::Subject;
use super::scene::*;

pub(super) fn plain_ack(entry: EntryId, user: UserId) -> Ack {
    Ack { entry, user, bot: BOT, keep: None, facts: Vec::new() }
}

fn ids_of(turned: &Turned) -> Vec<EntryId> {
    turned.entries.iter().map(|entry| entry.id).collect()
}

impl Scene {
    async fn take(&self, turn: &Turn) -> Turned {
        self.state.turn(turn).await.unwrap().held().expect("the lease is held")
    }

    /// Enrolls `user` and queues `count` notices for them.
    async fn queued(&self, user: UserId, count: usize) {
        self.enroll(user).await;
        self.tell(user, count).await;
    }

    async fn tell(&self, user: UserId, count: usize) {
        for _ in 0..count {
            let name = format!("{}", self.outbox_size(user).await);
            self.state.tell(user, &Notice::Help.entry(), &format!("{user} {name}")).await.unwrap();
        }
    }

    async fn outbox_size(&self, user: UserId) -> u64 {
        self.state.depth(self.shard(user)).await.unwrap().outbox
    }

    fn ask(&self, user: UserId, holder: &Holder) -> Turn {
        Turn { permits: vec![(BOT, 100)], ..self.turn(user, holder) }
    }
}

pub(super) async fn a_lease_is_taken_renewed_returned(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let shard = scene.shard(ANN);
    let one = scene.sender(ANN, "one", LONG).await;
    assert_eq!(scene.state.lease(shard, &instance("one"), LONG).await.unwrap(), Some(one.epoch));
    assert_eq!(scene.state.lease(shard, &instance("two"), LONG).await.unwrap(), None);
    let wrong = Holder { epoch: Epoch(one.epoch.0 + 1), ..one.clone() };
    scene.state.release_lease(shard, &wrong).await.unwrap();
    assert_eq!(scene.state.lease(shard, &instance("two"), LONG).await.unwrap(), None);
    scene.state.release_lease(shard, &one).await.unwrap();
    // Long enough for a step on a machine that is busy with something else.
    let two = scene.sender(ANN, "two", Duration::from_secs(2)).await;
    assert!(two.epoch > one.epoch);
    scene.take(&scene.turn(ANN, &two)).await;
    if subject.pass(Duration::from_millis(2_200)).await {
        assert_eq!(
            scene.state.lease(shard, &instance("one"), LONG).await.unwrap(),
            None,
            "the turn renewed it"
        );
        scene.take(&Turn { ttl: Duration::from_millis(50), ..scene.turn(ANN, &two) }).await;
        subject.pass(Duration::from_millis(100)).await;
        assert_eq!(scene.state.turn(&scene.turn(ANN, &two)).await.unwrap(), Fenced::Lost);
    }
}

pub(super) async fn a_turn_claims_one_entry_per_chat(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.queued(ANN, 2).await;
    let both = Act {
        entries: vec![(OTHER_BOT, Notice::Help.entry()), (BOT, Notice::Help.entry())],
        ..bare(ANN, update(10), 0)
    };
    scene.act(both).await;
    let holder = scene.sender(ANN, "one", LONG).await;
    let silent = scene.take(&scene.turn(ANN, &holder)).await;
    assert_eq!((silent.entries.len(), silent.claimed.len(), silent.more), (4, 0, false));
    let ask = Turn { permits: vec![(BOT, 100), (OTHER_BOT, 1)], ..scene.turn(ANN, &holder) };
    let turned = scene.take(&ask).await;
    let entries = ids_of(&turned);
    assert!(entries.is_sorted());
    assert_eq!(turned.claimed, [entries[0], entries[2]]);
    let heirs = scene.state.inherit(scene.shard(ANN), &holder).await.unwrap().held().unwrap();
    assert_eq!(heirs.claims, [], "its own claims are no inheritance");
}

pub(super) async fn a_turn_sent_twice_claims_the_same(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.queued(ANN, 2).await;
    let holder = scene.sender(ANN, "one", LONG).await;
    let ask = scene.ask(ANN, &holder);
    let (once, twice) = (scene.take(&ask).await, scene.take(&ask).await);
    assert_eq!(once.claimed.len(), 1);
    assert_eq!((ids_of(&once), once.claimed), (ids_of(&twice), twice.claimed));
}

pub(super) async fn a_turn_keeps_to_permits_and_deferred_chats(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    // Two more users of Ann's shard.
    let neighbours: Vec<UserId> =
        (2_000..3_000).map(UserId).filter(|user| scene.shard(*user) == scene.shard(ANN)).take(2).collect();
    let everyone = [ANN, neighbours[0], neighbours[1]];
    for user in everyone {
        scene.queued(user, 1).await;
    }
    let holder = scene.sender(ANN, "one", LONG).await;
    let deferred = Turn { deferred: vec![(ANN, BOT)], permits: vec![(BOT, 1)], ..scene.turn(ANN, &holder) };
    let turned = scene.take(&deferred).await;
    let entries = ids_of(&turned);
    assert_eq!(turned.claimed, [entries[1]], "one permit, and not for the deferred");
    let unknown_bot = Turn { permits: vec![(OTHER_BOT, 9)], ..scene.turn(ANN, &holder) };
    assert_eq!(scene.take(&unknown_bot).await.claimed, []);
    let after = Turn { after: entries[1], ..scene.ask(ANN, &holder) };
    let turned = scene.take(&after).await;
    assert_eq!((ids_of(&turned), turned.claimed), (vec![entries[2]], vec![entries[2]]));
}

pub(super) async fn later_claims_meet_the_chats_claim(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.queued(ANN, 2).await;
    let holder = scene.sender(ANN, "one", LONG).await;
    let entries = ids_of(&scene.take(&scene.turn(ANN, &holder)).await);
    let claim = |id| Turn { claims: vec![id], after: entries[1], ..scene.turn(ANN, &holder) };
    assert_eq!(scene.take(&claim(entries[0])).await.claimed, [entries[0]]);
    assert_eq!(scene.take(&claim(entries[0])).await.claimed, [entries[0]], "sent twice");
    assert_eq!(scene.take(&claim(entries[1])).await.claimed, [], "the chat is claimed");
    let pass_on = Turn { acks: vec![plain_ack(entries[0], ANN)], ..claim(entries[1]) };
    assert_eq!(scene.take(&pass_on).await.claimed, [entries[1]], "acks come before claims");
    assert_eq!(scene.take(&claim(entries[0])).await.claimed, [], "it is gone");
}

pub(super) async fn a_successor_inherits_and_takes_over_claims(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.queued(ANN, 2).await;
    let one = scene.sender(ANN, "one", LONG).await;
    let turned = scene.take(&scene.ask(ANN, &one)).await;
    let (entries, at) = (ids_of(&turned), turned.now);
    scene.state.release_lease(scene.shard(ANN), &one).await.unwrap();
    let two = scene.sender(ANN, "two", LONG).await;
    let inherited = scene.state.inherit(scene.shard(ANN), &two).await.unwrap().held().unwrap();
    let claims: Vec<_> =
        inherited.claims.iter().map(|claim| (claim.entry, claim.user, claim.bot, claim.at)).collect();
    assert_eq!(claims, [(entries[0], ANN, BOT, at)]);
    assert!(inherited.now >= at);
    assert_eq!(scene.take(&scene.ask(ANN, &two)).await.claimed, [], "reading on does not take them over");
    let sooner = Turn { claims: vec![entries[1]], after: entries[1], ..scene.turn(ANN, &two) };
    assert_eq!(scene.take(&sooner).await.claimed, []);
    let taken = Turn { claims: vec![entries[0]], after: entries[1], ..scene.turn(ANN, &two) };
    assert_eq!(scene.take(&taken).await.claimed, [entries[0]], "asking for them does");
    let inherited = scene.state.inherit(scene.shard(ANN), &two).await.unwrap().held().unwrap();
    assert_eq!(inherited.claims, []);
}

pub(super) async fn an_ack_lifts_the_claim_remembers_ids_and_notes_facts(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    scene.ann_writes(11).await;
    let holder = scene.sender(BEN, "one", LONG).await;
    let turned = scene.take(&scene.ask(BEN, &holder)).await;
    let entry = turned.claimed[0];
    let pair = IdPair { room: R, here: MessageId(501), there: MessageId(110) };
    let ack = Ack { keep: Some(Keep::Ids(pair)), facts: vec![closed(R)], ..plain_ack(entry, BEN) };
    let next = Turn { acks: vec![ack], ..scene.ask(BEN, &holder) };
    let turned = scene.take(&next).await;
    assert!(!ids_of(&turned).contains(&entry));
    assert!(!turned.claimed.contains(&entry) && !turned.claimed.is_empty(), "the chat goes on");
    let lookup = async |known| scene.state.lookup(BEN, R, known).await.unwrap();
    assert_eq!(lookup(Known::Here(MessageId(501))).await, Some(MessageId(110)));
    assert_eq!(lookup(Known::There(MessageId(110))).await, Some(MessageId(501)));
    assert_eq!(lookup(Known::Here(MessageId(110))).await, None);
    assert_eq!(scene.state.lookup(BEN, S, Known::Here(MessageId(501))).await.unwrap(), None);
    assert_eq!(scene.state.lookup(ANN, R, Known::Here(MessageId(501))).await.unwrap(), None);
    scene.state.release_lease(scene.shard(BEN), &holder).await.unwrap();
    assert!(scene.journal(BEN).await.contains(&closed(R)));
}

pub(super) async fn an_ack_counts_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.queued(ANN, 3).await;
    let holder = scene.sender(ANN, "one", LONG).await;
    let entries = ids_of(&scene.take(&scene.turn(ANN, &holder)).await);
    let ack = Ack { facts: vec![opened(R)], ..plain_ack(entries[1], ANN) };
    let twice = Turn { acks: vec![ack.clone(), ack], ..scene.turn(ANN, &holder) };
    scene.take(&twice).await;
    let left = ids_of(&scene.take(&twice).await);
    assert_eq!(left, [entries[0], entries[2]]);
    assert_eq!(scene.outbox_size(ANN).await, 2);
    let facts = scene.state.facts(scene.shard(ANN), &holder, EntryId::default(), 10).await.unwrap();
    assert_eq!(facts.held().unwrap().len(), 1);
}

pub(super) async fn the_outbox_is_read_in_pages(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.queued(ANN, 5).await;
    let holder = scene.sender(ANN, "one", LONG).await;
    let (mut after, mut read, mut mores) = (EntryId::default(), Vec::new(), Vec::new());
    for _ in 0..3 {
        let turned = scene.take(&Turn { after, limit: 2, ..scene.turn(ANN, &holder) }).await;
        read.extend(ids_of(&turned));
        after = *read.last().unwrap();
        mores.push(turned.more);
    }
    assert_eq!(read.len(), 5);
    assert!(read.is_sorted_by(|a, b| a < b));
    assert_eq!(mores, [true, true, false]);
    let exact = scene.take(&Turn { after: read[2], limit: 2, ..scene.turn(ANN, &holder) }).await;
    assert!(!exact.more, "two were left and two were read");
}

pub(super) async fn ids_are_kept_for_the_last_hundred(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    let holder = scene.sender(BEN, "one", LONG).await;
    for n in 1..=105_i64 {
        scene.ann_writes(10 + n).await;
        let entries = scene.take(&scene.turn(BEN, &holder)).await.entries;
        let last = entries.iter().rev().find(|entry| entry.user == BEN).unwrap().id;
        let pair = IdPair { room: R, here: MessageId(1_000 + n), there: MessageId(n) };
        let ack = Ack { keep: Some(Keep::Ids(pair)), ..plain_ack(last, BEN) };
        scene.take(&Turn { acks: vec![ack], ..scene.turn(BEN, &holder) }).await;
    }
    let lookup = async |n| scene.state.lookup(BEN, R, Known::There(MessageId(n))).await.unwrap();
    assert_eq!(lookup(5).await, None);
    assert_eq!(lookup(6).await, Some(MessageId(1_006)));
    assert_eq!(lookup(105).await, Some(MessageId(1_105)));
    assert_eq!(scene.state.lookup(BEN, R, Known::Here(MessageId(1_005))).await.unwrap(), None);
}

pub(super) async fn ids_outlive_their_room_by_an_hour(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.room().await;
    scene.ann_writes(11).await;
    let holder = scene.sender(BEN, "one", LONG).await;
    let entries = ids_of(&scene.take(&scene.turn(BEN, &holder)).await);
    let pair = IdPair { room: R, here: MessageId(501), there: MessageId(110) };
    let ack = Ack { keep: Some(Keep::Ids(pair)), ..plain_ack(*entries.last().unwrap(), BEN) };
    scene.take(&Turn { acks: vec![ack], ..scene.turn(BEN, &holder) }).await;
    let known = Known::Here(MessageId(501));
    if !subject.pass(Duration::from_hours(20)).await {
        return;
    }
    assert!(scene.state.lookup(BEN, R, known).await.unwrap().is_some(), "the room goes on");
    scene.state.end(&end(BEN, R)).await.unwrap();
    subject.pass(Duration::from_mins(59)).await;
    assert!(scene.state.lookup(BEN, R, known).await.unwrap().is_some());
    subject.pass(Duration::from_mins(2)).await;
    assert_eq!(scene.state.lookup(BEN, R, known).await.unwrap(), None);
}

pub(super) async fn a_sleeper_is_rung_once(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let mut rings = scene.state.rings();
    scene.queued(ANN, 2).await;
    let holder = scene.sender(ANN, "one", LONG).await;
    let sleep = Turn { sleep: true, ..scene.turn(ANN, &holder) };
    let cut = scene.take(&Turn { limit: 1, ..sleep.clone() }).await;
    assert!(cut.more);
    scene.tell(ANN, 1).await;
    assert_eq!(scene.take(&sleep).await.entries.len(), 3, "reading does not keep it awake");
    scene.tell(ANN, 2).await;
    let ring = async |rings: &mut tokio::sync::broadcast::Receiver<_>| {
        tokio::time::timeout(Duration::from_secs(5), rings.recv()).await.expect("a ring").unwrap()
    };
    assert_eq!(ring(&mut rings).await, Ring { shard: scene.shard(ANN), at_once: false });
    // A ring of another shard comes after any further one of Ann's could have: neither the cut turn nor the second
    // append rings.
    let other = (3_000..4_000).map(UserId).find(|user| scene.shard(*user) != scene.shard(ANN)).unwrap();
    scene.enroll(other).await;
    let holder = scene.sender(other, "one", LONG).await;
    scene.take(&Turn { sleep: true, ..scene.turn(other, &holder) }).await;
    scene.tell(other, 1).await;
    assert_eq!(ring(&mut rings).await, Ring { shard: scene.shard(other), at_once: false });
}

pub(super) async fn a_partner_found_rings_who_is_awake(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    // A ring is heard by whoever has the shard's lease.
    let shards: BTreeSet<Shard> = [ANN, BEN].map(|user| scene.shard(user)).into();
    for shard in &shards {
        scene.state.lease(*shard, &instance("one"), LONG).await.unwrap().expect("a free lease");
    }
    let mut rings = scene.state.rings();
    scene.room().await;
    // Two shards of a Cluster ring through servers of their own, in either order.
    let mut heard = Vec::new();
    for _ in 0..2 {
        heard
            .push(tokio::time::timeout(Duration::from_secs(5), rings.recv()).await.expect("a ring").unwrap());
    }
    heard.sort_by_key(|ring| ring.shard);
    let mut both = [ANN, BEN].map(|user| Ring { shard: scene.shard(user), at_once: true });
    both.sort_by_key(|ring| ring.shard);
    assert_eq!(heard, both);
}

pub(super) async fn facts_are_read_and_forgotten(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    scene.state.enroll(ANN, &profile(), &[], &[opened(R), closed(R), opened(S)]).await.unwrap();
    let holder = scene.sender(ANN, "one", LONG).await;
    let shard = scene.shard(ANN);
    let read = async |after, limit| {
        scene.state.facts(shard, &holder, after, limit).await.unwrap().held().expect("held")
    };
    let all = read(EntryId::default(), 10).await;
    let bodies: Vec<_> = all.iter().map(|noted| noted.body.clone()).collect();
    assert_eq!(bodies, [opened(R).to_json(), closed(R).to_json(), opened(S).to_json()]);
    assert_eq!(read(all[0].id, 1).await, all[1..2]);
    for _ in 0..2 {
        scene.state.forget_facts(shard, &holder, &[all[0].id, all[2].id]).await.unwrap().held().unwrap();
        assert_eq!(read(EntryId::default(), 10).await, all[1..2]);
    }
    assert_eq!(scene.state.depth(shard).await.unwrap().journal, 1);
}

pub(super) async fn a_stranger_to_the_lease_is_fenced(subject: &dyn Subject) {
    let scene = Scene::of(subject);
    let elsewhere = Profile { bot: OTHER_BOT, ..profile() };
    scene.state.enroll(ANN, &elsewhere, &[], &[opened(R)]).await.unwrap();
    scene.tell(ANN, 1).await;
    let (shard, holder) = (scene.shard(ANN), scene.sender(ANN, "one", LONG).await);
    let noted = scene.state.facts(shard, &holder, EntryId::default(), 10).await.unwrap().held().unwrap();
    let entry = ids_of(&scene.take(&scene.turn(ANN, &holder)).await)[0];
    let other_epoch = Holder { epoch: Epoch(holder.epoch.0 + 1), ..holder.clone() };
    let other_owner = Holder { owner: instance("two"), ..holder.clone() };
    for stranger in [other_epoch, other_owner] {
        let turn =
            Turn { acks: vec![Ack { bot: OTHER_BOT, ..plain_ack(entry, ANN) }], ..scene.ask(ANN, &stranger) };
        assert_eq!(scene.state.turn(&turn).await.unwrap(), Fenced::Lost);
        assert_eq!(scene.state.inherit(shard, &stranger).await.unwrap(), Fenced::Lost);
        let facts = scene.state.facts(shard, &stranger, EntryId::default(), 10).await.unwrap();
        assert_eq!(facts, Fenced::Lost);
        let forgotten = scene.state.forget_facts(shard, &stranger, &[noted[0].id]).await.unwrap();
        assert_eq!(forgotten, Fenced::Lost);
    }
    let depth = scene.state.depth(shard).await.unwrap();
    assert_eq!((depth.outbox, depth.journal), (1, 1));
}
