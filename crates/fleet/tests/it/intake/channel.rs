//! A channel that people are to be in, through an intake and a Telegram that knows who is.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use hamdam_bot::{Channel, Outcome, Settings};
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::session::Session;
use hamdam_fleet::calls::BotApi;
use hamdam_state::memory::Pass;
use hamdam_telegram::files::FilePlace;
use hamdam_telegram::{Call, CallError, Download, Sent, UploadError, Uploaded};

use super::stage::{ANN, BOT, Stage, press, text};

/// Knows who is in the channel, or cannot tell.
#[derive(Default)]
struct Telegram {
    members: Mutex<HashSet<UserId>>,
    away: Mutex<bool>,
    asked: Mutex<u32>,
}

#[async_trait]
impl BotApi for Telegram {
    async fn call(&self, _: BotId, call: &Call) -> Result<Sent, CallError> {
        panic!("an intake calls {}", call.method())
    }

    async fn is_member(&self, bot: BotId, channel: &str, user: UserId) -> Result<bool, CallError> {
        assert_eq!((bot, channel), (BOT, "@hamdam_news"));
        *self.asked.lock().unwrap() += 1;
        if *self.away.lock().unwrap() {
            return Err(CallError::Pause { method: "getChatMember", seconds: 9 });
        }
        Ok(self.members.lock().unwrap().contains(&user))
    }

    async fn place(&self, _: BotId, _: &str) -> Result<FilePlace, CallError> {
        panic!("an intake fetches nothing")
    }

    async fn open(&self, _: BotId, _: &FilePlace) -> Result<Download, CallError> {
        panic!("an intake fetches nothing")
    }

    async fn upload(&self, _: BotId, _: &Call, _: Download, _: &str) -> Result<Uploaded, UploadError> {
        panic!("an intake uploads nothing")
    }
}

fn house() -> (Stage, Arc<Telegram>) {
    let channel = Channel::of_text("@hamdam_news");
    let (stage, telegram) =
        (Stage::under(Settings { channel, ..Settings::default() }), Arc::new(Telegram::default()));
    let Stage { state, warden, record, metrics, intake } = stage;
    let intake = intake.asking(Arc::<Telegram>::clone(&telegram));
    (Stage { state, warden, record, metrics, intake }, telegram)
}

fn asked(telegram: &Telegram) -> u32 {
    *telegram.asked.lock().unwrap()
}

fn checks(stage: &Stage, answer: &str) -> u64 {
    stage.metrics.channel_checks.with_label_values(&[answer]).get()
}

#[tokio::test]
async fn who_is_not_in_joins_and_searches() {
    let (stage, telegram) = house();
    stage.does(10, &text(ANN, "/start")).await;
    stage.does(11, &text(ANN, "/search")).await;
    let join = Notice::JoinFirst { channel: "hamdam_news".into() };
    assert_eq!(stage.told(ANN), [join.clone(), join]);
    assert_eq!(asked(&telegram), 1, "for a few seconds it is known");
    telegram.members.lock().unwrap().insert(ANN);
    stage.does(12, &press(ANN, "joined")).await;
    assert!(matches!(stage.session(ANN), Session::Waiting(_)));
    stage.does(13, &text(ANN, "/stop")).await;
    stage.does(14, &text(ANN, "/search")).await;
    assert_eq!(asked(&telegram), 2, "for hours it is known");
    assert_eq!((checks(&stage, "out"), checks(&stage, "in"), checks(&stage, "unknown")), (1, 1, 0));
}

#[tokio::test]
async fn if_telegram_cannot_tell_people_are_let_in_and_it_is_counted() {
    let (stage, telegram) = house();
    *telegram.away.lock().unwrap() = true;
    stage.does(10, &text(ANN, "/search")).await;
    assert!(matches!(stage.session(ANN), Session::Waiting(_)));
    stage.does(11, &text(ANN, "/stop")).await;
    stage.does(12, &text(ANN, "/search")).await;
    assert_eq!((asked(&telegram), checks(&stage, "unknown")), (1, 1), "for a minute nobody asks again");
}

#[tokio::test]
async fn a_search_that_broke_off_anywhere_asks_no_more_than_it_must() {
    for broken in 0..5 {
        let (stage, telegram) = house();
        telegram.members.lock().unwrap().insert(ANN);
        stage.warden.trouble(broken, 1, Pass::Unheard);
        let _ = stage.handle(BOT, 10, &text(ANN, "/search")).await;
        stage.warden.peace();
        let again = stage.handle(BOT, 10, &text(ANN, "/search")).await.unwrap();
        assert!([Outcome::Moved, Outcome::Duplicate].contains(&again));
        assert_eq!(stage.tickets().len(), 1, "broken off at step {broken}");
        assert!(asked(&telegram) <= 2, "broken off at step {broken}");
    }
}
