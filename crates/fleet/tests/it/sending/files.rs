//! Files on their way from one bot to another.

use hamdam_domain::id::{BotId, MessageId, RoomId, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Copy, Entry};
use hamdam_domain::parcel::{Carry, Medium, Parcel, Traits};

use hamdam_fleet::run::BotRate;

use super::{SHARDS, Town};

/// A voice note of the other bot.
fn voice(town: &Town, user: i64, message: i64) -> Entry {
    use hamdam_domain::clock::Clock;
    let copy = Copy {
        from: UserId(9_000 + user),
        bot: BotId(8),
        update: UpdateId(message),
        message: MessageId(message),
        kind: MessageKind::Voice,
        reply: None,
        album: None,
        protect: false,
        at: town.clock.unix(),
    };
    let medium = Medium {
        kind: MessageKind::Voice,
        id: "theirs".into(),
        unique: "same".into(),
        size: Some(4),
        caption: None,
        entities: None,
        above: false,
        spoiler: false,
        traits: Traits::default(),
    };
    let parcel = Parcel::File(Box::new(medium));
    Entry { room: Some(RoomId(user)), content: Content::Carry(Carry { copy, parcel }) }
}

#[tokio::test(start_paused = true)]
async fn a_file_is_brought_once_and_sent_by_its_id_from_then_on() {
    let town = Town::new();
    let fleet = town.start_with("a", |settings| settings.bot_rate = BotRate::PerSecond(30.0)).await;
    town.owns(&fleet, usize::from(SHARDS)).await;
    let begun = tokio::time::Instant::now();
    town.append(1, &voice(&town, 1, 501), "first").await;
    town.until("the first is out", || town.outbox_is_empty()).await;
    let took = begun.elapsed();
    assert!(
        took < std::time::Duration::from_millis(500),
        "a quiet token waits for no poll, and nobody between claim and call: {took:?}"
    );
    town.append(2, &voice(&town, 2, 502), "second").await;
    town.until("the second is out", || town.outbox_is_empty()).await;
    let uploads = town.telegram.uploads.lock().unwrap().clone();
    assert_eq!(
        uploads,
        ["getFile 8 theirs", "shows UploadVoice", "sendVoice 7 voice abcd", "sendVoice Known(\"ours\")"],
        "what takes its time is shown to come"
    );
    let facts = town.facts.clone();
    town.until("both are written", || facts.0.lock().unwrap().len() == 2).await;
    fleet.drain(std::time::Duration::from_secs(30)).await;
}
