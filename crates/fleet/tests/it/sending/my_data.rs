//! The file of all that is kept about somebody.

use std::time::Duration;

use hamdam_domain::outbox::{Content, Entry};

use super::{NO_RECORD, SHARDS, Town};

#[tokio::test(start_paused = true)]
async fn a_file_is_made_for_whoever_asks_and_one_that_cannot_be_made_holds_nothing_up() {
    let town = Town::new();
    let fleet = town.start("a").await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    let asks = Entry { room: None, content: Content::MyData };
    town.append(1, &asks, "asks").await;
    town.append(NO_RECORD, &asks, "asks").await;
    town.message(NO_RECORD, 501).await;
    town.until("all is out", || town.outbox_is_empty()).await;
    let uploads = town.telegram.uploads.lock().unwrap().clone();
    let [file] = uploads.as_slice() else { panic!("{uploads:?}") };
    let content = file.strip_prefix("sendDocument 7 document ").unwrap();
    let content: serde_json::Value = serde_json::from_str(content).unwrap();
    assert_eq!((&content["telegram_id"], &content["you"]["language"]), (&1.into(), &"en".into()));
    let texts = town.telegram.texts.lock().unwrap().clone();
    let [(chat, text)] = texts.as_slice() else { panic!("{texts:?}") };
    assert_eq!(*chat, NO_RECORD);
    assert!(text.contains("again in a few minutes"), "{text}");
    assert_eq!(town.telegram.seen(NO_RECORD), [501], "what stands behind goes out");
    fleet.drain(Duration::from_secs(30)).await;
}
