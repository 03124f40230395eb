//! Copying and forwarding.

use loadtest::telegram::{Action, Kind, Origin, What, Writing};
use serde_json::{Value, json};

use super::specification::assert_is;
use super::support::{BOT, OTHER, OTHER_BOT, Telegram};

async fn two_users() -> Telegram {
    let telegram = Telegram::start().await;
    telegram.start_bot(1);
    telegram.start_bot(2);
    telegram
}

fn copy(message_id: i64) -> Value {
    json!({"chat_id": 2, "from_chat_id": 1, "message_id": message_id})
}

fn with(mut body: Value, more: &Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    body
}

#[tokio::test]
async fn a_copy_says_the_same_and_tells_only_its_id() {
    let telegram = two_users().await;
    for kind in Kind::ALL.iter().filter(|kind| kind.copyable()) {
        let text = (*kind == Kind::Text || kind.has_caption()).then(|| format!("a {kind:?}"));
        let writing = Writing { text: text.clone(), ..Writing::of(*kind) };
        let original = telegram.act(1, Action::Write(writing)).message_id.unwrap();
        let copied = telegram.good("copyMessage", copy(original)).await;
        let message_id = copied["message_id"].as_i64().unwrap();
        assert_eq!(copied, json!({"message_id": message_id}));
        let standing = telegram.simulator.message(BOT, 2, message_id).unwrap();
        assert_eq!((standing.kind, standing.text.as_deref()), (*kind, text.as_deref()));
        assert!(standing.from_bot);
        let last = telegram.origins().pop();
        assert_eq!(last, Some(Origin::Copy { from: 1, message_id: original }));
    }
    assert!(telegram.invalid().is_empty());
}

#[tokio::test]
async fn what_cannot_be_copied_is_not() {
    let telegram = two_users().await;
    for kind in Kind::ALL.iter().filter(|kind| !kind.copyable()) {
        let original = telegram.act(1, Action::send(*kind)).message_id.unwrap();
        let refusal = telegram.refused("copyMessage", copy(original)).await;
        assert_eq!(refusal, "400 Bad Request: the message can't be copied", "{kind:?}");
    }
    let protected = Writing { text: Some("x".to_owned()), protected: true, ..Writing::of(Kind::Text) };
    let protected = telegram.act(1, Action::Write(protected)).message_id.unwrap();
    assert!(telegram.refused("copyMessage", copy(protected)).await.contains("can't be copied"));
    assert!(telegram.refused("forwardMessage", copy(protected)).await.contains("can't be forwarded"));
    assert!(telegram.invalid().is_empty(), "nobody can know before");
    assert!(telegram.origins().is_empty());
}

#[tokio::test]
async fn a_message_that_never_was_is_a_mistake_and_a_deleted_one_is_not() {
    let telegram = two_users().await;
    let original = telegram.writes(1, "x");
    telegram.good("deleteMessage", json!({"chat_id": 1, "message_id": original})).await;
    let not_found = "400 Bad Request: message to copy not found";
    assert_eq!(telegram.refused("copyMessage", copy(original)).await, not_found);
    assert!(telegram.invalid().is_empty());
    assert_eq!(telegram.refused("copyMessage", copy(original + 1)).await, not_found);
    assert_eq!(telegram.invalid(), ["message to copy not found"]);
    // A user of another bot: the chat may have the same number, but it is another chat.
    telegram.simulator.act(OTHER_BOT, 2, Action::Start { payload: None }).unwrap();
    let answer = telegram.call_as(OTHER, "copyMessage", copy(original)).await;
    assert_eq!(answer.json["description"], "Bad Request: chat not found");
}

#[tokio::test]
async fn a_copy_may_answer_a_message_of_its_new_chat() {
    let telegram = two_users().await;
    let original = telegram.writes(1, "yes");
    let answered = telegram.writes(2, "is it?");
    let reply = |id: i64, anyway: bool| {
        let parameters = json!({"message_id": id, "allow_sending_without_reply": anyway});
        with(copy(original), &json!({"reply_parameters": parameters}))
    };
    telegram.good("copyMessage", reply(answered, false)).await;
    telegram.good("deleteMessage", json!({"chat_id": 2, "message_id": answered})).await;
    let not_found = "400 Bad Request: message to be replied not found";
    assert_eq!(telegram.refused("copyMessage", reply(answered, false)).await, not_found);
    telegram.good("copyMessage", reply(answered, true)).await;
    assert!(telegram.invalid().is_empty());
    telegram.good("copyMessage", reply(77_777, true)).await;
    assert_eq!(telegram.invalid().len(), 1, "an id that never was is a wrong id, even if it is let pass");
    let replies = telegram
        .all(|what| if let What::MessagePlaced { reply_to, .. } = what { Some(*reply_to) } else { None });
    assert_eq!(replies, [Some(answered), None, None]);
}

