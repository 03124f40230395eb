//! Broadcasts beside conversations: everybody is reached once, below what people say to each other, whoever dies.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use hamdam_archive::{Audience, Member};
use hamdam_domain::broadcast::{BroadcastId, Course, Message, Order, Plan, Segment, Tally, Text};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{BroadcastFact, Fact};
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_fleet::broadcast::tally;
use hamdam_fleet::run::BotRate;
use hamdam_state::State;
use hamdam_state::step::broadcast::Begun;

use super::{BOT, SHARDS, Town};

const OTHER_BOT: BotId = BotId(8);
/// Nobody of these chats beside.
const FIRST: i64 = 1_001;

/// Everybody the durable record knows.
#[derive(Default)]
pub(super) struct Crowd(Mutex<Vec<Member>>);

#[async_trait]
impl Audience for Crowd {
    async fn members(&self, after: UserId, limit: u32) -> hamdam_archive::Result<Vec<Member>> {
        let members = self.0.lock().unwrap();
        Ok(members.iter().filter(|member| member.user > after).take(limit as usize).cloned().collect())
    }
}

impl Crowd {
    /// So many, by turns of either bot and of two languages.
    fn gathers(&self, many: i64) {
        let member = |n: i64| {
            let language = if n % 2 == 0 { Language::Fa } else { Language::En };
            let bot = if n % 4 < 2 { BOT } else { OTHER_BOT };
            Member { user: UserId(FIRST + n), profile: Profile::new(language, bot), created_at: Millis(1) }
        };
        self.0.lock().unwrap().extend((0..many).map(member));
    }
}

fn plan(to: Segment) -> Plan {
    let text = |language, text: &str| Text { language, text: text.into() };
    let texts = vec![text(Language::En, "news"), text(Language::Fa, "khabar")];
    Plan { message: Message::Texts(texts), to, by: None }
}

impl Town {
    async fn begins(&self, to: Segment) -> BroadcastId {
        let name = format!("wish {}", self.clock.0.elapsed().as_nanos());
        match self.state.begin_broadcast(&plan(to), &name).await.unwrap() {
            Begun::As(number) => number,
            Begun::Busy(other) => panic!("{other} is under way"),
        }
    }

    /// How often each of so many members read it.
    fn heard(&self, many: i64) -> Vec<usize> {
        let texts = self.telegram.texts.lock().unwrap();
        (0..many).map(|n| texts.iter().filter(|(chat, _)| *chat == FIRST + n).count()).collect()
    }

    async fn tally(&self, number: BroadcastId) -> Tally {
        tally(&*self.state, number).await.unwrap()
    }

    fn is_over(&self, number: BroadcastId) -> bool {
        self.state.inspect(|world| world.broadcasts.known[&number].over_at.is_some())
    }

    /// What the durable record has of broadcasts, as told last.
    fn noted(&self) -> Option<BroadcastFact> {
        let facts = self.facts.0.lock().unwrap();
        facts.iter().rev().find_map(|fact| match fact {
            Fact::Broadcast(broadcast) => Some(broadcast.clone()),
            _ => None,
        })
    }
}

