//! People through a whole instance: updates in, calls out.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Clock;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_domain::pools::Pools;
use hamdam_domain::session::Session;
use hamdam_fleet::bots::Bots;
use hamdam_fleet::intake::{Intake, Profiles};
use hamdam_telegram::Update;
use serde_json::{Value, json};

use super::{BOT, SHARDS, Town};
use crate::newcomers::Newcomers;

/// Telegram's side of two people.
pub(super) struct People {
    intake: Intake,
    update: i64,
}

impl People {
    fn of(town: &Town) -> Self {
        Self::with(town, Newcomers(|_| None), Pools::default())
    }

    pub(super) fn with(town: &Town, profiles: impl Profiles, pools: Pools) -> Self {
        let bots = Arc::new(Bots::new([(BOT, 0)]));
        let settings = hamdam_bot::Settings { pools, ..hamdam_bot::Settings::default() };
        let metrics = town.metrics.clone();
        Self {
            intake: Intake::new(town.state.clone(), Arc::new(profiles), bots, settings, metrics),
            update: 0,
        }
    }

    pub(super) async fn say(&mut self, user: i64, text: &str) -> i64 {
        self.update += 1;
        let id = self.update;
        let update: Value = json!({"update_id": id, "message": {
            "message_id": 1_000 + id, "date": 1, "chat": {"id": user, "type": "private"}, "text": text,
            "from": {"id": user, "is_bot": false, "first_name": "x", "language_code": "en"},
        }});
        let update = Update::from_json(update.to_string().as_bytes()).unwrap();
        self.intake.handle(BOT, &update).await.unwrap();
        1_000 + id
    }
}

fn session(town: &Town, user: i64) -> Session {
    town.state.inspect(|world| world.users[&UserId(user)].session.clone())
}

pub(super) fn chats(town: &Town, user: i64) -> bool {
    matches!(session(town, user), Session::Chatting { .. })
}

#[tokio::test(start_paused = true)]
async fn two_people_meet_talk_and_part() {
    let town = Town::new();
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    let mut people = People::of(&town);
    people.say(1, "/search").await;
    people.say(2, "/search").await;
    town.until("they meet", || chats(&town, 1) && chats(&town, 2)).await;
    town.until("both are told", || town.outbox_is_empty()).await;
    let hello = people.say(1, "hello").await;
    let hi = people.say(2, "hi").await;
    town.until("they hear each other", || town.telegram.seen(2) == [hello] && town.telegram.seen(1) == [hi])
        .await;
    people.say(1, "/stop").await;
    town.until("both are told", || town.outbox_is_empty()).await;
    assert_eq!((session(&town, 1), session(&town, 2)), (Session::Idle, Session::Idle));
    let texts = town.telegram.texts.lock().unwrap().iter().map(|(chat, _)| *chat).collect::<Vec<_>>();
    // To each: searching, found, the end.
    assert_eq!([1, 2].map(|user| texts.iter().filter(|chat| **chat == user).count()), [3, 3]);
    town.until("the record is written", || town.facts.0.lock().unwrap().len() >= 5).await;
    let facts = town.facts.0.lock().unwrap().clone();
    let count = |of: fn(&Fact) -> bool| facts.iter().filter(|fact| of(fact)).count();
    assert_eq!(count(|fact| matches!(fact, Fact::Message(_))), 2);
    assert!(count(|fact| matches!(fact, Fact::RoomOpened(_))) >= 1);
    assert!(count(|fact| matches!(fact, Fact::RoomClosed { .. })) >= 1);
    assert!(fleet.drain(Duration::from_secs(30)).await);
}

#[tokio::test(start_paused = true)]
async fn who_comes_in_is_matched_at_once_and_a_crowd_in_few_batches() {
    let town = Town::new();
    let interval = Duration::from_hours(1);
    let fleet = town.start_with("a", |settings| settings.batch_interval = interval).await;
    town.until("the pool is led", || !fleet.pools().is_empty()).await;
    let mut people = People::of(&town);
    let batches = || town.metrics.batch_seconds.with_label_values(&["main"]).get_sample_count();
    let begun = town.clock.monotonic();
    for couple in 0..3 {
        people.say(2 * couple + 1, "/search").await;
        people.say(2 * couple + 2, "/search").await;
        town.until("they meet", || chats(&town, 2 * couple + 1) && chats(&town, 2 * couple + 2)).await;
    }
    let before = batches();
    for user in 101..=300 {
        people.say(user, "/search").await;
    }
    town.until("all meet", || (101..=300).all(|user| chats(&town, user))).await;
    assert!(batches() - before <= 4, "{} batches for one crowd", batches() - before);
    let took = town.clock.monotonic().saturating_sub(begun);
    assert!(took < interval / 10, "nobody waited for the interval");
    assert!(fleet.drain(Duration::from_secs(30)).await);
}

#[tokio::test(start_paused = true)]
async fn matching_goes_on_when_its_leader_leaves_or_dies() {
    let town = Town::new();
    let mut fleets = [Some(town.start("a").await), Some(town.start("b").await), Some(town.start("c").await)];
    let mut people = People::of(&town);
    for (round, user) in [(0, 1), (1, 3), (2, 5)] {
        let leads = |fleet: &Option<hamdam_fleet::run::Fleet>| {
            fleet.as_ref().is_some_and(|fleet| !fleet.pools().is_empty())
        };
        town.until("somebody leads", || fleets.iter().any(leads)).await;
        people.say(user, "/search").await;
        people.say(user + 1, "/search").await;
        town.until("they meet", || chats(&town, user) && chats(&town, user + 1)).await;
        let leader = fleets.iter_mut().find(|fleet| leads(fleet)).unwrap().take().unwrap();
        if round == 0 {
            assert!(leader.drain(Duration::from_secs(30)).await);
        } else {
            drop(leader);
        }
    }
    let repairs =
        town.metrics.encode().lines().filter(|line| line.starts_with("hamdam_audit_repairs_total")).count();
    assert_eq!(repairs, 0);
}