#[tokio::test]
async fn a_quote_must_be_in_the_message() {
    let telegram = two_users().await;
    let original = telegram.writes(1, "yes");
    let answered = telegram.writes(2, "is it cold?");
    let quote = |text: &str| {
        with(copy(original), &json!({"reply_parameters": {"message_id": answered, "quote": text}}))
    };
    telegram.good("copyMessage", quote("cold")).await;
    assert_eq!(telegram.refused("copyMessage", quote("warm")).await, "400 Bad Request: QUOTE_TEXT_INVALID");
}

#[tokio::test]
async fn a_new_caption_replaces_the_old_where_there_can_be_one() {
    let telegram = two_users().await;
    let photo = Writing { text: Some("old".to_owned()), ..Writing::of(Kind::Photo) };
    let photo = telegram.act(1, Action::Write(photo)).message_id.unwrap();
    let text = telegram.writes(1, "text");
    for (original, expected) in [(photo, "new"), (text, "text")] {
        let copied = telegram.good("copyMessage", with(copy(original), &json!({"caption": "new"}))).await;
        let standing = telegram.simulator.message(BOT, 2, copied["message_id"].as_i64().unwrap()).unwrap();
        assert_eq!(standing.text.as_deref(), Some(expected));
    }
    let long = with(copy(photo), &json!({"caption": "x".repeat(1025)}));
    assert_eq!(telegram.refused("copyMessage", long).await, "400 Bad Request: message caption is too long");
}

#[tokio::test]
async fn a_die_is_rolled_again() {
    let telegram = two_users().await;
    let die = telegram.act(1, Action::send(Kind::Dice)).message_id.unwrap();
    let forward = json!({"chat_id": 2, "from_chat_id": 1, "message_id": die});
    let original = telegram.good("forwardMessage", forward).await["dice"]["value"].clone();
    let mut seen = Vec::new();
    for _ in 0..40 {
        let copied = telegram.good("copyMessage", copy(die)).await["message_id"].clone();
        let back = json!({"chat_id": 1, "from_chat_id": 2, "message_id": copied});
        seen.push(telegram.good("forwardMessage", back).await["dice"]["value"].clone());
    }
    assert!(seen.iter().any(|value| *value != original), "{original} {seen:?}");
}

#[tokio::test]
async fn many_are_copied_in_order_and_what_cannot_be_is_skipped() {
    let telegram = two_users().await;
    let ids: Vec<_> = [Kind::Photo, Kind::Invoice, Kind::Video]
        .map(|kind| Action::Write(Writing { album: Some("g".to_owned()), ..Writing::of(kind) }))
        .map(|action| telegram.act(1, action).message_id.unwrap())
        .into();
    let many = |ids: &[i64]| json!({"chat_id": 2, "from_chat_id": 1, "message_ids": ids});
    let copied = telegram.good("copyMessages", many(&ids)).await;
    assert_eq!(copied.as_array().unwrap().len(), 2, "{copied}");
    assert_is("Array of MessageId", &copied);
    let backwards: Vec<_> = ids.iter().rev().copied().collect();
    assert!(telegram.refused("copyMessages", many(&backwards)).await.contains("strictly increasing"));
    assert!(telegram.refused("copyMessages", many(&[])).await.contains("1-100"));
    assert_eq!(telegram.invalid().len(), 2);
    assert!(
        telegram.refused("copyMessages", many(&ids[1..2])).await.contains("there are no messages to copy")
    );
    let forwarded = telegram.good("forwardMessages", many(&ids)).await;
    assert_eq!(forwarded.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_forward_shows_its_writer_and_a_copy_does_not() {
    let telegram = two_users().await;
    let original = telegram.writes(1, "x");
    let forwarded = telegram.good("forwardMessage", copy(original)).await;
    assert_is("Message", &forwarded);
    assert_eq!(forwarded["forward_origin"]["sender_user"]["id"], 1);
    assert_eq!(telegram.origins(), [Origin::Forward { from: 1, message_id: original }]);
    let edit = json!({"chat_id": 2, "message_id": forwarded["message_id"], "text": "y"});
    assert_eq!(telegram.refused("editMessageText", edit).await, "400 Bad Request: message can't be edited");
}

#[tokio::test]
async fn what_is_older_than_the_memory_is_as_good_as_deleted() {
    let settings = loadtest::telegram::Settings {
        history: 5,
        bot_rate: None,
        chat_rate: None,
        ..loadtest::telegram::Settings::default()
    };
    let telegram = Telegram::with(settings).await;
    telegram.start_bot(2);
    let first = telegram.start_bot(1);
    for number in 0..5 {
        telegram.writes(1, &number.to_string());
    }
    telegram.refused("copyMessage", copy(first)).await;
    telegram.good("copyMessage", copy(first + 1)).await;
    assert!(telegram.invalid().is_empty());
    assert_eq!(telegram.simulator.messages(BOT, 1, 100).len(), 5);
}