#[tokio::test(start_paused = true)]
async fn everybody_hears_once_below_what_people_say_and_within_the_rate() {
    const MANY: i64 = 400;
    let town = Town::new();
    town.crowd.gathers(MANY);
    let mut fleets = Vec::new();
    for name in ["a", "b", "c"] {
        fleets.push(
            town.start_with(name, |settings| {
                settings.bot_rate = BotRate::PerSecond(30.0);
                settings.broadcast_rate = 25.0;
            })
            .await,
        );
    }
    let all = usize::from(SHARDS);
    town.until("all work", || fleets.iter().map(|fleet| fleet.shards().len()).sum::<usize>() == all).await;
    let number = town.begins(Segment::default()).await;
    for second in 1..=10 {
        for user in 1..=8 {
            town.message(user, user * 1_000 + second).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let heard: usize = town.heard(MANY).iter().sum();
        let most = 2 * (25 * usize::try_from(second).unwrap() + 7);
        assert!(heard <= most, "{heard} after {second} s");
    }
    town.until("it is over", || town.is_over(number)).await;
    assert_eq!(town.heard(MANY), vec![1; usize::try_from(MANY).unwrap()]);
    for user in 1..=8 {
        let wanted: Vec<_> = (1..=10).map(|second| user * 1_000 + second).collect();
        assert_eq!(town.telegram.seen(user), wanted);
    }
    let persian = town.telegram.texts.lock().unwrap().iter().filter(|(_, text)| text == "khabar").count();
    assert_eq!(persian, usize::try_from(MANY / 2).unwrap());
    assert_eq!(town.metrics.broadcast_overtakes.get(), 0);
    assert_eq!(town.metrics.broadcast_seconds.get_sample_count(), u64::try_from(MANY).unwrap());
    let noted = town.noted().unwrap();
    assert_eq!((noted.number, noted.course, noted.over_at.is_some()), (number, Course::Running, true));
    assert_eq!((noted.tally.queued, noted.tally.sent), (400, 400));
    assert!(town.state.board().await.unwrap().broadcasts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn it_waits_while_paused_and_what_is_left_is_dropped_when_cancelled() {
    const MANY: i64 = 300;
    let town = Town::new();
    town.crowd.gathers(MANY);
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    let number = town.begins(Segment::default()).await;
    let heard = || town.heard(MANY).iter().sum::<usize>();
    town.until("some hear it", || heard() > 20).await;
    town.state.steer_broadcast(number, Order::Pause).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = heard();
    assert!(before < 200, "{before}");
    tokio::time::sleep(Duration::from_mins(2)).await;
    assert_eq!(heard(), before, "nothing goes out");
    town.state.steer_broadcast(number, Order::Resume).await.unwrap();
    town.until("more hear it", || heard() > before + 20).await;
    town.state.steer_broadcast(number, Order::Cancel).await.unwrap();
    town.until("it is over", || town.is_over(number)).await;
    let tally = town.tally(number).await;
    assert!(tally.is_settled() && tally.dropped > 0, "{tally:?}");
    assert_eq!(usize::try_from(tally.sent).unwrap(), heard());
    assert!(town.heard(MANY).iter().all(|times| *times <= 1));
    let noted = town.noted().unwrap();
    assert_eq!((noted.course, noted.tally), (Course::Cancelled, tally));
    let next = town.begins(Segment { language: Some(Language::Fa), ..Segment::default() }).await;
    town.until("the next one is over", || town.is_over(next)).await;
    assert_eq!(town.tally(next).await.sent, u64::try_from(MANY / 2).unwrap());
}

/// Instances die, one after the other, in the middle of it.
#[tokio::test(start_paused = true)]
async fn whoever_dies_nobody_is_left_out_and_repetitions_are_counted() {
    const MANY: i64 = 500;
    let town = Town::new();
    town.crowd.gathers(MANY);
    let mut fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    let number = town.begins(Segment::default()).await;
    let heard = || town.heard(MANY).iter().sum::<usize>();
    for (place, name) in ["b", "c", "d"].into_iter().enumerate() {
        let wanted = 60 * (place + 1);
        town.until("some more hear it", || heard() > wanted).await;
        drop(fleet);
        fleet = town.start(name).await;
    }
    town.until("it is over", || town.is_over(number)).await;
    let heard = town.heard(MANY);
    assert!(heard.iter().all(|times| (1..=2).contains(times)), "{heard:?}");
    let repeated = heard.iter().filter(|times| **times == 2).count();
    let counted = town.metrics.duplicate_sends.get();
    println!("{repeated} were repeated, {counted} may have been");
    assert!(repeated > 0, "none was under way when its sender died");
    assert!(repeated as u64 <= counted, "{repeated} were repeated, and {counted} counted");
    assert_eq!(town.tally(number).await.sent, u64::try_from(MANY).unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_hand_over_in_the_middle_repeats_nothing() {
    const MANY: i64 = 300;
    let town = Town::new();
    town.crowd.gathers(MANY);
    let first = town.start("a").await;
    town.owns(&first, usize::from(SHARDS)).await;
    let number = town.begins(Segment::default()).await;
    let heard = || town.heard(MANY).iter().sum::<usize>();
    town.until("some hear it", || heard() > 50).await;
    let _second = town.start("b").await;
    town.until("more hear it", || heard() > 120).await;
    assert!(first.drain(Duration::from_secs(30)).await);
    town.until("it is over", || town.is_over(number)).await;
    assert_eq!(town.heard(MANY), vec![1; usize::try_from(MANY).unwrap()]);
    assert_eq!(town.metrics.duplicate_sends.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_reached_is_marked_and_skipped_the_next_time() {
    const MANY: i64 = 40;
    let town = Town::new();
    town.crowd.gathers(MANY);
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    let gone = UserId(FIRST + 4);
    town.state.enroll(gone, &Profile::new(Language::Fa, BOT), &[], &[]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    town.telegram.gone.lock().unwrap().extend([gone.0, FIRST + 5]);
    let number = town.begins(Segment::default()).await;
    town.until("it is over", || town.is_over(number)).await;
    let tally = town.tally(number).await;
    assert_eq!((tally.queued, tally.sent, tally.unreachable), (40, 38, 2));
    assert!(town.state.read(gone).await.unwrap().record.unwrap().profile.unreachable);
    town.until("the record is told", || {
        let facts = town.facts.0.lock().unwrap();
        facts.iter().filter(|fact| matches!(fact, Fact::Unreachable { .. })).count() == 2
    })
    .await;
    let next = town.begins(Segment::default()).await;
    town.until("the next one is over", || town.is_over(next)).await;
    assert_eq!(town.tally(next).await.queued, 39, "live state knew of one of them");
}

#[tokio::test(start_paused = true)]
async fn outages_and_a_full_state_hold_it_up_and_nothing_else() {
    const MANY: i64 = 200;
    let town = Town::new();
    town.crowd.gathers(MANY);
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    let number = town.begins(Segment::default()).await;
    town.state.set_watermark(0);
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(town.tally(number).await.queued, 0, "refused above the watermark");
    town.message(1, 7).await;
    town.until("the message arrives", || town.telegram.seen(1) == [7]).await;
    town.state.set_watermark(u64::MAX);
    let heard = || town.heard(MANY).iter().sum::<usize>();
    for _ in 0..5 {
        let before = heard();
        town.until("more hear it", || heard() > before + 10).await;
        town.set_away(true);
        tokio::time::sleep(Duration::from_millis(900)).await;
        town.set_away(false);
    }
    town.until("it is over", || town.is_over(number)).await;
    assert_eq!(town.heard(MANY), vec![1; usize::try_from(MANY).unwrap()]);
    assert_eq!(town.metrics.duplicate_sends.get(), 0);
}
